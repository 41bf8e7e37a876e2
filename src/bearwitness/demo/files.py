"""The three lists as files, each of another kind; equal casebooks give equal bytes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

from bearwitness.demo.casebook import COLUMNS, Casebook, Row

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # zip files cannot be without a date
MOST_XLSX_ROWS = 100_000  # a workbook of more rows takes minutes and gigabytes


def write_lists(casebook: Casebook, folder: Path) -> list[Path]:
    """Write harbour.csv, lantern.xlsx, plum.json and truth.csv. Beyond 100,000 rows lantern is CSV
    inside a name of its own, lantern.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    lists = casebook.lists
    big = len(lists["lantern"]) > MOST_XLSX_ROWS
    made = {
        "harbour.csv": _csv(lists["harbour"]),
        "lantern.csv" if big else "lantern.xlsx": (_csv if big else _xlsx)(lists["lantern"]),
        "plum.json": json.dumps({"records": lists["plum"]}, ensure_ascii=False).encode(),
        "truth.csv": _csv([{"record": r, "person": str(p)} for r, p in casebook.truth]),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in made]


def write_acts(acts: list[Row], folder: Path) -> Path:
    """Write acts.csv, a table of acts as studies read it."""
    path = folder / "acts.csv"
    path.write_bytes(_csv(acts))
    return path


def _csv(rows: list[Row]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]) if rows else list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _xlsx(rows: list[Row]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "bearwitness (fictional)"
    book.properties.created = book.properties.modified = datetime(*_LONG_AGO)
    sheet = book.create_sheet("fictional")
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([row[name] for name in COLUMNS])
    stream = io.BytesIO()
    book.save(stream)
    return _undated(stream.getvalue())


def _undated(content: bytes) -> bytes:
    """The same archive with one date on every part, and none in the document's properties."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in sorted(source.namelist()):
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _without_dates(part)
            made.writestr(zipfile.ZipInfo(name, _LONG_AGO), part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _without_dates(part: bytes) -> bytes:
    import re

    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", part)
