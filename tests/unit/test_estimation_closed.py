"""People who differ, by a curve; and occasions in time, which lists are not."""

import tomllib
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import StudyInvalid, TableMismatch
from bearwitness.estimation import Behaviour, Heterogeneity, Histories, Independence, Verdict
from bearwitness.estimation.closed.heterogeneity import CURVES, curve_of
from bearwitness.estimation.loglinear.margins import fit_closed

TABLES = tomllib.loads(
    (Path(__file__).parents[1] / "vectors" / "capture_histories.toml").read_text(encoding="utf-8")
)
# Invented: people who differ a little, and lists that hold many of them.
FOUR = {"a": 428, "b": 329, "c": 233, "d": 141, "a+b": 182, "a+c": 130, "a+d": 80, "b+c": 99,
        "b+d": 61, "c+d": 43, "a+b+c": 63, "a+b+d": 39, "a+c+d": 27, "b+c+d": 21,
        "a+b+c+d": 16}  # fmt: skip


def rows_of(name, times=1):
    return as_rows(TABLES[name]["counts"], times)


def as_rows(counts, times=1):
    return [{"pattern": p, "count": c * times} for p, c in counts.items()]


@pytest.mark.parametrize(
    ("name", "model", "curve", "total", "error", "deviance"),
    [
        # Rcapture 1.4-4, closedp.
        ("Kosovo", "Mth", "poisson", 9327.761332, 306.3, 139.188),
        ("Kosovo", "Mth", "darroch", 12797.343442, 814.8, 119.448),
        ("Kosovo", "Mth", "gamma", 18387.145755, 1893, 113.784),
        ("Kosovo", "Mh", "gamma", 17102.638657, 1707, 996.530),
        ("HAV", "Mh", "darroch", 1313.602519, 516.6, 2.052),
        ("UKdat_5", "Mth", "darroch", 14649.660185, 4489, 118.450),
        ("UKdat_5", "Mh", "poisson", 15131.393224, 2389, 1459.120),
    ],
)
def test_models_are_those_of_the_published_package(name, model, curve, total, error, deviance):  # noqa: PLR0917
    answer = Heterogeneity(model=model, curve=curve).fit(rows_of(name))
    told = answer.details
    assert told["standard_error"] == pytest.approx(error, rel=5e-4)
    assert told["deviance"] == pytest.approx(deviance, abs=6e-4)
    assert told["curves"][curve] == pytest.approx(total, rel=1e-6)


def test_without_a_curve_the_lists_model_is_independence():
    plain = Independence().fit(as_rows(FOUR))
    closed = Heterogeneity(model="Mt").fit(as_rows(FOUR))
    assert closed.estimate == pytest.approx(plain.estimate, rel=1e-9)
    assert closed.lower == pytest.approx(plain.lower, rel=0.02)


def test_a_normal_of_log_odds_among_the_unseen_is_the_curve_of_darroch():
    # If the log odds of being found are normal among people on no list, then among those on m
    # lists they are weighed by exp(m x): the mean of exp(m x) is exp(m mean + m^2 variance / 2)
    # (Rivest & Baillargeon 2007, section 3). Expected counts of such a population, whole ones.
    effects, spread, unseen = np.array([-2.0, -1.5, -1.0, -1.7]), 0.5, 200_000.0
    cells = np.arange(1, 16)
    on = (cells[:, None] >> np.arange(4)) & 1
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    mean = np.array([weights @ np.exp(spread * points * m) for m in on.sum(axis=1)])
    counts = unseen * np.exp(on @ effects) * mean / weights.sum()
    seen = Histories.from_counts(tuple("abcd"), counts.round())
    fit = fit_closed(seen, curve_of(4, "darroch"))
    assert fit.unseen == pytest.approx(unseen, rel=0.01)
    assert fit.parameters[-1] == pytest.approx(spread**2, rel=0.02)


def test_where_curves_lie_far_apart_the_bound_is_all_there_is():
    answer = Heterogeneity().fit(rows_of("HAV"))
    assert (answer.verdict, answer.estimate) == (Verdict.LOWER_BOUND_ONLY, None)
    # Rcapture's Mth Chao: and hepatitis A in the college, screened later, was about 545.
    assert answer.details["bound"]["estimate"] == pytest.approx(478.673937, abs=1e-5)
    assert "736" in answer.reasons[0] and "2,631" in answer.reasons[0]


def test_a_curve_that_is_named_answers_and_tells_what_the_others_say():
    named = Heterogeneity(curve="darroch").fit(rows_of("HAV"))
    assert named.verdict is Verdict.ESTIMATE
    assert named.estimate == pytest.approx(named.details["curves"]["darroch"])
    assert "poisson 736" in named.caveats[0] and "gamma 2,631" in named.caveats[0]
    # One that is seen not to fit gives no number, named or not.
    assert Heterogeneity(curve="darroch").fit(rows_of("UKdat_5")).estimate is None


def test_a_model_that_is_seen_not_to_fit_leaves_the_bound_alone():
    answer = Heterogeneity().fit(rows_of("UKdat_5"))
    assert answer.details["chance_of_deviance"] < 1e-6  # deviance 118 with 24 to spare
    assert "does not describe" in answer.reasons[0]
    assert answer.details["bound"]["estimate"] == pytest.approx(13570.026801, abs=1e-4)


def test_where_they_lie_close_the_answer_names_its_curve():
    answer = Heterogeneity().fit(as_rows(FOUR))
    assert answer.verdict is Verdict.ESTIMATE
    assert answer.details["curves"]["darroch"] == pytest.approx(answer.estimate)
    assert "Link 2003" in answer.caveats[0]
    assert "curve darroch" in answer.assumption


def test_people_who_differ_much_leave_the_bound_alone():
    # Two classes of people (three in ten found three times as easily) are no curve of three: on
    # populations of 2,000 the curve of Darroch gives about 1,460, its interval never the truth.
    random = np.random.default_rng(4)
    verdicts = []
    for _ in range(40):
        ease = random.choice([0.5, 3.0], 2000, p=[0.7, 0.3])
        on = random.random((2000, 5)) < ease[:, None] * np.array([0.1, 0.15, 0.2, 0.08, 0.12])
        spread = np.bincount(on @ (1 << np.arange(5)), minlength=32)[1:]
        answer = Heterogeneity().fit(Histories.from_counts(tuple("abcde"), spread))
        verdicts.append(answer.verdict)
    assert verdicts.count(Verdict.ESTIMATE) == 0


def test_a_curve_bending_down_is_refused():
    # Three lists that share fewer of their people than chance would have them share.
    apart = {"a": 300, "b": 300, "c": 300, "a+b": 60, "a+c": 60, "b+c": 60, "a+b+c": 2}
    answer = Heterogeneity().fit(as_rows(apart))
    assert answer.verdict is Verdict.NO_ESTIMATE
    assert "less than not at all" in answer.reasons[0]


def test_a_curve_bending_down_by_chance_is_flat():
    # Independent lists of chances 0.3, 0.4 and 0.5, a few people moved.
    chance = {"a": 92, "b": 141, "c": 211, "a+b": 61, "a+c": 89, "b+c": 139, "a+b+c": 57}
    answer = Heterogeneity().fit(as_rows(chance))
    assert -1.645 < answer.details["curve_in_errors"] < 0
    assert answer.estimate == pytest.approx(Independence().fit(as_rows(chance)).estimate, rel=1e-9)
    assert answer.upper > Independence().fit(as_rows(chance)).upper
    assert "nothing shows that people differ" in answer.caveats[0]


def test_profile_and_wald_intervals_agree_where_there_are_many_people():
    ends = [Heterogeneity(interval=kind).fit(as_rows(FOUR, times=50)) for kind in
            ("wald", "profile")]  # fmt: skip
    assert ends[0].lower == pytest.approx(ends[1].lower, rel=0.01)
    assert ends[0].upper == pytest.approx(ends[1].upper, rel=0.01)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 80), min_size=7, max_size=7), st.permutations(["a", "b", "c"]))
@pytest.mark.parametrize("curve", list(CURVES))
def test_names_and_order_make_no_difference(curve, counts, names):
    patterns = [set(p) for size in (1, 2, 3) for p in combinations(range(3), size)]
    first = {"+".join("abc"[i] for i in sorted(p)): c
             for p, c in zip(patterns, counts, strict=True)}  # fmt: skip
    again = {"+".join(sorted(names[i] for i in p)): c
             for p, c in reversed(list(zip(patterns, counts, strict=True)))}  # fmt: skip
    method = Heterogeneity(curve=curve)
    one, two = method.fit(as_rows(first)), method.fit(as_rows(again))
    assert (one.verdict, one.estimate, one.lower, one.upper, one.details) == (
        two.verdict, two.estimate, two.lower, two.upper, two.details)  # fmt: skip


def test_fifty_times_the_people_are_fifty_times_the_total():
    once, often = Heterogeneity().fit(as_rows(FOUR)), Heterogeneity().fit(as_rows(FOUR, times=50))
    assert often.estimate == pytest.approx(50 * once.estimate, rel=1e-8)


@pytest.mark.parametrize(
    ("counts", "verdict", "words"),
    [
        ({"a": 9}, Verdict.NO_ESTIMATE, "one list only"),
        ({"a": 9, "b": 7, "a+b": 8}, Verdict.NO_ESTIMATE, "two lists cannot show"),
        ({"a": 1, "a+b": 1}, Verdict.LOWER_BOUND_ONLY, "one person"),
        ({"a+b+c": 40}, Verdict.NO_ESTIMATE, "no finite"),
        # Chan, Silverman & Vincent (2021), table 2: Rcapture gives 96.000039 with "se 0.22".
        (TABLES["Artificial_3"]["counts"], Verdict.NO_ESTIMATE, "no finite"),
    ],
)
def test_bad_tables_are_refused_with_reasons(counts, verdict, words):
    answer = Heterogeneity().fit(as_rows(counts))
    assert answer.verdict is verdict
    assert words in answer.reasons[0]


@pytest.mark.parametrize("wrong", [{"model": "Mb"}, {"curve": "beta"}, {"interval": "bca"}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(StudyInvalid):
        Heterogeneity(**wrong)


@pytest.mark.parametrize(
    ("name", "order", "apart", "total", "error"),
    [
        # Rcapture 1.4-4, closedp, rows Mb and Mbh, occasions in the order of the published columns.
        ("Korea", "bcd", False, 165.36399, 21.23),
        ("Korea", "bcd", True, 76.305556, None),
        ("HAV", None, False, 383.128961, 38.96),
        ("HAV", None, True, 667.9, None),
    ],
)
def test_what_the_order_of_lists_would_say_is_told_and_refused(name, order, apart, total, error):
    names = tuple(order) if order else TABLES[name].get("order", ("P", "Q", "E"))
    answer = Behaviour(order=names, first_apart=apart).fit(rows_of(name))
    assert (answer.verdict, answer.estimate) == (Verdict.NO_ESTIMATE, None)
    assert "order" in answer.reasons[0]
    assert answer.details["total"] == pytest.approx(total, abs=1e-6)
    if error:
        assert answer.details["standard_error"] == pytest.approx(error, rel=5e-4)


def test_another_order_of_the_same_lists_gives_another_total():
    totals = [Behaviour(order=order).fit(rows_of("Korea")).details["total"]
              for order in permutations("bcd")]  # fmt: skip
    assert max(totals) - min(totals) > 50  # 123 were observed


def test_an_order_that_leaves_a_list_out_is_an_error_with_the_names():
    with pytest.raises(TableMismatch, match="every list"):
        Behaviour(order=("b", "c")).fit(rows_of("Korea"))
