"""The table of rights: nothing that is not in it, a reason for all that is."""

import pytest

from bearwitness.casebook.rights import (
    LOCAL,
    NOBODY,
    RIGHTS,
    Reader,
    Right,
    Role,
    check_may,
    check_may_change,
    may,
    may_change,
    may_see,
)
from bearwitness.errors import NotPermitted


def test_every_role_has_rights_and_every_right_has_a_holder_and_a_reason():
    assert set(RIGHTS) == set(Role)
    held = [right for rights in RIGHTS.values() for right in rights]
    assert set(held) == set(Right)
    assert all(len(reason) > 10 for rights in RIGHTS.values() for reason in rights.values())


def test_who_runs_the_machine_or_publishes_reads_no_case():
    for role in (Role.ADMINISTRATOR, Role.PUBLISHER, Role.AUDITOR):
        assert not set(RIGHTS[role]) & {Right.SEE, Right.NAMES, Right.WORDS, Right.RECORD}
    assert not {Right.NAMES, Right.WORDS} & set(RIGHTS[Role.ANALYST])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_checking_and_asking_agree(role, right):
    reader = Reader(name="x", roles=frozenset([role]))
    assert may(reader, right) == (right in RIGHTS[role])
    if may(reader, right):
        check_may(reader, right)
    else:
        with pytest.raises(NotPermitted) as refused:
            check_may(reader, right)
        assert "role" in refused.value.hint


def test_a_row_is_closed_to_all_but_its_team_unless_opened_and_opened_for_reading_only():
    bob = Reader(name="bob", teams=frozenset([1]), roles=frozenset([Role.DOCUMENTER]))
    assert may_see(bob, team=1, is_open=False)
    assert not may_see(bob, team=2, is_open=False)
    assert may_see(bob, team=2, is_open=True)
    assert may_change(bob, 1)
    with pytest.raises(NotPermitted):
        check_may_change(bob, 2)
    assert not may_see(NOBODY, team=1, is_open=False)
    assert may_see(LOCAL, team=7, is_open=False)
