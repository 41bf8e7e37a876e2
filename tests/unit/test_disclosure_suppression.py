"""Complementary suppression: safe by the plain attack, better than greedy, best where proved."""

from itertools import product

import numpy as np
import pytest
from benchmarks.disclosure import run_one, suppress_greedily
from tests.disclosed import generated, plain_bounds, problem_of

from bearwitness.release.disclosure import flat_hierarchy, suppress
from bearwitness.release.disclosure.attack import find_exposed
from bearwitness.release.disclosure.cross import crossed_from_counts
from bearwitness.release.disclosure.linked import link_tables
from bearwitness.release.disclosure.problem import make_problem
from bearwitness.release.disclosure.rules import Levels


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rounding", [1, 5])
def test_every_sensitive_cell_keeps_its_range_under_a_plain_attack(seed, rounding):
    problem = problem_of(generated(seed), rounding=rounding, threshold=10)
    found = suppress(problem, seconds=1)
    levels, system = problem.levels, problem.system(found.hidden)
    ranges = np.array([plain_bounds(system, cell) for cell in levels.cells])
    assert levels.are_kept(problem.values[levels.cells], ranges[:, 0], ranges[:, 1]).all()
    assert found.hidden[levels.cells].all()
    assert not found.hidden[problem.values == 0].any()
    assert found.bound <= found.lost


def test_less_is_lost_than_by_plain_greedy_suppression():
    problems = [problem_of(generated(seed, people=900)) for seed in range(2)]
    ours = sum(p.lost(suppress(p, seconds=1).hidden) for p in problems)
    assert ours < sum(p.lost(suppress_greedily(p)) for p in problems)


def test_the_exact_answer_is_the_best_of_all_patterns_tried_one_by_one():
    counts = np.array([[3, 12, 15], [20, 11, 30]])
    table = crossed_from_counts(
        "t", [flat_hierarchy("a", "xy"), flat_hierarchy("b", "uvw")], counts
    )
    problem = problem_of(table)
    free = np.flatnonzero(~problem.primary)
    best = np.inf
    for chosen in product([False, True], repeat=len(free)):
        hidden = problem.primary.copy()
        hidden[free] = chosen
        if problem.lost(hidden) < best:
            system = problem.system(hidden)
            if not len(find_exposed(system, problem.levels, problem.values)):
                best = problem.lost(hidden)
    found = suppress(problem, seconds=10)
    assert found.is_proved
    assert found.lost == best


def published_example(upper, lower):
    """Figure 1 of Fischetti and Salazar-Gonzalez 2001, Management Science 47(7), taken there from
    Willenborg and de Waal 1996: investment by activity I-III and region A-C; (II, C) is 22."""
    counts = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
    trees = [flat_hierarchy("activity", ("I", "II", "III")), flat_hierarchy("region", "ABC")]
    table = crossed_from_counts("investment", trees, counts)
    secret = table.keys.index((("activity", "II"), ("region", "C")))
    one = np.array([float(secret)])
    levels = Levels(
        cells=one.astype(int), lower=one * 0 + lower, upper=one * 0 + upper, width=one * 0,
        rule=one.astype(int) * 0,
    )  # fmt: skip
    return table, make_problem(link_tables([table]), levels)


def test_a_published_table_is_protected_at_the_least_loss():
    table, problem = published_example(upper=3, lower=5)
    found = suppress(problem, seconds=10)
    names = {table.keys[i] for i in np.flatnonzero(found.hidden)}
    square = {(("activity", a), ("region", r)) for a in ("II", "III") for r in "AC"}
    assert names == square
    assert found.is_proved
    assert found.lost + 22 == 8 + 22 + 17 + 12


def test_linked_tables_are_protected_together():
    rng = np.random.default_rng(3)
    people = rng.multinomial(400, rng.dirichlet(np.ones(24))).reshape(2, 3, 4)
    a, b, c = (
        flat_hierarchy(n, [f"{n}{i}" for i in range(k)])
        for n, k in zip("abc", (2, 3, 4), strict=True)
    )
    tables = [
        crossed_from_counts("by a and b", [a, b], people.sum(axis=2)),
        crossed_from_counts("by b and c", [b, c], people.sum(axis=0)),
    ]
    problem = problem_of(*tables)
    shared = set(tables[0].keys) & set(tables[1].keys)
    assert len(shared) == 4, "everybody, and each category of b"
    assert len(problem.values) == sum(t.people.size for t in tables) - 4
    found = suppress(problem, seconds=1)
    system, levels = problem.system(found.hidden), problem.levels
    for cell, low, high in ((c, *plain_bounds(system, c)) for c in levels.cells):
        position = levels.cells.tolist().index(cell)
        assert high >= problem.values[cell] + levels.upper[position]
        assert high - low >= levels.width[position]


@pytest.mark.parametrize(("seed", "cells"), [(0, 240), (3, 260)])
def test_the_benchmark_on_small_tables(seed, cells):
    found = run_one(seed, cells, 1, 5)
    assert found["known"] == found["broken"] == 0
    assert found["lost"] <= found["greedy"]
