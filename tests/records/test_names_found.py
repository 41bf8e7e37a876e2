"""A person is found by their name in any script and spelling, and noticed before a second entry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import account, reader

from bearwitness.casebook import Name
from bearwitness.casebook.rights import LOCAL
from bearwitness.records import actions, importing
from bearwitness.records.models import AuditEntry, NameKey, Person
from bearwitness.records.name_keys import keys_of, keys_to_find
from bearwitness.records.reindexing import rebuild_index

pytestmark = pytest.mark.django_db


def add(*texts, who="alice", **said):
    return actions.add_person(reader(who), names=[Name(text=t) for t in texts], said=said)


def find(text, who="alice"):
    return actions.find_by_name(reader(who), text)


SPELLINGS = ["리가상", "이가상", "Ri Ka-sang", "Lee Gasang", "Gasang Lee", "YI KASANG"]


@pytest.mark.parametrize("written", SPELLINGS)
@pytest.mark.parametrize("asked", SPELLINGS)
def test_one_name_in_any_spelling_finds_any_other(written, asked):
    person = add(written)
    assert find(asked) == [person]


@pytest.mark.parametrize("asked", ["Ri", "Lee", "리", "이"])
def test_a_surname_alone_finds_all_who_have_it(asked):
    ours = {add(text) for text in ("리가상", "Lee Gasang")}
    add("박가상")
    assert ours <= set(find(asked))


@pytest.mark.parametrize("asked", ["Gasang", "가상", "ka-sang"])
def test_a_given_name_alone_finds_whoever_has_it(asked):
    assert add("Ri Ka Sang") in find(asked)


@pytest.mark.parametrize("asked", ["虚构", "Xugou", "xu gou"])
def test_a_chinese_name_is_found_by_its_pinyin(asked):
    assert find(asked) == []
    person = add("虚构")
    assert find(asked) == [person]


def test_the_very_text_comes_first_then_the_sound_then_what_holds_it():
    holding, sounding, exact = add("Kang Lee Gasangbok"), add("리가상"), add("Lee Gasang")
    assert find("lee gasang") == [exact, sounding, holding]


def test_other_names_do_not_meet():
    add("박가상"), add("리나비")
    assert find("Lee Gasang") == []


def test_no_search_finds_another_team_and_each_is_audited_without_its_words():
    add("리가상", who="charlie")
    before = AuditEntry.objects.count()
    assert find("Lee Gasang") == []
    assert AuditEntry.objects.count() == before + 1
    assert "asang" not in str(list(AuditEntry.objects.values()))
    assert actions.similar_people(reader("alice"), [Name(text="Lee Gasang")]) == []


def test_a_list_that_comes_in_has_keys_too(tmp_path, settings):
    settings.BEARWITNESS_HOME = tmp_path / "home"
    path = tmp_path / "list.csv"
    path.write_text("id,name,alias\n1,리가상,虚构\n", encoding="utf-8")
    importing.import_list(reader("alice"), path)
    assert len(find("Lee Gasang")) == len(find("xugou")) == 1


def test_names_from_before_there_were_keys_get_theirs():
    person = add("리가상")
    NameKey.objects.all().delete()
    assert find("Lee Gasang") == []
    rebuild_index(LOCAL)
    assert find("Lee Gasang") == [person]


def test_erasure_takes_the_keys_along():
    person = add("리가상")
    asked = actions.ask_erasure(reader("alice"), person, reason="she asked to be forgotten")
    actions.confirm_erasure(reader("bob"), asked)
    assert not NameKey.objects.exists()


def test_somebody_of_this_name_and_a_near_birth_is_similar():
    near, far, unknown = add("리가상", birth="1990"), add("리가상", birth="1970"), add("이가상")
    add("박가상", birth="1990")
    asked = [Name(text="Lee Gasang")]
    assert set(actions.similar_people(reader("bob"), asked, birth="1991~")) == {near, unknown}
    assert far in actions.similar_people(reader("bob"), asked)
    assert actions.similar_people(reader("bob"), []) == []


@given(st.text(max_size=200))
def test_any_text_has_keys_that_fit_their_column(text):
    keys = keys_of(text)
    assert all(key[0] in "kpsg" and 2 < len(key) <= 220 for key in keys)
    assert {k for k in keys_to_find(text) if k[0] == "k"} <= keys


def test_a_second_click_is_needed_to_add_somebody_who_may_be_known(client):
    client.force_login(account("alice"))
    known = add("리가상", birth="1990")
    sent = {"name": "Lee Gasang", "kind": "given-at-birth", "birth": "1990"}
    shown = client.post("/people/add/", sent)
    assert shown.status_code == 200
    text = shown.content.decode()
    assert known.code_name in text
    assert "리가상" not in text
    assert Person.objects.count() == 1
    assert client.post("/people/add/", sent | {"another": "yes"}).status_code == 302
    assert Person.objects.count() == 2


def test_no_sound_of_a_name_outlives_its_erasure():
    person = add("리가상")
    assert NameKey.objects.exists()
    asked = actions.ask_erasure(reader("alice"), person, reason="they asked for it")
    actions.confirm_erasure(reader("bob"), asked)
    assert not NameKey.objects.exists()


def test_a_lone_word_with_marks_on_it_is_a_surname_too():
    assert {"s:a", "g:a"} <= keys_of("À")
    assert keys_to_find("미 래") == keys_to_find("미래") >= {"g:mile"}
