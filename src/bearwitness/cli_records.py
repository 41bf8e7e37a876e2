"""The commands that need the records, and so the web extra."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from bearwitness.casebook.consent import Use
from bearwitness.casebook.rights import LOCAL
from bearwitness.errors import ExtraMissing

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(path_type=Path)
_INVENTED = 48  # interviews
_OF_WEB = ("django", "allauth", "waitress", "whitenoise")


def start_records(*, index: bool = True) -> None:
    """Start Django for the commands that need records; say what to install where it is absent."""
    try:
        from bearwitness.web.server import setup
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith(_OF_WEB):
            raise
        raise ExtraMissing(
            "this command needs the web extra",
            hint="Install it with: pip install 'bearwitness[web]'",
        ) from error
    setup(index=index)


def invent_casebook(into: Path) -> list[str]:
    """Write the invented casebook into a folder of its own; tell how to open it, or why not."""
    home = into / "casebook"
    os.environ["BEARWITNESS_HOME"] = str(home)  # the settings read it when Django starts
    try:
        start_records()
    except ExtraMissing as error:
        return [f"For a casebook of invented interviews: {error.hint}"]
    from bearwitness.records.invented import COLLEAGUES, PASSWORD, write_invented_casebook

    with click.progressbar(length=_INVENTED, label="invented casebook", file=sys.stderr) as bar:
        write_invented_casebook(_INVENTED, told=lambda: bar.update(1))
    return [
        f"Open the web app:  BEARWITNESS_HOME={home} BEARWITNESS_STUDIES={into} bearwitness serve",
        f"Sign in as {', '.join(COLLEAGUES)}; the password of all is {PASSWORD}",
    ]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Start the web app on this machine; the first start makes the first account."""
    start_records()
    from bearwitness.web.server import serve as start

    start(host=host, port=port)


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("--use", default="analyse", show_default=True, help="The use consented to.",
              type=click.Choice([str(use) for use in Use]))  # fmt: skip
@click.option("--on", default=None, help="Consent as of this day, YYYY-MM-DD; today if absent.")
def snapshot(study: Path, use: str, on: str | None) -> None:
    """Freeze the consented rows of the records into STUDY/frozen, sealed."""
    start_records()
    from bearwitness.pipeline.start import init_snapshot
    from bearwitness.records.snapshot import snapshot as take

    day = date.fromisoformat(on) if on else date.today()
    taken = take(LOCAL, study / "frozen", use=use, on=day)
    init_snapshot(study)
    click.echo(str(taken))
    click.echo(f"Now look at {study / 'study.toml'}, then:  bearwitness run {study}")


@click.command(name="import")
@click.argument("file", type=_FILE)
@click.option("--name", default="", help="The list's name; the file's name if absent.")
@click.option("--use", "uses", multiple=True, type=click.Choice([str(use) for use in Use]),
              help="A use that everybody on the list agreed to; may be repeated.")  # fmt: skip
@click.option("--team", default="", help="The team that it belongs to; the first one if absent.")
def import_(file: Path, name: str, uses: tuple[str, ...], team: str) -> None:
    """Bring a list into the records: one source and its people, all or nothing.

    Without --use nobody on the list has consented to anything, and no snapshot will hold them.
    """
    start_records()
    from bearwitness.records.access import local_reader
    from bearwitness.records.importing import import_list

    done = import_list(local_reader(team), file, name=name or file.stem, uses=list(map(Use, uses)))
    click.echo(str(done))


@click.command()
@click.option("--people", default=1500, show_default=True, type=click.IntRange(min=100),
              help="How many; two thirds as many interviews, 20 acts for every 3.")  # fmt: skip
def fill(people: int) -> None:
    """Fill empty records with a fictional casebook: people, interviews, acts, their history.

    For trying out how it works with very many. It goes into records that hold nobody yet, and
    nowhere else; 150000 people, with a million acts, take minutes.
    """
    start_records()
    from bearwitness.records.filling import fill_with_fiction

    def told(line: str) -> None:
        click.echo(f"\r{line:<60}", nl=False, err=True)

    entries = fill_with_fiction(LOCAL, people, told=told)
    click.echo("", err=True)
    click.echo(f"{people:,} people who do not exist; the audit has {entries:,} entries.")


@click.group()
def audit() -> None:
    """The audit of the records: who did what to which row, and who looked at a name."""


@audit.command(name="verify")
def audit_verify() -> None:
    """Find entries, rows and versions that were changed with a plain SQL client: exit code 73."""
    start_records()
    from bearwitness.records.audit import verify_audit
    from bearwitness.records.history import verify_history

    click.echo(f"{verify_audit():,} entries, {verify_history():,} versions: as they were written")


@audit.command(name="releases")
def audit_releases() -> None:
    """List the releases, and check every kept package: exit code 70 where one was changed.

    Approving takes three accounts, so it is done in the web app and nowhere else.
    """
    start_records()
    from bearwitness.records import queries
    from bearwitness.records.kept import check_kept

    for one in queries.releases(LOCAL).order_by("id"):
        who = ", ".join(filter(None, (one.prepared_by, one.checked_by, one.published_by)))
        check_kept(one.package_digest)
        click.echo(f"{one.pk:>4}  {one.standing:<10} {one.study}  {one.package_digest[:16]}  {who}")


@click.command()
@click.option("--check", is_flag=True, help="Only hold the index against the records.")
def reindex(check: bool) -> None:
    """Make the search index anew. Needed only where --check says so: every write keeps it."""
    start_records(index=False)
    from bearwitness.records.reindexing import check_index, index_hint, rebuild_index

    if check:
        click.echo(f"{check_index():,} rows in the search index: in step with the records")
    else:
        made = rebuild_index(LOCAL, told=lambda text: click.echo(text, err=True))
        click.echo(f"{made:,} rows in the search index")
    if hint := index_hint():
        click.echo(hint, err=True)
