"""Complementary suppression on generated linked tables: is it safe, what is lost, how long?

    python benchmarks/disclosure.py [--tables 30] [--largest 10000] [--seconds 20]

Every table has three dimensions, two of them hierarchies, and is linked to a second one through
shared margins. Each pattern is attacked by an attack of its own (scipy's linear programmes on the
whole system, without presolve, witnesses or warm starts; on large tables a sample of the sensitive
cells is attacked so, the fast attack takes all) and compared with plain greedy suppression. Times
are of the processor: the machine may be shared.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from bearwitness.release.disclosure import flat_hierarchy, make_hierarchy, suppress
from bearwitness.release.disclosure.attack import find_bounds, find_exposed
from bearwitness.release.disclosure.cross import crossed_from_counts
from bearwitness.release.disclosure.linked import link_levels, link_tables
from bearwitness.release.disclosure.problem import make_problem
from bearwitness.release.disclosure.rules import DEFAULT_RULES


def suppress_greedily(problem):
    """What is done by hand: a sum with one withheld cell gets its smallest other one withheld too;
    then, while the attack succeeds, the smallest of each sum that an exposed cell is in."""
    hidden = problem.primary.copy()
    rows = problem.equations
    columns = rows.tocsc()

    def withhold_smallest(row):
        at = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
        left = at[~hidden[at] & problem.may_hide[at]]
        if len(left):
            hidden[left[np.argmin(problem.weights[left])]] = True
        return bool(len(left))

    while True:
        alone = np.flatnonzero(abs(rows) @ hidden.astype(float) == 1)
        while sum(withhold_smallest(row) for row in alone):
            alone = np.flatnonzero(abs(rows) @ hidden.astype(float) == 1)
        exposed = find_exposed(problem.system(hidden), problem.levels, problem.values)
        near = [
            row
            for cell in problem.levels.cells[exposed]
            for row in columns.indices[columns.indptr[cell] : columns.indptr[cell + 1]]
        ]
        if not [row for row in near if withhold_smallest(row)]:
            return hidden


def generate(seed, cells):
    """Two linked tables with about `cells` cells in all, counts uneven as in casebooks."""
    rng = np.random.default_rng(seed)
    kinds, ages = 3 + seed % 3, 6 + 2 * (seed % 4)
    sizes = lambda leaves, each: 1 + leaves + -(-leaves // each)  # noqa: E731
    places = 4
    while sizes(places + 1, 5) * sizes(ages, 3) * (kinds + 1) < cells * 0.97:
        places += 1
    trees = [
        make_hierarchy("place", [(f"c{i}", f"P{i // 5}") for i in range(places)]),
        make_hierarchy("age", [(f"a{i}", f"A{i // 3}") for i in range(ages)]),
        flat_hierarchy("kind", [f"k{i}" for i in range(kinds)]),
    ]
    shape = (places, ages, kinds, 4)
    shares = rng.gamma(0.9, 1.0, shape) * rng.lognormal(0, 0.7, (places, 1, 1, 1))
    people = rng.multinomial(20 * cells, (shares / shares.sum()).ravel()).reshape(shape)
    second = [trees[0], flat_hierarchy("way", [f"w{i}" for i in range(4)])]
    return [
        crossed_from_counts("by place, age and kind", trees, people.sum(axis=3)),
        crossed_from_counts("by place and way", second, people.sum(axis=(1, 2))),
    ]


def attack_plainly(problem, hidden, sample):
    """How many of the sampled sensitive cells a plain attacker finds known, or too narrow."""
    from tests.disclosed import plain_bounds

    levels, system = problem.levels, problem.system(hidden)
    chosen = np.arange(len(levels.cells))
    if len(chosen) > sample:
        chosen = np.random.default_rng(0).choice(chosen, sample, replace=False)
    ends = np.array([plain_bounds(system, levels.cells[i]) for i in chosen]).reshape(-1, 2)
    low, high = np.full(len(levels.cells), -np.inf), np.full(len(levels.cells), np.inf)
    low[chosen], high[chosen] = ends[:, 0], ends[:, 1]
    kept = levels.are_kept(problem.values[levels.cells], low, high)
    return len(chosen), int((ends[:, 0] == ends[:, 1]).sum()), int((~kept).sum())


def run_one(seed, cells, seconds, sample):
    tables = generate(seed, cells)
    linked = link_tables(tables)
    levels = link_levels(linked, tables, [DEFAULT_RULES] * len(tables))
    problem = make_problem(linked, levels)
    found = suppress(problem, seconds=seconds)
    started = process_time()
    bounds = find_bounds(problem.system(found.hidden), levels.cells)
    attacked = process_time() - started
    narrow = ~levels.are_kept(problem.values[levels.cells], bounds.low, bounds.high)
    sampled, known, broken = attack_plainly(problem, found.hidden, sample)
    started = process_time()
    greedy = problem.lost(suppress_greedily(problem))
    return {
        "cells": len(problem.values), "sensitive": len(levels.cells), "lost": found.lost,
        "greedy": greedy, "gap": found.gap, "seconds": found.seconds, "attack": attacked,
        "greedy_seconds": process_time() - started, "sampled": sampled,
        "known": known + int((bounds.low == bounds.high).sum()),
        "broken": broken + int(narrow.sum()),
    }  # fmt: skip


def main():
    parse = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parse.add_argument("--tables", type=int, default=30)
    parse.add_argument("--largest", type=int, default=10_000)
    parse.add_argument("--seconds", type=float, default=20.0)
    parse.add_argument("--sample", type=int, default=30)
    asked = parse.parse_args()
    print(f"{'cells':>7}{'sens.':>7}{'lost':>10}{'greedy':>10}{'ratio':>7}{'gap<=':>7}"
          f"{'s':>7}{'attack s':>9}{'known':>6}{'narrow':>7}")  # fmt: skip
    sizes = np.geomspace(200, asked.largest, asked.tables).round().astype(int)
    rows = []
    for seed, cells in enumerate(sizes.tolist()):
        row = run_one(seed, cells, asked.seconds, asked.sample)
        rows.append(row)
        print(f"{row['cells']:>7}{row['sensitive']:>7}{row['lost']:>10.0f}{row['greedy']:>10.0f}"
              f"{row['lost'] / max(row['greedy'], 1):>7.2f}{row['gap']:>7.0%}{row['seconds']:>7.1f}"
              f"{row['attack']:>9.1f}{row['known']:>6}{row['broken']:>7}", flush=True)  # fmt: skip
    lost, greedy = (sum(row[k] for row in rows) for k in ("lost", "greedy"))
    print(f"\n{len(rows)} pairs of linked tables: {sum(r['known'] for r in rows)} cells known, "
          f"{sum(r['broken'] for r in rows)} ranges too narrow; lost {lost:,.0f}, greedy "
          f"{greedy:,.0f}: {lost / greedy:.2f} of it; slowest {max(r['seconds'] for r in rows):.0f}"
          " s")  # fmt: skip


if __name__ == "__main__":
    main()
