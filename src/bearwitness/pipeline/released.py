"""A release and the ledger: what it prints as an entry, the attack over all, and publishing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bearwitness.errors import DisclosureUnsafe, StudyInvalid
from bearwitness.pipeline.analyse import Linked
from bearwitness.pipeline.study import Study, read_study
from bearwitness.provenance import file_digest
from bearwitness.release import Rules, SafeHistories
from bearwitness.release.disclosure import (
    Crossed,
    Entry,
    Exposure,
    PrintedSum,
    PrintedTable,
    Secret,
    append_to_ledger,
    find_betrayed,
    flat_hierarchy,
    know_of,
    read_ledger,
    round_count,
    show_key,
)
from bearwitness.release.disclosure.cross import Key
from bearwitness.release.disclosure.printed import from_json, sum_of_patterns, to_json
from bearwitness.release.disclosure.rounding import before_rounding
from bearwitness.tables import HISTORIES, LINKS, MEMBERS, digest

PRINTED = "printed.json"  # in output/internal: what the ledger will hold once it is published


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What somebody learns of one withheld cell who knows every release: its range."""

    table: str
    cell: str
    low: float
    high: float
    is_whole: bool


def entry_of(
    study: Study,
    linked: Linked,
    *,
    safe: SafeHistories | None,
    groups: Mapping[str, Sequence[frozenset[str]]],
) -> Entry:
    """All that a release prints of counts of people, as the ledger keeps it.

    `groups` are the people, or acts, whose number each figure prints, by the figure's id.
    """
    tables = tuple(t.printed for t in linked.tabulated.tables) if linked.tabulated else ()
    sums: tuple[PrintedSum, ...] = ()
    base = ""
    if safe is not None:
        base = digest(linked.histories, HISTORIES)
        if linked.links is not None:
            base = digest(linked.members, MEMBERS)[:32] + digest(linked.links, LINKS)[:32]
        tables = (*tables, _histories(safe))
        sums = tuple(_sums(safe))
    sums += tuple(_figure_sums(linked, groups, study.rules.rounding))
    return Entry(
        population=study.population, study=study.name, date=study.date, base=base,
        threshold=study.rules.threshold,
        added=study.ledger.get("added"), withdrawn=study.ledger.get("withdrawn"),
        tables=tables, sums=sums,
    )  # fmt: skip


def check_against_ledger(study: Study, entry: Entry, linked: Linked) -> None:
    """The attack from all releases ever made of these people, this one included.

    Raises DisclosureUnsafe naming cells by printed categories, and the tables that betray them.
    """
    if not entry.tables:
        return
    _refuse_betrayal(study, entry, linked.tabulated.secret if linked.tabulated else None)


def keep_for_publication(part: Path, entry: Entry | None) -> None:
    """Write what the ledger will hold, with the digest of the package that prints it."""
    if entry is None:
        return
    manifest = part / "package" / "manifest-sha256.txt"
    kept = replace(entry, package=file_digest(manifest))
    text = json.dumps(to_json(kept), ensure_ascii=False, sort_keys=True) + "\n"
    (part / "internal" / PRINTED).write_text(text, encoding="utf-8")


def publish_study(folder: Path | str) -> Entry:
    """Put the study's last output into the ledger: from now on it counts as known to everybody.

    The attack is run once more, because others may have published meanwhile. Raises StudyInvalid
    where there is no output or it is in the ledger already, DisclosureUnsafe where it betrays.
    """
    study = read_study(Path(folder))
    entry = last_printed(study)
    before = read_ledger(study.ledger_folder)
    if any(one.package == entry.package for one in before):
        raise StudyInvalid(
            "this package is in the ledger already", where=study.name, hint="Nothing to do."
        )
    _refuse_betrayal(study, entry)
    append_to_ledger(study.ledger_folder, entry)
    return entry


def what_is_learned(folder: Path | str) -> tuple[list[Learned], tuple[Exposure, ...]]:
    """For each withheld cell of the last output the range that all releases leave to it."""
    study = read_study(Path(folder))
    entry = last_printed(study)
    entries = [*_before(study), entry]
    learned = []
    for table in entry.tables:
        keys = table.crossed().keys
        held = [k for k, low, high in zip(keys, table.low, table.high, strict=True)
                if high is None and low > 0]  # fmt: skip
        if not held:
            continue
        bounds = know_of(entries, held)
        for key, low, high, whole in zip(held, bounds.low, bounds.high, bounds.whole, strict=True):
            told: dict[str, Any] = {"low": float(low), "high": float(high), "is_whole": bool(whole)}
            learned.append(Learned(table=table.name, cell=show_key(key), **told))
    return learned, find_betrayed(entries)


def _refuse_betrayal(study: Study, entry: Entry, secret: Secret | None = None) -> None:
    if study.rules.is_waived:
        return
    if found := find_betrayed([*_before(study), entry], secret):
        raise DisclosureUnsafe(
            f"{len(found)} groups could be computed from all releases together: {in_a_line(found)}",
            where=study.name,
            hint=_hint(found),
        )


def in_a_line(found: Sequence[Exposure]) -> str:
    """What is betrayed, in a line: the first of it where it is much."""
    return " | ".join(one.sentence for one in found[:5])


def _before(study: Study) -> Sequence[Entry]:
    """Earlier releases of the same population, from this study or from others."""
    return [e for e in read_ledger(study.ledger_folder) if e.population == study.population]


def last_printed(study: Study) -> Entry:
    """What the last output would add to the ledger. Raises StudyInvalid where there is none."""
    path = study.output / "internal" / PRINTED
    if not path.is_file():
        raise StudyInvalid(
            "there is no output to look at", where=study.name, hint="Run the study first."
        )
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return from_json(facts)


def _histories(safe: SafeHistories) -> PrintedTable:
    """The table of capture histories: everybody, and each set of lists."""
    cells = [_range(safe.observed, safe.rules, least=0), *(
        _range(shown, safe.rules) for shown in safe.patterns.values()
    )]  # fmt: skip
    return PrintedTable(
        name="capture histories",
        dimensions=(flat_hierarchy("seen on", safe.patterns),),
        low=tuple(low for low, _ in cells),
        high=tuple(high for _, high in cells),
    )


def _range(shown: int | None, rules: Rules, least: int | None = None) -> tuple[float, float | None]:
    if shown is None:
        return (1.0, None)
    low, high = before_rounding(shown, rules.rounding)
    return (float(max(low, rules.threshold if least is None else least)), float(high))


def _sums(safe: SafeHistories) -> list[PrintedSum]:
    """The totals of lists."""
    found = []
    for name, shown in safe.list_totals.items():
        if shown is not None:
            low, high = before_rounding(shown, safe.rules.rounding)
            patterns = [p for p in safe.patterns if name in p.split("+")]
            found.append(sum_of_patterns(f"people on {name}", patterns, low, high))
    return found


def _figure_sums(
    linked: Linked, groups: Mapping[str, Sequence[frozenset[str]]], rounding: int
) -> Iterator[PrintedSum]:
    """The numbers that figures print: each as itself, and as a sum of cells where it is one."""
    crossed = [t.crossed for t in linked.tabulated.tables] if linked.tabulated else []
    for figure, some in groups.items():
        for number, group in enumerate(some, start=1):
            if not group:
                continue
            low, high = before_rounding(round_count(len(group), rounding), rounding)
            own: Key = (("figure", figure if number == 1 else f"{figure}, part {number}"),)
            yield PrintedSum(name=f"figure {figure}", cells=(own,), low=max(low, 0), high=high)
            for table in crossed:
                if keys := _as_cells(table, group):
                    yield PrintedSum(name=f"figure {figure}", cells=keys, low=low, high=high)


def _as_cells(table: Crossed, group: frozenset[str]) -> tuple[Key, ...]:
    """The finest cells that hold exactly these people; empty where no cells do."""
    inside = np.isin(np.array(table.persons, dtype=str), [n.split(":", 2)[2] for n in group])
    if table.leaf is None or inside.sum() != len(group):
        return ()
    some = np.unique(table.leaf[inside])
    if np.isin(table.leaf, some).sum() != inside.sum():
        return ()
    trees = table.dimensions
    at = np.unravel_index(some, [len(tree.leaves) for tree in trees])
    nodes = [np.array(tree.leaves)[a] for tree, a in zip(trees, at, strict=True)]
    cells = np.ravel_multi_index(nodes, table.shape)
    return tuple(table.keys[cell] for cell in cells.tolist())


def _hint(found: Sequence[Exposure]) -> str:
    if any(one.kind == "change" for one in found):
        return (
            "Wait until more people have come or gone, print coarser categories, or raise rounding "
            "in [release]. What was published cannot be taken back."
        )
    return (
        "Print coarser categories, raise threshold or rounding in [release], or leave the table "
        "out. What was published cannot be taken back."
    )
