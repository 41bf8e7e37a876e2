"""Totals drawn at random from what a method says: what can be added up and averaged over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.intervals import normal_quantile

DRAWS = 4000


def draws_of(estimate: Estimate, *, count: int = DRAWS, seed: int = 1) -> Reals:
    """`count` totals, in people: the method's own draws taken again, or a log-normal.

    A method without draws of its own has people on no list log-normal, with its estimate as the
    median and each end of its interval reached on its own side (Burnham et al. 1987). The order
    is random, so that draws of two estimates can be added pairwise. Raises ValueError for an
    answer without a number.
    """
    if estimate.estimate is None:
        raise ValueError("this answer holds no number, so it has no draws")
    random = np.random.default_rng(seed)
    if estimate.draws is not None:
        known = estimate.draws[np.isfinite(estimate.draws)]
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
