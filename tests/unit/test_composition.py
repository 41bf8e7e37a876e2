"""What composing figures must do whatever the numbers: agree with arithmetic, stay in its bounds,
not care what parts are called, and refuse units that do not fit."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bearwitness.errors import StudyInvalid
from bearwitness.release.figures import Leaf, compose
from bearwitness.release.figures.arithmetic import LEVELS, Bounded, OfBounds, OfUnits
from bearwitness.release.figures.dependence import correlations, draw_chances
from bearwitness.release.figures.expression import read_formula, told_formula
from bearwitness.release.figures.recipes import _leaf, recipe_of_leaf
from bearwitness.release.figures.spreads import (
    Drawn,
    Known,
    LogNormal,
    Normal,
    Pert,
    Rate,
    Scaled,
    Share,
    Triangular,
    Uniform,
    ends_of,
)
from bearwitness.release.figures.units import read_unit

SIZES = some.floats(min_value=0.1, max_value=1e6)
WIDTHS = some.floats(min_value=0.01, max_value=0.9)
SHAPES = ("a + b", "a - b", "a * b", "a / b", "a / (a + b)", "2 * a - b / 3")


def ranges(**sizes):
    """A leaf for each name: (size, width) is a uniform range of that width about the size."""
    return {
        name: Leaf(key=name, spread=Uniform(size * (1 - width / 2), size * (1 + width / 2)))
        for name, (size, width) in sizes.items()
    }


@given(SIZES, SIZES, some.sampled_from(SHAPES))
def test_known_values_compose_as_arithmetic_does(a, b, shape):
    parts = {name: Leaf(key=name, spread=Known(value)) for name, value in (("a", a), ("b", b))}
    found = compose(read_formula(shape), parts)
    assert found.value == pytest.approx(eval(shape, {}, {"a": a, "b": b}))  # noqa: S307
    assert found.lower == found.value == found.upper


@settings(max_examples=25, deadline=None)
@given(SIZES, SIZES, WIDTHS, WIDTHS, some.sampled_from(["a + b", "a * b", "a / b"]))
def test_any_dependence_stays_within_the_extremes_and_within_reach(a, b, wide, wider, shape):
    leaves = ranges(a=(a, wide), b=(b, wider))
    for tie in (-1.0, -0.5, 0.0, 0.7, 1.0):
        found = compose(read_formula(shape), leaves, dependence={frozenset("ab"): tie})
        low, high = found.extremes
        slack = 4 * found.error
        assert low - slack <= found.lower <= found.value <= found.upper <= high + slack
        assert found.reach[0] - slack <= found.lower
        assert found.upper <= found.reach[1] + slack


@settings(max_examples=15, deadline=None)
@given(SIZES, SIZES, WIDTHS)
def test_what_parts_are_called_and_their_order_change_nothing(a, b, width):
    one = compose(read_formula("a * b"), ranges(a=(a, width), b=(b, width)))
    other = compose(read_formula("y * x"), ranges(x=(a, width), y=(b, width)))
    for mine, theirs in ((one.lower, other.lower), (one.upper, other.upper)):
        assert mine == pytest.approx(theirs, abs=4 * (one.error + other.error))
    assert one.extremes == pytest.approx(other.extremes)


@settings(max_examples=15, deadline=None)
@given(SIZES, SIZES, some.floats(min_value=0.001, max_value=1000))
def test_another_unit_scales_the_answer_and_nothing_else(a, b, factor):
    leaves = ranges(a=(a, 0.3), b=(b, 0.2))
    scaled = leaves | {"a": Leaf(key="a", spread=Scaled(leaves["a"].spread, factor))}
    one, other = (compose(read_formula("a / b"), x) for x in (leaves, scaled))
    assert other.value == pytest.approx(one.value * factor, rel=1e-3)
    assert other.reach == pytest.approx([x * factor for x in one.reach])


def test_what_stands_in_a_formula_twice_is_one_thing():
    found = compose(read_formula("a / a"), ranges(a=(10, 0.5)))
    assert (found.lower, found.value, found.upper) == pytest.approx((1, 1, 1))
    assert found.reach is None, "the ends of intervals would say 0.6 to 1.7"
    shared = {"a": Leaf(key="x", spread=Uniform(1, 2)), "b": Leaf(key="x", spread=Uniform(1, 2))}
    assert compose(read_formula("a - b"), shared).upper == pytest.approx(0)


@pytest.mark.parametrize("spread", [Uniform(150_000, 200_000), LogNormal(1, 1e6), Normal(5, 9)])
def test_the_error_of_simulation_is_below_the_printed_digit(spread):
    leaves = {"a": Leaf(key="a", spread=spread), "b": Leaf(key="b", spread=Uniform(0.7, 0.8))}
    for found in (compose(read_formula("a * b"), leaves, seed=seed) for seed in (1, 2)):
        assert 2 * found.error <= found.step / 4


def test_another_seed_prints_the_same_number():
    leaves = ranges(a=(175_000, 2 / 7), b=(0.75, 2 / 15))
    found = [compose(read_formula("a * b"), leaves, seed=seed) for seed in range(1, 9)]
    assert {round(f.value / f.step) for f in found} == {131}


# The extremes of two uniform ranges from 0 to 1 are known in closed form: the quantile at p of a
# sum lies between p and 1 + p (Makarov 1981; Frank, Nelsen & Schweizer 1987, section 3).
def test_bounds_of_a_sum_are_those_of_makarov():
    unit = Bounded.of(Uniform(0, 1), (0.0, 1.0))
    found = OfBounds().combine("+", unit, unit)
    steps = np.arange(LEVELS)
    assert np.allclose(found.low, steps / LEVELS)
    assert np.allclose(found.high, 1 + (steps + 1) / LEVELS)


def test_bounds_are_reached_by_some_dependence():
    """The worst dependence of two ranges for their upper quantile (Makarov), built by hand."""
    count, level = 4000, 0.95
    ranks = (np.arange(count) + 0.5) / count
    start = int(count * 0.975)
    other = ranks.copy()
    other[start:] = ranks[start:][::-1]  # the highest go together in opposite order
    worst = np.sort(ranks + other)[start]
    leaves = {name: Leaf(key=name, spread=Uniform(0, 1)) for name in "ab"}
    found = compose(read_formula("a + b"), leaves, level=level)
    assert worst == pytest.approx(found.extremes[1], abs=2 / LEVELS)


SPREADS = [
    Uniform(2, 5), Triangular(2, 3, 5), Pert(2, 3, 5), Normal(2, 5), LogNormal(2, 5), Share(3, 9),
    Rate(7, 2.5), Known(4), Drawn(np.array([1.0, 5.0, 2.0])), Scaled(Uniform(2, 5), 0.01, 1),
]  # fmt: skip


@pytest.mark.parametrize("spread", SPREADS, ids=lambda s: type(s).__name__)
def test_quantiles_rise_from_the_least_to_the_greatest(spread):
    found = spread.at(np.linspace(0.001, 0.999, 199))
    low, high = ends_of(spread)
    assert all(a <= b for a, b in pairwise(found))
    assert low <= found[0] and found[-1] <= high


@pytest.mark.parametrize("spread", [s for s in SPREADS if not isinstance(s, Drawn)],
                         ids=lambda s: type(s).__name__)  # fmt: skip
def test_a_recipe_gives_the_same_spread_again(spread):
    leaf = Leaf(key="a", spread=spread, open_above=True)
    assert _leaf(recipe_of_leaf(leaf)) == leaf


def test_draws_are_not_published():
    assert recipe_of_leaf(Leaf(key="a", spread=Drawn(np.ones(3)))) is None


@pytest.mark.parametrize(
    ("spread", "mean"),
    [  # textbook means: (a + b + c) / 3; (a + 4 m + b) / 6 (Malcolm et al. 1959); (x + 1/2)/(n + 1)
        (Triangular(2, 3, 5), 10 / 3),
        (Pert(2, 3, 5), 19 / 6),
        (Share(3, 9), 0.35),
        (Uniform(2, 5), 3.5),
    ],
)
def test_means_are_those_of_the_textbooks(spread, mean):
    chances = draw_chances(np.eye(1), count=2**14, seed=1)[:, 0]
    assert spread.at(chances).mean() == pytest.approx(mean, abs=1e-3)


def test_the_copula_has_the_correlation_that_was_stated():
    # Spearman's rho of a Gaussian copula is 6/pi arcsin(r/2) (Kruskal 1958).
    drawn = draw_chances(np.array([[1, 0.6], [0.6, 1]]), count=2**14, seed=3)
    rank = np.corrcoef(drawn.T)[0, 1]
    assert rank == pytest.approx(6 / np.pi * np.arcsin(0.3), abs=2e-3)


def test_correlations_that_cannot_be_are_refused():
    tied = {frozenset(pair): -0.9 for pair in ("ab", "bc", "ac")}
    with pytest.raises(StudyInvalid, match="no numbers can be correlated"):
        correlations(["a", "b", "c"], tied, where="here")


def test_an_open_end_stays_open_on_the_side_that_it_moves():
    money = Leaf(key="m", spread=Known(105e6), open_above=True)
    people = Leaf(key="p", spread=Uniform(105_000, 160_000))
    each = compose(read_formula("m / p"), {"m": money, "p": people})
    assert each.upper is None and each.lower == pytest.approx(662, abs=10)
    rest = compose(read_formula("p - m"), {"m": money, "p": people})
    assert rest.lower is None and rest.upper is not None
    upto = Leaf(key="q", spread=Known(10.0), open_below=True)
    with pytest.raises(StudyInvalid, match="open at both ends"):
        compose(read_formula("m * q"), {"m": money, "q": upto})


def test_a_divisor_that_can_be_nothing_is_refused():
    with pytest.raises(StudyInvalid, match="divides by something that can be 0"):
        compose(read_formula("a / (a - b)"), ranges(a=(10, 0.5), b=(10, 0.5)))


@pytest.mark.parametrize("text", ["a * (b + c) / 2", "a - (b - c)", "a / (b * c)", "(a + b) * c"])
def test_a_formula_is_told_so_that_it_reads_back(text):
    assert told_formula(read_formula(text)) == text
    assert read_formula(told_formula(read_formula(text))) == read_formula(text)


@pytest.mark.parametrize("text", ["", "a +", "(a", "a b", "a ** b", "a; b", "__import__('os')"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(StudyInvalid, match="formula cannot be read") as refused:
        read_formula(text)
    assert "spaces around each sign" in refused.value.hint


def derived(text, **units):
    known = {name: read_unit(unit, price_year=2019) for name, unit in units.items()}
    return read_formula(text).work_out(known, OfUnits())


def test_units_multiply_and_cancel():
    each = derived("m / (p * s)", m="USD per year", p="persons", s="percent")
    assert each.is_like(read_unit("USD per person per year", price_year=2019))
    assert derived("p * s", p="women", s="share").is_like(read_unit("women"))
    assert not each.is_like(read_unit("USD per person per year", price_year=2023))


def test_units_that_differ_are_not_added():
    with pytest.raises(StudyInvalid, match="person and case cannot be added"):
        derived("p + c", p="people", c="cases")


def test_money_has_a_year():
    with pytest.raises(StudyInvalid, match="without the year"):
        read_unit("GBP per year")
