"""Intervals of counts, against published values; and how late recording is made up for."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bearwitness.errors import EstimateRefused
from bearwitness.release.figures.comparison import Span, compare_rates, with_delay
from bearwitness.release.figures.delay import complete, triangle_of
from bearwitness.release.figures.intervals import (
    dispersion,
    exact_poisson,
    exact_ratio,
    jeffreys,
    quantile_of,
    wilson,
)
from bearwitness.release.figures.sequences import Dated, Followed, followed_within, widened

VECTORS = Path(__file__).parents[1] / "vectors"


# Newcombe (1998), table I, method 3.
@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_newcombes(count, base, low, high):
    assert wilson(count, base) == pytest.approx((low, high), abs=5e-5)


@given(some.integers(1, 400).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))))
def test_intervals_of_shares_hold_the_share_and_turn_round_with_it(pair):
    count, base = pair
    for interval in (wilson, jeffreys):
        low, high = interval(count, base)
        assert 0 <= low <= count / base <= high <= 1
        mirrored = interval(base - count, base)
        assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high))


# Garwood (1936): 10 events, 95 %.
def test_the_interval_of_a_poisson_mean_is_garwoods():
    assert exact_poisson(10) == pytest.approx((4.795389, 18.390356), abs=1e-6)
    assert exact_poisson(0)[0] == 0


# R 4, poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878)): stomach cancers, from its manual.
def test_the_ratio_of_rates_is_that_of_the_exact_test():
    assert exact_ratio((21, 11), (3011, 800)) == pytest.approx((0.8584264, 4.2772659), abs=1e-6)
    found = compare_rates((21, 11), (3011, 800))
    assert found.ratio == pytest.approx(1.971488, abs=1e-6)


@given(some.integers(1, 500), some.integers(1, 500), some.integers(30, 900), some.integers(30, 900))
def test_before_and_after_change_places(before, after, days, later):
    one, other = (
        compare_rates((before, after), (days, later)),
        compare_rates((after, before), (later, days)),
    )
    assert one.lower <= one.ratio <= one.upper
    assert (one.lower, one.upper) == pytest.approx((1 / other.upper, 1 / other.lower))


def test_months_that_differ_by_more_than_chance_widen_the_interval():
    even = (np.full(6, 20.0), np.full(6, 10.0))
    wild = (np.array([2, 38, 2, 38, 2, 38.0]), np.array([1, 19, 1, 19, 1, 19.0]))
    calm, wide = (compare_rates((120, 60), (180, 180), by_month=m) for m in (even, wild))
    assert calm.dispersion == 1 < wide.dispersion
    assert wide.lower < calm.lower and calm.upper < wide.upper
    assert dispersion(wild[0], np.full(6, 20.0), parameters=1) == pytest.approx(16.2 * 6 / 5)


def test_nothing_before_is_no_base():
    with pytest.raises(EstimateRefused, match="multiple of nothing"):
        compare_rates((0, 12), (90, 90))


# Ranks of the interval for a median: David & Nagaraja (2003), section 7.1; n = 10: 2nd and 9th.
def test_a_median_lies_between_order_statistics():
    found = quantile_of(np.arange(1.0, 11.0), 0.5)
    assert (found.value, found.lower, found.upper) == (5.5, 2.0, 9.0)
    assert quantile_of(np.array([1.0, 2.0]), 0.5).lower is None


def test_the_interval_of_a_median_holds_it_as_often_as_it_says():
    random = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        found = quantile_of(random.exponential(size=40), 0.5)
        held += found.lower <= np.log(2) <= found.upper
    assert held / 400 >= 0.93


def taylor_ashe():
    """Taylor & Ashe (1983), as in Mack (1993), table 1: amounts by year of origin and delay."""
    rows = (VECTORS / "taylor_ashe_1983.csv").read_text(encoding="utf-8").splitlines()[1:]
    table = np.full((10, 10), np.nan)
    for number, row in enumerate(rows):
        sums = [float(cell) for cell in row.split(",") if cell]
        table[number, : len(sums)] = np.diff(sums, prepend=0.0)
    return table


# The chain ladder's sum of what is to come: 18,680,856 (Mack 1993; England & Verrall 1999, table 1,
# where the over-dispersed Poisson model gives a prediction error of 16 %).
def test_reverse_hazards_are_the_chain_ladder():
    found = complete(taylor_ashe())
    to_come = found.drawn.sum(axis=1) - found.recorded.sum()
    assert (found.expected - found.recorded).sum() == pytest.approx(18_680_856, abs=1)
    assert to_come.std() / 18_680_856 == pytest.approx(0.16, abs=0.03)


def late(random, *, acts, periods=24):
    """Acts of `periods` months, recorded with a geometric delay, as known at the end."""
    month = random.integers(0, periods, size=acts)
    delay = random.geometric(0.35, size=acts) - 1
    table = np.zeros((periods, periods))
    seen = month + delay < periods
    np.add.at(table, (month[seen], delay[seen]), 1.0)
    row, column = np.indices(table.shape)
    table[row + column >= periods] = np.nan
    return table, np.bincount(month, minlength=periods)


def test_what_is_to_come_lies_in_its_interval_as_often_as_it_says():
    random = np.random.default_rng(11)
    held = 0
    for number in range(120):
        table, truth = late(random, acts=1500)
        found = complete(table, seed=number, draws=500)
        low, high = np.quantile(found.drawn[:, -3:].sum(axis=1), [0.025, 0.975])
        held += low <= truth[-3:].sum() <= high
    assert held / 120 >= 0.9


@settings(max_examples=20, deadline=None)
@given(some.integers(2, 8), some.integers(0, 3))
def test_without_delay_nothing_is_to_come(periods, seed):
    random = np.random.default_rng(seed)
    table = np.zeros((periods, periods))
    table[:, 0] = 20 + random.poisson(30, size=periods)
    row, column = np.indices(table.shape)
    table[row + column >= periods] = np.nan
    found = complete(table)
    assert np.allclose(found.share, 1) and np.allclose(found.expected, found.recorded)


def test_the_table_of_delays_is_counted_from_days():
    days = np.array([0.0, 5.0, 31.0, 61.0])
    recorded = np.array([0.0, 40.0, 31.0, 62.0])
    found = triangle_of(days, recorded, now=89, period=30, periods=3)
    assert found[0, :].tolist() == [1, 1, 0]
    assert found[1, :2].tolist() == [1, 0] and np.isnan(found[1, 2])
    assert found[2, 0] == 1


def test_too_few_acts_tell_no_delay():
    with pytest.raises(EstimateRefused, match="fewer than 30"):
        complete(np.array([[5.0, 1.0], [4.0, np.nan]]))


def test_a_fall_that_is_only_delay_disappears():
    """As many acts after as before, but recorded late: the bare ratio falls, the other does not."""
    random = np.random.default_rng(2)
    days = random.integers(0, 720, size=4000).astype(float)
    recorded = days + random.exponential(90, size=4000)
    now = 719
    known = recorded <= now
    span = Span(before=(360, 539), after=(540, 719), now=now)
    counts = [((days >= a) & (days <= b) & known).sum() for a, b in span]
    bare = compare_rates(tuple(map(float, counts)), span.days)
    found = with_delay(days[known], recorded[known], span=span)
    assert bare.upper < 1
    assert found.ratio[0] < 1 < found.ratio[2]
    assert found.share[2] < 0.75


# What followed what

SPANS = some.tuples(some.integers(0, 400), some.integers(0, 60))
LIVES = some.lists(some.tuples(some.lists(SPANS, max_size=3), some.lists(SPANS, max_size=3)),
                   max_size=6)  # fmt: skip


def dated(lives, side, *, called="p"):
    rows = [(f"{called}{n}", a, a + w) for n, life in enumerate(lives) for a, w in life[side]]
    people, first, last = zip(*rows, strict=True) if rows else ((), (), ())
    return Dated(
        people=np.array(people, dtype=str),
        first=np.array(first, dtype=np.int64),
        last=np.array(last, dtype=np.int64),
    )


@settings(max_examples=150, deadline=None)
@given(LIVES, some.integers(0, 90), some.integers(0, 90), some.integers(0, 2**32 - 1))
def test_bounds_of_a_sequence_hold_whatever_the_days_were(lives, within, more, seed):
    first, then = dated(lives, 0), dated(lives, 1)
    found = followed_within(first, then, within)
    assert 0 <= found.surely <= found.possibly <= found.base
    longer = followed_within(first, then, within + more)
    assert longer.surely >= found.surely and longer.possibly >= found.possibly
    random = np.random.default_rng(seed)

    def settled(side):
        days = random.integers(side.first, side.last + 1) if len(side.first) else side.first
        return Dated(people=side.people, first=days, last=days)

    truth = followed_within(settled(first), settled(then), within)
    assert truth.surely == truth.possibly
    assert found.surely <= truth.surely <= found.possibly


@given(LIVES, some.integers(0, 90))
def test_what_people_are_called_changes_nothing(lives, within):
    one = followed_within(dated(lives, 0), dated(lives, 1), within)
    renamed = [dated(lives[::-1], side, called="x") for side in (0, 1)]
    assert followed_within(*renamed, within) == one


@given(
    some.integers(0, 300).flatmap(
        lambda n: some.tuples(some.just(n), some.integers(0, n), some.integers(0, n))
    ),
    some.sampled_from([(10, 5), (3, 3)]),
)
def test_widened_bounds_are_true_and_leave_no_small_group(counts, rules):
    base, a, b = counts
    surely, possibly = sorted((a, b))
    threshold, rounding = rules
    found = widened(Followed(base, surely, possibly), threshold=threshold, rounding=rounding)
    if base < threshold:
        assert found is None
        return
    low, high, shown = found
    assert low <= surely / base and possibly / base <= high + 1e-12
    assert abs(shown - base) <= rounding / 2
    if possibly < base:
        assert high == 1 or high * base >= possibly
    assert low == 0 or low * base >= threshold - rounding


def test_long_delays_that_nobody_has_seen_do_not_add_up():
    """Sixty delays and few acts: a prior of half an act for each would more than double the sum."""
    random = np.random.default_rng(11)
    off = []
    for number in range(60):
        table, truth = late(random, acts=300, periods=60)
        found = complete(table, seed=number, draws=300)
        off.append(np.median(found.drawn.sum(axis=1)) / truth.sum())
    assert np.median(off) == pytest.approx(1, abs=0.05)
