"""A dimension of a table: categories as a tree, given as child and parent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise

import numpy as np

from bearwitness.errors import StudyInvalid

ALL, NOT_STATED, OTHER = "all", "not stated", "other"
_CLOSER = "{}, not closer"


@dataclass(frozen=True)
class Hierarchy:
    """Categories of one dimension. Parents come before their children; node 0 is everybody.

    `parent[i]` is the number of node i's parent, -1 for node 0. A node without children is a leaf:
    each person is in one of them.
    """

    name: str
    nodes: tuple[str, ...]
    parent: tuple[int, ...]

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        found: list[list[int]] = [[] for _ in self.nodes]
        for node, parent in enumerate(self.parent):
            if parent >= 0:
                found[parent].append(node)
        return tuple(tuple(kids) for kids in found)

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        return tuple(i for i, kids in enumerate(self.children) if not kids)

    @cached_property
    def depth(self) -> tuple[int, ...]:
        found: list[int] = []
        for parent in self.parent:
            found.append(0 if parent < 0 else found[parent] + 1)
        return tuple(found)

    @cached_property
    def membership(self) -> np.ndarray:
        """Nodes by leaves: 1.0 where the leaf lies under the node, or is it."""
        found = np.zeros((len(self.nodes), len(self.leaves)))
        for column, leaf in enumerate(self.leaves):
            node = leaf
            while node >= 0:
                found[node, column] = 1.0
                node = self.parent[node]
        return found

    def leaf_of(self, values: Sequence[str | None]) -> np.ndarray:
        """The column of each value's leaf; a value of no category is `other`, none `not stated`."""
        column = {self.nodes[leaf]: i for i, leaf in enumerate(self.leaves)}
        known = {name: column.get(name, column.get(_CLOSER.format(name))) for name in self.nodes}
        rest, none = column.get(OTHER), column.get(NOT_STATED)
        codes = {value: none if not value else known.get(value, rest) for value in set(values)}
        if any(code is None for code in codes.values()):
            raise StudyInvalid(
                f"the dimension {self.name!r} has values without a category",
                hint=f"Give it the categories {OTHER!r} and {NOT_STATED!r}.",
            )
        return np.array([codes[value] for value in values], dtype=np.int64)


def make_hierarchy(
    name: str,
    pairs: Iterable[tuple[str, str]],
    *,
    values: Iterable[str] = (),
    where: str = "",
) -> Hierarchy:
    """A tree from (child, parent) pairs and the values that occur; what has no parent is a top.

    Raises StudyInvalid naming the categories of a cycle, or the child that has two parents.
    """
    parents = _one_parent_each(name, pairs, where)
    _check_no_cycle(name, parents, where)
    inner = set(parents.values())
    for value in sorted(inner & set(values)):
        parents[_CLOSER.format(value)] = value
    names = [*parents, *(n for n in parents.values()), *values]
    tops = [n for n in dict.fromkeys(names) if n not in parents and n != ALL]
    kids: dict[str, list[str]] = {ALL: tops}
    for child, above in parents.items():
        kids.setdefault(above, []).append(child)
    nodes, parent = [ALL], [-1]
    _grow(kids, nodes, parent)
    return Hierarchy(name, tuple(nodes), tuple(parent))


def flat_hierarchy(name: str, values: Iterable[str]) -> Hierarchy:
    """Categories side by side under everybody."""
    return make_hierarchy(name, (), values=dict.fromkeys(values))


def band_names(edges: Sequence[int]) -> tuple[str, ...]:
    """The names of bands of whole years: edges 18, 30 give "under 18", "18-29", "30 and over"."""
    if not edges or any(b <= a for a, b in pairwise(edges)):
        raise StudyInvalid(
            "the edges of bands should be whole numbers that grow",
            hint="For example: bands = [18, 30, 45].",
        )
    middle = [f"{a}-{b - 1}" if b - a > 1 else f"{a}" for a, b in pairwise(edges)]
    return (f"under {edges[0]}", *middle, f"{edges[-1]} and over")


def band_of(low: float | None, high: float | None, edges: Sequence[int]) -> str | None:
    """The band that holds both ends, or None: an age that may lie in two bands is not stated."""
    if low is None or high is None:
        return None
    first, last = (int(np.searchsorted(edges, x, side="right")) for x in (low, high))
    return band_names(edges)[first] if first == last else None


def find_category(hierarchy: Hierarchy, name: str, *, where: str) -> int:
    """The number of a node. Raises StudyInvalid with the nearest name."""
    if name in hierarchy.nodes:
        return hierarchy.nodes.index(name)
    near = get_close_matches(name, hierarchy.nodes, 1)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    raise StudyInvalid(
        f"{hierarchy.name!r} has no category {name!r}",
        where=where,
        hint=f"{meant}Categories are written as the lists write them, or as its hierarchy does.",
    )


def _one_parent_each(name: str, pairs: Iterable[tuple[str, str]], where: str) -> dict[str, str]:
    parents: dict[str, str] = {}
    for child, parent in pairs:
        if parents.setdefault(child, parent) != parent:
            raise StudyInvalid(
                f"hierarchy {name!r}: {child!r} has two parents, {parents[child]!r} and {parent!r}",
                where=where,
                hint="A category belongs to one larger one. Declare a second table for another "
                "grouping.",
            )
    return {child: parent for child, parent in parents.items() if parent != ALL}


def _check_no_cycle(name: str, parents: Mapping[str, str], where: str) -> None:
    for start in parents:
        path = [start]
        while path[-1] in parents:
            path.append(parents[path[-1]])
            if path[-1] == start:
                raise StudyInvalid(
                    f"hierarchy {name!r} runs in a circle: {' -> '.join(path)}",
                    where=where,
                    hint="Take out the pair that makes the larger category a part of the smaller.",
                )
            if len(path) > len(parents) + 1:
                break


def _grow(kids: Mapping[str, Sequence[str]], nodes: list[str], parent: list[int]) -> None:
    """Put all descendants behind node 0, each level after the one above it, siblings together."""
    queue = [(0, ALL)]
    while queue:
        number, name = queue.pop()
        first = len(nodes)
        below = kids.get(name, ())
        nodes.extend(below)
        parent.extend([number] * len(below))
        queue.extend(reversed([(first + i, kid) for i, kid in enumerate(below)]))
