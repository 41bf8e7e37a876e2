"""Totals drawn at random from what a method says: what can be added up and averaged over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.intervals import normal_quantile

DRAWS = 4000

_NO_GAP, _STEEPEST = 1e-6, 10.0  # in logs of the unseen: what a bootstrap may be stretched by


def draws_of(estimate: Estimate, *, count: int = DRAWS, seed: int = 1) -> Reals:
    """`count` totals, in people: the method's own draws taken again, or a log-normal.

    A bootstrap's draws are stretched so that their median is the estimate and their tails begin at
    the ends of the interval, which is what the method says; a posterior's are so already. A method
    without draws of its own has people on no list log-normal, with its estimate as the median and
    each end of its interval reached on its own side (Burnham et al. 1987). The order is random, so
    that draws of two estimates can be added pairwise. Raises ValueError for an answer without a
    number.
    """
    if estimate.estimate is None:
        raise ValueError("this answer holds no number, so it has no draws")
    random = np.random.default_rng(seed)
    if estimate.draws is not None:
        known = _stretched(estimate, estimate.draws[np.isfinite(estimate.draws)])
        return np.asarray(random.choice(known, size=count, replace=len(known) < count))
    return _log_normal(estimate, random.standard_normal(count))


def from_draws(draft: Estimate, draws: Reals, **changes: Any) -> Estimate:
    """`draft` with the median and the quantiles of `draws`, and the draws themselves."""
    tails = ((1 - draft.level) / 2, 0.5, (1 + draft.level) / 2)
    lower, middle, upper = (float(x) for x in np.quantile(draws, tails))
    told: dict[str, Any] = {"verdict": Verdict.ESTIMATE, **changes}
    return replace(
        draft, lower=lower, estimate=middle, upper=upper, draws=draws.reshape(1, -1), **told
    )


def share_between(totals: Reals, models: Sequence[Any]) -> float:
    """Share of the variance of `totals` that lies between the models they come from, 0 to 1.

    The law of total variance, less what the means of few draws vary by chance (omega squared; Hays
    1963). The outermost half per cent on each side is left out: a few draws without an upper end
    would be all of the variance.
    """
    low, high = np.quantile(totals, [0.005, 0.995])
    kept = (totals >= low) & (totals <= high)
    names = {model: number for number, model in enumerate(dict.fromkeys(models))}
    which = np.array([names[model] for model in models])[kept]
    values = totals[kept]
    sizes = np.bincount(which, minlength=len(names))
    means = np.bincount(which, weights=values, minlength=len(names)) / np.maximum(sizes, 1)
    groups = int((sizes > 0).sum())
    overall = float(((values - values.mean()) ** 2).sum())
    between = float((sizes * (means - values.mean()) ** 2).sum())
    if overall <= 0 or len(values) <= groups:
        return 0.0
    noise = (overall - between) / (len(values) - groups)
    return max(0.0, (between - (groups - 1) * noise) / (overall + noise))


def _stretched(estimate: Estimate, draws: Reals) -> Reals:
    """Straight lines on the log of the unseen, through the estimate and the ends of the interval.

    BCa limits and the estimate of a chosen model are no quantiles of the replicates; without this
    a sum over strata would not be about the numbers that its parts print.
    """
    ends = (estimate.lower, estimate.estimate, estimate.upper)
    tails = ((1 - estimate.level) / 2, 0.5, (1 + estimate.level) / 2)
    found = np.quantile(draws, tails)
    told = np.array([found[i] if end is None else end for i, end in enumerate(ends)])
    if np.allclose(found, told, rtol=1e-3, atol=1.0):
        return draws
    before, after = (np.log(np.maximum(x - estimate.observed, 0) + 0.5) for x in (found, told))
    logs = np.log(np.maximum(draws - estimate.observed, 0) + 0.5)
    # Where draws pile up on their own quantile there is no line to draw: they are moved, no more.
    gaps = np.diff(before)
    slopes = np.where(gaps > _NO_GAP, np.diff(after) / np.maximum(gaps, _NO_GAP), 1.0)
    slopes = np.minimum(slopes, _STEEPEST)
    moved = after[1] + np.where(logs < before[1], slopes[0], slopes[1]) * (logs - before[1])
    return np.asarray(estimate.observed + np.maximum(np.exp(moved) - 0.5, 0.0))


def _log_normal(estimate: Estimate, normal: Reals) -> Reals:
    unseen = estimate.unseen or 0.0
    ends = (estimate.lower, estimate.upper)
    reach = normal_quantile((1 + estimate.level) / 2)
    below, above = (
        abs(np.log(max(end - estimate.observed, 1e-9) / max(unseen, 1e-9))) / reach
        for end in ends
        if end is not None
    )
    spread = np.where(normal < 0, below, above)
    return np.asarray(estimate.observed + unseen * np.exp(spread * normal))
