"""Review as data: every state can be reached and left, and nobody approves their own."""

import pytest

from bearwitness.casebook.review import (
    TRANSITIONS,
    State,
    Who,
    check_may_edit,
    check_may_move,
    moves,
)
from bearwitness.casebook.rights import Reader, Role
from bearwitness.errors import NotPermitted

ALICE = Reader(name="alice", roles=frozenset([Role.DOCUMENTER]))
DINA = Reader(name="dina", roles=frozenset([Role.CODER]))
ANA = Reader(name="ana", roles=frozenset([Role.ANALYST]))
OF_ALICE = {"alice"}


def test_every_state_is_reached_from_a_draft_and_none_is_an_end():
    reached, edge = {State.DRAFT}, {State.DRAFT}
    while edge:
        edge = {to for origin, to in TRANSITIONS if origin in edge} - reached
        reached |= edge
    assert reached == set(State)
    assert {origin for origin, _ in TRANSITIONS} == set(State)


@pytest.mark.parametrize(("pair", "move"), TRANSITIONS.items())
def test_an_author_hands_in_and_another_decides(pair, move):
    state, to = pair
    for reader in (ALICE, DINA):
        allowed = (reader.name in OF_ALICE) == (move.who is Who.AUTHOR)
        if allowed:
            assert check_may_move(reader, OF_ALICE, state=state, to=to, reason="because") == move
        else:
            with pytest.raises(NotPermitted):
                check_may_move(reader, OF_ALICE, state=state, to=to, reason="because")
    with pytest.raises(NotPermitted):
        check_may_move(ANA, OF_ALICE, state=state, to=to, reason="because")


def test_whoever_coded_an_act_in_it_does_not_review_it():
    with pytest.raises(NotPermitted, match="no author"):
        check_may_move(DINA, {"alice", "dina"}, state=State.READY, to=State.REVIEWED)


def test_sending_back_needs_a_reason():
    with pytest.raises(NotPermitted, match="reason"):
        check_may_move(DINA, OF_ALICE, state=State.READY, to=State.SENT_BACK, reason="  ")


def test_there_is_no_way_past_the_reviewer():
    with pytest.raises(NotPermitted, match="cannot become"):
        check_may_move(ALICE, OF_ALICE, state=State.DRAFT, to=State.REVIEWED)


def test_what_is_offered_is_what_is_allowed():
    assert set(moves(ALICE, OF_ALICE, state=State.DRAFT)) == {State.READY}
    assert set(moves(DINA, OF_ALICE, state=State.READY)) == {State.REVIEWED, State.SENT_BACK}
    assert moves(ANA, OF_ALICE, state=State.READY) == {}


@pytest.mark.parametrize("state", [State.READY, State.REVIEWED])
def test_what_was_handed_in_does_not_change(state):
    with pytest.raises(NotPermitted):
        check_may_edit(state)
