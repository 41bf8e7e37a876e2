"""Complementary suppression as a problem: what may be withheld, what it costs, what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from bearwitness.release.disclosure.attack import System
from bearwitness.release.disclosure.linked import Cells
from bearwitness.release.disclosure.propagate import propagate
from bearwitness.release.disclosure.rounding import round_counts
from bearwitness.release.disclosure.rules import Levels

WEIGHTS = ("people", "cells", "entropy")


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Cells with their counts, sums and levels. `weights` is the information lost with each.

    A withheld cell is known to hold at least `hidden_low`; a printed one lies between `shown_low`
    and `shown_high`, which are equal where counts are not rounded. Empty cells are printed.
    """

    cells: Cells
    levels: Levels
    weights: np.ndarray
    hidden_low: np.ndarray
    shown_low: np.ndarray
    shown_high: np.ndarray

    @property
    def values(self) -> np.ndarray:
        return self.cells.people

    @property
    def equations(self) -> sparse.csr_matrix:
        return self.cells.equations

    @property
    def may_hide(self) -> np.ndarray:
        return self.values > 0

    @property
    def primary(self) -> np.ndarray:
        found = np.zeros(len(self.values), bool)
        found[self.levels.cells] = True
        return found

    def system(self, hidden: np.ndarray) -> System:
        """What the attacker has when the cells of `hidden` are withheld."""
        return System.of_sums(
            self.equations,
            np.where(hidden, self.hidden_low, self.shown_low),
            np.where(hidden, np.inf, self.shown_high),
        )

    def lost(self, hidden: np.ndarray) -> float:
        """The weight of all complementary suppressions: primary ones are lost in any case."""
        return float(self.weights[hidden & ~self.primary].sum())

    def demands(self) -> list[tuple[int, int, float]]:
        """For each sensitive cell how far it must reach: (cell, 1 for up or -1 for down, amount).

        The width is reached downwards first, because below a small count there is little to know.
        """
        found = []
        levels, true = self.levels, self.values[self.levels.cells]
        least, _ = propagate(self.system(self.may_hide))
        room = true - least[levels.cells]
        missing = np.maximum(levels.width - levels.lower - levels.upper, 0)
        down = np.minimum(levels.lower + missing, room)
        up = levels.upper + missing - (down - levels.lower)
        for cell, above, below in zip(levels.cells.tolist(), up, down, strict=True):
            found += [(cell, 1, float(above))] if above > 0 else []
            found += [(cell, -1, float(below))] if below > 0 else []
        return found


def make_problem(
    cells: Cells, levels: Levels, *, weight: str = "people", rounding: int = 1, threshold: Any = 1
) -> Problem:
    """The problem for linked tables. Printed counts are rounded to `rounding`, never below
    `threshold` (one for all, or one a cell) unless they are empty; `weight` is one of WEIGHTS."""
    values = cells.people.astype(float)
    shown = round_counts(values, rounding)
    low, high = shown, shown
    if rounding > 1:
        low = np.maximum(shown - rounding // 2, np.where(values > 0, threshold, 0))
        high = np.where(values > 0, shown + (rounding - 1) // 2, 0)
        low = np.minimum(low, values)  # a count below the threshold is never printed
    weights = {
        "people": values,
        "cells": np.ones(len(values)),
        "entropy": np.log1p(values),
    }[weight]
    return Problem(
        cells=cells, levels=levels, weights=weights,
        hidden_low=np.minimum(values, 1.0), shown_low=low, shown_high=high,
    )  # fmt: skip
