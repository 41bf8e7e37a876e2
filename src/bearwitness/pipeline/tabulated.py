"""The tables that study.toml declares: crossed, made safe, and written as they may be printed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bearwitness.pipeline.analyse import Linked, Progress
from bearwitness.pipeline.declared import TableDeclaration, declare_tables, dimension_of
from bearwitness.pipeline.study import Study
from bearwitness.release import Table
from bearwitness.release.disclosure import (
    Crossed,
    PrintedTable,
    Rules,
    Secret,
    cross,
    link_levels,
    link_tables,
    make_problem,
    print_table,
    suppress,
)
from bearwitness.release.disclosure.cellkey import cell_keys, cell_secret, perturb, record_keys
from bearwitness.release.disclosure.controlled import round_controlled, rounded_range
from bearwitness.release.disclosure.rounding import round_counts
from bearwitness.release.disclosure.rules import describe_rules, least_printed

MOST_ROWS = 60  # of a table in the report; larger ones are in the package as CSV only
MOST_NOISE = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Safe:
    """A table as it may be printed: a count a cell, None where it is withheld."""

    declared: TableDeclaration
    crossed: Crossed
    shown: tuple[int | None, ...]
    printed: PrintedTable
    note: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Tabulated:
    """All tables of a study, and the sensitive cells that nobody may compute from them."""

    tables: tuple[Safe, ...] = ()
    secret: Secret | None = None

    def for_report(self) -> dict[str, Table]:
        return {
            t.declared.name: _report_table(t)
            for t in self.tables
            if t.crossed.people.size // t.crossed.shape[-1] <= MOST_ROWS
        }

    def files(self) -> dict[str, bytes]:
        return {f"cells/{t.declared.name}.csv": _csv(t) for t in self.tables}

    def notes(self) -> tuple[str, ...]:
        rules = (rule for t in self.tables for rule in describe_rules(t.declared.rules))
        return tuple(dict.fromkeys([*(t.note for t in self.tables), *rules]))


def tabulate(study: Study, linked: Linked, tell: Progress) -> Tabulated:
    """Make the study's tables safe. Tables that withhold cells are protected together, because
    what one leaves open another may close. Raises DisclosureUnsafe where nothing helps."""
    declared = declare_tables(study)
    if not declared:
        return Tabulated()
    tell(f"crossing {len(declared)} tables")
    crossed = {d.name: _cross(d, study, linked) for d in declared}
    suppressed = [d for d in declared if d.method == "suppress"]
    made, secret = _suppress(suppressed, crossed, Rules(**study.release), tell)
    for one in declared:
        if one.method == "round":
            made[one.name] = _round(one, crossed[one.name])
        elif one.method == "perturb":
            made[one.name] = _perturb(one, crossed[one.name])
    return Tabulated(tables=tuple(made[d.name] for d in declared), secret=secret)


def _cross(declared: TableDeclaration, study: Study, linked: Linked) -> Crossed:
    dimensions = dict(dimension_of(declared, name, study, linked) for name in declared.dimensions)
    return cross(declared.name, linked.members, linked.links, dimensions)


def _suppress(
    declared: Sequence[TableDeclaration],
    crossed: Mapping[str, Crossed],
    rules: Rules,
    tell: Progress,
) -> tuple[dict[str, Safe], Secret | None]:
    if not declared:
        return {}, None
    tables = [crossed[one.name] for one in declared]
    cells = link_tables(tables)
    levels = link_levels(cells, tables, [one.rules for one in declared])
    least = np.ones(len(cells.keys))
    for one, table in zip(declared, tables, strict=True):
        at = cells.where[one.name]
        least[at] = np.maximum(least[at], least_printed(table, one.rules))
    problem = make_problem(
        cells, levels, weight=declared[0].weight, rounding=rules.rounding, threshold=least
    )
    tell(f"protecting {len(levels.cells):,} of {len(cells.keys):,} cells")
    found = suppress(problem, seconds=declared[0].seconds)
    made = {}
    for one, table in zip(declared, tables, strict=True):
        at = cells.where[one.name]
        hidden = found.hidden[at]
        counts = round_counts(table.people, rules.rounding)
        made[one.name] = Safe(
            declared=one,
            crossed=table,
            shown=tuple(None if h else int(n) for h, n in zip(hidden, counts, strict=True)),
            printed=print_table(table, hidden, problem.shown_low[at], problem.shown_high[at]),
            note=_suppressed(one.title, int(hidden.sum()), rules.rounding),
        )
    secret = Secret(
        keys=tuple(cells.keys[i] for i in levels.cells),
        counts=cells.people[levels.cells].astype(float),
        levels=levels,
    )
    return made, secret


def _suppressed(title: str, hidden: int, rounding: int) -> str:
    if rounding > 1:
        return (
            f"{title}: {hidden} cells are withheld, because they are small or would betray one "
            f"that is; the others are rounded to {rounding}."
        )
    return (
        f"{title}: {hidden} cells are withheld, because they are small or would betray one that is."
    )


def _round(declared: TableDeclaration, table: Crossed) -> Safe:
    cells = link_tables([table])
    rounded, away = round_controlled(cells, declared.base)
    counts = rounded[cells.where[table.name]]
    low, high = rounded_range(counts, declared.base, away)
    nobody = np.zeros(counts.size, bool)
    return Safe(
        declared=declared,
        crossed=table,
        shown=tuple(int(n) for n in counts),
        printed=print_table(table, nobody, low, high),
        note=f"{declared.title}: every count is a multiple of {declared.base} near the true one, "
        "chosen so that all sums add up.",
    )


def _perturb(declared: TableDeclaration, table: Crossed) -> Safe:
    keys = record_keys(cell_secret(), table.persons)
    assert table.leaf is not None  # noqa: S101 - it was crossed from people
    counts = perturb(table.people, cell_keys(table, table.leaf, keys), most=MOST_NOISE)
    low, high = np.maximum(counts - MOST_NOISE, 0), counts + MOST_NOISE
    return Safe(
        declared=declared,
        crossed=table,
        shown=tuple(int(n) for n in counts),
        printed=print_table(table, np.zeros(counts.size, bool), low, high),
        note=f"{declared.title}: a little noise, at most {MOST_NOISE}, is in every count, the same "
        "wherever the same people are counted; sums need not add up.",
    )


def _report_table(safe: Safe) -> Table:
    """Rows by all dimensions but the last, whose categories are the columns."""
    trees, shape = safe.crossed.dimensions, safe.crossed.shape
    grid = np.array(safe.shown, dtype=object).reshape(-1, shape[-1])
    names = [_row_name(trees[:-1], place) for place in np.ndindex(*shape[:-1])]
    rows = [(name, *map(_show, line)) for name, line in zip(names, grid.tolist(), strict=True)]
    first = ", ".join(tree.name for tree in trees[:-1]) or "people"
    return Table(caption=safe.declared.title, header=(first, *trees[-1].nodes), rows=rows)


def _row_name(trees: Sequence[Any], place: Sequence[int]) -> str:
    parts = [tree.nodes[node] for tree, node in zip(trees, place, strict=True) if node]
    return ", ".join(parts) or "all"


def _show(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _csv(safe: Safe) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    trees = safe.crossed.dimensions
    writer.writerow([*(tree.name for tree in trees), "people"])
    for place, count in zip(safe.crossed.places.tolist(), safe.shown, strict=True):
        told = [tree.nodes[node] for tree, node in zip(trees, place, strict=True)]
        writer.writerow([*told, "" if count is None else count])
    return stream.getvalue().encode()
