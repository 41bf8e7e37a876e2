"""Is a posterior what its prior and likelihood say? Simulation-based calibration.

Talts et al. (arXiv 1804.06788): where the truth is drawn from the prior and the table from the
truth, the rank of the truth among draws from a right posterior is uniform.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bearwitness.estimation.histories import Histories

DRAWS = 99  # ranks from 0 to 99, so that bins of 5 hold equally many

Prior = Callable[[np.random.Generator], tuple[float, Histories]]


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Ranks of truths among 99 posterior draws; `withheld` studies had no draws.

    `probability` is that of a chi-square of 20 bins at least as uneven as this, were the posterior
    right; nan for fewer than 100 ranks.
    """

    ranks: tuple[int, ...]
    withheld: int
    probability: float


def rank_check(
    prior: Prior,
    estimator: Any,
    *,
    within: tuple[float, float],
    studies: int = 400,
    seed: int = 1,
) -> Ranks:
    """Draw `studies` truths and tables, and rank each truth among the draws of `estimator`.

    `prior` gives a total and a table. It must be the prior of the estimator, its total cut off to
    `within` (people): the prior 1/N of most methods cannot be drawn from otherwise. Draws outside
    are left out, which makes them draws from the posterior of the prior that was cut off. That a
    method withholds some answers makes no difference: it decides by the table, and ranks are
    uniform for each table by itself.
    """
    random = np.random.default_rng(seed)
    ranks, withheld = [], 0
    for _ in range(studies):
        truth, table = prior(random)
        answer = estimator.fit(table)
        draws = np.zeros(0) if answer.draws is None else answer.draws.ravel()
        inside = draws[(draws >= within[0]) & (draws <= within[1])]
        if len(inside) < DRAWS:
            withheld += 1
            continue
        ranks.append(_rank(truth, random.choice(inside, DRAWS, replace=False), random))
    return Ranks(ranks=tuple(ranks), withheld=withheld, probability=_evenness(ranks))


def _rank(truth: float, draws: Any, random: np.random.Generator) -> int:
    """Ties fall at random: totals are whole numbers."""
    below, ties = int((draws < truth).sum()), int((draws == truth).sum())
    return below + int(random.integers(0, ties + 1))


def _evenness(ranks: list[int]) -> float:
    from scipy.stats import chisquare

    if len(ranks) < 100:
        return float("nan")
    counts = np.bincount(np.array(ranks) // 5, minlength=20)
    return float(chisquare(counts).pvalue)
