"""Figures of people in all: counted on any list, on one list, estimated, unseen."""

from __future__ import annotations

from typing import Any

from bearwitness.errors import StudyInvalid
from bearwitness.estimation import Estimate, draws_of
from bearwitness.pipeline.figures.given import (
    Given,
    Made,
    needs,
    provenance,
    recipe,
    start,
    withheld,
)
from bearwitness.pipeline.obey import Stated, rounded_bound, show, state
from bearwitness.pipeline.strata import printable_strata
from bearwitness.release.figures import Declaration, Leaf, in_english, step_of, tell
from bearwitness.release.figures.spreads import Drawn, Known, Scaled


def make_observed(given: Given, one: Declaration) -> Made:
    """People on any list."""
    safe = needs(one, given.safe, "lists of people")
    base = in_english(f"{len(safe.list_totals)} lists")
    return _counted(given, one, safe.observed, ("on any list", base))


def make_list_total(given: Given, one: Declaration) -> Made:
    """People on one list."""
    safe = needs(one, given.safe, "lists of people")
    name = one.get("list")
    if name not in safe.list_totals:
        raise StudyInvalid(
            f"there is no list {name!r}",
            where=one.where,
            hint=f"Lists: {', '.join(safe.list_totals)}.",
        )
    return _counted(given, one, safe.list_totals[name], (f"all on {name}", in_english(name)))


def make_estimate(given: Given, one: Declaration) -> Made:
    """People in all, as the verdict lets it be stated."""
    estimate, stated = _stated(given, one)
    figure = _figure(given, one, estimate, stated)
    return Made(figure=figure, leaf=_leaf(given, estimate, stated), no_part=_why_no_part(stated))


def make_unseen(given: Given, one: Declaration) -> Made:
    """People on no list: the estimate as printed less the people observed as printed."""
    estimate, stated = _stated(given, one)
    observed = needs(one, given.safe, "lists of people").observed
    if observed is None:
        return withheld(given, one, "HISTORIES")
    value, lower, upper = (
        None if x is None else max(0.0, x - observed)
        for x in (stated.value, stated.lower, stated.upper)
    )
    if value is None and not lower:  # that nobody or more were missed is no news
        lower = None
    less = Stated(value=value, lower=lower, upper=upper, why=stated.why)
    leaf = _leaf(given, estimate, stated)
    if leaf is not None:
        spread = Scaled(leaf.spread, shift=-float(observed))
        leaf = Leaf(key=leaf.key, spread=spread, open_above=leaf.open_above)
    figure = _figure(given, one, estimate, less)
    return Made(figure=figure, leaf=leaf, no_part=_why_no_part(stated))


def find_estimate(given: Given, one: Declaration) -> Estimate:
    """The estimate that a figure names. Raises StudyInvalid where the study has none such."""
    answers = needs(one, given.answers, "lists of people")
    method, stratum = one.get("method", given.study.headline), one.get("stratum", "")
    every: tuple[Estimate, ...] = answers.every()
    for estimate in every:
        named = estimate.method == method or bool(stratum)
        if named and estimate.stratum == stratum:
            return estimate
    if stratum:
        known = sorted({e.stratum for e in every if e.stratum})
        raise StudyInvalid(
            f"there is no estimate of the stratum {stratum!r}",
            where=one.where,
            hint=f"Strata: {', '.join(known) or 'none: set [estimation] strata'}.",
        )
    raise StudyInvalid(
        f"the method {method!r} is not among [estimation] methods",
        where=one.where,
        hint="Add it to the methods, or name another.",
    )


def _counted(given: Given, one: Declaration, count: int | None, row: tuple[str, Any]) -> Made:
    if count is None:
        return withheld(given, one, "HISTORIES")
    figure = start(
        given, one, unit=one.get("unit", "people"),
        value=float(count), lower=None, upper=None, base=row[1],
        method=tell("method_count"), provenance=provenance(given, "HISTORIES"),
        recipe=recipe(table="histories.csv", row=row[0]),
    )  # fmt: skip
    return Made(figure=figure, leaf=Leaf(key=one.id, spread=Known(float(count))))


def _stated(given: Given, one: Declaration) -> tuple[Estimate, Stated]:
    estimate = find_estimate(given, one)
    safe, answers = given.safe, given.answers
    assert safe is not None and answers is not None  # noqa: S101 - find_estimate has seen them
    if estimate.stratum:
        return _stated_stratum(given, estimate)
    bound = rounded_bound(estimate, safe)
    return estimate, state(given.study, answers, bound, observed_shown=safe.observed is not None)


def _stated_stratum(given: Given, estimate: Estimate) -> tuple[Estimate, Stated]:
    """Of a stratum an estimate is stated or nothing: a bound would be the people observed."""
    answers = given.answers
    strata = answers.strata if answers else None
    printable = printable_strata(strata, given.rules) if strata else ()
    if estimate.stratum not in {e.stratum for e in printable}:
        return estimate, Stated(value=None, lower=None, upper=None, why="withheld: a small stratum")
    if answers and estimate.estimate is not None:
        whole = state(given.study, answers, estimate)
        if whole.value is not None:
            return estimate, whole
        return estimate, Stated(value=None, lower=None, upper=None, why=whole.why)
    return estimate, Stated(value=None, lower=None, upper=None, why=str(estimate.verdict))


def _figure(given: Given, one: Declaration, estimate: Estimate, stated: Stated) -> Any:
    lists = len(given.safe.list_totals) if given.safe else 0
    base = f"people observed on {lists} lists"
    if not estimate.stratum:
        base = f"{show(given.safe.observed if given.safe else None)} {base}"
    return start(
        given, one, unit=one.get("unit", "people"),
        value=stated.value, lower=stated.lower, upper=stated.upper, level=estimate.level,
        step=max(1.0, step_of(stated.lower, stated.upper)) if stated.value else 1.0,
        base=in_english(base),
        method=in_english(f"{_method(estimate)}. {stated.why}".rstrip(". ")),
        provenance=provenance(given, "HISTORIES", "ESTIMATES"),
    )  # fmt: skip


def _leaf(given: Given, estimate: Estimate, stated: Stated) -> Leaf | None:
    key = f"estimate:{estimate.method}:{estimate.stratum}"
    if stated.value is not None and estimate.estimate is not None:
        draws = draws_of(estimate, seed=given.study.seed)
        return Leaf(key=key, spread=Drawn(draws, estimate.estimate))
    if stated.lower is not None:
        return Leaf(key=key, spread=Known(stated.lower), open_above=True)
    return None


def _why_no_part(stated: Stated) -> str:
    return f"nothing can be stated of it: {stated.why}"


def _method(estimate: Estimate) -> str:
    terms = f", dependence between {', '.join(estimate.model)}" if estimate.model else ""
    interval = f"{100 * estimate.level:g} % bootstrap interval" if estimate.lower else "no interval"
    if estimate.estimate is None:
        interval = f"{estimate.verdict}: {'; '.join(estimate.reasons)}"
    return f"{estimate.method}{terms}; {interval}. {estimate.assumption.rstrip('.')}"
