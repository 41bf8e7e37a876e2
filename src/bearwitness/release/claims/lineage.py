"""The lineage of claims as a drawing: who repeats whom, and what becomes of the figure."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from bearwitness.ink import ACCENT, INK, PALE, SOFT
from bearwitness.release.charts import Chart
from bearwitness.release.claims.contradictions import Contradiction
from bearwitness.release.claims.register import Claim, Register

_ROW, _TOP, _LEFT, _WIDTH, _WORDS = 30, 50, 30, 190, 560
_ALARM = "#a3372a"


def draw_lineage(register: Register, contradictions: list[Contradiction]) -> Chart:
    """One row a claim, chains together, time from left to right; the same bytes each time.

    A line leads from a claim to each that repeats it: dashed and red where the figure changed on
    the way.
    """
    rows = [claim for chain in _chains(register) for claim in chain]
    changed = {found.claims for found in contradictions}
    years = _years(rows)
    place = {claim.id: (_across(claim, years), _TOP + _ROW * n) for n, claim in enumerate(rows)}
    height = _TOP + _ROW * len(rows) + 10
    drawing = _element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_LEFT + _WIDTH + _WORDS} {height}",
        role="img",
        font_family="DejaVu Sans, sans-serif",
        font_size=11,
    )
    Xml.SubElement(drawing, "title").text = "Who repeats whom"
    for year in range(years[0], years[1] + 1):
        _mark_year(drawing, year, years, height)
    for claim in rows:
        if claim.cites:
            is_changed = (claim.cites, claim.id) in changed
            _join(drawing, place[claim.cites], place[claim.id], changed=is_changed)
    for claim in rows:
        _mark_claim(drawing, claim, place[claim.id])
    return Chart(svg=Xml.tostring(drawing, encoding="utf-8"), alt=_in_words(rows, changed))


def _chains(register: Register) -> Iterator[list[Claim]]:
    """Claims that hang together, the chain that begins first coming first."""
    roots: dict[str, list[Claim]] = {}
    for claim in register.claims.values():
        roots.setdefault(register.chain(claim)[-1].id, []).append(claim)
    yield from sorted(roots.values(), key=lambda chain: (-len(chain), chain[0].published))


def _years(claims: list[Claim]) -> tuple[int, int]:
    years = [claim.year for claim in claims]
    return min(years), max(years) + 1


def _across(claim: Claim, years: tuple[int, int]) -> float:
    month = claim.published[5:7]
    year = claim.year + ((int(month) - 0.5) / 12 if month.isdigit() and int(month) <= 12 else 0.5)
    return _share(year, years)


def _share(year: float, years: tuple[int, int]) -> float:
    return round(_LEFT + _WIDTH * (year - years[0]) / (years[1] - years[0]), 1)


def _mark_year(drawing: Xml.Element, year: int, years: tuple[int, int], height: int) -> None:
    x = _share(year, years)
    drawing.append(_element("path", d=f"M{x} {_TOP - 22}V{height}", stroke=PALE, fill="none"))
    label = _element("text", x=x, y=_TOP - 28, fill=SOFT, text_anchor="middle")
    label.text = str(year)
    drawing.append(label)


def _join(
    drawing: Xml.Element, start: tuple[float, int], end: tuple[float, int], *, changed: bool
) -> None:
    bend = (start[1] + end[1]) / 2
    path = f"M{start[0]} {start[1]}C{start[0]} {bend} {end[0]} {bend} {end[0]} {end[1]}"
    colour, dashes = (_ALARM, "5 3") if changed else (ACCENT, "none")
    drawing.append(
        _element("path", d=path, fill="none", stroke=colour, stroke_width=1.5,
                 stroke_dasharray=dashes)
    )  # fmt: skip


def _mark_claim(drawing: Xml.Element, claim: Claim, place: tuple[float, int]) -> None:
    x, y = place
    drawing.append(_element("circle", cx=x, cy=y, r=4.5, fill="white" if claim.cites else ACCENT,
                            stroke=ACCENT, stroke_width=1.5))  # fmt: skip
    head = _element("text", x=_LEFT + _WIDTH + 14, y=y - 2, fill=INK)
    head.text = f"{claim.publisher}, {claim.published}: {claim.value}"
    words = _element("text", x=_LEFT + _WIDTH + 14, y=y + 11, fill=SOFT, font_size=9.5)
    words.text = f"{claim.measure}; {claim.population}"
    drawing.extend([head, words])


def _element(name: str, **attributes: object) -> Xml.Element:
    return Xml.Element(name, {k.replace("_", "-"): str(v) for k, v in attributes.items()})


def _in_words(rows: list[Claim], changed: set[tuple[str, ...]]) -> str:
    told = []
    for claim in rows:
        line = f"{claim.publisher} ({claim.published}): {claim.value}, {claim.population}"
        if claim.cites:
            how = "repeats, changed," if (claim.cites, claim.id) in changed else "repeats"
            line += f"; {how} {claim.cites}"
        told.append(line)
    return ". ".join(told) + "."
