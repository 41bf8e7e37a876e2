from __future__ import annotations

from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import action
from bearwitness.records.audit import audited


@action(Right.ANALYSE)
def note_snapshot(reader: Reader, use: str) -> None:
    """Audit that a snapshot was taken, and for which use."""
    with audited(reader) as write:
        write.note("snapshot", None, {"use": use})
