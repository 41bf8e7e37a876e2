"""The command that makes synthetic cases for partners."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", metavar="INPUT", type=_FILE)
@click.option("--epsilon", required=True, type=float,
              help="The privacy budget: smaller promises more. 1 is strict, 4 usual.")  # fmt: skip
@click.option("--delta", default=1e-6, show_default=True, type=float,
              help="The chance that the promise may fail by.")  # fmt: skip
@click.option("--out", required=True, type=_FILE, help="A new folder for what comes of it.")
@click.option("--for", "recipient", required=True, help="The organisation that it is for.")
@click.option("--columns", "plan", type=_FILE, metavar="FILE.toml",
              help="What each column is: role, kind, values, bands, level.")  # fmt: skip
@click.option("--person", default="", metavar="COLUMN", help="The column that tells people "
              "apart: one row of each is used.")  # fmt: skip
@click.option("--dataset", default="", help="The name of this body of people, under which budgets "
              "add up; the file's name if absent.")  # fmt: skip
@click.option("--limit", type=float, default=None, help="The most epsilon that may ever be spent "
              "on it: 10 if absent. Set once.")  # fmt: skip
@click.option("--held-out", default=0.2, show_default=True, type=float,
              help="The share of people who are not used, for the attacks.")  # fmt: skip
@click.option("--ledger", type=_FILE, help="The ledger of budgets; the user's own if absent.")
def synthesise(file: Path, out: Path, **options: Any) -> None:
    """Make synthetic cases of the people in INPUT, to share with a partner: no row is a person.

    INPUT has one row a person: CSV, XLSX, JSON, or a workbook of the Human Trafficking Case Data
    Standard 2.0. OUT/share may be given away: rows as CSV and as such a workbook, and what they
    promise. OUT/internal may not: it compares real counts with synthetic ones, and holds what
    three attacks found. Names, numbers and words never go in.

    Budgets add up: what was spent on a dataset is kept in a ledger, and beyond its limit the
    answer is no.
    """
    from bearwitness.pipeline.synthetic import Order, synthesise_file, usual_ledger
    from bearwitness.release.synthetic import USUAL_LIMIT, Asked, limit_of, read_spendings

    asked = Asked(**{key: options.pop(key) for key in ("epsilon", "delta", "held_out")})
    ledger = options.pop("ledger") or usual_ledger()
    dataset = options.pop("dataset") or file.stem
    known = limit_of(read_spendings(ledger), dataset)
    limit = options.pop("limit") or known or USUAL_LIMIT
    order = Order(asked=asked, dataset=dataset, limit=limit, ledger=ledger, **options)
    done = synthesise_file(file, out, order, tell=_progress())
    for note in done.notes:
        click.echo(note, err=True)
    click.echo(done.summary)
    click.echo(f"\nspent on {dataset!r} in all: epsilon {done.spent[0]:g} of {limit:g}")
    click.echo(f"to share   {done.folder / 'share'}")
    click.echo(f"to keep    {done.folder / 'internal'}")


def _progress() -> Callable[[str], None]:
    start = time.monotonic()

    def tell(message: str) -> None:
        click.echo(f"{time.monotonic() - start:6.1f} s  {message}", err=True)

    return tell
