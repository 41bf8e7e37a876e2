"""How fast the estimators are: against the reference packages, a plain way, and a floor.

    python benchmarks/estimation.py [--rounds 5] [--page]

Seconds are of processor time, medians of the rounds. The reference's seconds were recorded on a
machine of two cores too, for tests/vectors/references.toml (how: shared/ESTIMATION.md, sections 5
and 8); those marked * are by the clock on the wall, other work going on, so an upper bound. The
floor is what the arithmetic alone costs here, measured in the same round: see `floor`. With --page
the tables in docs/explanation/speed.md are written anew.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import plain

from bearwitness.estimation import Histories, LatentClass, make_estimator
from bearwitness.estimation.checks.influence import leave_one_list_out, merge_two_lists
from bearwitness.estimation.decomposable import posterior
from bearwitness.estimation.decomposable.graphs import decomposable_graphs
from bearwitness.estimation.latent.classes import unseen_given
from bearwitness.estimation.latent.convergence import bulk_size, tail_size
from bearwitness.estimation.latent.likelihood import Prior
from bearwitness.estimation.latent.sampler import Groups
from bearwitness.estimation.latent.states import beside
from bearwitness.estimation.loglinear import fit
from bearwitness.estimation.loglinear.criterion import rank_models
from bearwitness.estimation.loglinear.selection import hierarchical_models

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "speed.md"
REFERENCES = tomllib.loads((ROOT / "tests/vectors/references.toml").read_text("utf-8"))["tables"]
COLUMNS = ("task", "ours, s", "reference, s", "ratio", "target, s", "floor, s", "ours / floor")


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something timed. `reference` is in seconds, with its package; `target` is of issue 3."""

    title: str
    work: Callable[[], Any]
    reference: tuple[float, str] | None = None
    target: float | None = None
    floor: Callable[[], float] | None = None


def table(name: str) -> Histories:
    data = REFERENCES[name]
    counts = np.zeros(2 ** len(data["lists"]) - 1)
    for history, people in data["counts"].items():
        counts[sum(1 << bit for bit, digit in enumerate(history) if digit == "1") - 1] = people
    return Histories.from_counts(tuple(data["lists"]), counts).sealed()


def seven_lists() -> Histories:
    """The six-list UK table with its largest list split at random: one in ten is on both halves."""
    six = table("UKdat")
    largest = max(range(6), key=lambda bit: six.people[six.patterns >> bit & 1 == 1].sum())
    random, counts = np.random.default_rng(5), np.zeros(127)
    for pattern, people in zip(six.patterns.tolist(), six.people, strict=True):
        kinds = [pattern, pattern ^ (1 << largest) | 64, pattern | 64]
        shares = (0.45, 0.45, 0.1) if pattern >> largest & 1 else (1, 0, 0)
        for kind, some in zip(kinds, random.multinomial(int(people), shares), strict=True):
            counts[kind - 1] += some
    return Histories.from_counts((*six.lists, "half"), counts).sealed()


def tasks() -> list[Task]:
    return [
        *(stepwise(*row) for row in (("Korea", None), ("Kosovo", None), ("UKdat_5", 0.5))),
        stepwise("UKdat", 2.0),
        averaging("UKdat_5", 0.02, (4.445, "dga, grid to 30 n")),
        averaging("UKdat", 0.3, None),
        every_model("Kosovo", (3.42, "MultipleSystemsEstimation*"), None),
        every_model("UKdat_5", (25.0, "MultipleSystemsEstimation*"), 0.5),
        bic_interval(),
        omissions_and_mergers(),
    ]


def stepwise(name: str, target: float | None) -> Task:
    seen, [row] = table(name), rows_of(name, "SparseMSE", "estimatepopulation BCa")
    estimator = make_estimator("stepwise")
    return Task(
        title=f"stepwise, 1,000 BCa replicates or as many as its limits ask: {name}",
        work=afresh(lambda: estimator.fit(seen)),
        reference=(row["seconds"], "SparseMSE" + "*" * (row.get("clock") == "wall")),
        target=target,
        floor=lambda: solves_alone(lambda: estimator.fit(seen)),
    )


def averaging(name: str, target: float, reference: tuple[float, str] | None) -> Task:
    seen = table(name)
    graphs = decomposable_graphs(len(seen.lists)).shape[0]
    estimator = make_estimator("decomposable")
    return Task(
        title=f"average over {graphs:,} decomposable graphs: {name}",
        work=lambda: estimator.fit(seen),
        reference=reference,
        target=target,
        floor=lambda: sums_alone(lambda: estimator.fit(seen)),
    )


def every_model(name: str, reference: tuple[float, str], target: float | None) -> Task:
    seen = table(name).reordered()
    lists = len(seen.lists)
    penalty = np.log(seen.observed)

    def work() -> Any:
        models = hierarchical_models(lists, lists - 1)
        return rank_models(lists, seen.counts[None, :], models, penalty=penalty, keep=50)

    count = len(hierarchical_models(lists, lists - 1))
    return Task(
        title=f"BIC of all {count:,} hierarchical models: {name}",
        work=afresh(work),
        reference=reference,
        target=target,
        floor=lambda: solves_alone(work),
    )


def bic_interval() -> Task:
    seen, [row] = table("Kosovo"), rows_of("Kosovo", "MultipleSystemsEstimation", "bic BCa")
    estimator = make_estimator("bic")
    return Task(
        title="BIC, 1,000 BCa replicates or as many as its limits ask (32,294): Kosovo",
        work=afresh(lambda: estimator.fit(seen)),
        reference=(row["seconds"], "MultipleSystemsEstimation*"),
        floor=lambda: solves_alone(lambda: estimator.fit(seen)),
    )


def omissions_and_mergers() -> Task:
    seen, estimator = table("UKdat"), make_estimator("decomposable")

    def work() -> Any:
        return (
            estimator.fit(seen),
            leave_one_list_out(estimator, seen),
            merge_two_lists(estimator, seen),
        )

    return Task(
        title="UKdat whole, without each list, with each two as one: 22 averages",
        work=work,
        target=0.5,
        floor=lambda: sums_alone(work),
    )


def rows_of(name: str, package: str, what: str) -> list[dict[str, Any]]:
    rows = REFERENCES[name]["rows"]
    return [row for row in rows if row["package"] == package and row["what"] == what]


def afresh(work: Callable[[], Any]) -> Callable[[], Any]:
    """With nothing remembered of models and their existence, so that every round pays for it."""

    def fresh() -> Any:
        plain.forget()
        hierarchical_models.cache_clear()
        return work()

    return fresh


def solves_alone(work: Callable[[], Any]) -> float:
    """The floor of Newton's method: its systems of equations, solved by LAPACK and nothing else.

    As many, and as large, as `work` solves; on matrices made up beforehand.
    """
    shapes: list[tuple[int, ...]] = []
    solve = np.linalg.solve

    def noted(matrices: Any, sides: Any) -> Any:
        shapes.append(matrices.shape)
        return solve(matrices, sides)

    with mock.patch.object(fit.np.linalg, "solve", noted):
        work()
    seconds = 0.0
    for shape in shapes:
        matrices = np.broadcast_to(np.eye(shape[-1]) + 1.0, shape).copy()
        sides = np.ones((*shape[:-1], 1))
        seconds += clock(lambda m=matrices, s=sides: solve(m, s))
    return seconds


def sums_alone(work: Callable[[], Any]) -> float:
    """The floor of the averages: each log density added up, before any exponential.

    Of the graphs and grids that `work` visits, with the terms of each set of lists at hand.
    """
    visits: list[tuple[Any, int]] = []
    logs = posterior._logs

    def noted(table: Any, rows: Any, unseen: Any) -> Any:
        visits.append((rows, len(unseen)))
        return logs(table, rows, unseen)

    with mock.patch.object(posterior, "_logs", noted):
        work()
    seconds = 0.0
    for rows, points in visits:
        terms = np.zeros((rows.shape[1], points))
        step = max(1, posterior._AT_ONCE // points)
        parts = [rows[at : at + step] for at in range(0, rows.shape[0], step)]
        seconds += clock(lambda p=parts, t=terms: deque((some @ t for some in p), maxlen=0))
    return seconds


def clock(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measured(task: Task, rounds: int) -> tuple[str, ...]:
    task.work()
    ours = statistics.median(clock(task.work) for _ in range(rounds))
    floor = statistics.median(task.floor() for _ in range(rounds)) if task.floor else None
    return row_of(task.title, ours, task.reference, task.target, floor)


def row_of(
    title: str,
    ours: float,
    reference: tuple[float, str] | None,
    target: float | None,
    floor: float | None,
) -> tuple[str, ...]:
    return (
        title,
        f"{ours:.3g}",
        f"{reference[0]:.3g} ({reference[1]})" if reference else "none offers it",
        f"{reference[0] / ours:,.0f}" if reference else "",
        f"{target:g}" if target else "",
        f"{floor:.3g}" if floor else "",
        f"{ours / floor:.1f}" if floor else "",
    )


# In a process of its own: what a first use costs, and how much memory.

_SEVEN = """
import json, resource, time
import estimation as b
seen = b.seven_lists()
start = time.process_time()
b.make_estimator("decomposable", most_lists=7).fit(seen)
first = time.process_time() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
again = lambda: b.make_estimator("decomposable", most_lists=7).fit(seen)
print(json.dumps([first, b.clock(again), memory, b.sums_alone(again)]))
"""
_COLD = """
import bearwitness as bw
bw.make_estimator("stepwise").fit({"pattern": ["a", "b", "c", "a+b", "a+c", "b+c", "a+b+c"],
                                   "count": [80, 61, 47, 23, 19, 12, 7]})
"""
_BARE = "import numpy, pyarrow.compute, scipy.special, numpy.random"


def alone(program: str, **settings: str) -> tuple[float, str]:
    """Processor seconds of a fresh interpreter, start included, and what it printed."""
    command = [sys.executable, "-c", program]
    before = children()
    done = subprocess.run(
        command,
        cwd=Path(__file__).parent,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return children() - before, done.stdout


def children() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def alone_rows(rounds: int) -> list[tuple[str, ...]]:
    first, again, memory, floor = json.loads(alone(_SEVEN)[1])
    cold = statistics.median(alone(_COLD)[0] for _ in range(rounds))
    bare = statistics.median(alone(_BARE)[0] for _ in range(rounds))
    title = "average over 617,675 graphs: UKdat, its largest list split"
    return [
        row_of(f"{title}; graphs listed first; {memory:.2f} GB", first, None, 30, None),
        row_of(f"{title}; graphs at hand", again, None, None, floor),
        row_of("from nothing to a first stepwise answer: three lists", cold, None, 2, bare),
    ]


def effective_rows() -> list[tuple[str, ...]]:
    """Effective draws of the total a second, warming up counted: a long run, and a whole fit.

    Of bulk and tails the fewer. With (1, 1) it is the posterior that LCMCR draws from; without,
    our default. What is compiled and imported at a first fit is not of these runs: `first_fit`.
    """
    rows: list[tuple[str, ...]] = []
    LatentClass(chains=8, draws=250).fit(table("Korea"))
    for name, theirs, target in (("Kosovo", 70, 1000), ("Diabetes", 17, 300)):
        for capture in (None, (1.0, 1.0)):
            estimator = LatentClass(capture=capture)
            answers: list[Any] = []
            used = clock(lambda e=estimator, n=name, a=answers: a.append(e.fit(table(n))))
            details = answers[0].details
            whole = min(details["ess_bulk"], details["ess_tail"])
            effective, of_all, of_busier = long_run(table(name), capture)
            rows.append(
                (
                    f"{name}, {'Beta(1, 1), as LCMCR' if capture else 'our default prior'}",
                    f"{effective / of_all:,.0f}",
                    f"{effective / of_busier:,.0f}",
                    f"{whole / used:,.0f} ({used:.2f} s)",
                    f"{theirs}" if capture else "",
                    f"{target:,}",
                )
            )
    return rows


def long_run(seen: Any, capture: tuple[float, float] | None) -> tuple[float, float, float]:
    """Of 16 chains warmed up and then run 800 times each: effective draws; seconds of all threads;
    seconds of the one that has most to do, with what no other can do meanwhile.
    """
    random = np.random.default_rng(1)
    chains, traces = Groups(seen.reordered(), Prior(capture=capture), chains=16, random=random), []

    def draw(sampler: Any) -> None:
        sampler.warm(100)
        traces.append(sampler.run(800))

    each = [clock(lambda s=sampler: draw(s)) for sampler in chains.samplers]
    sizes: list[float] = []

    def look() -> None:
        totals = seen.observed + unseen_given(beside(traces).seen, seen.observed, random)
        sizes.extend([bulk_size(totals), tail_size(totals)])

    after = clock(look)
    return min(sizes), sum(each) + after, max(each) + after


_FIRST = """
import time, estimation as b
start = time.process_time()
b.LatentClass().fit(b.table("Kosovo"))
print(time.process_time() - start)
"""


def first_fit() -> str:
    """What a first fit costs in a new process: with nothing compiled, then with it on the disk."""
    with tempfile.TemporaryDirectory() as empty:
        first, again = (
            float(alone(_FIRST, NUMBA_CACHE_DIR=empty)[1]) for _ in ("compiled", "from the disk")
        )
    return (
        f"A first fit of Kosovo takes {first:.1f} s of the processor where nothing is compiled, "
        f"once after each installation, and {again:.1f} s in each new process after that."
    )


def as_text(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def machine() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    cpu = found[1] if found else platform.processor()
    today = datetime.datetime.now(datetime.UTC).date()
    return (
        f"{today:%-d %B %Y}: {cpu}, Python {platform.python_version()}, numpy {np.__version__}, "
        "processor time."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--latent", action="store_true", help="only the table on latent classes")
    asked = parser.parse_args()
    parts = {"effective": latent_table()} if asked.latent else every_table(asked.rounds)
    for name, text in parts.items():
        print(text)
        if asked.page:
            write(name, text)


def every_table(rounds: int) -> dict[str, str]:
    rows = [measured(task, rounds) for task in tasks()] + alone_rows(rounds)
    columns = ("task", "ours, ms", "plain way, ms", "ratio")
    return {
        "machine": machine() + "\n",
        "reference": as_text(COLUMNS, rows),
        "effective": latent_table(),
        "plain": as_text(columns, plain.rows(rounds)),
    }


def latent_table() -> str:
    columns = (
        "latent classes: effective draws of the total a second",
        "a long run, by the time of both threads",
        "by that of the busier",
        "a whole fit as by default, by the time of both",
        "LCMCR, a long run",
        "target",
    )
    return f"{machine()}\n\n" + as_text(columns, effective_rows()) + f"\n{first_fit()}\n"


def write(name: str, text: str) -> None:
    page = PAGE.read_text("utf-8")
    found = rf"(<!-- table: {name} -->\n).*?(<!-- end -->)"
    PAGE.write_text(re.sub(found, lambda m: m[1] + text + m[2], page, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
