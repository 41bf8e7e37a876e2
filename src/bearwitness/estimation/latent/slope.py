"""The slope of power * log likelihood + log prior + log mark: what a Hamiltonian move follows.

Nearly all of the time of a fit is spent here, on arrays so small that each call of numpy counts:
hence few calls, and what is written over. In single precision it is a little wrong, as it may be as
long as it is the same at the same place, since exact densities decide whether a move is accepted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.latent.likelihood import Prior
from bearwitness.estimation.latent.patterns import patterns_for


class Slope:
    """As `Target`, whose density it is the slope of; the same arguments."""

    def __init__(self, seen: Histories, prior: Prior, power: Reals, kind: Any = np.float32) -> None:
        classes, states = prior.classes, len(power)
        self.kind, self.prior = kind, prior
        self._captures = prior.of_captures(len(seen.lists), kind)
        self._observed = kind(seen.observed)
        self._patterns = patterns_for(seen, classes, states, kind)
        self._shape = (len(seen.lists) + 1, classes, states)
        self._before = -np.tril(np.ones((classes - 1, classes - 1), kind))
        self._after = np.triu(np.ones((classes - 1, classes), kind), 1)
        self._share = np.empty((classes, states), kind)
        self._weighted = np.empty((len(self._patterns.people), classes, states), kind)
        self._least = np.finfo(kind).tiny
        self.set_power(power)

    def set_power(self, power: Reals) -> None:
        self._likelihood = power.astype(self.kind)

    def __call__(self, sticks: Reals, odds: Reals, marks: Reals) -> tuple[Reals, Reals]:
        """By sticks and by odds, at places of the same precision as the marks."""
        stick, ratio = np.exp(sticks), np.exp(odds)
        broken = -np.expm1(-stick)
        left = self._before @ stick
        share = self._share
        share[0] = 1
        np.exp(left, out=share[1:])
        share[:-1] *= broken
        capture = ratio / (ratio + 1)
        log_missed = -np.log1p(ratio).sum(axis=0)
        cells = self._patterns.fill(np.log(share) + log_missed, odds, ratio)
        found = -np.expm1(log_missed)  # on some list
        by_class = share * found
        seen_share = by_class / by_class.sum(axis=0)
        people, on = self._gathered(cells)
        marked = self._observed * seen_share
        above = marked + 1
        pull = (np.log(above) - marks) * marked / above
        shared = self._likelihood * self._observed - pull.sum(axis=0)
        drawn = shared * seen_share + pull
        # d log(1 - f0) / d odds is capture * f0 / (1 - f0)
        weight = drawn * (1 - found) / found + people
        by_odds = self._captures.slope(odds, capture)
        by_odds += on
        by_odds -= capture * weight
        by_share = people - drawn
        scale = self.prior.power / (self.prior.concentration[1] - left[-1])
        by_sticks = by_share[:-1] * (1 - broken) / broken
        by_sticks -= self._after @ by_share
        by_sticks -= scale
        by_sticks *= stick
        by_sticks += 1
        return by_sticks, by_odds

    def _gathered(self, cells: Reals) -> tuple[Reals, Reals]:
        """People of each class among those observed, and those of them on each list, to a power."""
        # A pattern too rare for floats pulls at nothing, rather than making the slope no number.
        cell = np.maximum(np.add.reduce(cells, axis=1), self._least)
        each = self._patterns.people / cell
        each *= self._likelihood
        np.multiply(cells, each[:, None], out=self._weighted)
        on = self._patterns.gather @ self._weighted.reshape(len(cells), -1)
        on = on.reshape(self._shape)
        return on[-1], on[:-1]
