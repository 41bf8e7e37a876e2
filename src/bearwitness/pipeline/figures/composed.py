"""Composed figures: units and populations checked, dependence stated, uncertainty carried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from bearwitness.errors import StudyInvalid
from bearwitness.pipeline.figures.given import Given, Made, recipe, start
from bearwitness.release.figures import (
    Composed,
    Declaration,
    Figure,
    Leaf,
    Wording,
    compose,
    formula_down_to_parts,
    parts_of,
    show_with_unit,
    tell,
)
from bearwitness.release.figures.arithmetic import OfUnits
from bearwitness.release.figures.dependence import Dependence, read_dependence
from bearwitness.release.figures.expression import Formula, told_formula
from bearwitness.release.figures.recipes import recipe_of_leaf
from bearwitness.release.figures.spreads import Known, Scaled
from bearwitness.release.figures.units import Unit, is_money, one_year_of_money, read_unit
from bearwitness.release.figures.wording import Told, in_english, phrase

Parts = Mapping[str, Made]
Named = Mapping[str, Declaration]


def make_composed(given: Given, one: Declaration, named: Named, made: Parts) -> Made:
    """A figure from those that its formula names.

    Raises StudyInvalid for units that do not fit, for different populations without a reason, for
    a part that cannot be one, and for what `compose` refuses.
    """
    parts = {name: made[name] for name in parts_of(one, named)}
    _check_populations(one, parts)
    unit, unit_caveats = _unit(one, parts)
    for name, part in parts.items():
        if part.figure.value is part.figure.lower is part.figure.upper is None:
            return _missing(given, one, name)
    formula = formula_down_to_parts(one.id, named)
    leaves = {name: _leaf_of(one, name, made[name]) for name in formula.names()}
    tied = _correlations(one, named, made)
    stated = {"dependence": tied, "level": one.get("level", 0.95), "seed": given.study.seed}
    try:
        found = compose(formula, leaves, **stated)
    except StudyInvalid as error:
        raise one.wrong(error.message, error.hint) from error
    dependence = read_dependence(one.told, where=one.where)
    spread = (found, dependence, unit)
    figure = _figure(given, one, spread, parts)
    told = _caveats(one, spread, {n: made[n] for n in formula.names()}, figure.price_year)
    figure = replace(
        figure, caveats=(*told, *unit_caveats), recipe=_recipe(formula, leaves, stated)
    )
    return Made(figure=figure, leaf=None, no_part="")


def _check_populations(one: Declaration, parts: Parts) -> None:
    populations = {part.figure.population for part in parts.values()}
    if len(populations) > 1 and not one.get("population_reason"):
        raise one.wrong(
            "its parts are of different populations: "
            + "; ".join(f"{n}: {p.figure.population}" for n, p in parts.items()),
            "Write population_reason = why they may be put together all the same.",
        )


def _unit(one: Declaration, parts: Parts) -> tuple[Unit, list[Told]]:
    """The declared unit, which the formula has to give, and what must be said where it does not."""
    years = {
        n: p.figure.price_year for n, p in parts.items() if is_money(p.figure.unit)
    }  # fmt: skip
    year = one.get("price_year", one_year_of_money(years))
    units = {
        name: read_unit(p.figure.unit, price_year=p.figure.price_year, where=one.where)
        for name, p in parts.items()
    }
    derived = one.formula.work_out(units, OfUnits(one.where))
    declared = read_unit(one.told["unit"], price_year=year, where=one.where)
    if derived.is_like(declared):
        return declared, []
    if not one.get("unit_reason"):
        raise one.wrong(
            f"the formula gives {derived}, and the figure says {declared}",
            "Correct one of them, or write unit_reason = why they are the same thing.",
        )
    reason = one.get("unit_reason")
    return declared, [tell("unit", derived=derived, unit=declared, reason=reason)]


def _leaf_of(one: Declaration, name: str, part: Made) -> Leaf:
    if part.leaf is None:
        raise one.wrong(
            f"{name!r} cannot be a part of a formula: {part.no_part}",
            "Compose figures whose uncertainty is known, or state it.",
        )
    return part.leaf


def _correlations(one: Declaration, named: Named, made: Parts) -> dict[frozenset[str], float]:
    """For each two leaves, what the innermost composition says in which both stand."""
    found: dict[frozenset[str], float] = {}

    def tie(name: str) -> list[str]:
        if named[name].kind != "composed":
            leaf = made[name].leaf
            return [leaf.key] if leaf else []
        inside = {part: tie(part) for part in parts_of(named[name], named)}
        stated = read_dependence(named[name].told, where=named[name].where)
        _check_pairs(named[name], stated, list(inside))
        for left, some in inside.items():
            for right, others in inside.items():
                for a in some:
                    for b in others:
                        if left != right and a != b:
                            found.setdefault(frozenset((a, b)), stated.between(left, right))
        return [key for keys in inside.values() for key in keys]

    tie(one.id)
    return found


def _check_pairs(one: Declaration, stated: Dependence, parts: list[str]) -> None:
    for pair in stated.pairs:
        if not pair <= set(parts) or len(pair) < 2:
            raise one.wrong(
                f"a correlation names {' and '.join(sorted(pair))}, not two parts of its formula",
                f"Its parts: {', '.join(parts)}.",
            )


def _figure(
    given: Given, one: Declaration, spread: tuple[Composed, Dependence, Unit], parts: Parts
) -> Figure:
    found, dependence, unit = spread
    value, lower, upper = (
        None if x is None else x / unit.factor for x in (found.value, found.lower, found.upper)
    )
    if lower is None or upper is None:
        value = None
    elif found.lower == found.upper:
        lower = upper = None
    years = {n: p.figure.price_year for n, p in parts.items() if is_money(p.figure.unit)}
    made_of = ", ".join(parts)
    digests = [p.figure.provenance for p in parts.values() if p.figure.provenance != "cited"]
    return start(
        given, one,
        value=value, lower=lower, upper=upper, level=found.level, step=found.step / unit.factor,
        price_year=one.get("price_year", one_year_of_money(years)),
        marked=all(p.figure.marked for p in parts.values()),
        method=_method(one, found, dependence), base=tell("base_parts", parts=made_of),
        provenance=" ".join(dict.fromkeys(" ".join(digests).split())) or "cited",
        source=_sources(parts),
    )  # fmt: skip


def _method(one: Declaration, found: Composed, dependence: Dependence) -> Told:
    formula = told_formula(one.formula)
    if found.draws <= 1:
        return tell("method_exact", formula=formula)
    kind = "correlation" if dependence.pairs else dependence.kind
    told = tell(f"drawn_{kind}")
    if reason := one.get("dependence_reason"):
        told = tell("because", what=told, reason=reason)
    return tell("method_composed", formula=formula, draws=f"{found.draws:,}", dependence=told)


def _sources(parts: Parts) -> str:
    return "; ".join(dict.fromkeys(p.figure.source for p in parts.values() if p.figure.source))


def _caveats(
    one: Declaration,
    spread: tuple[Composed, Dependence, Unit],
    leaves: Parts,
    price_year: int | None,
) -> list[Told]:
    found, dependence, unit = spread
    shown = _shower(one, found, unit, price_year)
    told = _whose(leaves)
    told += _of_ranges(leaves)
    if found.extremes and dependence.is_unknown:
        told.append(_extremes(found, shown))
    if found.draws > 1 and found.reach and all(map(isfinite, found.reach)):
        told.append(tell("reach", low=shown(found.reach[0]), high=shown(found.reach[1])))
    if reason := one.get("population_reason"):
        told.append(tell("populations", which=_populations(leaves), reason=_reason(one, reason)))
    periods = dict.fromkeys(p.figure.period for p in leaves.values())
    if len(periods) > 1:
        which = "; ".join(f"{n}: {p.figure.period}" for n, p in leaves.items())
        told.append(tell("periods", which=which))
    if price_year:
        told.append(tell("money", year=price_year))
    return told


def _populations(leaves: Parts) -> Callable[[str], str]:
    def in_language(language: str) -> str:
        figures = [part.figure for part in leaves.values()]
        told = [f.words.get(language, Wording()).population or f.population for f in figures]
        return "; ".join(dict.fromkeys(told))

    return in_language


def _reason(one: Declaration, reason: str) -> Callable[[str], str]:
    def in_language(language: str) -> str:
        return one.words.get(language, Wording()).population_reason or reason

    return in_language


def _extremes(found: Composed, shown: Any) -> Told:
    low, high = found.extremes or (0.0, 0.0)
    unknown = {
        language: phrase("shapes", "unknown", language) for language in ("en", "ko", "zh-Hans")
    }
    ends = (
        unknown if found.lower is None else shown(low),
        unknown if found.upper is None else shown(high),
    )
    return tell("extremes", level=f"{100 * found.level:g}", low=ends[0], high=ends[1])


def _shower(one: Declaration, found: Composed, unit: Unit, price_year: int | None) -> Any:
    def shown(value: float) -> Any:
        def in_language(language: str) -> str:
            words = one.words.get(language)
            text = (words.unit if words and words.unit else "") or one.told["unit"]
            return show_with_unit(
                value / unit.factor, text, step=found.step / unit.factor, language=language,
                price_year=price_year,
            )  # fmt: skip

        return in_language

    return shown


def _whose(leaves: Parts) -> list[Told]:
    cited = [name for name, part in leaves.items() if part.figure.marked]
    if not cited:
        return []
    if len(cited) == len(leaves):
        return [tell("not_ours")]
    return [tell("partly_not_ours", which=", ".join(cited))]


def _of_ranges(leaves: Parts) -> list[Told]:
    """What must be said of cited parts: what their sources leave open, how they are drawn from."""
    told: list[Told] = []
    drawn: dict[str, list[str]] = {}
    for name, part in leaves.items():
        if part.leaf is None or part.figure.kind != "cited":
            continue
        if part.leaf.open_above or part.leaf.open_below:
            told.append(tell("at_least" if part.leaf.open_above else "up_to", who=name))
        spread = part.leaf.spread
        inner = spread.of if isinstance(spread, Scaled) else spread
        if not isinstance(inner, Known):
            drawn.setdefault(type(inner).__name__.lower(), []).append(name)
    for spread_name, names in drawn.items():
        which = ", ".join(names)
        key = "range_only" if spread_name == "uniform" else "spread_chosen"
        told.append(tell(key, which=which, spread=spread_name))
    return told


def _missing(given: Given, one: Declaration, part: str) -> Made:
    empty = dict.fromkeys(("value", "lower", "upper"))
    why = tell("part_missing", part=part)
    figure = start(given, one, method=why, provenance="", base=in_english(""), **empty)
    return Made(figure=figure, no_part=why["en"])


def _recipe(formula: Formula, leaves: Mapping[str, Leaf], stated: Mapping[str, Any]) -> str:
    parts = {name: recipe_of_leaf(leaf) for name, leaf in leaves.items()}
    if any(part is None for part in parts.values()):
        return ""
    tied = sorted(stated["dependence"].items(), key=lambda item: sorted(item[0]))
    pairs = [[*sorted(pair), value] for pair, value in tied if value]
    rest = {"level": stated["level"], "seed": stated["seed"]}
    return recipe(formula=told_formula(formula), parts=parts, correlations=pairs, **rest)
