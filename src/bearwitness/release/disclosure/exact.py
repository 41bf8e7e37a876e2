"""The least information that must be lost: Fischetti and Salazar-Gonzalez (2001), by cuts.

A pattern x (1 for a withheld cell) protects a sensitive cell if and only if every set of prices on
the sums leaves it room (their theorem 2). A master programme over x starts from the sums that the
sensitive cells are in; each of its answers is attacked, and the prices of an attack that succeeds
are a new row. For large tables the master without whole numbers still gives a bound: no pattern
loses less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bearwitness.release.disclosure.problem import Problem
from bearwitness.release.disclosure.propagate import propagate
from bearwitness.release.disclosure.solver import TOLERANCE, Programme, effort

_ROUNDS = 200
_VIOLATED = 1e-4


@dataclass(frozen=True, eq=False)
class ExactAnswer:
    """`hidden` is None where time ran out before; no safe pattern loses less than `bound`."""

    hidden: np.ndarray | None
    bound: float


def solve_exactly(problem: Problem, *, seconds: float = 20.0) -> ExactAnswer:
    """The safe pattern that loses least, proved, or the best bound that time allows."""
    ends = effort() + seconds
    cuts = _Cuts(problem)
    cuts.add_sums()
    bound = 0.0
    for whole in (False, True):
        for _ in range(_ROUNDS):
            left = ends - effort()
            x, value, proved = cuts.solve_master(whole=whole)
            bound = max(bound, value)
            if x is None or left < 0:
                return ExactAnswer(None, bound)
            if not cuts.separate(x, until=ends):
                if effort() > ends:
                    return ExactAnswer(None, bound)
                if whole and proved:
                    return ExactAnswer(x > 0.5, bound)
                break
    return ExactAnswer(None, bound)


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The bound of the master without whole numbers, and the share of each cell that it hides."""

    shares: np.ndarray
    bound: float


def least_loss(problem: Problem, *, seconds: float) -> Relaxed:
    """What must be lost at least, without whole numbers: quick, and a guide to a good pattern."""
    ends = effort() + seconds
    cuts = _Cuts(problem)
    cuts.add_sums()
    shares, bound = problem.primary.astype(float), 0.0
    for _ in range(_ROUNDS):
        x, value, proved = cuts.solve_master(whole=False)
        if x is None or not proved:
            break
        shares, bound = x, max(bound, value)
        if effort() > ends or not cuts.separate(x, until=ends):
            break
    return Relaxed(shares, bound)


class _Cuts:
    """The master's rows, and the attacker who finds more of them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rows: list[sparse.csr_matrix] = []
        self.least: list[float] = []
        size = len(problem.values)
        self.below = np.where(problem.may_hide, problem.values - problem.hidden_low, 0.0)
        self.slack = (problem.values - problem.shown_low, problem.shown_high - problem.values)
        # Far more than any cell must move; the rows do not depend on it.
        levels = problem.levels
        self.far = 50.0 * float(max(levels.width.max(initial=0), levels.upper.max(initial=0), 1.0))
        zero = np.zeros(problem.equations.shape[0])
        self.attacker = Programme(
            problem.equations.tocsr(), (zero, zero), (np.zeros(size), np.zeros(size))
        )
        self.turned = problem.equations.T.tocsr()
        low, _ = propagate(problem.system(problem.may_hide))
        self.room = problem.values[levels.cells] - low[levels.cells]

    def solve_master(self, *, whole: bool) -> tuple[np.ndarray | None, float, bool]:
        problem = self.problem
        size = len(problem.values)
        matrix = sparse.vstack(self.rows) if self.rows else sparse.csr_matrix((0, size))
        least = np.array(self.least)
        master = Programme(
            matrix.tocsr(), (least, np.full(len(least), np.inf)),
            (problem.primary.astype(float), problem.may_hide.astype(float)),
            kind="whole" if whole else "bounds",
        )  # fmt: skip
        free = np.flatnonzero(~problem.primary)
        master.set_cost(free, problem.weights[free])
        x = master.solve()
        if x is None:
            return None, np.inf if master.status == "Infeasible" else 0.0, False
        value = master.bound if whole else master.value
        return x, value, master.status == "Optimal"

    def add_sums(self) -> None:
        """Whoever moves needs another in each of its sums who moves as well."""
        levels, cells = self.problem.levels, self.problem.equations.tocsc()
        need = np.maximum(levels.upper, levels.width - self.room)
        for cell, amount in zip(levels.cells.tolist(), need.tolist(), strict=True):
            for at in range(cells.indptr[cell], cells.indptr[cell + 1]):
                price = np.zeros(self.problem.equations.shape[0])
                price[cells.indices[at]] = -cells.data[at]
                reduced = -(self.turned @ price)
                reduced[cell] = 0.0
                self._add(reduced, amount)

    def separate(self, x: np.ndarray, *, until: float) -> bool:
        """Attack the pattern (which may be in fractions); True if rows were added."""
        x = np.clip(x, 0.0, 1.0)
        up, down = self.far * x, self.below * x
        every = np.arange(len(x))
        self.attacker.set_bounds(every, -down - self.slack[0], up + self.slack[1])
        added = False
        levels = self.problem.levels
        for position, cell in enumerate(levels.cells.tolist()):
            if effort() > until:
                break
            reach_up, prices_up = self._attack(cell, 1.0)
            added |= self._check(reach_up, prices_up, float(levels.upper[position]), x)
            width = float(levels.width[position])
            if reach_up >= width - TOLERANCE:
                continue
            reach_down, prices_down = self._attack(cell, -1.0)
            added |= self._check(reach_down, prices_down, float(levels.lower[position]), x)
            if reach_up + reach_down < width - _VIOLATED:
                added |= self._add([prices_up, prices_down], width, x)
        return added

    def _attack(self, cell: int, sign: float) -> tuple[float, np.ndarray]:
        cost = np.zeros(len(self.below))
        cost[cell] = -sign
        self.attacker.set_cost(np.array([cell]), np.array([-sign]))
        y = self.attacker.solve()
        reduced = cost - self.turned @ self.attacker.prices
        self.attacker.set_cost(np.array([cell]), np.array([0.0]))
        return (0.0 if y is None else float(sign * y[cell])), reduced

    def _check(self, reach: float, prices: np.ndarray, need: float, x: np.ndarray) -> bool:
        return reach < need - _VIOLATED and self._add(prices, need, x)

    def _add(
        self, prices: np.ndarray | list[np.ndarray], need: float, x: np.ndarray | None = None
    ) -> bool:
        """The row that these prices prove: hidden cells must make room for `need`. Coefficients
        above it are cut to it, which is valid because x is 0 or 1 (their section 4)."""
        row, slack = np.zeros(len(self.below)), 0.0
        for reduced in prices if isinstance(prices, list) else [prices]:
            rise, fall = np.maximum(-reduced, 0.0), np.maximum(reduced, 0.0)
            rise[rise < TOLERANCE] = 0.0
            fall[fall < TOLERANCE] = 0.0
            slack += float(rise @ self.slack[1] + fall @ self.slack[0])
            row += np.where(rise > 0, np.inf, 0.0) + fall * self.below
        least = need - slack
        if least <= TOLERANCE:
            return False
        row = np.where(self.problem.may_hide, np.minimum(row, least), 0.0) / least
        if x is not None and float(row @ x) >= 1.0 - _VIOLATED / 10:
            return False
        self.rows.append(sparse.csr_matrix(row))
        self.least.append(1.0)
        return True
