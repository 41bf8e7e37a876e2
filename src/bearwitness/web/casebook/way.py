"""A person's trajectory: the line of events, drawn over time and on a map of outlines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import cos, radians

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bearwitness.casebook.places import Place, find_places, name_in_full
from bearwitness.casebook.trajectory import Axis, Placed, Step, in_order
from bearwitness.records import queries
from bearwitness.web.casebook.shown import act_of, consents_of, person_of
from bearwitness.web.pages import language_tag

_KILOMETRES = 111.2  # in a degree of latitude
_LEAST_BAR = 1.2  # per cent of the line: a day must still be seen
_LETTERS = 0.028  # of the width of the map


@require_safe
def trajectory(request, code_name):
    person = person_of(request, code_name)
    acts = [act_of(act) for act in queries.acts(request.reader, person).reverse()]
    line = in_order(_step(number, act) for number, act in enumerate(acts))
    axis = Axis.over(line)
    rows = [_row(number, placed, axis) for number, placed in enumerate(line, start=1)]
    context = {
        "person": person,
        "consents": consents_of(request.reader, person),
        "rows": rows,
        "axis": axis,
        "years": _years(axis),
        "map": draw_map([(n, p) for n, p in enumerate(line, start=1) if p.step.place]),
    }
    return render(request, "web/casebook/trajectory.html", context)


def _step(number, act) -> Step:
    row = act["row"]
    when = row.date or (row.event.date if row.event else "")
    place = row.place or (row.event.place if row.event else "")
    known = find_places(place)
    return Step(
        key=str(row.pk),
        what=act["label"],
        when=when,
        place=known[0] if len(known) == 1 else None,
        where=place,
        told=number,
    )


def _row(number: int, placed: Placed, axis: Axis | None):
    step = placed.step
    bar = None
    if axis and step.is_dated:
        start = 100 * axis.share(placed.first, open_end=0.0)
        end = 100 * axis.share(placed.last, open_end=1.0)
        bar = {
            "x": round(min(start, 100 - _LEAST_BAR), 2),
            "width": round(max(end - start, _LEAST_BAR), 2),
            "kind": _kind(placed),
        }
    place = name_in_full(step.place, language_tag()) if step.place else step.where
    return {"number": number, "placed": placed, "step": step, "bar": bar, "place": place}


def _kind(placed: Placed) -> str:
    """How the bar is drawn: one moment, somewhere within, or open at an end."""
    if placed.first is None or placed.last is None:
        return "open"
    return "sharp" if (placed.last - placed.first).days <= 31 else "within"


def _years(axis: Axis | None):
    if axis is None:
        return []
    span = axis.end - axis.start
    return [{"year": y, "x": round(100 * (y - axis.start) / span, 2)} for y in axis.years(most=6)]


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """A box of the earth, flat: fine for a region, where the middle latitude gives the scale."""

    west: float
    south: float
    east: float
    north: float
    width: int = 640

    @property
    def _scale(self) -> float:
        return self.width / ((self.east - self.west) * self._narrowing)

    @property
    def _narrowing(self) -> float:
        return cos(radians((self.south + self.north) / 2))

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = (longitude - self.west) * self._narrowing * self._scale
        return round(x, 1), round((self.north - latitude) * self._scale, 1)

    def pixels(self, kilometres: float) -> float:
        return round(kilometres / _KILOMETRES * self._scale, 1)

    def holds(self, place: Place) -> bool:
        latitude, longitude = place.point or (0.0, 0.0)
        return self.south < latitude < self.north and self.west < longitude < self.east


@cache
def _outlines(name: str) -> tuple[_Frame, str]:
    """The frame, and its coasts and borders as the `d` of one path."""
    text = (files("bearwitness.casebook") / "outlines.json").read_text(encoding="utf-8")
    found = json.loads(text)[name]
    west, south, east, north = found["box"]
    frame = _Frame(west=west, south=south, east=east, north=north)
    drawn = []
    for line in found["lines"]:
        points = [frame.at(*point) for point in line]
        drawn.append("M" + "L".join(f"{x} {y}" for x, y in points))
    return frame, "".join(drawn)


def draw_map(numbered: list[tuple[int, Placed]]):
    """Points in their order, joined; None where no step has a place that can be mapped.

    The border region where it holds them all, else everything from Bangkok to the Amur, cut down
    to the points. The ring round a point is how far off it may be; a dashed line says that the
    order is not known.
    """
    known = [(n, placed) for n, placed in numbered if placed.step.place.point]
    if not known:
        return None
    near = all(_outlines("border")[0].holds(placed.step.place) for _, placed in known)
    frame, outline = _outlines("border" if near else "region")
    spots: dict[tuple[float, float], dict] = {}
    joins, before = [], None
    for number, placed in known:
        latitude, longitude = placed.step.place.point
        at = frame.at(longitude, latitude)
        spot = spots.setdefault(at, _spot(frame, placed.step.place, at))
        spot["numbers"] = f"{spot['numbers']}, {number}".lstrip(", ")
        if before and before != at:
            joins.append({"from": before, "to": at, "sure": placed.sure})
        before = at
    view = _view(frame, list(spots))
    letters = round(view[2] * _LETTERS, 2)
    _set_labels(list(spots.values()), letters)
    drawn = {"view": " ".join(map(str, view)), "letters": letters, "thin": round(letters / 8, 2)}
    return drawn | {"outline": outline, "spots": list(spots.values()), "joins": joins}


def _view(frame: _Frame, points: list[tuple[float, float]]) -> list[float]:
    """The part of the map to show: the points with room round them, three wide to two high."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width = max(max(xs) - min(xs), 1.5 * (max(ys) - min(ys)), frame.width / 6) * 1.8
    width = min(width, frame.width)
    height = width / 1.5
    left = (min(xs) + max(xs) - width) / 2
    top = (min(ys) + max(ys) - height) / 2
    return [round(value, 1) for value in (left, top, width, height)]


def _set_labels(spots: list[dict], letters: float) -> None:
    """Labels right of their points, moved down where they would stand on one another."""
    lowest = float("-inf")
    for spot in sorted(spots, key=lambda spot: spot["at"][1]):
        lowest = max(spot["at"][1] + letters / 3, lowest + 1.15 * letters)
        spot["label"] = (round(spot["at"][0] + letters, 1), round(lowest, 1))


def _spot(frame: _Frame, place: Place, at: tuple[float, float]) -> dict:
    ring = frame.pixels(place.precision or 0.0)
    return {"at": at, "ring": ring, "name": place.name(language_tag()), "numbers": ""}
