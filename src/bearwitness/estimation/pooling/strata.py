"""Strata that add up: one joint posterior of all strata, whose sums are the totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import Reals
from bearwitness.estimation.draws import from_draws
from bearwitness.estimation.estimate import Estimate, Estimator
from bearwitness.estimation.histories import all_strata, read_histories
from bearwitness.estimation.pooling.agreement import Agreement, judge_sum
from bearwitness.estimation.pooling.answer import StrataAnswer
from bearwitness.estimation.pooling.labels import margins_of
from bearwitness.estimation.pooling.linkages import (
    MOST_WITHOUT,
    average_linkages,
    split_draws,
    split_variance,
)
from bearwitness.estimation.pooling.partial import EXCHANGEABLE
from bearwitness.estimation.pooling.worlds import Joint, Plan, draw_worlds
from bearwitness.estimation.verdicts import bound_below, refuse
from bearwitness.tables import HISTORIES, check, digest

LABELS_AT_RANDOM = (
    "Whose stratum is unknown belongs to the strata in the shares of those with the same pattern "
    "of lists whose stratum is known (labels missing at random, given the pattern)."
)


def fit_strata(
    estimator: Estimator,
    histories: Any,
    *,
    pool: bool = True,
    imputations: int = 20,
    seed: int = 1,
) -> StrataAnswer:
    """Estimate every stratum and their sum from one joint posterior.

    `histories` is HISTORIES with several strata, and with several draws of the linkage if there
    are; crossed strata are written f/2015. An empty stratum is an unknown label, and so is an empty
    part of one (f/): such people are allocated `imputations` times, by the shares of the strata
    among people with the same pattern, and estimated from each time (after Manrique-Vallier, Ball
    & Sulmont 2019). With `pool`, strata are partially pooled where three or more have an answer of
    their own; without, each stands alone. Raises StudyInvalid for fewer than two imputations.
    """
    if imputations < 2:
        raise StudyInvalid("imputations should be 2 or more", hint="Usual is 20.")
    table = check(histories, HISTORIES)
    together = all_strata(table)
    whole = replace(
        average_linkages(estimator, together, seed=seed), input_digest=digest(table, HISTORIES)
    )
    tables = [t for draw, t in split_draws(table) if draw > 0] or [split_draws(table)[0][1]]
    plan = Plan(estimator=estimator, pool=pool, seed=seed, lists=_shares(tables[0]))
    joint = draw_worlds(plan, tables, imputations)
    if len(joint.names) < 2:
        parts = tuple(replace(whole, stratum=name) for name in joint.names)
        return StrataAnswer(parts=parts, total=whole, whole=whole)
    return _put_together(joint, whole, pool)


def _shares(table: pa.Table) -> dict[str, float]:
    seen = read_histories(all_strata(table))
    return {name: float(seen.people[seen.holds(name)].sum()) / seen.observed for name in seen.lists}


def _put_together(joint: Joint, whole: Estimate, pool: bool) -> StrataAnswer:
    counts = _whole_people(joint.observed.mean(axis=1))
    carried = tuple(name for name in joint.names if _is_carried(joint, name))
    draft = _draft(joint, whole, pool and any(w.weights is not None for w in joint.worlds))
    parts = tuple(
        _part(joint, name, count, draft.assumption)
        for name, count in zip(joint.names, counts, strict=True)
    )
    margins = tuple(
        replace(
            _sum(replace(draft, stratum=name), joint, [joint.names.index(n) for n in of], parts)
        )
        for name, of in margins_of(joint.names).items()
    )
    total = _sum(draft, joint, range(len(parts)), parts)
    agreement = judge_sum(parts, total, whole, carried)
    return StrataAnswer(
        parts=parts,
        total=total,
        whole=whole,
        margins=margins,
        carried=carried,
        warnings=(*agreement.warnings, *_warnings(joint, parts, carried)),
        recommended=agreement.recommended,
        why=agreement.why,
        details=_details(joint, agreement),
    )


def _draft(joint: Joint, whole: Estimate, pooled: bool) -> Estimate:
    """The sum before it has a number."""
    assumption = whole.assumption + " Strata are estimated apart, and what each says is added up."
    assumption += f" {EXCHANGEABLE}" if pooled else ""
    assumption += f" {LABELS_AT_RANDOM}" if joint.unknown else ""
    settings = dict(whole.settings) | {"strata": len(joint.names), "pooled": pooled}
    if joint.unknown:
        settings["label_draws"] = len(joint.worlds)
    return replace(
        whole,
        method=f"{whole.method}, strata summed",
        assumption=assumption,
        settings=settings,
        model=(),
        reasons=(),
        caveats=(),
        details={},
    )


def _part(joint: Joint, name: str, observed: int, assumption: str) -> Estimate:
    place = joint.names.index(name)
    answers = joint.answers(name)
    draws = joint.totals[place]
    own = [a for a in answers if a.estimate is not None]
    first = replace((own or answers)[0], stratum=name, observed=observed)
    weight = _weight(joint, name)
    if np.isnan(draws).mean() > MOST_WITHOUT:
        reasons = dict.fromkeys(reason for a in answers for reason in a.reasons)
        bare = replace(first, reasons=(), draws=None, model=(), details={})
        if all(a.lower is None for a in answers):
            return refuse(bare, *reasons)
        lowest = min(a.lower for a in answers if a.lower is not None)
        return replace(bound_below(bare, *reasons), lower=max(lowest, float(observed)))
    if len(joint.worlds) == 1 and weight is None:
        return replace(first, draws=draws[None, :])
    caveats, details = dict.fromkeys(c for a in own for c in a.caveats), {}
    if weight is not None:
        details["pooled_weight"] = weight
    if not own:
        why = "; ".join(dict.fromkeys(reason for a in answers for reason in a.reasons))
        caveats[f"this stratum alone allows no estimate ({why}): the others carry it"] = None
    return from_draws(
        replace(
            first, assumption=assumption, reasons=(), model=first.model if len(answers) == 1 else ()
        ),
        draws[np.isfinite(draws)],
        caveats=tuple(caveats),
        details=details,
    )


def _sum(
    draft: Estimate, joint: Joint, places: Iterable[int], parts: tuple[Estimate, ...]
) -> Estimate:
    """The parts at `places` added up, draw by draw; a lower bound where one has no number."""
    places = list(places)
    draft = replace(draft, observed=sum(parts[place].observed for place in places))
    numbered = [place for place in places if parts[place].estimate is not None]
    bare = [place for place in places if parts[place].estimate is None]
    floor = sum(parts[place].lower or float(parts[place].observed) for place in bare)
    if not numbered and all(parts[place].lower is None for place in bare):
        return refuse(draft, "no stratum allows an estimate")
    drawn = joint.totals[numbered].sum(axis=0) if numbered else np.zeros(1)
    kept = np.isfinite(drawn)
    if bare:
        names = ", ".join(joint.names[place] for place in bare)
        lower = floor + float(np.quantile(drawn[kept], (1 - draft.level) / 2))
        bound = bound_below(
            draft, f"no estimate for {names}: people there are counted, not guessed"
        )
        return replace(bound, lower=max(lower, float(draft.observed)), draws=None)
    variance = _variance(drawn[kept], joint, kept)
    return from_draws(draft, drawn[kept], details={"variance": variance} if variance else {})


def _variance(drawn: Reals, joint: Joint, kept: Any) -> dict[str, float]:
    """The variance of a sum by where it comes from; empty for one linkage and no missing label."""
    if len(joint.worlds) == 1:
        return {}
    linkages = joint.linkage[kept]
    groups = [drawn[linkages == which] for which in np.unique(linkages)]
    if len(groups) > 1:
        each = min(len(group) for group in groups)
        return split_variance(np.stack([group[:each] for group in groups]))
    each = len(drawn) // len(joint.worlds)
    told = split_variance(drawn[: each * len(joint.worlds)].reshape(-1, each))
    return {
        "within_labels": told["within_linkage"],
        "between_labels": told["between_linkages"],
        "monte_carlo": told["monte_carlo"],
        "total": told["total"],
    }


def _is_carried(joint: Joint, name: str) -> bool:
    answers = joint.answers(name)
    bare = sum(a.estimate is None for a in answers)
    return _weight(joint, name) is not None and bare > len(answers) / 2


def _weight(joint: Joint, name: str) -> float | None:
    """How far pooling moved the stratum, 0 to 1, on average over worlds; None where it did not."""
    found = [
        world.weights[world.names.index(name)]
        for world in joint.worlds
        if world.weights is not None and name in world.names
    ]
    known = [weight for weight in found if not np.isnan(weight)]
    return float(np.mean(known)) if known else None


def _whole_people(means: Reals) -> list[int]:
    """Rounded to whole people so that the sum stays what it is (largest remainders go up)."""
    down = np.floor(means + 1e-9)
    left = round(float(means.sum() - down.sum()))
    up = np.argsort(down - means, kind="stable")[:left]
    down[up] += 1
    return [int(count) for count in down]


def _warnings(
    joint: Joint, parts: tuple[Estimate, ...], carried: tuple[str, ...]
) -> tuple[str, ...]:
    told = []
    if carried:
        told.append(
            f"{', '.join(carried)}: too few people or overlaps for an estimate of their own; what "
            "is printed for them is what the other strata make likely"
        )
    bare = [part.stratum for part in parts if part.estimate is None]
    if bare:
        told.append(f"{', '.join(bare)}: no estimate, so that the sum is a lower bound only")
    absent = {
        name: lists
        for world in joint.worlds
        for name, lists in zip(world.names, world.absent, strict=True)
        if lists
    }
    for name, lists in sorted(absent.items()):
        told.append(
            f"{name}: {', '.join(lists)} has nobody there, which is not chance: fewer lists "
            "reached this stratum, and its estimate rests on the others"
        )
    if joint.unknown:
        share = joint.unknown / joint.observed[:, 0].sum()
        told.append(
            f"{share:.1%} of the people observed have no known stratum; they were allocated as "
            "people with the same pattern of lists"
        )
    return tuple(told)


def _details(joint: Joint, agreement: Agreement) -> dict[str, Any]:
    spreads = [world.spread for world in joint.worlds if world.spread is not None]
    return {
        "agreement": dict(agreement.details),
        "unknown_labels": joint.unknown,
        "worlds": len(joint.worlds),
        "spread_between_strata": float(np.mean(spreads)) if spreads else None,
        "pooled_weights": {name: _weight(joint, name) for name in joint.names},
    }
