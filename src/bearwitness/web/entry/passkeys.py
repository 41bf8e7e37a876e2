"""Where passkeys work, and what a browser answers."""

from __future__ import annotations

import ipaddress
import json
from urllib.parse import urlsplit

from bearwitness.errors import NotPermitted
from bearwitness.web.server import is_loopback


def where_passkeys_work(request) -> str:
    """Nothing where this address will do, else one that would: passkeys are for names only.

    Over plain http the only name is localhost, which never leaves the machine.
    """
    here = urlsplit(f"//{request.get_host()}")
    host = here.hostname or ""
    if request.is_secure() and not _is_number(host):
        return ""
    if host == "localhost" or host.endswith(".localhost"):
        return ""
    if is_loopback(host):
        return f"http://localhost:{here.port}/" if here.port else "http://localhost/"
    return "https"


def _is_number(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def read_credential(text: str):
    """What the browser sent. Raises NotPermitted for what is no credential at all."""
    try:
        said = json.loads(text[:20_000])
    except (ValueError, RecursionError) as error:
        raise _no_answer() from error
    if not isinstance(said, dict):
        raise _no_answer()
    return said


def _no_answer() -> NotPermitted:
    return NotPermitted("the browser sent no passkey", hint="Try again, or use a code.")
