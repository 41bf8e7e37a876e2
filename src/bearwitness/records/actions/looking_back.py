from __future__ import annotations

from datetime import datetime
from typing import Any

from bearwitness.casebook.rights import Reader, Right, check_may
from bearwitness.records.access import action
from bearwitness.records.audit import audited
from bearwitness.records.history import values_at, versions_of
from bearwitness.records.queries.keeping import row_of


@action(Right.WORDS)
def read_history(reader: Reader, kind: str, number: int) -> list[Any]:
    """A row's versions with the values that they hold; the newest first. Audited.

    Raises the model's DoesNotExist, also for a row that the reader may not see.
    """
    row = row_of(reader, kind, number)
    with audited(reader) as write:
        write.note("read_history", row, {})
    return list(versions_of(row))


@action(Right.WORDS)
def read_values_at(
    reader: Reader, kind: str, number: int, *, at: datetime
) -> dict[str, Any] | None:
    """A row's fields as they were at a moment; None where it was not there yet. Audited."""
    check_may(reader, Right.SEE)
    row = row_of(reader, kind, number)
    with audited(reader) as write:
        write.note("read_history", row, {"at": at.isoformat()})
    return values_at(row, at)
