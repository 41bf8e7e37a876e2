"""A plain way of doing what the estimators do, to measure them against and to check them by.

One table at a time, written to be read. Both sides give the same numbers, which is checked first,
and take turns on the same machine in the same minute. `benchmarks/estimation.py` runs this.
"""

from __future__ import annotations

import statistics
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from bearwitness.estimation import Histories, read_histories
from bearwitness.estimation.design import active_cells, columns_of, model_matrix, pairs_of
from bearwitness.estimation.loglinear.existence import is_identifiable, verdict_on
from bearwitness.estimation.loglinear.fit import fit_poisson
from bearwitness.estimation.loglinear.selection import choose_stepwise, hierarchical_models

VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "capture_histories.toml"
REPLICATES = 1000
PLAIN_REPLICATES = 20  # the plain stepwise choice is slow: time a few, and reckon per replicate


def rows(rounds: int) -> list[tuple[str, ...]]:
    names = ("Korea", "Kosovo", "UKdat_5")
    return [
        *(row(f"stepwise, a replicate: {name}", *stepwise(name), rounds) for name in names),
        row("log-linear fit, a table: UKdat_5", *fits("UKdat_5"), rounds),
        row("all hierarchical models, a model: Kosovo", *models("Kosovo"), rounds),
    ]


def row(
    title: str, ours: Callable[[], float], plain: Callable[[], float], rounds: int
) -> tuple[str, ...]:
    """Each side returns seconds per unit of work; they take turns, and medians are compared."""
    pairs = [(ours(), plain()) for _ in range(rounds)]
    a, b = (statistics.median(side) for side in zip(*pairs, strict=True))
    return title, f"{a * 1e3:.3f}", f"{b * 1e3:.3f}", f"{b / a:.1f}"


def stepwise(name: str) -> tuple[Callable[[], float], Callable[[], float]]:
    seen, drawn = resampled(name)
    lists = len(seen.lists)
    expected = choose_stepwise(lists, drawn[:PLAIN_REPLICATES], p=0.02).unseen
    found = [plain_stepwise(lists, counts, 0.02) for counts in drawn[:PLAIN_REPLICATES]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)

    def ours() -> float:
        forget()
        return clock(lambda: choose_stepwise(lists, drawn, p=0.02)) / REPLICATES

    def plain() -> float:
        few = drawn[:PLAIN_REPLICATES]
        return clock(lambda: [plain_stepwise(lists, c, 0.02) for c in few]) / len(few)

    return ours, plain


def fits(name: str) -> tuple[Callable[[], float], Callable[[], float]]:
    seen, drawn = resampled(name)
    lists = len(seen.lists)
    matrix = model_matrix(lists, ())
    active = np.ones_like(drawn, dtype=bool)
    ours = fit_poisson(columns_of(lists, ()), drawn, active).unseen
    plain = np.exp([plain_fit(matrix, counts)[0] for counts in drawn])
    np.testing.assert_allclose(ours, plain, rtol=1e-6)
    return (
        lambda: clock(lambda: fit_poisson(columns_of(lists, ()), drawn, active)) / len(drawn),
        lambda: clock(lambda: [plain_fit(matrix, counts) for counts in drawn]) / len(drawn),
    )


def models(name: str) -> tuple[Callable[[], float], Callable[[], float]]:
    seen, _ = resampled(name)
    lists, counts = len(seen.lists), seen.counts
    every = hierarchical_models(lists, lists - 1)
    matrices = [model_matrix(lists, terms) for terms in every]
    sizes = sorted({len(terms) for terms in every})
    columns = [
        np.stack([columns_of(lists, terms) for terms in every if len(terms) == size])
        for size in sizes
    ]

    def batched() -> np.ndarray:
        parts = []
        for block in columns:
            tables = np.repeat(counts[None, :], len(block), axis=0)
            parts.append(fit_poisson(block, tables, np.ones_like(tables, dtype=bool)).unseen)
        return np.concatenate(parts)

    ordered = [m for size in sizes for m, t in zip(matrices, every, strict=True) if len(t) == size]
    singly = np.exp([plain_fit(matrix, counts)[0] for matrix in ordered])
    np.testing.assert_allclose(batched(), singly, rtol=1e-6)
    return (
        lambda: clock(batched) / len(every),
        lambda: clock(lambda: [plain_fit(m, counts) for m in ordered]) / len(every),
    )


def resampled(name: str) -> tuple[Histories, np.ndarray]:
    counts = tomllib.loads(VECTORS.read_text(encoding="utf-8"))[name]["counts"]
    seen = read_histories({"pattern": list(counts), "count": list(counts.values())}).reordered()
    shares = seen.counts / seen.observed
    drawn = np.random.default_rng(1).multinomial(seen.observed, shares, REPLICATES)
    return seen, drawn.astype(float)


def forget() -> None:
    """Empty the caches of existence, so that every round pays for its linear programmes."""
    for cached in (verdict_on, is_identifiable):
        cached.cache_clear()


def clock(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


# The plain way: iteratively reweighted least squares on the model matrix, one table at a time, and
# a linear programme for every candidate (McCullagh & Nelder 1989; Chan, Silverman & Vincent 2021).


def plain_fit(matrix: np.ndarray, counts: np.ndarray) -> np.ndarray:
    fitted = counts + 0.1
    predictor = np.log(fitted)
    parameters = np.zeros(matrix.shape[1])
    for _ in range(60):
        working = predictor + (counts - fitted) / fitted
        weighted = matrix * fitted[:, None]
        latest = np.linalg.solve(matrix.T @ weighted, weighted.T @ working)
        predictor = matrix @ latest
        fitted = np.exp(np.minimum(predictor, 60))
        settled = np.abs(latest - parameters).max() < 1e-10
        parameters = latest
        if settled:
            break
    return parameters


def plain_stepwise(lists: int, counts: np.ndarray, p: float) -> float:
    from scipy.stats import poisson

    cells, chosen = np.arange(1, 2**lists), ()
    while True:
        matrix, kept, _ = plain_model(lists, counts, chosen)
        parameters = plain_fit(matrix, counts[kept])
        fitted = np.exp(matrix @ parameters)
        tails = []
        for pair in pairs_of(lists):
            on = (cells & pair) == pair
            shared, mean = counts[on].sum(), fitted[on[kept]].sum()
            tail = min(poisson.cdf(shared, mean), poisson.sf(shared - 1, mean))
            if pair not in chosen and tail < p:
                tails.append((tail, pair))
        candidates = [(*chosen, pair) for _, pair in sorted(tails)]
        usable = (terms for terms in candidates if has_answer(lists, counts, terms))
        larger = next(usable, None)
        if larger is None:
            return float(np.exp(parameters[0]))
        chosen = larger


def plain_model(
    lists: int, counts: np.ndarray, chosen: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    cells = np.arange(1, 2**lists)
    empty = tuple(pair for pair in chosen if not counts[(cells & pair) == pair].sum())
    finite = tuple(pair for pair in chosen if pair not in empty)
    kept = active_cells(lists, empty)
    return model_matrix(lists, finite)[kept], kept, empty


def has_answer(lists: int, counts: np.ndarray, chosen: tuple[int, ...]) -> bool:
    matrix, kept, _ = plain_model(lists, counts, chosen)
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        return False
    goal = np.zeros(len(matrix) + 1)
    goal[-1] = -1.0
    equalities = np.hstack([matrix.T, matrix.sum(axis=0)[:, None]])
    answer = linprog(goal, A_eq=equalities, b_eq=counts[kept] @ matrix, method="highs")
    return bool(answer.status == 0 and -answer.fun > 1e-7)
