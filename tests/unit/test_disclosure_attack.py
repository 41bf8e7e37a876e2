"""The attack finds what can be found: beside a plain one, and beside trying every table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.disclosed import all_fitting, generated, plain_bounds, problem_of

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure import System, find_bounds, flat_hierarchy
from bearwitness.release.disclosure.attack import find_exposed
from bearwitness.release.disclosure.cross import crossed_from_counts, table_equations


def some_hidden(problem, seed, share=0.3):
    rng = np.random.default_rng(seed)
    return problem.primary | (problem.may_hide & (rng.random(len(problem.values)) < share))


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from([1, 5]))
def test_the_fast_attack_and_a_plain_one_agree(seed, rounding):
    problem = problem_of(generated(seed, places=4, people=300), rounding=rounding, threshold=10)
    system = problem.system(some_hidden(problem, seed))
    targets = problem.levels.cells[:6]
    found = find_bounds(system, targets)
    for cell, low, high, whole in zip(targets, found.low, found.high, found.whole, strict=True):
        plain = plain_bounds(system, cell)
        if whole:  # the fast one may know more: that people are whole
            assert plain[0] <= low <= problem.values[cell] <= high <= plain[1]
        else:
            assert (low, high) == plain


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10_000))
def test_what_is_called_exposed_is_what_the_bounds_say(seed):
    problem = problem_of(generated(seed, places=4, people=300))
    system, levels = problem.system(some_hidden(problem, seed, 0.5)), problem.levels
    bounds = find_bounds(system, levels.cells)
    kept = levels.are_kept(problem.values[levels.cells], bounds.low, bounds.high)
    exposed = set(find_exposed(system, levels, problem.values).tolist())
    assert exposed <= set(np.flatnonzero(~kept).tolist()) | set(np.flatnonzero(~bounds.whole))
    assert set(np.flatnonzero(~kept).tolist()) <= exposed


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.integers(0, 2**9 - 1))
def test_trying_every_table_gives_the_same_range(leaves, mask):
    table = crossed_from_counts(
        "t", [flat_hierarchy("a", "xy"), flat_hierarchy("b", "uv")], np.array(leaves)
    )
    hidden = np.array([mask >> i & 1 for i in range(9)], bool)
    low = np.where(hidden, 0, table.people)
    high = np.where(hidden, 12, table.people)
    sums = np.kron(table.dimensions[0].membership, table.dimensions[1].membership).T
    fitting = np.array(list(all_fitting(4, sums, low, high, 12)))
    found = find_bounds(System.of_sums(table.equations(), low, high), np.arange(9))
    assert found.whole.all(), "a table of two dimensions has whole corners"
    assert (found.low == fitting.min(axis=0)).all()
    assert (found.high == fitting.max(axis=0)).all()


def test_printed_numbers_that_contradict_each_other_are_an_error():
    equations = table_equations([flat_hierarchy("a", "xyz")])
    low = np.array([10.0, 3.0, 1.0, 1.0])
    with pytest.raises(DisclosureUnsafe, match="contradicts itself"):
        find_bounds(System.of_sums(equations, low, np.array([10.0, 3.0, 2.0, 2.0])), np.arange(4))


def test_nothing_limits_a_cell_whose_total_is_withheld():
    equations = table_equations([flat_hierarchy("a", "xy")])
    low, high = np.array([1.0, 1.0, 5.0]), np.array([np.inf, np.inf, 5.0])
    found = find_bounds(System.of_sums(equations, low, high), np.array([1]))
    assert (found.low[0], found.high[0]) == (1, np.inf)
