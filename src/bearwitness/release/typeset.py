"""Markdown to PDF by Typst: PDF/UA-1, with fonts that ship with us, without a clock.

Every run of text goes into Typst as a string, never as markup: nothing an author or a list's
title says can become a command.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bearwitness.errors import LetterUnknown
from bearwitness.ink import CHINESE, FONTS, HANGUL
from bearwitness.release.content import PLACEHOLDER, ReportContent
from bearwitness.release.table import Table

_SERIF, _FIXED = "Libertinus Serif", "DejaVu Sans Mono"  # both come with Typst
_LETTERS = {
    "en": (_SERIF, HANGUL, CHINESE),
    "ko": (HANGUL, CHINESE, _SERIF),
    "zh-Hans": (CHINESE, HANGUL, _SERIF),
}
# Our fonts have one weight: what stands out is drawn with a thin line around each letter.
_STRONG = """
#show strong: set text(stroke: 0.3pt)
#show heading: set text(weight: "regular", stroke: 0.3pt)"""
_PREAMBLE = """
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (x: 2.4cm, y: 2.3cm), numbering: "1 / 1"{header})
#set text(lang: "{lang}", size: {size}, font: {letters})
#set par(justify: false, leading: {leading}, spacing: 1.1em)
#set table(stroke: (x, y) => (bottom: 0.4pt + rgb("#c9d3da")), inset: (x: 5pt, y: 4pt))
#set figure(numbering: none, supplement: none, gap: 6pt)
#show figure: set align(left)
#show figure.where(kind: table): set block(breakable: true)
#show figure.caption: it => block(sticky: true, width: 100%, align(left,
  text(9pt, fill: rgb("#51606d"), it.body)))
#set footnote.entry(indent: 0pt)
#show footnote.entry: set text(8.5pt)
#show footnote.entry: set par(leading: 0.55em)
#show heading.where(level: 1): it => block(above: 0pt, below: 10pt, text(22pt, it.body))
#show heading.where(level: 2): it => block(above: 20pt, below: 8pt, text(13pt, it.body))
#show heading.where(level: 3): it => block(above: 14pt, below: 7pt, text(10.5pt, it.body))
#show raw: set text(8pt, font: {fixed})
"""
_HEADER = ', header: text(9pt, fill: rgb("#7a1f1f"), {notice})'


def set_pdf(content: ReportContent, text: str) -> bytes:
    """Set the composed Markdown as a PDF/UA-1 file.

    Raises LetterUnknown, naming the letters, where no font of ours has one.
    """
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, chart in content.charts.items():
            (root / f"{name}.svg").write_bytes(chart.svg)
        (root / "report.typ").write_text(to_typst(content, text), encoding="utf-8")
        try:
            pdf = typst.compile(
                str(root / "report.typ"),
                root=str(root),
                font_paths=[str(FONTS)],
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
            )
        except typst.TypstError as error:
            raise _unknown_letters(error, content.where) or error from error
    return bytes(pdf)


def _unknown_letters(error: Any, where: str) -> LetterUnknown | None:
    found = re.findall(r'the text `"(.+?)"` could not be displayed', error.diagnostic)
    letters = sorted({letter for text in found for letter in text})
    if not letters:
        return None
    named = ", ".join(f"U+{ord(letter):04X}" for letter in letters)
    return LetterUnknown(
        f"no font that ships with bearwitness has {named}",
        where=where,
        hint="Write it another way, or add it to docs/fonts.py and make the fonts again.",
    )


def to_typst(content: ReportContent, text: str) -> str:
    """The composed Markdown as Typst source."""
    writer = _Writer(content)
    body = writer.write(MarkdownIt("commonmark", {"html": False}).enable("table").parse(text))
    numbers = [writer.table(c.data) for c in content.charts.values() if c.data]
    told = _string(content.words.say("The numbers of the charts"))
    return "\n\n".join([
        _preamble(content),
        f"#heading(level: 1)[#{_string(content.title)}]",
        f'#text(9pt, fill: rgb("#51606d"))[#{_string(content.facts)}]',
        body,
        *([f"#heading(level: 2)[#{told}]", *numbers] if numbers else []),
    ])  # fmt: skip


def _preamble(content: ReportContent) -> str:
    language = content.words.language
    letters = _LETTERS[language]
    header = _HEADER.format(notice=_string(content.notice)) if content.notice else ""
    wide = language != "en"
    top = _PREAMBLE.format(
        title=_string(content.title),
        header=header,
        lang={"zh-Hans": 'zh", region: "cn'}.get(language, language),
        size="9.5pt" if wide else "10.5pt",
        leading="0.85em" if wide else "0.72em",
        letters=_strings(letters),
        fixed=_strings((_FIXED, *letters)),
    )
    return top + (_STRONG if wide else "")


def _strings(texts: Sequence[str]) -> str:
    return f"({', '.join(map(_string, texts))},)"


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

    def __init__(self, content: ReportContent) -> None:
        self.content = content
        self.noted: set[str] = set()

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
            parts.append(self._placed(found.group(1), found.group(2)))
            after = found.end()
        return "".join([*parts, self._run(text[after:])])

    def _run(self, text: str) -> str:
        return f"#{_string(text)}" if text else ""

    def _placed(self, kind: str, name: str) -> str:
        if kind == "figure":
            return f"#{_string(self.content.sentence(name))}{self._note(name)}"
        if kind == "chart":
            alt = _string(self.content.charts[name].alt)
            return f'\n#image("{name}.svg", width: 100%, alt: {alt})\n'
        return f"\n{self.table(self.content.placed[name])}\n"

    def _note(self, name: str) -> str:
        """The footnote where the figure first stands; later on, the same footnote again."""
        label = f"<figure-{name}>"
        if name in self.noted:
            return f"#footnote({label})"
        self.noted.add(name)
        return f"#footnote[#{_string(self.content.footnote(name))}]{label}"

    def table(self, table: Table) -> str:
        """A table with its caption, and a header that is repeated on every page."""
        columns = len(table.header)
        align = ["left", *(["right" if table.numeric else "left"] * (columns - 1))]
        cells = [f"[#{_string(cell)}]" for row in table.rows for cell in row]
        head = ", ".join(f"[#{_string(cell)}]" for cell in table.header)
        width = f"(auto, {', '.join(['1fr'] * (columns - 1))})" if not table.numeric else columns
        return (
            f"#figure(kind: table, caption: figure.caption(position: top)"
            f"[#{_string(table.caption)}], align(left, text(8.5pt, table(columns: {width}, "
            f"align: ({', '.join(align)},), table.header({head}), {', '.join(cells)}))))"
        )


def _raw_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"\r?\n", "\\\\n", escaped) + '"'
