"""Maps: no circle is a person, and nothing that follows from one is about too few."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.release import Rules, Words
from bearwitness.release.maps import (
    EVERYWHERE,
    MapPlace,
    Outline,
    draw_map,
    part_places,
    parts_of_table,
)

PLAIN = Rules(threshold=10, rounding=1)
OUTLINE = Outline(box=(119, 37, 133.5, 47), lines=[[(120, 40), (130, 42)]])


def place(id: str, parent: str = EVERYWHERE, point=None) -> MapPlace:
    return MapPlace(id=id, parent=parent, names={"en": id, "ko": f"{id}-ko"}, point=point)


TREE = {
    p.id: p
    for p in (
        place("land"),
        place("north", "land"),
        place("south", "land"),
        place("alder", "north", (42.0, 128.0)),
        place("birch", "north", (42.5, 129.0)),
        place("cedar", "north", (43.0, 130.0)),
        place("elm", "south", (40.0, 125.0)),
        place("fir", "south", (40.5, 126.0)),
    )
}


def shown(counts: dict[str, int], rules: Rules = PLAIN) -> dict[str, int]:
    safe = part_places(counts, TREE, rules=rules)
    return {f"{'rest of ' if p.rest else ''}{p.place}": p.people for p in safe.parts}


def test_places_that_reach_the_threshold_are_shown():
    assert shown({"alder": 20, "birch": 15}) == {"alder": 20, "birch": 15}


def test_one_small_place_takes_a_neighbour_along_so_that_neither_can_be_computed():
    assert shown({"alder": 40, "birch": 15, "cedar": 3}) == {"alder": 40, "rest of north": 18}


def test_two_small_places_that_reach_the_threshold_together_are_a_rest():
    assert shown({"alder": 40, "birch": 6, "cedar": 7}) == {"alder": 40, "rest of north": 13}


def test_where_no_neighbour_is_left_the_place_that_holds_both_stands_for_them():
    assert shown({"elm": 12, "fir": 2}) == {"south": 14}
    assert shown({"elm": 12, "fir": 2, "alder": 30}) == {"south": 14, "alder": 30}


def test_people_of_no_known_place_are_not_left_to_subtraction():
    assert shown({"alder": 40, "elm": 30, EVERYWHERE: 4}) == {"alder": 40, "rest of ": 34}


def test_too_few_people_in_all_are_not_shown_at_all():
    assert shown({"alder": 4, "elm": 5}) == {}


places = st.sampled_from([*TREE, EVERYWHERE])
counted = st.dictionaries(places, st.integers(0, 60), max_size=9)


@given(counted, st.integers(2, 20))
def test_every_part_reaches_the_threshold_and_nobody_is_lost_or_counted_twice(counts, threshold):
    safe = part_places(counts, TREE, rules=Rules(threshold=threshold, rounding=1))
    everybody = sum(counts.values())
    assert all(part.people >= threshold for part in safe.parts)
    assert sum(part.people for part in safe.parts) == (everybody if everybody >= threshold else 0)
    assert len({(p.place, p.rest) for p in safe.parts}) == len(safe.parts)


@given(counted)
def test_what_an_attacker_adds_and_subtracts_is_about_a_group_or_nobody(counts):
    """Parts do not overlap, so that every difference of two sums of parts is a sum of parts."""
    people = [part.people for part in part_places(counts, TREE, rules=PLAIN).parts]
    for size in range(1, min(len(people), 3) + 1):
        for some in combinations(people, size):
            rest = sum(people) - sum(some)
            assert sum(some) >= 10
            assert rest == 0 or rest >= 10


@given(counted)
def test_circles_stand_where_the_tree_says_whoever_the_people_are(counts):
    """No coordinate comes from a record: the same parts of other people stand in the same spots."""
    doubled = {name: 2 * n for name, n in counts.items()}
    one = part_places(counts, TREE, rules=PLAIN)
    two = part_places(doubled, TREE, rules=Rules(threshold=20, rounding=1))
    spots = [{(p.place, p.rest): p.point for p in s.parts} for s in (one, two)]
    assert spots[0] == spots[1]


def test_a_rest_stands_in_the_middle_of_what_it_counts():
    (_, rest) = part_places({"alder": 40, "birch": 15, "cedar": 3}, TREE, rules=PLAIN).parts
    assert rest.point == (42.75, 129.5)  # birch and cedar, not alder


def test_numbers_are_rounded_by_the_rules():
    assert shown({"alder": 43, "birch": 21}, Rules()) == {"alder": 45, "birch": 20}


def drawn(counts: dict[str, int], **options):
    safe = part_places(counts, TREE, rules=Rules())
    return draw_map(safe, TREE, OUTLINE, about="Where people were", **options)


def test_a_map_has_words_and_numbers_beside_it_and_needs_no_network():
    chart = drawn({"alder": 43, "birch": 21, "cedar": 3, "elm": 12})
    assert "alder: 45." in chart.alt and "elsewhere in north" in chart.alt
    assert chart.data is not None
    assert ("alder", "45") in list(chart.data.rows)
    assert "fewer than 10" in chart.data.caption
    links = re.findall(rb'(?:href|src)="([^"#][^"]*)"', chart.svg)
    assert links == [] and b"<script" not in chart.svg


def test_the_same_people_give_the_same_bytes():
    counts = {"alder": 43, "birch": 21}
    assert drawn(counts).svg == drawn(counts).svg


def test_the_area_of_a_circle_is_the_number_of_people():
    from bearwitness.release import maps

    radii = []

    class Axes:
        def add_patch(self, circle):
            radii.append(circle.radius)

    safe = part_places({"alder": 80, "birch": 20}, TREE, rules=PLAIN)
    for part in safe.parts:
        maps._paint_part(Axes(), part, safe, OUTLINE)
    assert (radii[0] / radii[1]) ** 2 == pytest.approx(4.0)


def test_names_are_said_in_the_language_of_the_report():
    chart = drawn({"alder": 43, "birch": 21, "cedar": 3}, words=Words(language="ko"))
    assert chart.data is not None
    assert [row[0] for row in chart.data.rows] == ["alder-ko", "north-ko의 다른 곳"]


def test_an_empty_map_is_drawn_without_a_number():
    chart = drawn({"alder": 2})
    assert chart.data is not None and list(chart.data.rows) == []
    assert not re.search(r": \d", chart.alt)


# A map of a table that is printed too


@given(st.dictionaries(st.sampled_from(sorted(TREE)), st.integers(10, 60), max_size=8))
def test_a_map_of_a_table_prints_numbers_of_that_table_and_no_others(printed):
    safe = parts_of_table(printed, TREE, rules=Rules())
    assert all(printed[part.place] == part.people and not part.rest for part in safe.parts)


def test_of_places_within_each_other_the_smallest_are_drawn():
    printed = {"land": 90, "north": 60, "alder": 40, "south": 30}
    safe = parts_of_table(printed, TREE, rules=Rules())
    assert [(p.place, p.people) for p in safe.parts] == [("alder", 40), ("south", 30)]
    assert safe.parts[1].point == (40.25, 125.5)  # the middle of elm and fir


def test_a_map_of_a_table_says_that_it_leaves_out_what_the_table_withholds():
    safe = parts_of_table({"alder": 40}, TREE, rules=Rules())
    chart = draw_map(safe, TREE, OUTLINE, about="Where people were")
    assert "what is withheld there" in chart.alt
