"""Places: a tree and a map of what the reader sees, and nothing of what they do not."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import account, reader
from tests.web.conftest import make_hana
from tests.web.test_pages import body

from bearwitness.casebook.places import gazetteer
from bearwitness.records import actions
from bearwitness.records.queries import placed
from bearwitness.web.casebook import maps


def happened(place, *, who="alice", title="A fictional crossing"):
    return actions.add_event(reader(who), title=title, place=place)


def numbers(page, name):
    """What stands beside a place: its counts by kind."""
    row = re.search(rf">{name}</a>.*?</div>", page, re.S)[0]
    return dict(re.findall(r"<span>([^<]+?) <strong>([\d,+]+)</strong>", row))


def test_a_place_counts_with_all_that_hold_it_in_whatever_spelling(alice):
    for place in ("Yanji", "연길시", "图们", "Hoeryong, North Hamgyong"):
        happened(place)
    page = body(alice.get(reverse("places")))
    assert numbers(page, "Yanji") == {"Events": "2"}
    assert numbers(page, "Yanbian") == numbers(page, "China") == {"Events": "3"}
    assert numbers(page, "North Korea") == numbers(page, "Hoeryong") == {"Events": "1"}
    assert "Pyongyang" not in page  # nothing is recorded of it
    assert "연길" in page and "延吉" in page


def test_a_place_of_another_team_is_not_there_at_all(alice):
    happened("Yanji", who="charlie", title="A fictional secret")
    empty = body(alice.get(reverse("places")))
    assert "Yanji" not in empty
    shown = body(alice.get(reverse("place", args=["yanji"])))
    assert "A fictional secret" not in shown and "<strong>1</strong>" not in shown


def test_opened_to_all_it_is_counted_for_all(client, db):
    hana = make_hana()
    source = hana.interviews.get().source
    actions.add_act(
        reader("alice"), hana, term="trafficking/deception",
        source=source, said={"place": "Tumen"},
    )  # fmt: skip
    client.force_login(account("charlie"))
    assert "Tumen" not in body(client.get(reverse("places")))
    actions.open_person(reader("alice"), hana)
    assert numbers(body(client.get(reverse("places"))), "Tumen") == {"Acts": "1"}


def test_no_more_are_counted_than_the_limit(alice, monkeypatch):
    monkeypatch.setattr(placed, "MOST_COUNTED", 2)
    for _ in range(4):
        happened("Yanji")
    page = body(alice.get(reverse("places")))
    assert placed.counts_by_place(reader("alice"))["yanji"]["events"] == 3  # one more than 2
    assert numbers(page, "Yanji") == {"Events": "2+"}


def test_a_place_that_no_gazetteer_knows_stands_as_it_was_said_and_can_be_searched(alice):
    happened("the mill by the ford")
    page = body(alice.get(reverse("places")))
    assert 'name="place" value="the mill by the ford"' in page
    found = alice.post(reverse("search"), {"place": "the mill by the ford"}, follow=True)
    assert "A fictional crossing" in body(found)


def test_a_name_of_two_places_is_given_to_neither_but_a_province_holds_its_city(alice):
    happened("정주")  # Chongju in the North, and Zhengzhou as it is said in Korean
    happened("Jilin")  # a city, and the province round it
    page = body(alice.get(reverse("places")))
    assert "Chongju" not in page and "Zhengzhou" not in page
    assert numbers(page, "Jilin") == {"Events": "1"}


def test_the_map_leads_to_each_place_and_loads_nothing(alice):
    for place in ("Yanji", "Hoeryong", "Bangkok"):
        happened(place)
    page = body(alice.get(reverse("places")))
    drawn = re.findall(r"<svg.*?</svg>", page, re.S)
    assert len(drawn) == 2  # the border region, and what lies beyond it
    leads = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', "".join(drawn))
    assert (reverse("place", args=["yanji"]), "Yanji") in leads
    assert len(leads) == 3
    assert not re.search(r"(?:src|href)=[\"']https?:", page)


def test_a_place_leads_to_its_events_people_acts_and_interviews(alice):
    hana = make_hana()
    told = hana.interviews.get()
    said = {"place": "延吉"}
    actions.add_act(
        reader("alice"), hana, term="trafficking/deception", source=told.source, said=said
    )
    event = happened("Yanji")
    for place in ("yanji", "yanbian", "CN"):
        page = body(alice.get(reverse("place", args=[place])))
        for name, key in (("event", event.pk), ("person", hana.code_name), ("interview", told.pk)):
            assert reverse(name, args=[key]) in page, (place, name)
    assert alice.get(reverse("place", args=["atlantis"])).status_code == 404


def boxes(shown):
    for spot in shown["spots"]:
        if "label" in spot:
            left, base = spot["label"]
            wide = shown["letters"] * sum(0.6 if ord(c) < 0x1100 else 1 for c in spot["name"])
            yield left, base - 0.9 * shown["letters"], left + wide, base + 0.2 * shown["letters"]


@pytest.mark.parametrize("language", ["en", "ko", "zh-Hans"])
def test_no_name_on_the_map_stands_on_another(language):
    places = [place for place in gazetteer().values() if place.point and maps.is_near(place)]
    frame, _ = maps.around(places)
    spots = [maps.spot(frame, place, language) for place in places]
    drawn = sorted(boxes(maps.drawn(frame, spots, every_label=False)))
    assert len(drawn) > len(places) / 2
    for n, one in enumerate(drawn):
        for other in drawn[n + 1 :]:
            apart = one[2] <= other[0] + 0.2 or one[3] <= other[1] + 0.2 or other[3] <= one[1] + 0.2
            assert apart, (one, other)


@given(st.sets(st.sampled_from(sorted(p.id for p in gazetteer().values() if p.point)), min_size=1))
def test_whatever_places_a_map_is_of_all_lie_within_it(ids):
    places = [gazetteer()[one] for one in ids]
    frame, _ = maps.around(places)
    shown = maps.drawn(frame, [maps.spot(frame, place, "en") for place in places])
    left, top, width, height = map(float, shown["view"].split())
    for spot in shown["spots"]:
        x, y = spot["at"]
        assert left <= x <= left + width and top <= y <= top + height
