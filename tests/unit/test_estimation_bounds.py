"""Lower bounds: Chao's, for lists alike and not, and sample coverage."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from bearwitness.estimation import Chao, Histories, SampleCoverage, Verdict, read_histories
from bearwitness.estimation.loglinear.dense import fit_dense
from bearwitness.estimation.loglinear.margins import fit_closed, fit_lower_bound

TABLES = tomllib.loads(
    (Path(__file__).parents[1] / "vectors" / "capture_histories.toml").read_text(encoding="utf-8")
)
COUNTS = st.lists(st.integers(1, 60), min_size=7, max_size=7)


def rows_of(name, times=1):
    return [{"pattern": p, "count": c * times} for p, c in TABLES[name]["counts"].items()]


def bound(answer):
    return answer.details["bound"]


@pytest.mark.parametrize(
    ("name", "alike", "total", "error"),
    [
        # Rcapture 1.4-4, closedp, rows "Mth Chao (LB)" and "Mh Chao (LB)".
        ("HAV", False, 478.673937, 43.60),
        ("HAV", True, 479.14881, 43.69),
        ("Kosovo", False, 8591.183638, 213.5),
        ("Kosovo", True, 8787.24283, 222.6),
        ("UKdat", False, 12298.50813, 686.6),
        ("UKdat", True, 13677.063701, 777.9),
        ("Korea", False, 141.992647, 6.297),
        ("UKdat_5", False, 13570.026801, 821.3),
    ],
)
def test_the_bound_is_that_of_the_published_package(name, alike, total, error):
    answer = Chao(lists_alike=alike).fit(rows_of(name))
    assert bound(answer)["estimate"] == pytest.approx(total, abs=5e-6)
    assert answer.details["standard_error"] == pytest.approx(error, rel=5e-4)


def test_a_bound_is_never_an_estimate_and_says_so():
    answer = Chao().fit(rows_of("HAV"))
    assert (answer.verdict, answer.estimate) == (Verdict.LOWER_BOUND_ONLY, None)
    assert answer.lower == bound(answer)["lower"]
    # A later screen of everybody found about 545 (Chao et al. 2001).
    assert bound(answer)["lower"] < 545
    assert "a lower bound: at least about 479 people (95% interval of the bound" in answer.summary()
    assert "271 were observed" in answer.summary()


def test_lists_alike_have_the_closed_form_of_chao():
    counts = {"a": 50, "b": 45, "c": 40, "a+b": 20, "a+c": 15, "b+c": 12, "a+b+c": 30}
    answer = Chao(lists_alike=True).fit([{"pattern": p, "count": c} for p, c in counts.items()])
    one, two, three = 135, 47, 30
    # Chao (1987), equation 5, with the factor for few lists; 30 on all three bend the curve up.
    expected = one + two + three + (2 / 3) * one**2 / (2 * two)
    assert bound(answer)["estimate"] == pytest.approx(expected, rel=1e-9)


def laid_out(counts, lists):
    """Every pattern with its indicator of each list, and its number of lists."""
    cells = np.arange(1, 2**lists)
    on = ((cells[:, None] >> np.arange(lists)) & 1).astype(float)
    return np.column_stack([np.ones(len(cells)), on]), on.sum(axis=1), np.asarray(counts, float)


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_polynomials_give_what_patterns_laid_out_give(counts):
    seen = Histories.from_counts(("a", "b", "c"), counts)
    matrix, number, people = laid_out(counts, 3)
    curve = np.arange(4.0)[:, None] ** 2 / 2
    found = fit_closed(seen, curve)
    plain = fit_dense(np.column_stack([matrix, curve[number.astype(int)]]), people)
    assert found.parameters == pytest.approx(plain.parameters, abs=1e-6)
    assert np.diag(found.covariance) == pytest.approx(np.diag(plain.covariance), rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=15, max_size=15))
def test_the_active_set_ends_where_a_general_optimiser_does(counts):
    seen = Histories.from_counts(("a", "b", "c", "d"), counts)
    matrix, number, people = laid_out(counts, 4)
    whole = np.column_stack([matrix, np.maximum(number - 2, 0), np.maximum(number - 3, 0)])
    fit, _ = fit_lower_bound(seen)

    def minus(parameters):
        with np.errstate(over="ignore"):
            fitted = np.exp(whole @ parameters)
        return fitted.sum() - people @ (whole @ parameters), whole.T @ (fitted - people)

    start = np.concatenate([fit.parameters[:5], [0.1, 0.1]])
    free = [(None, None)] * 5 + [(0, None)] * 2
    best = minimize(minus, start, jac=True, bounds=free, method="L-BFGS-B",
                    options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-9})  # fmt: skip
    assert -fit.likelihood <= best.fun + fit_constant(people) + 1e-5


def fit_constant(people):
    from scipy.special import gammaln

    return gammaln(people + 1).sum()


@settings(max_examples=20, deadline=None)
@given(COUNTS, st.permutations(["a", "b", "c"]))
@pytest.mark.parametrize("method", [Chao(), Chao(lists_alike=True), SampleCoverage(replicates=50)])
def test_names_order_and_split_rows_make_no_difference(method, counts, names):
    patterns = [set(p) for size in (1, 2, 3) for p in combinations(range(3), size)]
    first = [{"pattern": "+".join("abc"[i] for i in sorted(p)), "count": c}
             for p, c in zip(patterns, counts, strict=True)]  # fmt: skip
    again = [{"pattern": "+".join(sorted(names[i] for i in p)), "count": c}
             for p, c in zip(patterns, counts, strict=True)][::-1]  # fmt: skip
    one, two = method.fit(first), method.fit(again)
    assert (one.verdict, one.estimate, one.lower) == (two.verdict, two.estimate, two.lower)
    assert one.details == two.details


@pytest.mark.parametrize("method", [Chao(), Chao(lists_alike=True), SampleCoverage()])
@pytest.mark.parametrize("name", ["HAV", "Kosovo"])
def test_fifty_times_the_people_are_fifty_times_the_bound(method, name):
    once, often = method.fit(rows_of(name)), method.fit(rows_of(name, times=50))
    told = [
        answer.estimate if answer.estimate else bound(answer)["estimate"]
        for answer in (once, often)
    ]
    if once.verdict is often.verdict:
        assert told[1] == pytest.approx(50 * told[0], rel=1e-8)
    assert once.verdict is Verdict.LOWER_BOUND_ONLY


def many_lists(lists, seed=1):
    random = np.random.default_rng(seed)
    on = random.random((3000, lists)) < random.uniform(0.01, 0.05, lists)
    patterns, people = np.unique(on @ (1 << np.arange(lists)), return_counts=True)
    some = patterns > 0
    return Histories(
        lists=tuple(f"list{i:02}" for i in range(lists)),
        patterns=patterns[some].astype(np.int64),
        people=people[some].astype(float),
    )


@pytest.mark.parametrize("lists", [40, 60])
def test_sixty_lists_are_no_trouble(lists):
    # 3,000 people and independent lists: bounds are near the truth.
    seen = many_lists(lists)
    least, cover = Chao().fit(seen), SampleCoverage(replicates=100).fit(seen)
    assert bound(least)["lower"] < 3000 < bound(least)["upper"]
    assert cover.details["full"]["estimate"] == pytest.approx(3000, rel=0.06)


def two_classes(random, people=2000):
    """Lists independent for each person; three in ten are found three times as easily."""
    chances = np.array([0.1, 0.15, 0.2, 0.08, 0.12])
    ease = random.choice([0.5, 3.0], people, p=[0.7, 0.3])
    on = random.random((people, 5)) < ease[:, None] * chances
    spread = np.bincount(on @ (1 << np.arange(5)), minlength=32)[1:]
    return Histories.from_counts(tuple("abcde"), spread)


@pytest.mark.parametrize("method", [Chao(), Chao(lists_alike=True), SampleCoverage(replicates=60)])
def test_where_people_differ_the_bound_lies_below_the_truth(method):
    random = np.random.default_rng(3)
    answers = [method.fit(two_classes(random)) for _ in range(60)]
    assert all(answer.verdict is Verdict.LOWER_BOUND_ONLY for answer in answers)
    assert all(answer.lower < 2000 for answer in answers)
    # And it is more than those observed, or it would say nothing.
    assert all(answer.lower > 1.1 * answer.observed for answer in answers)


def test_sample_coverage_gives_the_published_numbers_for_hepatitis():
    # Chao, Tsay, Lin, Shau & Chao (2001), section 5: coverage 51.3 %, 971 with a standard error
    # of 925, and the one-step form 508 with one of 40 (numbers from memory of the paper).
    answer = SampleCoverage().fit(rows_of("HAV"))
    assert answer.verdict is Verdict.LOWER_BOUND_ONLY
    assert answer.details["coverage"] == pytest.approx(0.513, abs=5e-4)
    assert answer.details["full"]["estimate"] == pytest.approx(971, abs=0.5)
    assert not answer.details["full"]["usable"]  # coverage below 55 %
    assert bound(answer)["estimate"] == pytest.approx(508, abs=0.5)
    # Ours draws populations, not only those observed: a little more than the paper's.
    assert 40 < answer.details["standard_error"] < 55


def test_sample_coverage_by_hand_for_three_lists():
    # Equations of the paper for three lists, written out.
    z = {"a": 31, "b": 27, "c": 24, "a+b": 52, "a+c": 47, "b+c": 43, "a+b+c": 90}
    answer = SampleCoverage().fit([{"pattern": p, "count": c} for p, c in z.items()])
    n1, n2, n3 = 31 + 52 + 47 + 90, 27 + 52 + 43 + 90, 24 + 47 + 43 + 90
    coverage = 1 - (31 / n1 + 27 / n2 + 24 / n3) / 3
    shared = {"12": 52 + 90, "13": 47 + 90, "23": 43 + 90}
    # People on one of the two and not the other, whatever the third's own: Z1+0 + Z+10 and so on.
    away = {"12": 31 + 52 + 27 + 52, "13": 31 + 47 + 24 + 47, "23": 27 + 43 + 24 + 43}
    below = 1 - sum(
        away[pair] * shared[pair] / (first * second)
        for pair, first, second in (("12", n1, n2), ("13", n1, n3), ("23", n2, n3))
    ) / (3 * coverage)
    expected = sum(shared.values()) / (3 * coverage) / below
    assert answer.details["full"]["estimate"] == pytest.approx(expected, rel=1e-12)
    assert answer.details["full"]["usable"]
    assert answer.verdict is Verdict.LOWER_BOUND_ONLY


@pytest.mark.parametrize(
    ("method", "counts", "verdict", "words"),
    [
        (Chao(), {"a": 9}, Verdict.NO_ESTIMATE, "one list only"),
        (Chao(), {"a": 9, "b": 7}, Verdict.NO_ESTIMATE, "nobody is on two lists"),
        (Chao(), {"a": 1, "a+b": 1}, Verdict.LOWER_BOUND_ONLY, "one person"),
        (Chao(), {"a": 30, "b": 20, "c": 9, "a+b+c": 8}, Verdict.LOWER_BOUND_ONLY, "no finite"),
        (Chao(), {"a+b": 40}, Verdict.LOWER_BOUND_ONLY, "no finite"),
        (SampleCoverage(), {"a": 9, "b": 9, "a+b": 9}, Verdict.NO_ESTIMATE, "needs three"),
        (SampleCoverage(), {"a+b+c": 40}, Verdict.LOWER_BOUND_ONLY, "below the people"),
    ],
)
def test_bad_tables_are_refused_with_reasons(method, counts, verdict, words):
    answer = method.fit([{"pattern": p, "count": c} for p, c in counts.items()])
    assert answer.verdict is verdict
    assert "bound" not in answer.details
    assert words in answer.reasons[0]


def test_nobody_at_all_is_refused():
    assert Chao().fit(read_histories([])).verdict is Verdict.NO_ESTIMATE
