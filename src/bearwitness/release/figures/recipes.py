"""How a figure comes out of what is published, so that a stranger can work it out again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from bearwitness.release.figures import spreads
from bearwitness.release.figures.composition import Leaf, compose
from bearwitness.release.figures.expression import read_formula
from bearwitness.release.figures.intervals import exact_poisson, exact_ratio, jeffreys, wilson
from bearwitness.release.figures.spreads import Spread
from bearwitness.release.figures.units import read_unit

_BY_NAME = {
    kind.__name__.lower(): kind
    for kind in (
        spreads.Known, spreads.Uniform, spreads.Triangular, spreads.Pert, spreads.Normal,
        spreads.LogNormal, spreads.Share, spreads.Rate,
    )
}  # fmt: skip
Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[str, float | None]]


def recipe_of_leaf(leaf: Leaf) -> dict[str, Any] | None:
    """The leaf as plain values; None where it rests on draws, which are not published."""
    told = _recipe_of_spread(leaf.spread)
    if told is None:
        return None
    ends = {"open_above": leaf.open_above, "open_below": leaf.open_below}
    return told | {"key": leaf.key} | {name: True for name, is_open in ends.items() if is_open}


def recompute(row: Row, tables: Tables) -> str:
    """Work a row of FIGURES out again from its recipe; say what does not come out, else nothing.

    `tables` are the published tables that recipes name, each as its rows' names and numbers. A row
    without a recipe, or whose recipe only says what was counted, cannot be worked out and gives
    nothing.
    """
    told = json.loads(row["recipe"]) if row.get("recipe") else {}
    found = _worked_out(told, tables)
    if found is None:
        return ""
    factor = read_unit(row["unit"], price_year=0).factor if "formula" in told else 1.0
    for name, value in zip(("value", "lower", "upper"), found, strict=True):
        printed = row[name]
        if value is None or printed is None or printed == "":
            continue
        # Half a step is what rounding takes away; a little more is what arithmetic does.
        if abs(float(printed) - value / factor) > 0.5001 * float(row["step"]) + 1e-9:
            return f"{row['id']}: {name} is printed as {printed}, and comes out as {value / factor}"
    return ""


def _worked_out(told: Mapping[str, Any], tables: Tables) -> Sequence[float | None] | None:
    if "table" in told:
        return [tables.get(told["table"], {}).get(told["row"]), None, None]
    kinds = {
        "formula": _composed, "share": _share, "rate": _rate, "bounds": _bounds, "before": _ratio,
    }  # fmt: skip
    work_out = next((way for name, way in kinds.items() if name in told), None)
    return work_out(told) if work_out else None


def _rate(told: Mapping[str, Any]) -> Sequence[float | None]:
    (least, most), years, level = told["rate"], told["years"], told["level"]
    ends = exact_poisson(least, level=level)[0], exact_poisson(most, level=level)[1]
    return [None, ends[0] / years, ends[1] / years]


def _bounds(told: Mapping[str, Any]) -> Sequence[float | None]:
    return [None, *(100 * end for end in told["bounds"])]


def _ratio(told: Mapping[str, Any]) -> Sequence[float | None]:
    counts, days = (told["before"], told["after"]), told["days"]
    thinned = tuple(count / told["dispersion"] for count in counts)
    low, high = exact_ratio(thinned, tuple(days), level=told["level"])
    return [counts[1] / days[1] / (counts[0] / days[0]), low, high if isfinite(high) else None]


def _share(told: Mapping[str, Any]) -> Sequence[float | None]:
    count, base = told["share"]
    kind = {"wilson": wilson, "jeffreys": jeffreys}.get(told["interval"])
    ends = [100 * end for end in kind(count, base, level=told["level"])] if kind else [None, None]
    return [100 * count / base, *ends]


def _composed(told: Mapping[str, Any]) -> Sequence[float | None]:
    leaves = {name: _leaf(entry) for name, entry in told["parts"].items()}
    tied = {frozenset((a, b)): value for a, b, value in told["correlations"]}
    formula = read_formula(told["formula"])
    found = compose(formula, leaves, dependence=tied, level=told["level"], seed=told["seed"])
    is_open = found.lower is None or found.upper is None
    return None if is_open else found.value, found.lower, found.upper


def _leaf(told: Mapping[str, Any]) -> Leaf:
    return Leaf(
        key=told["key"], spread=_spread(told), open_above=told.get("open_above", False),
        open_below=told.get("open_below", False),
    )  # fmt: skip


def _recipe_of_spread(spread: Spread) -> dict[str, Any] | None:
    if isinstance(spread, spreads.Scaled):
        inner = _recipe_of_spread(spread.of)
        return None if inner is None else {
            "of": inner, "factor": spread.factor, "shift": spread.shift
        }  # fmt: skip
    name = type(spread).__name__.lower()
    return {"spread": name, **asdict(spread)} if name in _BY_NAME else None  # type: ignore[call-overload]


def _spread(told: Mapping[str, Any]) -> Spread:
    if "of" in told:
        return spreads.Scaled(_spread(told["of"]), told["factor"], told["shift"])
    values = {
        k: v for k, v in told.items() if k not in ("spread", "key", "open_above", "open_below")
    }
    kind: Any = _BY_NAME[told["spread"]]
    return kind(**values)  # type: ignore[no-any-return]
