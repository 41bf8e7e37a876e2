"""Intervals by profile likelihood: which totals the data do not speak against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import (
    Reals,
    Terms,
    active_cells,
    model_matrix,
    overlaps,
    split_empty,
)
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.intervals import Interval, normal_quantile
from bearwitness.estimation.loglinear.dense import fit_dense

_FARTHEST = 1e9  # times the people observed: beyond it there is no upper end


Curve = Callable[[float], float]


def profile_interval(matrix: Reals, counts: Reals, *, unseen: float, level: float) -> Interval:
    """Totals whose profile log-likelihood is within half a chi-squared quantile of the greatest.

    The likelihood is multinomial over all patterns, with N - n people on no list and the model
    fitted anew for each N (Cormack 1992, after Sanathanan 1972). `matrix` has one row per pattern
    kept, `counts` the people of each; the first column is the intercept. `unseen` is where to
    begin. The total of greatest likelihood, a little below the Poisson estimate, is in `details`.
    An end that lies nowhere is infinite.
    """
    observed = float(counts.sum())
    everybody = np.vstack([np.eye(1, matrix.shape[1]), matrix])
    likelihood, slope = _profile(everybody, counts)
    # An expected count of nobody unseen cannot be fitted, so 0 is approached and not reached.
    least = 1e-6
    best = least if slope(least) <= 0 else _cross(slope, least, max(unseen, 1.0), observed)
    drop = normal_quantile((1 + level) / 2) ** 2 / 2
    target = likelihood(best) - drop

    def above(missed: float) -> float:
        return likelihood(missed) - target

    lower = 0.0 if above(least) >= 0 else _root(above, least, best)
    upper = _cross(above, best, 2 * best + 1, observed)
    return Interval(
        lower=observed + lower,
        upper=observed + upper,
        details={"profile_maximum": observed + best},
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class ProfileCurve:
    """Log likelihood of each `total` below the greatest; above -`drop` is within `interval`."""

    total: Reals
    log_likelihood: Reals
    drop: float
    interval: Interval


def profile_curve(
    seen: Histories, terms: Terms, *, unseen: float, level: float, points: int = 161
) -> ProfileCurve:
    """The profile of the model with `terms`, from below its interval to beyond it.

    `unseen` is where to begin. Where there is no upper end the curve goes on to five times the
    people on no list at the greatest likelihood.
    """
    size = len(seen.lists)
    shared = overlaps(seen.counts, terms, size)
    finite, gone = split_empty(terms, [t for t, n in zip(terms, shared, strict=True) if not n])
    kept = active_cells(size, gone)
    matrix, counts = model_matrix(size, finite)[kept], seen.counts[kept]
    interval = profile_interval(matrix, counts, unseen=unseen, level=level)
    best = interval.details["profile_maximum"] - seen.observed
    end = interval.upper - seen.observed if np.isfinite(interval.upper) else 5 * best + 1
    start = max(1e-6, (interval.lower - seen.observed) * 0.75)
    missed = np.linspace(start, 1.15 * end, points)
    likelihood, _ = _profile(np.vstack([np.eye(1, matrix.shape[1]), matrix]), counts)
    greatest = likelihood(max(best, 1e-6))
    return ProfileCurve(
        total=seen.observed + missed,
        log_likelihood=np.array([likelihood(m) - greatest for m in missed]),
        drop=normal_quantile((1 + level) / 2) ** 2 / 2,
        interval=interval,
    )


def _profile(matrix: Reals, counts: Reals) -> tuple[Curve, Curve]:
    """The profile log-likelihood as a function of the people missed, and its slope.

    The slope is the partial derivative alone: the fitted parameters are at their best.
    """
    from scipy.special import digamma, gammaln, xlogy

    observed = counts.sum()

    def fitted(missed: float) -> Reals:
        return fit_dense(matrix, np.concatenate([[missed], counts])).fitted

    def likelihood(missed: float) -> float:
        total, shares = observed + missed, fitted(missed) / (observed + missed)
        people = np.concatenate([[missed], counts])
        arrangements = gammaln(total + 1) - gammaln(missed + 1)
        return float(arrangements + xlogy(people, shares).sum())

    def slope(missed: float) -> float:
        total = observed + missed
        share = fitted(missed)[0] / total
        return float(digamma(total + 1) - digamma(missed + 1) + np.log(share))

    return likelihood, slope


def _cross(curve: Curve, low: float, high: float, observed: float) -> float:
    """Where the curve, positive at `low`, comes down to zero; infinite where it never does."""
    while curve(high) > 0:
        low, high = high, 2 * high
        if high > _FARTHEST * observed:
            return float("inf")
    return _root(curve, low, high)


def _root(curve: Curve, low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(curve, low, high, xtol=1e-9, rtol=1e-12))
