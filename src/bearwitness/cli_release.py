"""Commands about releases: what all give away, which is published; packages, sites, timestamps."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(path_type=Path)


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


@click.command()
@click.argument("package", type=FILE)
@click.option("--signer", help="The key you trust: a fingerprint (SHA256:...) or a .pub file.")
@click.option("--authority", type=FILE, help="The timestamp authority you trust: a PEM file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def verify(package: Path, signer: str | None, authority: Path | None, as_json: bool) -> None:
    """Check PACKAGE, a folder or a .zip: every file against the manifest, the manifest against its
    signature, the printed tables against their rules; then work its figures out again.

    Without --signer this proves that the package is whole, and tells which key signed it. Whose
    key that is, you must learn another way. What cannot be worked out from what is published is
    listed with the reason.
    """
    from bearwitness.pipeline.recheck import check_package, told_checks

    checked = check_package(package, signer=signer, authority=authority)
    verified = checked.verified
    if as_json:
        facts: dict[str, Any] = {"intact": True, "files": len(verified.files)}
        facts |= {"fingerprint": verified.fingerprint, "signer": verified.signed_by_expected}
        facts |= {"rules": checked.rules, "numbers": [vars(one) for one in checked.again]}
        if verified.stamped:
            facts |= {"timestamp": verified.stamped.at.isoformat()}
            facts |= {"authority": verified.stamped.by_trusted}
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(f"{len(verified.files)} files are as they were signed by {verified.fingerprint}")
    if not verified.signed_by_expected:
        click.echo("Compare that fingerprint with one the publisher gave you another way.")
    for line in told_checks(checked):
        click.echo(line)


@click.command()
@click.argument("package", type=FILE)
@click.argument("folder", type=FOLDER)
@click.option("--signer", help="The key you trust: a fingerprint (SHA256:...) or a .pub file.")
@click.option("--authority", type=FILE, help="The timestamp authority you trust: a PEM file.")
def site(package: Path, folder: Path, signer: str | None, authority: Path | None) -> None:
    """Make a public site of PACKAGE in FOLDER, after checking it as `verify` does.

    Pages in every language of the report, with no script and no request to any other place: put
    the folder on any web server, or on a disk.
    """
    from bearwitness.pipeline.site import make_site

    pages = make_site(package, folder, signer=signer, authority=authority)
    click.echo(f"{len(pages)} pages; the first is {folder / 'index.html'}")


@click.command()
@click.argument("package", type=FOLDER)
@click.argument("url")
def timestamp(package: Path, url: str) -> None:
    """Have PACKAGE stamped by the timestamp authority at URL (RFC 3161).

    It shows that the signature was there on that day. Only a digest of the signature is sent.
    """
    from bearwitness.release import add_timestamp

    stamped = add_timestamp(package, authority=url)
    click.echo(f"signed before {stamped.at:%Y-%m-%d %H:%M:%S} UTC, says {stamped.authority}")
