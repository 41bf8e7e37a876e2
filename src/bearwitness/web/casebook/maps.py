"""Maps drawn from the outlines that are shipped: nothing is asked of any other machine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import cos, radians

from bearwitness.casebook.places import Place

_KILOMETRES = 111.2  # in a degree of latitude
_LETTERS, _SMALL = 0.028, 0.02  # of the width of the map


_WIDE = 0x1100  # Korean and Chinese characters are as wide as they are high


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


def around(places: Iterable[Place]) -> tuple[_Frame, str]:
    """The frame and the outline to draw these on: the border region where it holds them all, else
    everything from Bangkok to the Amur."""
    return _outlines("border" if all(map(is_near, places)) else "region")


def is_near(place: Place) -> bool:
    """Whether the map of the border region holds it."""
    return _outlines("border")[0].holds(place)


def drawn(frame: _Frame, spots: list[dict], *, every_label: bool = True) -> dict:
    """What a template needs to draw spots: the view, the size of letters, the spots with labels.

    Without `every_label` letters are smaller, and a label that has no room is left out: those that
    stand first come first.
    """
    view = _view(frame, [spot["at"] for spot in spots])
    letters = round(view[2] * (_LETTERS if every_label else _SMALL), 2)
    (_set_labels if every_label else _set_labels_with_room)(spots, letters)
    thin = round(letters / 8, 2)
    return {"view": " ".join(map(str, view)), "letters": letters, "thin": thin, "spots": spots}


def spot(frame: _Frame, place: Place, language: str) -> dict:
    """A place with a point, and a ring for how far off that may be."""
    latitude, longitude = place.point or (0.0, 0.0)
    ring = frame.pixels(place.precision or 0.0)
    at = frame.at(longitude, latitude)
    return {"at": at, "ring": ring, "name": place.name(language), "numbers": ""}


def _view(frame: _Frame, points: list[tuple[float, float]]) -> list[float]:
    """The part of the map to show: the points with room round them, three wide to two high, or
    higher where the points ask for it.
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width = max(max(xs) - min(xs), 1.5 * (max(ys) - min(ys)), frame.width / 6) * 1.8
    width = min(width, frame.width)
    height = max(width / 1.5, 1.2 * (max(ys) - min(ys)))
    left = (min(xs) + max(xs) - width) / 2
    top = (min(ys) + max(ys) - height) / 2
    return [round(value, 1) for value in (left, top, width, height)]


def _set_labels(spots: list[dict], letters: float) -> None:
    """Labels right of their points, moved down where they would stand on one another."""
    lowest = float("-inf")
    for spot in sorted(spots, key=lambda spot: spot["at"][1]):
        lowest = max(spot["at"][1] + letters / 3, lowest + 1.15 * letters)
        spot["label"] = (round(spot["at"][0] + letters, 1), round(lowest, 1))


def _set_labels_with_room(spots: list[dict], letters: float) -> None:
    """Labels right, left, above or below their points, wherever nothing stands yet."""
    dot = letters / 4
    points = [spot["at"] for spot in spots]
    taken = [(x - dot, y - dot, x + dot, y + dot) for x, y in points]
    for spot in spots:
        x, y = spot["at"]
        width = letters * sum(1.0 if ord(c) >= _WIDE else 0.6 for c in spot["name"])
        for left, base in (
            (x + 0.5 * letters, y + letters / 3),
            (x - 0.5 * letters - width, y + letters / 3),
            (x - width / 2, y - letters / 2),
            (x - width / 2, y + 1.2 * letters),
        ):
            box = (left, base - 0.9 * letters, left + width, base + 0.2 * letters)
            if not any(_meet(box, other) for other in taken):
                spot["label"] = (round(left, 1), round(base, 1))
                taken.append(box)
                break


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
