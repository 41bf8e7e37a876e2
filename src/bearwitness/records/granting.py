"""Consent rows as the values that the rules are about."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from bearwitness.casebook.consent import Grant, Use, granted_uses
from bearwitness.records.models import Consent, Person


def grant_of(row: Consent) -> Grant:
    return Grant(
        use=Use(row.use),
        given_at=row.given_at,
        expires_at=row.expires_at,
        withdrawn_at=row.withdrawn_at,
    )


def uses_granted(person: Person, *, on: date) -> frozenset[Use]:
    """What this person has said yes to, as of a day."""
    return granted_uses((grant_of(row) for row in person.consents.all()), on=on)


def in_force(use: Use, on: date) -> QuerySet[Consent]:
    """The same rule as `Grant.is_in_force`, for the database; a test holds them together."""
    return Consent.objects.filter(
        Q(expires_at=None) | Q(expires_at__gte=on),
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=on),
        use=Use(use),
        given_at__lte=on,
    )
