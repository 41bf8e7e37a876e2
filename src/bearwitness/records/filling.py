"""Empty records filled with the fictional casebook, of any size, in one transaction.

Rows come in as those of a list do: without a version each, and with one audit entry that holds the
number and the digest of the rows of every table. What happened to interviews afterwards, and who
looked at whom, is in the audit entry by entry, as if it had been worked with for years.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection

from bearwitness.casebook.rights import Reader, Right
from bearwitness.coding import vocabulary_of
from bearwitness.demo.recorded import COLUMNS, TEAMS, Moved, Portion, Row, invent, staff_of
from bearwitness.errors import RecordsError
from bearwitness.provenance import canonical_json
from bearwitness.records.access import action
from bearwitness.records.audit import Writing, audited, chain, value_digest
from bearwitness.records.copying import copy_rows, count_on
from bearwitness.records.models import AuditEntry, AuditHead, Event, Person, Source, Team, Version
from bearwitness.records.reindexing import make_index

_BATCH = 5000
_MOVES = {"ready": "hand_in", "reviewed": "approve", "sent-back": "send_back"}
# Looks that the audit tells of, for each interview; with the moves some ten entries.
_LOOKS = (("read_interview", "Interview", 4), ("show_names", "Person", 2), ("sign_in", "", 2))


@action(Right.RECORD)
def fill_with_fiction(
    reader: Reader, people: int, *, told: Callable[[str], None] = lambda _: None
) -> int:
    """Write a fictional casebook of `people`; give the number of audit entries there are then.

    Raises RecordsError where somebody is recorded already: fiction never stands beside testimony.
    """
    with audited(reader) as write:
        if any(model.objects.exists() for model in (Person, Source, Event)):
            raise RecordsError(
                "these records are not empty, and a fictional casebook goes into empty ones only",
                hint="Set BEARWITNESS_HOME to a new folder, and run this again.",
            )
        teams = [_team(write, name) for name in TEAMS]
        done = _Filling(told=told)
        for portion in invent(people, teams=teams):
            done.write(portion)
        done.write_history()
        count_on(done.numbers)
        make_index(told)
        write.note("fill_with_fiction", None, done.facts())
        return AuditHead.objects.get(pk=1).count


def _team(write: Writing, name: str) -> int:
    known = Team.objects.filter(name=name).first()
    return (known or write.add("add_team", Team(name=name))).pk


@dataclass(kw_only=True)
class _Filling:
    """How far it is: rows written and their digest, by table, and the moves still to be told."""

    told: Callable[[str], None]
    numbers: dict[str, int] = field(default_factory=dict)
    digests: dict[str, Any] = field(default_factory=dict)
    moves: list[Moved] = field(default_factory=list)

    def write(self, portion: Portion) -> None:
        for name, columns in COLUMNS.items():
            self._copy(name, columns, portion.rows[name])
        self.moves += portion.moves
        self.told(f"{self.numbers.get('Person', 0):,} people, {self.numbers.get('Act', 0):,} acts")

    def _copy(self, name: str, columns: Sequence[str], rows: list[Row]) -> None:
        if name == "Act":
            columns = (*columns, "vocabulary_version")
            rows = [(*row, _version(row[3])) for row in rows]
        copy_rows(apps.get_model("records", name), columns, rows)
        self.numbers[name] = self.numbers.get(name, 0) + len(rows)
        digest = self.digests.setdefault(name, hashlib.sha256())
        for row in rows:
            digest.update(canonical_json(row).encode() + b"\n")

    def facts(self) -> dict[str, Any]:
        return {
            name: {"rows": self.numbers[name], "sha256": digest.hexdigest()}
            for name, digest in self.digests.items()
        }

    def write_history(self) -> None:
        """Entries in the order of their days, with a version for each move of an interview."""
        head = AuditHead.objects.select_for_update().get(pk=1)
        number = (AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        kept = (Version.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        happened = sorted([*_looks(self.numbers), *map(_moved, self.moves)], key=lambda it: it[0])
        entries: list[Row] = []
        versions: list[Row] = []
        for at, by, act, model, row, move in happened:
            changed = {"state": _state_digest(move.to)} if move else {}
            entry = AuditEntry(at=at, by=by, action=act, model=model, object_id=row,
                               changed=changed)  # fmt: skip
            chain(head, entry)
            entries.append(_entry_row(number, entry))
            if move:
                states = (json.dumps({"state": move.origin}), json.dumps({"state": move.to}))
                versions.append((kept, number, model, int(row), "changed", *states, move.reason))
                kept += 1
            number += 1
            if len(entries) >= _BATCH:
                self._flush(entries, versions)
        self._flush(entries, versions)
        head.save()

    def _flush(self, entries: list[Row], versions: list[Row]) -> None:
        for model, columns, rows in (
            (AuditEntry, _ENTRY_COLUMNS, entries),
            (Version, _VERSION_COLUMNS, versions),
        ):
            copy_rows(model, columns, rows)
            name = model.__name__
            self.numbers[name] = self.numbers.get(name, 0) + len(rows)
            rows.clear()
        self.told(f"{self.numbers['AuditEntry']:,} audit entries")


_ENTRY_COLUMNS = ("id", "number", "at", "by", "action", "model", "object_id", "changed",
                  "previous", "digest")  # fmt: skip
_VERSION_COLUMNS = ("id", "entry_id", "model", "object_id", "what", "before", "after", "why")


def _entry_row(number: int, entry: AuditEntry) -> Row:
    at = connection.ops.adapt_datetimefield_value(entry.at)
    what = (entry.by, entry.action, entry.model, entry.object_id, json.dumps(entry.changed))
    return (number, entry.number, at, *what, entry.previous, entry.digest)


def _moved(move: Moved) -> tuple:
    at = datetime.combine(move.day, time(15), UTC)
    return at, move.by, _MOVES[move.to], "Interview", str(move.interview), move


def _looks(numbers: dict[str, int]) -> Iterator[tuple]:
    """Who looked at what, on a working day after it was written down."""
    dice = random.Random(numbers["Person"])  # noqa: S311 - invented
    first, last = date(2015, 2, 2), date(2025, 12, 31)
    days, staff = (last - first).days, [name for n in range(len(TEAMS)) for name in staff_of(n)]
    for act, model, times in _LOOKS:
        rows = numbers.get(model, 0)
        for number in range(times * numbers["Interview"]):
            share = dice.random()
            at = datetime.combine(first + timedelta(days=int(days * share)), time(9), UTC)
            at += timedelta(seconds=number % 25_000)
            row = str(1 + int(rows * share * dice.random())) if model else ""
            yield at, staff[int(len(staff) * dice.random())], act, model, row, None


@lru_cache
def _state_digest(state: str) -> str:
    return value_digest(state)


@lru_cache
def _version(term: str) -> str:
    return vocabulary_of(term).version
