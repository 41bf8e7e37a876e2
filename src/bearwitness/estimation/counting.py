"""People counted by the lists that hold them: linked records, or a 0/1 table, give HISTORIES."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bearwitness.errors import CountInvalid, ListConstant, TableMismatch
from bearwitness.estimation.histories import (
    CROSS,
    JOINER,
    check_list_count,
    check_list_name,
    check_nobody,
    pattern_of,
    texts_of,
    values_of,
)
from bearwitness.tables import HISTORIES, LINKS, MEMBERS, check

_FLAGS = {"0": False, "0.0": False, "false": False, "1": True, "1.0": True, "true": True}
_DRAW = "draw"  # the column of HISTORIES, in a 0/1 table too
_NO_LABEL = ("", "nan", "none")


def capture_histories(members: Any, links: Any, *, stratum: bool = False) -> pa.Table:
    """Count people by the lists that hold them: MEMBERS and LINKS give HISTORIES, draw by draw.

    With `stratum`, people are also counted by stratum; a person's stratum is the first one that
    their records, in text order, tell, so that nobody is counted twice, and empty where none
    does. A label with an empty part (f/) gives way to one without. A record that no link names
    raises TableMismatch.
    """
    members, links = check(members, MEMBERS), check(links, LINKS)
    order = pc.sort_indices(members.column("record")).to_numpy()
    sightings = _Sightings(
        members.select(["record", "list", "stratum"]).take(order), stratum=stratum
    )
    # Where each link's record stands in text order, and its person as a number, over all draws.
    place = pc.index_in(
        links.column("record"), value_set=sightings.records.combine_chunks()
    ).combine_chunks()
    place = place.fill_null(-1).to_numpy()
    person = links.column("person").combine_chunks().dictionary_encode().indices.to_numpy()
    drawn = links.column("draw").to_numpy()
    rows: list[dict[str, Any]] = []
    for draw in values_of(links, "draw"):
        own = (drawn == draw) & (place >= 0)
        who = np.full(members.num_rows, -1, dtype=np.int64)
        who[place[own]] = person[own]
        if (who < 0).any():
            raise TableMismatch(
                f"the record in row {order[np.argmax(who < 0)] + 1} of MEMBERS has no link to a "
                "person",
                hint="Link every record; a record that matches no other is a person by itself.",
            )
        rows += [row | {"draw": draw} for row in sightings.tally(who)]
    return check(rows, HISTORIES)


class _Sightings:
    """MEMBERS in text order of the records, as numbers: read once, counted for every draw."""

    def __init__(self, members: pa.Table, *, stratum: bool) -> None:
        self.records = members.column("record")
        names, self._bit = _coded(texts_of(members, "list"))
        for name in names:
            check_list_name(name)
        check_list_count(len(names))
        labels = texts_of(members, "stratum") if stratum else [""] * members.num_rows
        self._labels, self._label = _coded(["", *labels])
        self._label = self._label[1:]
        self._names = tuple(names)
        # The first record has the last word, but one that leaves a part of the label empty.
        gaps = np.array([label.split(CROSS).count("") for label in self._labels])
        order = np.lexsort([-np.arange(len(self._label)), -gaps[self._label]])
        self._telling = order[self._label[order] > 0]

    def tally(self, who: NDArray[np.int64]) -> list[dict[str, Any]]:
        """Rows of HISTORIES, given whom each record is about."""
        people, who = np.unique(who, return_inverse=True)
        patterns = np.zeros(len(people), dtype=np.int64)
        np.bitwise_or.at(patterns, who, np.int64(1) << self._bit)
        label = np.zeros(len(people), dtype=np.int64)
        label[who[self._telling]] = self._label[self._telling]
        found, which = np.unique(patterns, return_inverse=True)
        keys, counts = np.unique(label * len(found) + which, return_counts=True)
        rows = [
            {
                "stratum": self._labels[key // len(found)],
                "pattern": pattern_of(self._names, int(found[key % len(found)])),
                "count": count,
            }
            for key, count in zip(keys.tolist(), counts.tolist(), strict=True)
        ]
        return sorted(rows, key=lambda row: (row["stratum"], row["pattern"]))


def _coded(texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The different texts, ascending, and the place of each text among them."""
    known = sorted(set(texts))
    place = {text: number for number, text in enumerate(known)}
    return known, np.array([place[text] for text in texts], dtype=np.int64)


def histories_from_wide(
    columns: Mapping[str, Sequence[Any]],
    *,
    count: str = "count",
    stratum: str = "",
    where: str = "",
    first_row: int = 1,
) -> pa.Table:
    """HISTORIES from one 0/1 column per list and a column of counts.

    Without a column named `count` each row is one person. `stratum` names a column of labels of
    strata; an empty label is an unknown one. A column `draw` tells draws of the linkage
    apart, by whole numbers. Equal rows are added together. Raises CountInvalid,
    ListConstant or TableMismatch with row and column; the first row is called `first_row`: 2 for
    a file whose first row is a header.
    """
    if stratum and stratum not in columns:
        raise TableMismatch(
            f"there is no column {stratum!r} to tell strata apart",
            where=where,
            hint=f"The columns are: {', '.join(columns)}.",
        )
    lists = {name: columns[name] for name in columns if name not in (count, stratum, _DRAW)}
    for name in lists:
        check_list_name(name, where=where)
    if len(lists) < 2:
        raise TableMismatch(
            f"there are {len(lists)} lists; an estimate needs two at least",
            where=where,
            hint="Give one column per list: 1 where the list holds the person, 0 elsewhere.",
        )
    seen = {
        name: read_flags(values, where=_place(where, name), first_row=first_row)
        for name, values in lists.items()
    }
    rows = len(next(iter(seen.values())))
    counts = (
        _counts(columns[count], _place(where, count), first_row) if count in columns else [1] * rows
    )
    labels = [_label(value) for value in columns[stratum]] if stratum else [""] * rows
    draws = (
        _counts(columns[_DRAW], _place(where, _DRAW), first_row) if _DRAW in columns else [0] * rows
    )
    if {len(counts), len(labels), len(draws), *map(len, seen.values())} != {rows}:
        raise TableMismatch("the columns are of unequal length", where=where)
    _check_lists_vary(seen, where)
    cells = zip(draws, labels, _patterns(seen), counts, strict=True)
    return _tally(cells, where, first_row)


def _tally(cells: Iterable[tuple[int, str, str, int]], where: str, first_row: int) -> pa.Table:
    tally: Counter[tuple[int, str, str]] = Counter()
    for row, (draw, label, pattern, people) in enumerate(cells, start=first_row):
        if not pattern:
            check_nobody(people, where=f"{where}, row {row}" if where else f"row {row}")
        elif people:
            tally[draw, label, pattern] += people
    found = [
        {"stratum": label, "pattern": pattern, "count": people, "draw": draw}
        for (draw, label, pattern), people in sorted(tally.items())
    ]
    return check(found, HISTORIES)


def repeat_rows(
    columns: Mapping[str, Sequence[Any]], count: str, *, where: str = "", first_row: int = 2
) -> dict[str, list[Any]]:
    """Each row as many times as the column `count` says, without that column."""
    times = _counts(columns[count], _place(where, count), first_row)
    return {
        name: [value for value, n in zip(values, times, strict=True) for _ in range(n)]
        for name, values in columns.items()
        if name != count
    }


def read_flags(values: Sequence[Any], *, where: str, first_row: int = 1) -> list[bool]:
    """Whether the list holds each person: 1 or 0, or true or false in any case.

    Raises TableMismatch with the row, never with what stood there.
    """
    flags = []
    for row, value in enumerate(values, start=first_row):
        flag = _FLAGS.get(str(value).strip().lower())
        if flag is None:
            raise TableMismatch(
                "this is neither 0 nor 1",
                where=f"{where}, row {row}",
                hint="Write 1 where the list holds the person and 0 where it does not. "
                "If the column is no list, leave it out; if it holds counts, name it `count`; if "
                "it tells strata apart, name it with `stratum`.",
            )
        flags.append(flag)
    return flags


def _label(value: Any) -> str:
    text = str(value).strip()
    return "" if text.lower() in _NO_LABEL else text


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


def _patterns(seen: Mapping[str, list[bool]]) -> list[str]:
    """Each row's lists, as HISTORIES writes them."""
    names = sorted(seen)
    rows = zip(*(seen[name] for name in names), strict=True)
    return [
        JOINER.join(name for name, flag in zip(names, flags, strict=True) if flag) for flags in rows
    ]


def _place(where: str, column: str) -> str:
    return f"{where}, column {column!r}" if where else f"column {column!r}"
