"""Linked tables as one system: cells of equal keys are one unknown, equations of all tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bearwitness.release.disclosure.cross import Crossed, Key
from bearwitness.release.disclosure.hierarchy import Hierarchy
from bearwitness.release.disclosure.rules import CellRule, Levels, find_sensitive


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """The different cells of some tables, and all their equations (rows of sums that are 0).

    `where[name]` holds, for each cell of that table, its number here.
    """

    keys: tuple[Key, ...]
    people: np.ndarray
    equations: sparse.csr_matrix
    where: dict[str, np.ndarray]
    dimensions: dict[str, tuple[Hierarchy, ...]]


def link_tables(tables: Sequence[Crossed]) -> Cells:
    """Cells of several tables of the same people, each different cell once."""
    number: dict[Key, int] = {}
    where = {
        table.name: np.array([number.setdefault(key, len(number)) for key in table.keys])
        for table in tables
    }
    people = np.zeros(len(number), dtype=np.int64)
    parts = []
    for table in tables:
        at = where[table.name]
        people[at] = table.people
        rows = table.equations().tocoo()
        spread = (rows.data, (rows.row, at[rows.col]))
        parts.append(sparse.csr_matrix(spread, shape=(rows.shape[0], len(number))))
    return Cells(
        keys=tuple(number), people=people, equations=_without_repeats(parts), where=where,
        dimensions={table.name: table.dimensions for table in tables},
    )  # fmt: skip


def link_levels(
    cells: Cells, tables: Sequence[Crossed], rules: Sequence[tuple[CellRule, ...]]
) -> Levels:
    """The sensitive cells of all tables, each with the strictest of what its tables ask for."""
    size = len(cells.keys)
    known: tuple[CellRule, ...] = tuple(dict.fromkeys(rule for some in rules for rule in some))
    lower, upper, width = (np.zeros(size) for _ in range(3))
    first = np.full(size, -1)
    for table, some in zip(tables, rules, strict=True):
        found = find_sensitive(table, some)
        at = cells.where[table.name][found.cells]
        for whole, part in ((lower, found.lower), (upper, found.upper), (width, found.width)):
            whole[at] = np.maximum(whole[at], part)
        numbers = np.array([known.index(rule) for rule in some])
        first[at] = np.where(first[at] < 0, numbers[found.rule], first[at])
    hit = np.flatnonzero(first >= 0)
    return Levels(
        cells=hit, lower=lower[hit], upper=upper[hit], width=width[hit], rule=first[hit],
        rules=known,
    )  # fmt: skip


def _without_repeats(parts: Sequence[sparse.csr_matrix]) -> sparse.csr_matrix:
    """All rows of all tables, each different one once: shared margins repeat their equations."""
    rows = sparse.vstack(parts, format="csr")
    rows.sort_indices()
    seen: dict[bytes, int] = {}
    for i in range(rows.shape[0]):
        part = slice(rows.indptr[i], rows.indptr[i + 1])
        seen.setdefault(rows.indices[part].tobytes() + rows.data[part].tobytes(), i)
    return rows[list(seen.values())]
