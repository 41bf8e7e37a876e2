"""The audit: a chain of entries, each holding the digest of the one before.

It finds edits, deletions and reordering by anyone who cannot also rewrite the whole chain and its
head. It does not find that: nothing signs the head yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from bearwitness.errors import AuditBroken
from bearwitness.provenance import canonical_json
from bearwitness.records.models import AuditEntry, AuditHead

Note = Callable[..., AuditEntry]


@contextmanager
def audited(by: str) -> Iterator[Note]:
    """One transaction for a write and its audit entries: both happen, or neither.

    Gives `note(action, row, changed)`. Writers stand in line: on SQLite the transaction begins
    IMMEDIATE, on PostgreSQL the head row is locked until commit.
    """
    with transaction.atomic():
        if AuditHead.objects.select_for_update().filter(pk=1).first() is None:
            raise AuditBroken("the head of the audit is missing", hint="Restore a backup.")

        def note(action: str, row: Any, changed: Mapping[str, Any]) -> AuditEntry:
            # Read again: a write inside this one may have added entries.
            head = AuditHead.objects.get(pk=1)
            entry = _entry(head, by, action, row)
            entry.changed = {field: value_digest(value) for field, value in changed.items()}
            entry.digest = entry_digest(entry)
            entry.save()
            head.count, head.digest = entry.number, entry.digest
            head.save()
            return entry

        yield note


def _entry(head: AuditHead, by: str, action: str, row: Any) -> AuditEntry:
    return AuditEntry(
        number=head.count + 1,
        at=datetime.now(UTC),
        by=by,
        action=action,
        model=type(row).__name__ if row is not None else "",
        object_id=str(row.pk) if row is not None else "",
        previous=head.digest,
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
