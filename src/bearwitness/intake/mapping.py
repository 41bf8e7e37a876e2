"""Columns become MEMBERS: what a list calls its columns, and what we understand by them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from bearwitness.errors import RecordsRepeated, StudyInvalid
from bearwitness.formulas import unguard
from bearwitness.intake.birth import read_birth
from bearwitness.intake.readers import Rows, read_rows
from bearwitness.tables import MEMBERS, STATEMENTS, check

FEATURES = ("record", "names", "aliases", "sex", "birth", "origin", "place", "stratum")
_SEVERAL = ("names", "aliases")

# What lists usually call these columns, in English, Korean and Chinese.
USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "record": ("id", "record", "code name", "no", "number", "case", "번호", "编号", "序号"),
    "names": (
        "name",
        "names",
        "romanised",
        "romanized",
        "full name",
        "이름",
        "성명",
        "姓名",
        "名字",
    ),
    "aliases": ("alias", "aliases", "chinese name", "중국이름", "가명", "化名", "别名"),
    "sex": ("sex", "gender", "성별", "性别"),
    "birth": ("birth", "born", "birth year", "date of birth", "생년", "생년월일", "出生", "出生年"),
    "origin": ("origin", "home", "출신", "고향", "籍贯"),
    "place": ("place", "location", "현지", "장소", "地点", "所在地"),
    "stratum": ("stratum", "strata"),
}
USUAL_SEXES: Mapping[str, str] = {
    "f": "female", "female": "female", "woman": "female", "w": "female",
    "여": "female", "여성": "female", "여자": "female", "女": "female",
    "m": "male", "male": "male", "man": "male",
    "남": "male", "남성": "male", "남자": "male", "男": "male",
    "other": "other", "x": "other", "기타": "other", "其他": "other",
}  # fmt: skip
_SEX_UNKNOWN = "not a value we know; add it to [lists.sex_values] in study.toml"
_UNKNOWN = ("", "unknown", "?", "-", "n/a", "미상", "不详")


@dataclass(frozen=True, kw_only=True)
class ListMapping:
    """One list of a study: its file, and which of its columns hold which feature of MEMBERS."""

    name: str
    file: str
    columns: Mapping[str, str | Sequence[str]]
    title: str = ""
    sheet: str | None = None
    encoding: str | None = None
    sex_values: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def sexes(self) -> Mapping[str, str]:
        """What each way of writing a sex means, in small letters."""
        return {**USUAL_SEXES, **{k.casefold(): v for k, v in self.sex_values.items()}}

    def sources(self, feature: str) -> list[str]:
        """The columns that hold a feature, as a list."""
        found = self.columns.get(feature, ())
        return [found] if isinstance(found, str) else list(found)


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row that was left out, and why. Never what it said."""

    file: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ListsRead:
    """MEMBERS and STATEMENTS of all good rows; the rows that were not.

    `stands` is the file and the row in which each record stands.
    """

    members: pa.Table
    statements: pa.Table
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...] = ()
    stands: Mapping[str, tuple[str, int]] = field(default_factory=dict)


class _RowUnusable(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def read_lists(frozen: Path, mappings: Sequence[ListMapping]) -> ListsRead:
    """Read every list of a study. Good rows are kept, the others named."""
    members: list[dict[str, Any]] = []
    statements: list[dict[str, Any]] = []
    rejected: list[Rejected] = []
    notes: list[str] = []
    stands: dict[str, tuple[str, int]] = {}
    for mapping in mappings:
        rows = read_rows(frozen / mapping.file, sheet=mapping.sheet, encoding=mapping.encoding)
        _check_mapping(mapping, rows)
        _check_repeats(mapping, rows)
        reason = "another number of cells than the header, or a value that is itself a table"
        rejected += [
            Rejected(file=mapping.file, row=number, column="", reason=reason)
            for number in rows.ragged
        ]
        for number, row in zip(rows.numbers, rows.rows, strict=True):
            plain = _without_guards(mapping, row)
            try:
                member = _read_member(mapping, plain)
            except _RowUnusable as error:
                rejected.append(
                    Rejected(
                        file=mapping.file, row=number, column=error.column, reason=error.reason
                    )
                )
                continue
            members.append(member)
            stands[member["record"]] = (mapping.file, number)
            statements += _read_statements(mapping, row, plain, member)
        notes += [f"{mapping.file}: {note}" for note in rows.notes]
    return ListsRead(
        members=check(members, MEMBERS),
        statements=check(statements, STATEMENTS),
        rejected=tuple(rejected),
        notes=tuple(notes),
        stands=stands,
    )


def guess_mapping(rows: Rows, *, name: str, file: str) -> ListMapping:
    """Understand the usual names of columns. Raises StudyInvalid where no column is an id."""
    usual = {name: f for f, names in USUAL_NAMES.items() for name in names}
    found: dict[str, list[str]] = defaultdict(list)
    for column in rows.columns:
        feature = usual.get(re.sub(r"[\s_]+", " ", column).strip().casefold())
        if feature and (feature in _SEVERAL or feature not in found):
            found[feature].append(column)
    if "record" not in found:
        raise StudyInvalid(
            "no column looks like the record's id",
            where=file,
            hint="Name it `id`. Figures walk back to the words by it.",
        )
    columns = {f: c if f in _SEVERAL else c[0] for f, c in found.items()}
    return ListMapping(name=name, file=file, columns=columns)


def is_history_table(rows: Rows) -> bool:
    """True where all columns hold only 0 and 1, but for one of numbers: a table of overlaps."""
    cells = {name: {row[name].strip() for row in rows.rows} for name in rows.columns}
    others = [name for name, found in cells.items() if not found <= {"0", "1"}]
    numbers = all(re.fullmatch(r"-?[\d.]*", text) for name in others for text in cells[name])
    return len(rows.columns) - len(others) >= 2 and len(others) <= 1 and numbers


def _check_mapping(mapping: ListMapping, rows: Rows) -> None:
    unknown = sorted(set(mapping.columns) - set(FEATURES))
    wanted = [c for f in mapping.columns for c in mapping.sources(f) if c not in rows.columns]
    if unknown or wanted or "record" not in mapping.columns:
        missing = unknown or wanted or ["record"]
        raise StudyInvalid(
            f"[lists.columns] {missing[0]!r} does not fit the file",
            where=mapping.file,
            hint=f"Features: {', '.join(FEATURES)}. Columns: {', '.join(rows.columns)}.",
        )


def _check_repeats(mapping: ListMapping, rows: Rows) -> None:
    (column,) = mapping.sources("record")
    seen: dict[str, list[int]] = defaultdict(list)
    for number, row in zip(rows.numbers, rows.rows, strict=True):
        if row[column].strip():
            seen[row[column].strip()].append(number)
    repeated = [numbers for numbers in seen.values() if len(numbers) > 1]
    if repeated:
        shown = "; ".join(" and ".join(map(str, numbers)) for numbers in repeated[:5])
        raise RecordsRepeated(
            f"{len(repeated)} record ids stand in more than one row: rows {shown}",
            where=f"{mapping.file} column {column}",
            hint="Give each row its own id. Figures walk back to the words by it.",
        )


def _without_guards(mapping: ListMapping, row: Mapping[str, str]) -> Mapping[str, str]:
    """The row without the quote marks by which a table is guarded against running as formulas."""
    if mapping.file.casefold().endswith(".json"):  # no program runs it, and none guards it
        return row
    return {column: unguard(text) for column, text in row.items()}


def _read_member(mapping: ListMapping, row: Mapping[str, str]) -> dict[str, Any]:
    def cell(feature: str) -> tuple[str, str]:
        columns = mapping.sources(feature)
        return (columns[0], _clean(row[columns[0]])) if columns else ("", "")

    column, record = cell("record")
    if not record:
        raise _RowUnusable(column, "the record has no id")
    birth = _read(cell("birth"), read_birth, "not a year, date or EDTF")
    sex = _read(cell("sex"), lambda text: mapping.sexes.get(text.casefold()), _SEX_UNKNOWN)
    edtf, earliest, latest = birth or (None, None, None)
    return {
        "record": f"{mapping.name}/{record}",
        "list": mapping.name,
        "stratum": cell("stratum")[1],
        "names": _read_names(mapping, row, "names"),
        "aliases": _read_names(mapping, row, "aliases"),
        "sex": sex,
        "birth": edtf,
        "birth_earliest": earliest,
        "birth_latest": latest,
        "origin": cell("origin")[1] or None,
        "place": cell("place")[1] or None,
    }


def _read(cell: tuple[str, str], understand: Callable[[str], Any], reason: str) -> Any:
    column, text = cell
    if text.casefold() in _UNKNOWN:
        return None
    value = understand(text)
    if value is None:
        raise _RowUnusable(column, reason)
    return value


def _read_names(mapping: ListMapping, row: Mapping[str, str], feature: str) -> list[str]:
    cells = [_clean(row[column]) for column in mapping.sources(feature)]
    names = [_clean(part) for text in cells for part in re.split(r"[/;|；／]", text)]
    return list(dict.fromkeys(name for name in names if name.casefold() not in _UNKNOWN))


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _read_statements(
    mapping: ListMapping,
    row: Mapping[str, str],
    plain: Mapping[str, str],
    member: Mapping[str, Any],
) -> list[dict[str, Any]]:
    return [
        {
            "source": mapping.file,
            "record": member["record"],
            "property": column,
            "value": _clean(plain[column]),
            "original": text,
        }
        for column, text in row.items()
        if text.strip()
    ]
