"""Doubly robust totals: against truth that we made, plain formulas, and bad tables."""

import json
from itertools import product

import numpy as np
import pytest

from bearwitness.errors import CountInvalid, ListConstant, StudyInvalid, TableMismatch
from bearwitness.estimation import Chapman, LincolnPetersen, Verdict, histories_from_wide
from bearwitness.estimation.covariates.doubly_robust import DoublyRobust, Terms, every_pair
from bearwitness.estimation.covariates.learners import LogitLearner
from bearwitness.estimation.covariates.many_lists import ManyListsRobust, vary_odds_ratio

PAIR = DoublyRobust(lists=("a", "b"), covariates=("x", "sex"))


def expit(value):
    return 1 / (1 + np.exp(-value))


def population(seed, size=3000):
    """Two lists, independent given x and sex, that both prefer the same people."""
    random = np.random.default_rng(seed)
    x, woman = random.standard_normal(size), random.integers(0, 2, size)
    on_a = random.random(size) < expit(-0.3 + 0.8 * x + 0.5 * woman)
    on_b = random.random(size) < expit(-0.1 + 0.7 * x - 0.5 * woman)
    seen = on_a | on_b
    return {
        "a": on_a[seen].astype(int),
        "b": on_b[seen].astype(int),
        "x": x[seen],
        "sex": np.where(woman[seen] == 1, "f", "m"),
    }


def people_of(counts):
    """One row a person from counts by flags, with a covariate that is the same for all."""
    rows = [flags for flags, count in counts.items() for _ in range(count)]
    columns = {name: [row[at] for row in rows] for at, name in enumerate("abc"[: len(rows[0])])}
    return columns | {"place": ["here"] * len(rows)}


def test_intervals_cover_the_truth_where_chapman_misses_it():
    covered, chapman, totals = [], [], []
    for seed in range(40):
        people = population(seed)
        answer = PAIR.fit(people)
        covered.append(answer.lower <= 3000 <= answer.upper)
        totals.append(answer.estimate)
        plain = Chapman().fit(histories_from_wide({n: people[n].tolist() for n in "ab"}))
        chapman.append(plain.lower <= 3000 <= plain.upper)
    assert np.mean(covered) >= 0.85  # 40 draws at 0.95: fewer than 34 in 1 of 200 studies
    assert np.mean(chapman) <= 0.1
    assert np.mean(totals) == pytest.approx(3000, rel=0.04)


def test_the_variance_knows_the_rare_whether_they_came_or_not():
    # One in a hundred weighs 99 against, the others 1 for: variance 99 a person, by hand.
    values, chances = np.tile([1.0, -99.0], (1000, 1)), np.tile([0.99, 0.01], (1000, 1))
    none_came, five_came = np.zeros(1000, dtype=int), np.repeat([0, 1], [995, 5])
    assert Terms(values, chances, none_came).own.var() == 0
    for labels in (none_came, five_came):
        assert Terms(values, chances, labels).variance == pytest.approx(99_000)
    # Chances that are wrong take nothing off what people show: 30 came where none was expected.
    wrong, thirty = np.tile([1.0, 0.0], (1000, 1)), np.repeat([0, 1], [970, 30])
    assert Terms(values, wrong, thirty).variance == pytest.approx(1000 * 100**2 * 0.03 * 0.97)


@pytest.mark.parametrize(
    ("pull", "size", "kept"),
    [
        (lambda x, kind: 2.0 * x * (kind - 0.5), 6000, {"products"}),
        (lambda x, kind: 2.0 * x * (kind - 0.5), 40, set()),  # too few people to learn it from
        (lambda x, kind: np.abs(2 * x) + kind - 1, 6000, {"bends"}),
        (lambda x, kind: 0.8 * x + 0.4 * kind, 6000, set()),
    ],
)
def test_bends_and_products_are_kept_where_the_data_ask_for_them(pull, size, kept):
    random = np.random.default_rng(2)
    x, kind = random.standard_normal(size), random.integers(0, 2, size).astype(float)
    labels = (random.random(size) < expit(pull(x, kind))).astype(np.int64)
    learner = LogitLearner().fit(np.column_stack([x, kind]), labels)
    assert learner.columns_kept == kept
    plain = LogitLearner(bent=False, products=False).fit(np.column_stack([x, kind]), labels)
    assert plain.columns_kept == set()


def test_without_covariates_it_is_lincoln_and_petersen():
    people = people_of({(1, 0): 200, (0, 1): 150, (1, 1): 90})
    answer = DoublyRobust(lists=("a", "b"), covariates=("place",)).fit(people)
    known = LincolnPetersen().fit(histories_from_wide({n: people[n] for n in "ab"}))
    assert answer.estimate == pytest.approx(known.estimate, rel=1e-3)
    assert (answer.lower, answer.upper) == pytest.approx((known.lower, known.upper), rel=0.01)


def test_the_formula_written_plainly_agrees():
    people = population(1)
    oracle = Oracle(lambda x: np.tile([0.4, 0.35, 0.25], (len(x), 1)), classes=(1, 2, 3))
    answer = DoublyRobust(lists=("a", "b"), covariates=("x",), learner=oracle).fit(people)
    total = 0.0
    for on_a, on_b in zip(people["a"], people["b"], strict=True):
        q1, q2, q12 = 0.4 + 0.25, 0.35 + 0.25, 0.25
        total += (q1 * q2 / q12) * (on_a / q1 + on_b / q2 - on_a * on_b / q12)
    assert answer.estimate == pytest.approx(total)


class Oracle:
    """A learner that knows, or is wrong in a way we choose."""

    def __init__(self, chances, classes):
        self.chances, self.classes_ = chances, np.array(classes)

    def fit(self, features, labels):
        return self

    def predict_proba(self, features):
        return self.chances(features[:, 0])


def three_lists(seed, size=30_000):
    random = np.random.default_rng(seed)
    x = random.uniform(-1, 1, size)
    flags = [random.random(size) < chance for chance in capture(x)]
    seen = np.any(flags, axis=0)
    return {n: f[seen].astype(int) for n, f in zip("abc", flags, strict=True)} | {"x": x[seen]}


def capture(x):
    return expit(x), expit(0.8 * x - 0.2), np.full_like(x, 0.3)


def classes_given(x, wrong_second=1.0):
    """Chances of neither, a only, b only, both, given that a, b or c holds the person."""
    a, b, c = capture(x)
    known = 1 - (1 - a) * (1 - b) * (1 - c)
    cells = np.column_stack([(1 - a) * (1 - b) * c, a * (1 - b), (1 - a) * b, a * b])
    cells /= known[:, None]
    moved = cells[:, 2] * (1 - wrong_second)
    cells[:, 2] -= moved
    cells[:, 0] += moved
    return cells


def test_one_wrong_nuisance_does_no_harm_while_the_plug_in_is_led_astray():
    # The chance of list b is far too low; those of list a and of both are right.
    learner = Oracle(lambda x: classes_given(x, wrong_second=0.3), classes=(0, 1, 2, 3))
    settings = DoublyRobust(
        lists=("a", "b"), others=("c",), covariates=("x",), learner=learner, seed=1
    )
    answers = [settings.fit(three_lists(seed)) for seed in range(3)]
    assert np.mean([a.estimate for a in answers]) == pytest.approx(30_000, rel=0.02)
    assert np.mean([a.details["plug_in"] for a in answers]) < 27_000


def test_two_lists_among_the_missed_by_none_is_the_pair():
    people = population(2)
    pair = PAIR.fit(people)
    many = ManyListsRobust(lists=("a", "b"), covariates=("x", "sex")).fit(people)
    assert (many.estimate, many.upper) == pytest.approx((pair.estimate, pair.upper), rel=1e-6)


def test_no_highest_interaction_is_the_ratio_of_odd_to_even_cells():
    counts = {(1, 0, 0): 90, (0, 1, 0): 70, (0, 0, 1): 60, (1, 1, 0): 40, (1, 0, 1): 35}
    counts |= {(0, 1, 1): 30, (1, 1, 1): 25}
    people = people_of(counts)
    settings = ManyListsRobust(lists=("a", "b", "c"), covariates=("place",))
    odd, even = 90 * 70 * 60 * 25, 40 * 35 * 30
    assert settings.fit(people).estimate == pytest.approx(350 + odd / even, rel=0.01)
    among = ManyListsRobust(lists=("a", "b", "c"), covariates=("place",), among=("a", "b"))
    assert among.fit(people).estimate == pytest.approx(350 + 90 * 70 / 40, rel=0.01)


def test_the_odds_ratio_multiplies_the_unseen():
    settings = ManyListsRobust(lists=("a", "b"), covariates=("x", "sex"))
    people = population(3)
    curve = dict(vary_odds_ratio(settings, people, (0.5, 1.0, 2.0)))
    unseen = {ratio: answer.unseen for ratio, answer in curve.items()}
    assert unseen[2.0] == pytest.approx(2 * unseen[1.0]) == pytest.approx(4 * unseen[0.5])


def test_a_third_list_made_from_the_first_is_harmless_among_those_it_missed():
    # c refers most of its people to a. Given x, a and b are independent among those c missed.
    random = np.random.default_rng(8)
    x = random.standard_normal(12_000)
    c = random.random(12_000) < 0.15
    a = random.random(12_000) < np.where(c, 0.8, expit(-0.3 + 0.6 * x))
    b = random.random(12_000) < np.where(c, 0.7, expit(-0.2 + 0.6 * x))
    seen = a | b | c
    people = {n: v[seen].astype(int) for n, v in (("a", a), ("b", b), ("c", c))} | {"x": x[seen]}
    many = ManyListsRobust(lists=("a", "b", "c"), covariates=("x",), among=("a", "b"))
    answer = many.fit(people)
    assert answer.lower <= 12_000 <= answer.upper
    pair = DoublyRobust(lists=("a", "b"), others=("c",), covariates=("x",)).fit(people)
    assert pair.upper < 12_000


def test_every_pair_is_answered_and_the_answers_are_plain():
    settings = DoublyRobust(lists=("a", "b"), others=("c",), covariates=("x",))
    answers = every_pair(settings, three_lists(0, size=4000))
    assert list(answers) == ["a:b", "a:c", "b:c"]
    for answer in answers.values():
        assert answer.lower <= 4000 <= answer.upper
        plain = answer.to_dict()
        assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_rows_in_another_order_and_another_run_give_the_same_number():
    people = population(4)
    turned = {name: values[::-1] for name, values in people.items()}
    assert PAIR.fit(people) == PAIR.fit(people) == PAIR.fit(turned)


def test_flags_may_be_text_or_truth_values():
    people = population(6)
    as_text = people | {"a": [str(flag) for flag in people["a"]], "b": people["b"] == 1}
    assert PAIR.fit(as_text).estimate == PAIR.fit(people).estimate


def test_bad_tables_are_refused_in_words():
    good = population(5)
    rows = len(good["x"])
    for change, error, words in (
        ({"x": [None, *good["x"][1:].tolist()]}, TableMismatch, "missing for 1"),
        ({"x": [float("nan"), *good["x"][1:].tolist()]}, TableMismatch, "missing for 1"),
        ({"sex": ["", *good["sex"][1:].tolist()]}, TableMismatch, "missing for 1"),
        ({"a": [1] * rows}, ListConstant, "one value"),
        ({"a": [2] * rows}, TableMismatch, "neither 0 nor 1"),
        ({"sex": [str(i) for i in range(rows)]}, TableMismatch, "categories"),
    ):
        with pytest.raises(error, match=words):
            PAIR.fit(good | change)
    with pytest.raises(TableMismatch, match="no column 'age'"):
        DoublyRobust(lists=("a", "b"), covariates=("age",)).fit(good)
    nobody = {"a": [1, 0, 0], "b": [0, 1, 0], "x": [1, 2, 3], "sex": ["f", "m", "f"]}
    with pytest.raises(CountInvalid, match="on no list"):
        PAIR.fit(nobody)


def test_lists_that_hardly_meet_give_no_number():
    apart = people_of({(1, 0): 40, (0, 1): 30})
    settings = DoublyRobust(lists=("a", "b"), covariates=("place",))
    assert settings.fit(apart).verdict is Verdict.NO_ESTIMATE
    few = people_of({(1, 0): 40, (0, 1): 30, (1, 1): 7})
    assert settings.fit(few).verdict is Verdict.LOWER_BOUND_ONLY


@pytest.mark.parametrize(
    "wrong",
    [{"folds": 1}, {"bound": 0}, {"lists": ("a",)}, {"covariates": ("a",)}, {"learner": "forest"}],
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(StudyInvalid):
        DoublyRobust(**({"lists": ("a", "b"), "covariates": ("x",)} | wrong))


def test_settings_of_many_lists_out_of_range_are_refused():
    for wrong in ({"among": ("a",)}, {"among": ("a", "z")}, {"odds_ratio": 0}):
        with pytest.raises(StudyInvalid):
            ManyListsRobust(lists=("a", "b"), covariates=(), **wrong)


def test_the_learner_finds_the_chances_of_a_logistic_population():
    random = np.random.default_rng(0)
    x = random.standard_normal((20_000, 1))
    scores = np.hstack([np.zeros_like(x), 0.5 + x, -0.5 * x])
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    labels = (random.random((20_000, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    found = LogitLearner().fit(x, labels).predict_proba(x)
    assert np.abs(found - chances).mean() < 0.01


def test_the_learner_is_at_the_top_of_its_penalised_likelihood():
    # Written plainly: a step in any direction from where it stands goes down.
    random = np.random.default_rng(1)
    x, labels = random.standard_normal((60, 2)), random.integers(0, 3, 60)
    learner = LogitLearner(penalty=2.0, bent=False, products=False).fit(x, labels)
    scaled = np.hstack([np.ones((60, 1)), (x - x.mean(axis=0)) / x.std(axis=0)])

    def height(slopes):
        total = 0.0
        for row, label in zip(scaled, labels, strict=True):
            scores = [0.0, *(row @ slopes).tolist()]
            total += scores[label] - np.log(sum(np.exp(s) for s in scores))
        return total - 2.0 / 2 * (slopes[1:] ** 2).sum()

    top = height(learner.slopes)
    for row, column, step in product(range(3), range(2), (-0.01, 0.01)):
        moved = learner.slopes.copy()
        moved[row, column] += step
        assert height(moved) < top
