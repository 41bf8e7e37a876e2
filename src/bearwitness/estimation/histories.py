"""Capture histories: how many people were seen on exactly this set of lists, and on no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bearwitness.errors import CountInvalid, ListConstant, TableMismatch
from bearwitness.tables import HISTORIES, LINKS, MEMBERS, check, digest

JOINER = "+"
MOST_LISTS = 16  # 2**16 patterns: a log-linear model has a fitted value for each of them.

_ABSENT, _PRESENT = {"0", "0.0", "false", "False"}, {"1", "1.0", "true", "True"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Histories:
    """Counts over every pattern of lists, the ones nobody had included.

    `counts[c - 1]` people were on exactly the lists whose bits are set in `c`, for c from 1 to
    2**lists - 1; bit i is `lists[i]`.
    """

    lists: tuple[str, ...]
    counts: NDArray[np.float64]
    stratum: str = ""
    input_digest: str = ""

    @property
    def cells(self) -> NDArray[np.int64]:
        return np.arange(1, 2 ** len(self.lists), dtype=np.int64)

    @property
    def observed(self) -> int:
        return int(self.counts.sum())

    @property
    def on_several(self) -> int:
        """People on two lists or more: all that links the lists to each other."""
        return int(self.counts[np.bitwise_count(self.cells) > 1].sum())

    def without(self, name: str) -> Histories:
        """The same people as seen by the other lists; those whom only `name` saw are gone."""
        bit = self.lists.index(name)
        low = self.cells & (2**bit - 1)
        kept = low | ((self.cells >> (bit + 1)) << bit)
        merged: NDArray[np.float64] = np.zeros(2 ** (len(self.lists) - 1))
        np.add.at(merged, kept, self.counts)
        lists = tuple(other for other in self.lists if other != name)
        left = Histories(lists=lists, counts=merged[1:], stratum=self.stratum)
        return replace(left, input_digest=digest(left.to_table(), HISTORIES))

    def merged(self, first: str, second: str) -> Histories:
        """The same people, where being on either of two lists is being on one: `first/second`."""
        low, high = sorted((self.lists.index(first), self.lists.index(second)))
        either = (self.cells >> low | self.cells >> high) & 1
        cells = (self.cells & ~(1 << low)) | either << low
        table = replace(self, counts=np.zeros_like(self.counts))
        np.add.at(table.counts, cells - 1, self.counts)
        names = list(self.lists)
        names[low] = f"{first}/{second}"
        return replace(table, lists=tuple(names)).without(self.lists[high])

    def reordered(self) -> Histories:
        """The same counts with the lists in an order that their names have no part in.

        Random draws and ties then fall the same way whatever the lists are called; names decide
        only between lists that look alike pattern by pattern.
        """
        order = sorted(range(len(self.lists)), key=lambda bit: (self._looks(bit), self.lists[bit]))
        moved = np.zeros_like(self.cells)
        for new, old in enumerate(order):
            moved |= (self.cells >> old & 1) << new
        counts = np.zeros(len(self.counts))
        counts[moved - 1] = self.counts
        return replace(self, lists=tuple(self.lists[bit] for bit in order), counts=counts)

    def _looks(self, bit: int) -> list[tuple[int, float]]:
        on = ((self.cells >> bit & 1) == 1) & (self.counts > 0)
        sizes = np.bitwise_count(self.cells[on])
        return sorted(zip(sizes.tolist(), self.counts[on].tolist(), strict=True))

    def to_table(self) -> pa.Table:
        """HISTORIES with the patterns that somebody had."""
        rows = [
            {"stratum": self.stratum, "pattern": pattern_of(self.lists, int(cell)), "count": int(n)}
            for cell, n in zip(self.cells, self.counts, strict=True)
            if n
        ]
        return check(sorted(rows, key=lambda row: str(row["pattern"])), HISTORIES)


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
        person_of = dict(zip(_texts(own, "record"), _texts(own, "person"), strict=True))
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
    where: str = "",
    first_row: int = 1,
) -> pa.Table:
    """HISTORIES from one 0/1 column per list and a column of counts.

    Without a column named `count` each row is one person. Equal rows are added together. Raises
    CountInvalid, ListConstant or TableMismatch with row and column; the
    first row is called `first_row`: 2 for a file whose first row is a header.
    """
    lists = {name: columns[name] for name in columns if name != count}
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
    return _tally(seen, counts, where, first_row)


def read_histories(data: Any) -> Histories:
    """The counts of one stratum, in one draw, as an array; `data` is anything `check` accepts.

    Rows that count nobody make no difference. Raises TableMismatch for several strata or draws,
    a pattern that is not list names in text order, or more than 16 lists.
    """
    if isinstance(data, Histories):
        return data
    table = check(data, HISTORIES)
    for column in ("stratum", "draw"):
        if len(set(table.column(column).to_pylist())) > 1:
            raise TableMismatch(
                f"HISTORIES holds more than one {column}",
                hint=f"Estimate each {column} by itself; `split_strata` gives one table a stratum.",
            )
    found = dict(_counted_patterns(table))
    lists = tuple(sorted({name for pattern in found for name in pattern}))
    if len(lists) > MOST_LISTS:
        raise TableMismatch(
            f"{len(lists)} lists are more than the {MOST_LISTS} that can be modelled together",
            hint="Merge lists of the same kind.",
        )
    counts = np.zeros(2 ** len(lists) - 1)
    for pattern, people in found.items():
        counts[sum(1 << lists.index(name) for name in pattern) - 1] = people
    stratum = table.column("stratum")[0].as_py() if table.num_rows else ""
    return Histories(
        lists=lists, counts=counts, stratum=stratum, input_digest=digest(table, HISTORIES)
    )


def split_strata(histories: Any) -> list[tuple[str, pa.Table]]:
    """One table per stratum, in text order of the strata."""
    table = check(histories, HISTORIES)
    return [(part, rows_where(table, "stratum", part)) for part in values_of(table, "stratum")]


def without_draws(histories: Any, draw: int) -> pa.Table:
    """The rows of one draw of the linkage, called draw 0: HISTORIES of a linkage by itself."""
    rows = rows_where(check(histories, HISTORIES), "draw", draw)
    zeros = pa.array([0] * rows.num_rows, pa.int64())
    return check(rows.set_column(rows.schema.get_field_index("draw"), "draw", zeros), HISTORIES)


def values_of(table: pa.Table, column: str) -> list[Any]:
    """The different values of a column, ascending."""
    return sorted(pc.unique(table.column(column)).to_pylist())


def rows_where(table: pa.Table, column: str, value: Any) -> pa.Table:
    return table.filter(pc.equal(table.column(column), value))


def check_list_name(name: str, *, where: str = "") -> None:
    """Raise TableMismatch for a name that a pattern cannot carry: empty, or with a plus sign."""
    if not name.strip() or JOINER in name:
        raise TableMismatch(
            "the name of a list is empty or holds a plus sign",
            where=where,
            hint="Patterns are list names joined by +. Rename the list.",
        )


def _sightings(
    members: pa.Table, person_of: Mapping[str, str]
) -> tuple[dict[str, set[str]], dict[str, str]]:
    seen: dict[str, set[str]] = {}
    strata: dict[str, str] = {}
    rows = zip(
        _texts(members, "record"), _texts(members, "list"), _texts(members, "stratum"), strict=True
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
    seen: Mapping[str, list[bool]], counts: Sequence[int], where: str, first_row: int
) -> pa.Table:
    names = sorted(seen)
    tally: Counter[str] = Counter()
    for row, (count, *flags) in enumerate(
        zip(counts, *(seen[name] for name in names), strict=True), start=first_row
    ):
        pattern = JOINER.join(name for name, flag in zip(names, flags, strict=True) if flag)
        if not pattern:
            _check_nobody(count, where=f"{where}, row {row}" if where else f"row {row}")
        elif count:
            tally[pattern] += count
    rows = [{"pattern": pattern, "count": count} for pattern, count in sorted(tally.items())]
    return check(rows, HISTORIES)


def _check_nobody(count: int, *, where: str) -> None:
    if count:
        raise CountInvalid(
            "people on no list cannot have been observed",
            where=where,
            hint="How many are on no list is what an estimate is for. Take the row out.",
        )


def _counted_patterns(table: pa.Table) -> Iterator[tuple[tuple[str, ...], int]]:
    patterns, counts = _texts(table, "pattern"), table.column("count").to_pylist()
    for row, (pattern, count) in enumerate(zip(patterns, counts, strict=True), start=1):
        where = f"HISTORIES, row {row}"
        if count < 0:
            raise CountInvalid("the count is negative", where=where)
        if not pattern:
            _check_nobody(count, where=where)
            continue
        names = tuple(pattern.split(JOINER))
        if list(names) != sorted(set(names)) or not all(names):
            raise TableMismatch(
                "the pattern is not names of lists, each once, in text order, joined by +",
                where=where,
                hint="`histories_from_wide` and `capture_histories` write patterns this way.",
            )
        if count:
            yield names, count


def pattern_of(lists: tuple[str, ...], cell: int) -> str:
    """The lists whose bits are set in `cell`, as HISTORIES writes them."""
    return JOINER.join(sorted(name for bit, name in enumerate(lists) if cell >> bit & 1))


def _place(where: str, column: str) -> str:
    return f"{where}, column {column!r}" if where else f"column {column!r}"


def _texts(table: pa.Table, name: str) -> list[str]:
    return list(table.column(name).to_pylist())
