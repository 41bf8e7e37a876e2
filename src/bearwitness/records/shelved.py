"""The numbers of rows on the shelves that a reader stands before, in order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from django.db import connection

from bearwitness.casebook.review import State
from bearwitness.casebook.rights import Reader
from bearwitness.records.models import Team
from bearwitness.records.shelving import INTERVIEW, TABLE


@dataclass(frozen=True, kw_only=True)
class Bound:
    """Where a stretch of a list begins: before a row, after a row, or at the newest."""

    before: int | None = None
    after: int | None = None


def interview_shelves(state: str = "") -> list[str]:
    """Of one state, or of all."""
    return [f"{INTERVIEW}{known.value}" for known in State if state in ("", known.value)]


def audiences(reader: Reader) -> list[int]:
    """Whose shelves the reader stands before: what is open to all, and their teams'."""
    teams = Team.objects.values_list("pk", flat=True) if reader.every_team else reader.teams
    return [0, *sorted(teams)]


def numbers_on(reader: Reader, shelves: list[str], *, bound: Bound, most: int) -> list[int]:
    """Numbers of rows: the next ones of each shelf by its index, then the first of all those."""
    up = bound.after is not None
    way, edge = ("ASC", bound.after) if up else ("DESC", bound.before)
    at = "" if edge is None else f" AND number {'>' if up else '<'} {int(edge)}"
    # Names of our own, and whole numbers: there is nothing here that anybody typed.
    one = (
        f"SELECT * FROM (SELECT number FROM {TABLE} WHERE shelf = %s AND audience = %s{at} "  # noqa: S608
        f"ORDER BY number {way} LIMIT {most}) AS part"
    )
    keys = list(product(shelves, audiences(reader)))
    whole = " UNION ALL ".join([one] * len(keys))
    with connection.cursor() as cursor:
        values = [value for key in keys for value in key]
        cursor.execute(f"{whole} ORDER BY number {way} LIMIT {most}", values)
        return [number for (number,) in cursor.fetchall()]
