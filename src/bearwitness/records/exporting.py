"""A list leaves as a file: whose rows may leave decides the query, and the audit tells of it.

The whole file is written before a byte of it is given away, so that its digest and its people are
on record first. Where anything fails, there is no file and no record of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from django.db.models import QuerySet

from bearwitness.casebook import Use
from bearwitness.casebook.leaving import check_may_leave
from bearwitness.casebook.rights import Reader, Right, check_may
from bearwitness.coding import vocabulary_of
from bearwitness.errors import ConsentMissing, RecordsError
from bearwitness.intake import Format, write_rows
from bearwitness.intake.htcds import columns, write_cases
from bearwitness.records import queries
from bearwitness.records.access import STATED, action, own
from bearwitness.records.audit import audited
from bearwitness.records.cases import LEFT_OUT, case_of
from bearwitness.records.models import Export, HandedOut, Person

_CHUNK = 2_000
_BATCH = 5_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants in a file. `filters` are those of the list's page; `numbers`, where they
    are given, the rows by their numbers, as a search found them or as they were marked.

    `use` is what the file is for; None only for a list that is about nobody. `language` is that
    of the words for terms.
    """

    listed: str
    kind: Format
    recipient: str
    use: Use | None = None
    on: date = field(default_factory=date.today)
    names: bool = False
    words: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    numbers: Collection[int] | None = None
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list that can leave. `rows` is the query that asks for consent, `all_rows` the one behind
    the page, by which it is told how many stayed. `cells` gives a row's values, `more_names` and
    `more_words` the columns that come only when they are asked for; where names or words stand in
    columns that are always there, `offers_names` and `offers_words` tell of it.

    `owned` leads from a row to what a team owns, `person` to whom the row is about.
    """

    right: Right
    rows: Callable[..., QuerySet]
    all_rows: Callable[..., QuerySet]
    columns: tuple[str, ...]
    cells: Callable[[Any, Asked], list[Any]]
    more_names: tuple[str, ...] = ()
    more_words: tuple[str, ...] = ()
    offers_names: bool = False
    offers_words: bool = False
    filters: tuple[str, ...] = ()
    owned: str = ""
    person: str = ""
    about_people: bool = True
    lost: str = ""  # what the layout of the file has no place for

    @property
    def has_names(self) -> bool:
        return self.offers_names or bool(self.more_names)

    @property
    def has_words(self) -> bool:
        return self.offers_words or bool(self.more_words)

    def header(self, asked: Asked) -> list[str]:
        return [
            *self.columns,
            *(self.more_names if asked.names else ()),
            *(self.more_words if asked.words else ()),
        ]


def _person(row: Any, asked: Asked) -> list[Any]:
    names = list(row.names.all()) if asked.names else []
    at_birth = "; ".join(n.text for n in names if n.kind == "given-at-birth")
    others = "; ".join(n.text for n in names if n.kind != "given-at-birth")
    said = [row.code_name, row.sex, row.birth, row.origin]
    counts = [row.number_of_interviews, row.number_of_acts]
    return [*said, *counts, *([at_birth, others] if asked.names else ())]


def _interview(row: Any, asked: Asked) -> list[Any]:
    said = [row.pk, row.person.code_name, row.held_on, row.place, row.language, row.state]
    named = [row.interviewer, row.author] if asked.names else []
    return [*said, *named, *([row.text] if asked.words else ())]


def _act(row: Any, asked: Asked) -> list[Any]:
    term = vocabulary_of(row.term).term(row.term)
    said = [row.pk, row.person.code_name, row.term, row.vocabulary_version]
    said += [term.label(asked.language), row.date, row.place, row.outcome]
    said += [
        "; ".join(map(_perpetrator, row.perpetrators.all())),
        row.event_id or "",
        row.source_id,
    ]
    quotes = " / ".join(e.exact for e in row.evidence.all() if e.exact)
    named = [row.author] if asked.names else []
    return [*said, *named, *([quotes] if asked.words else ())]


def _perpetrator(row: Any) -> str:
    """In words. A person on record who did not agree to the use is not named by their code name."""
    who = row.description
    if row.person is not None:
        who = row.person.code_name if row.may_leave else "a person on record"
    return f"{row.kind}: {who}" + (f" ({row.role})" if row.role else "")


def _event(row: Any, asked: Asked) -> list[Any]:
    return [row.pk, row.title, row.date, row.place, row.number_of_acts]


def _source(row: Any, asked: Asked) -> list[Any]:
    received = row.received_at.isoformat()
    said = [row.pk, row.kind, row.title, row.list_name or "", received, row.original or ""]
    return [*said, row.records_out]


def _entry(row: Any, asked: Asked) -> list[Any]:
    at = row.at.astimezone(UTC).isoformat(timespec="seconds")
    said = [row.number, at, row.by, row.action, row.model, row.object_id]
    return [*said, " ".join(sorted(row.changed)), row.previous, row.digest]


# Every list that can leave. A new one is added here, and a test asks each for its consent.
LISTS: Mapping[str, Listed] = {
    "people": Listed(
        right=Right.SEE,
        rows=queries.people_to_hand_out,
        all_rows=queries.people,
        columns=("code_name", "sex", "birth", "origin", "interviews", "acts"),
        more_names=("names", "aliases"),
        cells=_person,
        filters=("code_name",),
        person="pk",
    ),
    "cases": Listed(
        right=Right.SEE,
        rows=queries.cases_to_hand_out,
        all_rows=queries.people,
        columns=("case", *columns()),
        cells=case_of,
        filters=("code_name",),
        person="pk",
        offers_names=True,
        offers_words=True,
        lost=LEFT_OUT,
    ),
    "interviews": Listed(
        right=Right.SEE,
        rows=queries.interviews_to_hand_out,
        all_rows=queries.interviews,
        columns=("number", "code_name", "held_on", "place", "language", "state"),
        more_names=("interviewer", "author"),
        more_words=("text",),
        cells=_interview,
        filters=("state",),
        owned="person__",
        person="person_id",
    ),
    "acts": Listed(
        right=Right.SEE,
        rows=queries.acts_to_hand_out,
        all_rows=queries.acts,
        columns=("number", "code_name", "term", "vocabulary_version", "what", "date", "place",
                 "outcome", "by", "event", "source"),
        more_names=("author",),
        more_words=("quotes",),
        cells=_act,
        owned="person__",
        person="person_id",
    ),
    "events": Listed(
        right=Right.SEE,
        rows=queries.events_to_hand_out,
        all_rows=queries.events,
        columns=("number", "title", "date", "place", "acts"),
        cells=_event,
    ),
    "sources": Listed(
        right=Right.SEE,
        rows=queries.sources_to_hand_out,
        all_rows=queries.sources,
        columns=("number", "kind", "title", "list", "received_on", "original", "records"),
        cells=_source,
    ),
    "audit": Listed(
        right=Right.AUDIT,
        rows=queries.audit_entries,
        all_rows=queries.audit_entries,
        columns=("number", "at", "by", "action", "model", "row", "fields", "previous", "digest"),
        cells=_entry,
        about_people=False,
    ),
}  # fmt: skip


def listed(name: str) -> Listed:
    """Raises RecordsError for a list that is none."""
    if name not in LISTS:
        raise RecordsError("there is no such list", hint=f"Lists: {', '.join(LISTS)}.")
    return LISTS[name]


def file_name(export: Export) -> str:
    """Of which list and when, and nothing that the rows say."""
    return f"bearwitness-{export.listed}-{export.at:%Y-%m-%d}-{export.pk}.{export.kind}"


@action(Right.EXPORT, use=STATED)
def export_list(reader: Reader, stream: BinaryIO, asked: Asked) -> Export:
    """Write a list into `stream`, which can be read and written, and put it on record.

    Raises NotPermitted where a right or a recipient is missing, or names or words are asked for
    a use without them; ConsentMissing where no row may leave; FileTooLarge for what a workbook
    cannot hold.
    """
    wanted = listed(asked.listed)
    check_may(reader, wanted.right)
    if wanted.about_people:
        check_may_leave(
            reader, _use(asked), recipient=asked.recipient, names=asked.names, words=asked.words
        )
    rows = _rows(reader, wanted, asked)
    seen = _Seen(rows, wanted, asked)
    about = _about(wanted, asked)
    if asked.listed == "cases" and asked.kind is Format.XLSX:
        write_cases(stream, seen, about)
    else:
        write_rows(stream, asked.kind, columns=wanted.header(asked), rows=seen, about=about)
    if wanted.about_people and not seen.count:
        raise ConsentMissing(
            "no row of this list may leave for this use",
            hint="Nobody in it agreed to that, or they are of another team. Ask them first.",
        )
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    facts = {"rows": seen.count, "left_out": _all(reader, wanted, asked) - seen.count}
    return _keep(reader, asked, facts | {"digest": digest}, seen.people)


class _Seen:
    """The cells of rows on their way out; counts them, and keeps whom they are about."""

    def __init__(self, rows: QuerySet, wanted: Listed, asked: Asked) -> None:
        self._rows, self._wanted, self._asked = rows, wanted, asked
        self.count, self.people = 0, set[int]()

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self._rows.iterator(chunk_size=_CHUNK):
            self.count += 1
            if self._wanted.person:
                self.people.add(getattr(row, self._wanted.person))
            yield self._wanted.cells(row, self._asked)


def _use(asked: Asked) -> Use:
    if asked.use is None:
        raise RecordsError("it is not said what the file is for", hint="Choose a use.")
    return Use(asked.use)


def _rows(reader: Reader, wanted: Listed, asked: Asked) -> QuerySet:
    consent = {"use": _use(asked), "on": asked.on} if wanted.about_people else {}
    found = _chosen(wanted.rows(reader, **consent, **_filters(wanted, asked)), asked)
    if asked.names and found.model is Person:
        found = found.prefetch_related("names")
    return found.defer(None) if asked.words else found


def _all(reader: Reader, wanted: Listed, asked: Asked) -> int:
    found = wanted.all_rows(reader, **_filters(wanted, asked))
    found = found.filter(own(reader, wanted.owned)) if wanted.about_people else found
    return _chosen(found, asked).count()


def _filters(wanted: Listed, asked: Asked) -> dict[str, str]:
    if unknown := set(asked.filters) - set(wanted.filters):
        raise RecordsError(f"this list has no filter {min(unknown)!r}", hint="Leave it out.")
    return dict(asked.filters)


def _chosen(rows: QuerySet, asked: Asked) -> QuerySet:
    return rows if asked.numbers is None else rows.filter(pk__in=list(asked.numbers))


def _about(wanted: Listed, asked: Asked) -> dict[str, str]:
    told = {"list": asked.listed, "written_on": date.today().isoformat()}
    if asked.use is not None:
        told |= {"for": asked.recipient.strip(), "use": Use(asked.use).value}
        told["who_is_in_it"] = f"people whose consent to this use was in force on {asked.on}"
    if wanted.lost:
        told["left_out"] = wanted.lost
    return told


def _keep(
    reader: Reader, asked: Asked, facts: Mapping[str, Any], people: Collection[int]
) -> Export:
    export = Export(
        by=reader.name,
        at=datetime.now(UTC),
        listed=asked.listed,
        kind=asked.kind.value,
        use=asked.use.value if asked.use else "",
        consent_on=asked.on,
        recipient=asked.recipient.strip(),
        with_names=asked.names,
        with_words=asked.words,
        **facts,
    )
    with audited(reader) as write:
        write.add("export", export)
        rows = [HandedOut(export=export, person_id=person) for person in sorted(people)]
        HandedOut.objects.bulk_create(rows, _BATCH)
    return export
