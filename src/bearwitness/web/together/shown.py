"""Rows, fields and values of a change of many, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import in_words
from bearwitness.casebook.review import State
from bearwitness.coding import vocabulary_of
from bearwitness.records import queries
from bearwitness.web.casebook.interviews import STATE_WORDS
from bearwitness.web.pages import language_tag
from bearwitness.web.templatetags.dates import in_language

FIELD_WORDS = {
    "team": _("Team"),
    "open": _("Open to all teams"),
    "sex": _("Sex"),
    "origin": _("Place of origin"),
    "state": _("State"),
    "assigned_to": _("Reviewer"),
    "place": _("Place"),
    "language": _("Language"),
    "term": _("What was done"),
    "date": _("When"),
    "event": _("Part of the event"),
}
MOST_EVENTS = 200  # to choose from: the newest
_YES_NO = {"yes": _("yes"), "no": _("no")}


class Words:
    """Values of a field in words. Teams and events are looked up once."""

    def __init__(self, reader, field: str) -> None:
        self._in_words = _IN_WORDS.get(field, str)
        named = {}
        if field == "team":
            named = {str(team.pk): team.name for team in queries.my_teams(reader)}
        if field == "event":
            named = {str(e.pk): e.title for e in queries.events(reader)[:MOST_EVENTS]}
        if named:
            self._in_words = lambda value: named.get(str(value), str(value))

    def of(self, value) -> str:
        return "–" if value in ("", None) else self._in_words(value)


def term_words(term: str) -> str:
    return vocabulary_of(term).term(term).label(language_tag())


_IN_WORDS = {
    "state": lambda value: STATE_WORDS[State(value)],
    "term": term_words,
    "date": lambda value: in_words(value, language_tag()),
    "open": lambda value: _YES_NO[value],
    "sex": in_language,
    "language": in_language,
}


def label_of(listed: str, row) -> str:
    """A row by what names nobody: a code name, a day, a term, a title."""
    if listed == "people":
        return row.code_name
    if listed == "interviews":
        return f"{row.person.code_name} · {in_words(row.held_on, language_tag())}"
    if listed == "acts":
        return f"{row.person.code_name} · {term_words(row.term)}"
    return row.title
