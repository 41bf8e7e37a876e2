"""The same person twice on one list: what only the linkage can show.

A table of overlaps counts people, and cannot show this. Where a list holds somebody twice and the
linkage joins the two records, nothing is wrong with the count; but a list that repeats people
often is likely to repeat some whom the linkage did not join. Each of those is counted as one more
person on one list only, and every estimate rises.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bearwitness.errors import TableMismatch
from bearwitness.estimation.histories import rows_where, texts_of
from bearwitness.tables import LINKS, MEMBERS, check

MANY = 0.02  # a rule of this house: share of a list's records beyond the first of each person


@dataclass(frozen=True, kw_only=True)
class ListRepeats:
    """How often one list holds a person more than once, the linkage being right."""

    name: str
    records: int
    people: int

    @property
    def repeated(self) -> int:
        """Records beyond the first of each person."""
        return self.records - self.people

    @property
    def share(self) -> float:
        return self.repeated / self.records

    @property
    def warning(self) -> str:
        """Empty where few are repeated."""
        if self.share <= MANY:
            return ""
        return (
            f"list {self.name} holds {self.share:.0%} of its records a second time: look for more "
            "that the linkage did not join, for each raises every estimate"
        )


def repeats_within_lists(members: Any, links: Any, *, draw: int = 0) -> tuple[ListRepeats, ...]:
    """For each list, in text order, its records and the people they are about.

    MEMBERS and LINKS, by one draw of the linkage. Raises TableMismatch for a record that no link
    of this draw names.
    """
    members, links = check(members, MEMBERS), rows_where(check(links, LINKS), "draw", draw)
    person_of = dict(zip(texts_of(links, "record"), texts_of(links, "person"), strict=True))
    records: Counter[str] = Counter()
    people: dict[str, set[str]] = {}
    for record, name in zip(texts_of(members, "record"), texts_of(members, "list"), strict=True):
        if record not in person_of:
            raise TableMismatch(
                "a record of MEMBERS has no link to a person",
                hint="Link every record; a record that matches no other is a person by itself.",
            )
        records[name] += 1
        people.setdefault(name, set()).add(person_of[record])
    return tuple(
        ListRepeats(name=name, records=records[name], people=len(people[name]))
        for name in sorted(records)
    )


def repeats_table(repeats: tuple[ListRepeats, ...]) -> pa.Table:
    """One row a list: list, records, people, share repeated."""
    rows = [
        {"list": r.name, "records": r.records, "people": r.people, "share": r.share}
        for r in repeats
    ]
    kinds = (pa.string(), pa.int64(), pa.int64(), pa.float64())
    names = ("list", "records", "people", "share")
    return pa.Table.from_pylist(rows, schema=pa.schema(list(zip(names, kinds, strict=True))))
