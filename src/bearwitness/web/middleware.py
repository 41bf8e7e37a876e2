"""What holds for every page: nothing is fetched from elsewhere, nothing is kept by the browser."""

from __future__ import annotations

import logging

from django.shortcuts import render

from bearwitness.errors import BearwitnessError, NotPermitted
from bearwitness.web.said import said

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def private_pages(get_response):
    """A content security policy on every response, and no copy of a page in the cache."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Frame-Options"] = "DENY"
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def errors_as_pages(get_response):
    """An error of ours becomes a page with its sentence and hint, which never quote a cell."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        if not isinstance(exception, BearwitnessError):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 400
        return render(request, "web/error.html", {"error": _told(exception)}, status=status)

    middleware.process_exception = process_exception
    return middleware


def _told(error):
    where = f"{error.where}: " if error.where else ""
    return {"sentence": where + said(error.message), "hint": said(error.hint)}


class WithoutDetails(logging.Filter):
    """Keeps the kind of an error and drops its text and traceback: either may quote a row."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            kind = record.exc_info[0].__name__
            record.msg, record.args, record.exc_info = f"{kind} while answering a request", (), None
        record.exc_text = record.stack_info = None
        return True
