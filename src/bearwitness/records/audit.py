"""The audit: a chain of entries, each holding the digest of the one before.

It finds edits, deletions and reordering by anyone who cannot also rewrite the whole chain and its
head. It does not find that: nothing signs the head yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from bearwitness.casebook.rights import Reader
from bearwitness.errors import AuditBroken, EditConflict
from bearwitness.provenance import canonical_json
from bearwitness.records.indexing import keep_findable
from bearwitness.records.models import AuditEntry, AuditHead, Batch, Version

_BATCH: ContextVar[Batch | None] = ContextVar("batch", default=None)


@dataclass(frozen=True, kw_only=True)
class Writing:
    """The writes of one transaction. Each is audited, and what it changed is kept as a version."""

    by: str
    why: str = ""

    def note(self, action: str, row: Any, facts: Mapping[str, Any]) -> AuditEntry:
        """Audit something that changes no row by itself."""
        # Read again: a write inside this one may have added entries.
        head = AuditHead.objects.get(pk=1)
        entry = _entry(self.by, action, row)
        entry.changed = {field: value_digest(value) for field, value in facts.items()}
        chain(head, entry)
        entry.save()
        head.save()
        return entry

    def add(self, action: str, row: Any, facts: Mapping[str, Any] | None = None) -> Any:
        """Save a new row. What is audited of it: `facts`, or else all of its fields."""
        row.save(force_insert=True)
        entry = self.note(action, row, field_values(row) if facts is None else facts)
        self._keep(entry, row, what=Version.What.MADE)
        keep_findable(row)
        return row

    def change(self, action: str, row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set fields of a row and save it; give what was different before. Nothing new: no write.

        The row is read anew under its lock, so that what is kept as before is what was there.
        """
        stored = type(row).objects.select_for_update().get(pk=row.pk)
        old = field_values(stored)
        for field, value in values.items():
            setattr(row, field, value)
        new = field_values(row)
        fields = [row._meta.get_field(field).attname for field in values]
        changed = [field for field in fields if old[field] != new[field]]
        if changed:
            row.save(update_fields=changed)
            entry = self.note(action, row, {field: new[field] for field in changed})
            before, after = ({f: side[f] for f in changed} for side in (old, new))
            self._keep(entry, row, what=Version.What.CHANGED, before=before, after=after)
            keep_findable(row)
        return {field: old[field] for field in changed}

    def _keep(self, entry: AuditEntry, row: Any, **facts: Any) -> None:
        batch = _BATCH.get()
        why = self.why or (batch.why if batch else "")
        name = type(row).__name__
        facts |= {"why": why[:500], "batch": batch}
        Version.objects.create(entry=entry, model=name, object_id=row.pk, **facts)


@contextmanager
def in_batch(batch: Batch) -> Iterator[None]:
    """Every version that is kept in here, by whatever action, belongs to this batch."""
    token = _BATCH.set(batch)
    try:
        yield
    finally:
        _BATCH.reset(token)


@contextmanager
def audited(by: str | Reader, *, why: str = "") -> Iterator[Writing]:
    """One transaction for writes, their audit entries and their versions: all happen, or none.

    Writers stand in line: on SQLite the transaction begins IMMEDIATE, on PostgreSQL the head row
    is locked until commit.
    """
    with transaction.atomic():
        if AuditHead.objects.select_for_update().filter(pk=1).first() is None:
            raise AuditBroken("the head of the audit is missing", hint="Restore a backup.")
        yield Writing(by=by.name if isinstance(by, Reader) else by, why=why)


def field_values(row: Any) -> dict[str, Any]:
    """A row's fields by column, as JSON can hold them; a day as ISO 8601."""
    values = {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in values.items()
    }


def version_of(row: Any | None) -> int:
    """A number that grows with every kept change of a row; 0 for one that never changed, or is
    not there yet."""
    if row is None:
        return 0
    kept = Version.objects.filter(model=type(row).__name__, object_id=row.pk)
    return kept.order_by("-pk").values_list("pk", flat=True).first() or 0


def chain(head: AuditHead, entry: AuditEntry) -> None:
    """Make an entry the last one of the audit. Both are then to be saved."""
    entry.number, entry.previous = head.count + 1, head.digest
    entry.digest = entry_digest(entry)
    head.count, head.digest = entry.number, entry.digest


def check_is_as_seen(row: Any | None, seen: int | None) -> None:
    """Raise EditConflict if the row was saved since somebody saw it. None: they did not look."""
    if seen is not None and seen != version_of(row):
        raise EditConflict(
            "somebody else saved this while you wrote",
            hint="Nothing of yours was written yet. Look at both, and save again.",
        )


def _entry(by: str, action: str, row: Any) -> AuditEntry:
    return AuditEntry(
        at=datetime.now(UTC),
        by=by,
        action=action,
        model=type(row).__name__ if row is not None else "",
        object_id=str(row.pk) if row is not None else "",
    )


def value_digest(value: Any) -> str:
    """Keyed digest of a value. Without the key, names could be found by trying a list of names."""
    text = canonical_json(value)
    return salted_hmac("bearwitness.audit", text, algorithm="sha256").hexdigest()


def entry_digest(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything that the entry says."""
    facts = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": entry.by,
        "action": entry.action,
        "model": entry.model,
        "object_id": entry.object_id,
        "changed": entry.changed,
        "previous": entry.previous,
    }
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def verify_audit() -> int:
    """Follow the chain to its head; give the number of entries. Raises AuditBroken."""
    number, previous = 0, ""
    with transaction.atomic():  # one view of the entries and the head, while others write
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        for entry in AuditEntry.objects.order_by("number").iterator():
            _check_entry(entry, number + 1, previous)
            number, previous = entry.number, entry.digest
        if head is None or (head.count, head.digest) != (number, previous):
            raise _broken(f"it ends after entry {number}, and its head says otherwise")
    return number


def _check_entry(entry: AuditEntry, expected: int, previous: str) -> None:
    if entry.number != expected:
        raise _broken(f"entry {expected} is missing")
    if entry.previous != previous:
        raise _broken(f"entry {expected} does not follow the one before it")
    if entry_digest(entry) != entry.digest:
        raise _broken(f"entry {expected} is not what was written")


def _broken(what: str) -> AuditBroken:
    return AuditBroken(
        f"the audit has been tampered with: {what}",
        hint="Keep this database as evidence, and compare it with a backup.",
    )
