"""Linkage: which records are about the same person, and why we think so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from bearwitness.errors import StudyInvalid
from bearwitness.linkage.draws import draw_linkages
from bearwitness.linkage.judgements import Judgement, check_judgements, read_judgements
from bearwitness.linkage.matcher import LinkageSettings, MatchReport, match
from bearwitness.linkage.people import resolve
from bearwitness.tables import MEMBERS, check

__all__ = [
    "Judgement",
    "Linkage",
    "LinkageSettings",
    "MatchReport",
    "draw_linkages",
    "link",
    "match",
    "read_judgements",
    "resolve",
]

_MANY = 10  # records of one person: a sign of too many unions


@dataclass(frozen=True, kw_only=True)
class Linkage:
    """PAIRS, LINKS, and what must be told of them."""

    pairs: pa.Table
    links: pa.Table
    report: MatchReport


def link(
    members: Any, judgements: Sequence[Judgement] = (), *, settings: LinkageSettings | None = None
) -> Linkage:
    """Find which records are about one person: MEMBERS and judgements to PAIRS and LINKS."""
    settings = settings or LinkageSettings()
    table = check(members, MEMBERS)
    if not any(table.column("names").to_pylist()):
        raise StudyInvalid(
            "no record has a name, so none can be compared",
            where="study.toml [lists.columns]",
            hint="Say which columns hold names, under `names`.",
        )
    records = table.column("record").to_pylist()
    check_judgements(judgements, records)
    pairs, report = match(table, settings=settings)
    links = resolve(records, pairs, judgements, threshold=settings.threshold)
    notes = [*report.notes, *_notes(links, judgements)]
    if settings.draws:
        links = draw_linkages(links, pairs, judgements, count=settings.draws, seed=settings.seed)
        notes.append(f"{settings.draws} linkages were drawn; estimates are averaged over them.")
    return Linkage(pairs=pairs, links=links, report=replace(report, notes=tuple(notes)))


def _notes(best: pa.Table, judgements: Sequence[Judgement]) -> list[str]:
    sizes = Counter(best.column("person").to_pylist())
    notes = [f"{len(judgements)} judgements by people were honoured."] if judgements else []
    largest = max(sizes.values(), default=0)
    if largest > _MANY:
        notes.append(f"One person has {largest} records: look whether that is right.")
    return notes
