"""The cast. Alice documents, Bob is in her team, Charlie in another, Dina reviews; all invented."""

from django.contrib.auth import get_user_model

from bearwitness.casebook.rights import Role
from bearwitness.records.access import reader_of
from bearwitness.records.models import Membership, RoleHeld, Team

OURS, THEIRS = "Plum", "Heron"
ROLES = {
    "alice": (OURS, [Role.DOCUMENTER]),
    "bob": (OURS, [Role.DOCUMENTER]),
    "charlie": (THEIRS, [Role.DOCUMENTER, Role.CODER]),
    "dina": (OURS, [Role.CODER]),
    "ana": (OURS, [Role.ANALYST]),
    "paul": (None, [Role.PUBLISHER]),
    "audrey": (None, [Role.AUDITOR]),
    "adam": (None, [Role.ADMINISTRATOR]),
}


def account(name, *more):
    """The account of one of the cast, made when first asked for, with more roles if wanted."""
    user, _ = get_user_model().objects.get_or_create(username=name)
    team, roles = ROLES[name]
    if team:
        Membership.objects.get_or_create(user=user, team=Team.objects.get_or_create(name=team)[0])
    for role in [*roles, *more]:
        RoleHeld.objects.get_or_create(user=user, role=role)
    return user


def reader(name, *more):
    return reader_of(account(name, *more))
