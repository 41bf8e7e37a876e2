"""The lineage of claims as a drawing: who repeats whom, and what becomes of the figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.etree import ElementTree as Xml

from bearwitness.ink import ACCENT, ALARM, INK, LETTERS, PALE, SOFT
from bearwitness.release.charts import Chart
from bearwitness.release.claims.contradictions import Contradiction, retellings
from bearwitness.release.claims.register import Claim, Register

WIDTH, _TOP, _LEFT, _TIME = 740, 44, 16, 130
HIGHEST = 1.4 * WIDTH  # so that a drawing fits on a page that is as wide
_LINE, _GAP, _BETWEEN = 15, 8, 12  # heights: a line, between claims, between chains
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
        changed = [f"changed on the way: {self.changed}"] if self.changed else []
        return [
            *((text, INK, 12) for text in self.says),
            *((text, SOFT, 11) for text in self.of),
            *((text, ALARM, 11) for text in changed),
        ]


def draw_lineage(register: Register, contradictions: list[Contradiction]) -> Chart:
    """A claim below the other, chains together, time from left to right; the same bytes each time.

    A line leads from a claim to each that repeats it: whole where it cites it, dotted where it
    tells the same figure of the same source. Where population, unit or measure changed on the way
    the line is dashed and orange, and the claim says what changed. Claims that repeat none, and
    that none repeats, are left to the table.
    """
    before = {again.id: first.id for first, again in retellings(register)}
    return _chart(register, list(_chains(register, before)), before, contradictions)


def draw_lineages(register: Register, contradictions: list[Contradiction]) -> list[Chart]:
    """The same in as many drawings as it takes for each to fit on a page; chains are not cut."""
    before = {again.id: first.id for first, again in retellings(register)}
    pages: list[list[list[Claim]]] = [[]]
    for chain in _chains(register, before):
        if pages[-1] and _rows([*pages[-1], chain], before, contradictions)[1] > HIGHEST:
            pages.append([])
        pages[-1].append(chain)
    return [_chart(register, page, before, contradictions) for page in pages]


def _chart(
    register: Register,
    chains: list[list[Claim]],
    before: Mapping[str, str],
    contradictions: list[Contradiction],
) -> Chart:
    rows, height = _rows(chains, before, contradictions)
    drawing = _element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", role="img",
        font_family=f"{LETTERS}, sans-serif", font_size=12, style="min-width:44rem",
    )  # fmt: skip
    Xml.SubElement(drawing, "title").text = "Who repeats whom"
    if rows:
        _draw(drawing, rows, before, height)
    alone = sum(len(chain) for chain in _chains(register, before))
    left_out = len(register.claims) - alone
    return Chart(svg=Xml.tostring(drawing, encoding="utf-8"), alt=_in_words(rows, before, left_out))


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


def _rows(
    chains: Sequence[Sequence[Claim]],
    before: Mapping[str, str],
    contradictions: Sequence[Contradiction],
) -> tuple[list[_Row], float]:
    rows, y = [], float(_TOP)
    for chain in chains:
        for claim in chain:
            pair = (before.get(claim.id, ""), claim.id)
            kinds = [c.kind for c in contradictions if c.claims == pair]
            changed = ", ".join(k.removesuffix(" changed") for k in kinds if k.endswith("changed"))
            head = f"{claim.publisher}, {claim.published}: {claim.value}"
            of = f"{claim.measure}; {claim.population}"
            row = _Row(
                claim, y, tuple(wrap(head, _LONGEST)), tuple(wrap(of, _LONGEST + 8)), changed
            )
            rows.append(row)
            y += _LINE * len(row.lines) + _GAP
        y += _BETWEEN
    return rows, y


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


def _in_words(rows: Sequence[_Row], before: Mapping[str, str], left_out: int) -> str:
    told = []
    for row in rows:
        claim = row.claim
        line = f"{claim.publisher} ({claim.published}): {claim.value}, {claim.population}"
        if first := before.get(claim.id):
            verb = "repeats" if claim.cites else "tells again"
            how = f"{verb}, changed, " if row.changed else f"{verb} "
            line += f"; {how}{first}"
        told.append(line)
    if left_out:
        told.append(f"{left_out} claims repeat none and are repeated by none")
    return ". ".join(told) + "."
