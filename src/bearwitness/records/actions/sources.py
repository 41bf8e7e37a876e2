from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bearwitness.casebook.grades import Credibility, Reliability
from bearwitness.casebook.rights import Reader, Right, check_may_change
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.intake import check_may_keep
from bearwitness.provenance import file_digest
from bearwitness.records.access import action
from bearwitness.records.anchoring import anchor_evidence
from bearwitness.records.audit import Writing, audited, check_is_as_seen
from bearwitness.records.models import Source, Team
from bearwitness.records.originals import checked_original, keep_original

OWN_LIST = "casebook"
FIRST_TEAM = "First team"


_SAID = ("address", "kept_where", "text", "reliability", "credibility")
# What these are called, and where they came from, is told by what they come with.
MADE_BY_US = frozenset({Source.Kind.INTERVIEW, Source.Kind.OWN_LIST})


@action(Right.RECORD)
def add_source(  # noqa: PLR0913 - one argument a column
    reader: Reader,
    *,
    kind: str,
    title: str,
    received_at: date,
    original: str | None = None,
    said: Mapping[str, str] | None = None,
) -> Source:
    """Add a source. `original` is the SHA-256 of its sealed file; `said` has any of address,
    kept_where, text, reliability, credibility."""
    source = Source(
        team_id=home_team(reader),
        kind=Source.Kind(kind),
        title=title,
        received_at=received_at,
        original=original,
        **_checked(said or {}),
    )
    with audited(reader) as write:
        return write.add("add_source", source)


@action(Right.RECORD)
def edit_source(
    reader: Reader,
    source: Source,
    *,
    said: Mapping[str, str],
    why: str = "",
    seen: int | None = None,
) -> Source:
    """Change what is said of a source, its grades too. The original is never changed.

    `seen` is the version that the writer began from. Raises EditConflict.
    """
    check_may_change(reader, source.team_id)
    title = {"title": said["title"]} if "title" in said else {}
    said = title | _checked({k: v for k, v in said.items() if k != "title"})
    if title and source.kind in MADE_BY_US:
        raise RecordsError("this source has no title of its own", hint="Leave it as it is.")
    with audited(reader, why=why) as write:
        stored = Source.objects.select_for_update().get(pk=source.pk)
        check_is_as_seen(stored, seen)
        write.change("edit_source", source, said)
        if "text" in said and not hasattr(source, "interview"):
            anchor_evidence(write, source.pk, said["text"])
    return source


@action(Right.RECORD)
def seal_original(reader: Reader, source: Source, path: Path, *, name: str) -> Source:
    """Seal the file that a source came as, or its recording. Of `name` only the ending is kept.

    Raises InputError for a program or a file that is not what its name says, RecordsError where an
    original is sealed already: what was sealed is never replaced.
    """
    check_may_change(reader, source.team_id)
    with path.open("rb") as stream:
        ending = check_may_keep(name, stream.read(4096))
    digest = file_digest(path)
    known = Source.objects.filter(team=source.team_id, original=digest).exclude(pk=source.pk)
    if known.exists():
        raise RecordsError(
            "this very file is the original of another source",
            hint="Look at that source, and use it instead.",
        )
    keep_original(path, digest, ending=ending)
    with audited(reader) as write:
        stored = Source.objects.select_for_update().get(pk=source.pk)
        if stored.original and stored.original != digest:
            raise RecordsError(
                "an original is sealed for this source already",
                hint="Add another source for another file.",
            )
        write.change("seal_original", source, {"original": digest})
    return source


@action(Right.WORDS)
def take_original(reader: Reader, source: Source) -> Path:
    """The sealed original, its digest taken again. Taking it is audited."""
    path = checked_original(source)
    with audited(reader) as write:
        write.note("take_original", source, {"original": source.original})
    return path


@action(Right.WORDS)
def read_source(reader: Reader, source: Source) -> str:
    """The text beside an original. It can name people: reading it is audited."""
    with audited(reader) as write:
        write.note("read_source", source, {})
    return source.text


def _checked(said: Mapping[str, str]) -> dict[str, str]:
    if unknown := set(said) - set(_SAID):
        raise RecordsError(f"a source has no field {min(unknown)!r}", hint=f"Fields: {_SAID}.")
    if said.get("reliability"):
        Reliability(said["reliability"])
    if said.get("credibility"):
        Credibility(said["credibility"])
    return dict(said)


def home_team(reader: Reader) -> int:
    """The team that what this reader adds belongs to. Raises NotPermitted where there is none."""
    team = reader.home
    if team is None and reader.every_team:
        with audited(reader) as write:
            team = first_team(write).pk
    if team is None:
        raise NotPermitted(
            "you are in no team, and what is added has to belong to one",
            hint="Ask an administrator to put you in a team.",
        )
    return team


def first_team(write: Writing) -> Team:
    """The oldest team; made where there is none."""
    return Team.objects.order_by("pk").first() or write.add("add_team", Team(name=FIRST_TEAM))


def own_list(write: Writing, team: int) -> Source:
    """The list of people whom a team recorded itself; made when it is first needed."""
    known = Source.objects.filter(team=team, kind=Source.Kind.OWN_LIST).first()
    if known:
        return known
    taken = Source.objects.filter(list_name=OWN_LIST).exists()
    source = Source(
        team_id=team,
        kind=Source.Kind.OWN_LIST,
        title="Our own casebook",
        list_name=f"{OWN_LIST}-{team}" if taken else OWN_LIST,
        received_at=date.today(),
    )
    return write.add("add_source", source)
