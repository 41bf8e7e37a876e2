"""The way of a person: steps in order, uncertain dates drawn as uncertain, a map of outlines."""

import re

import pytest
from django.urls import reverse
from tests.cast import reader
from tests.web.test_pages import body

from bearwitness.records import actions
from bearwitness.web.casebook.way import draw_map

STEPS = [
    ("trajectory/sold", "2004-23", "延吉"),
    ("trajectory/crossed-border", "2004-06-14", "Musan"),
    ("trajectory/held", "[2004..2006]", "룡정시"),
    ("trajectory/arrived", "", "a town by the sea"),
]


@pytest.fixture
def way(alice, hana):
    for term, date, place in STEPS:
        source = hana.interviews.first().source
        said = {"date": date, "place": place}
        actions.add_act(reader("alice"), hana, term=term, source=source, said=said)
    return body(alice.get(reverse("trajectory", args=[hana.code_name])))


def test_steps_stand_in_the_order_of_their_dates(way):
    told = re.findall(r"<strong>(.*?)</strong>", way)
    assert told == ["Crossed the border", "Sold", "Held", "Deception", "Arrived"]


def test_an_exact_date_is_a_full_bar_and_an_uncertain_one_a_pale_bar(way):
    kinds = re.findall(r'<rect class="(\w+)"', way)
    assert kinds == ["sharp", "within", "within", "within"]
    assert "no date" in way
    assert way.count("order not known") >= 2


def test_places_meet_in_three_scripts_and_an_unknown_one_is_kept_as_it_was_said(way):
    label = re.search(r'aria-label="([^"]*Musan[^"]*)"', way)[1]
    assert label.split() == ["1:", "Musan.", "2:", "Yanji.", "3:", "Longjing."]
    assert "a town by the sea" in way
    assert "Musan, North Hamgyong, North Korea" in way


def test_the_page_speaks_the_language_of_the_reader(alice, hana, way):
    page = reverse("trajectory", args=[hana.code_name])
    korean = body(alice.get(page, headers={"accept-language": "ko"}))
    assert "2004년 가을" in korean
    assert "함경북도 무산" in korean
    chinese = body(alice.get(page, headers={"accept-language": "zh-hans"}))
    assert "2004年秋" in chinese


def test_a_person_without_acts_has_no_way_to_show(alice, db):
    person = actions.add_person(reader("alice"))
    assert "no way to show" in body(alice.get(reverse("trajectory", args=[person.code_name])))


def test_no_map_is_drawn_of_nothing():
    assert draw_map([]) is None
