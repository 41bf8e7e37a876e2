"""People counted by the lists that hold them: linked records, or a 0/1 table, give HISTORIES."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import CountInvalid, ListConstant, TableMismatch
from bearwitness.estimation.histories import (
    JOINER,
    check_list_name,
    check_nobody,
    rows_where,
    texts_of,
    values_of,
)
from bearwitness.tables import HISTORIES, LINKS, MEMBERS, check

_ABSENT, _PRESENT = {"0", "0.0", "false", "False"}, {"1", "1.0", "true", "True"}


def capture_histories(members: Any, links: Any, *, stratum: bool = False) -> pa.Table:
    """Count people by the lists that hold them: MEMBERS and LINKS give HISTORIES, draw by draw.

    With `stratum`, people are also counted by stratum; a person's stratum is that of their first
    record in text order, so that nobody is counted twice. A record that no link names raises
    TableMismatch.
    """
    members, links = check(members, MEMBERS), check(links, LINKS)
    rows: list[dict[str, Any]] = []
    for draw in values_of(links, "draw"):
        own = rows_where(links, "draw", draw)
        person_of = dict(zip(texts_of(own, "record"), texts_of(own, "person"), strict=True))
        seen, strata = _sightings(members, person_of)
        tally = Counter(
            (strata[person] if stratum else "", JOINER.join(sorted(lists)))
            for person, lists in seen.items()
        )
        rows += [
            {"stratum": part, "pattern": pattern, "count": count, "draw": draw}
            for (part, pattern), count in sorted(tally.items())
        ]
    return check(rows, HISTORIES)


def histories_from_wide(
    columns: Mapping[str, Sequence[Any]],
    *,
    count: str = "count",
    stratum: str = "",
    where: str = "",
    first_row: int = 1,
) -> pa.Table:
    """HISTORIES from one 0/1 column per list and a column of counts.

    Without a column named `count` each row is one person. Equal rows are added together, within
    the strata that the column `stratum` names, where there is one. Raises CountInvalid,
    ListConstant or TableMismatch with row and column; the first row is called `first_row`: 2 for
    a file whose first row is a header.
    """
    lists = {name: columns[name] for name in columns if name not in (count, stratum)}
    for name in lists:
        check_list_name(name, where=where)
    if len(lists) < 2:
        raise TableMismatch(
            f"there are {len(lists)} lists; an estimate needs two at least",
            where=where,
            hint="Give one column per list: 1 where the list holds the person, 0 elsewhere.",
        )
    seen = {name: _flags(values, _place(where, name), first_row) for name, values in lists.items()}
    rows = len(next(iter(seen.values())))
    counts = (
        _counts(columns[count], _place(where, count), first_row) if count in columns else [1] * rows
    )
    if any(len(values) != len(counts) for values in seen.values()):
        raise TableMismatch("the columns are of unequal length", where=where)
    _check_lists_vary(seen, where)
    strata = [str(value).strip() for value in columns[stratum]] if stratum else [""] * rows
    if len(strata) != rows:
        raise TableMismatch("the columns are of unequal length", where=where)
    return _tally(seen, list(zip(strata, counts, strict=True)), where, first_row)


def _sightings(
    members: pa.Table, person_of: Mapping[str, str]
) -> tuple[dict[str, set[str]], dict[str, str]]:
    seen: dict[str, set[str]] = {}
    strata: dict[str, str] = {}
    rows = zip(
        texts_of(members, "record"),
        texts_of(members, "list"),
        texts_of(members, "stratum"),
        strict=True,
    )
    for number, (record, name, stratum) in sorted(
        enumerate(rows, start=1), key=lambda entry: entry[1][0]
    ):
        check_list_name(name)
        if record not in person_of:
            raise TableMismatch(
                f"the record in row {number} of MEMBERS has no link to a person",
                hint="Link every record; a record that matches no other is a person by itself.",
            )
        seen.setdefault(person_of[record], set()).add(name)
        strata.setdefault(person_of[record], stratum)
    return seen, strata


def _flags(values: Sequence[Any], where: str, first_row: int) -> list[bool]:
    flags = []
    for row, value in enumerate(values, start=first_row):
        text = str(value).strip()
        if text not in _ABSENT and text not in _PRESENT:
            raise TableMismatch(
                "this is neither 0 nor 1",
                where=f"{where}, row {row}",
                hint="Write 1 where the list holds the person and 0 where it does not. "
                "If the column is no list, leave it out; if it holds counts, name it `count`.",
            )
        flags.append(text in _PRESENT)
    return flags


def _counts(values: Sequence[Any], where: str, first_row: int) -> list[int]:
    counts = []
    for row, value in enumerate(values, start=first_row):
        try:
            number = float(str(value).strip())
        except ValueError:
            number = float("nan")
        problem = _count_problem(number)
        if problem:
            raise CountInvalid(
                f"the count is {problem}",
                where=f"{where}, row {row}",
                hint="Counts are whole people: 0, 1, 2 and so on.",
            )
        counts.append(int(number))
    return counts


def _count_problem(number: float) -> str:
    if not np.isfinite(number):
        return "missing or not a number"
    if number < 0:
        return "negative"
    return "" if number == int(number) else "fractional"


def _check_lists_vary(seen: Mapping[str, list[bool]], where: str) -> None:
    for name, flags in seen.items():
        if len(set(flags)) < 2:
            raise ListConstant(
                f"column {name!r} holds one value only: it says nothing about who was missed",
                where=where,
                hint="Leave the list out, or add the patterns in which it differs.",
            )


def _tally(
    seen: Mapping[str, list[bool]], counts: Sequence[tuple[str, int]], where: str, first_row: int
) -> pa.Table:
    names = sorted(seen)
    tally: Counter[tuple[str, str]] = Counter()
    for row, ((stratum, count), *flags) in enumerate(
        zip(counts, *(seen[name] for name in names), strict=True), start=first_row
    ):
        pattern = JOINER.join(name for name, flag in zip(names, flags, strict=True) if flag)
        if not pattern:
            check_nobody(count, where=f"{where}, row {row}" if where else f"row {row}")
        elif count:
            tally[stratum, pattern] += count
    rows = [
        {"stratum": stratum, "pattern": pattern, "count": count}
        for (stratum, pattern), count in sorted(tally.items())
    ]
    return check(rows, HISTORIES)


def _place(where: str, column: str) -> str:
    return f"{where}, column {column!r}" if where else f"column {column!r}"
