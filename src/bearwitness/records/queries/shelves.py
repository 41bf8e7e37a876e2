"""Lists of everything that a reader sees: they cost the same with ten rows and with a million."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count

from bearwitness.casebook.review import State
from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query
from bearwitness.records.models import Shelf, Team
from bearwitness.records.queries.coded import acts, events
from bearwitness.records.queries.people import people
from bearwitness.records.queries.sources import interviews, sources
from bearwitness.records.shelving import INTERVIEW, TABLE

PER_STRETCH = 50
_ROWS = {"person": people, "interview": interviews, "act": acts, "event": events, "source": sources}


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Some rows of a list, the newest first, and from where the next ones are asked for: None
    where there are none."""

    rows: list[Any]
    newer: int | None = None
    older: int | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def object_list(self) -> list[Any]:
        """The rows, as a page of Django's paginator has them: templates show either."""
        return self.rows

    @classmethod
    def cut(cls, rows: list[Any], numbers: list[int], bound: Bound, most: int) -> Stretch:
        """`numbers` are those of the rows, and one more where the list goes on that way."""
        rows = sorted((row for row in rows if row.pk in numbers[:most]), key=lambda row: -row.pk)
        on = numbers[most - 1] if len(numbers) > most else None
        if bound.after is not None:
            return cls(rows=rows, newer=on, older=bound.after + 1)
        return cls(rows=rows, newer=None if bound.before is None else bound.before - 1, older=on)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """Where a stretch of a list begins: before a row, after a row, or at the newest."""

    before: int | None = None
    after: int | None = None


NEWEST = Bound()


@query(Right.SEE)
def newest(
    reader: Reader, kind: str, *, state: str = "", bound: Bound = NEWEST, most: int = PER_STRETCH
) -> Stretch:
    """What the reader sees of one kind (a person, interview, act, event, source), newest first.

    `state` is of interviews.
    """
    shelves = interview_shelves(state) if kind == "interview" else [kind]
    numbers = numbers_on(reader, shelves, bound=bound, most=most + 1)
    if bound.after is not None and len(numbers) <= most:
        return newest(reader, kind, state=state, most=most)
    # The filter of rights stands in these rows' own query, whatever the shelves say.
    rows = list(_ROWS[kind](reader).filter(pk__in=numbers[:most]))
    return Stretch.cut(rows, numbers, bound, most)


@query(Right.SEE)
def counts_by_state(reader: Reader) -> dict[State, int]:
    """How many interviews there are in each state, among those that the reader sees."""
    seen = Shelf.objects.filter(shelf__in=interview_shelves(), audience__in=_audiences(reader))
    counts = dict(seen.values_list("shelf").annotate(n=Count("number")))
    return {state: counts.get(f"{INTERVIEW}{state.value}", 0) for state in State}


def interview_shelves(state: str = "") -> list[str]:
    return [f"{INTERVIEW}{known.value}" for known in State if state in ("", known.value)]


def _audiences(reader: Reader) -> list[int]:
    teams = Team.objects.values_list("pk", flat=True) if reader.every_team else reader.teams
    return [0, *sorted(teams)]


def numbers_on(reader: Reader, shelves: list[str], *, bound: Bound, most: int) -> list[int]:
    """Numbers of rows: the next ones of each shelf by its index, then the first of all those."""
    audiences = _audiences(reader)
    up = bound.after is not None
    way, edge = ("ASC", bound.after) if up else ("DESC", bound.before)
    at = "" if edge is None else f" AND number {'>' if up else '<'} {int(edge)}"
    # Names of our own, and whole numbers: there is nothing here that anybody typed.
    one = (
        f"SELECT * FROM (SELECT number FROM {TABLE} WHERE shelf = %s AND audience = %s{at} "  # noqa: S608
        f"ORDER BY number {way} LIMIT {most}) AS part"
    )
    keys = [(shelf, audience) for shelf in shelves for audience in audiences]
    whole = " UNION ALL ".join([one] * len(keys))
    with connection.cursor() as cursor:
        values = [value for key in keys for value in key]
        cursor.execute(f"{whole} ORDER BY number {way} LIMIT {most}", values)
        return [number for (number,) in cursor.fetchall()]
