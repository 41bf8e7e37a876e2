from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import Use
from bearwitness.web.casebook.forms import USE_WORDS

LIST_WORDS = {
    "people": _("People"),
    "cases": _("Cases (HTCDS 2.0)"),
    "interviews": _("Interviews"),
    "acts": _("Acts"),
    "events": _("Events"),
    "sources": _("Sources"),
    "audit": _("Audit"),
}


def with_export_words(exports):
    """The same exports, each saying its list and its use in the reader's language."""
    for row in exports:
        row.list_words = LIST_WORDS[row.listed]
        row.use_words = USE_WORDS[Use(row.use)] if row.use else "–"
    return exports
