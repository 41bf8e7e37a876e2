"""The two doors to the rows. Every query and every action stands behind one, and names its right.

A query also declares its use. `INSIDE` is a look inside the casebook, by the team that keeps the
row. `STATED` means that the caller names the use; then only people who consented to it are given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.db.models import Q

from bearwitness.casebook.consent import Use
from bearwitness.casebook.rights import (
    LOCAL,
    NOBODY,
    Reader,
    Right,
    Role,
    check_may,
    check_may_change,
    may_change,
)
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records.models import Person, Team

INSIDE, STATED = "inside", "stated"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a query or an action says of itself: the right it needs, the use it makes of people."""

    kind: str
    right: Right | None
    use: Use | str = INSIDE


def query(right: Right | None, *, use: Use | str = INSIDE) -> Callable[..., Any]:
    """A read. Its first argument is the reader, who needs the right; None: any account."""
    return _door(Declared(kind="query", right=right, use=use))


def action(right: Right | None, *, use: Use | str = INSIDE) -> Callable[..., Any]:
    """A write, or a look that is audited. Its first argument is the reader."""
    return _door(Declared(kind="action", right=right, use=use))


def _door(declared: Declared) -> Callable[..., Any]:
    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def checked(reader: Reader, *args: Any, **kwargs: Any) -> Any:
            if declared.right is not None:
                check_may(reader, declared.right)
            return function(reader, *args, **kwargs)

        checked.declared = declared
        return checked

    return wrap


def visible(reader: Reader, to: str = "") -> Q:
    """The rows that this reader may see: the rule of `may_see`, for the database.

    `to` leads from the row to the owned one, as in `person__`. A test holds the two together.
    """
    if reader.every_team:
        return Q()
    return Q(**{f"{to}team__in": sorted(reader.teams)}) | Q(**{f"{to}is_open": True})


def own(reader: Reader, to: str = "") -> Q:
    """The rows of the reader's own teams. What another team opened is for reading only."""
    return Q() if reader.every_team else Q(**{f"{to}team__in": sorted(reader.teams)})


def check_may_write(reader: Reader, person: Person) -> None:
    """Raise NotPermitted unless the reader's team may add to this person, who was not erased."""
    check_may_change(reader, person.team_id)
    if person.erased_at is not None:
        raise NotPermitted(
            "this person was erased", hint="Nothing is recorded of them again under this code name."
        )


def may_write(reader: Reader, person: Person) -> bool:
    return may_change(reader, person.team_id) and person.erased_at is None


def local_reader(team: str = "") -> Reader:
    """The command line, adding to the team of this name. Raises RecordsError for an unknown one."""
    if not team:
        return LOCAL
    found = Team.objects.filter(name__iexact=team).first()
    if found is None:
        raise RecordsError("there is no team of this name", hint="Teams are made under Accounts.")
    return replace(LOCAL, home=found.pk)


def reader_of(user: Any, *, home: int | None = None) -> Reader:
    """The reader that an account is, as of now. `home` is the team it chose, if it is in it."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    teams = [membership.team_id for membership in user.memberships.all()]
    return Reader(
        name=user.get_username(),
        teams=frozenset(teams),
        roles=frozenset(Role(held.role) for held in user.roles_held.all()),
        home=home if home in teams else next(iter(teams), None),
    )
