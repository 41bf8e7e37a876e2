"""Complementary suppression for tables of any size: one sensitive cell after another, then better.

For each sensitive cell the cheapest set of cells that lets it move as far as asked is found by a
linear programme (Kelly, Golden and Assad 1992, Networks 22; costs are rescaled by the flow found,
after Kim and Pardalos 1999, Operations Research Letters 24), first among related categories and
what is withheld already, then among all cells. After that each withheld cell is printed again
where others can do its work for less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bearwitness.release.disclosure.problem import Problem
from bearwitness.release.disclosure.region import Around, Moves
from bearwitness.release.disclosure.solver import TOLERANCE

_RESCALINGS = 2
_DROPPED = 0.7  # of the cells of a move, when it is made anew
_EVERYWHERE = 3000  # cells: up to here the programme over all of them takes milliseconds
_FEW = 6  # siblings taken along in the cross around a cell

Demand = tuple[int, int, float]


class Search:
    """A pattern while it grows and shrinks, with the cells that each demand moves (its witness)."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.hidden = problem.primary.copy()
        self.around = Around(problem)
        self.witness: dict[Demand, np.ndarray] = {}
        self.users: dict[int, set[Demand]] = {}
        self.random = np.random.default_rng(1)
        self.demands_of: dict[int, list[Demand]] = {}
        for demand in problem.demands():
            self.demands_of.setdefault(demand[0], []).append(demand)

    def protect_all(self) -> None:
        """Small wholes come first and large demands among them: what they withhold serves the rest.

        This order lost least of six that were tried on generated tables.
        """
        wholes = np.asarray((self.problem.equations > 0).sum(axis=0)).ravel()
        every = [d for some in self.demands_of.values() for d in some]
        for demand in sorted(every, key=lambda d: (wholes[d[0]], -d[2], d)):
            if demand not in self.witness:
                self.protect(demand)

    def protect(self, demand: Demand, without: int | None = None) -> float | None:
        """Meet a demand, without one cell if told so. What that costs, or None if it cannot be."""
        for cells in self._regions(demand, without):
            moved, at = self._cheapest(demand, cells, without)
            if moved is not None:
                used = np.abs(moved) > TOLERANCE
                new = at[used & ~self.hidden[at]]
                self.hidden[new] = True
                self._remember(demand, at[used])
                self._share(moved[used], at[used])
                return float(self.problem.weights[new].sum())
        return None

    def improve(self, late: Callable[[], bool]) -> None:
        """Print again what is not needed, or what others can replace for less, dearest first."""
        while True:
            extra = np.flatnonzero(self.hidden & ~self.problem.primary)
            order = extra[np.argsort(-self.problem.weights[extra], kind="stable")]
            better = False
            for cell in order.tolist():
                if late():
                    return
                better |= self._put_back(cell)
            if not better:
                break
        while not late() and len(self.users):
            self._start_anew_somewhere()

    def _start_anew_somewhere(self) -> None:
        """Forget the complementary cells of one demand's move, and protect those who used them."""
        witnesses = list(self.witness)
        chosen = self.witness[witnesses[self.random.integers(len(witnesses))]]
        dropped = chosen[~self.problem.primary[chosen] & self.hidden[chosen]]
        if not len(dropped):
            return
        dropped = dropped[self.random.random(len(dropped)) < _DROPPED]
        before = self.hidden.copy()
        kept = {d: self.witness[d] for cell in dropped.tolist() for d in self.users.get(cell, ())}
        self.hidden[dropped] = False
        limit, cost = float(self.problem.weights[dropped].sum()), 0.0
        order = sorted(kept)
        for at in self.random.permutation(len(order)).tolist():
            if not self.hidden[self.witness[order[at]]].all():
                more = self.protect(order[at])
                cost = np.inf if more is None else cost + more
            if cost > limit:
                self.hidden = before
                for one, cells in kept.items():
                    self._remember(one, cells)
                return

    def _put_back(self, cell: int) -> bool:
        """Print `cell` after all, if its work can be done for less than it costs."""
        before = self.hidden.copy()
        kept = {demand: self.witness[demand] for demand in self.users.get(cell, ())}
        self.hidden[cell] = False
        cost = 0.0
        for demand in sorted(kept):
            if cell not in self.witness[demand]:
                continue
            more = self.protect(demand, cell)
            cost = np.inf if more is None else cost + more
            if cost >= self.problem.weights[cell]:
                self.hidden = before
                for one, cells in kept.items():
                    self._remember(one, cells)
                return False
        return True

    def _regions(self, demand: Demand, without: int | None) -> Iterator[np.ndarray]:
        if len(self.hidden) <= _EVERYWHERE:
            yield np.arange(len(self.hidden))
            return
        cost = np.where(self.hidden, 0.0, self.problem.weights.astype(float))
        cost[~self.problem.may_hide] = np.inf
        if without is not None:
            cost[without] = np.inf
        near = self.around.cells(demand[0], cost, few=_FEW)
        yield np.union1d(near, np.flatnonzero(self.hidden))
        if without is None:
            yield np.arange(len(cost))

    def _cheapest(
        self, demand: Demand, cells: np.ndarray, without: int | None
    ) -> tuple[np.ndarray | None, np.ndarray]:
        """The cheapest move; each cell is charged for the flow it had, which nears fixed costs."""
        moves = Moves(self.problem, cells)
        moves.push(*demand)
        if without is not None:
            moves.hold(without)
        at, amount = moves.cells, demand[2]
        weights = np.where(self.hidden[at], 0.0, self.problem.weights[at])
        trifle = np.where(self.problem.primary[at], 1e-6, 1e-3) / amount
        cost, best, least = weights / amount, None, np.inf
        for _ in range(1 + _RESCALINGS):
            moved = moves.cheapest(cost + trifle)
            if moved is None:
                break
            flow = np.abs(moved)
            paid = float(weights[flow > TOLERANCE].sum())
            best, least = (moved, paid) if paid < least else (best, least)
            if paid == 0.0:
                break
            cost = np.where(
                flow > TOLERANCE, weights / np.maximum(flow, TOLERANCE), weights / amount
            )
        return best, at

    def _share(self, moved: np.ndarray, cells: np.ndarray) -> None:
        """Other demands that the same move meets need none of their own."""
        for cell, by in zip(cells.tolist(), moved.tolist(), strict=True):
            for demand in self.demands_of.get(cell, ()):
                if demand not in self.witness and by * demand[1] >= demand[2] - TOLERANCE:
                    self._remember(demand, cells)

    def _remember(self, demand: Demand, cells: np.ndarray) -> None:
        for cell in self.witness.get(demand, np.empty(0, int)).tolist():
            self.users[cell].discard(demand)
        self.witness[demand] = cells
        for cell in cells.tolist():
            self.users.setdefault(cell, set()).add(demand)
