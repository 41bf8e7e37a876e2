"""One Markdown text, two forms: a single HTML file and a tagged PDF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from bearwitness.release.content import PLACEHOLDER, ReportContent, compose, footnotes_of
from bearwitness.release.typeset import set_pdf


@dataclass(frozen=True, kw_only=True)
class Report:
    html: bytes
    pdf: bytes


def build_report(content: ReportContent) -> Report:
    """Set a report. Equal content gives equal bytes; nothing is fetched from anywhere."""
    text = compose(content)
    return Report(html=_set_html(content, text), pdf=set_pdf(content, text))


def _set_html(content: ReportContent, text: str) -> bytes:
    notes = footnotes_of(text, content.figures)
    numbers = {name: i for i, name in enumerate(notes, start=1)}
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    body = _place(content, markdown.render(text), numbers)
    template = Environment(autoescape=True).from_string(
        (files("bearwitness.release") / "report.html").read_text(encoding="utf-8")
    )
    page = template.render(
        title=content.title,
        population=content.population,
        place=content.place,
        period=content.period,
        date=content.date,
        notice=content.notice,
        headline=_headline(content),
        body=Markup(body),  # noqa: S704 - rendered with raw HTML switched off, and escaped
        footnotes=list(notes.values()),
    )
    return page.encode()


def _headline(content: ReportContent) -> dict[str, str] | None:
    figure = content.figures.get(content.headline or "")
    if figure is None:
        return None
    big = "No estimate" if figure.value is None else f"{figure.value:,.0f} {figure.unit}"
    if figure.is_bound:
        big = f"At least {figure.lower:,.0f} {figure.unit}".rstrip()
    elif figure.lower is not None and figure.upper is not None:
        big += f" ({figure.lower:,.0f} to {figure.upper:,.0f})"
    return {"big": big, "sentence": figure.sentence, "footnote": figure.footnote}


def _place(content: ReportContent, html: str, numbers: dict[str, int]) -> str:
    def fill(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "figure":
            number = numbers[name]
            note = f'<sup><a href="#note-{number}" aria-label="note {number}">{number}</a></sup>'
            return f"{escape(content.figures[name].sentence)}{note}"
        if kind == "chart":
            chart = content.charts[name]
            return (
                f'</p><figure class="chart">{_inline_svg(name, chart.svg, chart.alt)}</figure><p>'
            )
        rendered = MarkdownIt("commonmark", {"html": False}).enable("table")
        return f"</p>{rendered.render(content.tables[name].to_markdown())}<p>"

    filled = re.sub(r"<p>\s*</p>", "", PLACEHOLDER.sub(fill, html))
    filled = filled.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    filled = filled.replace("</table>", "</table></div>").replace("<th", '<th scope="col"')
    return filled.replace('<th scope="col"ead>', "<thead>")


def _inline_svg(name: str, svg: bytes, alt: str) -> str:
    """The drawing without file header, with ids of its own, and words for who cannot see it."""
    text = svg.decode()
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{name}-", text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)
