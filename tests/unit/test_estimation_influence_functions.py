"""The doubly robust formulas derived again: derivative of the target, mean, and second-order bias.

The population here is discrete and written down, so that every expectation is a sum and nothing is
simulated but the last test. In a nonparametric model there is one influence function only, so
whatever equals the derivative is the efficient one.
"""

from itertools import product

import numpy as np
import pytest

from bearwitness.estimation.covariates.doubly_robust import DoublyRobust, influence_of_pair
from bearwitness.estimation.covariates.many_lists import influence_of_patterns

PLACES = 3  # values of the covariate


def observed(lists, seed=0, rest=1):
    """Chances of (x, pattern) among people seen; pattern 0 is: only lists outside hold them."""
    random = np.random.default_rng(seed)
    chances = random.uniform(0.5, 2.0, (PLACES, 2**lists))
    if not rest:
        chances[:, 0] = 0.0
    return chances / chances.sum()


def target_pair(chances):
    """Mean over x of q1 q2 / q12."""
    given = chances / chances.sum(axis=1, keepdims=True)
    first, second, both = given[:, 1] + given[:, 3], given[:, 2] + given[:, 3], given[:, 3]
    return float(chances.sum(axis=1) @ (first * second / both))


def target_many(chances, odds_ratio):
    """Mean over x of 1 + odds ratio times the odd patterns over the even ones."""
    given = chances / chances.sum(axis=1, keepdims=True)
    total = 0.0
    for place in range(PLACES):
        unseen = odds_ratio
        for pattern in range(1, given.shape[1]):
            odd = pattern.bit_count() % 2
            unseen *= given[place, pattern] if odd else 1 / given[place, pattern]
        total += chances[place].sum() * (1 + unseen)
    return total


def values_pair(given):
    """The formula in the code for every (x, pattern)."""
    told = np.zeros((PLACES, 4))
    for pattern in range(4):
        flags = np.array([[pattern & 1, pattern >> 1 & 1]] * PLACES)
        told[:, pattern] = influence_of_pair(
            flags, given[:, 1] + given[:, 3], given[:, 2] + given[:, 3], given[:, 3]
        )
    return told


def values_many(given, odds_ratio=1.0):
    told = np.zeros_like(given)
    for pattern in range(given.shape[1]):
        labels = np.full(PLACES, pattern)
        told[:, pattern], _ = influence_of_patterns(labels, given[:, 1:], odds_ratio=odds_ratio)
    return told


CASES = {
    "pair": (2, target_pair, values_pair),
    "two of more": (2, lambda c: target_many(c, 1.0), values_many),
    "three lists": (3, lambda c: target_many(c, 1.0), values_many),
    "three lists, odds ratio 3": (
        3,
        lambda c: target_many(c, 3.0),
        lambda given: values_many(given, 3.0),
    ),
    "four lists": (4, lambda c: target_many(c, 1.0), values_many),
}
case = pytest.mark.parametrize("name", CASES)


@case
@pytest.mark.parametrize("rest", [0, 1])
def test_it_is_the_derivative_of_the_target_towards_each_person(name, rest):
    lists, target, values = CASES[name]
    chances = observed(lists, rest=rest)
    told = values(chances / chances.sum(axis=1, keepdims=True)) - target(chances)
    step = 1e-6
    for place, pattern in product(range(PLACES), range(1 - rest, 2**lists)):
        point = np.zeros_like(chances)
        point[place, pattern] = 1.0
        moved = [target((1 - h) * chances + h * point) for h in (step, -step)]
        assert told[place, pattern] == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-4)


@case
def test_its_mean_is_the_target(name):
    lists, target, values = CASES[name]
    chances = observed(lists)
    told = values(chances / chances.sum(axis=1, keepdims=True))
    assert float((chances * told).sum()) == pytest.approx(target(chances), rel=1e-12)


@case
def test_wrong_chances_do_harm_in_the_second_order_only(name):
    # Neyman orthogonality: half the error in every learned chance, a quarter of the bias.
    lists, target, values = CASES[name]
    chances = observed(lists)
    given = chances / chances.sum(axis=1, keepdims=True)
    wrong = np.random.default_rng(1).uniform(-0.2, 0.2, given.shape) * given
    bias, plain = [], []
    for size in (0.1, 0.05, 0.025):
        learned = given + size * wrong
        bias.append(float((chances * values(learned)).sum()) - target(chances))
        plug_in = target(
            chances.sum(axis=1, keepdims=True) * learned / learned.sum(axis=1)[:, None]
        )
        plain.append(plug_in - target(chances))
    assert bias[0] / bias[1] == pytest.approx(4, rel=0.05)
    assert bias[1] / bias[2] == pytest.approx(4, rel=0.05)
    assert plain[0] / plain[1] == pytest.approx(2, rel=0.1)  # what the correction takes away


def test_the_pair_is_right_where_both_and_one_of_the_two_are_right():
    chances = observed(2)
    given = chances / chances.sum(axis=1, keepdims=True)
    both, first, second = given[:, 3], given[:, 1] + given[:, 3], given[:, 2] + given[:, 3]
    for one, other in ((first, 0.3 * second), (0.4 * first, second)):
        total = 0.0
        for pattern in range(4):
            flags = np.array([[pattern & 1, pattern >> 1 & 1]] * PLACES)
            total += float(chances[:, pattern] @ influence_of_pair(flags, one, other, both))
        assert total == pytest.approx(target_pair(chances), rel=1e-12)


class Knows:
    """A learner that knows the chances of a, b and both, given x."""

    classes_ = np.array([1, 2, 3])

    def fit(self, features, labels):
        return self

    def predict_proba(self, features):
        a, b = capture(features[:, 0])
        cells = np.column_stack([a * (1 - b), (1 - a) * b, a * b])
        return cells / cells.sum(axis=1, keepdims=True)


def capture(x):
    return 0.3 + 0.3 * x, 0.5 - 0.2 * x


def test_the_standard_error_is_the_spread_of_totals():
    # n var(terms) + N (N - n) / n, against 300 populations drawn with the chances known.
    settings = DoublyRobust(lists=("a", "b"), covariates=("x",), learner=Knows(), folds=2)
    random, totals, errors = np.random.default_rng(3), [], []
    for _ in range(300):
        x = random.uniform(0, 1, 1500)
        flags = [random.random(1500) < chance for chance in capture(x)]
        seen = flags[0] | flags[1]
        people = {n: f[seen].astype(int) for n, f in zip("ab", flags, strict=True)}
        answer = settings.fit(people | {"x": x[seen]})
        totals.append(answer.estimate)
        errors.append(answer.details["standard_error"])
    assert np.mean(totals) == pytest.approx(1500, abs=4 * np.std(totals) / 300**0.5)
    assert np.mean(errors) == pytest.approx(np.std(totals), rel=0.13)  # three standard errors
