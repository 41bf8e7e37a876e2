"""Simulation-based calibration of the graph average, with its prior drawn from by plain code."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from bearwitness.estimation import Decomposable, Histories
from bearwitness.estimation.checks.ranks import rank_check
from bearwitness.estimation.estimate import Estimate

WEIGHT, LISTS, WITHIN = 1.0, 3, (100, 3000)
# Cliques of every graph on three lists but the complete one, each list in the order of a tree.
GRAPHS = [
    [(0,), (1,), (2,)],
    [(0, 1), (2,)], [(0, 2), (1,)], [(1, 2), (0,)],
    [(0, 1), (1, 2)], [(0, 1), (0, 2)], [(0, 2), (1, 2)],
]  # fmt: skip


def hyper_dirichlet(random, cliques):
    """Chances of all patterns: each clique Dirichlet, given what it shares with those before."""
    chances, known = np.ones(2**LISTS), set()
    for clique in cliques:
        shared = [bit for bit in clique if bit in known]
        fresh = [bit for bit in clique if bit not in known]
        weight = WEIGHT * 2 ** (LISTS - len(clique))
        for given in range(2 ** len(shared)):
            drawn = random.dirichlet([weight] * 2 ** len(fresh))
            for cell in range(2**LISTS):
                if all((cell >> bit & 1) == (given >> i & 1) for i, bit in enumerate(shared)):
                    place = sum((cell >> bit & 1) << i for i, bit in enumerate(fresh))
                    chances[cell] *= drawn[place]
        known |= set(clique)
    return chances


def prior(random):
    """Total as 1/N, any graph but the complete one, chances by the graph, a table."""
    sizes = np.arange(WITHIN[0], WITHIN[1] + 1)
    total = int(random.choice(sizes, p=(1 / sizes) / (1 / sizes).sum()))
    chances = hyper_dirichlet(random, GRAPHS[random.integers(len(GRAPHS))])
    counts = random.multinomial(total, chances)[1:]
    return float(total), Histories.from_counts(("a", "b", "c"), counts).sealed()


@pytest.mark.parametrize("cliques", GRAPHS)
def test_the_prior_drawn_here_is_a_distribution_that_the_graph_allows(cliques):
    chances = hyper_dirichlet(np.random.default_rng(1), cliques)
    assert chances.sum() == pytest.approx(1)
    if len(cliques) == 3:
        odd = chances[0b001] * chances[0b110]
        assert odd == pytest.approx(chances[0b000] * chances[0b111])


def test_the_truth_ranks_evenly_among_draws_of_the_graph_average():
    found = rank_check(prior, Decomposable(weight=WEIGHT), within=WITHIN, studies=600)
    assert len(found.ranks) > 350
    assert found.probability > 0.01
    middle = np.mean(found.ranks) / 99
    assert abs(middle - 0.5) < 4 / math.sqrt(12 * len(found.ranks))


def test_a_wrong_prior_shows():
    """The same truths, seen by a method that expects many people in few patterns."""
    found = rank_check(prior, Decomposable(weight=0.01), within=WITHIN, studies=600)
    assert found.probability < 0.01


@dataclass(frozen=True)
class Exact:
    """Draws from the truth's own distribution, or from one too narrow."""

    narrow: float = 1.0

    def fit(self, table):
        random = np.random.default_rng(table.observed)
        draws = 500 + self.narrow * random.standard_normal(400) * 100
        fixed = {"method": "m", "observed": 1, "level": 0.95, "assumption": "a", "lists": ("a",)}
        return Estimate(**fixed, draws=draws.reshape(1, -1))


def gaussian(random):
    truth = 500 + 100 * random.standard_normal()
    return truth, Histories.from_counts(("a", "b"), [random.integers(1, 10**6), 1, 1]).sealed()


@pytest.mark.parametrize(("narrow", "even"), [(1.0, True), (0.7, False), (1.5, False)])
def test_a_posterior_too_narrow_or_too_wide_shows(narrow, even):
    found = rank_check(gaussian, Exact(narrow), within=(-9e9, 9e9), studies=500)
    assert (found.probability > 0.01) == even
