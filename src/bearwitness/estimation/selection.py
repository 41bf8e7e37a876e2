"""Choosing a log-linear model by the data, for many samples of the data at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np

from bearwitness.estimation.design import (
    Flags,
    Reals,
    Terms,
    active_cells,
    bits_of,
    in_order,
    model_matrix,
    overlaps,
    pairs_of,
    split_empty,
)
from bearwitness.estimation.existence import is_identifiable, verdict_on
from bearwitness.estimation.fit import deviance_term, fit_poisson

_Entry = TypeVar("_Entry")

_BATCH = 4_000_000  # fitted values held at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Choices:
    """One row per sample: the terms chosen, and the expected count of people on no list.

    `unseen` is NaN where no usable model was found.
    """

    terms: tuple[Terms, ...]
    unseen: Reals


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Tables of counts over the same lists (samples by patterns), with what is asked of each."""

    lists: int
    counts: Reals
    terms: Terms
    shared: Reals
    seen: tuple[bytes, ...]

    def empty(self, sample: int, chosen: Terms) -> Terms:
        """Those of the chosen terms that nobody in this sample is on."""
        shared = dict(zip(self.terms, self.shared[sample], strict=True))
        return tuple(term for term in chosen if not shared[term])


def gather(lists: int, counts: Reals, terms: Terms) -> Samples:
    return Samples(
        lists=lists,
        counts=counts,
        terms=terms,
        shared=overlaps(counts, terms, lists),
        seen=tuple(row.tobytes() for row in counts > 0),
    )


def choose_stepwise(lists: int, counts: Reals, *, p: float) -> Choices:
    """Forward stepwise choice of pairs (Chan, Silverman & Vincent 2021, section 4).

    From the main effects on, the pair whose overlap is least likely under the current model
    comes in: its one-sided Poisson tail must lie below `p`, and the larger model must have a
    finite and only maximum. A pair that nobody is on comes in at minus infinity.
    """
    samples = gather(lists, counts, pairs_of(lists))
    count = len(counts)
    chosen: list[Terms] = [()] * count
    unseen = np.full(count, np.nan)
    open_ = [s for s in range(count) if verdict_on(lists, (), (), samples.seen[s]).usable]
    while open_:
        found, fitted = fit_chosen(samples, open_, [chosen[s] for s in open_])
        unseen[open_] = found
        tails = _tails(samples.shared[open_], overlaps(fitted, samples.terms, lists))
        larger = [
            _next_terms(samples, sample, chosen[sample], tail, p)
            for sample, tail in zip(open_, tails, strict=True)
        ]
        moved = [(s, terms) for s, terms in zip(open_, larger, strict=True) if terms]
        for sample, terms in moved:
            chosen[sample] = terms
        open_ = [sample for sample, _ in moved]
    return Choices(terms=tuple(chosen), unseen=unseen)


def choose_lowest_bic(
    lists: int, counts: Reals, models: tuple[Terms, ...], *, people: float
) -> Choices:
    """For each sample the usable one of `models` with the lowest BIC."""
    scores, unseen = score_models(lists, counts, models, people=people)
    best = np.argmin(scores, axis=1)
    rows = np.arange(len(counts))
    found = np.where(np.isfinite(scores[rows, best]), unseen[rows, best], np.nan)
    return Choices(terms=tuple(models[b] for b in best), unseen=found)


def score_models(
    lists: int, counts: Reals, models: tuple[Terms, ...], *, people: float
) -> tuple[Reals, Reals]:
    """BIC and expected unseen of each model (columns) on each sample; BIC is infinite where a
    model is not usable.

    BIC = -2 log likelihood + parameters x log(people observed) (Schwarz 1978).
    """
    every = in_order({term for terms in models for term in terms})
    samples = gather(lists, counts, every)
    scores = np.full((len(counts), len(models)), np.inf)
    unseen = np.full((len(counts), len(models)), np.nan)
    for rows, columns, finite, active in _grouped(samples, models):
        matrix = np.stack([model_matrix(lists, terms) for terms in finite])
        fits = fit_poisson(matrix if len(set(finite)) > 1 else matrix[0], counts[rows], active)
        usable = fits.certain.copy()
        for i in np.flatnonzero(~usable):
            empty = samples.empty(rows[i], models[columns[i]])
            usable[i] = fits.converged[i] and _usable(samples, rows[i], models[columns[i]], empty)
        size = 1 + lists + np.array([len(models[c]) for c in columns])
        score = deviance_term(counts[rows], fits.fitted) + size * np.log(people)
        scores[rows, columns] = np.where(usable, score, np.inf)
        unseen[rows, columns] = fits.unseen
    return scores, unseen


def fit_chosen(
    samples: Samples, rows: list[int], chosen: list[Terms]
) -> tuple[Reals, Reals]:
    """Expected unseen and fitted counts of each sample under its own model."""
    unseen = np.full(len(rows), np.nan)
    fitted = np.zeros((len(rows), samples.counts.shape[1]))
    groups: dict[Terms, list[tuple[int, Flags]]] = defaultdict(list)
    for place, (row, terms) in enumerate(zip(rows, chosen, strict=True)):
        finite, empty = split_empty(terms, samples.empty(row, terms))
        groups[finite].append((place, active_cells(samples.lists, empty)))
    for finite, members in groups.items():
        matrix = model_matrix(samples.lists, finite)
        for part in _portions(members, matrix.shape[0]):
            places = [place for place, _ in part]
            active = np.stack([flags for _, flags in part])
            fits = fit_poisson(matrix, samples.counts[[rows[i] for i in places]], active)
            unseen[places] = np.where(fits.converged, fits.unseen, np.nan)
            fitted[places] = fits.fitted
    return unseen, fitted


def hierarchical_models(lists: int, order: int) -> tuple[Terms, ...]:
    """Every hierarchical model with all main effects and interactions of `order` lists at most.

    The interaction of all lists is never in: nothing observed could tell its size. There are
    8, 113 and 6,893 of them for 3, 4 and 5 lists without a limit on the order.
    """
    models: list[frozenset[int]] = [frozenset()]
    for size in range(2, min(order, lists - 1) + 1):
        terms = [t for t in range(2**lists) if t.bit_count() == size]
        models = [
            model | added
            for model in models
            for added in _subsets([t for t in terms if _parts_in(t, model)])
        ]
    return tuple(sorted((in_order(model) for model in models), key=lambda m: (len(m), m)))


def _parts_in(term: int, model: frozenset[int]) -> bool:
    if term.bit_count() == 2:
        return True
    return all(term ^ (1 << bit) in model for bit in bits_of(term))


def _subsets(terms: list[int]) -> list[frozenset[int]]:
    found = [frozenset[int]()]
    for term in terms:
        found += [subset | {term} for subset in found]
    return found


def _usable(samples: Samples, row: int, terms: Terms, empty: Terms) -> bool:
    finite, gone = split_empty(terms, empty)
    return verdict_on(samples.lists, finite, gone, samples.seen[row]).usable


def _next_terms(
    samples: Samples, row: int, chosen: Terms, tails: Reals, p: float
) -> Terms | None:
    """The model with the most surprising pair that it can take; None where there is no such."""
    tail, order = tails[0], np.lexsort((tails[1], tails[0]))
    for place in order:
        if not tail[place] < p:
            return None
        term = samples.terms[place]
        if term in chosen:
            continue
        larger = in_order((*chosen, term))
        if _usable(samples, row, larger, samples.empty(row, larger)):
            return larger
    return None


def _tails(shared: Reals, expected: Reals) -> Reals:
    """The smaller Poisson tail of each overlap, and its log where the tail itself is too small.

    Both tails hold the observed value. Tails below the smallest number a machine can hold are
    ranked by their largest term, summed as a geometric series.
    """
    from scipy.special import gammaln, pdtr, pdtrc, xlogy

    mean = np.maximum(expected, 0.0)
    low, high = pdtr(shared, mean), np.where(shared > 0, pdtrc(np.maximum(shared - 1, 0), mean), 1)
    largest = xlogy(shared, mean) - mean - gammaln(shared + 1)
    ratio = np.where(shared > mean, mean / (shared + 1), shared / np.maximum(mean, 1e-300))
    logs = largest - np.log1p(-np.minimum(ratio, 0.999999))
    both = np.stack([np.minimum(low, high), logs], axis=1)
    return np.asarray(both)


def _grouped(
    samples: Samples, models: tuple[Terms, ...]
) -> list[tuple[list[int], list[int], list[Terms], Flags]]:
    """Fits that can be done together: the same model on many samples, or as many parameters."""
    groups: dict[object, list[tuple[int, int, Terms, Flags]]] = defaultdict(list)
    many = len(samples.counts) > 1
    for column, terms in enumerate(models):
        for row in range(len(samples.counts)):
            finite, empty = split_empty(terms, samples.empty(row, terms))
            if is_identifiable(samples.lists, finite, empty):
                key = finite if many else len(finite)
                entry = (row, column, finite, active_cells(samples.lists, empty))
                groups[key].append(entry)
    cells = samples.counts.shape[1]
    parts = [p for members in groups.values() for p in _portions(members, cells * 16)]
    return [
        ([e[0] for e in p], [e[1] for e in p], [e[2] for e in p], np.stack([e[3] for e in p]))
        for p in parts
    ]


def _portions(members: list[_Entry], width: int) -> list[list[_Entry]]:
    size = max(1, _BATCH // max(width, 1))
    cuts = [*range(0, len(members), size), len(members)]
    return [members[a:b] for a, b in pairwise(cuts)]
