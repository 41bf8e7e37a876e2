"""How often the intervals hold a truth that we made: sparse Bayes, stepwise, doubly robust.

    python benchmarks/coverage.py [--studies 100]

The numbers in docs/explanation/methods/sparse-bayes.md and doubly-robust.md come from here. The
last two designs break the assumption of the method, on purpose.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bearwitness.estimation import Estimate, Histories, Stepwise
from bearwitness.estimation.covariates.doubly_robust import DoublyRobust
from bearwitness.estimation.sparse.averaging import SparseBayes

PAIR = DoublyRobust(lists=("a", "b"), covariates=("x", "sex"))


def log_linear(chances: list[float], pairs: Mapping[tuple[int, int], float]) -> np.ndarray:
    """Chances of all patterns: lists caught with `chances`, pairs with a log odds ratio."""
    cells = np.arange(2 ** len(chances))
    logs = sum(np.log(p / (1 - p)) * (cells >> i & 1) for i, p in enumerate(chances))
    for (one, other), ratio in pairs.items():
        logs = logs + ratio * ((cells >> one & 1) & (cells >> other & 1))
    return np.exp(logs) / np.exp(logs).sum()


def two_classes() -> np.ndarray:
    """Manrique-Vallier (2016): nine in ten are hard to find."""
    classes = [(0.9, (0.033, 0.033, 0.099, 0.132, 0.033)), (0.1, (0.66, 0.825, 0.759, 0.99, 0.693))]
    cells = np.arange(32)
    total = np.zeros(32)
    for share, chances in classes:
        on = [np.where(cells >> i & 1, p, 1 - p) for i, p in enumerate(chances)]
        total += share * np.prod(on, axis=0)
    return total


DESIGNS = {
    "four independent lists": (log_linear([0.2, 0.15, 0.25, 0.1], {}), 2000),
    "two pairs of four": (log_linear([0.2, 0.15, 0.25, 0.1], {(0, 1): 1.5, (2, 3): -1.5}), 2000),
    "five small lists": (
        log_linear([0.05, 0.04, 0.03, 0.06, 0.05], {(0, 1): 2.0, (2, 3): 1.0}),
        5000,
    ),
    "two classes of people": (two_classes(), 2000),
}


def draw_histories(chances: np.ndarray, people: int, random: np.random.Generator) -> Any:
    names = tuple("abcde"[: len(chances).bit_length() - 1])
    counts = random.multinomial(people, chances)[1:].astype(float)
    return Histories.from_counts(names, counts).to_table()


def draw_people(seed: int, *, people: int = 3000, slopes: tuple[float, ...]) -> dict[str, Any]:
    """Two lists, independent given x and sex; `slopes` are intercept and slope of each."""
    random = np.random.default_rng(seed)
    x, woman = random.standard_normal(people), random.integers(0, 2, people)
    one, along, other, across = slopes
    on_a = random.random(people) < 1 / (1 + np.exp(-(one + along * x + 0.5 * woman)))
    on_b = random.random(people) < 1 / (1 + np.exp(-(other + across * x - 0.5 * woman)))
    seen = on_a | on_b
    flags = {"a": on_a[seen].astype(int), "b": on_b[seen].astype(int)}
    return flags | {"x": x[seen], "sex": np.where(woman[seen] == 1, "f", "m")}


def report(name: str, truth: int, studies: int, answer: Callable[[int], Estimate]) -> None:
    found = [answer(seed) for seed in range(studies)]
    told = [a for a in found if a.estimate is not None]
    covered = np.mean([a.lower <= truth <= a.upper for a in told])
    middle = np.median([a.estimate for a in told]) / truth
    width = np.median([a.upper - a.lower for a in told]) / truth
    print(
        f"{name:58} covers {covered:4.0%}  median/truth {middle:.2f}  width/truth {width:.2f}  "
        f"no number {len(found) - len(told)} of {len(found)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=100)
    studies = parser.parse_args().studies
    for name, (chances, people) in DESIGNS.items():
        for method in (
            SparseBayes(draws=2000),
            SparseBayes(draws=2000, order=3),
            Stepwise(replicates=200),
        ):
            order = f" order {method.order}" if isinstance(method, SparseBayes) else ""
            random = np.random.default_rng(1)
            report(
                f"{name}, {type(method).__name__}{order}",
                people,
                studies,
                lambda _, m=method, c=chances, n=people, r=random: m.fit(draw_histories(c, n, r)),
            )
    gentle, steep = (-0.3, 0.8, -0.1, 0.7), (-0.8, 1.2, -0.6, 1.0)
    for name, settings, people, slopes in (
        ("doubly robust", PAIR, 3000, gentle),
        ("doubly robust, 300 people", PAIR, 300, gentle),
        ("doubly robust, some hardly reachable", PAIR, 3000, steep),
        ("doubly robust, x not recorded", replace(PAIR, covariates=("sex",)), 3000, gentle),
    ):
        report(
            name,
            people,
            studies,
            lambda seed, s=settings, n=people, b=slopes: s.fit(
                draw_people(seed, people=n, slopes=b)
            ),
        )


if __name__ == "__main__":
    main()
