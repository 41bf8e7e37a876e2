"""What figures are made from, and what each one becomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from bearwitness.errors import StudyInvalid
from bearwitness.pipeline.acts import Acts
from bearwitness.pipeline.analyse import Answers
from bearwitness.pipeline.study import Study
from bearwitness.release import Rules, SafeHistories
from bearwitness.release.claims import Register
from bearwitness.release.figures import LANGUAGES, Declaration, Figure, Leaf, Wording, tell
from bearwitness.release.figures.units import read_unit
from bearwitness.release.figures.wording import Told


@dataclass(frozen=True, kw_only=True, eq=False)
class Given:
    """All that a run knows. What a study does not have is None."""

    study: Study
    digests: Mapping[str, str]
    rules: Rules
    safe: SafeHistories | None = None
    answers: Answers | None = None
    members: pa.Table | None = None
    links: pa.Table | None = None
    acts: Acts | None = None
    register: Register | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A figure, and what it is as a part of others: None where it cannot be one, with the reason.

    `rows` are the keys of the frozen rows that were counted, by table: for those who may walk back
    to them. They stay in the study's internal output. `groups` are the people, or acts, whose
    number is printed or can be read off what is.
    """

    figure: Figure
    leaf: Leaf | None = None
    no_part: str = ""
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[frozenset[str], ...] = ()


def start(given: Given, one: Declaration, **values: Any) -> Figure:
    """A figure with what every kind has: texts, population, period, place, words.

    `method` and `base` are sentences by language; so are caveats.
    """
    method, base = values.pop("method"), values.pop("base", None)
    told = one.get("base")
    base = {"en": told} if told else base or {"en": ""}
    common: dict[str, Any] = {
        "id": one.id,
        "kind": one.kind,
        "statement": one.get("statement", ""),
        "unit": one.get("unit", ""),
        "population": one.get("population", given.study.population),
        "period": one.get("period", given.study.period),
        "place": one.get("place", given.study.place),
        "level": one.get("level"),
        "price_year": one.get("price_year"),
        "method": method["en"],
        "base": base["en"],
        "words": _words(one, method, base),
    }
    told = common | values
    step = told.get("step", 1.0)
    for end in ("value", "lower", "upper"):
        if told[end] is not None:  # a figure holds what is printed, and no more
            told[end] = round(round(told[end] / step) * step, 9)
    return Figure(**told)


def provenance(given: Given, *tables: str) -> str:
    """The digests of the tables that a figure was computed from."""
    return " ".join(f"{name} sha256:{given.digests[name]}" for name in tables)


def recipe(**told: Any) -> str:
    """How a figure comes out of what is published, as JSON with its keys in order."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def withheld(given: Given, one: Declaration, *tables: str) -> Made:
    """A figure that rests on too few people to be told."""
    why = tell("withheld", threshold=given.rules.threshold)
    empty = dict.fromkeys(("value", "lower", "upper"))
    figure = start(given, one, method=why, provenance=provenance(given, *tables), **empty)
    return Made(figure=figure, no_part="it is withheld")


def factor_of(one: Declaration, unit: str, price_year: int | None = None) -> float:
    """What turns the printed number into plain ones: 0.01 for a percentage."""
    return read_unit(unit, price_year=price_year, where=one.where).factor


def needs(one: Declaration, found: Any, what: str) -> Any:
    """What a figure rests on. Raises StudyInvalid where the study has no such thing."""
    if found is None:
        raise StudyInvalid(
            f"a {one.kind} rests on {what}, which this study does not have",
            where=one.where,
            hint="Add it to study.toml, or declare a figure of another kind.",
        )
    return found


def _words(one: Declaration, method: Told, base: Told) -> dict[str, Wording]:
    """The study's own words in each language, and the method and base where it is silent."""
    found = {}
    for language in LANGUAGES[1:]:
        own = one.words.get(language, Wording())
        found[language] = Wording(
            statement=own.statement,
            population=own.population,
            unit=own.unit,
            base=own.base or base.get(language, ""),
            method=own.method or method.get(language, ""),
        )
    return found
