"""Everything that a report says, as data: release.json, from which a site or a program can speak,
and the charts and tables beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from bearwitness.release.charts import Chart
from bearwitness.release.content import ReportContent, say_figure
from bearwitness.release.csvfile import table_csv
from bearwitness.release.table import Table

TOLD = "release.json"
# Tables that lie in the package in a form of their own, with numbers as numbers.
_OWN_FILE = ("histories", "estimates", "claims", "contradictions")

Contents = Mapping[str, ReportContent]


def tell_release(
    contents: Contents, *, software: str, reports: Mapping[str, Mapping[str, str]]
) -> dict[str, bytes]:
    """release.json, with title, figures, tables and charts in each language of `contents`; and the
    files that it names: each chart in each language, its numbers and each table once.

    `reports` are the report's files by form and language.
    """
    first = next(iter(contents.values()))
    told: dict[str, Any] = {"languages": list(contents), "date": first.date, "software": software}
    told["in"] = {
        code: _content(content, "" if content is first else f".{code}")
        | {"report": {form: f"data/{by[code]}" for form, by in reports.items()}}
        for code, content in contents.items()
    }
    whole = (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
    return {TOLD: whole, **_tables(first), **_charts(contents)}


def _tables(content: ReportContent) -> dict[str, bytes]:
    return {
        _table_file(name): table_csv(table)
        for name, table in content.tables.items()
        if name not in _OWN_FILE
    }


def _charts(contents: Contents) -> dict[str, bytes]:
    first, files = next(iter(contents.values())), {}
    for code, content in contents.items():
        in_name = "" if content is first else f".{code}"
        for name, chart in content.charts.items():
            files[f"charts/{name}{in_name}.svg"] = _titled(chart)
            if chart.data and content is first:
                files[f"charts/{name}.csv"] = table_csv(chart.data)
    return files


def _titled(chart: Chart) -> bytes:
    """The drawing as a file of its own, with the words for who cannot see it."""
    text = chart.svg.decode()
    start = text.index(">", text.index("<svg")) + 1
    return f"{text[:start]}<title>{escape(chart.alt, quote=False)}</title>{text[start:]}".encode()


def _content(content: ReportContent, in_name: str) -> dict[str, Any]:
    figures = {}
    for name, figure in content.figures.items():
        sentence, note, big = say_figure(figure, content.words)
        figures[name] = {"sentence": sentence, "note": note, "big": big}
        figures[name]["provenance"] = figure.provenance
    charts = content.charts.items()
    return {
        "title": content.title,
        "facts": content.facts,
        "notice": content.notice,
        "headline": content.headline,
        "figures": figures,
        "tables": {n: _table(t) | {"csv": _table_file(n)} for n, t in content.tables.items()},
        "charts": {name: _chart(name, chart, in_name) for name, chart in charts},
    }


def _table_file(name: str) -> str:
    return f"{name}.csv" if name in _OWN_FILE else f"tables/{name}.csv"


def _table(table: Table) -> dict[str, Any]:
    rows = [list(row) for row in table.rows]
    parts = {"caption": table.caption, "header": list(table.header), "rows": rows}
    return parts | {"numeric": table.numeric}


def _chart(name: str, chart: Chart, in_name: str) -> dict[str, Any]:
    return {
        "caption": chart.data.caption if chart.data else name,
        "alt": chart.alt,
        "svg": f"charts/{name}{in_name}.svg",
        "csv": f"charts/{name}.csv" if chart.data else "",
        "table": _table(chart.data) if chart.data else None,
    }
