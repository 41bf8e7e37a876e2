from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

from django.contrib.auth import get_user_model

from bearwitness.casebook.rights import Reader, Right, Role
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records import second_factors
from bearwitness.records.access import action
from bearwitness.records.actions.sources import first_team
from bearwitness.records.audit import audited
from bearwitness.records.models import (
    AccountSettings,
    CasebookLock,
    Draft,
    Membership,
    RoleHeld,
    SecondFactorReset,
    Team,
)
from bearwitness.records.signing_in import change_settings, end_sessions, forget_guesses

FIRST_ROLES = (Role.ADMINISTRATOR, Role.DOCUMENTER)


def make_first_account(name: str, password: str, *, given: bool = False):
    """An administrator who documents, in a first team. Raises NotPermitted where one is there.

    A password that was `given` has to be changed at the first sign-in.
    """
    users = get_user_model().objects
    if users.exists():
        raise NotPermitted("there is an account already", hint="Sign in with it.")
    with audited(name) as write:
        user = users.create_user(name, password=password)
        AccountSettings.objects.create(user=user, password_given=given)
        write.note("add_account", user, {})
        _set(write, user, teams=[first_team(write).pk], roles=FIRST_ROLES)
    return user


@action(Right.MANAGE)
def add_team(reader: Reader, name: str) -> Team:
    if Team.objects.filter(name__iexact=name.strip()).exists():
        raise RecordsError("there is a team of this name", hint="Choose another name.")
    with audited(reader) as write:
        return write.add("add_team", Team(name=name.strip()))


@action(Right.MANAGE)
def add_account(reader: Reader, *, name: str, teams: Collection[int], roles: Collection[Role]):
    """Give the account and its first password, which is kept nowhere and shown once.

    Whoever signs in with it has to choose one of their own before anything else.
    """
    users = get_user_model().objects
    if users.filter(username__iexact=name).exists():
        raise RecordsError("there is an account of this name", hint="Choose another name.")
    password = secrets.token_urlsafe(12)
    with audited(reader) as write:
        user = users.create_user(name, password=password)
        AccountSettings.objects.create(user=user, password_given=True)
        write.note("add_account", user, {})
        _set(write, user, teams=teams, roles=roles)
    return user, password


@action(Right.MANAGE)
def change_account(reader: Reader, user, *, teams: Collection[int], roles: Collection[Role]):
    """Set the teams and roles of an account. Raises NotPermitted for the last administrator."""
    with audited(reader) as write:
        _set(write, user, teams=teams, roles=roles)
        _check_somebody_manages()
    return user


@action(Right.MANAGE)
def new_password(reader: Reader, user) -> str:
    """A new password, shown once, to be changed at the next sign-in. All sessions end."""
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    with audited(reader) as write:
        user.save(update_fields=["password"])
        change_settings(user, password_given=True)
        end_sessions(user)
        forget_guesses(user.get_username())
        write.note("new_password", user, {})
    return password


@action(Right.MANAGE)
def lift_wait(reader: Reader, user) -> None:
    """Whoever guessed too often at this account can try again at once."""
    with audited(reader) as write:
        forget_guesses(user.get_username())
        write.note("lift_wait", user, {})


@action(Right.MANAGE)
def reset_second_factors(reader: Reader, user, *, why: str) -> None:
    """For somebody who lost telephone and codes. Their sessions end; the reason is audited.

    The days in which the account can do without begin anew. Raises RecordsError without a reason,
    NotPermitted for one's own: that is done in one's own settings, with proof.
    """
    if reader.name == user.get_username():
        raise NotPermitted(
            "this is your own second factor", hint="Remove it under Settings, with proof."
        )
    _check_why(why)
    with audited(reader, why=why) as write:
        second_factors.remove_all(user)
        AccountSettings.objects.filter(user=user).update(second_factor_by=None)
        end_sessions(user)
        forget_guesses(user.get_username())
        reset = SecondFactorReset(user=user, at=datetime.now(UTC), by=reader.name, why=why)
        write.add("reset_second_factors", reset)


@action(Right.MANAGE)
def lock_casebook(reader: Reader, *, why: str) -> None:
    """End every session and refuse every sign-in, until `unlock_casebook` at the machine itself."""
    _check_why(why)
    with audited(reader, why=why) as write:
        if CasebookLock.objects.filter(lifted_at=None).exists():
            raise NotPermitted("this casebook is locked already")
        lock = CasebookLock(locked_at=datetime.now(UTC), locked_by=reader.name, why=why)
        write.add("lock_casebook", lock)
        end_sessions()


@action(Right.MANAGE)
def unlock_casebook(reader: Reader) -> bool:
    """Only whoever sits at the machine can. False where it was not locked."""
    if not reader.every_team:
        raise NotPermitted("this is done at the computer that the casebook runs on")
    with audited(reader) as write:
        lock = CasebookLock.objects.filter(lifted_at=None).first()
        if lock is None:
            return False
        write.change("unlock_casebook", lock, {"lifted_at": datetime.now(UTC)})
    return True


def _check_why(why: str) -> None:
    if not why.strip():
        raise RecordsError("a reason is missing", hint="Say why: it is kept with what was done.")


@action(Right.MANAGE)
def end_account(reader: Reader, user):
    """Nobody signs in with it again; whoever is signed in is signed out. The name stays taken."""
    with audited(reader) as write:
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions(user)
        write.note("end_account", user, {})
        Draft.objects.filter(by=user.get_username()).delete()
        _check_somebody_manages()
    return user


def _set(write, user, *, teams: Collection[int], roles: Collection[Role]) -> None:
    has = set(user.memberships.values_list("team_id", flat=True))
    user.memberships.exclude(team__in=teams).delete()
    Membership.objects.bulk_create(Membership(user=user, team_id=t) for t in set(teams) - has)
    held = set(user.roles_held.values_list("role", flat=True))
    user.roles_held.exclude(role__in=roles).delete()
    RoleHeld.objects.bulk_create(RoleHeld(user=user, role=Role(r)) for r in set(roles) - held)
    facts = {"teams": sorted(teams), "roles": sorted(roles)}
    write.note("change_account", user, facts)


def _check_somebody_manages() -> None:
    managing = RoleHeld.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    if not managing.exists():
        raise NotPermitted(
            "this is the last administrator", hint="Make somebody else administrator first."
        )
