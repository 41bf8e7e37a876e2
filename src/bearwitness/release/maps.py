"""Maps of counts: no point is a person, and no place is shown that holds too few.

People are parted among places of a tree, each of them in one part only. A part that is too small
goes up into what holds it, together with neighbours until what is left cannot be computed: every
number that follows from the map is a sum of parts, and every part reaches the threshold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians, sqrt
from typing import Any

from bearwitness.ink import ACCENT, INK, PALE, render
from bearwitness.release.charts import Chart
from bearwitness.release.disclosure import Rules, round_count
from bearwitness.release.table import Table
from bearwitness.release.words import ENGLISH, Words, mark

EVERYWHERE = ""
PLACE, PEOPLE = mark("place"), mark("people")
_ELSEWHERE, _UNPLACED = mark("elsewhere in {place}"), mark("elsewhere, or not known")
_LARGEST = 0.045  # of the map's width: the radius of the largest circle
_WIDTH = 8.2  # inches
_MARGIN = 0.6  # degrees round the outermost parts
_TALLEST = 1.2  # times the width
Point = tuple[float, float]
Line = Sequence[Point]


@dataclass(frozen=True, kw_only=True)
class MapPlace:
    """A place of a tree: `parent` is EVERYWHERE for those that nothing holds; `point` is
    (latitude, longitude) in degrees, None for an area."""

    id: str
    parent: str
    names: Mapping[str, str]
    point: Point | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """People in one place; `rest` says that parts within it are shown by themselves beside it.

    `point` is the middle of the known places that it stands for, never of any record."""

    place: str
    rest: bool
    people: int
    point: Point | None


@dataclass(frozen=True, kw_only=True)
class SafePlaces:
    """The parts, largest first; none where even all people together are too few. `of_table` says
    that they are the printed numbers of a table, which withholds others."""

    parts: tuple[Part, ...]
    rules: Rules
    of_table: bool = False


@dataclass(frozen=True, kw_only=True)
class Outline:
    """Coasts and borders as lines of (longitude, latitude), and the box that they fill: west,
    south, east, north."""

    box: tuple[float, float, float, float]
    lines: Sequence[Line] = field(default_factory=tuple)


def part_places(
    counts: Mapping[str, int], tree: Mapping[str, MapPlace], *, rules: Rules
) -> SafePlaces:
    """Part people among places. `counts` gives them by place, under EVERYWHERE those of whom no
    place is known. What is shown of each part is rounded by the rules."""
    children: dict[str, list[str]] = {}
    for place in tree.values():
        children.setdefault(place.parent, []).append(place.id)
    known = _Parting(counts=counts, children=children, threshold=max(rules.threshold, 1))
    parts = [
        Part(
            place=place, rest=rest, people=round_count(people, rules.rounding),
            point=_middle([tree[p].point for p in held if p in tree]),
        )
        for place, rest, people, held in known.part(EVERYWHERE)
        if people >= known.threshold
    ]  # fmt: skip
    parts.sort(key=lambda p: (-p.people, p.place))
    return SafePlaces(parts=tuple(parts), rules=rules)


def parts_of_table(
    printed: Mapping[str, int], tree: Mapping[str, MapPlace], *, rules: Rules
) -> SafePlaces:
    """The map of a table's printed numbers, by place: it says nothing that the table does not.

    Of places within each other the smallest printed ones are drawn, so that nobody is twice on it.
    """
    holding = {above for place in printed for above in _above(place, tree)}
    parts = [
        Part(place=place, rest=False, people=people, point=_middle(_points(place, tree)))
        for place, people in printed.items()
        if people and place not in holding
    ]
    parts.sort(key=lambda p: (-p.people, p.place))
    return SafePlaces(parts=tuple(parts), rules=rules, of_table=True)


def _above(place: str, tree: Mapping[str, MapPlace]) -> list[str]:
    found = []
    while (place := tree[place].parent) != EVERYWHERE:
        found.append(place)
    return found


def _points(place: str, tree: Mapping[str, MapPlace]) -> list[Point | None]:
    return [p.point for p in tree.values() if p.id == place or place in _above(p.id, tree)]


def draw_map(
    safe: SafePlaces,
    tree: Mapping[str, MapPlace],
    outline: Outline,
    *,
    about: str,
    words: Words = ENGLISH,
) -> Chart:
    """Circles whose area is the number of people, with the numbers beside it as a table."""
    rows = [(_name(part, tree, words), f"{part.people:,}") for part in safe.parts]
    caption = words.said(about).rstrip(".。")
    told = _told(safe, words)
    placed = [part for part in safe.parts if _is_drawn(part, tree, outline)]
    outline = _cut(outline, [part.point for part in placed if part.point])

    def paint(figure: Any) -> None:
        axes = figure.add_axes((0, 0, 1, 1))
        _paint_outline(axes, outline)
        for part in placed:
            _paint_part(axes, part, safe, outline)
        for part in placed:
            _paint_label(axes, part, tree, outline, words)
        # What lies off the map, or nowhere known, is in the table and in the words.

    spoken = " ".join(f"{name}: {people}." for name, people in rows)
    west, south, east, north = outline.box
    height = _WIDTH * min((north - south) / ((east - west) * _narrowing(outline)), _TALLEST)
    return Chart(
        svg=render(paint, (_WIDTH, height), words="".join(name for name, _ in rows)),
        alt=f"{caption}. {spoken} {told}".strip(),
        data=Table(
            caption=f"{caption}. {told}", header=(words.say(PLACE), words.say(PEOPLE)), rows=rows
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Parting:
    counts: Mapping[str, int]
    children: Mapping[str, Sequence[str]]
    threshold: int

    def part(self, place: str) -> list[tuple[str, bool, int, tuple[str, ...]]]:
        """The parts of a place: (place, whether others are shown beside it, people, places it
        stands for). One part alone, below the threshold, where it holds too few.

        A rest that is too small takes its smallest neighbours in."""
        inner = [part for child in self.children.get(place, ()) for part in self.part(child)]
        shown = sorted((p for p in inner if p[2] >= self.threshold), key=lambda p: -p[2])
        rest = self.counts.get(place, 0) + sum(p[2] for p in inner if p[2] < self.threshold)
        while shown and 0 < rest < self.threshold:
            rest += shown.pop()[2]
        if not shown:
            return [(place, False, rest, self._held(place))] if rest else []
        parts = list(shown)
        if rest:
            away = {held for part in parts for held in part[3]}
            there = tuple(p for p in self._held(place) if p not in away)
            parts.append((place, True, rest, there))
        return parts

    def _held(self, place: str) -> tuple[str, ...]:
        below = (held for child in self.children.get(place, ()) for held in self._held(child))
        return (place, *below)


def _middle(points: Sequence[Point | None]) -> Point | None:
    there = [point for point in points if point]
    if not there:
        return None
    return (
        round(sum(p[0] for p in there) / len(there), 2),
        round(sum(p[1] for p in there) / len(there), 2),
    )


def _name(part: Part, tree: Mapping[str, MapPlace], words: Words) -> str:
    if part.place == EVERYWHERE:
        return words.say(_UNPLACED)
    names = tree[part.place].names
    name = names.get(words.language) or names["en"]
    return words.say(_ELSEWHERE, place=name) if part.rest else name


def _told(safe: SafePlaces, words: Words) -> str:
    if safe.of_table:
        return words.say(
            mark(
                "These are the numbers of the table of the same places; what is withheld there, or "
                "is of no known place, is not on the map. A circle stands in the middle of the "
                "places it counts."
            )
        )
    if safe.rules.is_waived:
        return ""
    return words.say(
        mark(
            "Places with fewer than {threshold} people are counted with what holds them; numbers "
            "are rounded to {rounding}. A circle stands in the middle of the places it counts."
        ),
        threshold=safe.rules.threshold,
        rounding=safe.rules.rounding,
    )


def _narrowing(outline: Outline) -> float:
    return cos(radians((outline.box[1] + outline.box[3]) / 2))


def _is_drawn(part: Part, tree: Mapping[str, MapPlace], outline: Outline) -> bool:
    """What is left of a country has no middle that means anything: it is in the table only."""
    if part.point is None or (part.rest and tree[part.place].parent == EVERYWHERE):
        return False
    west, south, east, north = outline.box
    return south < part.point[0] < north and west < part.point[1] < east


def _cut(outline: Outline, points: Sequence[Point]) -> Outline:
    """The outline cut down to the points, with a margin."""
    if not points:
        return outline
    west, south, east, north = outline.box
    ys, xs = [p[0] for p in points], [p[1] for p in points]
    box = (
        max(west, min(xs) - _MARGIN), max(south, min(ys) - _MARGIN),
        min(east, max(xs) + _MARGIN), min(north, max(ys) + _MARGIN),
    )  # fmt: skip
    return Outline(box=box, lines=outline.lines)


def _paint_outline(axes: Any, outline: Outline) -> None:
    west, south, east, north = outline.box
    narrow = _narrowing(outline)
    for line in outline.lines:
        axes.plot([x * narrow for x, _ in line], [y for _, y in line], color=PALE, linewidth=1.1)
    axes.set_xlim(west * narrow, east * narrow)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.axis("off")


def _paint_part(axes: Any, part: Part, safe: SafePlaces, outline: Outline) -> None:
    from matplotlib.patches import Circle

    assert part.point is not None  # noqa: S101 - only parts with a point are drawn
    narrow = _narrowing(outline)
    largest = _LARGEST * (outline.box[2] - outline.box[0]) * narrow
    at = (part.point[1] * narrow, part.point[0])
    radius = largest * sqrt(part.people / safe.parts[0].people)
    line = (0, (3, 2)) if part.rest else "solid"
    axes.add_patch(
        Circle(at, radius, facecolor=ACCENT, alpha=0.35, edgecolor=INK, linewidth=1, linestyle=line)
    )


def _paint_label(
    axes: Any, part: Part, tree: Mapping[str, MapPlace], outline: Outline, words: Words
) -> None:
    from matplotlib.patheffects import withStroke

    assert part.point is not None  # noqa: S101 - only parts with a point are drawn
    at = (part.point[1] * _narrowing(outline), part.point[0])
    label = f"{_name(part, tree, words)}\n{part.people:,}"
    halo = [withStroke(linewidth=2.5, foreground="white", alpha=0.85)]
    axes.text(*at, label, ha="center", va="center", fontsize=7.5, color=INK, path_effects=halo)
