"""Figures of days: what followed what, how long it took, before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from bearwitness.errors import EstimateRefused
from bearwitness.pipeline.figures.counted import Rows, caveats, days_of, rows_of
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
from bearwitness.release.figures import (
    Declaration,
    Leaf,
    show_number,
    show_with_unit,
    step_of,
    tell,
)
from bearwitness.release.figures.comparison import Delayed, Span, compare_rates, with_delay
from bearwitness.release.figures.intervals import quantile_of
from bearwitness.release.figures.sequences import (
    FAR_OFF,
    LONG_AGO,
    Dated,
    days_between,
    followed_within,
    widened,
)
from bearwitness.release.figures.spreads import Uniform

_WITHIN = re.compile(r"(\d+) (day|week|month|year)s?")
_LENGTHS = {"day": 1, "week": 7, "month": 31, "year": 366}  # the longest that there are
_PRECISE = 62  # days; an act whose day is known less well says nothing about delay


def make_sequence_share(given: Given, one: Declaration) -> Made:
    """Of the people who went through `first`, those for whom `then` followed in time."""
    rows, rules = rows_of(given, one), given.rules
    masks = [_mask(rows, one, one.told[key]) for key in ("first", "then")]
    first, then = (_acts(given, one, mask) for mask in masks)
    followed = followed_within(first, then, _days_within(one))
    found = widened(followed, threshold=rules.threshold, rounding=rules.rounding)
    if found is None:
        return withheld(given, one, "ACTS")
    low, high, base = found
    figure = start(
        given, one,
        unit=one.get("unit", "percent"), value=None, lower=100 * low, upper=100 * high, step=1.0,
        method=tell("method_sequence", first=_named(one, "first"), then=_named(one, "then"),
                    within=one.get("within")),
        base=tell("base_of", n=lambda language: show_with_unit(base, "person", language=language)),
        provenance=provenance(given, "ACTS"),
        caveats=(tell("undated"), *caveats(given)),
        recipe=recipe(bounds=[low, high], base=base, first=one.get("first"), then=one.get("then"),
                      within=one.get("within")),
    )  # fmt: skip
    return Made(
        figure=figure,
        leaf=Leaf(key=one.id, spread=Uniform(low, high)),
        rows=rows.keys_of(masks[0] | masks[1]),
        groups=(rows.group(masks[0]),),
    )


def make_quantile(given: Given, one: Declaration) -> Made:
    """A quantile of a year of birth, or of the days from one act to the next."""
    chance, level = float(one.get("quantile", 0.5)), one.get("level", 0.95)
    if not 0 < chance < 1:
        raise one.wrong("quantile lies between 0 and 1", "Write 0.5 for the median.")
    least, most, table = _values(given, one)
    if min(chance, 1 - chance) * len(least) < given.rules.threshold:
        return withheld(given, one, table)
    low, high = (quantile_of(values, chance, level=level) for values in (least, most))
    value = low.value if low.value == high.value else None
    count = round_count(len(least), given.rules.rounding)
    figure = start(
        given, one,
        unit=one.get("unit", "year" if table == "MEMBERS" else "day"),
        value=value, lower=low.lower, upper=high.upper, level=level,
        method=tell("method_quantile", quantile=f"{chance:g}", level=f"{100 * level:g}"),
        base=tell("base_of", n=lambda lang: show_with_unit(count, "person", language=lang)),
        provenance=provenance(given, table), caveats=caveats(given),
    )  # fmt: skip
    return Made(figure=figure, no_part="a quantile cannot be a part of a formula")


def make_before_after(given: Given, one: Declaration) -> Made:
    """How many times as many acts a day after a date as before it, with what delay does to it."""
    rows, rules = rows_of(given, one), given.rules
    mask = rows.mask(one.get("of", {}) | one.get("where", {}), one.where)
    acts = needs(one, given.acts, "a table of acts: [acts]")
    span = _span(given, one)
    inside = [mask & (acts.first >= a) & (acts.last <= b) for a, b in (span.before, span.after)]
    counts = [int(side.sum()) for side in inside]
    if min(counts) < rules.threshold and not rules.is_waived:
        return withheld(given, one, "ACTS")
    shown = tuple(float(round_count(n, rules.rounding)) for n in counts)
    level = one.get("level", 0.95)
    months = tuple(_by_month(acts.first[s], ends) for s, ends in zip(inside, span, strict=True))
    found = compare_rates(
        (shown[0], shown[1]), span.days, by_month=(months[0], months[1]), level=level
    )
    told = [_delay(acts, mask, span, level)]
    if found.dispersion > 1:
        told.append(tell("over_dispersed", dispersion=f"{found.dispersion:.1f}"))
    figure = start(
        given, one,
        unit=one.get("unit", "times"), value=found.ratio, lower=found.lower, upper=found.upper,
        level=level, step=step_of(found.lower, found.upper or found.ratio),
        method=tell("method_before_after", level=f"{100 * level:g}", **span.named()),
        base=tell("base_of", n=lambda lang: show_with_unit(sum(shown), "act", language=lang)),
        provenance=provenance(given, "ACTS"),
        caveats=(*told, tell("undated"), *caveats(given)),
        recipe=recipe(before=shown[0], after=shown[1], days=list(span.days), level=level,
                      dispersion=found.dispersion),
    )  # fmt: skip
    return Made(
        figure=figure,
        no_part="a comparison cannot be a part of a formula",
        rows=rows.keys_of(inside[0] | inside[1]),
        groups=tuple(rows.group(side, "acts") for side in inside),
    )


def _mask(rows: Rows, one: Declaration, terms: Any) -> Any:
    return rows.mask(one.get("of", {}) | {"type": terms}, one.where)


def _acts(given: Given, one: Declaration, mask: Any) -> Dated:
    acts = needs(one, given.acts, "a table of acts: [acts]")
    return acts.dated(mask)  # type: ignore[no-any-return]


def _days_within(one: Declaration) -> int:
    found = _WITHIN.fullmatch(one.told["within"].strip())
    if not found:
        raise one.wrong("within cannot be read", 'Write "30 days", "1 month" or "2 years".')
    return int(found[1]) * _LENGTHS[found[2]]


def _named(one: Declaration, key: str) -> str:
    told = one.told[key]
    return told if isinstance(told, str) else " / ".join(told)


def _values(given: Given, one: Declaration) -> tuple[Any, Any, str]:
    column = one.get("of_column")
    if column == "days":
        for key in ("first", "then"):
            if key not in one.told:
                raise one.wrong(f"days need {key}", "Name both acts: first and then.")
        rows = rows_of(given, one)
        masks = [_mask(rows, one, one.told[key]) for key in ("first", "then")]
        return *days_between(*(_acts(given, one, mask) for mask in masks)), "ACTS"
    if column != "birth_year":
        raise one.wrong(f"there is no quantile of {column!r}", "Write birth_year or days.")
    members = needs(one, given.members, "lists of records: [[lists]]")
    ends: dict[str, tuple[int, int]] = {}
    rows = rows_of(given, _of_members(one))
    years = [members.column(f"birth_{end}").to_pylist() for end in ("earliest", "latest")]
    for person, low, high in zip(rows.people.tolist(), *years, strict=True):
        if low is None or high is None:
            continue
        known = ends.get(person)
        if known is None or high - low < known[1] - known[0]:
            ends[person] = (low, high)
    found = np.array(list(ends.values()), dtype=float).reshape(-1, 2)
    return found[:, 0], found[:, 1], "MEMBERS"


def _of_members(one: Declaration) -> Declaration:
    return Declaration(
        id=one.id, kind=one.kind, told=dict(one.told) | {"table": "members"}, words=one.words,
        where=one.where,
    )  # fmt: skip


def _span(given: Given, one: Declaration) -> Span:
    """The two periods. Where `before` is not stated it is as long as the one after."""
    cut, _ = days_of(one, one.told["at"])
    acts = needs(one, given.acts, "a table of acts: [acts]")
    seen = acts.recorded[acts.recorded < FAR_OFF]
    dated = acts.last[acts.last < FAR_OFF]
    end = int(max(seen.max() if len(seen) else 0, dated.max() if len(dated) else 0, cut))
    after = days_of(one, one.told["after"]) if "after" in one.told else (cut, end)
    length = after[1] - after[0] + 1
    before = days_of(one, one.told["before"]) if "before" in one.told else (cut - length, cut - 1)
    if before[1] >= after[0]:
        raise one.wrong("the period before ends after the other begins", "Correct the periods.")
    return Span(before, after, end)


def _by_month(days: Any, ends: tuple[int, int]) -> Any:
    whole = (ends[1] - ends[0] + 1) // 30
    inside = (days - ends[0]) // 30
    return np.bincount(inside[inside < whole], minlength=whole).astype(float)


def _delay(acts: Any, mask: Any, span: Span, level: float) -> Mapping[str, str]:
    precise = mask & (acts.first > LONG_AGO) & (acts.last - acts.first <= _PRECISE)
    known = precise & (acts.recorded < FAR_OFF)
    middles = (acts.first[known] + acts.last[known]) / 2
    try:
        found = with_delay(middles, acts.recorded[known], span=span, level=level)
    except EstimateRefused:
        return tell("delay_unknown")
    return _told_delay(found)


def _told_delay(found: Delayed) -> Mapping[str, str]:
    share = [show_number(100 * x) for x in found.share]
    ratio = [show_number(x, step=step_of(found.ratio[0], found.ratio[2])) for x in found.ratio]
    return tell(
        "delay_known",
        share=share[1], low=share[0], high=share[2],
        ratio=ratio[1], ratio_low=ratio[0], ratio_high=ratio[2],
    )  # fmt: skip
