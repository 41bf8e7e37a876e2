"""Signing in is audited, and so is guessing: too many guesses at one name close it for a while.

The name that was typed is kept as a keyed digest only: people type passwords into that field.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bearwitness.errors import NotPermitted
from bearwitness.records.audit import audited, value_digest
from bearwitness.records.models import AuditEntry

# Our own choice: a person who mistypes gets through, a program gets 20 guesses an hour.
GUESSES, WINDOW = 5, timedelta(minutes=15)


def check_may_try(name: str) -> None:
    """Raise NotPermitted while this name was guessed at too often, whether or not it exists."""
    since = datetime.now(UTC) - WINDOW
    tried = {"action": "sign_in_failed", "changed__name": value_digest(name.casefold())}
    if AuditEntry.objects.filter(at__gte=since, **tried).count() >= GUESSES:
        raise NotPermitted(
            "too many wrong passwords for this name",
            hint="Wait a quarter of an hour. An administrator can make a new password meanwhile.",
        )


def note_failed(name: str) -> None:
    with audited("") as write:
        write.note("sign_in_failed", None, {"name": name.casefold()})


def note_signed_in(name: str) -> None:
    with audited(name) as write:
        write.note("sign_in", None, {})
