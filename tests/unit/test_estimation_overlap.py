"""What the lists share: graphs of lists, copies, and people who come and go."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import StudyInvalid, TableMismatch
from bearwitness.estimation import Histories, look_at_lists, order_in_time, read_histories
from bearwitness.estimation.checks.overlap import read_referrals
from bearwitness.estimation.checks.populations import POPULATIONS
from bearwitness.estimation.checks.repeats import repeats_table, repeats_within_lists

VECTORS = Path(__file__).parents[1] / "vectors"
TABLES = {
    name: table["counts"]
    for file in ("capture_histories.toml", "more_histories.toml")
    for name, table in tomllib.loads((VECTORS / file).read_text(encoding="utf-8")).items()
}


def table(counts):
    return [{"pattern": p, "count": c} for p, c in counts.items()]


def drawn(chances, people, seed=1):
    """Independent lists a, b, c ... that hold each person with these chances."""
    random = np.random.default_rng(seed)
    on = random.random((people, len(chances))) < np.array(chances)
    counts = np.bincount(on @ (1 << np.arange(len(chances))), minlength=2 ** len(chances))[1:]
    return Histories.from_counts(tuple("abcdef"[: len(chances)]), counts)


def test_an_overlap_says_who_is_on_which_two_lists_and_which_is_the_smallest():
    found = look_at_lists(table({"a": 9, "b": 8, "a+b": 3, "a+c": 2, "a+b+c": 1, "c": 5}))
    assert found.pairs == (("b", "c", 1), ("a", "c", 3), ("a", "b", 4))
    assert (found.on_several, found.observed, found.is_connected) == (6, 28, True)
    assert "The smallest overlap is of b and c: 1 people." in found.summary()


def test_groups_that_share_nobody_and_a_list_that_alone_joins_others():
    apart = look_at_lists(table({"a+b": 9, "c+d": 9, "a": 5, "c": 4}))
    assert apart.parts == (("a", "b"), ("c", "d"))
    assert any("share nobody: a with b and c with d" in w for w in apart.warnings)
    chain = look_at_lists(table({"a+b": 9, "b+c": 9, "a": 9, "b": 9, "c": 9}))
    assert chain.hinges == ("b",)
    alone = look_at_lists(table({"a+b": 9, "a": 3, "b": 2, "c": 7}))
    assert alone.alone == ("c",)


@given(st.lists(st.tuples(st.integers(1, 31), st.integers(1, 9)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_parts_are_what_walking_from_list_to_list_reaches(cells):
    lists = tuple("abcde")
    people = dict(cells)
    seen = Histories(
        lists=lists,
        patterns=np.array(sorted(people), dtype=np.int64),
        people=np.array([float(people[p]) for p in sorted(people)]),
    )
    found = look_at_lists(seen)
    joined = {
        (x, y)
        for cell in people
        for x, y in combinations([n for i, n in enumerate(lists) if cell >> i & 1], 2)
    }
    for start in lists:
        reached, edge = {start}, [start]
        while edge:
            here = edge.pop()
            for x, y in joined:
                for a, b in ((x, y), (y, x)):
                    if a == here and b not in reached:
                        reached.add(b)
                        edge.append(b)
        assert tuple(sorted(reached)) in found.parts


def test_a_list_made_from_another_is_found_and_one_that_is_merely_large_is_not():
    copied = POPULATIONS["nested"].draw(7)
    assert ("police", "ngo") in look_at_lists(copied).inside
    # List a holds 19 in 20 of everybody, and so it holds nearly all of b: no copy.
    assert look_at_lists(drawn((0.95, 0.3, 0.3), 800)).inside == ()
    same = look_at_lists(table({"a+b": 20, "a+b+c": 9, "c": 30}))
    assert same.identical == (("a", "b"),)


def test_referrals_name_two_lists_of_the_table():
    assert read_referrals([("a", "b"), ("a", "b")], "abc") == (("a", "b"),)
    with pytest.raises(StudyInvalid, match="cannot be read"):
        read_referrals([("a", "x")], "abc")


# The same person twice on one list.


def test_records_of_one_person_on_one_list_are_counted_and_many_are_warned_of():
    members = [{"record": f"a/{i}", "list": "a"} for i in range(50)]
    members += [{"record": f"b/{i}", "list": "b"} for i in range(50)]
    # Every tenth record of a is about the person of the record before; b repeats nobody.
    people = {f"a/{i}": f"a/{i - 1 if i % 10 == 9 else i}" for i in range(50)}
    people |= {f"b/{i}": f"a/{i}" if i < 9 else f"b/{i}" for i in range(50)}
    links = [{"record": record, "person": person} for record, person in people.items()]
    first, second = repeats_within_lists(members, links)
    assert (first.name, first.records, first.people, first.repeated) == ("a", 50, 45, 5)
    assert first.share == 0.1
    assert "holds 10% of its records a second time" in first.warning
    assert (second.people, second.warning) == (50, "")
    assert repeats_table((first, second)).column("people").to_pylist() == [45, 50]
    with pytest.raises(TableMismatch, match="no link to a person"):
        repeats_within_lists(members, links[1:])


# People who come and go.


def test_eider_ducks_come_and_go_and_the_years_fall_into_their_order():
    found = order_in_time(table(TABLES["duck"]))
    assert found.is_open
    assert found.order == ("p1", "p2", "p3", "p4", "p5", "p6")


@pytest.mark.parametrize("name", ["Congenital", "UKdat", "UKdat_5", "hare"])
def test_tables_of_closed_populations_are_not_taken_for_open_ones(name):
    assert order_in_time(table(TABLES[name])).is_open is False


@pytest.mark.parametrize("name", ["Kosovo", "HIV", "Korea"])
def test_three_or_four_lists_cannot_tell_without_an_order_that_is_stated(name):
    assert order_in_time(table(TABLES[name])).is_open is None
    lists = read_histories(table(TABLES[name])).lists
    assert order_in_time(table(TABLES[name]), order=lists).is_open in (True, False)


@pytest.mark.parametrize("seed", range(201, 211))
def test_made_years_are_found_and_people_who_merely_differ_are_not(seed):
    assert order_in_time(POPULATIONS["open"].draw(seed)).is_open
    for closed in ("independent", "pairs", "two-classes", "rasch"):
        assert order_in_time(POPULATIONS[closed].draw(seed)).is_open is False


def test_an_order_that_is_stated_needs_fewer_lists():
    years = POPULATIONS["open"].draw(5)
    four = years.without("2019")
    assert order_in_time(four).is_open is None
    assert order_in_time(four, order=four.lists).is_open
    assert order_in_time(four, order=("2016", "2018", "2015", "2017")).is_open is False
    with pytest.raises(StudyInvalid, match="each of them once"):
        order_in_time(four, order=("2015", "2017"))


def test_the_names_of_lists_and_the_order_of_rows_make_no_difference():
    rows = table(TABLES["duck"])
    new = dict(zip(("p1", "p2", "p3", "p4", "p5", "p6"), "qmazxb", strict=True))
    renamed = [
        {"pattern": "+".join(sorted(new[n] for n in r["pattern"].split("+"))), "count": r["count"]}
        for r in reversed(rows)
    ]
    one, other = order_in_time(rows), order_in_time(renamed)
    assert (one.score, one.share) == pytest.approx((other.score, other.share))
    assert {tuple(new[n] for n in one.order), tuple(new[n] for n in one.order[::-1])} & {
        other.order
    }
