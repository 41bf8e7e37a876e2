"""One Markdown text, two forms: a single HTML file and a tagged PDF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FileSystemLoader, Template
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from bearwitness.release.charts import Chart
from bearwitness.release.content import (
    PLACEHOLDER,
    ReportContent,
    compose,
    figures_placed,
    say_figure,
)
from bearwitness.release.table import Table
from bearwitness.release.typeset import set_pdf
from bearwitness.release.words import LANGUAGES, Words


@dataclass(frozen=True, kw_only=True)
class Report:
    html: bytes
    pdf: bytes


def build_report(content: ReportContent) -> Report:
    """Set a report. Equal content gives equal bytes; nothing is fetched from anywhere."""
    text = compose(content)
    return Report(html=_set_html(content, text), pdf=set_pdf(content, text))


def table_html(table: Table) -> str:
    """A table with caption, and headers for columns and rows; it scrolls where it is wide."""
    number = ' class="n"' if table.numeric else ""
    head = "".join(
        f'<th scope="col"{number if i else ""}>{escape(cell)}</th>'
        for i, cell in enumerate(table.header)
    )
    rows = []
    for first, *rest in table.rows:
        cells = "".join(f"<td{number}>{escape(cell)}</td>" for cell in rest)
        rows.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    caption = escape(table.caption)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def chart_html(name: str, chart: Chart, words: Words) -> str:
    """The drawing with words for who cannot see it, and its numbers in a table to unfold."""
    drawn = inline_svg(name, chart.svg, chart.alt)
    told = escape(words.say("The numbers of this chart"))
    data = table_html(chart.data) if chart.data else ""
    details = f"<details><summary>{told}</summary>{data}</details>" if data else ""
    return f'<figure class="chart" id="chart-{name}">{drawn}{details}</figure>'


def inline_svg(name: str, svg: bytes, alt: str) -> str:
    """The drawing without file header, with ids of its own, and words for who cannot see it."""
    text = svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


@cache
def template(name: str) -> Template:
    """A page of ours; everything put into it is escaped."""
    folder = str(files("bearwitness.release"))
    return Environment(autoescape=True, loader=FileSystemLoader(folder)).get_template(name)


def _set_html(content: ReportContent, text: str) -> bytes:
    notes = figures_placed(text)
    numbers = {name: i for i, name in enumerate(notes, start=1)}
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    body = _place(content, _framed(markdown.render(text)), numbers)
    page = template("report.html").render(
        content=content,
        say=content.words.say,
        language=content.words.language,
        others=[(code, LANGUAGES[code], file) for code, file in content.others.items()],
        headline=_headline(content),
        body=Markup(body),  # noqa: S704 - rendered with raw HTML switched off, and escaped
        footnotes=[(name, content.footnote(name)) for name in notes],
    )
    return page.encode()


def _headline(content: ReportContent) -> dict[str, str] | None:
    figure = content.figures.get(content.headline or "")
    if figure is None:
        return None
    sentence, footnote, big = say_figure(figure, content.words)
    return {"big": big, "sentence": sentence, "footnote": footnote, "id": figure.id}


def _place(content: ReportContent, html: str, numbers: dict[str, int]) -> str:
    seen: set[str] = set()

    def fill(found: re.Match[str]) -> str:
        kind, name = found.group(1), found.group(2)
        if kind == "figure":
            anchor = "" if name in seen else f' id="figure-{name}"'
            seen.add(name)
            number = numbers[name]
            told = escape(content.words.say("note {number}", number=number))
            note = f'<sup><a href="#note-{number}" aria-label="{told}">{number}</a></sup>'
            return f"<span{anchor}>{escape(content.sentence(name))}</span>{note}"
        if kind == "chart":
            return f"</p>{chart_html(name, content.charts[name], content.words)}<p>"
        return f"</p>{table_html(content.placed[name])}<p>"

    return re.sub(r"<p>\s*</p>", "", PLACEHOLDER.sub(fill, html))


def _framed(html: str) -> str:
    """The author's own tables: they scroll where they are wide, and their headers say of what."""
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    html = html.replace("</table>", "</table></div>")
    return re.sub(r"<th(?=[ >])", '<th scope="col"', html)
