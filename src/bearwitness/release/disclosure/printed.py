"""What was printed, as an attacker reads it: ranges of cells and of sums of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bearwitness.release.disclosure.cross import Crossed, Key, crossed_from_counts
from bearwitness.release.disclosure.hierarchy import ALL, Hierarchy

KNOWN_TO_BE_SOMEBODY = 1.0  # a reader of the rules knows that a withheld cell is not empty


@dataclass(frozen=True, kw_only=True)
class PrintedTable:
    """A table as printed: for each of its cells (as in Crossed) the lowest and highest count that
    the printing leaves. A withheld cell has no highest: None."""

    name: str
    dimensions: tuple[Hierarchy, ...]
    low: tuple[float, ...]
    high: tuple[float | None, ...]

    def crossed(self) -> Crossed:
        """The table's shape and keys, without counts."""
        empty = np.zeros([len(tree.leaves) for tree in self.dimensions])
        return crossed_from_counts(self.name, self.dimensions, empty)


@dataclass(frozen=True, kw_only=True)
class PrintedSum:
    """A number that is the sum of cells: a figure in a sentence, a point in a chart, the people
    that an estimate rests on. Equal numbers of people, whatever they were printed as."""

    name: str
    cells: tuple[Key, ...]
    low: float
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One release: of whom, when, of which base, and all that it printed.

    `base` is a digest of the people counted, equal for equal people. `added` and `withdrawn` are
    what the release says of its change since the one before, None where it says nothing.
    """

    population: str
    study: str
    date: str
    base: str
    package: str = ""
    threshold: int = 10
    added: int | None = None
    withdrawn: int | None = None
    tables: tuple[PrintedTable, ...] = ()
    sums: tuple[PrintedSum, ...] = field(default=())

    @property
    def title(self) -> str:
        return f"{self.study} of {self.date}"


def print_table(
    table: Crossed, hidden: np.ndarray, low: np.ndarray, high: np.ndarray
) -> PrintedTable:
    """A table with `hidden` cells withheld and the others known to lie from `low` to `high`."""
    floor = np.where(hidden, np.minimum(table.people, KNOWN_TO_BE_SOMEBODY), low)
    return PrintedTable(
        name=table.name,
        dimensions=table.dimensions,
        low=tuple(float(x) for x in floor),
        high=tuple(None if h else float(x) for h, x in zip(hidden, high, strict=True)),
    )


def to_json(entry: Entry) -> dict[str, Any]:
    """An entry as plain values, and nothing in it that was not printed."""
    facts = {
        name: getattr(entry, name)
        for name in ("population", "study", "date", "base", "package", "threshold", "added",
                     "withdrawn")
    }  # fmt: skip
    facts["tables"] = [
        {
            "name": table.name,
            "dimensions": [
                {"name": tree.name, "nodes": list(tree.nodes), "parent": list(tree.parent)}
                for tree in table.dimensions
            ],
            "low": list(table.low),
            "high": list(table.high),
        }
        for table in entry.tables
    ]
    facts["sums"] = [
        {"name": s.name, "cells": [dict(key) for key in s.cells], "low": s.low, "high": s.high}
        for s in entry.sums
    ]
    return facts


def from_json(facts: dict[str, Any]) -> Entry:
    """The entry that `to_json` wrote."""
    tables = tuple(
        PrintedTable(
            name=table["name"],
            dimensions=tuple(_tree(one) for one in table["dimensions"]),
            low=tuple(table["low"]),
            high=tuple(table["high"]),
        )
        for table in facts["tables"]
    )
    sums = tuple(
        PrintedSum(
            name=one["name"],
            cells=tuple(tuple(sorted(key.items())) for key in one["cells"]),
            low=one["low"],
            high=one["high"],
        )
        for one in facts["sums"]
    )
    plain = {k: v for k, v in facts.items() if k not in ("tables", "sums")}
    return Entry(**plain, tables=tables, sums=sums)


def show_key(key: Key) -> str:
    """A cell by the categories that are printed: "place Harbin, sex female", or "all"."""
    return ", ".join(f"{dimension} {category}" for dimension, category in key) or ALL


def sum_of_patterns(
    name: str, patterns: Sequence[str], low: float, high: float | None
) -> PrintedSum:
    """A number of people by the sets of lists that saw them."""
    keys = tuple((("seen on", pattern),) for pattern in sorted(patterns))
    return PrintedSum(name=name, cells=keys, low=low, high=high)


def _tree(facts: dict[str, Any]) -> Hierarchy:
    return Hierarchy(facts["name"], tuple(facts["nodes"]), tuple(facts["parent"]))
