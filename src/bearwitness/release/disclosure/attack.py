"""What everything printed leaves open of each cell: the tightest bounds, by linear programming.

The attacker of Fischetti and Salazar-Gonzalez (2001), section 2: all cells are unknown counts
within what is printed of them, and every sum must hold. The lowest and the highest count that a
cell can then have are what a reader with a computer knows of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure.propagate import (
    CONTRADICTION,
    CONTRADICTION_HINT,
    propagate,
)
from bearwitness.release.disclosure.rules import Levels
from bearwitness.release.disclosure.solver import TOLERANCE, Programme

SMALL_BLOCK = 60  # cells: up to here the integer programme is cheap


@dataclass(frozen=True, kw_only=True, eq=False)
class System:
    """Unknown counts between `low` and `high`, with `row_low <= matrix @ counts <= row_high`."""

    matrix: sparse.csr_matrix
    low: np.ndarray
    high: np.ndarray
    row_low: np.ndarray
    row_high: np.ndarray

    @classmethod
    def of_sums(cls, matrix: sparse.csr_matrix, low: np.ndarray, high: np.ndarray) -> System:
        """Equations of sums only: each row is exactly 0."""
        zero = np.zeros(matrix.shape[0])
        return cls(
            matrix=matrix.tocsr(), low=np.asarray(low, float), high=np.asarray(high, float),
            row_low=zero, row_high=zero,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Bounds:
    """The range of each target; `whole` says that whole people at both ends are possible.

    Where `whole` is false, the ends are those of the linear programme: an attacker who also uses
    that people are whole could at most narrow them further.
    """

    cells: np.ndarray
    low: np.ndarray
    high: np.ndarray
    whole: np.ndarray


def find_bounds(system: System, targets: np.ndarray) -> Bounds:
    """The tightest bounds of each cell in `targets`; infinite where nothing limits it."""
    return _Attack(system).bounds(np.asarray(targets, dtype=int))


def find_exposed(system: System, levels: Levels, values: np.ndarray) -> np.ndarray:
    """Which sensitive cells (positions in `levels.cells`) are known too narrowly.

    `values` are the true counts of all cells: they fit everything printed, and so the search for
    wide ranges starts from them. It ends for each cell as soon as its range is wide enough.
    """
    return _Attack(system, values).exposed(levels, values)


class _Attack:
    """One system, made smaller, with what its solutions so far have shown to be possible."""

    def __init__(self, system: System, values: np.ndarray | None = None) -> None:
        self.low, self.high = propagate(system)
        size = len(self.low)
        self.seen_low = np.full(size, np.inf) if values is None else values.astype(float)
        self.seen_high = np.full(size, -np.inf) if values is None else values.astype(float)
        self.whole_low, self.whole_high = (np.full(size, values is not None) for _ in range(2))
        self.blocks = {cell: block for block in _blocks(self, system) for cell in block.cells}

    def bounds(self, targets: np.ndarray) -> Bounds:
        for cell in targets:
            for sign in (1.0, -1.0):
                self._reach(cell, sign)
        fixed = self.low[targets] == self.high[targets]
        return Bounds(
            cells=targets,
            low=self.low[targets],
            high=self.high[targets],
            whole=fixed | (self.whole_low[targets] & self.whole_high[targets]),
        )

    def exposed(self, levels: Levels, values: np.ndarray) -> np.ndarray:
        true = values[levels.cells].astype(float)
        found = []
        for position, cell in enumerate(levels.cells):
            for step in (None, -1.0, 1.0):
                if step is not None:
                    self._reach(cell, -step)
                seen = (self.seen_low[[cell]], self.seen_high[[cell]])
                if _kept(levels, position, true, seen):
                    break
            else:
                found.append(position)
        return np.array(found, dtype=int)

    def _reach(self, cell: int, sign: float) -> None:
        """Find the lowest (sign 1) or highest (sign -1) count of a cell and tighten its bound."""
        bound, seen = (self.low, self.seen_low) if sign > 0 else (self.high, self.seen_high)
        if cell not in self.blocks or seen[cell] == bound[cell]:
            self._note_fixed(cell)
            return
        block = self.blocks[cell]
        point, value = block.extreme(cell, sign)
        whole = point is not None and bool(np.abs(point - np.rint(point)).max() < TOLERANCE)
        self._see(block, point)
        end = np.ceil(value - TOLERANCE) if sign > 0 else np.floor(value + TOLERANCE)
        if not whole and len(block.cells) <= SMALL_BLOCK and np.isfinite(end):
            end, whole = block.whole_extreme(cell, sign, end)
        bound[cell] = end
        (self.whole_low if sign > 0 else self.whole_high)[cell] = whole or not np.isfinite(end)

    def _note_fixed(self, cell: int) -> None:
        if self.low[cell] == self.high[cell]:
            self.seen_low[cell] = self.seen_high[cell] = self.low[cell]

    def _see(self, block: _Block, point: np.ndarray | None) -> None:
        if point is None:
            return
        # Only whole counts are possible: a solution in fractions shows what lies between them.
        low, high = np.ceil(point - TOLERANCE), np.floor(point + TOLERANCE)
        better_low, better_high = (
            low < self.seen_low[block.cells],
            high > self.seen_high[block.cells],
        )
        whole = bool(np.abs(point - np.rint(point)).max() < TOLERANCE)
        for better, seen, point_end, flag in (
            (better_low, self.seen_low, low, self.whole_low),
            (better_high, self.seen_high, high, self.whole_high),
        ):
            at = block.cells[better]
            seen[at] = point_end[better]
            flag[at] = whole


def _kept(levels: Levels, position: int, true: np.ndarray, seen: tuple[np.ndarray, ...]) -> bool:
    one = slice(position, position + 1)
    part = Levels(
        cells=levels.cells[one], lower=levels.lower[one], upper=levels.upper[one],
        width=levels.width[one], rule=levels.rule[one],
    )  # fmt: skip
    return bool(part.are_kept(true[one], *seen)[0])


class _Block:
    """Cells that hang together through equations, and one programme over them."""

    def __init__(self, attack: _Attack, system: System, cells: np.ndarray, rows: np.ndarray):
        self.cells = cells
        matrix = system.matrix[rows]
        fixed = np.where(np.isin(np.arange(matrix.shape[1]), cells), 0.0, attack.low)
        gone = matrix @ np.where(np.isfinite(fixed), fixed, 0.0)
        self.matrix = matrix[:, cells].tocsr()
        self.rows = (system.row_low[rows] - gone, system.row_high[rows] - gone)
        self.range = (attack.low[cells], attack.high[cells])
        self.programme: Programme | None = None
        self.position = {cell: i for i, cell in enumerate(cells)}
        self.last = 0

    def extreme(self, cell: int, sign: float) -> tuple[np.ndarray | None, float]:
        if self.programme is None:
            self.programme = Programme(self.matrix, self.rows, self.range)
        at = self.position[cell]
        self.programme.set_cost(np.array([self.last, at]), np.array([0.0, sign]))
        if self.last == at:
            self.programme.set_cost(np.array([at]), np.array([sign]))
        self.last = at
        point = self.programme.solve()
        if point is None:
            _check_possible(self.programme.status)
            return None, -sign * np.inf
        return point, float(point[at])

    def whole_extreme(self, cell: int, sign: float, linear: float) -> tuple[float, bool]:
        """The end among whole people, or the linear one where that takes too long."""
        model = Programme(self.matrix, self.rows, self.range, kind="whole")
        model.set_cost(np.array([self.position[cell]]), np.array([sign]))
        point = model.solve()
        if point is None or model.status != "Optimal":
            return linear, False
        return float(np.rint(point[self.position[cell]])), True


def _check_possible(status: str) -> None:
    if status == "Infeasible":
        raise DisclosureUnsafe(CONTRADICTION, hint=CONTRADICTION_HINT)


def _blocks(attack: _Attack, system: System) -> Iterator[_Block]:
    """The independent parts of what is not known yet."""
    free = np.flatnonzero(attack.low < attack.high)
    if not len(free):
        return
    part = system.matrix[:, free]
    rows = np.flatnonzero(np.diff(part.indptr))
    part = part[rows]
    graph = sparse.bmat([[None, part], [part.T, None]], format="csr")
    _, label = connected_components(graph, directed=False)
    row_label, cell_label = label[: len(rows)], label[len(rows) :]
    cells_of = _groups(cell_label, free)
    rows_of = _groups(row_label, rows)
    for name, cells in cells_of.items():
        if name in rows_of:
            yield _Block(attack, system, cells, rows_of[name])


def _groups(labels: np.ndarray, members: np.ndarray) -> dict[int, np.ndarray]:
    order = np.argsort(labels, kind="stable")
    names, starts = np.unique(labels[order], return_index=True)
    return dict(zip(names.tolist(), np.split(members[order], starts[1:]), strict=True))
