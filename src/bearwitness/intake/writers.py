"""Rows become CSV, XLSX or JSON that a spreadsheet shows in every script and runs in none.

What is written here is read back by `readers`, and the guards against formulas come off in
`mapping`: a table that goes out and comes in again is the same table.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import BinaryIO

from bearwitness.formulas import guard
from bearwitness.intake.workbook import Sheet, write_workbook

Cell = str | int


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def write_rows(
    stream: BinaryIO,
    kind: Format,
    *,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    about: Mapping[str, str],
) -> None:
    """Write a table as it comes, row by row. `about` says what it is and what it may be used for:
    a second sheet of a workbook, keys beside `records` in JSON; CSV has no place for it.

    Raises FileTooLarge for what a workbook cannot hold.
    """
    if kind is Format.CSV:
        _write_csv(stream, columns, rows)
    elif kind is Format.JSON:
        _write_json(stream, columns, rows, about)
    else:
        told = Sheet(title="about", headers=[("what", "value")], rows=list(about.items()))
        write_workbook(stream, [Sheet(title="rows", headers=[columns], rows=rows), told])


def _write_csv(stream: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    # Excel takes a file for UTF-8 only where it begins with this mark, and else breaks Hangul.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)  # RFC 4180: CRLF, quotes doubled
    writer.writerow(columns)
    writer.writerows([guard(v) if isinstance(v, str) else v for v in row] for row in rows)
    text.flush()
    text.detach()


def _write_json(
    stream: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    about: Mapping[str, str],
) -> None:
    keys = "".join(f" {_json(key)}: {_json(value)},\n" for key, value in about.items())
    stream.write(f'{{\n{keys} "records": ['.encode())
    for number, row in enumerate(rows):
        line = _json(dict(zip(columns, row, strict=True)))
        stream.write((f",\n  {line}" if number else f"\n  {line}").encode())
    stream.write(b"\n ]\n}\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
