"""A table of people becomes synthetic cases in a folder: what to share, what to keep."""

from __future__ import annotations

import io
import json
import os
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from bearwitness.casebook.consent import Use
from bearwitness.casebook.places import find_places, gazetteer, within
from bearwitness.errors import ConsentMissing, DisclosureUnsafe, FileMissing, InputError
from bearwitness.intake import htcds, read_rows
from bearwitness.intake.birth import read_birth
from bearwitness.intake.mapping import USUAL_SEXES
from bearwitness.intake.readers import read_sheet
from bearwitness.provenance import file_digest, software_version
from bearwitness.release import write_csv
from bearwitness.release.synthetic import (
    NOT_STATED,
    Asked,
    Plan,
    Spending,
    Synthetic,
    attacks_csv,
    check_budget,
    check_extra,
    coarsen,
    internal_page,
    make_synthetic,
    read_plans,
    spend,
    statement_of,
    summary_of,
    utility_csv,
)

Tell = Callable[[str], None]
SHARED, INTERNAL = "share", "internal"
_CASES = ".xlsx"
_CONSENT = "con_Consent"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody asks for. `dataset` names the body of people whose budget is spent,
    `recipient` whom the rows are for, `person` the column that tells people apart."""

    asked: Asked
    dataset: str
    recipient: str
    limit: float
    ledger: Path
    plan: Path | None = None
    person: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of it: where, in a few lines, and what is spent in all."""

    folder: Path
    summary: str
    spent: tuple[float, float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Table:
    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    notes: tuple[str, ...] = ()
    is_cases: bool = False


def usual_ledger() -> Path:
    """Where spendings are kept: BEARWITNESS_BUDGET, or the user's settings."""
    settings = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    stated = os.environ.get("BEARWITNESS_BUDGET")
    return Path(stated) if stated else Path(settings) / "bearwitness" / "privacy_budget.jsonl"


def synthesise_file(path: Path, out: Path, order: Order, *, tell: Tell) -> Done:
    """Make synthetic cases of a table of people, and write them into a folder that is new.

    `out`/share may be given to the recipient; `out`/internal holds real counts and may not.
    Raises an InputError for a table or plan that cannot be used, ConsentMissing for a casebook's
    file made for another use, BudgetSpent beyond the limit, DisclosureUnsafe for an alarm: then
    only `out`/internal is there.
    """
    check_extra()
    check_budget(order.asked.epsilon, order.asked.delta)
    _check_new(out)
    tell("reading")
    table = _one_row_a_person(_read(path), order.person)
    plans = _plans(table, order.plan)
    parts = coarsen(table.rows, plans, _read_cell)
    spent = (0.0, 0.0)

    def pay() -> None:
        nonlocal spent
        spent = spend(order.ledger, _spending(order))

    made = make_synthetic(parts, order.asked, tell=tell, pay=pay)
    made = replace(made, guarantee=made.guarantee | _about(order, spent, table))
    tell("writing")
    _write(out, made)
    notes = (*table.notes, *(f"left out: {p.name}" for p in plans if p.role == "left-out"))
    return Done(folder=out, summary=summary_of(made), spent=spent, notes=notes)


def _check_new(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("the folder is not empty", where=out.name, hint="Name a new one.")


def _spending(order: Order) -> Spending:
    return Spending(
        dataset=order.dataset, epsilon=order.asked.epsilon, delta=order.asked.delta,
        limit=order.limit, recipient=order.recipient,
        on=datetime.now(UTC).date().isoformat(),
    )  # fmt: skip


def _about(order: Order, spent: tuple[float, float], table: _Table) -> dict[str, Any]:
    return {
        "dataset": order.dataset,
        "for": order.recipient,
        "spent_on_this_dataset_in_all": {"epsilon": spent[0], "delta": spent[1]},
        "one_row_a_person": (
            f"one row was kept of each value of {order.person}" if order.person
            else "by case number" if table.is_cases
            else "taken on trust: no column was named that tells people apart"
        ),
        "software": f"bearwitness {software_version()}",
    }  # fmt: skip


def _read(path: Path) -> _Table:
    if path.suffix.casefold() == _CASES and _is_cases(path):
        return _read_cases(path)
    rows = read_rows(path)
    return _Table(columns=rows.columns, rows=rows.rows, notes=rows.notes)


def _is_cases(path: Path) -> bool:
    lines = read_sheet(path)
    return bool(lines) and bool(set(lines[0][1]) & set(htcds.columns()))


def _read_cases(path: Path) -> _Table:
    """The good rows of people who consented; a file from a casebook has to be for sharing."""
    _check_use(path)
    read = htcds.read_cases(path)
    kept = [c for c in read.cases if c.values.get(_CONSENT) == "TRUE"]
    if not kept:
        raise ConsentMissing(
            "no case says that its person consented", where=path.name,
            hint=f"Ask them first, and write it into {_CONSENT}.",
        )  # fmt: skip
    notes = list(read.notes)
    if read.problems:
        notes.append(f"{len({p.row for p in read.problems})} rows with errors were left out")
    if len(kept) < len(read.cases):
        notes.append(f"{len(read.cases) - len(kept)} cases without consent were left out")
    names = tuple(n for n in htcds.columns() if any(n in case.values for case in kept))
    rows = [dict(case.values) for case in kept]
    return _Table(columns=names, rows=rows, notes=tuple(notes), is_cases=True)


def _check_use(path: Path) -> None:
    """A workbook that bearwitness wrote says what its people agreed to."""
    try:
        told = {line[0]: line[1] for _, line in read_sheet(path, "About") if len(line) > 1}
    except InputError:
        return  # somebody else's workbook: what they may do with it is theirs to know
    use = told.get("use")
    if use is not None and use != Use.SHARE_WITH_PARTNERS.value:
        raise ConsentMissing(
            f"these cases left the casebook for {use!r}, not to be shared with partners",
            where=path.name,
            hint="Export cases for the use share-with-partners: only who agreed is in them.",
        )


def _one_row_a_person(table: _Table, person: str) -> _Table:
    if not person:
        return table
    if person not in table.columns:
        raise InputError(f"the table has no column {person!r}", hint="Check --person.")
    first: dict[str, dict[str, str]] = {}
    for row in table.rows:
        if row[person].strip():
            first.setdefault(row[person].strip(), row)
    dropped = len(table.rows) - len(first)
    note = (f"{dropped} rows that repeat a person, or name none, were left out",) if dropped else ()
    return replace(table, rows=list(first.values()), notes=(*table.notes, *note))


def _plans(table: _Table, path: Path | None) -> list[Plan]:
    content: Mapping[str, Any] = {}
    if path is not None:
        if not path.is_file():
            raise FileMissing("there is no such file", where=path.name, hint="Check --columns.")
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"this is not TOML: {error}", where=path.name) from error
    where = path.name if path else ""
    return [_with_standard(p) for p in read_plans(content, table.columns, standard=_standard(),
                                                  where=where)]  # fmt: skip


@cache
def _standard() -> Mapping[str, tuple[str, ...]]:
    """The HTCDS's columns with their codes."""
    return {name: tuple(column.codes) for name, column in htcds.columns().items()}


def _with_standard(plan: Plan) -> Plan:
    """Columns of the standard hold its codes; columns of places the gazetteer's at their level."""
    if plan.kind == "place":
        return replace(plan, values=_places_at(plan.level or "province"))
    return plan


@cache
def _places_at(level: str) -> tuple[str, ...]:
    """The names of all places that `_place` can give at a level."""
    kinds = {place.kind for place in gazetteer().values()}
    if level not in kinds:
        raise InputError(
            f"there is no level {level!r} in the place tree",
            hint=f"Known: {', '.join(sorted(kinds))}.",
        )
    return tuple(dict.fromkeys(_held(place.id, level) for place in gazetteer().values()))


@cache
def _held(place: str, level: str) -> str:
    """The name of what holds a place at a level; where nothing does, of the largest that does."""
    chain = within(gazetteer()[place])
    found = next((p for p in chain if p.kind == level), chain[-1])
    return found.name("en")


def _read_cell(text: str, plan: Plan) -> str:
    if plan.kind == "place":
        return _place(text, plan.level or "province")
    if plan.kind == "sex":
        return USUAL_SEXES.get(text.casefold(), NOT_STATED)
    return _year(text)


@cache
def _place(text: str, level: str) -> str:
    """The place at a level; NOT_STATED where none is known, or several that are not in one."""
    held = {_held(place.id, level) for place in find_places(text)}
    return held.pop() if len(held) == 1 else NOT_STATED


def _year(text: str) -> str:
    """The middle of the years that a birth or a date may mean."""
    read = read_birth(text)
    return str((read[1] + read[2]) // 2) if read else ""


def _write(out: Path, made: Synthetic) -> None:
    """Everything beside the folder first, then in its place: nobody finds half of it."""
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    alarms = [a for a in made.attacks if a.alarm]
    (part / INTERNAL).mkdir(parents=True, mode=0o700)
    for name, content in {
        "report.html": internal_page(made),
        "utility.csv": utility_csv(made.utility),
        "attacks.csv": attacks_csv(made.attacks),
    }.items():
        (part / INTERNAL / name).write_bytes(content)
    if not alarms:
        (part / SHARED).mkdir()
        _write_shared(part / SHARED, made)
    if out.exists():
        out.rmdir()
    part.rename(out)
    if alarms:
        raise DisclosureUnsafe(
            f"the attack {alarms[0].name!r} learns more of people who were used",
            where=out.name,
            hint="Nothing may be shared. Look at internal/report.html, coarsen columns or take a "
            "smaller epsilon.",
        )


def _write_shared(folder: Path, made: Synthetic) -> None:
    columns, rows = _as_table(made)
    table = pa.table({name: [row[n] for row in rows] for n, name in enumerate(columns)})
    (folder / "cases.csv").write_bytes(write_csv(table))
    if workbook := _as_workbook(made):
        (folder / "cases.xlsx").write_bytes(workbook)
    digests = {p.name: file_digest(p) for p in sorted(folder.iterdir())}
    facts = made.guarantee | {"sha256": digests}
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    (folder / "guarantee.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(statement_of(made.guarantee), encoding="utf-8")


def _as_table(made: Synthetic) -> tuple[list[str], list[list[str]]]:
    """A column for each of the table's, its several values joined again."""
    plans = list(dict.fromkeys(part.plan.name for part in made.parts))
    return plans, [[_cell(made, row, name) for name in plans] for row in made.rows]


def _cell(made: Synthetic, row: Sequence[str], name: str) -> str:
    here = [(p, v) for p, v in zip(made.parts, row, strict=True) if p.plan.name == name]
    if here[0][0].plan.kind != "several":
        return here[0][1]
    return htcds.JOINED.join(p.name.partition("=")[2] for p, v in here if v == "yes")


def _as_workbook(made: Synthetic) -> bytes | None:
    """The columns that the HTCDS knows, in its workbook; None where it knows none of them."""
    fields = {p.plan.name: p.plan for p in made.parts if p.plan.htcds in htcds.columns()}
    if not fields:
        return None
    names = list(htcds.columns())
    rows: list[list[str | int]] = []
    for number, row in enumerate(made.rows, start=1):
        told = {plan.htcds: _in_standard(plan, _cell(made, row, n)) for n, plan in fields.items()}
        rows.append([f"S-{number:06}", *(told.get(name, "") for name in names)])
    stream = io.BytesIO()
    guarantee = made.guarantee
    about = {
        "what": "Synthetic cases. No row is a person.",
        "guarantee": f"differential privacy, epsilon {guarantee['epsilon']:g}, "
        f"delta {guarantee['delta']:g}",
        "for": guarantee["for"],
        "more": "README.md and guarantee.json beside this file",
    }
    htcds.write_cases(stream, rows, about)
    return stream.getvalue()


def _in_standard(plan: Plan, text: str) -> str:
    """A value as the workbook has it; empty for what the standard has no code for."""
    column = htcds.columns()[plan.htcds]
    if column.kind == "date":
        return _years_as_edtf(text)
    text = plan.codes.get(text, text)
    if not column.codes:
        return "" if text == NOT_STATED else text
    return htcds.JOINED.join(part for part in text.split(htcds.JOINED) if part in column.codes)


def _years_as_edtf(band: str) -> str:
    """1960-1969 as [1960..1969]; an open band or an unknown year as nothing."""
    low, _, high = band.partition("-")
    return f"[{low}..{high}]" if low.isdigit() and high.isdigit() else ""
