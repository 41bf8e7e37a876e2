"""The coverage study: designed populations x studies x methods, against truths that we know.

    python benchmarks/coverage_study.py [--studies 500] [--methods a,b] [--designs c,d]

Finished batches are appended to benchmarks/results/coverage.csv. Started again, the study goes on
where it was; `--fresh` leaves out the rows of the methods asked for and does them again.
Study s of a population is drawn with seed s, whatever the method, so that methods meet the same
tables. docs/explanation/coverage.md is made from the rows by benchmarks/coverage_page.py.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from multiprocessing import Pool
from pathlib import Path
from statistics import median
from typing import Any

from coverage_held_out import HELD_OUT
from coverage_people import PEOPLE

from bearwitness.estimation import DoublyRobust, Estimate, ManyListsRobust, Verdict, make_estimator
from bearwitness.estimation.checks.compare import compare
from bearwitness.estimation.checks.coverage import Coverage, tally
from bearwitness.estimation.checks.populations import POPULATIONS
from bearwitness.estimation.checks.rules import families_that_fit
from bearwitness.estimation.pooling.strata import fit_strata

ALL: dict[str, Any] = {**POPULATIONS, **HELD_OUT, **PEOPLE}
RESULTS = Path(__file__).parent / "results" / "coverage.csv"
BATCH = 25
COLUMNS = ("design", "method", "first", *(f.name for f in fields(Coverage)), "seconds", "commit")
Answer = Callable[[Any, int], Estimate]


def by_name(method: str, **settings: Any) -> Answer:
    return lambda population, seed: make_estimator(method, seed=seed, **settings).fit(
        population.draw(seed)
    )


def doubly_robust(population: Any, seed: int) -> Estimate:
    settings = DoublyRobust(lists=("a", "b"), covariates=population.recorded, seed=seed)
    return settings.fit(population.draw(seed))


def many_lists_robust(population: Any, seed: int) -> Estimate:
    lists, among = ("a", "b", "c"), ("a", "b")
    settings = ManyListsRobust(lists=lists, among=among, covariates=population.recorded, seed=seed)
    return settings.fit(population.draw(seed))


def in_strata(population: Any, seed: int) -> Estimate:
    """The graph average in each part by itself, and the sum."""
    table = population.draw_strata(seed)
    return fit_strata(make_estimator("decomposable"), table, seed=seed).total


def compared(population: Any, seed: int) -> Estimate:
    """The verdict of `compare`; its interval is from the lowest to the highest end of what fits."""
    found = compare(population.draw(seed), seed=seed)
    fitting = families_that_fit(found.evidence)
    if found.verdict is not Verdict.ESTIMATE:
        return replace(found.bound, verdict=found.verdict, lower=found.lower)
    return replace(
        found.bound,
        verdict=found.verdict,
        estimate=median(a.estimate or 0.0 for a in fitting),
        lower=min(a.lower or 0.0 for a in fitting),
        upper=max(a.upper or 0.0 for a in fitting),
    )


# 200 replicates: a 95 % percentile limit then rests on five of them.
METHODS: dict[str, Answer] = {
    "chapman": by_name("chapman"),
    "independence": by_name("independence"),
    "chao": by_name("chao"),
    "sample-coverage": by_name("sample-coverage"),
    "heterogeneity": by_name("heterogeneity"),
    "heterogeneity-darroch": by_name("heterogeneity", curve="darroch"),
    "decomposable": by_name("decomposable"),
    "sparse-bayes": by_name("sparse-bayes", draws=1000),
    "latent-class": by_name("latent-class"),
    "stepwise": by_name("stepwise", replicates=200),
    "bic": by_name("bic", replicates=200),
    "strata": in_strata,
    "doubly-robust": doubly_robust,
    "many-lists-robust": many_lists_robust,
    "compare": compared,
}
TWO_LISTS_ONLY = ("chapman",)


def jobs(methods: list[str], designs: list[str], studies: int) -> Iterator[tuple[str, str, int]]:
    """Design, method and first seed of each batch, so that all designs come on alike."""
    for method in methods:
        for first in range(0, studies, BATCH):
            for design in designs:
                if suits(method, design):
                    yield design, method, first


def suits(method: str, design: str) -> bool:
    if design in PEOPLE or method.endswith("-robust"):
        return design in PEOPLE and PEOPLE[design].method == method
    if method == "strata":
        return design in POPULATIONS and all(part.name for part in ALL[design].parts)
    if design in HELD_OUT:
        return method == "compare"
    return method not in TWO_LISTS_ONLY or len(ALL[design].lists) == 2


def run_batch(job: tuple[str, str, int]) -> dict[str, Any]:
    design, method, first = job
    population = ALL[design]
    start = time.process_time()
    answers = [METHODS[method](population, seed) for seed in range(first, first + BATCH)]
    seconds = (time.process_time() - start) / BATCH
    found = tally([replace(a, draws=None) for a in answers], population.people)
    row = {name: rounded(getattr(found, name)) for name in (f.name for f in fields(Coverage))}
    return {"design": design, "method": method, "first": first, **row, "seconds": f"{seconds:.4f}"}


def rounded(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def read_rows(path: Path = RESULTS) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(rows: list[dict[str, Any]], path: Path, mode: str) -> None:
    path.parent.mkdir(exist_ok=True)
    new = mode == "w" or not path.exists()
    with path.open(mode, encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)


def commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True
    )
    return told.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--designs", default=",".join(ALL))
    parser.add_argument("--workers", type=int, default=1, choices=(1, 2))
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--fresh", action="store_true")
    asked = parser.parse_args()
    methods, designs = asked.methods.split(","), asked.designs.split(",")
    rows = read_rows(asked.results)
    if asked.fresh:
        rows = [r for r in rows if r["method"] not in methods or r["design"] not in designs]
        write_rows(rows, asked.results, "w")
    done = {(row["design"], row["method"], int(row["first"])) for row in rows}
    todo = [job for job in jobs(methods, designs, asked.studies) if job not in done]
    version = commit()
    with Pool(asked.workers) as pool:
        for count, row in enumerate(pool.imap(run_batch, todo), start=1):
            write_rows([row | {"commit": version}], asked.results, "a")
            told = f"{count}/{len(todo)} {row['design']} {row['method']} from {row['first']}"
            print(f"{told}: {row['covered']} of {row['estimates']} cover", flush=True)


if __name__ == "__main__":
    main()
