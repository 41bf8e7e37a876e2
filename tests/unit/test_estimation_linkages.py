"""Many linkages in, one answer out: doubt about who is who must reach the interval."""

import numpy as np
import pytest

from bearwitness.estimation import Chapman, Independence, Verdict, average_linkages, split_draws
from bearwitness.estimation.draws import draws_of
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
