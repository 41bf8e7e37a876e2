"""Many linkages in, one answer out: doubt about who is who must reach the interval."""

from dataclasses import replace

import numpy as np
import pytest

from bearwitness.estimation import (
    Chapman,
    Decomposable,
    Independence,
    SparseBayes,
    Stepwise,
    Verdict,
    average_linkages,
    read_histories,
    split_draws,
)
from bearwitness.estimation.decomposable.posterior import find_posterior, weigh_graphs
from bearwitness.estimation.draws import draws_of, share_between
from bearwitness.estimation.pooling.linkages import split_variance

ONE = {"a": 80, "b": 61, "c": 47, "a+b": 23, "a+c": 19, "b+c": 12, "a+b+c": 7}


def drawn(*tables):
    return [
        {"pattern": pattern, "count": count, "draw": draw}
        for draw, table in enumerate(tables)
        for pattern, count in table.items()
    ]


def shifted(people):
    """The same lists, where the linkage finds `people` more pairs on a and b."""
    return ONE | {"a": 80 - people, "b": 61 - people, "a+b": 23 + people}


def test_one_linkage_is_estimated_as_it_stands():
    assert average_linkages(Independence(), drawn(ONE)) == Independence().fit(drawn(ONE))


def test_equal_linkages_give_the_answer_of_one_and_no_variance_between():
    answer = average_linkages(Independence(), drawn(ONE, ONE, ONE, ONE))
    alone = Independence().fit(drawn(ONE))
    assert answer.estimate == pytest.approx(alone.estimate, rel=0.02)
    assert answer.upper == pytest.approx(alone.upper, rel=0.05)
    assert (
        answer.details["variance"]["between_linkages"] < 0.02 * answer.details["variance"]["total"]
    )


def test_linkages_that_differ_widen_the_interval():
    alone = Independence().fit(drawn(ONE))
    answer = average_linkages(
        Independence(), drawn(ONE, *(shifted(k) for k in (-15, -8, 0, 8, 15)))
    )
    assert answer.upper - answer.lower > 1.3 * (alone.upper - alone.lower)
    assert answer.details["variance"]["between_linkages"] > 0


def test_linkages_without_an_estimate_are_not_left_out():
    bare = {"a": 80, "b": 61, "c": 47}
    answer = average_linkages(Independence(), drawn(ONE, ONE, bare))
    assert answer.verdict is Verdict.NO_ESTIMATE
    assert answer.reasons[0] == "1 of 2 linkages allow no estimate"


def test_the_best_linkage_is_no_draw():
    tables = split_draws(drawn(ONE, shifted(5)))
    assert [draw for draw, _ in tables] == [0, 1]
    answer = average_linkages(Independence(), drawn(shifted(15), ONE, ONE))
    assert answer.estimate == pytest.approx(Independence().fit(drawn(ONE)).estimate, rel=0.02)


def test_the_split_is_the_law_of_total_variance():
    random = np.random.default_rng(1)
    means = random.normal(1000, 30, 400)[:, None]
    parts = split_variance(means + random.normal(0, 40, (400, 500)))
    assert parts["within_linkage"] == pytest.approx(40**2, rel=0.03)
    assert parts["between_linkages"] == pytest.approx(30**2, rel=0.2)
    assert parts["total"] == parts["within_linkage"] + parts["between_linkages"]


def test_draws_of_a_method_without_any_reach_its_interval():
    answer = Chapman().fit([{"pattern": p, "count": c} for p, c in
                            {"a": 61, "b": 47, "a+b": 23}.items()])  # fmt: skip
    draws = draws_of(answer, count=40_000)
    assert np.quantile(draws, [0.025, 0.5, 0.975]) == pytest.approx(
        [answer.lower, answer.estimate, answer.upper], rel=0.01
    )


def test_the_part_between_models_is_the_law_of_total_variance():
    random = np.random.default_rng(2)
    models = random.integers(0, 4, 40_000)
    totals = 1000 + 50 * models + random.normal(0, 30, 40_000)
    share = share_between(totals, models.tolist())
    assert share == pytest.approx(50**2 * 1.25 / (50**2 * 1.25 + 30**2), rel=0.03)
    assert share_between(totals, ["the same"] * len(totals)) < 1e-12


def test_models_that_make_no_difference_have_no_part_in_the_variance():
    random = np.random.default_rng(3)
    models = random.integers(0, 300, 1000).tolist()  # three draws a model: noise, taken off
    assert share_between(random.normal(1000, 30, 1000), models) < 0.08


@pytest.mark.parametrize(
    "estimator", [Decomposable(), SparseBayes(draws=2000), Stepwise(replicates=100)]
)
def test_methods_that_choose_or_average_models_say_how_much_they_disagree(estimator):
    tables = drawn(ONE, *(shifted(k) for k in (-6, 0, 6)))
    variance = average_linkages(estimator, tables).details["variance"]
    assert 0 <= variance["within_between_models"] <= variance["within_linkage"]


def test_a_method_with_one_model_leaves_that_part_out():
    variance = average_linkages(Independence(), drawn(ONE, ONE, ONE)).details["variance"]
    assert "within_between_models" not in variance


def test_the_part_between_graphs_is_what_a_plain_sum_over_graphs_gives():
    seen = read_histories([{"pattern": p, "count": c} for p, c in ONE.items()]).reordered()
    table = Decomposable()._table(seen)
    posterior = find_posterior(table)
    unseen = np.arange(3000.0)
    chances, means, squares = [], [], []
    for graph in posterior.graphs[:-1]:
        alone = weigh_graphs(table, unseen, np.array([graph, posterior.graphs[-1]]))
        density = alone.others / alone.others.sum()
        chances.append(posterior.probabilities[list(posterior.graphs).index(graph)])
        means.append(density @ unseen)
        squares.append(density @ unseen**2)
    chances, means, squares = np.array(chances) / sum(chances), np.array(means), np.array(squares)
    between = chances @ (means - chances @ means) ** 2
    share = between / (chances @ squares - (chances @ means) ** 2)
    assert posterior.share_between(saturated=False) == pytest.approx(share, rel=0.01)


def test_a_bootstrap_is_pooled_as_its_interval_says():
    # BCa limits are no quantiles of the replicates; a pooled answer must not fall back to those.
    few = {"a": 12, "b": 9, "c": 30, "a+b": 4, "a+c": 2, "b+c": 3}
    answer = Stepwise(replicates=400).fit([{"pattern": p, "count": c} for p, c in few.items()])
    draws = draws_of(answer, count=len(answer.draws.ravel()))
    found = np.quantile(draws, [0.025, 0.5, 0.975])
    assert found == pytest.approx([answer.lower, answer.estimate, answer.upper], rel=0.02)


def test_draws_that_pile_up_are_not_stretched_without_end():
    answer = Chapman().fit([{"pattern": p, "count": c} for p, c in
                            {"a": 61, "b": 47, "a+b": 23}.items()])  # fmt: skip
    piled = np.full((1, 1000), answer.estimate)
    piled[0, :10] = answer.observed + 1.0
    piled[0, -10:] = 10 * answer.estimate
    draws = draws_of(replace(answer, draws=piled), count=1000)
    assert np.isfinite(draws).all() and draws.max() < 100 * answer.estimate
