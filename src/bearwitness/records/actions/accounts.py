from __future__ import annotations

import secrets
from collections.abc import Collection

from django.contrib.auth import get_user_model

from bearwitness.casebook.rights import Reader, Right, Role
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records.access import action
from bearwitness.records.actions.sources import first_team
from bearwitness.records.audit import audited
from bearwitness.records.models import Draft, Membership, RoleHeld, Team

FIRST_ROLES = (Role.ADMINISTRATOR, Role.DOCUMENTER)


def make_first_account(name: str, password: str):
    """An administrator who documents, in a first team. Raises NotPermitted where one is there."""
    users = get_user_model().objects
    if users.exists():
        raise NotPermitted("there is an account already", hint="Sign in with it.")
    with audited(name) as write:
        user = users.create_user(name, password=password)
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
    """Give the account and its first password, which is kept nowhere and shown once."""
    users = get_user_model().objects
    if users.filter(username__iexact=name).exists():
        raise RecordsError("there is an account of this name", hint="Choose another name.")
    password = secrets.token_urlsafe(12)
    with audited(reader) as write:
        user = users.create_user(name, password=password)
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
    """A new password, shown once. Whoever is signed in with the old one is signed out."""
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    with audited(reader) as write:
        user.save(update_fields=["password"])
        write.note("new_password", user, {})
    return password


@action(Right.MANAGE)
def end_account(reader: Reader, user):
    """Nobody signs in with it again; whoever is signed in is signed out. The name stays taken."""
    with audited(reader) as write:
        user.is_active = False
        user.save(update_fields=["is_active"])
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
