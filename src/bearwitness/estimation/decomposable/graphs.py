"""Decomposable graphs on a few lists: every way in which pairs of them may depend.

A graph is decomposable when its nodes can be taken away one by one, each with neighbours that all
know each other. The marginal likelihood then falls into one factor for each node taken away: of
the node with its neighbours, by that of the neighbours (Dawid & Lauritzen 1993).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_AT_ONCE = 1 << 18

Nodes = NDArray[np.uint8]


@lru_cache(maxsize=8)
def decomposable_graphs(lists: int) -> csr_array:
    """A row for each labelled decomposable graph, a column for each set of lists, as bits.

    A row holds 1 for each clique and minus the multiplicity of each separator; the empty set is
    left out. There are 2, 8, 61, 822, 18,154 and 617,675 rows for 2 to 7 lists. The complete graph
    is the last row.
    """
    edges = list(combinations(range(lists), 2))
    parts = []
    for first in range(0, 1 << len(edges), _AT_ONCE):
        codes = np.arange(first, min(first + _AT_ONCE, 1 << len(edges)))
        parts.append(_factors(_neighbours(codes, edges, lists)))
    joined, left = (np.concatenate(side) for side in zip(*parts, strict=True))
    return _as_rows(joined, left, 1 << lists)


def _neighbours(codes: NDArray[np.int64], edges: list[tuple[int, int]], lists: int) -> Nodes:
    near = np.zeros((len(codes), lists), dtype=np.uint8)
    for place, (a, b) in enumerate(edges):
        there = (codes >> place & 1).astype(np.uint8)
        near[:, a] |= there << b
        near[:, b] |= there << a
    return near


def _factors(near: Nodes) -> tuple[Nodes, Nodes]:
    """Node with neighbours, and neighbours, of each node taken away; decomposable graphs only."""
    count, lists = near.shape
    joined, left = (np.zeros((count, lists), dtype=np.uint8) for _ in range(2))
    alive = np.full(count, (1 << lists) - 1, dtype=np.uint8)
    for step in range(lists):
        found = np.zeros(count, dtype=bool)
        for node in range(lists):
            around = near[:, node] & alive
            fits = ~found & (alive >> node & 1).astype(bool) & _know_each_other(near, around)
            joined[fits, step] = around[fits] | (1 << node)
            left[fits, step] = around[fits]
            alive[fits] &= np.uint8(0xFF ^ (1 << node))
            found |= fits
    whole = alive == 0
    return joined[whole], left[whole]


def _know_each_other(near: Nodes, around: Nodes) -> NDArray[np.bool_]:
    all_do = np.ones(len(near), dtype=bool)
    for node in range(near.shape[1]):
        strangers = around & ~(near[:, node] | np.uint8(1 << node))
        all_do &= (around >> node & 1 == 0) | (strangers == 0)
    return all_do


def _as_rows(joined: Nodes, left: Nodes, sets: int) -> csr_array:
    from scipy.sparse import csr_array

    count, lists = joined.shape
    columns = np.concatenate([joined, left], axis=1).ravel()
    values = np.tile(np.repeat([1.0, -1.0], lists), count)
    starts = np.arange(0, 2 * lists * count + 1, 2 * lists)
    values[columns == 0] = 0.0
    rows = csr_array((values, columns.astype(np.int32), starts), shape=(count, sets))
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return rows
