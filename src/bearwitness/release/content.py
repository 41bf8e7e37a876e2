"""What a report is made of, composed as one Markdown text for both of its forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bearwitness.errors import FigureUnknown
from bearwitness.release.charts import Chart
from bearwitness.release.figures import Figure, find_figure
from bearwitness.release.package import HOW_TO_CHECK

PLACEHOLDER = re.compile(r"\{\{\s*(figure|chart|table):([A-Za-z0-9_-]+)\s*\}\}")
_ANY = re.compile(r"\{\{[^{}]*\}\}")
WHERE = "hand/report.md"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as text: the first column names the row, the others are right-aligned."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: bool = True

    def to_markdown(self) -> str:
        marks = ["---", *(["---:" if self.numeric else "---"] * (len(self.header) - 1))]
        lines = [self.header, marks, *self.rows]
        shown = "\n".join(
            "| " + " | ".join(escape_markdown(c) for c in line) + " |"
            if i != 1
            else "|" + "|".join(marks) + "|"
            for i, line in enumerate(lines)
        )
        return f"*{escape_markdown(self.caption)}*\n\n{shown}\n"


@dataclass(frozen=True, kw_only=True)
class ReportContent:
    """A report before it is set: text with placeholders, and what they stand for."""

    title: str
    population: str
    period: str
    place: str
    date: str
    text: str
    figures: Mapping[str, Figure]
    headline: str | None
    charts: Mapping[str, Chart]
    tables: Mapping[str, Table]
    sources: Sequence[str]
    notes: Sequence[str]
    provenance: Table
    notice: str = ""
    judgement: Sequence[str] = ()


def compose(content: ReportContent) -> str:
    """The whole report as Markdown: the author's text, then whatever it did not place itself.

    Raises FigureUnknown for a placeholder that stands for nothing.
    """
    placed = set(PLACEHOLDER.findall(content.text))
    known = {("chart", n) for n in content.charts} | {("table", n) for n in content.tables}
    for kind, name in placed:
        if kind == "figure":
            find_figure(content.figures, name, where=WHERE)
        elif (kind, name) not in known:
            raise FigureUnknown(
                f"there is no {kind} {name!r}",
                where=WHERE,
                hint=f"Known: {', '.join(f'{k}:{n}' for k, n in sorted(known))}.",
            )
    for text in _ANY.findall(content.text):
        if not PLACEHOLDER.fullmatch(text):
            raise FigureUnknown(
                "a placeholder cannot be read",
                where=WHERE,
                hint="Write {{figure:ID}}, {{chart:NAME}} or {{table:NAME}}.",
            )
    left = [f"{{{{{k}:{n}}}}}" for k, n in _in_order(content) if (k, n) not in placed]
    parts = [content.text, *(["## Tables and charts", *left] if left else [])]
    return "\n\n".join([*parts, *_appendix(content)])


def footnotes_of(text: str, figures: Mapping[str, Figure]) -> dict[str, str]:
    """The footnote of each figure in the text, in order of first appearance."""
    names = [name for kind, name in PLACEHOLDER.findall(text) if kind == "figure"]
    return {name: figures[name].footnote for name in names}


def escape_markdown(text: str) -> str:
    """Text that is to be read as it stands, not as Markdown; braces too."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~&-])", r"\\\1", " ".join(text.split()))


def _in_order(content: ReportContent) -> list[tuple[str, str]]:
    return [("chart", n) for n in content.charts] + [("table", n) for n in content.tables]


def _appendix(content: ReportContent) -> list[str]:
    notes = [f"- {escape_markdown(note)}" for note in content.notes]
    sources = [f"- {escape_markdown(source)}" for source in content.sources]
    judged = [f"- {escape_markdown(sentence)}" for sentence in content.judgement]
    parts = ["## What may be said of the total", "\n".join(judged)] if judged else []
    parts += ["## What to know about these data", "\n".join(notes)] if notes else []
    parts += ["## Sources", "\n".join(sources)] if sources else []
    parts += ["## Where the figures come from", content.provenance.to_markdown()]
    return [*parts, "## How to check this report", f"```\n{HOW_TO_CHECK}```"]
