"""Crossing people into tables, rules as data, and the alternatives to withholding."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.disclosed import generated, tree

from bearwitness.errors import DisclosureUnsafe, StudyInvalid
from bearwitness.release.disclosure import (
    CellRule,
    cross,
    flat_hierarchy,
    link_tables,
    make_hierarchy,
)
from bearwitness.release.disclosure.cellkey import cell_keys, noise, perturb, record_keys
from bearwitness.release.disclosure.controlled import round_controlled, rounded_range
from bearwitness.release.disclosure.cross import crossed_from_counts
from bearwitness.release.disclosure.hierarchy import NOT_STATED, band_names, band_of
from bearwitness.release.disclosure.rules import find_sensitive, least_printed


def test_a_cycle_and_a_second_parent_are_errors_that_name_them():
    with pytest.raises(StudyInvalid, match="circle: a -> b -> c -> a"):
        make_hierarchy("place", [("a", "b"), ("b", "c"), ("c", "a")])
    with pytest.raises(StudyInvalid, match="'a' has two parents, 'b' and 'c'"):
        make_hierarchy("place", [("a", "b"), ("a", "c")])


def test_a_value_that_is_itself_a_whole_gets_a_part_of_its_own():
    places = make_hierarchy("place", [("Yanji", "Jilin")], values=["Yanji", "Jilin"])
    assert {places.nodes[leaf] for leaf in places.leaves} == {"Jilin, not closer", "Yanji"}
    leaf = places.leaf_of(["Jilin", "Yanji"])
    assert places.membership[places.nodes.index("Jilin"), leaf].tolist() == [1, 1]


def test_bands_hold_an_age_only_when_both_ends_agree():
    assert band_names([18, 30]) == ("under 18", "18-29", "30 and over")
    assert band_of(17, 17, [18, 30]) == "under 18"
    assert band_of(17, 18, [18, 30]) is None
    assert band_of(None, 20, [18, 30]) is None


records = st.lists(
    st.tuples(
        st.integers(0, 7), st.sampled_from("xy"), st.sampled_from(["f", "m", None]),
        st.sampled_from(["p0", "p1", "p2"]),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(records)
def test_people_are_counted_once_as_counting_by_hand_does(rows):
    names = [f"{list_}/{i}" for i, (_, list_, _, _) in enumerate(rows)]
    members = {"record": names, "list": [row[1] for row in rows]}
    links = {"record": names, "person": [str(row[0]) for row in rows], "draw": [0] * len(rows)}
    sex = flat_hierarchy("sex", ["f", "m", NOT_STATED])
    place = make_hierarchy("place", [("p0", "P"), ("p1", "P"), ("p2", "Q")])
    table = cross(
        "t", members, links, {sex: [r[2] for r in rows], place: [r[3] for r in rows]},
        sources=[r[3] for r in rows],
    )  # fmt: skip
    by_hand, lists, sources = Counter(), {}, {}
    for person in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == person]
        stated = Counter(row[2] for row in own if row[2])
        at = Counter(row[3] for row in own)
        first = max(stated.items(), key=lambda x: (x[1], -ord(x[0])))[0] if stated else NOT_STATED
        second = max(at.items(), key=lambda x: (x[1], -ord(x[0][1])))[0]
        group = "P" if second in ("p0", "p1") else "Q"
        for key in product(["all", first], ["all", group, second]):
            by_hand[key] += 1
            lists.setdefault(key, Counter()).update({row[1] for row in own})
            sources.setdefault(key, set()).update(row[3] for row in own)
    for i, (a, b) in enumerate(table.places.tolist()):
        key = (sex.nodes[a], place.nodes[b])
        assert table.people[i] == by_hand[key]
        assert table.sources[i] == len(sources.get(key, ()))
        found = dict(zip(table.lists, table.by_list[i].tolist(), strict=True))
        assert {k: n for k, n in found.items() if n} == dict(lists.get(key, {}))


def test_each_rule_finds_its_cells():
    counts = np.array([[12, 40], [30, 3]])
    a, b = flat_hierarchy("a", "xy"), flat_hierarchy("b", "uv")
    lists = np.zeros((9, 2), int)
    small = crossed_from_counts("t", [a, b], counts)
    lists[:, 0] = small.people
    lists[small.people == 40] = [37, 38]
    table = crossed_from_counts("t", [a, b], counts, by_list=lists, lists=("l", "m"))

    def hit(**rule):
        found = find_sensitive(table, [CellRule(reason="r", **rule)])
        return {int(table.people[i]) for i in found.cells}

    assert hit(kind="people", limit=10) == {3}
    assert hit(kind="organisations", limit=2) == set(table.people.tolist()) - {40}
    assert 40 not in hit(kind="dominance", limit=0.95)
    assert hit(kind="sensitive", limit=35, dimension="b", categories=("u",)) == {12, 30}


def test_a_rule_without_a_reason_is_refused():
    with pytest.raises(DisclosureUnsafe, match="gives no reason"):
        CellRule(kind="people", limit=10, reason=" ")
    with pytest.raises(DisclosureUnsafe, match="no rule is called"):
        CellRule(kind="persons", limit=10, reason="r")


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000), st.sampled_from([3, 5, 10]))
@example(273, 3)  # no zero-restricted rounding exists, nor one in which multiples stay
def test_controlled_rounding_adds_up_and_stays_near(seed, base):
    cells = link_tables([generated(seed, places=4, people=200)])
    rounded, away = round_controlled(cells, base)
    assert not (rounded % base).any()
    assert not np.abs(cells.equations @ rounded).any()
    assert (np.abs(rounded - cells.people) < base * away).all()
    stays = (cells.people % base == 0) & ((away == 1) | (cells.people == 0))
    assert (rounded[stays] == cells.people[stays]).all()
    low, high = rounded_range(rounded, base, away)
    assert (low <= cells.people).all() and (cells.people <= high).all()


@pytest.mark.parametrize("down", range(1, 5))
def test_noise_of_cell_keys_has_no_bias_and_keeps_its_limits(down):
    values, chances = noise(down, 4, 2.0)
    assert chances.sum() == pytest.approx(1)
    assert values @ chances == pytest.approx(0, abs=1e-9)
    assert values**2 @ chances <= 2.0 + 1e-6
    assert (values.min(), values.max()) == (-down, 4)


def test_equal_cells_get_equal_noise_in_every_table():
    rng = np.random.default_rng(2)
    names = [f"r{i}" for i in range(500)]
    members = {"record": names, "list": ["l"] * 500}
    links = {"record": names, "person": names, "draw": [0] * 500}
    sex = {flat_hierarchy("sex", ["f", "m"]): rng.choice(["f", "m"], 500).tolist()}
    place = {tree("place", 4, 2): rng.choice([f"place{i}" for i in range(4)], 500).tolist()}
    secret = b"a secret of the tests only"
    noisy = {}
    for dimensions in (sex, place, sex | place):
        table = cross("t", members, links, dimensions)
        keys = record_keys(secret, table.persons)
        counts = perturb(table.people, cell_keys(table, table.leaf, keys))
        assert (np.abs(counts - table.people) <= 4).all()
        for key, count in zip(table.keys, counts.tolist(), strict=True):
            assert noisy.setdefault(key, count) == count
    assert any(noisy[k] != n for k, n in zip(table.keys, table.people.tolist(), strict=True))
    other = record_keys(b"another secret of tests", table.persons)
    assert (cell_keys(table, table.leaf, other) != cell_keys(table, table.leaf, keys)).any()


def test_a_printed_cell_is_known_to_reach_the_limits_of_its_rules():
    table = crossed_from_counts(
        "t", [flat_hierarchy("a", "xy"), flat_hierarchy("b", "uv")], np.array([[16, 40], [30, 12]])
    )
    rules = [
        CellRule(kind="people", limit=10, reason="r"),
        CellRule(kind="sensitive", limit=15, dimension="b", categories=("u",), reason="r"),
    ]
    least = dict(zip(table.keys, least_printed(table, rules).tolist(), strict=True))
    assert least[("b", "u"),] == 15
    assert least[("a", "y"), ("b", "u")] == 15
    assert least[("a", "y"), ("b", "v")] == 10
