"""A workbook written straight into its stream: ISO/IEC 29500-1, the few parts that a table needs.

openpyxl and XlsxWriter write the same ten to fifteen times slower, and lay the rows down in plain
files on the way. Text is written as text, whatever it looks like: no program takes it for a
formula, a number or an error.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from bearwitness.errors import FileTooLarge
from bearwitness.formulas import guard

Value = str | int | date
LONGEST_CELL = 32_767  # characters: Excel specifications and limits
MOST_ROWS = 1_048_576  # of a sheet, its header included
_BATCH, _WIDTH = 500, 20
_DAY_ZERO = date(1899, 12, 30)
_FIRST_DAY = date(1900, 3, 1)  # the day before it, in a workbook, is one that never was
# What XML 1.0 has no way to write; a replacement character stands for each.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Cell formats: 0 as it is, 1 a header, 2 a day.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Rows below header rows, which stay in sight. `choices` gives, by number of a column from 0,
    the range whose values it offers: `Codes!$A$2:$A$9`."""

    title: str
    headers: Sequence[Sequence[str]]
    rows: Iterable[Sequence[Value]]
    choices: Mapping[int, str] = field(default_factory=dict)


def write_workbook(stream: BinaryIO, sheets: Sequence[Sheet]) -> None:
    """Write sheets as .xlsx, row by row. Raises FileTooLarge for what a workbook cannot hold."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts([sheet.title for sheet in sheets]):
            archive.writestr(_entry(name), text)
        for number, sheet in enumerate(sheets, start=1):
            part = _entry(f"xl/worksheets/sheet{number}.xml")
            with archive.open(part, "w", force_zip64=True) as out:
                for text in _sheet(sheet):
                    out.write(text.encode())


def column_letters(number: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    number, rest = divmod(number, 26)
    return (column_letters(number - 1) if number else "") + chr(65 + rest)


def _entry(name: str) -> zipfile.ZipInfo:
    """A part without the time of its writing: the same rows give the same bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _parts(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(titles) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f"{overrides}</Types>",
    )
    yield "_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")])
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>'
        for n, title in zip(numbers, titles, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    related = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    related.append((f"rId{len(titles) + 1}", "styles", "styles.xml"))
    yield "xl/_rels/workbook.xml.rels", _relations(related)
    yield "xl/styles.xml", _STYLES


def _relations(related: Iterable[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for id, kind, target in related
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _sheet(sheet: Sheet) -> Iterator[str]:
    count, height = len(sheet.headers[0]), len(sheet.headers)
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{height}" topLeftCell="A{height + 1}" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{count}" width="{_WIDTH}" customWidth="1"/></cols><sheetData>'
    )
    letters = [column_letters(n) for n in range(count)]
    for number, header in enumerate(sheet.headers, start=1):
        yield _row(number, letters, header, style=' s="1"')
    yield from _batches(
        _row(number, letters, row) for number, row in _numbered(sheet.rows, height + 1)
    )
    yield f"</sheetData>{_validations(sheet, height + 1)}</worksheet>"


def _numbered(rows: Iterable[Sequence[Value]], first: int) -> Iterator[tuple[int, Sequence[Value]]]:
    for number, row in enumerate(rows, start=first):
        if number > MOST_ROWS:
            raise FileTooLarge(
                f"a sheet holds {MOST_ROWS:,} rows at most", hint="Choose CSV or JSON."
            )
        yield number, row


def _batches(texts: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch)


def _row(number: int, letters: Sequence[str], row: Sequence[Value], style: str = "") -> str:
    cells = [
        _cell(f"{letter}{number}", value, style)
        for letter, value in zip(letters, row, strict=True)
        if value != ""
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Value, style: str) -> str:
    if isinstance(value, date):
        if value >= _FIRST_DAY:
            return f'<c r="{place}" s="2"><v>{(value - _DAY_ZERO).days}</v></c>'
        value = value.isoformat()
    if isinstance(value, int):
        return f'<c r="{place}"{style}><v>{value}</v></c>'
    text = guard(value)
    if len(text) > LONGEST_CELL:
        raise FileTooLarge(
            f"a cell of a workbook holds {LONGEST_CELL:,} characters at most",
            hint="Choose CSV or JSON for long texts.",
        )
    shown = escape(_NO_XML.sub("\ufffd", text), {"\r": "&#13;"})
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _validations(sheet: Sheet, first: int) -> str:
    if not sheet.choices:
        return ""
    listed = "".join(
        f'<dataValidation type="list" allowBlank="1" '
        f'sqref="{column_letters(n)}{first}:{column_letters(n)}{MOST_ROWS}">'
        f"<formula1>{escape(where)}</formula1></dataValidation>"
        for n, where in sorted(sheet.choices.items())
    )
    return f'<dataValidations count="{len(sheet.choices)}">{listed}</dataValidations>'
