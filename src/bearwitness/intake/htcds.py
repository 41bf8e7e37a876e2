"""Cases in the workbook of the Human Trafficking Case Data Standard 2.0 (IOM, 2021), in and out.

Its template has a row of field names, a row of labels, then a case a row. Two things in it do not
hold together, and are dealt with here: the names and the labels of the five mailing columns
disagree, and the column of the reason for an outgoing referral has a label and no name.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

from bearwitness.errors import FileEmpty, NotATable
from bearwitness.formulas import unguard
from bearwitness.intake.birth import read_birth
from bearwitness.intake.mapping import Rejected
from bearwitness.intake.readers import read_sheet
from bearwitness.intake.workbook import Sheet, Value, column_letters, write_workbook

JOINED = "; "
_MAILING = "prs_Mailing"
_YES = frozenset("true yes y 1 x 예 네 是".split())
_NO = frozenset("false no n 0 아니요 否".split())
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
NOT_IN_LIST = "not a code or a label of the standard"
NOT_A_DATE = "not a year, date or EDTF"
NEITHER_YES_NOR_NO = "neither yes nor no"
REPEATED = "another row has this case number"
NO_NAME = "the column has neither a name nor a label"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the standard's workbook. `kind`: text, date, yes-no, one or several of `codes`,
    which are given with their labels. `leaves`: goes out only with names, or with words."""

    name: str
    label: str
    kind: str
    leaves: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A row that was read: by field, what it says and what was written. Codes are the standard's,
    several joined by `; `; dates are EDTF. Fields of no column of ours stand under their own
    names, as they were written."""

    ref: str
    row: int
    values: Mapping[str, str]
    originals: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CasesRead:
    """The good rows, what is wrong with the others, and what had to be decided."""

    cases: tuple[Case, ...]
    problems: tuple[Rejected, ...]
    notes: tuple[str, ...] = ()


@cache
def standard() -> Mapping[str, Any]:
    """What we keep of the standard, and how its codes and our terms meet: htcds.toml."""
    text = (files("bearwitness.intake") / "htcds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def columns() -> Mapping[str, Column]:
    """The columns of the workbook in their order, without the first one."""
    lists = standard()["lists"]
    return {
        name: Column(name=name, codes=lists.get(name, {}), **facts)
        for name, facts in standard()["columns"].items()
    }


def read_cases(path: Path, *, mailing_by: str = "label") -> CasesRead:
    """Read a filled workbook. `mailing_by` says whether whoever filled it went by the "label" or
    by the "name" of the mailing columns, where these disagree. Raises an InputError for a file
    that is no such workbook; what is wrong with a row is told beside the rows that are good.
    """
    lines = read_sheet(path)
    if not lines:
        raise FileEmpty("the file holds no table", where=path.name, hint="Ask for the file again.")
    names, labels, rows = _header(lines)
    keys, notes = _keys(names, labels, mailing_by)
    if not set(keys) & set(columns()):
        raise NotATable(
            "the first row names no field of the HTCDS",
            where=path.name,
            hint="Use the standard's template; its first row begins with cas_CaseOwner.",
        )
    _check_keys(keys, path)
    cases, problems = [], []
    seen: set[str] = set()
    for number, cells in rows:
        case, wrong = _read_case(path.name, number, keys, cells)
        if case.ref in seen:
            wrong = [*wrong, _wrong(path.name, number, "A", REPEATED)]
        if not case.originals and not wrong:  # the template numbers a thousand rows in advance
            continue
        seen.add(case.ref)
        problems += wrong
        if not wrong:
            cases.append(case)
    if not cases and not problems:
        raise FileEmpty("there is a header and no case", where=path.name, hint="Ask for the cases.")
    return CasesRead(cases=tuple(cases), problems=tuple(problems), notes=tuple(notes))


def write_cases(
    stream: BinaryIO, rows: Iterable[Sequence[str | int]], about: Mapping[str, str]
) -> None:
    """Write rows (the case, then a value for each of `columns()`) in the standard's layout, with
    names and labels that agree, its lists of codes, and a sheet on what this is."""
    named = list(columns().values())
    lists = [column for column in named if column.codes]
    places = {column.name: number for number, column in enumerate(lists)}
    choices = {
        number: f"Codes!${(at := column_letters(places[c.name]))}$2:${at}${len(c.codes) + 1}"
        for number, c in enumerate(named, start=1)
        if c.kind == "one"
    }
    header = [["", *(c.name for c in named)], ["", *(c.label for c in named)]]
    write_workbook(
        stream,
        [
            Sheet(title="Cases", headers=header, rows=map(_as_cells, rows), choices=choices),
            Sheet(title="Codes", headers=[[c.name for c in lists]], rows=_code_rows(lists)),
            Sheet(title="About", headers=[["what", "value"]], rows=list(about.items())),
        ],
    )


def _as_cells(row: Sequence[str | int]) -> list[Value]:
    """A day as a day; a birth that is known less well stays the EDTF text that it is."""
    kinds = ["text", *(column.kind for column in columns().values())]
    return [
        date.fromisoformat(value)
        if kind == "date" and isinstance(value, str) and _DAY.fullmatch(value)
        else value
        for kind, value in zip(kinds, row, strict=True)
    ]


def _code_rows(lists: Sequence[Column]) -> list[list[str]]:
    longest = max(len(column.codes) for column in lists)
    codes = [list(column.codes) for column in lists]
    return [[c[n] if n < len(c) else "" for c in codes] for n in range(longest)]


def _header(
    lines: Sequence[tuple[int, list[str]]],
) -> tuple[list[str], list[str], Sequence[tuple[int, list[str]]]]:
    """The names, the labels (none where the second row is a case already), and the cases."""
    names = [text.strip() for text in lines[0][1]]
    known = {column.label.casefold() for column in columns().values()}
    second = [text.strip() for text in lines[1][1]] if len(lines) > 1 else []
    filled = [text for text in second if text]
    is_label = 2 * sum(text.casefold() in known for text in filled) > len(filled)
    if filled and is_label:
        return names, second, lines[2:]
    return names, [""] * len(names), lines[1:]


def _keys(names: Sequence[str], labels: Sequence[str], mailing_by: str) -> tuple[list[str], Any]:
    """Which field each column holds; empty for the case's number, and for a column of nothing."""
    by_label = {column.label.casefold(): name for name, column in columns().items()}
    width = max(len(names), len(labels))
    keys, unlike = [], False
    for number in range(width):
        name, label = (row[number] if number < len(row) else "" for row in (names, labels))
        name = standard()["also"].get(name, name)
        told = by_label.get(label.casefold(), "")
        if name.startswith(_MAILING) and told.startswith(_MAILING) and told != name:
            unlike = True
            name = told if mailing_by == "label" else name
        keys.append(name or told)
    notes = []
    if unlike:
        notes.append(
            "names and labels of the mailing columns disagree, as in the standard's template; "
            f"they were read by their {mailing_by}s"
        )
    return keys, notes


def _check_keys(keys: Sequence[str], path: Path) -> None:
    twice = sorted({key for key in keys if key and keys.count(key) > 1})
    if twice:
        raise NotATable(
            f"two columns are {twice[0]!r}", where=f"{path.name} row 1", hint="Rename one."
        )


def _read_case(
    file: str, number: int, keys: Sequence[str], cells: Sequence[str]
) -> tuple[Case, list[Rejected]]:
    values, originals, wrong, ref = {}, {}, [], ""
    for place, (key, text) in enumerate(zip(keys, cells, strict=False)):
        if not text.strip():
            continue
        if not key:
            if place:
                wrong.append(_wrong(file, number, column_letters(place), NO_NAME))
            else:
                ref = _plain(text)
            continue
        originals[key] = text
        column = columns().get(key)
        value, reason = _understand(column, _plain(text)) if column else (_plain(text), "")
        values[key] = value
        if reason:
            wrong.append(_wrong(file, number, key, reason))
    case = Case(ref=ref or f"row {number}", row=number, values=values, originals=originals)
    return case, wrong


def _wrong(file: str, row: int, column: str, reason: str) -> Rejected:
    return Rejected(file=file, row=row, column=column, reason=reason)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", unguard(text)).strip()


def _understand(column: Column, text: str) -> tuple[str, str]:
    """What the cell says, or why it cannot be said."""
    if column.kind == "date":
        read = read_birth(text)
        return (read[0], "") if read else ("", NOT_A_DATE)
    if column.kind == "yes-no":
        word = text.casefold()
        if word in _YES | _NO:
            return ("TRUE" if word in _YES else "FALSE"), ""
        return "", NEITHER_YES_NOR_NO
    if column.kind == "text":
        return text, ""
    codes = _codes(column, text)
    if codes is None or (column.kind == "one" and len(codes) > 1):
        return "", NOT_IN_LIST
    return JOINED.join(codes), ""


def _codes(column: Column, text: str) -> list[str] | None:
    """The codes that a cell holds, by code or by label; None where one is of no list.

    Labels hold commas and semicolons: the whole cell is tried first, then its parts, by what
    spreadsheets and survey programs put between them.
    """
    known = {label.casefold(): code for code, label in column.codes.items()}
    known |= {code.casefold(): code for code in column.codes}
    for parted in (None, r"\s*[;|\n]\s*", r"\s*[;|,\n]\s*", r"[;|,\s]+"):
        parts = [text] if parted is None else [p for p in re.split(parted, text) if p]
        found = [known.get(part.strip().casefold()) for part in parts]
        if found and all(found):
            return list(dict.fromkeys(code for code in found if code))
    return None
