"""What may be printed of a table about people. Read these as the rules of the house."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release import Rules, protect_histories

PATTERNS = ("a", "b", "a+b")


def table(counts, **columns):
    return [{"pattern": p, "count": n, **columns} for p, n in counts.items()]


def rounded(count, base):
    return count if base <= 1 else (2 * count + base) // (2 * base) * base


def possible_tables(safe, most):
    """Every table of two lists that would have been printed like this, by trying them all.

    Shares nothing with the attack of the code: no linear programme, no intervals.
    """
    rules, names = safe.rules, list(safe.patterns)
    for counts in product(range(1, most + 1), repeat=len(names)):
        by = dict(zip(names, counts, strict=True))
        fits = all(
            shown is None or (by[p] >= rules.threshold and rounded(by[p], rules.rounding) == shown)
            for p, shown in safe.patterns.items()
        )
        totals = {n: sum(c for p, c in by.items() if n in p.split("+")) for n in safe.list_totals}
        fits &= all(
            shown is None or rounded(totals[n], rules.rounding) == shown
            for n, shown in safe.list_totals.items()
        )
        fits &= safe.observed is None or rounded(sum(counts), rules.rounding) == safe.observed
        if fits:
            yield by


@settings(deadline=None, max_examples=40)
@given(st.fixed_dictionaries({p: st.integers(1, 16) for p in PATTERNS}), st.sampled_from([1, 3, 5]))
def test_who_tries_every_table_learns_no_small_cell(counts, rounding):
    rules = Rules(threshold=6, rounding=rounding)
    safe = protect_histories(table(counts), rules=rules)
    small = [p for p, n in counts.items() if n < rules.threshold]
    if small:
        tables = list(possible_tables(safe, most=26))
        assert counts in tables, "the true table must be among those that fit"
        for pattern in small:
            seen = {by[pattern] for by in tables}
            assert max(seen) >= rules.threshold, "it must be possible that the cell is not small"
            assert len(seen) >= rules.threshold - 1


def test_strata_are_added_together_before_anything_is_printed():
    rows = table({"a": 40, "b": 30}, stratum="men") + table({"a": 30, "a+b": 30}, stratum="women")
    safe = protect_histories(rows, rules=Rules(rounding=1))
    assert dict(safe.patterns) == {"a": 70, "a+b": 30, "b": 30}
    assert safe.observed == 130


def test_only_the_best_linkage_is_printed():
    rows = table({"a": 40, "b": 30}, draw=0) + table({"a": 99, "a+b": 1}, draw=1)
    safe = protect_histories(rows, rules=Rules(rounding=1))
    assert dict(safe.patterns) == {"a": 40, "b": 30}


def test_totals_are_withheld_last_and_those_of_other_lists_after_that():
    counts = {"a": 3, "b": 100, "c": 200, "b+c": 50}
    safe = protect_histories(table(counts), rules=Rules())
    assert safe.list_totals["a"] is None, "with one cell in it, the total is the cell"
    assert None not in (safe.list_totals["b"], safe.list_totals["c"], safe.observed)


def test_rounding_wider_than_the_threshold_is_refused():
    with pytest.raises(DisclosureUnsafe, match="as nobody"):
        Rules(threshold=10, rounding=25)


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_tables_of_four_lists_always_come_to_an_end(data):
    names = ["+".join(c) for size in (1, 2, 3, 4) for c in combinations("abcd", size)]
    counts = data.draw(st.dictionaries(st.sampled_from(names), st.integers(0, 30), min_size=1))
    safe = protect_histories(table(counts), rules=Rules())
    for pattern, count in counts.items():
        if 0 < count < 10:
            assert safe.patterns[pattern] is None
