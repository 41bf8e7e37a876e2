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
        self.kind = kind
        self._captures = prior.of_captures(len(seen.lists), kind)
        self._observed = kind(seen.observed)
        self._patterns = patterns_for(seen, classes, states, kind)
        self._shape = (len(seen.lists) + 1, classes, states)
        self._before = -np.tril(np.ones((classes - 1, classes - 1), kind))
        self._after = np.triu(np.ones((classes - 1, classes), kind), 1)
        self._shape_of_sticks = kind(prior.power)
        self._rate = kind(prior.concentration[1])
        self._share = np.empty((classes, states), kind)
        self._weighted = np.empty((len(self._patterns.people), classes, states), kind)
        self._least = np.finfo(kind).tiny
        self.set_power(power)

    def set_power(self, power: Reals) -> None:
        likelihood = power.astype(self.kind)
        self._people = self._patterns.people * likelihood
        self._all_people = self._observed * likelihood

    def __call__(self, sticks: Reals, odds: Reals, marks: Reals) -> tuple[Reals, Reals]:
        """By sticks and by odds, at places of the same precision as the marks."""
        added = np.add.reduce  # what .sum() comes to, by a shorter way
        stick, ratio = np.exp(sticks), np.exp(odds)
        up = ratio + 1
        stopped = np.expm1(-stick)  # less V, in the words of likelihood.py
        left = self._before @ stick
        share = self._share
        share[0] = 1
        np.exp(left, out=share[1:])
        share[:-1] *= -stopped
        cells, by_class, missed = self._patterns.fill(share, odds, ratio, up)
        seen_share = by_class / added(by_class, axis=0)
        people, on = self._gathered(cells)
        marked = self._observed * seen_share
        above = marked + 1
        pull = np.log(above)
        pull -= marks
        pull *= marked
        pull /= above
        # Drawn from each class if nothing but the total were known.
        drawn = seen_share * (self._all_people - added(pull, axis=0))
        drawn += pull
        by_share = people - drawn
        # d log(1 - f0) / d odds is capture * f0 / (1 - f0)
        drawn *= missed
        drawn /= np.maximum(by_class, self._least)
        drawn += people
        capture = ratio / up
        by_odds = self._captures.slope(odds, capture)
        by_odds += on
        capture *= drawn
        by_odds -= capture
        scale = self._shape_of_sticks / (self._rate - left[-1])
        by_sticks = by_share[:-1] * (stopped + 1)
        by_sticks /= stopped
        by_sticks += self._after @ by_share
        by_sticks += scale
        by_sticks *= -stick
        by_sticks += 1
        return by_sticks, by_odds

    def _gathered(self, cells: Reals) -> tuple[Reals, Reals]:
        """People of each class among those observed, and those of them on each list, to a power."""
        # A pattern too rare for floats pulls at nothing, rather than making the slope no number.
        cell = np.maximum(np.add.reduce(cells, axis=1), self._least)
        np.multiply(cells, (self._people / cell)[:, None], out=self._weighted)
        on = self._patterns.gather @ self._weighted.reshape(len(cells), -1)
        on = on.reshape(self._shape)
        return on[-1], on[:-1]
