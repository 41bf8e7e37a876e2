"""What makes no difference to an answer, what must not break it, and a plain way that agrees."""

import tomllib
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from benchmarks.plain import plain_stepwise
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.estimation import Verdict, histories_from_wide, make_estimator, read_histories
from bearwitness.estimation.intervals import (
    FEWEST_BEYOND,
    Replicates,
    bootstrap_interval,
    missing_for_bca,
)
from bearwitness.estimation.loglinear.criterion import rank_models, search_models
from bearwitness.estimation.loglinear.selection import choose_stepwise, hierarchical_models

VECTORS = tomllib.loads(
    (Path(__file__).parents[1] / "vectors" / "capture_histories.toml").read_text(encoding="utf-8")
)
NAMES = "abcd"
ESTIMATORS = {
    "independence": make_estimator("independence"),
    "loglinear": make_estimator("loglinear", interactions=(("a", "b"), ("b", "c"))),
    "stepwise": make_estimator("stepwise", replicates=20),
    "bic": make_estimator("bic", replicates=20, top=5),
    "decomposable": make_estimator("decomposable"),
    "sparse-bayes": make_estimator("sparse-bayes", draws=1000),
}


def wide(counts, names=NAMES):
    """0/1 columns and counts; people on no list left out."""
    rows = [(cell, count) for cell, count in enumerate(counts, start=1) if count]
    columns = {name: [cell >> bit & 1 for cell, _ in rows] for bit, name in enumerate(names)}
    return columns | {"count": [count for _, count in rows]}


def numbers(answer):
    return answer.verdict, answer.observed, answer.lower, answer.estimate, answer.upper


@st.composite
def tables(draw):
    # Every list is on some pattern and off some other, as a table of 0/1 columns must have it.
    cells = draw(st.lists(st.integers(0, 40), min_size=15, max_size=15))
    cells[0], cells[1], cells[3], cells[11] = (cells[at] + 5 for at in (0, 1, 3, 11))
    return cells


@pytest.mark.parametrize("method", sorted(ESTIMATORS))
@given(tables(), st.permutations(list(NAMES)))
@settings(max_examples=8, deadline=None)
def test_new_names_for_the_lists_change_nothing(method, counts, names):
    estimator = ESTIMATORS[method]
    given_ = getattr(estimator, "interactions", ())
    other = estimator
    if given_:
        new = dict(zip(NAMES, names, strict=True))
        moved = tuple(tuple(new[name] for name in term) for term in given_)
        other = make_estimator(method, interactions=moved)
    answers = (
        estimator.fit(histories_from_wide(wide(counts))),
        other.fit(histories_from_wide(wide(counts, names))),
    )
    for own, renamed in zip(*(numbers(answer)[1:] for answer in answers), strict=True):
        assert own == renamed or own == pytest.approx(renamed, rel=1e-9)
    assert answers[0].verdict == answers[1].verdict


@pytest.mark.parametrize("method", sorted(ESTIMATORS))
@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_rows_in_another_order_or_split_in_two_change_nothing(method, counts, random):
    whole = wide(counts)
    rows = list(zip(*whole.values(), strict=True))
    split = []
    for *flags, count in rows:
        part = random.randint(0, count)
        split += [(*flags, part), (*flags, count - part)]
    random.shuffle(split)
    again = dict(zip(whole, zip(*split, strict=True), strict=True))
    estimator = ESTIMATORS[method]
    own, other = (estimator.fit(histories_from_wide(data)) for data in (whole, again))
    assert own == other


def times(name, factor):
    counts = VECTORS[name]["counts"]
    return {"pattern": list(counts), "count": [factor * count for count in counts.values()]}


@pytest.mark.parametrize("name", ["Korea", "Kosovo", "UKdat_5"])
def test_a_given_model_has_fifty_times_the_unseen_on_fifty_times_the_table(name):
    lists = read_histories(times(name, 1)).lists
    for interactions in ((), ((lists[0], lists[1]),)):
        model = make_estimator("loglinear", interactions=interactions)
        one, many = (model.fit(times(name, factor)) for factor in (1, 50))
        assert many.unseen == pytest.approx(50 * one.unseen, rel=1e-9)
        assert many.upper - many.lower < 50 * (one.upper - one.lower)


@pytest.mark.parametrize("factor", [50, 5000])
@pytest.mark.parametrize("method", sorted(ESTIMATORS))
def test_large_tables_do_not_break_a_method(method, factor):
    estimator = make_estimator(
        method, **({"replicates": 10} if method in ("stepwise", "bic") else {})
    )
    answer = estimator.fit(times("Kosovo", factor))
    if answer.verdict is Verdict.ESTIMATE:
        assert answer.observed < answer.lower <= answer.estimate <= answer.upper < np.inf
        assert 5_000 * factor < answer.estimate < 30_000 * factor
    else:
        # The complete graph wins as the table grows: decision 7. Without it the number is there.
        assert method == "decomposable" and "complete graph" in answer.reasons[0]
        _, middle, _ = answer.details["without_saturated"]
        small = estimator.fit(times("Kosovo", 1)).estimate
        assert middle == pytest.approx(factor * small, rel=0.03)


@pytest.mark.parametrize("name", ["Korea", "Kosovo", "UKdat_5"])
def test_stepwise_on_many_tables_at_once_is_the_plain_way_on_each(name):
    seen = read_histories(times(name, 1)).reordered()
    lists = len(seen.lists)
    drawn = np.random.default_rng(11).multinomial(seen.observed, seen.counts / seen.observed, 12)
    found = choose_stepwise(lists, drawn.astype(float), p=0.02).unseen
    plain = [plain_stepwise(lists, counts.astype(float), 0.02) for counts in drawn]
    np.testing.assert_allclose(found, plain, rtol=1e-7)


@pytest.mark.parametrize(("order", "total"), [(2, 22991.33), (4, 25311.29)])
def test_the_beam_meets_the_best_of_all_models_where_a_greedy_search_does_not(order, total):
    # Silverman, Chan & Vincent (2024): going downhill from model to model stops at 12,262.
    seen = read_histories(times("UKdat_5", 1)).reordered()
    penalty = np.log(seen.observed)

    def best(width):
        models = search_models(5, seen.counts, order, penalty=penalty, width=width)
        ranked, unseen = rank_models(5, seen.counts[None], models, penalty=penalty, keep=50)
        return seen.observed + unseen[0, ranked[0][0]], {models[place] for place in ranked[0]}

    assert best(1)[0] == pytest.approx(12262, abs=1)
    found, met = best(50)
    assert found == pytest.approx(total, abs=0.01)
    every = hierarchical_models(5, order)
    ranked, _ = rank_models(5, seen.counts[None], every, penalty=penalty, keep=50)
    assert met == {every[place] for place in ranked[0]}


def test_names_in_every_order_give_one_answer_where_lists_look_alike():
    counts = [9, 9, 4, 9, 4, 4, 3]
    answers = {
        numbers(ESTIMATORS["stepwise"].fit(histories_from_wide(wide(counts, names))))
        for names in permutations("abc")
    }
    assert len(answers) == 1


@given(st.floats(0.001, 0.999), st.floats(-0.1, 0.1), st.integers(0, 2**32))
@settings(deadline=None)
def test_no_limit_is_ever_the_least_or_the_greatest_of_the_draws(place, skew, seed):
    # The estimate lies at the quantile `place` of its replicates: far off asks for rare quantiles.
    random = np.random.default_rng(seed)
    draws = 1000 * np.exp(random.standard_normal(1000))
    estimate = float(np.quantile(draws, place))
    jackknife = estimate + np.r_[skew * 100, random.standard_normal(50)]
    drawn = Replicates(bootstrap=draws, jackknife=jackknife, weights=np.ones(51))
    interval = bootstrap_interval(estimate, drawn, level=0.95, kind="bca")
    below, above = (draws < interval.lower).sum(), (draws > interval.upper).sum()
    assert below >= FEWEST_BEYOND or interval.lower == estimate
    assert above >= FEWEST_BEYOND or interval.upper == estimate
    unsupported = any("BCa correction puts" in caveat for caveat in interval.caveats)
    more = missing_for_bca(estimate, level=0.95, most=50_000)(drawn)
    # More is drawn where that can help; a limit that stays unsupported is said to be so.
    assert not unsupported or interval.lower <= estimate <= interval.upper
    assert (more > 0) <= unsupported


def test_a_limit_that_no_number_of_replicates_would_support_is_said_to_be_so():
    draws = 1000 * np.exp(np.random.default_rng(2).standard_normal(1000))
    estimate = float(np.sort(draws)[2])
    drawn = Replicates(bootstrap=draws, jackknife=np.ones(9), weights=np.ones(9))
    assert missing_for_bca(estimate, level=0.95, most=50_000)(drawn) == 0
    interval = bootstrap_interval(estimate, drawn, level=0.95, kind="bca")
    assert any("lower limit where fewer than 5 replicates" in caveat for caveat in interval.caveats)
    percentile = bootstrap_interval(estimate, drawn, level=0.95, kind="percentile")
    assert interval.lower == percentile.lower
