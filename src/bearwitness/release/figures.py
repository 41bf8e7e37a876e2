"""Figures: what may be printed, with population, period, place, base, method and provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bearwitness.errors import FigureUnknown, StudyInvalid

KINDS = ("observed", "estimate", "cited")
WITHHELD = "(withheld)"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure as printed. `lower` and `upper` are None where there is no interval."""

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

    @property
    def sentence(self) -> str:
        """The statement with its values in it. Where there is no value, or only a lower bound, it
        says so."""
        if self.is_bound:
            return f"at least {_show(self.lower)} {self.unit}".rstrip() + " (a lower bound only)"
        if self.value is None:
            return f"no {self.unit or 'value'} can be stated ({self.method})"
        values = {k: _show(getattr(self, k)) for k in ("value", "lower", "upper")}
        return self.statement.format_map(values)

    @property
    def is_bound(self) -> bool:
        """A lower bound is all that can be stated."""
        return self.value is None and self.lower is not None and self.upper is None

    @property
    def footnote(self) -> str:
        """What must be known to read the figure rightly."""
        parts = [f"Population: {self.population}", f"Period: {self.period}", f"Place: {self.place}"]
        return ". ".join([*parts, f"Base: {self.base}", f"Method: {self.method}"]) + "."


def declare_figure(declared: Mapping[str, Any], values: Mapping[str, Any]) -> Figure:
    """A figure from its declaration in study.toml and the values computed for it.

    Raises StudyInvalid for a kind that is not known, or a statement with an unknown placeholder.
    """
    where = f"study.toml [[figures]] {declared['id']}"
    if declared["kind"] not in KINDS:
        raise StudyInvalid(
            f"there is no kind of figure {declared['kind']!r}",
            where=where,
            hint=f"Kinds: {', '.join(KINDS)}.",
        )
    figure = Figure(
        id=declared["id"],
        statement=declared["statement"],
        unit=declared.get("unit", ""),
        **values,
    )
    try:
        figure.statement.format_map({"value": "", "lower": "", "upper": ""})
    except (KeyError, ValueError, IndexError) as error:
        raise StudyInvalid(
            "the statement holds a placeholder that is not known",
            where=where,
            hint="Known: {value}, {lower}, {upper}.",
        ) from error
    return figure


def find_figure(figures: Mapping[str, Figure], name: str, *, where: str) -> Figure:
    """The figure of that id. Raises FigureUnknown, naming the known ones."""
    if name not in figures:
        raise FigureUnknown(
            f"there is no figure {name!r}",
            where=where,
            hint=f"Declared in study.toml: {', '.join(figures) or 'none'}.",
        )
    return figures[name]


def _show(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.0f}"
