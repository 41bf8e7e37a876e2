"""A figure: what may be printed, with population, period, place, base, method and provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bearwitness.errors import FigureUnknown
from bearwitness.release.figures.wording import (
    Shown,
    Told,
    phrase,
    show_number,
    show_with_unit,
    words,
)

WITHHELD = "(withheld)"


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a figure says of itself in one language, where its study says it. Empty: as in English.

    `statement` is a template: {value}, {lower}, {upper}, each also with :unit, and {level},
    {population}, {period}, {unit}, {source}.
    """

    statement: str = ""
    population: str = ""
    base: str = ""
    method: str = ""
    unit: str = ""
    population_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure as printed. `lower` and `upper` are None where there is no interval.

    A `value` of None with one end is a bound; with both ends, a range in which nothing is more
    likely than anything else. `step` is what the printed numbers are multiples of. `marked` is
    whether it says that it is cited and not our finding. `recipe` is JSON: how it comes out of
    published things, and empty where it rests on what is not published.
    """

    id: str
    statement: str
    value: float | None
    lower: float | None
    upper: float | None
    unit: str
    population: str
    period: str
    place: str
    base: str
    method: str
    provenance: str
    kind: str = "count"
    level: float | None = None
    step: float = 1.0
    price_year: int | None = None
    source: str = ""
    marked: bool = False
    caveats: tuple[Told, ...] = ()
    recipe: str = ""
    words: Mapping[str, Wording] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The statement in English."""
        return self.say()

    @property
    def footnote(self) -> str:
        """What must be known to read the figure rightly, in English."""
        return self.note()

    @property
    def is_bound(self) -> bool:
        """A lower bound is all that can be stated."""
        return self.value is None and self.lower is not None and self.upper is None

    def say(self, language: str = "en") -> str:
        """The statement with its values in it. Where there is no value, or one end only, it says
        so.
        """
        mark = phrase("marks", "cited", language) if self.marked else ""
        return self._statement(language) + mark

    def note(self, language: str = "en") -> str:
        """Population, period, place, base, method, caveats; in the language where it has them."""
        told = self._told(language)
        stop = str(words()["notes"]["stop"][language])
        parts = [
            phrase("notes", name, language, text=getattr(told, name, "") or getattr(self, name))
            for name in ("population", "period", "place", "base", "method")
        ]
        parts += [caveat.get(language, caveat["en"]) for caveat in self.caveats]
        return stop.join(part.rstrip(".。 ") for part in parts) + stop.strip()

    def big(self, language: str = "en") -> str:
        """The number alone, with unit and interval: what stands in large letters."""
        if self.value is None and self.lower is None and self.upper is None:
            return str(words()["shapes"]["big_nothing"][language])
        text = self._shape(language).format_map(self._values(language))
        return text[0].upper() + text[1:]

    def to_row(self) -> dict[str, Any]:
        """One row of FIGURES."""
        row = {key: getattr(self, key) for key in _ROW}
        row["caveats"] = " ".join(caveat["en"].rstrip(".") + "." for caveat in self.caveats)
        return row | {"ko": self.say("ko"), "zh_hans": self.say("zh-Hans")}

    def _statement(self, language: str) -> str:
        if self.value is None and self.lower is None and self.upper is None:
            unit = self.unit or words()["shapes"]["value"][language]
            return phrase("shapes", "nothing", language, unit=unit, why=self.method)
        if self._is_one_ended and not self._fits(self._own(language)):
            bound = self._shape(language).format_map(self._values(language))
            if self.kind == "cited":  # the end is open in the source
                return bound
            name = "lower_bound" if self.upper is None else "upper_bound"
            return phrase("shapes", name, language, bound=bound)
        return self._template(language).format_map(self._values(language))

    def _template(self, language: str) -> str:
        if own := self._own(language):
            return own
        known = words()["statements"].get(self.kind, words()["statements"]["count"])[language]
        if self._fits(known):
            return str(known)
        counted = str(words()["statements"]["count" if self.source == "" else "cited"][language])
        return counted.replace("{value:unit}", self._shape(language))

    @property
    def _is_one_ended(self) -> bool:
        return self.value is None and (self.lower is None) != (self.upper is None)

    def _own(self, language: str) -> str:
        return self._told(language).statement or (self.statement if language == "en" else "")

    def _fits(self, template: str) -> bool:
        """Whether the template asks only for ends that there are."""
        ends = [name for name in ("value", "lower", "upper") if f"{{{name}" in template]
        return bool(ends) and all(getattr(self, name) is not None for name in ends)

    def _shape(self, language: str) -> str:
        shapes = words()["shapes"]
        ends = (self.lower is not None, self.upper is not None)
        if self.value is not None:
            return str(shapes["interval"][language]) if all(ends) else "{value:unit}"
        name = {(True, True): "range", (True, False): "at_least"}.get(ends, "at_most")
        return str(shapes[name][language])

    def _values(self, language: str) -> dict[str, object]:
        told = self._told(language)
        unit = told.unit or self.unit
        shown: dict[str, object] = {
            name: self._number(getattr(self, name), language, unit)
            for name in ("value", "lower", "upper")
        }
        level = "?" if self.level is None else f"{100 * self.level:g}"
        population = told.population or self.population
        rest = {"unit": unit, "level": level, "population": population}
        return shown | rest | {"period": self.period, "source": self.source}

    def _number(self, value: float | None, language: str, unit: str) -> Shown:
        bare = show_number(value, step=self.step, language=language)
        form = {"step": self.step, "language": language, "price_year": self.price_year}
        return Shown(bare, show_with_unit(value, unit, **form))  # type: ignore[arg-type]

    def _told(self, language: str) -> Wording:
        return self.words.get(language, Wording())


_ROW = (
    "id", "statement", "value", "lower", "upper", "unit", "population", "period", "place", "base",
    "method", "provenance", "kind", "level", "step", "recipe",
)  # fmt: skip


def find_figure(figures: Mapping[str, Figure], name: str, *, where: str) -> Figure:
    """The figure of that id. Raises FigureUnknown, naming the known ones."""
    if name not in figures:
        raise FigureUnknown(
            f"there is no figure {name!r}",
            where=where,
            hint=f"Declared in study.toml: {', '.join(figures) or 'none'}.",
        )
    return figures[name]
