"""Signing in is audited, and so is guessing: whoever guesses waits, longer with each wrong try.

What was typed as a name is kept as a keyed digest only: people type passwords into that field.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from bearwitness.casebook.guesses import (
    ADDRESS,
    FORGOTTEN_AFTER,
    PASSWORD,
    SECOND_FACTOR,
    Guessed,
    wait_after,
)
from bearwitness.casebook.rights import Reader, Role
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records.audit import Writing, audited
from bearwitness.records.models import AccountSettings, CasebookLock, Guesses, Session

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Try:
    """One try at the password or the second factor of a name, from an address.

    Without a name, as with a passkey alone, only the address is counted.
    """

    at: Guessed
    name: str
    address: str

    @property
    def keys(self) -> dict[str, Guessed]:
        keys = {_key(ADDRESS, self.address): ADDRESS}
        if name := unicodedata.normalize("NFKC", self.name).casefold():
            keys[_key(self.at, name)] = self.at
        return keys

    def count(self) -> None:
        """Count it as wrong before it is looked at, or guesses sent at once would all pass.

        Raises NotPermitted where it has to wait, whether or not there is such a name.
        """
        now = datetime.now(UTC)
        with transaction.atomic():
            Guesses.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
            new = [Guesses(at_what=key, last_at=now) for key in self.keys]
            Guesses.objects.bulk_create(new, ignore_conflicts=True)
            # In one order for everybody, or two could wait for each other.
            rows = Guesses.objects.select_for_update().filter(at_what__in=self.keys)
            rows, now = list(rows.order_by("at_what")), datetime.now(UTC)  # others may have tried
            _check_no_wait(max(_left(row, self.keys[row.at_what].free, now) for row in rows))
            Guesses.objects.filter(at_what__in=self.keys).update(wrong=F("wrong") + 1, last_at=now)

    def was_right(self) -> None:
        """The name begins anew; the address gets back its one try, and no more than that."""
        for key, at in self.keys.items():
            row = Guesses.objects.filter(at_what=key)
            if at is ADDRESS:
                row.filter(wrong__gt=0).update(wrong=F("wrong") - 1)
            else:
                row.delete()

    def was_wrong(self) -> None:
        with audited("") as write:
            note_failed(write, self.name, self.at)


def _key(at: Guessed, what: str) -> str:
    return salted_hmac("bearwitness.guesses", f"{at.kind}:{what}", algorithm="sha256").hexdigest()


def _left(row: Guesses, free: int, now: datetime) -> timedelta:
    wait = wait_after(row.wrong, free=free)
    return row.last_at + wait - now if wait else timedelta(0)


def _check_no_wait(left: timedelta) -> None:
    if left > timedelta(0):
        minutes = math.ceil(left / timedelta(minutes=1))
        raise NotPermitted(
            "too many wrong tries",
            hint=f"Wait {minutes} min and try again, or ask an administrator.",
        )


def wait_of(name: str) -> timedelta:
    """How long this name still has to wait; nothing where it does not."""
    now = datetime.now(UTC)
    waits = [timedelta(0)]
    for at in (PASSWORD, SECOND_FACTOR):
        for row in Guesses.objects.filter(at_what=_key(at, name.casefold())):
            waits.append(_left(row, at.free, now))
    return max(waits)


def forget_guesses(name: str) -> None:
    keys = [_key(at, name.casefold()) for at in (PASSWORD, SECOND_FACTOR)]
    Guesses.objects.filter(at_what__in=keys).delete()


def note_failed(write: Writing, name: str, at: Guessed) -> None:
    action = "sign_in_failed" if at is PASSWORD else "second_factor_failed"
    write.note(action, None, {"name": name.casefold()})


@contextmanager
def entering(user: Any, *, proof: str) -> Iterator[Writing]:
    """Around the making of a session: it is there and audited, or neither.

    Raises NotPermitted while the casebook is locked. A lock that is set at the same time waits
    for this transaction, and then ends the session too.
    """
    with audited(user.get_username()) as write:
        check_not_locked()
        Session.objects.filter(expire_date__lt=datetime.now(UTC)).delete()
        write.note("sign_in", None, {"proof": proof})
        yield write


def check_not_locked() -> None:
    if CasebookLock.objects.filter(lifted_at=None).exists():
        raise NotPermitted(
            "this casebook is locked: nobody can sign in",
            hint="It is opened at the computer that it runs on: bearwitness unlock.",
        )


def note_left(user: Any, *, quickly: bool) -> None:
    """End this account's sessions, all of them where somebody leaves quickly."""
    with audited(user.get_username()) as write:
        if quickly:
            end_sessions(user)
        write.note("leave_quickly" if quickly else "sign_out", None, {})


def live_sessions(user: Any) -> Any:
    """The sessions of an account that a request could still use, the last one seen first."""
    now = datetime.now(UTC)
    seen = now - timedelta(minutes=settings.BEARWITNESS_IDLE_MINUTES)
    begun = now - timedelta(hours=settings.BEARWITNESS_SESSION_HOURS)
    found = Session.objects.filter(account=user, seen_at__gte=seen, begun_at__gte=begun)
    return found.order_by("-seen_at", "-begun_at")


def end_sessions(user: Any = None, *, but: str | None = None) -> int:
    """Of an account, or of everybody; `but` is the key of the one that stays."""
    found = Session.objects.exclude(account=None)
    if user is not None:
        found = found.filter(account=user)
    return found.exclude(session_key=but or "").delete()[0]


def settings_of(user: Any) -> AccountSettings:
    return AccountSettings.objects.get_or_create(user=user)[0]


def change_settings(user: Any, **values: Any) -> None:
    """Set what is kept with an account; its row is made where there was none."""
    AccountSettings.objects.update_or_create(user=user, defaults=values)


def needs_second_factor(reader: Reader) -> bool:
    return bool(reader.roles & required_roles())


def required_roles() -> frozenset[Role]:
    """Raises RecordsError for a role in the settings that there is not."""
    stated = set(settings.BEARWITNESS_SECOND_FACTOR_ROLES)
    if unknown := stated - set(Role):
        raise RecordsError(
            f"BEARWITNESS_SECOND_FACTOR_ROLES names {min(unknown)!r}, which is no role",
            hint=f"Roles are {', '.join(Role)}.",
        )
    return frozenset(map(Role, stated))


def second_factor_by(user: Any) -> datetime | None:
    """Until when an account can do without the factor that it needs. The days begin when asked.

    None for the colleagues of an invented casebook, which protects nobody.
    """
    kept = settings_of(user)
    if kept.second_factor_by is None:
        days = timedelta(days=settings.BEARWITNESS_SECOND_FACTOR_GRACE_DAYS)
        kept.second_factor_by = datetime.now(UTC) + days
        kept.save(update_fields=["second_factor_by"])
    return None if kept.second_factor_by == NEVER else kept.second_factor_by
