"""Capture histories: how many people were seen on exactly this set of lists, and on no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bearwitness.errors import CountInvalid, TableMismatch
from bearwitness.tables import HISTORIES, check, digest

JOINER = "+"
CROSS = "/"  # between the parts of a label of crossed strata: f/2015
MOST_LISTS = 60  # a pattern is the bits of one machine integer
MOST_LISTS_SPREAD = 16  # 2**16 patterns: a log-linear model has a fitted value for each of them

Patterns = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Histories:
    """People by pattern of lists: the patterns that somebody had, and how many had each.

    `patterns` are ascending integers; bit i of a pattern is `lists[i]`. `people[j]`, positive,
    were on exactly the lists of `patterns[j]`. `counts` spreads them over every pattern.
    """

    lists: tuple[str, ...]
    patterns: Patterns
    people: Reals
    stratum: str = ""
    input_digest: str = ""

    @classmethod
    def from_counts(cls, lists: tuple[str, ...], counts: Any, **more: str) -> Histories:
        """`counts[c - 1]` people were on exactly the lists whose bits are set in `c`."""
        spread = np.asarray(counts, dtype=float)
        some = np.flatnonzero(spread)
        return cls(lists=lists, patterns=some.astype(np.int64) + 1, people=spread[some], **more)

    @cached_property
    def cells(self) -> Patterns:
        """Every pattern of one list or more. Raises TableMismatch for more than 16 lists."""
        size = len(self.lists)
        if size > MOST_LISTS_SPREAD:
            raise TableMismatch(
                f"{size} lists are more than the {MOST_LISTS_SPREAD} that this method can model "
                "together",
                hint="Choose latent-class or chao, which know no such limit, or merge lists of "
                "the same kind.",
            )
        return np.arange(1, 2**size, dtype=np.int64)

    @cached_property
    def counts(self) -> Reals:
        """People of each of `cells`, the patterns nobody had included."""
        spread = np.zeros(len(self.cells))
        spread[self.patterns - 1] = self.people
        spread.setflags(write=False)
        return spread

    @property
    def observed(self) -> int:
        return int(self.people.sum())

    @property
    def on_several(self) -> int:
        """People on two lists or more: all that links the lists to each other."""
        return int(self.people[np.bitwise_count(self.patterns) > 1].sum())

    def holds(self, name: str) -> NDArray[np.bool_]:
        """Which of `patterns` hold the list."""
        return np.asarray(self.patterns >> self.lists.index(name) & 1, dtype=bool)

    def without(self, name: str) -> Histories:
        """The same people as seen by the other lists; those whom only `name` saw are gone."""
        bit = self.lists.index(name)
        low = self.patterns & (2**bit - 1)
        lists = tuple(other for other in self.lists if other != name)
        return self._gathered(lists, low | ((self.patterns >> (bit + 1)) << bit)).sealed()

    def merged(self, first: str, second: str) -> Histories:
        """The same people, where being on either of two lists is being on one: `first/second`."""
        low, high = sorted((self.lists.index(first), self.lists.index(second)))
        either = (self.patterns >> low | self.patterns >> high) & 1
        names = list(self.lists)
        names[low] = f"{first}/{second}"
        both = self._gathered(tuple(names), (self.patterns & ~(1 << low)) | either << low)
        return both.without(self.lists[high])

    def reordered(self) -> Histories:
        """The same counts with the lists in an order that their names have no part in.

        Random draws and ties then fall the same way whatever the lists are called; names decide
        only between lists that look alike pattern by pattern.
        """
        order = sorted(range(len(self.lists)), key=lambda bit: (self._looks(bit), self.lists[bit]))
        moved = np.zeros_like(self.patterns)
        for new, old in enumerate(order):
            moved |= (self.patterns >> old & 1) << new
        lists = tuple(self.lists[bit] for bit in order)
        return replace(self._gathered(lists, moved), input_digest=self.input_digest)

    def sealed(self) -> Histories:
        """The same with the digest of its own table."""
        return replace(self, input_digest=digest(self.to_table(), HISTORIES))

    def _gathered(self, lists: tuple[str, ...], patterns: Patterns) -> Histories:
        found, place = np.unique(patterns, return_inverse=True)
        people = np.zeros(len(found))
        np.add.at(people, place, self.people)
        kept = found > 0
        return Histories(
            lists=lists, patterns=found[kept], people=people[kept], stratum=self.stratum
        )

    def _looks(self, bit: int) -> list[tuple[int, float]]:
        on = (self.patterns >> bit & 1) == 1
        sizes = np.bitwise_count(self.patterns[on])
        return sorted(zip(sizes.tolist(), self.people[on].tolist(), strict=True))

    def to_table(self) -> pa.Table:
        """HISTORIES with the patterns that somebody had."""
        rows = [
            {"stratum": self.stratum, "pattern": pattern_of(self.lists, int(cell)), "count": int(n)}
            for cell, n in zip(self.patterns, self.people, strict=True)
        ]
        return check(sorted(rows, key=lambda row: str(row["pattern"])), HISTORIES)


def read_histories(data: Any) -> Histories:
    """The counts of one stratum, in one draw, as an array; `data` is anything `check` accepts.

    Rows that count nobody make no difference. Raises TableMismatch for several strata or draws,
    a pattern that is not list names in text order, or more than 60 lists.
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
    found = list(_counted_patterns(table))
    lists = tuple(sorted({name for pattern, _ in found for name in pattern}))
    check_list_count(len(lists))
    place = {name: bit for bit, name in enumerate(lists)}
    people = {sum(1 << place[name] for name in pattern): count for pattern, count in found}
    patterns = sorted(people)
    return Histories(
        lists=lists,
        patterns=np.array(patterns, dtype=np.int64),
        people=np.array([people[pattern] for pattern in patterns], dtype=float),
        stratum=table.column("stratum")[0].as_py() if table.num_rows else "",
        input_digest=digest(table, HISTORIES),
    )


def split_strata(histories: Any) -> list[tuple[str, pa.Table]]:
    """One table per stratum, in text order of the strata."""
    table = check(histories, HISTORIES)
    return [(part, rows_where(table, "stratum", part)) for part in values_of(table, "stratum")]


def all_strata(histories: Any) -> pa.Table:
    """HISTORIES with the people of all strata together, draw by draw."""
    table = check(histories, HISTORIES)
    added = table.group_by(["pattern", "draw"]).aggregate([("count", "sum")])
    return check(
        added.rename_columns(
            ["count" if name == "count_sum" else name for name in added.column_names]
        ),
        HISTORIES,
    )


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


def check_list_count(lists: int) -> None:
    """Raise TableMismatch for more lists than a pattern can hold."""
    if lists > MOST_LISTS:
        raise TableMismatch(
            f"{lists} lists are more than the {MOST_LISTS} that can be modelled together",
            hint="Merge lists of the same kind.",
        )


def check_nobody(count: int, *, where: str) -> None:
    if count:
        raise CountInvalid(
            "people on no list cannot have been observed",
            where=where,
            hint="How many are on no list is what an estimate is for. Take the row out.",
        )


def _counted_patterns(table: pa.Table) -> Iterator[tuple[tuple[str, ...], int]]:
    patterns, counts = texts_of(table, "pattern"), table.column("count").to_pylist()
    for row, (pattern, count) in enumerate(zip(patterns, counts, strict=True), start=1):
        where = f"HISTORIES, row {row}"
        if count < 0:
            raise CountInvalid("the count is negative", where=where)
        if not pattern:
            check_nobody(count, where=where)
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


def texts_of(table: pa.Table, name: str) -> list[str]:
    return list(table.column(name).to_pylist())
