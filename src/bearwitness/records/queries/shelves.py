"""Lists of everything that a reader sees: they cost the same with ten rows and with a million."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from bearwitness.casebook.review import State
from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query
from bearwitness.records.models import Shelf
from bearwitness.records.queries.coded import acts, events
from bearwitness.records.queries.people import people
from bearwitness.records.queries.sources import interviews, sources
from bearwitness.records.shelved import Bound, audiences, interview_shelves, numbers_on
from bearwitness.records.shelving import INTERVIEW

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
    seen = Shelf.objects.filter(shelf__in=interview_shelves(), audience__in=audiences(reader))
    counts = dict(seen.values_list("shelf").annotate(n=Count("number")))
    return {state: counts.get(f"{INTERVIEW}{state.value}", 0) for state in State}
