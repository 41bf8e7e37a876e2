"""Choosing a log-linear model by the data, for many samples of the data at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

import numpy as np

from bearwitness.estimation.design import (
    Flags,
    Reals,
    Terms,
    in_order,
    overlaps,
    pairs_of,
)
from bearwitness.estimation.loglinear.samples import Rows, Samples, gather_samples


@dataclass(frozen=True, kw_only=True, eq=False)
class Choices:
    """One row per sample: the terms chosen, and the expected count of people on no list.

    `unseen` is NaN where no usable model was found.
    """

    terms: tuple[Terms, ...]
    unseen: Reals


def choose_stepwise(lists: int, counts: Reals, *, p: float) -> Choices:
    """Forward stepwise choice of pairs (Chan, Silverman & Vincent 2021).

    From the main effects on, the pair whose overlap is least likely under the current model
    comes in: its one-sided Poisson tail must lie below `p`, and the larger model must have a
    finite and only maximum. A pair that nobody is on comes in at minus infinity.
    """
    samples = gather_samples(lists, counts, pairs_of(lists))
    inside = np.zeros(samples.shared.shape, dtype=bool)
    unseen = np.full(len(counts), np.nan)
    open_ = np.flatnonzero(samples.usable(np.arange(len(counts)), inside))
    start = None
    while len(open_):
        fits = samples.fit(open_, inside[open_], start=start)
        unseen[open_] = np.where(fits.converged, fits.unseen, np.nan)
        expected = overlaps(fits.fitted, samples.terms, lists)
        added = _add_pair(samples, open_, inside[open_], expected, p)
        moved = added >= 0
        open_, added = open_[moved], added[moved]
        inside[open_, added] = True
        start = fits.parameters[moved]
        start[np.arange(len(added)), 1 + lists + added] = _log_ratio(
            samples.shared[open_, added], expected[moved, added]
        )
    named = [tuple(samples.terms[at] for at in np.flatnonzero(flags)) for flags in inside]
    return Choices(terms=tuple(named), unseen=unseen)


def _add_pair(samples: Samples, rows: Rows, inside: Flags, expected: Reals, p: float) -> Rows:
    """The place of the most surprising pair that each model can take; -1 where there is none."""
    shared = samples.shared[rows]
    tails = np.where(inside, np.inf, _tails(shared, expected))
    added = np.full(len(rows), -1)
    open_ = np.arange(len(rows))
    while len(open_):
        place = _least(tails[open_], shared[open_], expected[open_])
        surprising = tails[open_, place] < p
        open_, place = open_[surprising], place[surprising]
        larger = inside[open_]
        larger[np.arange(len(open_)), place] = True
        usable = samples.usable(rows[open_], larger)
        added[open_[usable]] = place[usable]
        tails[open_[~usable], place[~usable]] = np.inf
        open_ = open_[~usable]
    return added


def _least(tails: Reals, shared: Reals, expected: Reals) -> Rows:
    """The place of the least tail; where tails are too small to tell apart, of its log."""
    least = tails.min(axis=1)
    place = tails.argmin(axis=1)
    tied = np.flatnonzero((tails == least[:, None]).sum(axis=1) > 1)
    logs = np.where(
        tails[tied] == least[tied, None], _log_tails(shared[tied], expected[tied]), np.inf
    )
    place[tied] = logs.argmin(axis=1)
    return np.asarray(place)


def _tails(shared: Reals, expected: Reals) -> Reals:
    """The smaller Poisson tail of each overlap (samples by pairs), which holds what was observed.

    Above the mean the upper tail is the smaller one, unless both are nearly one half.
    """
    from scipy.special import pdtr, pdtrc

    mean = np.maximum(expected, 0.0)
    tails = np.empty(shared.shape)
    above = shared > mean
    tails[above] = pdtrc(shared[above] - 1, mean[above])
    tails[~above] = pdtr(shared[~above], mean[~above])
    return tails


def _log_tails(shared: Reals, expected: Reals) -> Reals:
    """The log of the tail: its largest term, and the others summed as a geometric series."""
    from scipy.special import gammaln, xlogy

    mean = np.maximum(expected, 0.0)
    largest = xlogy(shared, mean) - mean - gammaln(shared + 1)
    ratio = np.where(shared > mean, mean / (shared + 1), shared / np.maximum(mean, 1e-300))
    return np.asarray(largest - np.log1p(-np.minimum(ratio, 0.999999)))


def _log_ratio(shared: Reals, expected: Reals) -> Reals:
    """Where a pair's parameter begins: what brings its overlap to the one observed, about."""
    known = (shared > 0) & (expected > 0)
    return np.log(np.where(known, shared, 1.0) / np.where(known, expected, 1.0))


@lru_cache(maxsize=16)
def hierarchical_models(lists: int, order: int) -> tuple[Terms, ...]:
    """Every hierarchical model with all main effects and interactions of `order` lists at most.

    The interaction of all lists is never in: nothing observed could tell its size. Without a
    limit on the order there are 8, 113 and 6,893 of them for 3, 4 and 5 lists.
    """
    most = min(order, lists - 1)
    terms = in_order(term for term in range(2**lists) if 2 <= term.bit_count() <= most)
    codes = np.zeros(1, dtype=np.int64)  # a model is the bits of an integer, in the order of terms
    for place, term in enumerate(terms):
        parts = sum(1 << at for at in range(place) if terms[at] & term == terms[at])
        able = codes[(codes & parts) == parts]
        codes = np.concatenate([codes, able | (1 << place)])
    held = (codes[:, None] >> np.arange(len(terms)) & 1).astype(bool)
    models = (tuple(compress(terms, flags)) for flags in held.tolist())
    return tuple(sorted(models, key=lambda model: (len(model), model)))
