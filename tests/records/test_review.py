"""An interview goes from its author to a reviewer and back; nothing in it changes on the way."""

from datetime import date

import pytest
from tests.cast import account, reader

from bearwitness.casebook import Use
from bearwitness.casebook.review import State
from bearwitness.errors import EditConflict, NotPermitted
from bearwitness.records import actions, queries
from bearwitness.records.audit import version_of
from bearwitness.records.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """An interview that Alice wrote down; Bob and Dina have accounts in her team."""
    alice = reader("alice")
    account("bob"), account("dina"), account("charlie")
    person = actions.add_person(alice)
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": date.today()}
    actions.give_consent(alice, person, uses=[Use.RECORD], **yes)
    facts = {"held_on": "2026", "interviewer": "Alice", "language": "ko", "text": "words"}
    return actions.add_interview(alice, person, **facts)


def test_from_draft_to_reviewed(told):
    alice, dina = reader("alice"), reader("dina")
    assert list(queries.to_finish(alice)) == [told]
    assert queries.to_review(dina, most=8) == []
    actions.move_interview(alice, told, to=State.READY, reviewer="dina")
    assert list(queries.to_finish(alice)) == []
    assert queries.to_review(dina, most=8) == [told]
    assert queries.to_review(reader("bob"), most=8) == []  # it waits for Dina
    actions.move_interview(dina, told, to=State.SENT_BACK, reason="Which spring?")
    assert list(queries.to_finish(alice)) == [told]
    assert [c.text for c in queries.comments(alice, told)] == ["Which spring?"]
    actions.edit_interview(alice, told, said={"text": "words, in spring"}, why="asked again")
    actions.move_interview(alice, told, to=State.READY)
    actions.move_interview(dina, told, to=State.REVIEWED)
    assert queries.counts_by_state(alice)[State.REVIEWED] == 1
    done = list(AuditEntry.objects.filter(model="Interview").values_list("action", flat=True))
    assert done[1:] == ["hand_in", "send_back", "edit_interview", "hand_in", "approve"]


def test_neither_its_text_nor_its_acts_change_under_the_reviewers_eyes(told):
    alice = reader("alice")
    actions.move_interview(alice, told, to=State.READY)
    with pytest.raises(NotPermitted):
        actions.edit_interview(alice, told, said={"text": "other words"})
    with pytest.raises(NotPermitted):
        actions.add_act(alice, told.person, term="trafficking/deception", source=told.source)


def test_who_codes_an_act_in_it_becomes_an_author(told):
    dina = reader("dina")
    actions.add_act(dina, told.person, term="trafficking/deception", source=told.source)
    actions.move_interview(dina, told, to=State.READY)
    with pytest.raises(NotPermitted):
        actions.move_interview(dina, told, to=State.REVIEWED)
    assert queries.to_review(dina, most=8) == []
    assert queries.to_review(reader("bob"), most=8) == [told]


@pytest.mark.parametrize("name", ["alice", "charlie", "nobody-at-all"])
def test_it_is_given_only_to_somebody_who_may_review_it(told, name):
    with pytest.raises(NotPermitted, match="cannot review"):
        actions.move_interview(reader("alice"), told, to=State.READY, reviewer=name)


def test_of_two_who_save_at_once_the_second_is_told(told):
    alice, seen = reader("alice"), version_of(told)
    actions.edit_interview(reader("bob"), told, said={"text": "Bob's"}, seen=seen)
    with pytest.raises(EditConflict, match="somebody else saved"):
        actions.edit_interview(alice, told, said={"text": "Alice's"}, seen=seen)
    told.refresh_from_db()
    assert told.text == "Bob's"
