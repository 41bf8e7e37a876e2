"""What is done at the computer itself when nobody gets in, or nobody should."""

from __future__ import annotations

from typing import Any

import click

from bearwitness.casebook.rights import LOCAL
from bearwitness.cli_records import start_records
from bearwitness.errors import RecordsError


@click.group()
def accounts() -> None:
    """Accounts that cannot get in: after too many guesses, or without their second factor."""


@accounts.command()
@click.argument("name")
def lift(name: str) -> None:
    """Let NAME try again at once, after too many wrong passwords or codes."""
    start_records()
    from bearwitness.records import actions

    actions.lift_wait(LOCAL, _account(name))
    click.echo(f"{name} can try again at once")


@accounts.command()
@click.argument("name")
@click.option("--why", required=True, help="The reason; it is kept.")
def reset(name: str, why: str) -> None:
    """Take the second factors of NAME away and make a new password, which is shown once."""
    start_records()
    from bearwitness.records import actions

    user = _account(name)
    actions.reset_second_factors(LOCAL, user, why=why)
    password = actions.new_password(LOCAL, user)
    click.echo(f"{name} signs in with this password, shown this once: {password}")


@click.command()
@click.option("--why", required=True, help="The reason; it is kept.")
def lock(why: str) -> None:
    """Sign everybody out and let nobody sign in, until `bearwitness unlock`.

    The database file stays as readable as it is: encrypt the disk, and switch the computer off.
    """
    start_records()
    from bearwitness.records import actions

    actions.lock_casebook(LOCAL, why=why)
    click.echo("Locked. It is opened with: bearwitness unlock")


@click.command()
def unlock() -> None:
    """Let people sign in again."""
    start_records()
    from bearwitness.records import actions

    click.echo("Open again." if actions.unlock_casebook(LOCAL) else "It was not locked.")


def _account(name: str) -> Any:
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise RecordsError("there is no account of this name", hint="Look under Accounts.")
    return user
