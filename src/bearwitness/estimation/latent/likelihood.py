"""The likelihood of the patterns somebody had, given classes; its slope; many states at a time.

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


@dataclass(frozen=True, kw_only=True)
class Prior:
    """`capture` are the parameters of a Beta, `concentration` shape and rate of a Gamma."""

    classes: int = 10
    capture: tuple[float, float] = (1.0, 1.0)
    concentration: tuple[float, float] = (0.25, 0.25)

    @property
    def power(self) -> float:
        return self.concentration[0] + self.classes - 1


class Parts(NamedTuple):
    """What value and slope share. Arrays are classes by states unless said otherwise."""

    total_broken: Reals  # sum of u up to and with each stick
    stick: Reals  # u of each stick but the last
    broken: Reals  # V of each stick but the last
    log_share: Reals  # log p
    capture: Reals  # lists by classes by states
    log_missed: Reals  # log f[k, 0]: on no list, for a person of the class
    cells: Reals  # patterns by classes by states: p[k] f[k, c]
    cell: Reals  # patterns by states: their sum over classes
    seen: Reals  # states: chance to be on some list
    seen_share: Reals  # classes' shares among the people seen


class Target:
    """Posterior of sticks and captures for several states at once, the likelihood to a power each.

    `sticks` (classes - 1 by states) are log u; `odds` (lists by classes by states) the log odds of
    capture. `power` has one entry a state: 1 for the posterior itself. With `kind` float32 it is
    half as dear: good enough for slopes, which a sampler may get a little wrong, not for values.
    """

    def __init__(self, seen: Histories, prior: Prior, power: Reals, kind: Any = np.float64) -> None:
        lists, classes, states = len(seen.lists), prior.classes, len(power)
        self.prior, self.power, self.kind = prior, power.astype(kind), kind
        self.observed = float(seen.observed)
        self.people = seen.people.astype(kind)
        bits = np.arange(lists)[:, None]
        self._on = np.ascontiguousarray(((seen.patterns >> bits) & 1).T.astype(kind))
        self._gather = np.vstack([self._on.T, np.ones(len(self._on), kind)])
        self.shape = (lists, classes, states)
        self._before = np.tril(np.ones((classes - 1, classes - 1), kind))
        self._after = np.triu(np.ones((classes, classes), kind))
        self._cells, self._weighted = np.empty((2, len(self._on), classes * states), kind)
        self._least = np.finfo(kind).tiny

    def parts(self, sticks: Reals, odds: Reals) -> Parts:
        """The next call writes over `cells`."""
        lists, classes, states = self.shape
        if self.kind is not np.float64:
            sticks, odds = sticks.astype(self.kind), odds.astype(self.kind)
        stick = np.exp(sticks)
        broken = -np.expm1(-stick)
        total = self._before @ stick
        log_share = np.zeros((classes, states), self.kind)
        np.log(broken, out=log_share[:-1])
        log_share[1:] -= total
        ratio = np.exp(odds)
        log_missed = -np.log1p(ratio).sum(axis=0)
        cells = self._cells
        np.matmul(self._on, odds.reshape(lists, -1), out=cells)
        cells += (log_share + log_missed).reshape(-1)
        np.exp(cells, out=cells)
        by_class = -np.exp(log_share) * np.expm1(log_missed)
        seen = by_class.sum(axis=0)
        cells = cells.reshape(-1, classes, states)
        # A pattern too rare for floats pulls at nothing, rather than making the slope no number.
        cell = np.maximum(cells.sum(axis=1), self._least)
        return Parts(
            total_broken=total,
            stick=stick,
            broken=broken,
            log_share=log_share,
            capture=ratio / (1 + ratio),
            log_missed=log_missed,
            cells=cells,
            cell=cell,
            seen=seen,
            seen_share=by_class / seen,
        )

    def log_likelihood(self, parts: Parts) -> Reals:
        return np.asarray(self.people @ np.log(parts.cell) - self.observed * np.log(parts.seen))

    def log_prior(self, parts: Parts, sticks: Reals, odds: Reals) -> Reals:
        """Of `sticks` and `odds`, their change of variables included, up to a constant."""
        first, second = self.prior.capture
        on_sticks = sticks.sum(axis=0) - self.prior.power * np.log(
            self.prior.concentration[1] + parts.total_broken[-1]
        )
        captures = first * odds.sum(axis=(0, 1)) + (first + second) * parts.log_missed.sum(axis=0)
        return np.asarray(on_sticks + captures)

    def log_mark(self, parts: Parts, marks: Reals) -> Reals:
        """Log density of the marks given the state: see sampler.py."""
        off = np.log1p(self.observed * parts.seen_share) - marks
        return np.asarray(-0.5 * (off * off).sum(axis=0))

    def slope(self, parts: Parts, marks: Reals) -> tuple[Reals, Reals]:
        """Of power * log likelihood + log prior + log mark: by sticks, by odds."""
        first, second = self.prior.capture
        weighted = self._weighted.reshape(parts.cells.shape)
        np.multiply(parts.cells, (self.people[:, None] / parts.cell)[:, None], out=weighted)
        on = (self._gather @ self._weighted).reshape(-1, *self.shape[1:])
        people = self.power * on[-1]  # of each class among those observed
        marked = self.observed * parts.seen_share
        pull = (np.log1p(marked) - marks) * (marked / (1.0 + marked))
        shared = self.power * self.observed - pull.sum(axis=0)
        by_share = people - pull - shared * parts.seen_share
        # d log(1 - f0) / d odds is capture * f0 / (1 - f0)
        unseen = np.exp(parts.log_missed) / -np.expm1(parts.log_missed)
        weight = (shared * parts.seen_share + pull) * unseen + people + (first + second)
        by_odds = self.power * on[:-1]
        by_odds += first
        by_odds -= parts.capture * weight
        after = self._after @ by_share
        own = parts.stick * (1.0 - parts.broken) / parts.broken
        scale = self.prior.power / (self.prior.concentration[1] + parts.total_broken[-1])
        by_sticks = by_share[:-1] * own - (after[1:] + scale) * parts.stick + 1.0
        return by_sticks, by_odds
