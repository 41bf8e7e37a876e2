"""Where to look for partners of a sensitive cell: a few related categories along each dimension."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from bearwitness.release.disclosure.hierarchy import Hierarchy
from bearwitness.release.disclosure.problem import Problem
from bearwitness.release.disclosure.solver import Programme


class Around:
    """Picks, for a cell of linked tables, a small cross of categories in which it can move.

    Along each dimension come some siblings, those whose cells are withheld or cheap first, and
    some parts of each.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.tables: list[tuple[tuple[Hierarchy, ...], np.ndarray]] = []
        self.found_in: dict[int, list[tuple[int, int]]] = {}
        for number, (name, where) in enumerate(problem.cells.where.items()):
            trees = problem.cells.dimensions[name]
            self.tables.append((trees, where.reshape([len(tree.nodes) for tree in trees])))
            for flat, cell in enumerate(where.tolist()):
                self.found_in.setdefault(cell, []).append((number, flat))

    def cells(self, cell: int, cost: np.ndarray, *, few: int) -> np.ndarray:
        """The numbers of the cells of that cross; `cost` is what withholding each would lose."""
        parts = [self._one(number, flat, cost, few) for number, flat in self.found_in[cell]]
        return np.unique(np.concatenate(parts))

    def _one(self, number: int, flat: int, cost: np.ndarray, few: int) -> np.ndarray:
        trees, grid = self.tables[number]
        at = np.unravel_index(flat, grid.shape)
        chosen = []
        for axis, tree in enumerate(trees):
            line = cost[np.moveaxis(grid, axis, -1)[(*at[:axis], *at[axis + 1 :])]]
            chosen.append(_related(tree, int(at[axis]), line, few))
        return grid[np.ix_(*chosen)].ravel()


def _related(tree: Hierarchy, node: int, line: np.ndarray, few: int) -> list[int]:
    found = {node}
    if node:
        found.update(_cheapest(tree.children[tree.parent[node]], line, few))
    queue = list(found)
    while queue:
        parts = _cheapest(tree.children[queue.pop()], line, few + 1)
        queue.extend(part for part in parts if part not in found)
        found.update(parts)
    return sorted(found)


def _cheapest(nodes: Sequence[int], line: np.ndarray, few: int) -> list[int]:
    usable = [node for node in nodes if np.isfinite(line[node])]
    return sorted(usable, key=lambda node: (line[node], node))[:few]


class Moves:
    """Some cells that may move from their counts while all others stay.

    Columns are ups, downs, and where counts are rounded the slack that rounding leaves for free.
    """

    def __init__(self, problem: Problem, cells: np.ndarray) -> None:
        loose = problem.shown_low < problem.shown_high
        self.cells = cells[problem.may_hide[cells] | loose[cells]]
        self.size = len(self.cells)
        at, values = self.cells, problem.values[self.cells]
        self.below = np.where(problem.may_hide[at], values - problem.hidden_low[at], 0.0)
        self.above = np.where(problem.may_hide[at], np.inf, 0.0)
        part = problem.equations[:, at].tocsr()
        part = part[np.flatnonzero(np.diff(part.indptr))]
        slack = [part] if loose[at].any() else []
        matrix = sparse.hstack([part, -part, *slack], format="csr")
        low = [np.zeros(2 * self.size), *([problem.shown_low[at] - values] if slack else [])]
        high = [self.above, self.below, *([problem.shown_high[at] - values] if slack else [])]
        none = np.zeros(part.shape[0])
        self._programme = Programme(
            matrix, (none, none), (np.concatenate(low), np.concatenate(high)), kind="bounds"
        )

    def push(self, cell: int, sign: int, amount: float) -> None:
        """The cell must move by at least `amount`, up or down."""
        at = int(np.searchsorted(self.cells, cell))
        top = self.above[at] if sign > 0 else self.below[at]
        low, high = ((amount, 0.0), (top, 0.0)) if sign > 0 else ((0.0, amount), (0.0, top))
        self._bound(at, low, high)

    def hold(self, cell: int) -> None:
        """The cell stays where it is printed."""
        at = int(np.searchsorted(self.cells, cell))
        if at < self.size and self.cells[at] == cell:
            self._bound(at, (0.0, 0.0), (0.0, 0.0))

    def cheapest(self, cost: np.ndarray) -> np.ndarray | None:
        """How far each cell moves at the least cost for each one moved, or None: it cannot be."""
        self._programme.set_cost(np.arange(2 * self.size), np.concatenate([cost, cost]))
        x = self._programme.solve()
        return None if x is None else x[: self.size] - x[self.size : 2 * self.size]

    def _bound(self, at: int, low: tuple[float, float], high: tuple[float, float]) -> None:
        columns = np.array([at, at + self.size])
        self._programme.set_bounds(columns, np.array(low), np.array(high))
