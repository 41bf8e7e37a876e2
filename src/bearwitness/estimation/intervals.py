"""Intervals: log-normal for a given model, bootstrap where the model was chosen by the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories

FEWEST_BEYOND = 5  # replicates that must lie beyond a quantile before we trust it
MOST_TIMES = 50  # as many times the replicates asked for may be drawn to support a BCa limit

_AT_ONCE = 4_000_000  # counts held at a time

Totals = Callable[[Reals], Reals]  # tables (samples by patterns) to the total of each, or NaN


@dataclass(frozen=True, kw_only=True)
class Interval:
    lower: float
    upper: float
    caveats: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


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


def replicate(
    seen: Histories,
    totals: Totals,
    *,
    count: int,
    seed: int,
    missing: Callable[[Replicates], int] = lambda _: 0,
) -> Replicates:
    """Draw as many people again from those observed, `count` times; leave out each in turn.

    `totals` makes every choice of the estimator anew for each table (Chan, Silverman & Vincent
    2021). `missing` says how many more replicates are wanted, until it says none.
    """
    some = np.flatnonzero(seen.counts)
    weights = seen.counts[some]
    random = np.random.default_rng(seed)
    fewer = np.repeat(seen.counts[None, :], len(weights), axis=0)
    fewer[np.arange(len(weights)), some] -= 1
    drawn = Replicates(
        bootstrap=_draw(seen, totals, count, random), jackknife=totals(fewer), weights=weights
    )
    while wanted := missing(drawn):
        more = _draw(seen, totals, wanted, random)
        drawn = replace(drawn, bootstrap=np.concatenate([drawn.bootstrap, more]))
    return drawn


def missing_for_bca(estimate: float, *, level: float, most: int) -> Callable[[Replicates], int]:
    """How many more replicates the BCa limits need; 0 where `most` would not do either."""
    tails = ((1 - level) / 2, (1 + level) / 2)

    def missing(drawn: Replicates) -> int:
        answers = drawn.bootstrap[np.isfinite(drawn.bootstrap)]
        if not len(answers):
            return 0
        asked = bca_tails(*bca_corrections(estimate, drawn), tails)
        rarest = min(min(tail, 1 - tail) for tail in asked)
        have = len(drawn.bootstrap)
        if np.isnan(rarest) or rarest * len(answers) >= FEWEST_BEYOND:
            return 0
        # Half as many again as the present guess: the guess moves as more are drawn.
        need = 1.5 * FEWEST_BEYOND / max(rarest, 1e-300)
        return 0 if need > 2 * most else max(0, min(int(need), most) - have)

    return missing


def _draw(seen: Histories, totals: Totals, count: int, random: np.random.Generator) -> Reals:
    some = seen.counts > 0
    shares = seen.counts[some] / seen.observed
    size = max(1, _AT_ONCE // len(seen.counts))
    found = []
    for first in range(0, count, size):
        drawn = np.zeros((min(size, count - first), len(seen.counts)))
        drawn[:, some] = random.multinomial(seen.observed, shares, len(drawn))
        found.append(totals(drawn))
    return np.concatenate(found)


def bootstrap_interval(
    estimate: float, replicates: Replicates, *, level: float, kind: str
) -> Interval:
    """The interval that `kind` names, "percentile" or "bca", widened to hold the estimate.

    BCa limits are those of Efron & Tibshirani (1993), chapter 14. A limit with fewer than 5
    replicates beyond it would be an accident of the draws: the percentile limit stands in, and a
    caveat says so.
    """
    answers = replicates.bootstrap[np.isfinite(replicates.bootstrap)]
    tails = ((1 - level) / 2, (1 + level) / 2)
    caveats = _caveats_on_count(replicates, tails[0])
    chosen = list(tails)
    details: dict[str, Any] = {"replicates": len(replicates.bootstrap)}
    if kind == "bca":
        bias, speed = bca_corrections(estimate, replicates)
        details |= {"bca_bias": _finite(bias), "bca_acceleration": _finite(speed)}
        for end, asked in enumerate(bca_tails(bias, speed, tails)):
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
    return Interval(
        lower=min(lower, estimate),
        upper=max(upper, estimate),
        caveats=tuple(caveats),
        details=details,
    )


def acceleration(replicates: Replicates) -> float:
    """Efron & Tibshirani (1993), chapter 14: a jackknife over people, not over patterns."""
    weights, values = replicates.weights, replicates.jackknife
    away = np.average(values, weights=weights) - values
    spread = (weights * away**2).sum()
    return float((weights * away**3).sum() / (6 * spread**1.5)) if spread else 0.0


def bca_corrections(estimate: float, replicates: Replicates) -> tuple[float, float]:
    """The bias correction (z0) and the acceleration of Efron & Tibshirani (1993), chapter 14."""
    answers = replicates.bootstrap[np.isfinite(replicates.bootstrap)]
    below = float(np.mean(answers < estimate) + np.mean(answers == estimate) / 2)
    return normal_quantile(below), acceleration(replicates)


def bca_tails(bias: float, speed: float, tails: tuple[float, float]) -> list[float]:
    """The shares of the replicates that BCa takes in place of `tails`."""
    from scipy.special import ndtr

    moved = [bias + normal_quantile(tail) for tail in tails]
    return [float(ndtr(bias + z / (1 - speed * z))) for z in moved]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


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
