"""Words that are nobody else's and not yet a record, sealed with a key of their own.

The key comes from the secret key of this place, which lies outside the database: a copy of the
database alone, as in a backup or a stolen file, opens none of them.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from bearwitness.errors import RecordsError


def sealed(by: str, content: Any) -> str:
    """JSON content as text that only this account's key opens."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return _key(by).encrypt(text.encode()).decode("ascii")


def opened(by: str, text: str) -> Any:
    """What was sealed. Raises RecordsError for another's, a changed one, or another secret key."""
    try:
        return json.loads(_key(by).decrypt(text.encode("ascii")))
    except (InvalidToken, ValueError) as error:
        raise RecordsError(
            "this draft cannot be opened",
            hint="It was sealed with another secret key. Throw it away, or bring the key back.",
        ) from error


def _key(by: str) -> Fernet:
    """One key for each account: a row moved to somebody else's name is no use."""
    return key_for(f"bearwitness.drafts.{by}", settings.SECRET_KEY)


def key_for(what: str, secret: str) -> Fernet:
    """A key of its own for each use, from one secret (HKDF, RFC 5869)."""
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=what.encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(secret.encode())))
