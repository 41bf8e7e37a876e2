"""What is recorded of places: counted as far as the reader sees it, and never beyond a limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query, visible
from bearwitness.records.models import (
    FindableAct,
    FindableEvent,
    FindableInterview,
    Interview,
    Team,
)
from bearwitness.records.queries.sources import interviews

MOST_COUNTED = 1_000  # of one kind at one place; of more it is said that there are more
_KINDS = {"events": FindableEvent, "acts": FindableAct, "interviews": FindableInterview}
# How each row leads to its place as it was said.
_SAID = {"events": ("event__place",), "acts": ("act__place", "act__event__place"),
         "interviews": ("interview__place",)}  # fmt: skip


@query(Right.SEE)
def counts_by_place(reader: Reader) -> dict[str, dict[str, int]]:
    """By folded place, how many events and acts were there and how many interviews were held
    there: `MOST_COUNTED` + 1 stands for more. Places with nothing that the reader sees are not in
    the answer."""
    found: dict[str, dict[str, int]] = {}
    teams = list(Team.objects.values_list("pk", flat=True))
    for kind, model in _KINDS.items():
        for place, number in _counts(model, reader, teams):
            if place and number:
                found.setdefault(place, dict.fromkeys(_KINDS, 0))[kind] = number
    return found


@query(Right.SEE)
def places_as_said(reader: Reader, places: Iterable[str]) -> dict[str, str]:
    """By folded place, the place as somebody wrote it in a row that the reader sees."""
    wanted, said = sorted(places), {}
    for kind, model in _KINDS.items() if wanted else ():
        seen = model.objects.filter(visible(reader), place__in=wanted)
        newest = seen.order_by().values("place").annotate(newest=Max("pk")).values("newest")
        for place, *texts in seen.filter(pk__in=newest).values_list("place", *_SAID[kind]):
            said.setdefault(place, next((text for text in texts if text), place))
    return said


@query(Right.SEE)
def interviews_held_at(reader: Reader, places: Iterable[str], *, most: int) -> QuerySet[Interview]:
    """Interviews held at one of these folded places, the newest first."""
    held = FindableInterview.objects.filter(visible(reader), place__in=sorted(places))
    return interviews(reader).filter(pk__in=held.values("pk"))[:most]


def _counts(model: Any, reader: Reader, teams: list[int]) -> list[tuple[str, int]]:
    """Each place by a look into the index, and its rows team by team until the limit."""
    table = model._meta.db_table
    parts, values = _seen(table, reader, teams)
    if not parts:
        return []
    # Names of our own and whole numbers: there is nothing here that anybody typed.
    statement = (
        f"WITH RECURSIVE places(place) AS (SELECT min(place) FROM {table} UNION ALL "  # noqa: S608
        f"SELECT (SELECT min(place) FROM {table} WHERE place > places.place) FROM places "
        "WHERE places.place IS NOT NULL) "
        f"SELECT place, (SELECT count(*) FROM ({' UNION ALL '.join(parts)} "
        f"LIMIT {MOST_COUNTED + 1}) AS seen) FROM places WHERE place IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _seen(table: str, reader: Reader, teams: list[int]) -> tuple[list[str], list[Any]]:
    """The rule of `visible`, team by team, so that the index is asked for those rows alone."""
    here = f"SELECT 1 AS one FROM {table} WHERE {table}.place = places.place AND team_id = %s"  # noqa: S608
    own = [team for team in teams if reader.every_team or team in reader.teams]
    others = [team for team in teams if team not in own]
    parts = [here] * len(own) + [f"{here} AND is_open = %s"] * len(others)
    return parts, [*own, *(value for team in others for value in (team, True))]
