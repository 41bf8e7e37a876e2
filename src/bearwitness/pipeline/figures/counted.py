"""Figures counted in a frozen table: how many, what share, how many a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.casebook.values import When
from bearwitness.errors import InputError, StudyInvalid
from bearwitness.pipeline.acts import rows_where
from bearwitness.pipeline.figures.given import (
    Given,
    Made,
    needs,
    provenance,
    recipe,
    start,
    withheld,
)
from bearwitness.release import round_count
from bearwitness.release.figures import Declaration, Leaf, show_with_unit, step_of, tell
from bearwitness.release.figures.intervals import exact_poisson, jeffreys, wilson
from bearwitness.release.figures.sequences import counted_within
from bearwitness.release.figures.spreads import Known, Rate, Share

DAYS_A_YEAR = 365.2425
INTERVALS: Mapping[str, Callable[..., tuple[float, float]]] = {
    "wilson": wilson,
    "jeffreys": jeffreys,
}


@dataclass(frozen=True, eq=False)
class Rows:
    """A table whose rows are counted: whose row each is, its key, and the rows of a mask."""

    name: str
    table: pa.Table
    people: Any
    keys: Any

    def mask(self, told: Mapping[str, Any], where: str) -> Any:
        return rows_where(self.table, told, where=where)

    def group(self, mask: Any, counted: str = "people") -> frozenset[str]:
        """Who, or which acts, are in the rows of a mask; people and acts never mix."""
        keys = self.people[mask] if counted == "people" else self.keys[mask]
        return frozenset(f"{self.name}:{counted}:{key}" for key in keys.tolist())

    def keys_of(self, mask: Any) -> dict[str, tuple[str, ...]]:
        return {self.name: tuple(sorted(self.keys[mask].tolist()))}


def rows_of(given: Given, one: Declaration) -> Rows:
    """The table that a figure names. Raises StudyInvalid for one that the study does not have."""
    name = one.get("table", "acts")
    if name == "acts":
        table = needs(one, given.acts, "a table of acts: [acts]").table
        return Rows("ACTS", table, _column(table, "person"), _column(table, "act"))
    if name != "members":
        raise one.wrong(f"there is no table {name!r}", "Tables: acts, members.")
    members = needs(one, given.members, "lists of records: [[lists]]")
    links = {
        row["record"]: row["person"] for row in (given.links.to_pylist() if given.links else [])
        if row["draw"] == 0
    }  # fmt: skip
    records = members.column("record").to_pylist()
    people = np.array([links.get(record, record) for record in records], dtype=str)
    return Rows("MEMBERS", members, people, _column(members, "record"))


def make_count(given: Given, one: Declaration) -> Made:
    """People, or acts, with the stated values."""
    rows = rows_of(given, one)
    count, mask = _count(one, rows, one.get("of", {}) | one.get("where", {}))
    if 0 < count < given.rules.threshold:
        return withheld(given, one, rows.name)
    shown = round_count(count, given.rules.rounding)
    figure = start(
        given, one, unit=one.get("unit", one.get("count", "people")),
        value=float(shown), lower=None, upper=None,
        method=tell("method_rows", table=rows.name), provenance=provenance(given, rows.name),
        caveats=caveats(given), recipe=_cell(one, rows, shown), base=_base(shown, one),
    )  # fmt: skip
    return Made(
        figure=figure, leaf=Leaf(key=one.id, spread=Known(float(shown))), rows=rows.keys_of(mask),
        groups=(rows.group(mask, one.get("count", "people")),),
    )  # fmt: skip


def make_share(given: Given, one: Declaration) -> Made:
    """Of a base, those with something: in percent, from counts as they are printed."""
    rows, rules = rows_of(given, one), given.rules
    of, where = one.get("of", {}), one.get("where", {})
    base, mask = _count(one, rows, of)
    count = _both(one, rows, of, where)
    if min(count, base - count) < rules.threshold and not (rules.is_waived and base):
        return withheld(given, one, rows.name)
    shown, out_of = (round_count(n, rules.rounding) for n in (count, base))
    kind, level = one.get("interval", "wilson"), one.get("level", 0.95)
    if kind not in (*INTERVALS, "none"):
        raise one.wrong(f"there is no interval {kind!r}", "Intervals: wilson, jeffreys, none.")
    ends = INTERVALS[kind](shown, out_of, level=level) if kind in INTERVALS else (None, None)
    lower, upper = (None if end is None else 100 * end for end in ends)
    figure = start(
        given, one,
        unit=one.get("unit", "percent"), value=100 * shown / out_of, lower=lower, upper=upper,
        level=level, step=min(1.0, step_of(lower, upper)),
        method=tell(f"method_share_{kind}", table=rows.name, level=f"{100 * level:g}"),
        base=_base(out_of, one), provenance=provenance(given, rows.name), caveats=caveats(given),
        recipe=recipe(share=[shown, out_of], interval=kind, level=level, of=of, where=where),
    )  # fmt: skip
    leaf = Leaf(key=one.id, spread=Share(shown, out_of))
    groups = _groups(one, rows, mask)
    return Made(figure=figure, leaf=leaf, rows=rows.keys_of(mask), groups=groups)


def make_rate(given: Given, one: Declaration) -> Made:
    """Acts a year over the figure's period; between those surely and possibly in it."""
    rows, rules = rows_of(given, one), given.rules
    acts = needs(one, given.acts, "a table of acts: [acts]")
    mask = rows.mask(one.get("of", {}) | one.get("where", {}), one.where)
    start_day, end_day = days_of(one, one.get("period", given.study.period))
    surely, possibly = counted_within(acts.dated(mask), start_day, end_day)
    if 0 < possibly - surely < rules.threshold:  # a small group: put together with its neighbour
        surely = possibly - rules.threshold
    if surely < rules.threshold:
        return withheld(given, one, rows.name)
    least = surely // rules.rounding * rules.rounding
    most = -(-possibly // rules.rounding) * rules.rounding
    years, level = (end_day - start_day + 1) / DAYS_A_YEAR, one.get("level", 0.95)
    lower = exact_poisson(least, level=level)[0] / years
    upper = exact_poisson(most, level=level)[1] / years
    figure = start(
        given, one,
        unit=one.get("unit", "act per year"), lower=lower, upper=upper, level=level,
        value=(round_count(surely, rules.rounding) / years) if least == most else None,
        step=step_of(lower, upper), method=tell("method_rate", level=f"{100 * level:g}"),
        provenance=provenance(given, rows.name), caveats=(*caveats(given), tell("undated")),
        recipe=recipe(rate=[least, most], years=years, level=level), base=_base(least, one, "act"),
    )  # fmt: skip
    leaf = Leaf(key=one.id, spread=Rate((least + most) / 2, years))
    inside = mask & (acts.first >= start_day) & (acts.last <= end_day)
    groups = (rows.group(inside, "acts"),)
    return Made(figure=figure, leaf=leaf, rows=rows.keys_of(mask), groups=groups)


def days_of(one: Declaration, period: str) -> tuple[int, int]:
    """First and last day of a period, as ordinals.

    Raises StudyInvalid for one that cannot be read, or that has an open end.
    """
    try:
        when = When.read(period)
    except InputError as error:
        raise one.wrong(f"the period cannot be read: {error.message}", error.hint) from error
    if when.first_day is None or when.last_day is None:
        raise StudyInvalid(
            "the period needs both ends",
            where=one.where,
            hint='Write period = "2015/2019", as EDTF.',
        )
    return when.first_day.toordinal(), when.last_day.toordinal()


def caveats(given: Given) -> tuple[Mapping[str, str], ...]:
    """What must be said of everything that is counted among records."""
    told = [tell("only_recorded")]
    if not given.rules.is_waived:
        told.append(tell("protected", threshold=given.rules.threshold))
    return tuple(told)


def _count(one: Declaration, rows: Rows, told: Mapping[str, Any]) -> tuple[int, Any]:
    mask = rows.mask(told, one.where)
    counted = one.get("count", "people")
    if counted not in ("people", "acts"):
        raise one.wrong(f"{counted!r} cannot be counted", "Write count = people or acts.")
    return (len(set(rows.people[mask])) if counted == "people" else int(mask.sum())), mask


def _both(one: Declaration, rows: Rows, of: Mapping[str, Any], where: Mapping[str, Any]) -> int:
    """Acts must have both in one row; people in any of theirs."""
    if one.get("count", "people") == "acts":
        return int((rows.mask(of, one.where) & rows.mask(where, one.where)).sum())
    base, also = (set(rows.people[rows.mask(told, one.where)]) for told in (of, where))
    return len(base & also)


def _groups(one: Declaration, rows: Rows, base: Any) -> tuple[frozenset[str], ...]:
    """The base of a share, and those of it who are counted."""
    counted, where = one.get("count", "people"), rows.mask(one.get("where", {}), one.where)
    also = base & where if counted == "acts" else where
    whole = rows.group(base, counted)
    return whole, whole & rows.group(also, counted)


def _cell(one: Declaration, rows: Rows, shown: int) -> str:
    told = one.get("of", {}) | one.get("where", {})
    return recipe(count=shown, counted=one.get("count", "people"), cell=told, frozen=rows.name)


def _base(shown: int, one: Declaration, unit: str = "") -> Mapping[str, str]:
    unit = unit or {"people": "person", "acts": "act"}[one.get("count", "people")]
    return tell("base_of", n=lambda language: show_with_unit(shown, unit, language=language))


def _column(table: pa.Table, name: str) -> Any:
    return np.array(table.column(name).to_pylist(), dtype=str)
