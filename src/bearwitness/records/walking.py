"""The last steps of a walk: from frozen rows to the people, records, acts and words behind them.

Every step asks for the reader's right and team. Beyond the person, it also asks for the consent
under which the rows were frozen: whoever withdrew it is walked to no further.
"""

from __future__ import annotations

import csv
import io
import mmap
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bearwitness.casebook import Use
from bearwitness.casebook.consent import check_may_use
from bearwitness.casebook.rights import Reader, Right
from bearwitness.records import queries
from bearwitness.records.access import STATED, query
from bearwitness.records.actions import read_evidence
from bearwitness.records.audit import value_digest
from bearwitness.records.granting import uses_granted
from bearwitness.records.models import Act, Evidence, Interview, Person, Record
from bearwitness.records.snapshot import ACTS_FILE, frozen_act, frozen_record

_MOST_A_ROW = 65_536  # bytes
_DIGITS = 16  # of a keyed digest: no value can be tried against it without the casebook's key


@dataclass(frozen=True, kw_only=True)
class Stands:
    """A frozen row beside the row as it would be frozen now: keyed digests, empty for none.

    `row` is the record or the act; None where it is gone.
    """

    file: str
    then: str
    now: str
    row: Record | Act | None = None

    @property
    def holds(self) -> bool:
        return bool(self.then) and self.then == self.now


@dataclass(frozen=True, kw_only=True)
class SpanStands:
    """Words that an act rests on, and whether they still stand at their place in the text."""

    evidence: Evidence
    holds: bool


@query(Right.ANALYSE, use=STATED)
def open_to_walk(reader: Reader, code_names: Iterable[str], use: Use, *, on: date) -> set[str]:
    """Of these people, those whom the reader sees and whose consent is in force."""
    wanted = sorted(set(code_names))
    agreed = queries.consented_people(reader, use, on=on)
    return set(agreed.filter(code_name__in=wanted).values_list("code_name", flat=True))


@query(Right.SEE)
def records_then_and_now(reader: Reader, person: Person, frozen: Path) -> list[Stands]:
    """Every record of this person in the lists of a snapshot, as it was and as it is."""
    known = queries.records_of(reader, person).exclude(source__list_name=None)
    now = {record.source.list_name: record for record in known.prefetch_related("person__names")}
    prefix = _exactly(person) + b","
    found = []
    for path in sorted(frozen.glob("*.csv")):
        if path.name == ACTS_FILE:
            continue
        then, record = _lines(path, prefix), now.get(path.stem)
        if then:
            row = _digest(frozen_record(record)) if record else ""
            found.append(Stands(file=path.name, then=_digest(then[0]), now=row, row=record))
    return found


@query(Right.SEE, use=STATED)
def acts_then_and_now(
    reader: Reader, person: Person, frozen: Path, use: Use, *, on: date
) -> list[Stands]:
    """Every act of this person in a snapshot. Raises ConsentMissing where consent has ended."""
    check_may_use(uses_granted(person, on=on), use)
    now = {str(act.pk): act for act in queries.acts(reader, person)}
    found = []
    for then in _lines(frozen / ACTS_FILE, rb"[0-9]+," + _exactly(person) + b","):
        act = now.get(then[0])
        row = _digest(frozen_act(act)) if act else ""
        found.append(Stands(file=ACTS_FILE, then=_digest(then), now=row, row=act))
    return found


@query(Right.SEE, use=STATED)
def interviews_to_walk(reader: Reader, person: Person, use: Use, *, on: date) -> list[Interview]:
    """What this person told, without the words. Raises ConsentMissing where consent has ended."""
    check_may_use(uses_granted(person, on=on), use)
    return list(queries.interviews(reader, person))


@query(Right.WORDS, use=STATED)
def spans_to_walk(reader: Reader, act: Act, use: Use, *, on: date) -> list[SpanStands]:
    """The words that an act rests on, if whom it was done to and who told it agree. Reading them
    is audited."""
    told = getattr(act.source, "interview", None)
    for person in {act.person, told.person if told else act.person}:
        check_may_use(uses_granted(person, on=on), use)
    return [SpanStands(evidence=one, holds=_stands(one)) for one in read_evidence(reader, act)]


def _stands(evidence: Evidence) -> bool:
    if evidence.start is None:
        return True  # a stretch of a recording: its file is sealed
    told = getattr(evidence.source, "interview", None)
    text = told.text if told else evidence.source.text
    return text[evidence.start : evidence.end] == evidence.exact


def _lines(path: Path, pattern: bytes) -> list[list[str]]:
    """Rows of a CSV that begin so. The file is searched as bytes, not parsed."""
    if not path.is_file() or not path.stat().st_size:
        return []
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as held:
        begins = [m.start() for m in re.finditer(rb"(?m)^" + pattern, held)]
        texts = [held[at : at + _MOST_A_ROW].decode(errors="ignore") for at in begins]
    return [next(csv.reader(io.StringIO(text, newline=""))) for text in texts]


def _exactly(person: Person) -> bytes:
    return re.escape(person.code_name.encode())


def _digest(row: Sequence[str]) -> str:
    return value_digest(list(row))[:_DIGITS]
