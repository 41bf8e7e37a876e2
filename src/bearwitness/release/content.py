"""What a report is made of, composed as one Markdown text for both of its forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bearwitness.errors import FigureStale, FigureUnknown
from bearwitness.release.charts import Chart
from bearwitness.release.figures import Figure, Wording, find_figure
from bearwitness.release.package import how_to_check
from bearwitness.release.table import Table
from bearwitness.release.words import ENGLISH, Words

# {{figure:total}}, or {{figure:total = 1,480}}, which holds only while the figure is 1,480.
PLACEHOLDER = re.compile(
    r"\{\{\s*(figure|chart|table):([A-Za-z0-9_-]+)\s*(?:=\s*([^{}]*?)\s*)?\}\}"
)
_ANY = re.compile(r"\{\{[^{}]*\}\}")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of the methods appendix: a heading and sentences."""

    heading: str
    sentences: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ReportContent:
    """A report before it is set: text with placeholders, and what they stand for.

    `others` are the reports of the same run in other languages: file names by language.
    """

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
    methods: Sequence[Part] = ()
    notice: str = ""
    judgement: Sequence[str] = ()
    words: Words = ENGLISH
    others: Mapping[str, str] = field(default_factory=dict)
    where: str = "hand/report.md"

    @property
    def facts(self) -> str:
        """Population, place, period and day of release, in one line."""
        released = self.words.say("released {date}", date=self.words.day(self.date))
        period = self.words.day(self.period)
        return " · ".join((self.population, self.place, period, released))

    @property
    def placed(self) -> Mapping[str, Table]:
        """Every table that can be placed: those of the study, and that of provenance."""
        return {**self.tables, "provenance": self.provenance}

    def sentence(self, name: str) -> str:
        return say_figure(self.figures[name], self.words)[0]

    def footnote(self, name: str) -> str:
        return say_figure(self.figures[name], self.words)[1]


def in_words(content: ReportContent, words: Words) -> ReportContent:
    """All that was said in English, in another language; text and charts are in it already."""
    said = words.said
    parts = [
        replace(p, heading=said(p.heading), sentences=[said(s) for s in p.sentences])
        for p in content.methods
    ]
    return replace(
        content,
        words=words,
        title=said(content.title),
        population=said(content.population),
        place=said(content.place),
        notice=said(content.notice),
        tables={name: table.in_words(words) for name, table in content.tables.items()},
        provenance=content.provenance.in_words(words),
        sources=[said(source) for source in content.sources],
        notes=[said(note) for note in content.notes],
        judgement=[said(sentence) for sentence in content.judgement],
        methods=parts,
    )


def say_figure(figure: Figure, words: Words) -> tuple[str, str, str]:
    """A figure's sentence, its footnote, and what stands in large letters."""
    language = words.language
    told = figure.words.get(language, Wording())
    fields = {
        key: getattr(told, key) or words.said(getattr(figure, key))
        for key in ("population", "base", "method")
    }
    source = words.said(figure.source)
    if figure.source:
        fields["method"] = fields["method"].replace(figure.source, source)
    unit = told.unit or words.own.get(figure.unit, "")
    statement = told.statement or words.own.get(figure.statement, "")
    told = Wording(statement=statement, unit=unit, **fields)
    spoken = replace(
        figure,
        period=words.day(figure.period),
        place=words.said(figure.place),
        source=source,
        words={language: told},
    )
    return spoken.say(language), spoken.note(language), spoken.big(language)


def compose(content: ReportContent) -> str:
    """The whole report as Markdown: the author's text, then whatever it did not place itself.

    Raises FigureUnknown for a placeholder that stands for nothing, FigureStale for one whose text
    was written for another value.
    """
    _check_placeholders(content)
    placed = {(kind, name) for kind, name, _ in PLACEHOLDER.findall(content.text)}
    text = PLACEHOLDER.sub(r"{{\1:\2}}", content.text)
    left = [f"{{{{{k}:{n}}}}}" for k, n in _in_order(content) if (k, n) not in placed]
    heading = f"## {content.words.say('Tables and charts')}"
    return "\n\n".join([text, *([heading, *left] if left else []), *_appendix(content)])


def figures_placed(text: str) -> tuple[str, ...]:
    """The figures in a text, in order of first appearance."""
    names = (name for kind, name, _ in PLACEHOLDER.findall(text) if kind == "figure")
    return tuple(dict.fromkeys(names))


def escape_markdown(text: str) -> str:
    """Text that is to be read as it stands, not as Markdown; braces too."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~&-])", r"\\\1", " ".join(text.split()))


def _check_placeholders(content: ReportContent) -> None:
    known = {("chart", n) for n in content.charts} | {("table", n) for n in content.placed}
    for kind, name, pinned in PLACEHOLDER.findall(content.text):
        if kind == "figure":
            figure = find_figure(content.figures, name, where=content.where)
            if pinned:
                _check_fresh(figure, pinned, where=content.where)
        elif (kind, name) not in known:
            raise FigureUnknown(
                f"there is no {kind} {name!r}",
                where=content.where,
                hint=f"Known: {', '.join(f'{k}:{n}' for k, n in sorted(known))}.",
            )
    for text in _ANY.findall(content.text):
        if not PLACEHOLDER.fullmatch(text):
            raise FigureUnknown(
                "a placeholder cannot be read",
                where=content.where,
                hint="Write {{figure:ID}}, {{chart:NAME}} or {{table:NAME}}.",
            )


def _check_fresh(figure: Figure, pinned: str, *, where: str) -> None:
    row = figure.to_row()
    shown = next((row[end] for end in ("value", "lower", "upper") if row[end] is not None), None)
    now = "nothing" if shown is None else f"{shown:,.12g}"
    if re.sub(r"[,\s]", "", pinned) != now.replace(",", ""):
        raise FigureStale(
            f"the text about figure {figure.id!r} was written for {pinned}; it is now {now}",
            where=where,
            hint="Read that passage again, then write the new value behind the = sign.",
        )


def _in_order(content: ReportContent) -> list[tuple[str, str]]:
    return [("chart", n) for n in content.charts] + [("table", n) for n in content.tables]


def _appendix(content: ReportContent) -> list[str]:
    return [part for part in _appendix_parts(content) if part]


def _appendix_parts(content: ReportContent) -> Iterator[str]:
    say = content.words.say
    for heading, sentences in (
        (say("What may be said of the total"), content.judgement),
        (say("What to know about these data"), content.notes),
        (say("Sources"), content.sources),
    ):
        yield from _listed(f"## {heading}", sentences)
    if content.methods:
        yield f"## {say('How it was done')}"
    for part in content.methods:
        yield from _listed(f"### {escape_markdown(part.heading)}", part.sentences)
    yield f"## {say('Where the figures come from')}"
    yield "{{table:provenance}}"
    yield f"## {say('How to check this report')}"
    for number, (text, commands) in enumerate(how_to_check(content.words), start=1):
        yield f"{number}\\. {escape_markdown(text)}"
        yield f"```\n{commands}```" if commands else ""


def _listed(heading: str, sentences: Sequence[str]) -> list[str]:
    lines = "\n".join(f"- {escape_markdown(sentence)}" for sentence in sentences)
    return [heading, lines] if lines else []
