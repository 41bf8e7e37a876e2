from __future__ import annotations

from django.utils.functional import SimpleLazyObject

from bearwitness.records.access import reader_of


def readers(get_response):
    """`request.reader`: who asks, with teams, roles and rights as they are at this moment."""

    def middleware(request):
        home = request.session.get("team")
        request.reader = SimpleLazyObject(lambda: reader_of(request.user, home=home))
        return get_response(request)

    return middleware
