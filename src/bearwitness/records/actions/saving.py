"""Searches that are kept. Their words can be a name: they are written, shared and let go of as
rows that tell of people are."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model

from bearwitness.casebook.rights import Reader, Right
from bearwitness.casebook.searched import spread
from bearwitness.casebook.wanted import Wanted
from bearwitness.errors import NotPermitted
from bearwitness.records.access import action
from bearwitness.records.audit import Writing, audited
from bearwitness.records.history import empty_versions
from bearwitness.records.models import SavedSearch
from bearwitness.records.name_keys import keys_of


@action(Right.SEE)
def keep_search(
    reader: Reader, wanted: Wanted, *, title: str, team: int | None = None
) -> SavedSearch:
    """Keep a search for oneself, and for a team of one's own where one is named.

    A search of one's own with this title is replaced.
    """
    title = " ".join(title.split())[:60]
    if not title or not wanted.said():
        raise NotPermitted("a search is kept with a title", hint="Say in a word what it is for.")
    if team is not None and team not in reader.teams:
        raise NotPermitted("you are not in this team", hint="Share it with a team of yours.")
    user = get_user_model().objects.get(username=reader.name)
    with audited(reader) as write:
        known = SavedSearch.objects.filter(user=user, title=title).first()
        if known:
            write.change("keep_search", known, {"team_id": team, "wanted": wanted.said()})
            return known
        row = SavedSearch(user=user, title=title, team_id=team, wanted=wanted.said())
        return write.add("keep_search", row)


@action(Right.SEE)
def drop_search(reader: Reader, saved: SavedSearch) -> None:
    """Let go of a search of one's own."""
    with audited(reader) as write:
        stored = SavedSearch.objects.select_related("user").get(pk=saved.pk)
        if stored.user.get_username() != reader.name:
            raise NotPermitted("this search is a colleague's", hint="Ask them to drop it.")
        _drop(write, stored)


def drop_searches_for(write: Writing, names: Iterable[str]) -> None:
    """Let go of everybody's searches for somebody of these names, who is erased."""
    texts = {spread(name).strip() for name in names} - {""}
    keys = {key for name in names for key in keys_of(name) if key[0] in "kp"}
    for row in SavedSearch.objects.all():
        asked = row.wanted.get("text", "")
        if any(text in spread(asked) for text in texts) or keys & keys_of(asked):
            _drop(write, row)


def _drop(write: Writing, row: SavedSearch) -> None:
    write.note("drop_search", row, {})
    empty_versions("SavedSearch", [row.pk])
    row.delete()
