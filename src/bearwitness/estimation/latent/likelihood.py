"""The likelihood of the patterns somebody had, given classes, and the prior; many states at a time.

People of class k are on list j with probability l[k, j], whatever other lists they are on, and a
share p[k] of all people is of class k (Manrique-Vallier 2016, Biometrics 72, eq. 2). With the prior
1/N the people on no list sum out, N being negative binomial given the classes, and what is left is
the probability of each pattern among those seen:

    log L = sum over patterns of n[c] log(sum_k p[k] f[k, c]) - n log(1 - sum_k p[k] f[k, 0])

Shares are made by breaking a stick: p[k] = V[k] (1 - V[1]) ... (1 - V[k - 1]), the last V being 1.
V[k] is Beta(1, a), and a is Gamma. With u = -log(1 - V), a is integrated out: the density of u is
proportional to (rate + sum of u) ** -(shape + K - 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.latent.captures import Captures, Learned, Uniformly
from bearwitness.estimation.latent.patterns import patterns_for


@dataclass(frozen=True, kw_only=True)
class Prior:
    """`capture` are the parameters of a Beta, or None for chances learned from the table;
    `concentration` shape and rate of a Gamma.
    """

    classes: int = 10
    capture: tuple[float, float] | None = None
    concentration: tuple[float, float] = (0.25, 0.25)

    @property
    def power(self) -> float:
        return self.concentration[0] + self.classes - 1

    def of_captures(self, lists: int, kind: Any = np.float64) -> Captures:
        if self.capture is None:
            return Learned(lists, self.classes, kind)
        first, second = self.capture
        return Uniformly(first=first, second=second)


class Parts(NamedTuple):
    """What the terms of the density share. Arrays are classes by states unless said otherwise."""

    broken: Reals  # states: sum of u over all sticks
    log_share: Reals  # log p
    log_missed: Reals  # log f[k, 0]: on no list, for a person of the class
    cell: Reals  # patterns by states: the sum over classes of p[k] f[k, c]
    seen: Reals  # states: chance to be on some list
    seen_share: Reals  # classes' shares among the people seen


class Target:
    """Posterior of sticks and captures for several states at once, the likelihood to a power each.

    `sticks` (classes - 1 by states) are log u; `odds` (lists by classes by states) the log odds of
    capture. `power` has one entry a state: 1 for the posterior itself.
    """

    def __init__(self, seen: Histories, prior: Prior, power: Reals) -> None:
        self.prior, self.power = prior, power
        self.captures = prior.of_captures(len(seen.lists))
        self.observed = float(seen.observed)
        self.patterns = patterns_for(seen, prior.classes, len(power), np.float64)

    def parts(self, sticks: Reals, odds: Reals) -> Parts:
        stick = np.exp(sticks)
        broken = stick.cumsum(axis=0)
        log_share = np.zeros((self.prior.classes, sticks.shape[1]))
        np.log(-np.expm1(-stick), out=log_share[:-1])
        log_share[1:] -= broken
        ratio = np.exp(odds)
        log_missed = -np.log1p(ratio).sum(axis=0)
        cells, by_class, _ = self.patterns.fill(np.exp(log_share), odds, ratio, ratio + 1)
        seen = by_class.sum(axis=0)
        return Parts(
            broken=broken[-1],
            log_share=log_share,
            log_missed=log_missed,
            cell=np.maximum(cells.sum(axis=1), np.finfo(float).tiny),
            seen=seen,
            seen_share=by_class / seen,
        )

    def log_likelihood(self, parts: Parts) -> Reals:
        people = self.patterns.people
        return np.asarray(people.T[0] @ np.log(parts.cell) - self.observed * np.log(parts.seen))

    def without_highest(self, parts: Parts) -> Reals:
        """People on no list, by states, if the odds ratio of all lists at once were one (see
        checks/assumption.py); not a number where there are too many patterns to go through.
        """
        signs = self.patterns.signs
        if signs is None:
            return np.full(len(parts.seen), np.nan)
        return np.asarray(self.observed * np.exp(signs @ np.log(parts.cell)) / parts.seen)

    def log_prior(self, parts: Parts, sticks: Reals, odds: Reals) -> Reals:
        """Of `sticks` and `odds`, their change of variables included, up to a constant."""
        rate = self.prior.concentration[1]
        on_sticks = sticks.sum(axis=0) - self.prior.power * np.log(rate + parts.broken)
        return np.asarray(on_sticks + self.captures.log_density(odds, parts.log_missed))

    def log_mark(self, parts: Parts, marks: Reals) -> Reals:
        """Log density of the marks given the state: see sampler.py."""
        off = np.log1p(self.observed * parts.seen_share) - marks
        return np.asarray(-0.5 * (off * off).sum(axis=0))
