"""Intervals: log-normal for a given model, bootstrap where the model was chosen by the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories

FEWEST_BEYOND = 5  # replicates that must lie beyond a quantile before we trust it

_AT_ONCE = 4_000_000  # counts held at a time

Totals = Callable[[Reals], Reals]  # tables (samples by patterns) to the total of each, or NaN


@dataclass(frozen=True, kw_only=True)
class Interval:
    lower: float
    upper: float
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Replicates:
    """What the estimator says of tables drawn again, and of tables with one person taken out.

    `jackknife[i]` leaves out one of the `weights[i]` people of a pattern. Both in people; NaN
    where there was no answer.
    """

    bootstrap: Reals
    jackknife: Reals
    weights: Reals

    @property
    def failed(self) -> int:
        return int(np.isnan(self.bootstrap).sum())


def normal_quantile(probability: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(probability))


def log_normal_interval(observed: int, unseen: float, error: float, level: float) -> Interval:
    """An interval for the total from the standard error of the log of the unseen.

    The lower end is never below the people observed (Burnham et al. 1987; Chao 1987).
    """
    spread = np.exp(normal_quantile((1 + level) / 2) * error)
    return Interval(lower=observed + unseen / spread, upper=observed + unseen * spread)


def log_error(unseen: float, variance: float) -> float:
    """The standard error of the log, where the unseen is taken as log-normal."""
    return float(np.sqrt(np.log1p(variance / unseen**2)))


def replicate(seen: Histories, totals: Totals, *, count: int, seed: int) -> Replicates:
    """Draw as many people again from those observed, `count` times; leave out each in turn.

    `totals` makes every choice of the estimator anew for each table (Chan, Silverman & Vincent
    2021).
    """
    some = seen.counts > 0
    weights = seen.counts[some]
    random = np.random.default_rng(seed)
    size = max(1, _AT_ONCE // len(seen.counts))
    bootstrap = []
    for first in range(0, count, size):
        drawn = np.zeros((min(size, count - first), len(seen.counts)))
        drawn[:, some] = random.multinomial(seen.observed, weights / weights.sum(), len(drawn))
        bootstrap.append(totals(drawn))
    fewer = np.repeat(seen.counts[None, :], len(weights), axis=0)
    fewer[np.arange(len(weights)), np.flatnonzero(some)] -= 1
    return Replicates(bootstrap=np.concatenate(bootstrap), jackknife=totals(fewer), weights=weights)


def bootstrap_interval(
    estimate: float, replicates: Replicates, *, level: float, kind: str
) -> Interval:
    """The interval that `kind` names, "percentile" or "bca", widened to hold the estimate.

    BCa limits are those of Efron & Tibshirani (1993), equation 14.10. A limit with fewer than 5
    replicates beyond it would be an accident of the draws: the percentile limit stands in, and a
    caveat says so.
    """
    answers = replicates.bootstrap[np.isfinite(replicates.bootstrap)]
    tails = ((1 - level) / 2, (1 + level) / 2)
    caveats = _caveats_on_count(replicates, tails[0])
    chosen = list(tails)
    if kind == "bca":
        for end, asked in enumerate(_bca_tails(estimate, answers, replicates, tails)):
            beyond = len(answers) * min(asked, 1 - asked)
            if beyond >= FEWEST_BEYOND:
                chosen[end] = asked
            else:
                caveats.append(_unsupported(("lower", "upper")[end], beyond))
    lower, upper = (float(limit) for limit in np.quantile(answers, chosen))
    if not lower <= estimate <= upper:
        caveats.append(
            "the estimate lies outside the interval that its own replicates give; the interval "
            "was widened to hold it"
        )
    return Interval(lower=min(lower, estimate), upper=max(upper, estimate), caveats=tuple(caveats))


def acceleration(replicates: Replicates) -> float:
    """Efron & Tibshirani (1993), equation 14.15: a jackknife over people, not over patterns."""
    weights, values = replicates.weights, replicates.jackknife
    away = np.average(values, weights=weights) - values
    spread = (weights * away**2).sum()
    return float((weights * away**3).sum() / (6 * spread**1.5)) if spread else 0.0


def _bca_tails(
    estimate: float, answers: Reals, replicates: Replicates, tails: tuple[float, float]
) -> list[float]:
    from scipy.special import ndtr

    below = float(np.mean(answers < estimate) + np.mean(answers == estimate) / 2)
    bias = normal_quantile(below)
    speed = acceleration(replicates)
    moved = [bias + normal_quantile(tail) for tail in tails]
    return [float(ndtr(bias + z / (1 - speed * z))) for z in moved]


def _caveats_on_count(replicates: Replicates, tail: float) -> list[str]:
    caveats = []
    count = len(replicates.bootstrap)
    if replicates.failed:
        caveats.append(
            f"{replicates.failed} of {count} bootstrap replicates had no finite answer and were "
            "left out of the interval"
        )
    if (count - replicates.failed) * tail < FEWEST_BEYOND:
        caveats.append(f"{count} replicates are too few for an interval at this level")
    return caveats


def _unsupported(end: str, beyond: float) -> str:
    if np.isnan(beyond):
        why = f"the BCa correction of the {end} limit could not be computed"
    else:
        why = (
            f"the BCa correction puts the {end} limit where fewer than {FEWEST_BEYOND} replicates "
            "lie beyond it"
        )
    return f"{why}; the percentile limit stands in its place"
