"""Where people are from, or were, as maps of a study: [[maps]] in study.toml."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bearwitness.casebook.places import find_places, gazetteer, within
from bearwitness.errors import StudyInvalid
from bearwitness.pipeline.analyse import Linked
from bearwitness.pipeline.declared import name_in_tables
from bearwitness.pipeline.study import Study
from bearwitness.release import Chart, Words
from bearwitness.release.maps import (
    EVERYWHERE,
    MapPlace,
    Outline,
    SafePlaces,
    draw_map,
    part_places,
    parts_of_table,
)

COLUMNS = ("origin", "place")  # of MEMBERS


def draw_maps(study: Study, linked: Linked, words: Words) -> dict[str, Chart]:
    """A chart `map-ID` for each map that the study declares. Raises StudyInvalid for a column that
    is no place, or a study without lists.

    Where a table of the study has the same places, the map draws what that table prints, and the
    attack on all tables covers it; else people are parted among places for the map alone.
    """
    found = {}
    for told in study.maps:
        _check(study, told)
        safe = _safe(study, linked, told["column"])
        about = told.get("title", f"People by {told['column']}")
        points = [part.point for part in safe.parts if part.point]
        outline = outlines(points)
        found[f"map-{told['id']}"] = draw_map(safe, place_tree(), outline, about=about, words=words)
    return found


def _safe(study: Study, linked: Linked, column: str) -> SafePlaces:
    rules = study.rules
    for table in linked.tabulated.tables if linked.tabulated else ():
        if column in table.declared.dimensions:
            return parts_of_table(printed_places(table, column), place_tree(), rules=rules)
    counts = count_places(linked.members, linked.links, column=column)
    return part_places(counts, place_tree(), rules=rules)


def printed_places(table: Any, column: str) -> dict[str, int]:
    """What a safe table prints of places alone, all its other dimensions together."""
    ids = {name_in_tables(place): place.id for place in gazetteer().values()}
    return {
        ids[key[0][1]]: shown
        for key, shown in zip(table.crossed.keys, table.shown, strict=True)
        if len(key) == 1 and key[0][0] == column and key[0][1] in ids and shown
    }


def count_places(members: Any, links: Any, *, column: str) -> Counter[str]:
    """People by place, each once: where their records say several, what holds them all."""
    person = {
        link["record"]: link["person"] for link in links.to_pylist() if link.get("draw", 0) == 0
    }
    said: dict[str, set[str]] = {}
    for row in members.select(["record", column]).to_pylist():
        if row["record"] in person:
            places = said.setdefault(person[row["record"]], set())
            places.update(_meant(row[column] or ""))
    return Counter(_holding(places) for places in said.values())


@cache
def place_tree() -> Mapping[str, MapPlace]:
    """The gazetteer as the release knows it."""
    return {
        place.id: MapPlace(id=place.id, parent=place.parent, names=place.names, point=place.point)
        for place in gazetteer().values()
    }


@cache
def _outline(name: str) -> Outline:
    text = (files("bearwitness.casebook") / "outlines.json").read_text(encoding="utf-8")
    found = json.loads(text)[name]
    west, south, east, north = found["box"]
    return Outline(box=(west, south, east, north), lines=found["lines"])


def outlines(points: Iterable[tuple[float, float]]) -> Outline:
    """The border region where it holds them all, else everything from Bangkok to the Amur."""
    west, south, east, north = _outline("border").box
    near = all(south < y < north and west < x < east for y, x in points)
    return _outline("border" if near else "region")


def _check(study: Study, told: Mapping[str, Any]) -> None:
    if told["column"] not in COLUMNS or not any(
        told["column"] in e["columns"] for e in study.lists
    ):
        raise StudyInvalid(
            f"[[maps]] {told['id']!r}: no list tells {told['column']!r} as a place",
            where=f"{study.name}/study.toml",
            hint=f"Known: {', '.join(COLUMNS)}, each as a key of [lists.columns].",
        )


@cache
def _meant(text: str) -> tuple[str, ...]:
    return tuple(place.id for place in find_places(text))


def _holding(places: set[str]) -> str:
    """The smallest place that holds all of them; EVERYWHERE where none does, or none is known."""
    chains = [[place.id for place in within(gazetteer()[p])] for p in sorted(places)]
    if not chains:
        return EVERYWHERE
    return next((p for p in chains[0] if all(p in chain for chain in chains)), EVERYWHERE)
