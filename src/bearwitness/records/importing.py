"""A whole list comes in: its original is sealed, then one transaction writes all or nothing.

A kill before the transaction leaves at most a sealed original, which the next import of the same
file uses. A kill during it leaves nothing. After it, importing the same file adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from bearwitness.casebook import Name, NameKind, Use
from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import FileMissing, RecordsError
from bearwitness.intake import ListMapping, guess_mapping, read_lists, read_rows
from bearwitness.provenance import file_digest
from bearwitness.records.access import action
from bearwitness.records.actions.people import new_code_names
from bearwitness.records.actions.sources import home_team
from bearwitness.records.audit import audited
from bearwitness.records.indexing import keep_names
from bearwitness.records.models import Consent, Person, PersonName, Record, Source, Statement
from bearwitness.records.originals import LIST, keep_original

_BATCH = 500
_SAID = ("sex", "birth", "origin", "place")


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did. `added` is 0 where this very file had come in before."""

    source: Source
    added: int
    rejected: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.added and not self.rejected:
            return f"{self.source.list_name}: this file is in the records already; nothing added"
        lines = [f"{self.source.list_name}: {self.added:,} people added"]
        lines += [f"  {note}" for note in self.notes]
        lines += [f"  row {r.row} left out: {r.column} {r.reason}" for r in self.rejected]
        return "\n".join(lines)


@action(Right.RECORD)
def import_list(
    reader: Reader,
    path: Path,
    *,
    name: str = "",
    mapping: Mapping[str, Any] | None = None,
    uses: Collection[Use] = (),
) -> Imported:
    """Bring a CSV, XLSX or JSON list in: one source, and a person for each row.

    `mapping` is {feature: column or columns}; guessed from the header where absent. `uses` are
    those that the list's own organisation asked every person on it for: without them, no
    consent is entered, and the people stay out of every snapshot. Raises an InputError for a file
    that cannot be read, RecordsError where another list has the name.
    """
    path = Path(path)

    def read(list_name: str) -> tuple[Any, tuple[Any, ...]]:
        found = _read(path, list_name, mapping)
        return found, found.rejected

    def add(source: Source, found: Any) -> list[Person]:
        people = add_people(source, found.members.to_pylist(), found.statements.to_pylist())
        add_consents(people, uses, name or path.stem)
        return people

    facts = {"uses": sorted(uses)}
    return bring_in(reader, path, name=name, read=read, add=add, facts=facts)


def bring_in(  # noqa: PLR0913 - what differs from one kind of file to another
    reader: Reader,
    path: Path,
    *,
    name: str,
    read: Callable[[str], tuple[Any, tuple[Any, ...]]],
    add: Callable[[Source, Any], list[Person]],
    facts: Mapping[str, Any],
) -> Imported:
    """Seal a file and write what `read` finds in it by `add`: a source with its people, or
    nothing. `read` gives what it found and the rows that it left out."""
    if not path.is_file():
        raise FileMissing("there is no such file", where=path.name, hint="Check the path.")
    digest = file_digest(path)
    team = home_team(reader)
    known = Source.objects.filter(team=team, original=digest).first()
    if known:
        return Imported(source=known, added=0)
    list_name = slugify(name or path.stem, allow_unicode=True)[:60] or "list"
    found, rejected = read(list_name)
    keep_original(path, digest, ending=path.suffix.lower().lstrip("."), name=LIST)
    with audited(reader) as write:
        # Again, inside: somebody else may have imported the same file meanwhile.
        known = Source.objects.filter(team=team, original=digest).first()
        if known:
            return Imported(source=known, added=0)
        source = _add_list(team, list_name, name or path.stem, digest)
        people = add(source, found)
        noted = {"original": digest, "people": [p.code_name for p in people], **facts}
        write.note("import_list", source, noted)
    facts = {"rejected": rejected, "notes": found.notes}
    return Imported(source=source, added=len(people), **facts)


def _read(path: Path, list_name: str, columns: Mapping[str, Any] | None) -> Any:
    if columns is None:
        mapping = guess_mapping(read_rows(path), name=list_name, file=path.name)
    else:
        mapping = ListMapping(name=list_name, file=path.name, columns=columns)
    return read_lists(path.parent, [mapping])


def _add_list(team: int, list_name: str, title: str, digest: str) -> Source:
    if Source.objects.filter(list_name=list_name).exists():
        raise RecordsError(
            "another list has this name already",
            hint="Give this one another name, for example with the month it came in.",
        )
    return Source.objects.create(
        team_id=team,
        kind=Source.Kind.LIST,
        title=title,
        list_name=list_name,
        original=digest,
        received_at=date.today(),
    )


def add_people(
    source: Source, members: list[dict[str, Any]], statements: list[dict[str, Any]]
) -> list[Person]:
    """A person and a record for each row of MEMBERS, with the names and STATEMENTS of each."""
    said = [{k: member[k] or "" for k in _SAID} for member in members]
    people = Person.objects.bulk_create(
        [
            Person(
                team_id=source.team_id,
                code_name=code,
                **{k: v for k, v in facts.items() if k != "place"},
            )
            for code, facts in zip(new_code_names(len(members)), said, strict=True)
        ],
        _BATCH,
    )
    records = Record.objects.bulk_create(
        [
            Record(source=source, person=person, ref=_ref(member, source), **facts)
            for person, member, facts in zip(people, members, said, strict=True)
        ],
        _BATCH,
    )
    _add_names(source, people, members)
    _add_statements(source, records, statements)
    return people


def _ref(member: Mapping[str, Any], source: Source) -> str:
    return str(member["record"]).removeprefix(f"{source.list_name}/")


def _add_names(source: Source, people: list[Person], members: list[dict[str, Any]]) -> None:
    rows = []
    for person, member in zip(people, members, strict=True):
        names = [Name(text=text) for text in member["names"]]
        names += [Name(text=text, kind=NameKind.ALIAS) for text in member["aliases"]]
        rows += [
            PersonName(person=person, source=source, text=n.text, script=n.script, kind=n.kind)
            for n in names
        ]
    keep_names(PersonName.objects.bulk_create(rows, _BATCH))


def _add_statements(
    source: Source, records: list[Record], statements: list[dict[str, Any]]
) -> None:
    by_ref = {f"{source.list_name}/{record.ref}": record for record in records}
    rows = [
        Statement(
            record=by_ref[s["record"]],
            property=s["property"],
            value=s["value"],
            original=s["original"],
        )
        for s in statements
    ]
    Statement.objects.bulk_create(rows, _BATCH)


def add_consents(people: list[Person], uses: Collection[Use], asked_by: str) -> None:
    """What the organisation that gave the list says that it asked everybody for."""
    rows = [
        Consent(
            person=person,
            use=Use(use),
            asked_by=asked_by[:100],
            how="as stated by the organisation that gave the list",
            given_at=date.today(),
        )
        for person in people
        for use in sorted(uses)
    ]
    Consent.objects.bulk_create(rows, _BATCH)
