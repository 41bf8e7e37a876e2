"""Tables by any cross of dimensions: people counted once, and who contributes to each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse

from bearwitness.errors import StudyInvalid
from bearwitness.release.disclosure.hierarchy import Hierarchy
from bearwitness.tables import LINKS, MEMBERS, check

MOST_CELLS = 1_000_000

Key = tuple[tuple[str, str], ...]  # (dimension, category) of a cell; what is "all" is left out


@dataclass(frozen=True, kw_only=True, eq=False)
class Crossed:
    """A table with all its margins, one entry a cell, the last dimension running fastest.

    `people`, `sources` (records, or the sources they came from) and `by_list` (cells by lists) are
    numbers of people, of sources and of people on each list.
    """

    name: str
    dimensions: tuple[Hierarchy, ...]
    people: np.ndarray
    sources: np.ndarray
    by_list: np.ndarray
    lists: tuple[str, ...]
    persons: tuple[str, ...] = ()
    leaf: np.ndarray | None = None  # of each person in `persons`

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(dimension.nodes) for dimension in self.dimensions)

    @cached_property
    def places(self) -> np.ndarray:
        """Cells by dimensions: the number of each cell's category."""
        return np.stack(np.unravel_index(np.arange(self.people.size), self.shape), axis=1)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """What each cell is of. Cells of equal keys, in whatever tables, are one number."""
        order = sorted(range(len(self.dimensions)), key=lambda d: self.dimensions[d].name)
        names = [
            [(self.dimensions[d].name, node) for node in self.dimensions[d].nodes] for d in order
        ]
        places = self.places[:, order].tolist()
        return tuple(
            tuple(names[d][node] for d, node in enumerate(place) if node) for place in places
        )

    def equations(self) -> sparse.csr_matrix:
        """Rows by cells: every category is the sum of its children, for each rest of the cross."""
        return table_equations(self.dimensions)


def table_equations(dimensions: Sequence[Hierarchy]) -> sparse.csr_matrix:
    """The equations of a table: rows of 1 for a cell and -1 for its parts along one dimension."""
    numbers = np.arange(int(np.prod([len(d.nodes) for d in dimensions])))
    grid = numbers.reshape([len(d.nodes) for d in dimensions])
    rows, columns, signs, made = [], [], [], 0
    for axis, dimension in enumerate(dimensions):
        lines = np.moveaxis(grid, axis, 0).reshape(len(dimension.nodes), -1)
        for node, kids in enumerate(dimension.children):
            if not kids:
                continue
            block = lines[[node, *kids]]
            rows.append(np.tile(made + np.arange(block.shape[1]), block.shape[0]))
            columns.append(block.ravel())
            signs.append(np.repeat([1.0, *[-1.0] * len(kids)], block.shape[1]))
            made += block.shape[1]
    if not rows:
        return sparse.csr_matrix((0, numbers.size))
    where = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix((np.concatenate(signs), where), shape=(made, numbers.size))


def cross(
    name: str,
    members: Any,
    links: Any,
    dimensions: Mapping[Hierarchy, Sequence[str | None]],
    *,
    sources: Sequence[str] | None = None,
) -> Crossed:
    """Cross `dimensions` (hierarchy to one value a record) over the people of LINKS, draw 0.

    A person has the value that most of their records state; of equally many, the first by text.
    `sources` is the source of each record; without it each record counts as its own.
    """
    table: pa.Table = check(members, MEMBERS)
    people, persons = _people(table, check(links, LINKS))
    count = len(persons)
    _check_size(name, tuple(dimensions))
    codes = [
        _one_value_each(h.leaf_of(values), people, count, h) for h, values in dimensions.items()
    ]
    shape = tuple(len(h.leaves) for h in dimensions)
    cell = np.ravel_multi_index(codes, shape) if codes else np.zeros(count, dtype=np.int64)
    lists, on_list = np.unique(table.column("list").to_numpy(), return_inverse=True)
    told = people if sources is None else np.unique(np.asarray(sources), return_inverse=True)[1]
    size = int(np.prod(shape))
    counted = np.bincount(cell, minlength=size).astype(float)
    on = np.unique(np.stack([people, on_list]), axis=1)
    by_list = np.stack(
        [np.bincount(cell[on[0, on[1] == i]], minlength=size) for i in range(len(lists))], axis=1
    ).astype(float)
    trees = tuple(dimensions)
    return Crossed(
        name=name,
        dimensions=trees,
        people=add_margins(counted, trees).astype(np.int64),
        sources=_count_sources(cell[people], told, trees, own=sources is None),
        by_list=np.stack(
            [add_margins(by_list[:, i], trees) for i in range(len(lists))], axis=1
        ).astype(np.int64),
        lists=tuple(str(name) for name in lists),
        persons=persons,
        leaf=cell,
    )


def crossed_from_counts(
    name: str, dimensions: Sequence[Hierarchy], leaves: np.ndarray, **rest: Any
) -> Crossed:
    """A table from the counts of its leaves (an array by dimensions), without contributors."""
    people = add_margins(np.asarray(leaves, dtype=float).ravel(), tuple(dimensions))
    people = people.astype(np.int64)
    given: dict[str, Any] = {"sources": people, "lists": ()}
    given["by_list"] = np.zeros((people.size, 0), np.int64)
    return Crossed(name=name, dimensions=tuple(dimensions), people=people, **(given | rest))


def _people(members: pa.Table, links: pa.Table) -> tuple[np.ndarray, tuple[str, ...]]:
    """The number of each record's person, in the order of MEMBERS, and all persons."""
    best = links.filter(pa.compute.equal(links.column("draw"), 0))
    person_of = dict(
        zip(best.column("record").to_pylist(), best.column("person").to_pylist(), strict=True)
    )
    named = [person_of.get(record, record) for record in members.column("record").to_pylist()]
    names, numbers = np.unique(np.array(named, dtype=object).astype(str), return_inverse=True)
    return numbers, tuple(names.tolist())


def _one_value_each(
    codes: np.ndarray, people: np.ndarray, count: int, hierarchy: Hierarchy
) -> np.ndarray:
    """For each person the code that most records have; codes of nothing stated give way."""
    width = len(hierarchy.leaves)
    cast = np.bincount(people * width + codes, minlength=count * width)
    votes: np.ndarray = 2.0 * cast.reshape(count, width)
    names = [hierarchy.nodes[leaf] for leaf in hierarchy.leaves]
    silent = [i for i, name in enumerate(names) if name == "not stated"]
    votes[:, silent] = np.minimum(votes[:, silent], 0.5)
    by_text = np.argsort(np.argsort(names)) / (4 * len(names))  # small: it only parts equals
    return np.asarray((votes - by_text * (votes > 0)).argmax(axis=1))


def add_margins(leaves: np.ndarray, dimensions: tuple[Hierarchy, ...]) -> np.ndarray:
    """Counts of all cells from those of the leaves."""
    table = leaves.reshape([len(d.leaves) for d in dimensions])
    for axis, dimension in enumerate(dimensions):
        table = np.moveaxis(np.tensordot(dimension.membership, table, (1, axis)), 0, axis)
    return np.asarray(np.rint(table).ravel())


def _count_sources(
    cell: np.ndarray, told: np.ndarray, dimensions: tuple[Hierarchy, ...], *, own: bool
) -> np.ndarray:
    """Different sources in each cell. A source of several cells counts once in their sum."""
    size = int(np.prod([len(d.leaves) for d in dimensions]))
    if own:
        return add_margins(np.bincount(cell, minlength=size).astype(float), dimensions).astype(int)
    leaf = np.stack(np.unravel_index(cell, [len(d.leaves) for d in dimensions]), axis=1)
    shape = [len(d.nodes) for d in dimensions]
    found = np.zeros(shape, dtype=np.int64)
    levels = [_ancestors(dimension) for dimension in dimensions]
    for choice in np.ndindex(*[level.shape[0] for level in levels]):
        nodes = [levels[d][depth][leaf[:, d]] for d, depth in enumerate(choice)]
        # A leaf above this depth stands for itself at each: it is counted at its own only.
        real = np.all([n >= 0 for n in nodes], axis=0) if nodes else np.ones(len(told), bool)
        flat = np.ravel_multi_index([n[real] for n in nodes], shape)
        pairs = np.unique(np.stack([flat, told[real]]), axis=1)
        found += np.bincount(pairs[0], minlength=found.size).reshape(shape)
    return found.ravel()


def _ancestors(dimension: Hierarchy) -> np.ndarray:
    """Depths by leaves: the ancestor at that depth, -1 where the leaf lies above it."""
    found = np.full((max(dimension.depth) + 1, len(dimension.leaves)), -1)
    for column, leaf in enumerate(dimension.leaves):
        node = leaf
        while node >= 0:
            found[dimension.depth[node], column] = node
            node = dimension.parent[node]
    return found


def _check_size(name: str, dimensions: tuple[Hierarchy, ...]) -> None:
    cells = int(np.prod([len(d.nodes) for d in dimensions]))
    if cells > MOST_CELLS:
        raise StudyInvalid(
            f"the table {name!r} would have {cells:,} cells",
            hint=f"At most {MOST_CELLS:,} are made. Take a dimension out, or coarser categories.",
        )
