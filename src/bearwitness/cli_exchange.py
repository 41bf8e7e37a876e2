"""The commands by which cases leave the records, and come in from others' systems."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from bearwitness.casebook.consent import Use
from bearwitness.casebook.leaving import USES_OUT
from bearwitness.casebook.rights import LOCAL
from bearwitness.cli_records import start_records
from bearwitness.errors import InputError
from bearwitness.intake import Format

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("listed", metavar="LIST")
@click.argument("file", type=_FILE)
@click.option("--use", default=None, type=click.Choice([str(use) for use in USES_OUT]),
              help="What the file is for: only people who agreed to that are in it.")  # fmt: skip
@click.option("--for", "recipient", default="", help="The organisation that it is for.")
@click.option("--names", is_flag=True, help="With real names, where the use allows them.")
@click.option("--words", is_flag=True, help="With the words of interviews.")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE",
              help="As on the list's page: state=reviewed, code_name=P-A1B2.")  # fmt: skip
def export(listed: str, file: Path, use: str | None, **options: Any) -> None:
    """Write LIST into FILE, whose ending says its kind: .csv, .xlsx, .json.

    LIST is people, cases, interviews, acts, events, sources or audit; cases in .xlsx are a workbook
    of the Human Trafficking Case Data Standard 2.0.

    Who left, for what and to whom is kept, with the digest of the file. A file that is there is
    never overwritten.
    """
    kind = _kind_of(file)
    start_records()
    from bearwitness.records.exporting import Asked, export_list

    filters = dict(pair.partition("=")[::2] for pair in options.pop("filters"))
    wanted = Asked(
        listed=listed, kind=kind, use=Use(use) if use else None, filters=filters, **options
    )
    with _new_file(file) as stream:
        done = export_list(LOCAL, stream, wanted)
    click.echo(f"{done.rows:,} rows; {done.left_out:,} left out")
    click.echo(f"SHA-256  {done.digest}")


@click.command(name="import-cases")
@click.argument("file", type=_FILE)
@click.option("--name", default="", help="The list's name; the file's name if absent.")
@click.option("--use", "uses", multiple=True, type=click.Choice([str(use) for use in Use]),
              help="A use that whoever consented agreed to besides being recorded; may be "
              "repeated.")  # fmt: skip
@click.option("--mailing-by", default="label", show_default=True,
              type=click.Choice(["label", "name"]),
              help="Where names and labels of the mailing columns disagree.")  # fmt: skip
@click.option("--leave-out", is_flag=True, help="Leave rows with errors out, instead of refusing.")
@click.option("--team", default="", help="The team that it belongs to; the first one if absent.")
def import_cases(file: Path, uses: tuple[str, ...], team: str, **options: Any) -> None:
    """Bring cases in from a workbook of the Human Trafficking Case Data Standard 2.0.

    Where con_Consent is yes, being recorded is consented to; where it is not, nothing is. Every
    cell is kept as it was written, and the file is sealed.
    """
    start_records()
    from bearwitness.records.access import local_reader
    from bearwitness.records.cases import import_cases as bring_in

    options["name"] = options["name"] or file.stem
    done = bring_in(local_reader(team), file, uses=list(map(Use, uses)), **options)
    click.echo(str(done))


def _kind_of(file: Path) -> Format:
    suffix = file.suffix.lower().removeprefix(".")
    if suffix not in set(Format):
        raise InputError(
            "the file's ending does not say its kind",
            where=file.name,
            hint=f"End its name with one of: {', '.join(f'.{kind}' for kind in Format)}.",
        )
    return Format(suffix)


@contextmanager
def _new_file(file: Path) -> Iterator[BinaryIO]:
    """A file that only its owner reads; gone again where writing it fails."""
    try:
        stream = os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
    except FileExistsError as error:
        raise InputError(
            "there is a file of this name", where=file.name, hint="Choose another name."
        ) from error
    try:
        with stream:
            yield stream
    except BaseException:
        file.unlink()
        raise
