"""A search finds what the reader may see, and tells of nothing else; its index follows writes."""

from datetime import date

import pytest
from django.db import connection
from tests.cast import reader

from bearwitness.casebook import Name, Use
from bearwitness.casebook.perpetrators import Perpetrator
from bearwitness.casebook.review import State
from bearwitness.casebook.rights import LOCAL, Right, Role
from bearwitness.casebook.wanted import Wanted
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records import actions, queries, text_index
from bearwitness.records.audit import verify_audit
from bearwitness.records.history import verify_history
from bearwitness.records.models import (
    AuditEntry,
    FindableAct,
    FindableInterview,
    FindableName,
    Interview,
    NameKey,
    SavedSearch,
)
from bearwitness.records.reindexing import check_index, ensure_index, index_hint, rebuild_index

pytestmark = pytest.mark.django_db
WORDS = "A fictional man sold her at 회령 시장, near Lark Street."


def tell(who="alice", name="가상하나", text=WORDS, **act):
    person = actions.add_person(reader(who), names=[Name(text=name)])
    yes = {"asked_by": who, "how": "spoken", "given_at": date.today()}
    actions.give_consent(reader(who), person, uses=[Use.RECORD], **yes)
    facts = {"held_on": "2026-05", "interviewer": who, "language": "ko", "text": text}
    told = actions.add_interview(reader(who), person, **facts)
    said = {"date": "2014-21", "place": "Hoeryong"} | act
    term = said.pop("term", "trafficking/deception")
    by = [Perpetrator(kind="unknown", description=said.pop("by", "a broker in a grey coat"))]
    coder = reader(who, Role.CODER)
    facts = {"term": term, "source": told.source, "said": said, "perpetrators": by}
    actions.add_act(coder, person, **facts)
    return person, told


def interviews(who="alice", **wanted):
    return queries.found_interviews(reader(who), Wanted.read(wanted))


@pytest.mark.parametrize(
    "text", ["회령", "시장", "장", "lark", '"lark street"', "Hoeryŏng", "回령"]
)
def test_words_find_an_interview_in_any_script(text):
    _, told = tell()
    assert interviews(text=text) == ([told] if text != "回령" else [])


def test_all_words_have_to_stand_there_and_words_follow_an_edit():
    _, told = tell()
    assert interviews(text="lark man") == [told]
    assert interviews(text="lark woman") == []
    actions.edit_interview(reader("alice"), told, said={"text": "Another text."})
    assert interviews(text="lark") == []
    assert interviews(text="another") == [told]
    actions.add_comment(reader("bob"), told, "Ask again about the harbour.")
    assert interviews(text="harbour") == [told]


CONDITIONS = [
    ({"act": "trafficking/deception"}, {"act": "trafficking/transfer"}),
    ({"act": "trafficking/means"}, {"act": "trafficking/purpose"}),
    ({"place": "North Hamgyong"}, {"place": "Yanji"}),
    ({"period": "2014"}, {"period": "2016"}),
    ({"period": "2013/2014-05"}, {"period": "../2013"}),
    ({"act": "trafficking/deception", "period": "2014"}, {"place": "Yanji", "period": "2014"}),
    ({"consent": "record"}, {"consent": "publish-with-name"}),
    ({"state": "draft"}, {"state": "ready"}),
    ({"language": "ko"}, {"language": "zh"}),
    ({"held": "2026"}, {"held": "2025"}),
]


@pytest.mark.parametrize(("met", "not_met"), CONDITIONS)
@pytest.mark.parametrize("text", ["", "lark"])
def test_conditions_hold_with_words_and_without(met, not_met, text):
    person, told = tell()
    alice = reader("alice")
    assert interviews(text=text, **met) == [told]
    assert interviews(text=text, **not_met) == []
    assert queries.found_people(alice, Wanted.read(met)) == [person]
    assert queries.found_people(alice, Wanted.read(not_met)) == []
    assert queries.found_acts(alice, Wanted.read(met)) == [told.source.act_set.get()]
    assert queries.found_acts(alice, Wanted.read(not_met)) == []


def test_a_withdrawn_consent_is_none():
    person, told = tell()
    assert interviews(consent="record") == [told]
    actions.withdraw_consent(reader("alice"), person, use=Use.RECORD)
    assert interviews(consent="record") == []


def test_one_act_has_to_meet_all_that_is_asked_of_acts():
    person, told = tell(date="1998", place="Yanji")
    facts = {"term": "trafficking/transfer", "source": told.source, "said": {"date": "2010"}}
    actions.add_act(reader("dina"), person, **facts)
    assert interviews(act="trafficking/transfer", period="2010") == [told]
    assert interviews(act="trafficking/transfer", period="1998") == []
    assert interviews(act="trafficking/transfer", place="Yanji") == []


def test_acts_are_found_by_who_did_them_and_events_by_their_title():
    _, told = tell()
    ana = reader("ana")
    assert queries.found_acts(ana, Wanted(text="grey coat")) == [told.source.act_set.get()]
    event = actions.add_event(reader("alice"), title="The raid at the quay", place="Yanji")
    assert queries.found_events(ana, Wanted(text="quay")) == [event]
    assert queries.found_events(ana, Wanted(place="Yanbian")) == [event]
    assert queries.found_events(ana, Wanted(place="Pyongyang")) == []


def test_one_box_finds_a_person_by_name_and_by_code_name():
    person, _ = tell(name="리가상")
    found = actions.search(reader("bob"), Wanted(text="Lee Gasang"))
    assert found["named"] == [person]
    assert found["people"] == []
    found = actions.search(reader("bob"), Wanted(text=person.code_name.lower()))
    assert found["people"] == [person]


def test_names_with_conditions():
    one, _ = tell(name="리가상", place="Yanji")
    tell(name="Lee Gasang")
    wanted = Wanted(text="이가상", place="Yanbian")
    assert actions.search(reader("bob"), wanted)["named"] == [one]


def test_who_may_not_read_words_or_names_does_not_search_them():
    tell()
    found = actions.search(reader("ana"), Wanted(text="회령"))
    assert found.keys() == {"people", "acts", "events"}
    with pytest.raises(NotPermitted):
        queries.found_interviews(reader("ana"), Wanted(text="lark"))
    assert len(queries.found_interviews(reader("ana"), Wanted(state="draft"))) == 1
    assert "named" not in actions.search(reader("dina"), Wanted(text="가상"))


def everything(who, wanted):
    """All that a search tells: what is found, in which order, and whether there is more."""
    found = actions.search(reader(who), wanted, most=2)
    return {kind: [row.pk for row in rows] for kind, rows in found.items()}


ASKED = ["lark", "회령", "장", "가상하나", "grey", "P-", "quay"]


@pytest.mark.parametrize("text", ASKED)
def test_closed_rows_of_others_change_nothing_of_what_is_found(text):
    tell()
    actions.add_event(reader("alice"), title="The raid at the quay")
    before = everything("bob", Wanted(text=text))
    for _ in range(4):
        tell("charlie")
        actions.add_event(reader("charlie"), title="A quay of theirs")
    assert everything("bob", Wanted(text=text)) == before
    assert everything("bob", Wanted(text=text, place="Hoeryong")) is not None


def test_what_is_opened_is_found_by_all_and_what_is_closed_again_is_not():
    person, told = tell("charlie")
    assert interviews(text="lark") == []
    actions.open_person(reader("charlie"), person)
    assert interviews(text="lark") == [told]
    assert actions.search(reader("bob"), Wanted(text="가상하나"))["named"] == [person]
    actions.close_person(reader("charlie"), person)
    assert interviews(text="lark") == []
    assert check_index()


def test_pages_follow_one_another_without_gap_or_repeat(monkeypatch):
    monkeypatch.setattr("bearwitness.records.queries.finding._FIRST", 3)
    ours = [tell()[1].pk for _ in range(7)]
    tell("charlie")
    # Of those with the words, few meet the condition: the second look finds them all the same.
    actions.move_interview(reader("alice"), Interview.objects.get(pk=ours[0]), to=State.READY)
    assert [i.pk for i in interviews(text="lark", state="ready")] == [ours[0]]
    seen, before = [], None
    while True:
        page = queries.found_interviews(reader("bob"), Wanted(text="lark"), before=before, most=2)
        seen += [row.pk for row in page[:2]]
        if len(page) <= 2:
            break
        before = page[1].pk
    assert seen == ours[::-1]


def test_a_search_and_its_passages_are_audited_without_their_words():
    _, told = tell()
    wanted = Wanted(text="lark", place="Hoeryong")
    actions.search(reader("bob"), wanted)
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.by, set(entry.changed)) == ("search", "bob", {"text", "place"})
    found = actions.read_passages(reader("bob"), wanted, [told.pk])
    assert [p for p, marked in found[told.pk][0] if marked] == ["Lark"]
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.object_id) == ("read_passages", str(told.pk))
    assert "lark" not in str(list(AuditEntry.objects.values())).lower()
    assert actions.read_passages(reader("charlie"), wanted, [told.pk]) == {}


def test_the_index_is_in_step_after_every_kind_of_write():
    person, told = tell()
    alice, bob = reader("alice"), reader("bob")
    event = actions.add_event(alice, title="A crossing", date="2014", place="Yanji")
    facts = {"term": "trafficking/transfer", "source": told.source, "event": event}
    act = actions.add_act(alice, person, **facts)
    actions.add_perpetrator(alice, act, Perpetrator(kind="unknown", description="a driver"))
    actions.edit_person(alice, person, names=[Name(text="虚构")])
    actions.open_person(alice, person)
    actions.edit_interview(alice, told, said={"held_on": "2025", "place": "Seoul"})
    actions.move_interview(alice, told, to=State.READY, reason="")
    actions.move_interview(bob, told, to=State.SENT_BACK, reason="Ask about the harbour")
    assert queries.found_acts(bob, Wanted(text="driver")) == [act]
    assert queries.found_acts(bob, Wanted(period="2014", act="trafficking/transfer")) == [act]
    assert interviews(text="harbour", held="2025") == [told]
    in_it = check_index()
    assert in_it == 6
    assert rebuild_index(LOCAL) == in_it
    assert check_index() == in_it
    assert queries.found_acts(bob, Wanted(text="driver")) == [act]


DRIFT = [
    lambda: FindableInterview.objects.update(text=" other "),
    lambda: FindableName.objects.all()._raw_delete("default"),
    lambda: NameKey.objects.update(key="k:x"),
    lambda: FindableAct.objects.update(is_open=True),
]


@pytest.mark.parametrize("drift", DRIFT)
def test_an_index_that_is_out_of_step_is_found_and_made_anew(drift):
    tell()
    drift()
    with pytest.raises(RecordsError, match="not in step"):
        check_index()
    rebuild_index(LOCAL)
    assert check_index()


def test_words_that_the_index_itself_lost_are_missed():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its indexes in step itself")
    tell()
    words = text_index.words_table("records_findableinterview")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {words}({words}) VALUES ('delete-all')")  # noqa: S608
    with pytest.raises(RecordsError, match="not in step"):
        check_index()


def test_an_erased_person_is_found_by_nothing_and_no_group_of_letters_is_left():
    person, _ = tell(text="Zanzibar Quixotic", by="Zephyrine", place="Zug")
    alice = reader("alice")
    actions.keep_search(alice, Wanted(text="Ka-sang Hana 가상하나"), title="about her")
    actions.keep_search(alice, Wanted(text="harbour"), title="about a place")
    asked = actions.ask_erasure(alice, person, reason="she asked to be forgotten")
    actions.confirm_erasure(reader("bob"), asked)
    for text in ("zanzibar", "가상하나", "zephyrine"):
        found = actions.search(alice, Wanted(text=text))
        assert not any(found.values())
    assert check_index() == 0
    assert [row.title for row in SavedSearch.objects.all()] == ["about a place"]
    assert verify_history()
    text_index.forget_deleted_words(connection)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE VIRTUAL TABLE temp.left_in USING "
                "fts5vocab(main, records_findableinterview_words, row)"
            )
            cursor.execute("SELECT count(*) FROM temp.left_in")
            assert cursor.fetchone() == (0,)
            cursor.execute("DROP TABLE temp.left_in")


def test_saved_searches_are_ones_own_and_can_be_shared_with_a_team():
    alice, bob, charlie, ana = map(reader, ("alice", "bob", "charlie", "ana"))
    mine = actions.keep_search(alice, Wanted(text="lark"), title="Larks")
    assert list(queries.saved_searches(alice)) == [mine]
    assert not queries.saved_searches(bob).exists()
    actions.keep_search(alice, Wanted(text="lark"), title="Larks", team=alice.home)
    places = actions.keep_search(alice, Wanted(place="Yanji"), title="Yanji", team=alice.home)
    assert list(queries.saved_searches(bob)) == [mine, places]
    assert list(queries.saved_searches(ana)) == [places]  # the words can be a name
    assert not queries.saved_searches(charlie).exists()
    with pytest.raises(NotPermitted, match="not in this team"):
        actions.keep_search(charlie, Wanted(text="x"), title="x", team=alice.home)
    with pytest.raises(NotPermitted, match="colleague"):
        actions.drop_search(bob, mine)
    actions.drop_search(alice, mine)
    assert list(queries.saved_searches(bob)) == [places]
    audited = list(AuditEntry.objects.values_list("action", flat=True))
    assert audited.count("keep_search") == 3
    assert audited.count("drop_search") == 1
    assert "lark" not in str(list(AuditEntry.objects.values())).lower()
    assert verify_audit()
    assert verify_history()


def test_without_an_index_everything_is_found_too_and_it_is_said(monkeypatch):
    _, told = tell()
    assert index_hint() == ""
    monkeypatch.setattr("bearwitness.records.searching.has_text_index", lambda _: False)
    monkeypatch.setattr("bearwitness.records.reindexing.has_text_index", lambda _: False)
    assert "slow" in index_hint()
    for text in ("회령", "lark man", "장"):
        assert interviews(text=text) == [told]
    assert interviews(text="woman") == []
    assert interviews("charlie", text="lark") == []


def test_an_index_of_an_older_version_is_made_anew_at_the_start(monkeypatch):
    tell()
    told = []
    ensure_index(told.append)
    assert len(told) == 1
    ensure_index(told.append)
    assert len(told) == 1
    monkeypatch.setattr("bearwitness.records.reindexing.VERSION", 99)
    FindableInterview.objects.update(text="")
    ensure_index(told.append)
    assert len(told) == 2
    assert check_index()
    assert Right.MANAGE in LOCAL.rights
