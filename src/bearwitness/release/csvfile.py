"""Tables as CSV that no spreadsheet will run: text that looks like a formula gets a quote mark."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pyarrow as pa

from bearwitness.formulas import guard
from bearwitness.release.table import Table

_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


def write_csv(table: pa.Table) -> bytes:
    """UTF-8 CSV. Text that begins like a formula is preceded by ' (OWASP)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.column_names)
    columns = [column.to_pylist() for column in table.columns]
    writer.writerows([escape(value) for value in row] for row in zip(*columns, strict=True))
    return stream.getvalue().encode()


def table_csv(table: Table) -> bytes:
    """A report's table as CSV: its numbers without commas, its words as they stand."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in (table.header, *table.rows):
        plain = (cell.replace(",", "") if _NUMBER.fullmatch(cell) else cell for cell in row)
        writer.writerow([escape(cell) for cell in plain])
    return stream.getvalue().encode()


def escape(value: Any) -> Any:
    """One cell, safe to open."""
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    return guard(value) if isinstance(value, str) else value
