"""Codes of an app, passkeys and recovery codes: what is asked for beside the password.

The only module that knows django-allauth. It counts codes and speaks WebAuthn; of its pages,
addresses and e-mails none is here (docs/decisions/0016-second-factors.md).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError

from bearwitness.errors import NotPermitted
from bearwitness.records.sealing import key_for

CODE_APP, PASSKEY, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, "recovery_codes"
_FACTORS = (CODE_APP, PASSKEY)
# What a browser that means harm can make of a credential, in fido2's hands.
_MISSHAPEN = (ValidationError, ValueError, TypeError, LookupError, AttributeError)


class Adapter(DefaultMFAAdapter):
    """Secrets are kept encrypted; phones and keys are told a name that the organisation chose."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode("ascii")).decode()
        except InvalidToken as error:
            raise NotPermitted(
                "the secret key of this casebook does not open this second factor",
                hint="Put the key back that it was made with, or reset the second factor.",
            ) from error

    def get_totp_issuer(self) -> str:
        return settings.BEARWITNESS_SHOWN_AS

    def _get_site_name(self) -> str:
        return settings.BEARWITNESS_SHOWN_AS


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([key_for("bearwitness.second-factors", key) for key in keys])


@dataclass(frozen=True, kw_only=True)
class SecondFactor:
    """What an account has beside its password. `left` counts recovery codes."""

    number: int
    kind: str
    name: str
    added_at: datetime
    used_at: datetime | None
    left: int = 0


def second_factors(user: Any) -> list[SecondFactor]:
    rows = Authenticator.objects.filter(user=user).order_by("created_at", "pk")
    return [_told(row) for row in rows]


def _told(row: Authenticator) -> SecondFactor:
    return SecondFactor(
        number=row.pk,
        kind=row.type,
        name=row.data.get("name", ""),
        added_at=row.created_at,
        used_at=row.last_used_at,
        left=_left(row) if row.type == RECOVERY else 0,
    )


def _left(row: Authenticator) -> int:
    from allauth.mfa import app_settings

    return app_settings.RECOVERY_CODE_COUNT - row.data["used_mask"].bit_count()


def has_second_factor(user: Any, kind: str = "") -> bool:
    kinds = [kind] if kind else _FACTORS
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


def new_secret() -> str:
    """For a code app; encrypted, as it may wait in a session."""
    return get_adapter().encrypt(totp.generate_totp_secret())


@dataclass(frozen=True)
class Shown:
    """A secret as an app takes it: scanned, or typed in groups of four."""

    picture: str
    typed: str


def shown_secret(user: Any, secret: str) -> Shown:
    adapter, bare = get_adapter(), get_adapter().decrypt(secret)
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, bare)).encode()
    address = "data:image/svg+xml;base64," + base64.b64encode(picture).decode("ascii")
    return Shown(address, " ".join(bare[at : at + 4] for at in range(0, len(bare), 4)))


def add_code_app(user: Any, secret: str, code: str) -> None:
    """Raises NotPermitted for a code that the app would not show now."""
    counter = _counter(secret, code, after=-1)
    if counter is None:
        raise _wrong_code()
    data = {"secret": secret, "last_counter": counter}
    Authenticator.objects.create(user=user, type=CODE_APP, data=data)


def check_code(user: Any, code: str) -> str:
    """Take a code of the app, or a recovery code, out of use; give which of the two it was.

    Raises NotPermitted. Called in a transaction.
    """
    rows = Authenticator.objects.select_for_update().filter(user=user).exclude(type=PASSKEY)
    for row in rows:
        use = _use_app_code if row.type == CODE_APP else _use_recovery_code
        if use(row, code):
            row.record_usage()
            return str(row.type)
    raise _wrong_code()


def _use_app_code(row: Authenticator, code: str) -> bool:
    # allauth remembers used codes in memory, for half a minute. Ours counts on: RFC 6238, 5.2.
    counter = _counter(row.data["secret"], code, after=row.data["last_counter"])
    if counter is None:
        return False
    row.data["last_counter"] = counter
    row.save(update_fields=["data"])
    return True


def _use_recovery_code(row: Authenticator, code: str) -> bool:
    codes = RecoveryCodes(row)
    is_right = codes.validate_code(code)
    row.data = codes.instance.data
    return is_right


def _counter(secret: str, code: str, *, after: int) -> int | None:
    bare = get_adapter().decrypt(secret)
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(bare, counter))
        if counter > after and compare_user_code(actual=code, expected=expected):
            return counter
    return None


def _wrong_code() -> NotPermitted:
    return NotPermitted(
        "this code is not right",
        hint="A code works once and for a minute. Compare the clocks of telephone and computer.",
    )


def new_recovery_codes(user: Any) -> list[str]:
    """Ten codes that each work once; those from before no longer do."""
    Authenticator.objects.filter(user=user, type=RECOVERY).delete()
    return RecoveryCodes.activate(user).generate_codes()


def has_recovery_codes(user: Any) -> bool:
    return has_second_factor(user, RECOVERY)


def remove(user: Any, number: int) -> str:
    """Give its kind. With the last factor the recovery codes go. Raises DoesNotExist."""
    row = Authenticator.objects.exclude(type=RECOVERY).get(user=user, pk=number)
    row.delete()
    if not has_second_factor(user):
        remove_all(user)
    return str(row.type)


def remove_all(user: Any) -> int:
    return Authenticator.objects.filter(user=user).delete()[0]


def passkey_to_make(user: Any) -> dict[str, Any]:
    """What the browser is asked for. Needs a request under way, whose session keeps the rest.

    A key that can be found by itself, and that asks for a PIN or a finger, where it can do both.
    """
    options = webauthn.begin_registration(user, passwordless=False)
    wanted = options["publicKey"]["authenticatorSelection"]
    options["publicKey"]["authenticatorSelection"] = {
        **wanted,
        "residentKey": "preferred",
        "requireResidentKey": False,
    }
    return options


def add_passkey(user: Any, name: str, credential: Any) -> None:
    """Raises NotPermitted for an answer to another question than `passkey_to_make` asked."""
    with _refused():
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
        webauthn.WebAuthn.add(user, name, credential)


def passkey_to_use(user: Any = None) -> dict[str, Any]:
    """Without an account: any passkey that is found by itself. It must ask for PIN or finger."""
    return webauthn.begin_authentication(user)


def check_passkey(credential: Any, user: Any = None) -> Any:
    """Give the account whose passkey answered. Raises NotPermitted."""
    with _refused():
        webauthn.parse_authentication_response(credential)
        user = user or webauthn.extract_user_from_response(credential)
        webauthn.complete_authentication(user, credential).record_usage()
    return user


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except _MISSHAPEN as error:
        raise NotPermitted(
            "this passkey is not known here", hint="Try again, or use a code."
        ) from error
