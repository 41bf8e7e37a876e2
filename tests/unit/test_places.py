"""The gazetteer: a tree without holes, and spellings that meet."""

import pytest

from bearwitness.casebook.places import find_places, fold_place, gazetteer, name_in_full, within

PLACES = list(gazetteer().values())


@pytest.mark.parametrize(
    ("spellings", "place"),
    [
        (["Hoeryong", "Hoeryŏng", "hoeryong-si", "Hoeryeong"], "hoeryong"),
        (["회령", "회령시", "会宁", "會寧"], "hoeryong"),
        (["Yanji", "연길", "연길시", "延吉", "延吉市", " YANJI "], "yanji"),
        (["룡정", "용정", "龙井", "Longjing City"], "longjing"),
        (["Ji'an", "Jian", "집안", "集安市"], "jian"),
        (["Ch'ŏngjin", "Cheongjin", "청진", "清津"], "chongjin"),
        (["Undok", "은덕", "아오지", "경흥군"], "kyonghung"),
        (["북한", "DPRK", "朝鲜", "North Korea"], "KP"),
        (["연변", "延边朝鲜族自治州"], "yanbian"),
    ],
)  # fmt: skip
def test_spellings_of_one_place_find_it(spellings, place):
    for spelling in spellings:
        assert place in [found.id for found in find_places(spelling)], spelling


def test_a_name_that_two_places_have_finds_both():
    assert {place.id for place in find_places("정주")} == {"chongju", "zhengzhou"}


@pytest.mark.parametrize("text", ["", "  ", "-", "a village by the river"])
def test_what_is_not_in_the_gazetteer_finds_nothing(text):
    assert find_places(text) == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_every_place_hangs_in_the_tree_and_has_a_name_in_each_language(place):
    chain = within(place)
    assert chain[-1].kind == "country"
    assert all(place.names.values())
    assert (place.point is None) == (place.precision is None)
    if place.kind not in ("country", "province", "prefecture"):
        assert place.point or place.id == "usi", "a town without a point cannot be mapped"


def test_points_lie_where_their_country_is():
    boxes = {"KP": (37.6, 43.1, 124.1, 130.8), "CN": (18, 54, 73, 136)}
    for place in PLACES:
        south, north, west, east = boxes.get(within(place)[-1].id, (-90, 90, -180, 180))
        if place.point:
            assert south <= place.point[0] <= north and west <= place.point[1] <= east, place.id


def test_no_spelling_is_folded_away_and_no_place_has_the_spelling_of_its_parent():
    for place in PLACES:
        assert all(fold_place(name) for name in (*place.names.values(), *place.aliases))


def test_the_full_name_goes_from_small_to_large_in_english_and_back_in_korean():
    musan = gazetteer()["musan"]
    assert name_in_full(musan) == "Musan, North Hamgyong, North Korea"
    assert name_in_full(musan, "ko") == "조선민주주의인민공화국 함경북도 무산"
    assert name_in_full(musan, "zh-Hans") == "朝鲜 咸镜北道 茂山"
