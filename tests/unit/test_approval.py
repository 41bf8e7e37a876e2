"""Approval as data: three people, in order, and no way around any of them."""

import itertools

import pytest

from bearwitness.casebook.approval import LOOKS, MOVES, Made, Part, Standing, check_may_move, moves
from bearwitness.casebook.rights import RIGHTS, Reader, Right, Role
from bearwitness.casebook.walk import STEPS, Step, furthest, next_step
from bearwitness.errors import NotPermitted

EVERYTHING = frozenset(Role)
ANA, BEN, CAM = (Reader(name=name, roles=EVERYTHING) for name in ("ana", "ben", "cam"))
BY_ANA, BY_BOTH = Made(prepared_by="ana"), Made(prepared_by="ana", checked_by="ben")
GIVEN = {"reason": "because", "looked": LOOKS}


def test_every_standing_is_reached_from_prepared_and_published_only_after_checked():
    reached, edge = {Standing.PREPARED}, {Standing.PREPARED}
    while edge:
        edge = {to for origin, to in MOVES if origin in edge} - reached
        reached |= edge
    assert reached == set(Standing)
    assert [a for a, b in MOVES if b is Standing.PUBLISHED] == [Standing.CHECKED]
    assert [a for a, b in MOVES if b is Standing.CHECKED] == [Standing.PREPARED]


@pytest.mark.parametrize(("pair", "move"), MOVES.items(), ids=str)
def test_each_move_is_for_its_part_only(pair, move):
    standing, to = pair
    for made, reader in itertools.product((BY_ANA, BY_BOTH), (ANA, BEN, CAM)):
        earlier = {made.prepared_by, made.checked_by} if move.part is Part.THIRD else {"ana"}
        expected = {
            Part.PREPARER: reader is ANA,
            Part.SECOND: reader.name not in earlier,
            Part.THIRD: reader.name not in earlier,
            Part.ANYBODY: True,
        }[move.part]
        if expected:
            assert check_may_move(reader, made, standing=standing, to=to, **GIVEN) == move
        else:
            with pytest.raises(NotPermitted, match=r"only .* can"):
                check_may_move(reader, made, standing=standing, to=to, **GIVEN)


@pytest.mark.parametrize(("pair", "move"), MOVES.items(), ids=str)
def test_no_role_moves_it_without_the_right(pair, move):
    standing, to = pair
    for role in Role:
        somebody = Reader(name="cam", roles=frozenset([role]))
        if move.right not in RIGHTS[role]:
            with pytest.raises(NotPermitted, match="does not have the right"):
                check_may_move(somebody, BY_BOTH, standing=standing, to=to, **GIVEN)


def test_whoever_holds_every_role_still_cannot_do_two_parts():
    """The longest way that one person alone can bring a release: nowhere."""
    assert Standing.CHECKED not in moves(ANA, BY_ANA, standing=Standing.PREPARED)
    assert Standing.PUBLISHED not in moves(ANA, BY_BOTH, standing=Standing.CHECKED)
    assert Standing.PUBLISHED not in moves(BEN, BY_BOTH, standing=Standing.CHECKED)
    assert Standing.PUBLISHED in moves(CAM, BY_BOTH, standing=Standing.CHECKED)


def test_a_checker_ticks_everything_or_nothing_happens():
    for left in LOOKS:
        looked = set(LOOKS) - {left}
        with pytest.raises(NotPermitted, match="1 of 7 are left"):
            check_may_move(
                BEN, BY_ANA, standing=Standing.PREPARED, to=Standing.CHECKED, looked=looked
            )


def test_what_was_run_anew_goes_no_further_but_can_be_ended():
    for (standing, to), move in MOVES.items():
        reader = ANA if move.part is Part.PREPARER else CAM
        can = to in moves(reader, BY_BOTH, standing=standing, is_stale=True)
        assert can == (to in (Standing.SENT_BACK, Standing.WITHDRAWN)), move.name


def test_sending_back_and_withdrawing_need_a_reason():
    for (standing, to), move in MOVES.items():
        if move.needs_reason:
            with pytest.raises(NotPermitted, match="reason"):
                check_may_move(CAM, BY_BOTH, standing=standing, to=to, reason=" ")


def test_the_way_back_asks_for_no_less_as_it_comes_nearer_to_a_person():
    """Each step has a right; whoever runs or publishes is stopped before the words."""
    assert next_step(Step.WORDS) is None
    assert [next_step(s) for s in list(STEPS)[:-1]] == list(STEPS)[1:]
    reached = {role: furthest(Reader(name="x", roles=frozenset([role]))) for role in Role}
    assert reached == {
        Role.DOCUMENTER: None,
        Role.CODER: None,
        Role.ANALYST: Step.TOLD,
        Role.PUBLISHER: Step.RUN,
        Role.AUDITOR: None,
        Role.ADMINISTRATOR: None,
    }
    assert furthest(ANA) is Step.WORDS
    assert all(n.of_team for n in STEPS.values() if n.right in (Right.SEE, Right.WORDS))
