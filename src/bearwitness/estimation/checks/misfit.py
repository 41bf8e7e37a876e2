"""Does the table contradict the model that an answer rests on? A test on the patterns observed.

That a model fits what was observed says nothing of people on no list. That it does not fit says
that the model is wrong, and that its word on people on no list is worth little.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bearwitness.estimation.design import (
    Reals,
    Terms,
    active_cells,
    columns_of,
    in_order,
    overlaps,
    split_empty,
    terms_of,
)
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import (
    JOINER,
    MOST_LISTS_SPREAD,
    Histories,
    pattern_of,
    read_histories,
)
from bearwitness.estimation.loglinear.fit import fit_poisson

FEWEST_EXPECTED = 1.0  # people: patterns with fewer are taken together (Cochran 1954)

# Methods whose own words in `model` are the model.
_LOG_LINEAR = frozenset(
    {"independence", "loglinear", "stepwise", "bic", "aic", "sparse-bayes", "lincoln-petersen"}
)


def chance_of_misfit(histories: Any, answer: Estimate) -> float | None:
    """How likely a misfit as large as this one is if the answer's model holds; None if unknown.

    Pearson's statistic. For an average over models, the likeliest one is tested; for a method that
    tells its fitted counts in `details["fitted"]`, those are, with `details["parameters"]` taken
    off the degrees of freedom. None for a model with as many parameters as patterns, and for
    methods that fit no model to the patterns.
    """
    seen = read_histories(histories).reordered()
    if len(seen.lists) > MOST_LISTS_SPREAD or len(seen.lists) < 2:
        return None
    told = answer.details.get("fitted")
    if told:
        return _of_fitted(seen, told, answer.details.get("parameters"))
    if answer.method == "heterogeneity" and "deviance" in answer.details:
        freedom = len(seen.cells) - int(answer.details["parameters"])
        return _chance(float(answer.details["deviance"]), freedom)
    terms = _terms_of(answer, seen)
    return None if terms is None else _of_terms(seen, terms)


def _terms_of(answer: Estimate, seen: Histories) -> Terms | None:
    if answer.method in _LOG_LINEAR:
        return terms_of([name.split(":") for name in answer.model], seen.lists)
    graphs = answer.details.get("graphs")
    if graphs:
        cliques = [clique.split(JOINER) for clique in graphs[0]["cliques"]]
        return terms_of([clique for clique in cliques if len(clique) > 1], seen.lists)
    return None


def _of_terms(seen: Histories, terms: Terms) -> float | None:
    size = len(seen.lists)
    shared = overlaps(seen.counts, terms, size)
    finite, empty = split_empty(terms, [t for t, n in zip(terms, shared, strict=True) if not n])
    kept = active_cells(size, in_order(empty))
    fits = fit_poisson(columns_of(size, finite), seen.counts[None, :], kept[None, :])
    if not fits.converged[0]:
        return None
    parameters = 1 + size + len(finite)
    return _pearson(seen.counts[kept], fits.fitted[0][kept], parameters)


def _of_fitted(seen: Histories, told: Any, parameters: Any) -> float | None:
    given = {frozenset(name.split(JOINER)): float(np.mean(n)) for name, n in told.items()}
    names = [frozenset(pattern_of(seen.lists, int(c)).split(JOINER)) for c in seen.cells]
    if parameters is None or not set(names) <= set(given):
        return None
    return _pearson(seen.counts, np.array([given[name] for name in names]), int(parameters))


def _pearson(counts: Reals, fitted: Reals, parameters: int) -> float | None:
    rare = fitted < FEWEST_EXPECTED
    freedom = len(counts) - parameters - max(int(rare.sum()) - 1, 0)
    pooled = [(counts[~rare], fitted[~rare])]
    if rare.any():
        pooled.append((counts[rare].sum(keepdims=True), fitted[rare].sum(keepdims=True)))
    misfit = sum(float((((n - m) ** 2) / np.maximum(m, 1e-9)).sum()) for n, m in pooled if len(n))
    return _chance(misfit, max(freedom, 1)) if len(counts) > parameters else None


def _chance(misfit: float, freedom: int) -> float | None:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, misfit)) if freedom > 0 else None
