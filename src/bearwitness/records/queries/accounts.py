from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query
from bearwitness.records.models import AuditEntry, Session, Team
from bearwitness.records.second_factors import SecondFactor
from bearwitness.records.second_factors import second_factors as factors_of
from bearwitness.records.signing_in import live_sessions, wait_of


@query(None)
def my_teams(reader: Reader) -> QuerySet[Team]:
    """The teams that the reader is in."""
    return Team.objects.filter(pk__in=reader.teams)


@query(Right.MANAGE)
def teams(reader: Reader) -> QuerySet[Team]:
    return Team.objects.prefetch_related("memberships__user")


@query(Right.MANAGE)
def accounts(reader: Reader) -> QuerySet:
    """Everybody who can sign in, or could once, with their teams and roles."""
    found = get_user_model().objects.order_by("username")
    return found.prefetch_related("memberships__team", "roles_held")


@query(Right.MANAGE)
def account(reader: Reader, number: int):
    """Raises the user model's DoesNotExist."""
    return accounts(reader).get(pk=number)


@query(Right.MANAGE)
def entry_of(reader: Reader, user) -> dict:
    """How an account gets in: kinds of second factors, live sessions, whether it waits."""
    return {
        "kinds": sorted({factor.kind for factor in factors_of(user)}),
        "sessions": live_sessions(user).count(),
        "waits": wait_of(user.get_username()) > timedelta(0),
    }


@query(None)
def own_second_factors(reader: Reader, user) -> list[SecondFactor]:
    return factors_of(user) if user.get_username() == reader.name else []


@query(None)
def own_sessions(reader: Reader, user) -> QuerySet[Session]:
    """The last one seen first."""
    return live_sessions(user) if user.get_username() == reader.name else Session.objects.none()


@query(Right.AUDIT)
def audit_entries(reader: Reader) -> QuerySet[AuditEntry]:
    """The newest first."""
    return AuditEntry.objects.order_by("-number")
