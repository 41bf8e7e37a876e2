from __future__ import annotations

from django.db.models import Q, QuerySet

from bearwitness.casebook.rights import Reader
from bearwitness.records.access import query, visible
from bearwitness.records.models import Draft


@query(None)
def drafts(reader: Reader, *, page: str = "") -> QuerySet[Draft]:
    """The reader's own drafts without what they hold, the newest first; those of one form."""
    found = Draft.objects.waiting(reader.name).defer("words").select_related("person")
    found = found.filter(Q(person=None) | visible(reader, "person__"))
    return found.filter(page=page) if page else found
