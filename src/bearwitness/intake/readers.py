"""CSV, XLSX and JSON become rows of text as written, with the row numbers a person sees."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bearwitness.errors import (
    CellsMerged,
    EncodingUnknown,
    FileEmpty,
    FileMissing,
    FileTooLarge,
    NotATable,
)

MOST_BYTES = 200_000_000  # of a file, or of a workbook's parts once inflated
MOST_COLUMNS = 1_000
_EMPTY_ROWS_IN_A_ROW = 10_000  # after so many a sheet has ended, whatever its dimension claims


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table as text. `numbers[i]` is the row of `rows[i]` as a spreadsheet shows it."""

    columns: tuple[str, ...]
    rows: list[dict[str, str]]
    numbers: list[int]
    ragged: list[int]
    notes: tuple[str, ...] = ()


def read_rows(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> Rows:
    """Read a CSV, XLSX or JSON file. Cells are text as written; nothing is guessed from them.

    Raises an InputError that names file, row or range, and what to do.
    """
    path = Path(path)
    _check_file(path)
    suffix = path.suffix.casefold()
    if suffix in (".xlsx", ".xlsm"):
        return _read_xlsx(path, sheet)
    if suffix == ".json":
        return _read_json(path, encoding)
    if suffix in (".xls", ".ods", ".numbers"):
        raise NotATable(
            f"{suffix} files are not read",
            where=path.name,
            hint="Open it in a spreadsheet program and save it as .xlsx or .csv.",
        )
    return _read_csv(path, encoding)


def read_columns(path: Path, *, encoding: str | None = None) -> dict[str, list[str]]:
    """The same file as columns; ragged rows are an error here, since none may be left out."""
    rows = read_rows(path, encoding=encoding)
    if rows.ragged:
        raise NotATable(
            f"row {rows.ragged[0]} has another number of cells than the header",
            where=Path(path).name,
            hint="A table of overlaps cannot be used with a row missing. Correct the row.",
        )
    return {name: [row[name] for row in rows.rows] for name in rows.columns}


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise FileMissing("there is no such file", where=path.name, hint="Check the path.")
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty("the file is empty", where=path.name, hint="Ask for the file again.")
    if size > MOST_BYTES:
        raise FileTooLarge(
            f"the file has {size / 1e6:,.0f} MB; {MOST_BYTES / 1e6:,.0f} MB are read at most",
            where=path.name,
            hint="Split it into several lists.",
        )


def _read_csv(path: Path, encoding: str | None) -> Rows:
    text, notes = decode(path, encoding)
    if "\x00" in text:
        raise NotATable("this is not a text table", where=path.name, hint="Save it as CSV.")
    sample = text[:65536]
    first = sample.splitlines()[0] if sample.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        lines = _csv_lines(text, delimiter)
    except csv.Error as error:
        raise NotATable(f"this is not CSV: {error}", where=path.name) from error
    return _assemble(lines, path, notes)


def _csv_lines(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, before = [], 0
    for cells in reader:
        found.append((before + 1, cells))  # a quoted cell may span lines: name its first one
        before = reader.line_num
    return found


def decode(path: Path, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    """Bytes to text: as told, by its mark, or as UTF-8; else refused, with what it could be."""
    content = path.read_bytes()
    told = encoding or _marked_encoding(content)
    try:
        return content.decode(told or "utf-8-sig"), ()
    except LookupError as error:
        raise EncodingUnknown(
            f"there is no encoding {told!r}", where=path.name, hint="For example: cp949, gb18030."
        ) from error
    except UnicodeDecodeError as error:
        if told:
            raise EncodingUnknown(
                f"the file is not {told}", where=path.name, hint="Try another encoding."
            ) from error
    return _refuse_unmarked(content, path)


def _marked_encoding(content: bytes) -> str | None:
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
    return next((name for mark, name in marks.items() if content.startswith(mark)), None)


def _refuse_unmarked(content: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    # The legacy encodings of East Asia share most byte pairs: a wrong guess gives wrong names
    # that look right. So we name the candidates and let a person say.
    if b"\x00" in content[:4096] or (not content.isascii() and _is_binary(content)):
        raise NotATable(
            "this is not a text table", where=path.name, hint="Save it as CSV in UTF-8, or as XLSX."
        )
    fitting = [name for name in ("cp949", "gb18030", "big5", "shift_jis") if _fits(content, name)]
    raise EncodingUnknown(
        "the file is not UTF-8, and its encoding is not marked",
        where=path.name,
        hint="Say which it is, with `--encoding` or `encoding = ` in study.toml. "
        f"It could be read as: {', '.join(fitting) or 'none that we know'}.",
    )


def _is_binary(content: bytes) -> bool:
    head = content[:4096]
    return sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head) > len(head) // 100


def _fits(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _read_xlsx(path: Path, sheet: str | None) -> Rows:
    return _assemble(read_sheet(path, sheet), path, ())


def read_sheet(path: Path, sheet: str | None = None) -> list[tuple[int, list[str]]]:
    """The rows of a workbook's sheet that are not empty, each with its number; the first sheet
    where none is named. Cells are text as written. Raises an InputError."""
    import openpyxl

    _check_file(path)
    _check_workbook(path)
    try:
        book = openpyxl.load_workbook(path, data_only=False)
    except Exception as error:
        raise NotATable(
            "the workbook cannot be opened", where=path.name, hint="Save it again as .xlsx."
        ) from error
    if sheet and sheet not in book.sheetnames:
        raise NotATable(
            "there is no such sheet", where=path.name, hint=f"Sheets: {len(book.sheetnames)}."
        )
    page = book[sheet] if sheet else book.worksheets[0]
    if page.merged_cells.ranges:
        first = sorted(str(r) for r in page.merged_cells.ranges)[0]
        raise CellsMerged(
            f"cells {first} are merged",
            where=f"{path.name}, sheet {page.title}",
            hint="Unmerge them (Home > Merge > Unmerge) and fill each cell with its own value.",
        )
    return _sheet_lines(page)


def _sheet_lines(page: Any) -> list[tuple[int, list[str]]]:
    lines, empty = [], 0
    for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
        texts = [_cell_text(value) for value in cells]
        empty = 0 if any(texts) else empty + 1
        if empty > _EMPTY_ROWS_IN_A_ROW:
            break
        if any(texts):
            lines.append((number, texts))
    return lines


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time().isoformat() == "00:00:00":
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _check_workbook(path: Path) -> None:
    """Inflate each part without keeping it: a directory that lies about sizes fools nobody."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(part.file_size for part in archive.infolist())
            if total <= MOST_BYTES:
                total = sum(_inflated(archive, part, MOST_BYTES) for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise NotATable(
            "this is not an .xlsx workbook, or it is protected by a password",
            where=path.name,
            hint="Save it again as .xlsx without a password.",
        ) from error
    if total > MOST_BYTES:
        raise FileTooLarge(
            f"the workbook unpacks to more than {MOST_BYTES / 1e6:,.0f} MB",
            where=path.name,
            hint="Save only the rows and columns in use to a new workbook, or as CSV.",
        )


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    size = 0
    with archive.open(part) as stream:
        while size <= most and (block := stream.read(1 << 20)):
            size += len(block)
    return size


def _read_json(path: Path, encoding: str | None) -> Rows:
    text, notes = decode(path, encoding)
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotATable("this is not JSON", where=path.name, hint="Save it again.") from error
    records = content.get("records") if isinstance(content, dict) else content
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise NotATable(
            "a JSON list is an array of objects",
            where=path.name,
            hint='Write [{"id": "1", ...}, ...], or {"records": [...]}.',
        )
    columns = list(dict.fromkeys(key for record in records for key in record))
    lines = [(1, columns)]
    for number, record in enumerate(records, start=2):
        nested = any(isinstance(v, list | dict) for v in record.values())
        values = [] if nested else [_cell_text(record.get(c)) for c in columns]
        lines.append((number, values))
    return _assemble(lines, path, notes)


def _assemble(lines: Sequence[tuple[int, list[str]]], path: Path, notes: Sequence[str]) -> Rows:
    lines = [(n, cells) for n, cells in lines if any(c.strip() for c in cells) or not cells]
    if not lines:
        raise FileEmpty("the file holds no table", where=path.name, hint="Ask for the file again.")
    header = [name.strip() for name in lines[0][1]]
    while header and not header[-1]:
        header.pop()
    _check_header(header, path)
    rows, numbers, ragged = [], [], []
    for number, cells in lines[1:]:
        extra = any(c.strip() for c in cells[len(header) :])
        if extra or len(cells) < len(header):
            if cells or path.suffix.casefold() == ".json":
                ragged.append(number)
            continue
        rows.append(dict(zip(header, cells, strict=False)))
        numbers.append(number)
    if not rows and not ragged:
        raise FileEmpty("there is a header and no row", where=path.name, hint="Ask for the rows.")
    return Rows(
        columns=tuple(header), rows=rows, numbers=numbers, ragged=ragged, notes=tuple(notes)
    )


def _check_header(header: Sequence[str], path: Path) -> None:
    if len(header) > MOST_COLUMNS:
        raise FileTooLarge(f"the table has more than {MOST_COLUMNS} columns", where=path.name)
    if "" in header or not header:
        raise NotATable(
            f"column {header.index('') + 1 if header else 1} has no name",
            where=f"{path.name} row 1",
            hint="The first row names the columns. Name each, or delete the empty column.",
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise NotATable(
            f"two columns are named {twice[0]!r}", where=f"{path.name} row 1", hint="Rename one."
        )
