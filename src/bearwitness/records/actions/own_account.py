"""What people do with their own account. The proof that it is them is asked for before."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from bearwitness.casebook.rights import Reader
from bearwitness.errors import NotPermitted
from bearwitness.records import second_factors
from bearwitness.records.access import action
from bearwitness.records.audit import audited
from bearwitness.records.models import AccountSettings
from bearwitness.records.signing_in import change_settings, end_sessions, settings_of

_WANTED = ("language", "colours", "text_size")


@action(None)
def keep_settings(reader: Reader, user: Model, **wanted: str) -> AccountSettings:
    """Language, colours and text size of the pages. They are nobody else's concern: no audit."""
    _check_own(reader, user)
    kept = settings_of(user)
    for field in _WANTED:
        setattr(kept, field, wanted.get(field, getattr(kept, field)))
    kept.save(update_fields=_WANTED)
    return kept


@action(None)
def change_own_password(reader: Reader, user: Any, password: str, *, session: str) -> None:
    """Every other session of the account ends."""
    _check_own(reader, user)
    user.set_password(password)
    with audited(reader) as write:
        user.save(update_fields=["password"])
        change_settings(user, password_given=False)
        end_sessions(user, but=session)
        write.note("change_own_password", user, {})


@action(None)
def end_own_sessions(reader: Reader, user: Model, *, session: str) -> int:
    """All but this one; give how many."""
    _check_own(reader, user)
    with audited(reader) as write:
        ended = end_sessions(user, but=session)
        write.note("end_own_sessions", user, {"number": ended})
    return ended


@action(None)
def add_code_app(reader: Reader, user: Model, *, secret: str, code: str) -> list[str]:
    """Give recovery codes, which are shown once, where there were none."""
    _check_own(reader, user)
    with audited(reader) as write:
        if second_factors.has_second_factor(user, second_factors.CODE_APP):
            raise NotPermitted("there is a code app already", hint="Remove it first.")
        second_factors.add_code_app(user, secret, code)
        write.note("add_second_factor", user, {"kind": "code app"})
        return _first_recovery_codes(user)


@action(None)
def add_passkey(reader: Reader, user: Model, *, name: str, credential: Any) -> list[str]:
    """Give recovery codes, which are shown once, where there were none."""
    _check_own(reader, user)
    with audited(reader) as write:
        second_factors.add_passkey(user, name, credential)
        write.note("add_second_factor", user, {"kind": "passkey"})
        return _first_recovery_codes(user)


def _first_recovery_codes(user: Any) -> list[str]:
    if second_factors.has_recovery_codes(user):
        return []
    return second_factors.new_recovery_codes(user)


@action(None)
def new_recovery_codes(reader: Reader, user: Model) -> list[str]:
    """Those from before no longer work. Raises NotPermitted where there is nothing to recover."""
    _check_own(reader, user)
    with audited(reader) as write:
        if not second_factors.has_second_factor(user):
            raise NotPermitted("there is no second factor yet", hint="Set one up first.")
        write.note("new_recovery_codes", user, {})
        return second_factors.new_recovery_codes(user)


@action(None)
def remove_second_factor(reader: Reader, user: Model, number: int) -> None:
    """Raises the row's DoesNotExist."""
    _check_own(reader, user)
    with audited(reader) as write:
        kind = second_factors.remove(user, number)
        write.note("remove_second_factor", user, {"kind": kind})


def _check_own(reader: Reader, user: Any) -> None:
    if not reader.name or reader.name != user.get_username():
        raise NotPermitted("this account is somebody else's")
