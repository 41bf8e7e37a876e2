"""Do the parts and the whole agree? Where they do not, people of different strata differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bearwitness.estimation.draws import draws_of
from bearwitness.estimation.estimate import Estimate

# Rule of this house.
MOST_CARRIED_OF_TOTAL = 0.2  # share of the sum that may rest on carried strata, to recommend it

_SEED = 7919  # not the seed of either posterior


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Which of the sum and the whole to print, why, and what to be warned of."""

    recommended: str
    why: str
    warnings: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def judge_sum(
    parts: tuple[Estimate, ...], total: Estimate, whole: Estimate, carried: tuple[str, ...]
) -> Agreement:
    """Compare the sum of the strata with the answer without strata.

    Both are made from the same people, so they vary together. If people of all strata are missed
    alike, the whole is the more precise of the two and their difference varies no more than the sum
    does (Hausman 1978): a whole outside the interval of the sum is then rarer than the level says.
    """
    if total.estimate is None:
        has = whole.estimate is not None
        why = "not every stratum allows an estimate" if has else "neither has a number"
        return Agreement(recommended="whole" if has else "neither", why=why)
    if whole.estimate is None:
        why = "the strata have numbers and the whole has none; see why it has none"
        return Agreement(recommended="total", why=why)
    details = _compare(total, whole)
    heavy = sum(p.estimate or 0.0 for p in parts if p.stratum in carried) / total.estimate
    details["carried_share_of_total"] = heavy
    apart = not (total.lower or 0) <= whole.estimate <= (total.upper or np.inf)
    details["agree"] = not apart
    if not apart:
        if heavy > MOST_CARRIED_OF_TOTAL:
            why = f"{heavy:.0%} of the sum rests on strata that the others carry"
            return Agreement(recommended="whole", why=why, details=details)
        return Agreement(
            recommended="total",
            why="it agrees with the whole, and its parts add up to it",
            details=details,
        )
    return _apart(total, whole, heavy, details)


def _apart(total: Estimate, whole: Estimate, heavy: float, details: Mapping[str, Any]) -> Agreement:
    direction = "more" if (total.estimate or 0) > (whole.estimate or 0) else "fewer"
    warning = (
        f"parts and whole disagree: the strata add up to {total.estimate:,.0f} "
        f"({total.lower:,.0f} to {total.upper:,.0f}), {direction} people than the "
        f"{whole.estimate:,.0f} without strata; people of different strata are missed differently, "
        "so an answer that takes them as alike is wrong, and strata finer than these may move it "
        "further"
    )
    if heavy > MOST_CARRIED_OF_TOTAL:
        why = (
            f"they disagree, and {heavy:.0%} of the sum rests on strata that the others carry: use "
            "fewer, larger strata"
        )
        return Agreement(recommended="neither", why=why, warnings=(warning,), details=details)
    why = "they disagree, and only the sum allows for strata that are missed differently"
    return Agreement(recommended="total", why=why, warnings=(warning,), details=details)


def _compare(total: Estimate, whole: Estimate) -> dict[str, Any]:
    """How far apart they are, if they were independent, which understates it."""
    one, other = (draws_of(e, count=4000, seed=_SEED + i) for i, e in enumerate((total, whole)))
    above = float(np.mean(one > other) + np.mean(one == other) / 2)
    log_ratio = np.log(one) - np.log(other)
    return {
        "log_ratio": float(np.median(log_ratio)),
        "log_ratio_spread": float(log_ratio.std()),
        "tail_if_independent": 2 * min(above, 1 - above),
    }
