"""The marginal likelihood of a table: one term for each set of lists, added up over a graph."""

from __future__ import annotations

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories

_LARGE = 1e6  # beyond it the series of Stirling is right to the last digit


class Table:
    """What the marginal likelihood needs of a table (Dawid & Lauritzen 1993; Madigan & York 1997).

    `weight` is the hyper-Dirichlet prior in each cell. `recaptures` counts every list of a person
    but the first.
    """

    def __init__(self, seen: Histories, weight: float) -> None:
        from scipy.special import gammaln

        lists = len(seen.lists)
        self.lists, self.observed = lists, float(seen.observed)
        self.recaptures = float(seen.people @ (np.bitwise_count(seen.patterns) - 1.0))
        sets = np.arange(1 << lists)
        self.cell_weight = weight * 2.0 ** (lists - np.bitwise_count(sets))
        self.whole = weight * 2.0**lists
        self.on_none = np.zeros(1 << lists)  # observed people on no list of the set
        self.known = np.zeros(1 << lists)
        for which in sets[1:]:
            counts = np.bincount(seen.patterns & which, seen.people, minlength=which + 1)
            self.on_none[which] = counts[0]
            prior = self.cell_weight[which]
            filled = counts[1:][counts[1:] > 0]
            self.known[which] = (gammaln(prior + filled) - gammaln(prior)).sum() - gammaln(prior)
        self.known += gammaln(self.whole)

    def terms(self, unseen: Reals) -> Reals:
        """Log marginal likelihood of each set's own table (sets by unseen); 0 for no list."""
        none = self.cell_weight + self.on_none
        rest = self.whole + self.observed - none
        terms = self.known[:, None] - log_gamma_rise(none[:, None] + unseen, rest[:, None])
        terms[0] = 0.0
        return np.asarray(terms)

    def common(self, unseen: Reals) -> Reals:
        """What all graphs share: ways to arrange N people, and the prior 1 / N."""
        arrangements = log_gamma_rise(unseen + 1, np.array(self.observed))
        return np.asarray(arrangements - np.log(self.observed + unseen))


def log_gamma_rise(start: Reals, rise: Reals) -> Reals:
    """The log of gamma(start + rise) / gamma(start), to rounding of its own size.

    Both logs are far larger than what they differ by where `start` is large: there the difference
    is taken term by term in the series of Stirling.
    """
    from scipy.special import gammaln

    end = start + rise
    found = np.asarray(gammaln(end) - gammaln(start))
    large = np.broadcast_to(start, found.shape) > _LARGE
    if large.any():
        low, more = (np.broadcast_to(side, found.shape)[large] for side in (start, rise))
        high = low + more
        found[large] = (
            (high - 0.5) * np.log1p(more / low)
            + more * (np.log(low) - 1)
            - more / (12 * low * high)
        )
    return found
