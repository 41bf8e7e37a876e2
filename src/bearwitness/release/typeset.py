"""Markdown to PDF by Typst: tagged, with its own fonts, without a clock.

Every run of text goes into Typst as a string, never as markup: nothing an author or a list's
title says can become a command.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bearwitness.release.content import PLACEHOLDER, ReportContent, footnotes_of

_PREAMBLE = """
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (x: 2.4cm, y: 2.3cm), numbering: "1 / 1"{header})
#set text(lang: "en", size: 10.5pt, font: "Libertinus Serif")
#set par(justify: false, leading: 0.72em, spacing: 1.1em)
#set table(stroke: (x, y) => (bottom: 0.4pt + rgb("#c9d3da")), inset: (x: 5pt, y: 4pt))
#show heading.where(level: 1): it => block(above: 0pt, below: 10pt, text(22pt, it.body))
#show heading.where(level: 2): it => block(above: 20pt, below: 8pt, text(13pt, it.body))
#show raw: it => text(8pt, font: "DejaVu Sans Mono", it)
"""
_HEADER = ', header: text(9pt, fill: rgb("#7a1f1f"), {notice})'


def set_pdf(content: ReportContent, text: str) -> bytes:
    """Set the composed Markdown as a PDF/UA-1 file."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, chart in content.charts.items():
            (root / f"{name}.svg").write_bytes(chart.svg)
        (root / "report.typ").write_text(to_typst(content, text), encoding="utf-8")
        pdf = typst.compile(
            str(root / "report.typ"),
            root=str(root),
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    return bytes(pdf)


def to_typst(content: ReportContent, text: str) -> str:
    """The composed Markdown as Typst source."""
    header = _HEADER.format(notice=_string(content.notice)) if content.notice else ""
    facts = " · ".join((content.population, content.place, content.period))
    top = [
        _PREAMBLE.format(title=_string(content.title), header=header),
        f"#heading(level: 1)[#{_string(content.title)}]",
        f'#text(9pt, fill: rgb("#51606d"))[#{_string(f"{facts} · released {content.date}")}]',
    ]
    notes = footnotes_of(text, content.figures)
    writer = _Writer(content, {name: i for i, name in enumerate(notes, start=1)})
    body = writer.write(MarkdownIt("commonmark", {"html": False}).enable("table").parse(text))
    ending = ["#heading(level: 2)[Notes]"] if notes else []
    ending += [f"#text(8.5pt)[{n}. #{_string(note)}]\n" for n, note in enumerate(notes.values(), 1)]
    return "\n\n".join([*top, body, *ending])


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


class _Writer:
    """Walks markdown-it's tokens. Unknown tokens are an error, never dropped silently."""

    _OPEN: ClassVar = {
        "paragraph_open": "\n\n",
        "strong_open": "#strong[",
        "em_open": "#emph[",
        "bullet_list_open": "\n",
        "ordered_list_open": "\n",
        "list_item_open": "\n#list.item[",
        "blockquote_open": "\n#quote(block: true)[",
        "hardbreak": "#linebreak()",
        "softbreak": " ",
        "hr": "\n#line(length: 100%)\n",
    }
    _CLOSE: ClassVar = {
        "heading_close": "]\n",
        "strong_close": "]",
        "em_close": "]",
        "list_item_close": "]",
        "blockquote_close": "]\n",
        "link_close": "]",
        "table_close": ")\n",
        "th_close": "], ",
        "td_close": "], ",
        "thead_close": "),\n",
    }
    _SILENT = frozenset(
        ("paragraph_close", "bullet_list_close", "ordered_list_close", "tbody_open", "tbody_close",
         "tr_open", "tr_close")
    )  # fmt: skip

    def __init__(self, content: ReportContent, numbers: dict[str, int]) -> None:
        self.content, self.numbers = content, numbers

    def write(self, tokens: Sequence[Token]) -> str:
        return "".join(self._one(token, tokens, i) for i, token in enumerate(tokens))

    def _one(self, token: Token, tokens: Sequence[Token], place: int) -> str:
        kind = token.type
        if kind in self._SILENT:
            return "\n" if kind.endswith("list_close") else ""
        fixed = self._OPEN.get(kind, self._CLOSE.get(kind))
        if fixed is not None:
            return fixed
        if kind == "inline":
            return self.write(token.children or [])
        if kind == "text":
            return self._text(token.content)
        if kind in ("code_inline", "fence", "code_block"):
            block = "false" if kind == "code_inline" else "true"
            return f"#raw(block: {block}, {_raw_string(token.content)})"
        return self._with_size(token, tokens, place)

    def _with_size(self, token: Token, tokens: Sequence[Token], place: int) -> str:
        if token.type == "heading_open":
            return f"\n\n#heading(level: {max(2, int(token.tag[1]))})["
        if token.type == "link_open":
            return f"#link({_string(str(token.attrs['href']))})["
        if token.type == "table_open":
            row = next(i for i in range(place, len(tokens)) if tokens[i].type == "tr_close")
            columns = sum(t.type == "th_open" for t in tokens[place:row])
            return f"\n#set text(8.5pt)\n#table(columns: {columns}, "
        if token.type == "thead_open":
            return "table.header("
        if token.type in ("th_open", "td_open"):
            right = "right" in str(token.attrs.get("style", ""))
            return "table.cell(align: right)[" if right else "["
        raise ValueError(f"report text may not hold {token.type}")

    def _text(self, text: str) -> str:
        parts, after = [], 0
        for found in PLACEHOLDER.finditer(text):
            parts.append(self._run(text[after : found.start()]))
            parts.append(self._placed(*found.groups()))
            after = found.end()
        return "".join([*parts, self._run(text[after:])])

    def _run(self, text: str) -> str:
        return f"#{_string(text)}" if text else ""

    def _placed(self, kind: str, name: str) -> str:
        if kind == "figure":
            sentence = self.content.figures[name].sentence
            return f"#{_string(sentence)}#super[{self.numbers[name]}]"
        if kind == "chart":
            alt = _string(self.content.charts[name].alt)
            return f'\n#image("{name}.svg", width: 100%, alt: {alt})\n'
        markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        return f"\n#block[{self.write(markdown.parse(self.content.tables[name].to_markdown()))}]\n"


def _raw_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"\r?\n", "\\\\n", escaped) + '"'
