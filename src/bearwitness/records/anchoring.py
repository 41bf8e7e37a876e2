"""Evidence rows as the spans that the rules are about, kept in place when a text is corrected."""

from __future__ import annotations

from dataclasses import asdict

from bearwitness.coding import Span, anchor
from bearwitness.records.audit import Writing
from bearwitness.records.models import Evidence


def anchor_evidence(write: Writing, source: int, text: str) -> None:
    """Find the words of every act in the new text of a source. Raises InputError if any is gone."""
    for row in Evidence.objects.filter(source=source, start__isnull=False):
        moved = anchor(text, span_of(row))
        write.change("anchor_evidence", row, asdict(moved))


def span_of(row: Evidence) -> Span:
    return Span(exact=row.exact, prefix=row.prefix, suffix=row.suffix, start=row.start, end=row.end)
