"""Who did what to whom, when, where, with what words for it; and the words stay in place."""

from datetime import date

import pytest
from tests.cast import reader

from bearwitness.casebook import Use
from bearwitness.casebook.perpetrators import Perpetrator
from bearwitness.coding import Moment, Quote
from bearwitness.errors import BearwitnessError, InputError, RecordsError
from bearwitness.records import actions, queries
from bearwitness.records.models import Act, AuditEntry, Evidence

pytestmark = pytest.mark.django_db
WORDS = "A broker took me over the river. Three days later a man came and paid her."
TERM = "trafficking/deception"


@pytest.fixture
def told():
    alice = reader("alice")
    person = actions.add_person(alice)
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": date.today()}
    actions.give_consent(alice, person, uses=[Use.RECORD], **yes)
    facts = {"held_on": "2026", "interviewer": "Alice", "language": "en", "text": WORDS}
    return actions.add_interview(alice, person, **facts)


def code(told, *evidence, **facts):
    facts = {"term": TERM, "source": told.source, "evidence": evidence, **facts}
    return actions.add_act(reader("alice"), told.person, **facts)


def test_an_act_says_who_did_what_to_whom_when_where_and_on_which_words_it_rests(told):
    alice = reader("alice")
    other = actions.add_person(alice)
    event = actions.add_event(alice, title="A crossing", date="2014-21")
    act = code(
        told,
        Quote(exact="a man came and paid her"),
        event=event,
        said={"date": "2014-21~", "place": "Yanji", "outcome": "held in a house"},
        perpetrators=[
            Perpetrator(kind="unknown", description="a man", role="buyer"),
            Perpetrator(kind="person", code_name=other.code_name, role="broker"),
        ],
    )
    shown = queries.act(reader("bob"), act.pk)
    assert (shown.date, shown.place, shown.outcome) == ("2014-21~", "Yanji", "held in a house")
    assert [p.role for p in queries.perpetrators(alice, act)] == ["buyer", "broker"]
    (evidence,) = actions.read_evidence(reader("dina"), act)
    assert WORDS[evidence.start : evidence.end] == "a man came and paid her"
    assert AuditEntry.objects.last().action == "read_evidence"
    assert list(queries.acts(alice, event=event)) == [act]
    assert queries.events(alice).get().number_of_acts == 1


def test_an_act_whose_words_are_not_in_the_text_is_not_written_at_all(told):
    with pytest.raises(InputError):
        code(told, Quote(exact="a broker"), Quote(exact="words that nobody said"))
    assert not Act.objects.exists()
    assert not Evidence.objects.exists()


def test_a_source_without_a_text_has_no_words_to_rest_on(told):
    document = actions.add_source(
        reader("alice"), kind="document", title="A letter", received_at=date.today()
    )
    with pytest.raises(InputError, match="no text"):
        code(told, Quote(exact="a broker"), source=document)


def test_a_stretch_of_a_recording_is_evidence_too(told):
    with pytest.raises(InputError, match="no recording"):
        code(told, Moment(start=61.5, end=70))
    actions.edit_source(reader("alice"), told.source, said={"kept_where": "drive 3"})
    act = code(told, Moment(start=61.5, end=70))
    (evidence,) = actions.read_evidence(reader("alice"), act)
    assert (evidence.begins_at, evidence.ends_at, evidence.start) == (61.5, 70, None)


def test_words_stay_in_place_when_the_text_before_them_is_corrected(told):
    act = code(told, Quote(exact="paid her"))
    corrected = "In the spring. " + WORDS
    actions.edit_interview(reader("alice"), told, said={"text": corrected})
    (evidence,) = actions.read_evidence(reader("alice"), act)
    assert corrected[evidence.start : evidence.end] == "paid her"


def test_a_correction_that_takes_an_acts_words_away_is_refused_whole(told):
    code(told, Quote(exact="paid her"))
    with pytest.raises(InputError, match="rests on words"):
        actions.edit_interview(reader("alice"), told, said={"text": "She gave nothing."})
    told.refresh_from_db()
    assert told.text == WORDS


def test_an_event_of_another_team_holds_none_of_our_acts(told):
    event = actions.add_event(reader("charlie"), title="Elsewhere")
    with pytest.raises(RecordsError, match="different teams"):
        code(told, event=event)


def test_a_perpetrator_of_another_team_is_nobody_here(told):
    theirs = actions.add_person(reader("charlie"))
    who = Perpetrator(kind="person", code_name=theirs.code_name)
    with pytest.raises(InputError, match="nobody of this code name"):
        code(told, perpetrators=[who])
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [{"kind": "unknown"}, {"kind": "group", "code_name": "P-2345"}, {"kind": "ghost"}],
)
def test_a_perpetrator_is_described_or_on_record(facts):
    with pytest.raises((BearwitnessError, ValueError)):
        Perpetrator(**facts)
