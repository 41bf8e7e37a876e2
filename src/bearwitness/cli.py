"""The command line: parse, call one function, show; errors end with their family's exit code."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bearwitness.cli_accounts import accounts, lock, unlock
from bearwitness.cli_exchange import export, import_cases
from bearwitness.cli_records import audit, fill, import_, invent_casebook, reindex, serve, snapshot
from bearwitness.cli_release import disclosure, publish, site, timestamp, verify
from bearwitness.cli_synthetic import synthesise
from bearwitness.errors import BearwitnessError
from bearwitness.provenance import software_version

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(path_type=Path)


class _Commands(click.Group):
    """Shows an error of ours as a sentence and a hint, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BearwitnessError as error:
            show_error(error)
            ctx.exit(error.exit_code)


def show_error(error: BearwitnessError) -> None:
    click.secho(f"bearwitness: {error}", fg="red", err=True)
    if error.hint:
        click.echo(f"  what to do: {error.hint}", err=True)


class _Method(click.Option):
    """--method, whose help names every method there is: looked up only when help is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = f"One of: {', '.join(self.methods())}."
        return super().get_help_record(ctx)

    def methods(self) -> tuple[str, ...]:
        from bearwitness.estimation import METHODS

        return tuple(METHODS)


class _AnyMethod(_Method):
    """The same with the methods that read one row a person."""

    def methods(self) -> tuple[str, ...]:
        from bearwitness.estimation import PEOPLE_METHODS

        return (*super().methods(), *PEOPLE_METHODS)


def _kept(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that keep the answer: as a picture, as a page."""
    told = "Write it as a page that needs nothing from outside."
    page = click.option("--html", type=_FILE, metavar="FILE.html", help=told)
    plot = click.option("--plot", type=_FILE, metavar="FILE.svg|png", help="Draw it.")
    return plot(page(command))


def _settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option for what one method has and others have not."""
    told = ("A setting of the method's own, for example order=3, curve=darroch, slab=1 or "
            "interactions=A:B,A:C; may be repeated.")  # fmt: skip
    return click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help=told)(
        command
    )


def _progress() -> Callable[[str], None]:
    start = time.monotonic()

    def tell(message: str) -> None:
        click.echo(f"{time.monotonic() - start:6.1f} s  {message}", err=True)

    return tell


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(software_version(), prog_name="bearwitness")
def main() -> None:
    """From testimony to figures that can be defended, without exposing anyone.

    A study is a folder: study.toml asks, frozen/ holds the lists as they came, hand/ holds what
    people decided, output/ is made by `run` and can be deleted.

    \b
    Start here:
      bearwitness demo                       five worked studies, with reports
      bearwitness init MY-STUDY a.csv b.xlsx  make a study of your own lists
      bearwitness run MY-STUDY               link, estimate, protect, report, sign
      bearwitness estimate table.csv         one estimate from a table of overlaps
    """


@main.command()
@click.option("--into", type=_FOLDER, default=Path("demo"), show_default=True)
@click.option("--size", default=1500, show_default=True, help="People in the fictional casebook.")
def demo(into: Path, size: int) -> None:
    """Run five worked studies: three on published tables, one on claims, one on invented people.

    The fictional casebook is generated; its true size is known, and its report shows the
    estimate beside the truth. With the web extra, a small casebook of invented interviews is
    written too, with invented colleagues to sign in as.
    """
    from bearwitness.pipeline.worked import run_worked_studies

    made = run_worked_studies(into, size=size, progress=_progress())
    click.echo("\nReports:")
    for folder in made:
        click.echo(f"  {folder / 'output' / 'report.html'}")
    click.echo("\nCheck a package:   bearwitness verify " + str(made[0] / "output" / "package"))
    click.echo("\n".join(invent_casebook(into)))


@main.command()
@click.argument("study", type=_FOLDER)
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--title", default="", help="The study's title.")
@click.option(
    "--period", default="", help="When, in EDTF: 2015/2019. Unstated, a report is a draft."
)
@click.option("--place", default="", help="Where. Unstated, a report is a draft.")
def init(study: Path, files: tuple[Path, ...], title: str, period: str, place: str) -> None:
    """Make STUDY from lists (CSV, XLSX, JSON), or add lists to it.

    Each file is copied unchanged into STUDY/frozen and sealed by its digest. The columns are
    guessed and written to study.toml: look at them before you run.
    """
    from bearwitness.pipeline.start import init_study

    for line in init_study(study, files, title=title, period=period, place=place):
        click.echo(line)
    click.echo(f"Now look at {study / 'study.toml'}, then:  bearwitness run {study}")


@main.command()
@click.argument("study", type=_FOLDER)
@click.option("--key", type=_FILE, help="OpenSSH Ed25519 key to sign with; made if absent.")
@click.option("--json", "as_json", is_flag=True, help="Print run.json.")
def run(study: Path, key: Path | None, as_json: bool) -> None:
    """Carry out STUDY: seals, linkage, estimates, disclosure control, report, signed package.

    The same inputs give the same digests on every machine.
    """
    from bearwitness.pipeline import run_study

    record = run_study(study, progress=_progress(), key_path=key)
    if as_json:
        click.echo(record.to_json())
        return
    click.echo(f"report   {study / 'output' / 'report.html'}")
    click.echo(f"package  {study / 'output' / 'package'}")
    click.echo(f"digest   {record.digest}")


@main.command()
@click.argument("file", type=_FILE)
@click.option("--method", default="stepwise", show_default=True, cls=_AnyMethod)
@click.option("--level", default=0.95, show_default=True, type=click.FloatRange(0.5, 0.999))
@click.option("--replicates", default=1000, show_default=True, type=click.IntRange(10, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--count", default="", help="The column of counts, where its name is not usual.")
@click.option("--stratum", default="", help="A column of labels, blank for unknown: every stratum "
              "and their sum.")  # fmt: skip
@click.option("--covariates", default="", metavar="A,B", help="For the doubly robust methods: "
              "what is known of every person.")  # fmt: skip
@click.option("--lists", default="", metavar="A,B", help="For doubly-robust: the two to compare.")
@click.option("--among", default="", metavar="A,B", help="For many-lists-robust: the lists that "
              "the assumption is about; all if absent.")  # fmt: skip
@click.option("--encoding", default=None, help="For example cp949 or gb18030.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@_settings
@_kept
def estimate(
    file: Path, as_json: bool, plot: Path | None, html: Path | None, **options: Any
) -> None:
    """Estimate how many people no list reached, from a table of overlaps.

    FILE has one 0/1 column per list and a column of counts (count, people, n): one row for each
    set of lists. Without counts, each row is one person. A column `draw` tells draws of the
    linkage apart: they are averaged. Where the data cannot say, the answer is a refusal with its
    reason, and exit code 40.

    doubly-robust and many-lists-robust read one row a person, with covariates beside the lists;
    the second prints how the answer moves with the odds ratio that nobody can observe.
    """
    from bearwitness.pipeline.quick import estimate_file, keep_answer

    try:
        result = estimate_file(file, **options)
        keep_answer(result, plot=plot, html=html)
    except BearwitnessError as error:
        if as_json:
            click.echo(json.dumps({"error": str(error), "hint": error.hint}, ensure_ascii=False))
        raise
    if as_json:
        click.echo(json.dumps(result.to_dict(), ensure_ascii=False))
    else:
        click.echo(result.summary())
    if result.estimate is None:
        sys.exit(40)


@main.command()
@click.argument("file", type=_FILE)
@click.option("--methods", default="independence,stepwise,decomposable", show_default=True,
              help="Methods by name, with commas.")  # fmt: skip
@click.option("--replicates", default=100, show_default=True, type=click.IntRange(20, 10_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--count", default="", help="The column of counts, where its name is not usual.")
@click.option("--encoding", default=None, help="For example cp949 or gb18030.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def calibrate(file: Path, methods: str, as_json: bool, **options: Any) -> None:
    """How often do intervals hold the truth at list sizes and overlap like those of FILE?

    Makes populations that would give tables like FILE, one as each method says and others whose
    people differ in how findable they are; draws tables from them; estimates each anew. It tells
    whether an interval is as good as it says, never whether its assumption is true.
    """
    from bearwitness.pipeline.quick import read_histories

    reading = {key: options.pop(key) for key in ("count", "encoding")}
    names = tuple(name.strip() for name in methods.split(","))
    histories = read_histories(file, **reading)
    found = histories.calibrate(methods=names, tell=_progress(), **options)
    click.echo(json.dumps(found.to_dict(), ensure_ascii=False) if as_json else found.summary())


@main.command()
@click.argument("file", type=_FILE)
@click.option("--parts", type=_FILE, help="Which population is a part of which: CSV with columns "
              "population, part_of, as you decided.")  # fmt: skip
@click.option("--plausible", type=_FILE, default=None,
              help="Amounts a person known elsewhere: unit, low, high, source.")  # fmt: skip
@click.option("--svg", type=_FILE, help="Draw who repeats whom into this file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def claims(
    file: Path, parts: Path | None, plausible: Path | None, svg: Path | None, as_json: bool
) -> None:
    """Find where published claims cannot all hold: populations, units and currencies that changed
    on the way, parts above their wholes, chains with no first source, amounts of money that are
    implausible for the people they are said to be made from.

    FILE has one claim a row, with columns id, published, publisher, measure, population, low,
    high, unit, and if known attributed_to, cites, note, title, period.
    """
    from bearwitness.pipeline.claims import read_claims_file

    read = read_claims_file(file, parts=parts, plausible=plausible)
    if svg:
        svg.write_bytes(read.lineage())
    if as_json:
        facts = [{"kind": c.kind, "claims": c.claims, "sentence": c.sentence}
                 for c in read.contradictions]  # fmt: skip
        click.echo(json.dumps({"contradictions": facts}, ensure_ascii=False))
        return
    click.echo(read.summary())


@main.command()
@click.argument("file", type=_FILE)
@click.option("--referral", "referrals", multiple=True, metavar="A:B",
              help="People are passed on from list A to list B; may be repeated.")  # fmt: skip
@click.option("--order", default="", metavar="A,B,C",
              help="The lists in time, earliest first, where there is such.")  # fmt: skip
@click.option("--level", default=0.95, show_default=True, type=click.FloatRange(0.5, 0.999))
@click.option("--seed", default=1, show_default=True)
@click.option("--count", default="", help="The column of counts, where its name is not usual.")
@click.option("--encoding", default=None, help="For example cp949 or gb18030.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@_kept
def compare(
    file: Path, as_json: bool, plot: Path | None, html: Path | None, **options: Any
) -> None:
    """All suitable methods on one page, whether they agree, and what may be said.

    FILE is a table of overlaps, as for `estimate`; of several draws of the linkage, the one with
    the lowest number is looked at. The verdict is *estimate*, *lower bound only*
    or *no estimate*, with reasons; any but the first ends with exit code 40.
    """
    from bearwitness.pipeline.quick import compare_file, keep_answer

    result = compare_file(file, **options)
    keep_answer(result, plot=plot, html=html)
    click.echo(json.dumps(result.to_dict(), ensure_ascii=False) if as_json else result.summary())
    if result.verdict != "estimate":
        sys.exit(40)


@main.command()
@click.argument("file", type=_FILE)
@click.option("--method", default="decomposable", show_default=True, cls=_Method)
@click.option("--level", default=0.95, show_default=True, type=click.FloatRange(0.5, 0.999))
@click.option("--replicates", default=200, show_default=True, type=click.IntRange(10, 1_000_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--count", default="", help="The column of counts, where its name is not usual.")
@click.option("--encoding", default=None, help="For example cp949 or gb18030.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option("--plot", type=_FILE, metavar="FILE.svg|png", help="Draw it.")
@_settings
def influence(file: Path, as_json: bool, plot: Path | None, **options: Any) -> None:
    """What the answer hangs on: each list, each two as one, one person more or less.

    FILE is a table of overlaps, as for `estimate`; of several draws of the linkage, the one with
    the lowest number is looked at.
    """
    from bearwitness.pipeline.quick import influence_file, keep_answer

    result = influence_file(file, **options)
    keep_answer(result, plot=plot)
    click.echo(json.dumps(result.to_dict(), ensure_ascii=False) if as_json else result.summary())


_KEEPING = (audit, reindex, accounts, lock, unlock)
_SHARING = (export, synthesise)
_RELEASES = (disclosure, publish, verify, site, timestamp)
for _command in (
    serve,
    snapshot,
    import_,
    import_cases,
    export,
    synthesise,
    fill,
    *_KEEPING,
    *_RELEASES,
):
    main.add_command(_command)
