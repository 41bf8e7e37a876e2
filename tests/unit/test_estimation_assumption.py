"""The curve over the odds ratio of all lists at once: its derivation, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import EstimateRefused, StudyInvalid
from bearwitness.estimation import Chapman, Decomposable, Independence, LogLinear, Stepwise
from bearwitness.estimation.checks.assumption import (
    ODDS_RATIOS,
    fixes_ratio_at_one,
    sensitivity_curve,
    unseen_without_highest,
)
from bearwitness.estimation.design import active_cells, columns_of
from bearwitness.estimation.loglinear.fit import fit_poisson
from bearwitness.estimation.loglinear.selection import hierarchical_models
from bearwitness.estimation.sparse.averaging import SparseBayes

TWO = {"pattern": ["a", "b", "a+b"], "count": [61, 47, 23]}
THREE = {
    "pattern": ["a", "b", "c", "a+b", "a+c", "b+c", "a+b+c"],
    "count": [80, 61, 47, 23, 19, 12, 7],
}
MODELS = {lists: hierarchical_models(lists, lists - 1) for lists in (2, 3, 4)}


@given(st.data(), st.integers(2, 4))
@settings(deadline=None)
def test_the_unseen_of_every_log_linear_model_is_odd_over_even_of_its_fit(data, lists):
    cells = 2**lists - 1
    counts = data.draw(st.lists(st.integers(1, 60), min_size=cells, max_size=cells))
    terms = data.draw(st.sampled_from(MODELS[lists]))
    fits = fit_poisson(
        columns_of(lists, terms), np.array([counts], dtype=float), active_cells(lists, ())[None, :]
    )
    expected = unseen_without_highest(lists, fits.fitted)
    np.testing.assert_allclose(fits.unseen, expected, rtol=1e-6)


@pytest.mark.parametrize(
    "estimator",
    [Independence(), LogLinear(interactions=(("a", "b"),)), SparseBayes(draws=1000)],
    ids=lambda e: type(e).__name__,
)
def test_the_unseen_is_multiplied_and_one_is_the_estimate_itself(estimator):
    answer = estimator.fit(THREE)
    curve = sensitivity_curve(THREE, answer, odds_ratios=(0.5, 1, 3))
    assert curve.estimate[1] == pytest.approx(answer.estimate)
    assert (curve.lower[1], curve.upper[1]) == pytest.approx((answer.lower, answer.upper))
    assert curve.estimate[2] == pytest.approx(249 + 3 * answer.unseen)
    assert curve.upper[0] == pytest.approx(249 + (answer.upper - 249) / 2)


def test_two_lists_with_a_known_odds_ratio_are_recovered():
    # 20,000 people; the odds of b are twice as high for those on a.
    on_a, b_off_a = 0.3, 0.2
    odds = 2 * b_off_a / (1 - b_off_a)
    b_on_a = odds / (1 + odds)
    counts = [20_000 * on_a * (1 - b_on_a), 20_000 * (1 - on_a) * b_off_a, 20_000 * on_a * b_on_a]
    table = TWO | {"count": [round(count) for count in counts]}
    curve = sensitivity_curve(table, Chapman().fit(table))
    assert curve.at(2.0) == pytest.approx(20_000, rel=0.001)
    assert curve.at(1.0) < 16_000


def test_three_lists_with_a_known_ratio_of_odds_ratios_are_recovered():
    # a and b are associated twice as strongly (3 against 1.5) among those whom c missed.
    missed = {(0, 0): 3 * 4000.0, (1, 0): 2000.0, (0, 1): 2000.0, (1, 1): 1000.0}
    held = {(0, 0): 1500.0, (1, 0): 500.0, (0, 1): 500.0, (1, 1): 250.0}
    counts = [missed[1, 0], missed[0, 1], held[0, 0], missed[1, 1], held[1, 0], held[0, 1]]
    table = THREE | {"count": [int(n) for n in [*counts, held[1, 1]]]}
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    curve = sensitivity_curve(table, LogLinear(interactions=pairs).fit(table))
    assert curve.at(2.0) - curve.observed == pytest.approx(12_000, rel=1e-5)


def test_latent_classes_go_through_their_fitted_counts():
    # Two classes, three lists. Their own unseen is not the one of no highest interaction.
    weights, chances = np.array([900.0, 100.0]), np.array([[0.1, 0.2, 0.1], [0.7, 0.8, 0.6]])
    fitted = {}
    for cell in range(8):
        on = np.array([cell >> bit & 1 for bit in range(3)])
        name = "+".join(n for n, flag in zip("abc", on, strict=True) if flag)
        fitted[name] = float((weights * np.prod(np.where(on, chances, 1 - chances), axis=1)).sum())
    own = fitted.pop("")
    table = {"pattern": list(fitted), "count": [round(v) for v in fitted.values()]}
    answer = replace(Independence().fit(table), method="latent-classes")
    curve = sensitivity_curve(table, answer, fitted=fitted)
    odd = fitted["a"] * fitted["b"] * fitted["c"] * fitted["a+b+c"]
    even = fitted["a+b"] * fitted["a+c"] * fitted["b+c"]
    assert curve.at(1.0) - curve.observed == pytest.approx(odd / even)
    assert curve.at(own * even / odd) - curve.observed == pytest.approx(own)
    assert curve.lower is None and curve.to_table().column("lower").null_count == len(ODDS_RATIOS)
    draws = {name: value * np.array([0.9, 1.0, 1.1]) for name, value in fitted.items()}
    with_draws = sensitivity_curve(table, answer, fitted=draws)
    assert with_draws.lower[8] < with_draws.estimate[8] < with_draws.upper[8]
    with pytest.raises(StudyInvalid, match="fix the odds ratio"):
        sensitivity_curve(table, answer)


def test_the_table_and_the_sentences():
    curve = sensitivity_curve(TWO, Chapman().fit(TWO))
    assert curve.odds_ratio[0] == 0.25 and curve.odds_ratio[-1] == 4 and 1.0 in curve.odds_ratio
    assert curve.to_table().column_names == ["odds_ratio", "estimate", "lower", "upper"]
    assert curve.summary().startswith("If the odds of being on b were twice as high for people on")
    three = sensitivity_curve(THREE, Stepwise(replicates=20).fit(THREE))
    assert "whom c missed" in three.summary()


def test_what_cannot_be_varied_is_refused():
    few = {"pattern": ["a", "b", "a+b"], "count": [20, 20, 2]}
    with pytest.raises(EstimateRefused, match="no estimate"):
        sensitivity_curve(few, Chapman().fit(few))
    with pytest.raises(StudyInvalid, match="not made from this table"):
        sensitivity_curve(THREE, Chapman().fit(TWO))
    with pytest.raises(StudyInvalid, match="positive"):
        sensitivity_curve(TWO, Chapman().fit(TWO), odds_ratios=(0, 1))
    with pytest.raises(EstimateRefused, match="fitted by nobody"):
        sensitivity_curve(TWO, Chapman().fit(TWO), fitted={"a": 1, "b": 1, "a+b": 0})
    with pytest.raises(StudyInvalid, match="every pattern"):
        sensitivity_curve(TWO, Chapman().fit(TWO), fitted={"a": 1, "b": 1})


def test_models_that_hold_the_interaction_of_all_lists_claim_no_ratio_of_one():
    # The complete graph, and the one pair of two lists in sparse-bayes.
    let_in = Decomposable(saturated=True).fit(THREE)
    assert let_in.estimate is not None
    with pytest.raises(StudyInvalid, match="does not fix the odds ratio"):
        sensitivity_curve(THREE, let_in)
    assert fixes_ratio_at_one(Decomposable().fit(THREE))
    assert not fixes_ratio_at_one(SparseBayes(draws=1000).fit(TWO))
    assert fixes_ratio_at_one(SparseBayes(draws=1000).fit(THREE))


@pytest.mark.parametrize(
    ("curve", "height"), [("darroch", lambda j: j**2 / 2), ("poisson", lambda j: 2.0**j - 1)]
)
@pytest.mark.parametrize("lists", [3, 4, 5])
def test_of_curves_for_people_who_differ_only_a_square_has_ratio_one(curve, height, lists):
    # Counts as Mth has them, with invented effects: the ratio from its definition.
    effects, bend = np.linspace(-1.5, -0.5, lists), 0.2
    cells = np.arange(2**lists)
    on = (cells[:, None] >> np.arange(lists)) & 1
    number = on.sum(axis=1)
    logs = 5.0 + on @ effects + bend * height(number)
    ratio = np.exp(logs @ np.where(number % 2, -1.0, 1.0))
    answer = replace(
        Independence().fit(THREE), method="heterogeneity", settings={"model": "Mth", "curve": curve}
    )
    assert fixes_ratio_at_one(answer) == (abs(ratio - 1) < 1e-9)
    assert fixes_ratio_at_one(answer) == (curve == "darroch")


def test_an_estimate_that_tells_its_fitted_counts_needs_no_others():
    told = {"a": 80.0, "b": 61.0, "c": 47.0, "a+b": 23.0, "a+c": 19.0, "b+c": 12.0, "a+b+c": 7.0}
    answer = replace(
        Independence().fit(THREE), method="latent-class", details={"fitted": told}, model=()
    )
    given_by_hand = sensitivity_curve(THREE, answer, fitted=told)
    assert sensitivity_curve(THREE, answer) == given_by_hand
    assert given_by_hand.at(1.0) == pytest.approx(249 + 80 * 61 * 47 * 7 / (23 * 19 * 12))
