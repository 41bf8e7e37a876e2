"""A table betrays no one: whatever the counts, the attack on what is printed finds nobody."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release import Rules, attack, check_safe, protect_histories, round_estimate
from bearwitness.release.disclosure import SafeHistories

LISTS = ("a", "b", "c")
PATTERNS = ["+".join(c) for size in (1, 2, 3) for c in combinations(LISTS, size)]


def table(counts):
    return [{"pattern": p, "count": n} for p, n in counts.items()]


tables = st.dictionaries(st.sampled_from(PATTERNS), st.integers(1, 60), min_size=2)


@settings(deadline=None, max_examples=60)
@given(tables, st.sampled_from([1, 3, 5]))
def test_no_small_cell_can_be_computed_from_what_is_printed(counts, rounding):
    rules = Rules(threshold=10, rounding=rounding)
    safe = protect_histories(table(counts), rules=rules)
    for pattern, count in counts.items():
        if count < rules.threshold:
            assert safe.patterns[pattern] is None
            low, high = attack(safe, pattern)
            assert low <= count <= high, "the attack itself must be right"
            assert high >= rules.threshold
            assert high - low >= rules.threshold - 1


@settings(deadline=None, max_examples=60)
@given(tables, st.sampled_from([1, 3, 5]))
def test_what_is_printed_is_true_as_far_as_it_was_rounded(counts, rounding):
    safe = protect_histories(table(counts), rules=Rules(rounding=rounding))
    for pattern, shown in safe.patterns.items():
        if shown is not None:
            assert abs(shown - counts[pattern]) <= rounding / 2


def test_one_small_cell_alone_is_not_enough_to_withhold():
    counts = {"a": 40, "b": 30, "a+b": 3}
    naive = SafeHistories(
        patterns={"a": 40, "b": 30, "a+b": None},
        list_totals={"a": 43, "b": 33},
        observed=73,
        rules=Rules(rounding=1),
    )
    assert attack(naive, "a+b") == (3, 3)
    with pytest.raises(DisclosureUnsafe):
        check_safe(table(counts), naive)
    safe = protect_histories(table(counts), rules=Rules(rounding=1))
    check_safe(table(counts), safe)
    assert safe.withheld > 1


def test_a_waived_rule_prints_the_table_as_it_is():
    counts = {"a": 4, "b": 3, "a+b": 1}
    safe = protect_histories(table(counts), rules=Rules(threshold=1, rounding=1))
    assert (dict(safe.patterns), safe.observed) == (counts, 8)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "printed"),
    [
        (14341.66, 12595.84, 16527.49, 14300),
        (268.78, 123.3, 431.6, 270),
        (1545.0, 1455.4, 1635.8, 1545),
        (23.4, 20.1, 25.2, 23),
    ],
)
def test_an_estimate_is_rounded_in_keeping_with_its_interval(value, lower, upper, printed):
    assert round_estimate(value, lower, upper) == printed
