"""The lineage of claims as a drawing: who repeats whom, and what becomes of the figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

from bearwitness.ink import ACCENT, ALARM, CHINESE, HANGUL, INK, LETTERS, PALE, SOFT
from bearwitness.release.charts import Chart
from bearwitness.release.claims.contradictions import Contradiction, retellings
from bearwitness.release.claims.register import Claim, Register
from bearwitness.release.table import Table
from bearwitness.release.words import ENGLISH, Words

WIDTH, _TOP, _LEFT, _TIME = 740, 44, 16, 130
HIGHEST = 1.4 * WIDTH  # so that a drawing fits on a page that is as wide
_LINE, _GAP, _BETWEEN = 15, 8, 12  # heights: a line, between claims, between chains
_WIDE = 0x1100  # letters from Hangul on are as wide as two of Latin
_LONGEST = 84  # letters in a line of what a claim says


@dataclass(frozen=True)
class _Row:
    """A claim in the drawing: where it stands, what it says and of whom, what changed before it."""

    claim: Claim
    y: float
    says: tuple[str, ...]
    of: tuple[str, ...]
    changed: str

    @property
    def lines(self) -> list[tuple[str, str, int]]:
        """Text, colour and size of each line."""
        changed = [self.changed] if self.changed else []
        return [
            *((text, INK, 12) for text in self.says),
            *((text, SOFT, 11) for text in self.of),
            *((text, ALARM, 11) for text in changed),
        ]


def draw_lineage(
    register: Register, contradictions: list[Contradiction], words: Words = ENGLISH
) -> Chart:
    """A claim below the other, chains together, time from left to right; the same bytes each time.

    A line leads from a claim to each that repeats it: whole where it cites it, dotted where it
    tells the same figure of the same source. Where population, unit or measure changed on the way
    the line is dashed and orange, and the claim says what changed. Claims that repeat none, and
    that none repeats, are left to the table.
    """
    before = {again.id: first.id for first, again in retellings(register)}
    drawn = _Drawn(register, before, contradictions, words)
    return drawn.chart(list(_chains(register, before)))


def draw_lineages(
    register: Register, contradictions: list[Contradiction], words: Words = ENGLISH
) -> list[Chart]:
    """The same in as many drawings as it takes for each to fit on a page; chains are not cut."""
    before = {again.id: first.id for first, again in retellings(register)}
    drawn = _Drawn(register, before, contradictions, words)
    pages: list[list[list[Claim]]] = [[]]
    for chain in _chains(register, before):
        if pages[-1] and drawn.rows([*pages[-1], chain])[1] > HIGHEST:
            pages.append([])
        pages[-1].append(chain)
    return [drawn.chart(page) for page in pages]


@dataclass(frozen=True)
class _Drawn:
    """What all drawings of one register share."""

    register: Register
    before: Mapping[str, str]
    contradictions: Sequence[Contradiction]
    words: Words

    def chart(self, chains: Sequence[Sequence[Claim]]) -> Chart:
        rows, height = self.rows(chains)
        drawing = _element(
            "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", role="img",
            font_family=f"{LETTERS}, {HANGUL}, {CHINESE}, sans-serif", font_size=12,
            style="min-width:44rem",
        )  # fmt: skip
        Xml.SubElement(drawing, "title").text = self.words.say("Who repeats whom")
        if rows:
            _draw(drawing, rows, self.before, height)
        return Chart(
            svg=Xml.tostring(drawing, encoding="utf-8"), alt=self._in_words(rows),
            data=self._as_table(rows),
        )  # fmt: skip

    def rows(self, chains: Sequence[Sequence[Claim]]) -> tuple[list[_Row], float]:
        rows, y = [], float(_TOP)
        for chain in chains:
            for claim in chain:
                rows.append(self._row(claim, y))
                y += _LINE * len(rows[-1].lines) + _GAP
            y += _BETWEEN
        return rows, y

    def _row(self, claim: Claim, y: float) -> _Row:
        said = self.words.said
        pair = (self.before.get(claim.id, ""), claim.id)
        kinds = [c.kind for c in self.contradictions if c.claims == pair]
        changed = ", ".join(said(k) for k in kinds if k.endswith("changed"))
        head = f"{said(claim.publisher)}, {claim.published}: {said(claim.value)}"
        of = f"{said(claim.measure)}; {said(claim.population)}"
        return _Row(claim, y, _wrap(head, _LONGEST), _wrap(of, _LONGEST + 8), changed)

    def _in_words(self, rows: Sequence[_Row]) -> str:
        said, told = self.words.said, []
        for row in rows:
            claim = row.claim
            line = (
                f"{said(claim.publisher)} ({claim.published}): {said(claim.value)}, "
                f"{said(claim.population)}"
            )
            told.append("; ".join(filter(None, (line, self._how(row)))))
        chains = _chains(self.register, self.before)
        if left_out := len(self.register.claims) - sum(map(len, chains)):
            told.append(said(f"{left_out} claims repeat none and are repeated by none"))
        return ". ".join(told) + "."

    def _how(self, row: _Row) -> str:
        first = self.before.get(row.claim.id, "")
        if not first:
            return ""
        if row.changed:
            return self.words.say("repeats, changed, {claim}", claim=first)
        if row.claim.cites:
            return self.words.say("repeats {claim}", claim=first)
        return self.words.say("tells {claim} again", claim=first)

    def _as_table(self, rows: Sequence[_Row]) -> Table:
        say = self.words.say
        return Table(
            caption=say("Who repeats whom"),
            header=(say("claim"), say("repeats"), say("changed on the way")),
            rows=[
                (row.claim.id, self.before.get(row.claim.id, "—"), row.changed or "—")
                for row in rows
            ],
            numeric=False,
        )


def _draw(
    drawing: Xml.Element, rows: Sequence[_Row], before: Mapping[str, str], height: float
) -> None:
    years = _years([row.claim for row in rows])
    for year in range(years[0], years[1] + 1):
        _mark_year(drawing, year, years, height)
    place = {row.claim.id: (_across(row.claim, years), row.y) for row in rows}
    for row in rows:
        if first := before.get(row.claim.id):
            _join(drawing, place[first], place[row.claim.id], row)
    for row in rows:
        _mark_claim(drawing, row, place[row.claim.id], is_first=row.claim.id not in before)


def _chains(register: Register, before: Mapping[str, str]) -> Iterator[list[Claim]]:
    """Claims that hang together, the longest chain first; those that stand alone are left out."""

    def root(name: str) -> str:
        return root(before[name]) if name in before else name

    found: dict[str, list[Claim]] = {}
    for claim in register.claims.values():
        found.setdefault(root(claim.id), []).append(claim)
    for first, chain in found.items():  # a claim can be known only from those who cite it later
        chain.sort(key=lambda claim: (claim.id != first, claim.published.strip("~?")))
    together = [chain for chain in found.values() if len(chain) > 1]
    yield from sorted(together, key=lambda chain: (-len(chain), chain[0].published))


def _years(claims: list[Claim]) -> tuple[int, int]:
    years = [claim.year for claim in claims]
    return min(years), max(years) + 1


def _across(claim: Claim, years: tuple[int, int]) -> float:
    month = claim.published[5:7]
    year = claim.year + ((int(month) - 0.5) / 12 if month.isdigit() and int(month) <= 12 else 0.5)
    return _share(year, years)


def _share(year: float, years: tuple[int, int]) -> float:
    return round(_LEFT + _TIME * (year - years[0]) / (years[1] - years[0]), 1)


def _mark_year(drawing: Xml.Element, year: int, years: tuple[int, int], height: float) -> None:
    x = _share(year, years)
    drawing.append(_element("path", d=f"M{x} {_TOP - 16}V{height}", stroke=PALE, fill="none"))
    step = 1 if years[1] - years[0] <= 4 else 2
    if (year - years[0]) % step == 0:
        label = _element("text", x=x, y=_TOP - 22, fill=SOFT, text_anchor="middle", font_size=10)
        label.text = str(year)
        drawing.append(label)


def _join(
    drawing: Xml.Element, start: tuple[float, float], end: tuple[float, float], row: _Row
) -> None:
    bend = start[1] + (end[1] - start[1]) / 2
    path = f"M{start[0]} {start[1]}C{start[0]} {bend} {end[0]} {bend} {end[0]} {end[1]}"
    dashes = "6 4" if row.changed else ("none" if row.claim.cites else "1.5 4")
    drawing.append(
        _element("path", d=path, fill="none", stroke=ALARM if row.changed else ACCENT,
                 stroke_width=1.6, stroke_dasharray=dashes, stroke_linecap="round")
    )  # fmt: skip


def _mark_claim(
    drawing: Xml.Element, row: _Row, place: tuple[float, float], *, is_first: bool
) -> None:
    x, y = place
    fill = ACCENT if is_first else "white"
    drawing.append(
        _element("circle", cx=x, cy=y, r=4.5, fill=fill, stroke=ACCENT, stroke_width=1.6)
    )
    for number, (text, colour, size) in enumerate(row.lines):
        line = _element(
            "text", x=_LEFT + _TIME + 16, y=y + 4 + _LINE * number, fill=colour, font_size=size
        )
        line.text = text
        drawing.append(line)


def _element(name: str, **attributes: object) -> Xml.Element:
    return Xml.Element(name, {k.replace("_", "-"): str(v) for k, v in attributes.items()})


def _wrap(text: str, longest: int) -> tuple[str, ...]:
    """Lines of at most so many letters; a letter of Hangul or Chinese counts twice."""
    lines, line, width = [], "", 0
    for word in re.findall(r"\S+\s*|\s+", text) if " " in text else list(text):
        size = sum(2 if ord(letter) > _WIDE else 1 for letter in word)
        if line and width + size > longest:
            lines.append(line.rstrip())
            line, width = "", 0
        line, width = line + word, width + size
    return (*lines, line.rstrip())
