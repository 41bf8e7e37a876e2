"""Commands about releases: what all of them give away, and which counts as published."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("study", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def disclosure(study: Path, as_json: bool) -> None:
    """What an attacker learns of each withheld cell from all releases, the last output included.

    The range of a cell is what every printed number leaves open to somebody with a computer. Ends
    with exit code 51 where a group is known too well.
    """
    from bearwitness.pipeline.released import what_is_learned

    learned, betrayed = what_is_learned(study)
    if as_json:
        facts = {"cells": [vars(one) for one in learned],
                 "betrayed": [one.sentence for one in betrayed]}  # fmt: skip
        click.echo(json.dumps(facts, ensure_ascii=False))
    for table in dict.fromkeys(one.table for one in learned) if not as_json else ():
        click.echo(f"\n{table}")
        for one in (one for one in learned if one.table == table):
            ends = f"{one.low:g} or more" if one.high == float("inf") else (
                f"{one.low:g} to {one.high:g}")  # fmt: skip
            click.echo(f"  {one.cell}: {ends}{'' if one.is_whole else ' (linear bounds)'}")
    for exposure in betrayed:
        click.secho(f"betrayed: {exposure.sentence}", fg="red", err=True)
    if betrayed:
        sys.exit(51)


@click.command()
@click.argument("study", type=FOLDER)
def publish(study: Path) -> None:
    """Write the last output of STUDY into the ledger of releases: it counts as known from now on.

    Do this when the package is given out. Every later run is attacked with all that the ledger
    holds; a copy of the ledger belongs where backups are.
    """
    from bearwitness.pipeline.released import publish_study
    from bearwitness.pipeline.study import read_study
    from bearwitness.release.disclosure import ledger_head

    entry = publish_study(study)
    head = ledger_head(read_study(study).ledger_folder)
    click.echo(f"published: {entry.title}, {len(entry.tables)} tables, {len(entry.sums)} numbers")
    click.echo(f"the ledger now ends with {head}: write that down elsewhere")
