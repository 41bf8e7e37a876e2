"""Tables as CSV that no spreadsheet will run: text that looks like a formula gets a quote mark."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa

from bearwitness.formulas import guard


def write_csv(table: pa.Table) -> bytes:
    """UTF-8 CSV. Text that begins like a formula is preceded by ' (OWASP)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.column_names)
    columns = [column.to_pylist() for column in table.columns]
    writer.writerows([escape(value) for value in row] for row in zip(*columns, strict=True))
    return stream.getvalue().encode()


def escape(value: Any) -> Any:
    """One cell, safe to open."""
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    return guard(value) if isinstance(value, str) else value
