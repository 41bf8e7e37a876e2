"""Choosing a log-linear model by the data, for many samples of the data at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np

from bearwitness.estimation.design import (
    Flags,
    Reals,
    Terms,
    active_cells,
    bits_of,
    columns_of,
    in_order,
    overlaps,
    pairs_of,
    split_empty,
)
from bearwitness.estimation.loglinear.existence import is_identifiable, verdict_on
from bearwitness.estimation.loglinear.fit import fit_poisson, twice_negative_log_likelihood

_Entry = TypeVar("_Entry")

_BATCH = 4_000_000  # numbers held at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Choices:
    """One row per sample: the terms chosen, and the expected count of people on no list.

    `unseen` is NaN where no usable model was found.
    """

    terms: tuple[Terms, ...]
    unseen: Reals


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Tables of counts over the same lists (samples by patterns), with the overlaps of `terms`."""

    lists: int
    counts: Reals
    terms: Terms
    shared: Reals
    seen: tuple[bytes, ...]

    def split(self, row: int, terms: Terms) -> tuple[Terms, Terms]:
        """Those of `terms` that are finite in this sample, and those at minus infinity."""
        shared = self.shared[row]
        place = {term: place for place, term in enumerate(self.terms)}
        return split_empty(terms, [term for term in terms if not shared[place[term]]])

    def is_usable(self, row: int, terms: Terms) -> bool:
        return verdict_on(self.lists, *self.split(row, terms), self.seen[row]).usable


def gather_samples(lists: int, counts: Reals, terms: Terms) -> Samples:
    shared = overlaps(counts, terms, lists)
    seen = tuple(row.tobytes() for row in counts > 0)
    return Samples(lists=lists, counts=counts, terms=terms, shared=shared, seen=seen)


def choose_stepwise(lists: int, counts: Reals, *, p: float) -> Choices:
    """Forward stepwise choice of pairs (Chan, Silverman & Vincent 2021).

    From the main effects on, the pair whose overlap is least likely under the current model
    comes in: its one-sided Poisson tail must lie below `p`, and the larger model must have a
    finite and only maximum. A pair that nobody is on comes in at minus infinity.
    """
    samples = gather_samples(lists, counts, pairs_of(lists))
    chosen: list[Terms] = [()] * len(counts)
    unseen = np.full(len(counts), np.nan)
    open_ = [row for row in range(len(counts)) if samples.is_usable(row, ())]
    while open_:
        found, fitted = fit_chosen(samples, open_, [chosen[row] for row in open_])
        unseen[open_] = found
        tails = _tails(samples.shared[open_], overlaps(fitted, samples.terms, lists))
        larger = [
            _next_terms(samples, row, chosen[row], tail, p)
            for row, tail in zip(open_, tails, strict=True)
        ]
        moved = [(row, terms) for row, terms in zip(open_, larger, strict=True) if terms]
        for row, terms in moved:
            chosen[row] = terms
        open_ = [row for row, _ in moved]
    return Choices(terms=tuple(chosen), unseen=unseen)


def fit_chosen(samples: Samples, rows: list[int], chosen: list[Terms]) -> tuple[Reals, Reals]:
    """Expected unseen and fitted counts of each of `rows` under its own model."""
    unseen = np.full(len(rows), np.nan)
    fitted = np.zeros((len(rows), samples.counts.shape[1]))
    groups: dict[Terms, list[tuple[int, Flags]]] = defaultdict(list)
    for place, (row, terms) in enumerate(zip(rows, chosen, strict=True)):
        finite, empty = samples.split(row, terms)
        groups[finite].append((place, active_cells(samples.lists, empty)))
    for finite, members in groups.items():
        for part in _portions(members, samples.counts.shape[1]):
            places = [place for place, _ in part]
            active = np.stack([flags for _, flags in part])
            counts = samples.counts[[rows[place] for place in places]]
            fits = fit_poisson(columns_of(samples.lists, finite), counts, active)
            unseen[places] = np.where(fits.converged, fits.unseen, np.nan)
            fitted[places] = fits.fitted
    return unseen, fitted


def choose_lowest(
    lists: int, counts: Reals, models: tuple[Terms, ...], *, penalty: float
) -> Choices:
    """For each sample the usable one of `models` with the lowest criterion."""
    ranked, unseen = rank_models(lists, counts, models, penalty=penalty, keep=1)
    best = [order[0] if order else -1 for order in ranked]
    found = [row[b] if b >= 0 else np.nan for row, b in zip(unseen, best, strict=True)]
    return Choices(terms=tuple(models[b] for b in best), unseen=np.array(found))


def rank_models(
    lists: int, counts: Reals, models: tuple[Terms, ...], *, penalty: float, keep: int
) -> tuple[list[list[int]], Reals]:
    """For each sample the places of its `keep` best usable models, best first; all the unseens.

    The criterion is -2 log likelihood + parameters x `penalty`, where a parameter at minus
    infinity counts as one: 2 for AIC (Akaike 1974), the log of the people observed for BIC
    (Schwarz 1978). Existence is tested in this order, until enough are found: a model without a
    finite maximum still comes close to the best likelihood it can have.
    """
    samples = gather_samples(lists, counts, in_order({t for terms in models for t in terms}))
    scores, unseen, certain = _score(samples, models, penalty)
    ranked = []
    for row, score in enumerate(scores):
        best: list[int] = []
        for place in np.argsort(score, kind="stable"):
            if len(best) == keep or not np.isfinite(score[place]):
                break
            if certain[row, place] or samples.is_usable(row, models[place]):
                best.append(int(place))
        ranked.append(best)
    return ranked, unseen


def search_models(
    lists: int, counts: Reals, order: int, *, penalty: float, width: int
) -> tuple[Terms, ...]:
    """The models met by a beam search, where there are too many to compare them all.

    From the main effects on, each of the `width` best models so far is enlarged by one
    interaction at a time, until none of the larger ones is among the `width` best. `counts` is
    one sample, shape (patterns,).
    """
    scores: dict[Terms, float] = {}
    new: tuple[Terms, ...] = ((),)
    while new:
        samples = gather_samples(lists, counts[None, :], in_order({t for m in new for t in m}))
        scores |= dict(zip(new, _score(samples, new, penalty)[0][0].tolist(), strict=True))
        best = sorted(scores, key=lambda terms: (scores[terms], terms))[:width]
        front = [terms for terms in best if terms in new and np.isfinite(scores[terms])]
        larger = {more for terms in front for more in _enlarged(lists, terms, order)}
        new = tuple(sorted(larger - scores.keys()))
    return tuple(sorted(scores, key=lambda model: (len(model), model)))


def _enlarged(lists: int, terms: Terms, order: int) -> list[Terms]:
    held = frozenset(terms)
    return [
        in_order((*terms, term))
        for term in range(2**lists - 1)
        if 2 <= term.bit_count() <= order and term not in held and _has_parts(term, held)
    ]


@lru_cache(maxsize=16)
def hierarchical_models(lists: int, order: int) -> tuple[Terms, ...]:
    """Every hierarchical model with all main effects and interactions of `order` lists at most.

    The interaction of all lists is never in: nothing observed could tell its size. Without a
    limit on the order there are 8, 113 and 6,893 of them for 3, 4 and 5 lists.
    """
    models: list[frozenset[int]] = [frozenset()]
    for size in range(2, min(order, lists - 1) + 1):
        terms = [term for term in range(2**lists) if term.bit_count() == size]
        models = [
            model | added
            for model in models
            for added in _subsets([term for term in terms if _has_parts(term, model)])
        ]
    ordered = (in_order(model) for model in models)
    return tuple(sorted(ordered, key=lambda model: (len(model), model)))


def _has_parts(term: int, model: frozenset[int]) -> bool:
    if term.bit_count() == 2:
        return True
    return all(term ^ (1 << bit) in model for bit in bits_of(term))


def _subsets(terms: list[int]) -> list[frozenset[int]]:
    found = [frozenset[int]()]
    for term in terms:
        found += [subset | {term} for subset in found]
    return found


def _next_terms(samples: Samples, row: int, chosen: Terms, tails: Reals, p: float) -> Terms | None:
    """The model with the most surprising pair that it can take; None where there is no such."""
    for place in np.lexsort((tails[1], tails[0])):
        if not tails[0, place] < p:
            return None
        term = samples.terms[place]
        if term in chosen:
            continue
        larger = in_order((*chosen, term))
        if samples.is_usable(row, larger):
            return larger
    return None


def _tails(shared: Reals, expected: Reals) -> Reals:
    """The smaller Poisson tail of each overlap, and its log: samples by 2 by pairs.

    Both tails hold the observed value. Where a tail is too small for a machine number its log
    still ranks it: the largest term, and the others summed as a geometric series.
    """
    from scipy.special import gammaln, pdtr, pdtrc, xlogy

    mean = np.maximum(expected, 0.0)
    low = pdtr(shared, mean)
    high = np.where(shared > 0, pdtrc(np.maximum(shared - 1, 0), mean), 1.0)
    largest = xlogy(shared, mean) - mean - gammaln(shared + 1)
    ratio = np.where(shared > mean, mean / (shared + 1), shared / np.maximum(mean, 1e-300))
    logs = largest - np.log1p(-np.minimum(ratio, 0.999999))
    return np.stack([np.minimum(low, high), logs], axis=1)


def _score(
    samples: Samples, models: tuple[Terms, ...], penalty: float
) -> tuple[Reals, Reals, Flags]:
    shape = (len(samples.counts), len(models))
    scores, unseen = np.full(shape, np.inf), np.full(shape, np.nan)
    certain = np.zeros(shape, dtype=bool)
    for part in _fitted_together(samples, models):
        rows, places, finite, active = (list(values) for values in zip(*part, strict=True))
        columns = np.stack([columns_of(samples.lists, terms) for terms in finite])
        fits = fit_poisson(columns, samples.counts[rows], np.stack(active))
        size = 1 + samples.lists + np.array([len(models[place]) for place in places])
        misfit = twice_negative_log_likelihood(samples.counts[rows], fits.fitted)
        score = misfit + size * penalty
        scores[rows, places] = np.where(fits.converged, score, np.inf)
        unseen[rows, places] = fits.unseen
        certain[rows, places] = fits.certain
    return scores, unseen, certain


def _fitted_together(
    samples: Samples, models: tuple[Terms, ...]
) -> Iterator[list[tuple[int, int, Terms, Flags]]]:
    """Every identifiable model on every sample, in groups with as many parameters."""
    groups: dict[int, list[tuple[int, int, Terms, Flags]]] = defaultdict(list)
    for place, terms in enumerate(models):
        for row in range(len(samples.counts)):
            finite, empty = samples.split(row, terms)
            if is_identifiable(samples.lists, finite, empty):
                active = active_cells(samples.lists, empty)
                groups[len(finite)].append((row, place, finite, active))
    for finite_terms, members in groups.items():
        width = max(samples.counts.shape[1], (1 + samples.lists + finite_terms) ** 2)
        yield from _portions(members, width)


def _portions(members: list[_Entry], width: int) -> Iterator[list[_Entry]]:
    size = max(1, _BATCH // width)
    for first, last in pairwise([*range(0, len(members), size), len(members)]):
        yield members[first:last]
