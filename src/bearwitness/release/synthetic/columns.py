"""Which columns of a table go into synthetic rows, and how coarsely: roles are data.

A column's values have to be known without looking at the people: declared, made of bands, or of
the place tree. What nobody declared is found with noise, and what few have becomes OTHER.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from bearwitness.errors import DisclosureUnsafe, InputError

NOT_STATED, OTHER = "not stated", "other"
YES, NO = "yes", "no"
ROLES = ("quasi-identifier", "sensitive", "left-out")
KINDS = ("category", "number", "year", "sex", "place", "several")
MOST_VALUES = 60  # of a column that declares none: beyond it, it is no category
LONGEST_VALUE = 60  # characters: beyond it, it is words
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_KEYS = frozenset({"role", "kind", "values", "bands", "level", "htcds", "codes"})
# Reads a cell of a kind that other stages know: the year of a date, the place at a level.
Read = Callable[[str, "Plan"], str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a column is used. `values` are all that it can hold, empty for those to be found;
    `bands` the lower ends of its bands, the last of which is open above; `level` how far up the
    place tree; `htcds` its name in that standard, with its `codes` by value."""

    name: str
    role: str = "quasi-identifier"
    kind: str = "category"
    values: tuple[str, ...] = ()
    bands: tuple[int, ...] = ()
    level: str = ""
    htcds: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A column as it is measured: one of the table, or one value of a column that holds several.

    `values` is empty until they are found. `cells` holds a value for each row."""

    plan: Plan
    name: str
    values: tuple[str, ...]
    cells: tuple[str, ...]


def read_plans(
    content: Mapping[str, Any],
    columns: Sequence[str],
    *,
    standard: Mapping[str, tuple[str, ...]],
    where: str,
) -> list[Plan]:
    """The plan of each of `columns`: as `[columns.NAME]` says, else as the column's name does.

    `standard` has the columns of the HTCDS with their codes: one that it knows holds these and no
    others, and one that nobody planned is left out.
    """
    told = content.get("columns", {})
    for name in told:
        if name not in columns:
            raise InputError(
                f"the table has no column {name!r}", where=where,
                hint=f"Its columns: {', '.join(columns)}.",
            )  # fmt: skip
    return [
        _check_plan(_in_standard(_plan_of(name, told.get(name), standard), standard), where)
        for name in columns
    ]


@cache
def usual() -> Mapping[str, Any]:
    """What is done with a column that nobody planned, by its name: roles.toml."""
    text = (files("bearwitness.release.synthetic") / "roles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def coarsen(rows: Sequence[Mapping[str, str]], plans: Sequence[Plan], read: Read) -> list[Part]:
    """The parts to be measured. Raises DisclosureUnsafe for a column that would tell of persons,
    InputError where no column is left."""
    parts: list[Part] = []
    for plan in plans:
        if plan.role != "left-out":
            cells = [row.get(plan.name, "").strip() for row in rows]
            parts += _parts_of(plan, cells, read)
    if not parts:
        raise InputError(
            "no column is left to make synthetic cases of",
            hint="Give [columns.NAME] a role other than left-out.",
        )
    return parts


def band_labels(bands: Sequence[int]) -> tuple[str, ...]:
    """under 18, 18-24, 25-34, 35 and over."""
    between = [f"{low}-{high - 1}" for low, high in pairwise(bands)]
    return (f"under {bands[0]}", *between, f"{bands[-1]} and over")


def band_of(text: str, bands: Sequence[int]) -> str:
    """The label of the band that holds a number; NOT_STATED for what is none."""
    if not _NUMBER.fullmatch(text):
        return NOT_STATED
    number = float(text.replace(",", "."))
    return band_labels(bands)[sum(number >= low for low in bands)]


def _in_standard(plan: Plan, standard: Mapping[str, tuple[str, ...]]) -> Plan:
    if plan.name not in standard:
        return plan
    return replace(plan, htcds=plan.name, values=plan.values or standard[plan.name])


def _plan_of(name: str, told: Any, standard: Mapping[str, tuple[str, ...]]) -> Plan:
    if told is not None:
        unknown = sorted(set(told) - _KEYS)
        if unknown:
            raise InputError(
                f"[columns.{name}] unknown key {unknown[0]!r}",
                hint=f"Known here: {', '.join(sorted(_KEYS))}.",
            )
        as_is: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in told.items()}
        return Plan(name=name, **as_is)
    if name in usual()["columns"]:
        return _plan_of(name, usual()["columns"][name], standard)
    if name in standard:
        return Plan(name=name, role="left-out")
    words = set(re.split(r"[\W_]+", name.casefold()))
    if words & set(usual()["left-out-words"]):
        return Plan(name=name, role="left-out")
    return Plan(name=name)


def _check_plan(plan: Plan, where: str) -> Plan:
    place = f"[columns.{plan.name}]"
    for key, value, known in (("role", plan.role, ROLES), ("kind", plan.kind, KINDS)):
        if value not in known:
            raise InputError(
                f"{place} {key} {value!r} is none", where=where, hint=f"Known: {', '.join(known)}."
            )
    if plan.role == "left-out":
        return plan
    if plan.kind in ("number", "year") and not plan.bands:
        raise InputError(
            f"{place} a column of numbers needs bands", where=where,
            hint="Write the lower end of each: bands = [18, 25, 35, 50]. Choose them without "
            "looking at the people.",
        )  # fmt: skip
    if list(plan.bands) != sorted(set(plan.bands)):
        raise InputError(f"{place} bands should rise", where=where)
    if plan.kind == "several" and not plan.values:
        raise InputError(
            f"{place} a column that holds several values needs them named", where=where,
            hint='Write values = ["...", "..."]; each becomes a yes or no.',
        )  # fmt: skip
    return plan


def _parts_of(plan: Plan, cells: Sequence[str], read: Read) -> list[Part]:
    if plan.kind == "several":
        held = [{part.strip() for part in re.split(r"[;|\n]", cell)} for cell in cells]
        return [
            Part(plan=plan, name=f"{plan.name}={value}", values=(NO, YES),
                 cells=tuple(YES if value in has else NO for has in held))
            for value in plan.values
        ]  # fmt: skip
    if plan.bands:
        texts = [read(cell, plan) if plan.kind == "year" else cell for cell in cells]
        return [_declared(plan, band_labels(plan.bands), [band_of(t, plan.bands) for t in texts])]
    if plan.kind in ("place", "sex"):
        return [_declared(plan, plan.values, [read(cell, plan) for cell in cells])]
    if plan.values:
        known = set(plan.values)
        texts = [c if c in known or not c else OTHER for c in cells]
        return [_declared(plan, (*plan.values, OTHER), texts)]
    _check_category(plan, cells)
    return [Part(plan=plan, name=plan.name, values=(),
                 cells=tuple(cell or NOT_STATED for cell in cells))]  # fmt: skip


def _declared(plan: Plan, values: Sequence[str], cells: Sequence[str]) -> Part:
    domain = tuple(dict.fromkeys((*values, NOT_STATED)))
    return Part(
        plan=plan, name=plan.name, values=domain,
        cells=tuple(cell if cell in domain else NOT_STATED for cell in cells),
    )  # fmt: skip


def _check_category(plan: Plan, cells: Sequence[str]) -> None:
    """A column without declared values has to look like a category, and like no person."""
    counts = Counter(cell for cell in cells if cell)
    where = f"column {plan.name}"
    out = f'Leave it out: [columns.{plan.name}] role = "left-out".'
    if len(counts) > 2 and len(counts) == counts.total():
        raise DisclosureUnsafe(
            "it holds as many values as rows: it tells persons apart", where=where, hint=out
        )
    if any(len(value) > LONGEST_VALUE for value in counts):
        raise DisclosureUnsafe("it holds words, which can name people", where=where, hint=out)
    if len(counts) > MOST_VALUES or (
        len(counts) > 15 and all(_NUMBER.fullmatch(value) for value in counts)
    ):
        raise DisclosureUnsafe(
            f"it holds {len(counts)} different values, too many for a category", where=where,
            hint=f'{out} Or coarsen it: kind = "number" with bands, kind = "place" with a level.',
        )  # fmt: skip
