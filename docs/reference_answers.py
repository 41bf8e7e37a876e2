"""Our answer to each row of tests/vectors/references.toml, and how it may be compared with theirs.

Nothing here reads the reference packages' source: each row names its method and settings, and the
method is ours. Where a package has an interval that we do not offer, its formula is written here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from math import log, sqrt
from typing import Any

import numpy as np
from docs.reference_rcapture import (
    NO_MAXIMUM,
    STOPPED,
    closedp,
    fit_like_glm,
    profiled,
    stopped_early,
    symmetric,
)
from docs.reference_rows import MOST_ERRORS, Ours, Row, is_same

from bearwitness.estimation import Histories, make_estimator
from bearwitness.estimation.decomposable.graphs import decomposable_graphs
from bearwitness.estimation.decomposable.likelihood import Table
from bearwitness.estimation.decomposable.posterior import likely_graphs, weigh_graphs
from bearwitness.estimation.design import (
    active_cells,
    columns_of,
    model_matrix,
    names_of,
    overlaps,
    split_empty,
    terms_of,
)
from bearwitness.estimation.intervals import (
    Replicates,
    bca_corrections,
    bca_tails,
    log_normal_interval,
    normal_quantile,
    replicate,
)
from bearwitness.estimation.latent.classes import MOST_RHAT
from bearwitness.estimation.loglinear.criterion import (
    choose_lowest,
    rank_models,
)
from bearwitness.estimation.loglinear.existence import assess_terms
from bearwitness.estimation.loglinear.fit import fit_poisson, log_unseen_error
from bearwitness.estimation.loglinear.selection import (
    choose_stepwise,
    hierarchical_models,
)

POOL = {3: 40_000, 4: 40_000, 5: 40_000, 6: 15_000}  # bootstrap replicates of ours, by lists
POOL_OF_MODELS = 10_000  # where every replicate chooses among many models
DRAWN_AGAIN = 2000  # times a thousand replicates are drawn from the pool


def answer(seen: Histories, row: Row) -> Ours:
    """Ours for one row of a table."""
    return ANSWERS[row["package"], row["what"].split()[0]](seen, row)


def best_of_all(seen: Histories, row: Row) -> Ours:
    """The hierarchical model with the lowest AIC or BIC, and a symmetric interval."""
    lists = len(seen.lists)
    criterion = row["what"].split()[1]
    penalty = log(seen.observed) if criterion == "BIC" else 2.0
    models = hierarchical_models(lists, row["order"])
    # The package knows no existence test, and no parameter at minus infinity.
    ranked, unseen = rank_models(lists, seen.counts[None], models, penalty=penalty, keep=1)
    best = models[ranked[0][0]]
    found = bracketed(best, lists)
    if found != row["model"]:
        total = seen.observed + float(unseen[0, ranked[0][0]])
        return without_maximum(seen, row, Ours(estimate=total, note=f"the best is {found}"))
    columns = columns_of(lists, best)
    fit = fit_poisson(columns, seen.counts[None], np.ones((1, len(seen.counts)), dtype=bool))
    missed = float(fit.unseen[0])
    error = sqrt(missed + (missed * log_unseen_error(columns, fit.fitted[0])) ** 2)
    return symmetric(seen.observed + missed, error)


def without_maximum(seen: Histories, row: Row, ours: Ours) -> Ours:
    """Why their best model is not ours, if that is because it has no finite maximum."""
    lists = len(seen.lists)
    terms = terms_named(row["model"].strip("[]").replace(";", ":"), lists)
    if assess_terms(seen, terms).usable:
        return ours
    total, _ = stopped_early(model_matrix(lists, terms), seen.counts)
    ended = "; ended where theirs ends, ours has its estimate"
    told = ended if is_same(Ours(estimate=total), {"estimate": row["estimate"]}) else ""
    note = f"of the models that have one, {ours.note}{told}"
    return replace(ours, reason=NO_MAXIMUM, note=note)


def bracketed(terms: tuple[int, ...], lists: int) -> str:
    """[123;25;34]: the largest interactions, and lists in none of them, by their column."""
    single = [1 << bit for bit in range(lists)]
    largest = [
        term for term in (*single, *terms)
        if not any(other != term and other & term == term for other in terms)
    ]  # fmt: skip
    named = ["".join(str(bit + 1) for bit in range(lists) if term >> bit & 1) for term in largest]
    return "[" + ";".join(sorted(named)) + "]"


def terms_named(named: str, lists: int) -> tuple[int, ...]:
    letters = tuple(str(bit + 1) for bit in range(lists))
    return terms_of([tuple(part) for part in named.split(":") if len(part) > 1], letters)


# SparseMSE and MultipleSystemsEstimation


def stepwise(seen: Histories, row: Row) -> Ours:
    lists = len(seen.lists)
    if row["what"].endswith("BCa"):
        return bootstrapped(
            seen, row, lambda many: choose_stepwise(lists, many, p=0.02).unseen, POOL[lists]
        )
    choice = choose_stepwise(lists, seen.counts[None], p=0.02)
    chosen = set(names_of(choice.terms[0], seen.lists))
    if chosen != {":".join(sorted(pair.split(":"))) for pair in row["chosen"]}:
        return Ours(note=f"chosen: {', '.join(sorted(chosen))}")
    return with_wald(seen, choice.terms[0], row)


def with_wald(seen: Histories, terms: tuple[int, ...], row: Row) -> Ours:
    """The model's total, log-normal on the people on no list by the Fisher information."""
    lists = len(seen.lists)
    shared = overlaps(seen.counts, terms, lists)
    finite, empty = split_empty(terms, [t for t, n in zip(terms, shared, strict=True) if not n])
    kept, columns = active_cells(lists, empty), columns_of(lists, finite)
    fits = fit_poisson(columns, seen.counts[None], kept[None])
    error = log_unseen_error(columns, fits.fitted[0])
    exact = log_normal(seen, float(fits.unseen[0]), error)
    if is_same(exact, row):
        return exact
    matrix = model_matrix(lists, finite)[kept]
    parameters, covariance = fit_like_glm(matrix, seen.counts[kept])
    theirs = log_normal(seen, float(np.exp(parameters[0])), sqrt(covariance[0, 0]))
    return replace(exact, rule=STOPPED if is_same(theirs, row) else "")


def log_normal(seen: Histories, unseen: float, error: float) -> Ours:
    interval = log_normal_interval(seen.observed, unseen, error, 0.95)
    return Ours(estimate=seen.observed + unseen, lower=interval.lower, upper=interval.upper)


def lowest(seen: Histories, row: Row) -> Ours:
    lists = len(seen.lists)
    models, penalty = hierarchical_models(lists, lists - 1), log(seen.observed)
    top = row.get("top", 1)
    ranked, unseen = rank_models(lists, seen.counts[None], models, penalty=penalty, keep=top)
    best = tuple(models[place] for place in ranked[0])
    if row["what"].endswith("BCa"):
        return bootstrapped(
            seen,
            row,
            lambda many: choose_lowest(lists, many, best, penalty=penalty).unseen,
            POOL_OF_MODELS,
        )
    total = seen.observed + float(unseen[0, ranked[0][0]])
    found = bracketed(best[0], lists)
    different = "" if same_model(found, row["model"]) else f"{found} against {row['model']}"
    return Ours(estimate=total, note=different)


def same_model(ours: str, theirs: str) -> bool:
    def parts(text: str) -> set[str]:
        return {part for part in text.strip("[]").split(";") if len(part) > 1}

    return parts(ours) == parts(theirs)


def bootstrapped(seen: Histories, row: Row, unseen: Callable[[Any], Any], pool: int) -> Ours:
    """BCa limits at a thousand replicates, drawn again and again from a larger pool of ours.

    Theirs is one such draw with another seed.
    """
    drawn = replicate(seen, lambda many: many.sum(axis=1) + unseen(many), count=pool, seed=1)
    total = seen.observed + float(unseen(seen.counts[None])[0])
    random = np.random.default_rng(2)
    found, least = [], 0
    for _ in range(DRAWN_AGAIN):
        some = random.choice(drawn.bootstrap, 1000)
        once = Replicates(bootstrap=some, jackknife=drawn.jackknife, weights=drawn.weights)
        asked = bca_tails(*bca_corrections(total, once), (0.025, 0.975))
        known = some[np.isfinite(some)]
        found.append(np.quantile(known, [*asked, 0.5]))
        least += asked[0] * len(known) < 1
    limits = np.array(found)
    errors = {
        name: standard_errors(row[name], limits[:, place])
        for place, name in enumerate(("lower", "upper", "median"))
        if name in row
    }
    share = least / DRAWN_AGAIN
    told = f"in {share:.0%} of draws the lower limit is the least of the thousand"
    means = limits.mean(axis=0)
    return Ours(estimate=total, lower=float(means[0]), upper=float(means[1]), errors=errors,
                note=told if share > 0.05 else "")  # fmt: skip


def standard_errors(theirs: float, ours: Any) -> float:
    """Where theirs falls among draws of ours, as a normal quantile: limits can be skew.

    Beyond all of them, its distance from their mean in their standard deviation.
    """
    near = 1e-5 * abs(theirs)  # medians are printed to six digits
    below = (np.mean(ours < theirs - near) + np.mean(ours <= theirs + near)) / 2
    if not 0 < below < 1:
        return float((theirs - ours.mean()) / ours.std(ddof=1))
    return normal_quantile(float(below))


def thresholded(seen: Histories, row: Row) -> Ours:
    ours = make_estimator("sparse-bayes").fit(seen)
    return Ours(
        estimate=ours.estimate,
        lower=ours.lower,
        upper=ours.upper,
        reason="another prior: theirs drops pairs once and takes the rest as given, our "
        "sparse-bayes averages over all models (decision 8)",
    )


# dga


def averaged(seen: Histories, row: Row) -> Ours:
    """The posterior over people on no list from 1 to `times` n, as theirs has it."""
    posterior, graphs = _truncated(seen.input_digest, seen.lists, row["weight"], row["times"])(seen)
    density = posterior.density(saturated=row["saturated"])
    found = posterior.quantiles(density, np.array([0.025, 0.5, 0.975])) + seen.observed
    masses = density / density.sum()
    totals = seen.observed + posterior.unseen
    chances = posterior.probabilities
    if not row["saturated"]:
        chances = chances[:-1]
    chances = chances / chances.sum()
    more = {
        "mean": float(masses @ totals),
        "mode": float(totals[np.argmax(density)]),
        "top": float(chances.max()),
        "graphs": float(graphs - (not row["saturated"])),
    }
    if row["saturated"]:
        more["of_saturated"] = float(chances[-1])
    return Ours(estimate=float(found[1]), lower=float(found[0]), upper=float(found[2]), more=more)


@lru_cache(maxsize=4)
def _truncated(digest: str, lists: tuple[str, ...], weight: float, times: int) -> Any:
    held: list[Any] = []

    def find(seen: Histories) -> Any:
        if not held:
            table = Table(seen, weight)
            unseen = np.arange(1.0, times * seen.observed + 1)
            coarse = np.unique(np.geomspace(1, unseen[-1], 80).round())
            graphs = likely_graphs(table, coarse)
            count = decomposable_graphs(table.lists).shape[0]
            held.append((weigh_graphs(table, unseen, graphs), count))
        return held[0]

    return find


# LCMCR


def latent(seen: Histories, row: Row) -> Ours:
    ours = make_estimator("latent-class", capture=(1.0, 1.0)).fit(seen)
    if ours.estimate is None or ours.draws is None:
        return Ours(reason="withheld by our gate", note=f"{ours.verdict}: {ours.reasons[0]}")
    errors = latent_errors(ours, row)
    return Ours(estimate=ours.estimate, lower=ours.lower, upper=ours.upper, errors=errors,
                **about_their_chains(row, errors))  # fmt: skip


def about_their_chains(row: Row, errors: dict[str, float]) -> dict[str, str]:
    """Why theirs lies elsewhere, where its own chains do not agree; ours have passed that gate."""
    far = max(abs(z) for z in errors.values()) > MOST_ERRORS
    if not far or row.get("rhat", 1.0) <= MOST_RHAT:
        return {}
    medians = " / ".join(f"{one:,.0f}" for one in row["medians"])
    return {
        "reason": f"their chains do not agree with each other (R-hat above {MOST_RHAT}, where a "
        "number should not be used: Vehtari et al. 2021), and ours do",
        "note": f"their R-hat is {row['rhat']}, the medians of their four chains {medians}",
    }


def latent_errors(ours: Any, row: Row) -> dict[str, float]:
    """Quantiles of two samples apart, by the effective numbers of draws of both."""
    draws = ours.draws.ravel()
    effective = float(ours.details.get("effective_bulk", ours.details.get("ess_bulk", len(draws))))
    told = {}
    for name, tail in (("lower", 0.025), ("estimate", 0.5), ("upper", 0.975)):
        step = sqrt(tail * (1 - tail) * (1 / row["ess"] + 1 / effective))
        near = np.quantile(draws, [max(tail - step, 0), min(tail + step, 1)])
        spread = max((near[1] - near[0]) / 2, 0.5)
        told[name] = float((row[name] - np.quantile(draws, tail)) / spread)
    return told


ANSWERS: dict[tuple[str, str], Callable[[Histories, Row], Ours]] = {
    ("Rcapture", "closedp"): closedp,
    ("Rcapture", "closedpCI.t"): profiled,
    ("Rcapture", "closedpMS.t"): best_of_all,
    ("SparseMSE", "estimatepopulation.0"): stepwise,
    ("SparseMSE", "estimatepopulation"): stepwise,
    ("MultipleSystemsEstimation", "bic"): lowest,
    ("MultipleSystemsEstimation", "bayesthresh"): thresholded,
    ("dga", "bma.cr"): averaged,
    ("LCMCR", "docs"): latent,
    ("LCMCR", "4"): latent,
}
