"""Prepare the records and start the web app on this machine."""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
import threading
import webbrowser
from getpass import getpass
from pathlib import Path

from bearwitness.errors import NotPermitted

_SETTINGS = "bearwitness.web.settings"


def setup(*, index: bool = True) -> None:
    """Make BEARWITNESS_HOME and its secret key, start Django, bring the database up to date.

    So is the search index, unless the caller is about to do that.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    _prepare_home()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from bearwitness.records.reindexing import ensure_index
    from bearwitness.records.signing_in import required_roles

    required_roles()  # a wrong setting is told now, not at the first sign-in
    if index:
        ensure_index(lambda text: print(text, file=sys.stderr, flush=True))


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    open_browser: bool = False,
    allow_network: bool = False,
) -> None:
    """Serve until interrupted; the first start makes the first account.

    Raises NotPermitted for a host that other machines can reach, unless `allow_network`: the app
    speaks plain http, and belongs behind a proxy that speaks https.
    """
    check_host(host, allow_network=allow_network)
    setup()
    from django.core.wsgi import get_wsgi_application
    from waitress import create_server

    if (line := make_first_account()) is not None:
        print(line, flush=True)
    from bearwitness.records.reindexing import index_hint

    if hint := index_hint():
        print(hint, flush=True)
    server = create_server(get_wsgi_application(), host=host, port=port, threads=8, ident=None)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{server.effective_port}/"
    print(f"bearwitness is at {url}   (end with Ctrl-C)", flush=True)
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [url]).start()
    server.run()


def check_host(host: str, *, allow_network: bool) -> None:
    """Raise NotPermitted unless only this machine can reach `host`, or that is wanted."""
    if allow_network or is_loopback(host):
        return
    raise NotPermitted(
        "other machines could reach this address, and it speaks plain http",
        where=f"--host {host}",
        hint="Use 127.0.0.1, or put it behind a proxy with https and allow the network explicitly.",
    )


def is_loopback(host: str) -> bool:
    """Whether a name or a number is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def make_first_account() -> str | None:
    """Make an account where there is none. Gives a line to show once, or None.

    From BEARWITNESS_USER and BEARWITNESS_PASSWORD; else asked at the terminal; else generated.
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password

    from bearwitness.records import actions

    if get_user_model().objects.exists():
        return None
    user = os.environ.get("BEARWITNESS_USER", "")
    password = os.environ.get("BEARWITNESS_PASSWORD", "")
    generated = ""
    if not password and sys.stdin.isatty():
        user, password = _ask(user, validate_password)
    elif not password:
        password = generated = secrets.token_urlsafe(12)
    user = user or "admin"
    actions.make_first_account(user, password, given=bool(generated))
    if generated:
        return f"first account: {user}   password, shown this once: {generated}"
    return f"first account: {user}"


def _ask(user: str, validate) -> tuple[str, str]:
    from django.core.exceptions import ValidationError

    print("There is no account yet. Make the first one.")
    user = user or input("Name to sign in with: ").strip() or "admin"
    while True:
        password = getpass("Password (12 characters or more): ")
        try:
            validate(password)
        except ValidationError as error:
            print(" ".join(error.messages))
            continue
        if getpass("Once more: ") == password:
            return user, password
        print("The two were not the same.")


def _prepare_home() -> None:
    from bearwitness.web import settings

    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    stated = any(os.environ.get(f"BEARWITNESS_SECRET_KEY{end}") for end in ("", "_FILE"))
    if not stated and not settings.SECRET_KEY_PATH.exists():
        # The settings module has been read already: what it made up is what is kept.
        _write_secret(settings.SECRET_KEY_PATH, settings.SECRET_KEY)
    Path(settings.BEARWITNESS_STUDIES).mkdir(parents=True, exist_ok=True)


def _write_secret(path: Path, secret: str) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secret)
    partial.replace(path)
