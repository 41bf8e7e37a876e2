"""Choosing a log-linear model by AIC or BIC, for many samples of the data at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import Flags, Reals, Terms, bits_of, in_order
from bearwitness.estimation.loglinear.duality import misfit_bounds
from bearwitness.estimation.loglinear.fit import Fits, twice_negative_log_likelihood
from bearwitness.estimation.loglinear.samples import Rows, Samples, flags_of, gather_samples
from bearwitness.estimation.loglinear.selection import Choices

_AT_ONCE = 20_000  # fits of a model to a table
_WORTH_POOLING = 10  # samples


def choose_lowest(
    lists: int, counts: Reals, models: tuple[Terms, ...], *, penalty: float
) -> Choices:
    """For each sample the usable one of `models` with the lowest criterion, that of `rank_models`.

    Models that cannot be the lowest, by the bounds of `misfit_bounds`, are not fitted.
    """
    samples = gather_samples(lists, counts, in_order({t for terms in models for t in terms}))
    inside = flags_of(models, samples.terms)
    price = penalty * (1 + lists + inside.sum(axis=1))
    pooled = _fit_pooled(samples, inside)
    best, unseen = np.full(len(counts), -1), np.full(len(counts), np.nan)
    for part in _blocks(len(counts), len(models)):
        few = gather_samples(lists, counts[part], samples.terms)
        bounds = misfit_bounds(few, inside, pooled) + price
        rows, likely = np.arange(len(bounds)), bounds.argmin(axis=1)
        scores = Scores.of(bounds.shape)
        _score(few, inside, (rows, likely), price, (scores, pooled))
        limit = np.where(scores.certain[rows, likely], scores.criterion[rows, likely], np.inf)
        bounds[rows, likely] = np.inf
        rows, places = np.nonzero(bounds <= limit[:, None])
        _score(few, inside, (rows, places), price, (scores, pooled))
        for row, place in enumerate(_ranked(few, inside, scores, keep=1)):
            if place:
                best[part.start + row] = place[0]
                unseen[part.start + row] = scores.unseen[row, place[0]]
    return Choices(terms=tuple(models[b] for b in best), unseen=unseen)


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
    inside = flags_of(models, samples.terms)
    scores = _score_all(samples, inside, penalty)
    return _ranked(samples, inside, scores, keep=keep), scores.unseen


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores:
    """Samples by models: the criterion, infinite where it is not known to be low; the unseen; and
    whether the fit itself shows that a finite maximum exists."""

    criterion: Reals
    unseen: Reals
    certain: Flags

    @classmethod
    def of(cls, shape: tuple[int, int]) -> Scores:
        nothing = np.zeros(shape, dtype=bool)
        return cls(criterion=np.full(shape, np.inf), unseen=np.full(shape, np.nan), certain=nothing)


def _score_all(samples: Samples, inside: Flags, penalty: float) -> Scores:
    scores = Scores.of((len(samples.counts), len(inside)))
    price = penalty * (1 + samples.lists + inside.sum(axis=1))
    pooled = _fit_pooled(samples, inside)
    for part in _blocks(*scores.criterion.shape):
        rows, places = (grid.ravel() for grid in np.mgrid[part, : len(inside)])
        _score(samples, inside, (rows, places), price, (scores, pooled))
    return scores


def _score(
    samples: Samples,
    inside: Flags,
    pairs: tuple[Rows, Rows],
    price: Reals,
    told: tuple[Scores, Fits],
) -> None:
    """Write down the scores of `pairs`, rows of `samples` and rows of `inside`."""
    rows, places = pairs
    scores, pooled = told
    fine = samples.identifiable(*samples.split(rows, inside[places]))
    rows, places = rows[fine], places[fine]
    start = np.where(pooled.certain[:, None], pooled.parameters, np.nan)[places]
    fits = samples.fit(rows, inside[places], start=start)
    misfit = twice_negative_log_likelihood(samples.counts[rows], fits.fitted)
    scores.criterion[rows, places] = np.where(fits.converged, misfit + price[places], np.inf)
    scores.unseen[rows, places] = fits.unseen
    scores.certain[rows, places] = fits.certain


def _ranked(samples: Samples, inside: Flags, scores: Scores, *, keep: int) -> list[list[int]]:
    """For each sample the places of its `keep` best usable models, best first."""
    ranked = []
    for row, order in enumerate(np.argsort(scores.criterion, axis=1, kind="stable")):
        best: list[int] = []
        for place in order:
            if len(best) == keep or not np.isfinite(scores.criterion[row, place]):
                break
            if scores.certain[row, place] or samples.usable(np.array([row]), inside[[place]])[0]:
                best.append(int(place))
        ranked.append(best)
    return ranked


def _fit_pooled(samples: Samples, inside: Flags) -> Fits:
    """Each model on the mean of all samples, where these are many; none is certain where not."""
    mean = samples.counts.mean(axis=0)[None]
    pooled = gather_samples(samples.lists, mean, samples.terms)
    parameters = np.zeros((len(inside), len(samples.columns)))
    fitted = np.zeros((len(inside), mean.shape[1]))
    converged, certain = (np.zeros(len(inside), dtype=bool) for _ in range(2))
    if len(samples.counts) >= _WORTH_POOLING:
        rows = np.zeros(len(inside), dtype=np.int64)
        found = np.flatnonzero(pooled.identifiable(*pooled.split(rows, inside)))
        fits = pooled.fit(rows[found], inside[found])
        parameters[found], fitted[found] = fits.parameters, fits.fitted
        converged[found], certain[found] = fits.converged, fits.certain
    return Fits(parameters=parameters, fitted=fitted, converged=converged, certain=certain)


def _blocks(samples: int, models: int) -> Iterator[slice]:
    """So many samples at a time that the fits of all models to them can be held."""
    step = max(1, _AT_ONCE // models)
    yield from (slice(begin, min(begin + step, samples)) for begin in range(0, samples, step))


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
        found = _score_all(samples, flags_of(new, samples.terms), penalty).criterion[0]
        scores |= dict(zip(new, found.tolist(), strict=True))
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


def _has_parts(term: int, model: frozenset[int]) -> bool:
    if term.bit_count() == 2:
        return True
    return all(term ^ (1 << bit) in model for bit in bits_of(term))
