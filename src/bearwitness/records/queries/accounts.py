from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query
from bearwitness.records.models import AuditEntry, Team


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


@query(Right.AUDIT)
def audit_entries(reader: Reader) -> QuerySet[AuditEntry]:
    """The newest first."""
    return AuditEntry.objects.order_by("-number")
