"""Withhold what is sensitive and what would betray it, at the least loss that time allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import process_time

import numpy as np

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure.attack import find_exposed
from bearwitness.release.disclosure.exact import least_loss, solve_exactly
from bearwitness.release.disclosure.problem import Problem
from bearwitness.release.disclosure.search import Search
from bearwitness.release.disclosure.solver import effort

SMALL = 400  # cells: up to here the exact solution is tried
_GUIDED = 2000  # cells: up to here the relaxed solution tells where to look
_TRUST = 0.5  # how far prices follow it


@dataclass(frozen=True, kw_only=True, eq=False)
class Suppression:
    """Which cells are withheld, what that loses, and the least that any safe pattern loses.

    `lost` counts complementary cells only, in the problem's weights. `seconds` is processor time.
    """

    hidden: np.ndarray
    lost: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """The share of what is lost that a better pattern could save at most; 0 is proved best."""
        return max(0.0, 1 - self.bound / self.lost) if self.lost > 0 else 0.0

    @property
    def is_proved(self) -> bool:
        return self.gap < 1e-6


def suppress(problem: Problem, *, seconds: float = 20.0) -> Suppression:
    """A pattern that the attack has failed against.

    `seconds` are nominal (solver.effort), so that equal tables give equal patterns on any machine.
    Small tables are solved exactly where half of them is enough; where not, the best pattern found
    is given with a bound on what could be better. Raises
    DisclosureUnsafe when nothing protects a cell, even with everything withheld.
    """
    started, begun = process_time(), effort()
    size = len(problem.values)
    bound, hidden = 0.0, None
    if size <= SMALL:
        answer = solve_exactly(problem, seconds=seconds / 2)
        bound, hidden = answer.bound, answer.hidden
    if hidden is None:
        relaxed = least_loss(problem, seconds=seconds * (0.25 if size <= _GUIDED else 0.05))
        bound = max(bound, relaxed.bound)
        hidden = _search(problem, relaxed.shares if size <= _GUIDED else None, begun + seconds)
    hidden = _repair(problem, hidden)
    lost = problem.lost(hidden)
    return Suppression(
        hidden=hidden, lost=lost, bound=min(bound, lost), seconds=process_time() - started
    )


def _search(problem: Problem, shares: np.ndarray | None, ends: float) -> np.ndarray:
    guided = problem
    if shares is not None:
        prices = problem.weights * (1.02 - _TRUST * np.clip(shares, 0, 1))
        guided = replace(problem, weights=prices)
    search = Search(guided)
    search.protect_all()
    search.problem = problem
    search.improve(lambda: effort() > ends)
    return search.hidden


def _repair(problem: Problem, hidden: np.ndarray) -> np.ndarray:
    """Withhold more until the attack fails; it does so at once unless fractions were in the way."""
    hidden = hidden.copy()
    columns = problem.equations.tocsc()
    while True:
        exposed = find_exposed(problem.system(hidden), problem.levels, problem.values)
        if not len(exposed):
            return hidden
        new = False
        for cell in problem.levels.cells[exposed]:
            for row in columns.indices[columns.indptr[cell] : columns.indptr[cell + 1]]:
                at = problem.equations[row].indices
                left = at[~hidden[at] & problem.may_hide[at]]
                if len(left):
                    hidden[left[np.argmin(problem.weights[left])]] = True
                    new = True
        if not new:
            raise DisclosureUnsafe(
                f"{len(exposed)} small groups can be computed whatever is withheld",
                hint="Take coarser categories or leave a dimension out: the table is too thin.",
            )
