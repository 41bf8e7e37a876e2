"""Chao's lower bound: at least so many people, however they differ in how easily they are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.intervals import log_error, log_normal_interval
from bearwitness.estimation.loglinear.margins import (
    AGAINST,
    NOT_FOUND,
    PEOPLE_DIFFER,
    ClosedFit,
    fit_lower_bound,
    has_finite_maximum,
)
from bearwitness.estimation.verdicts import about_lists, bound_below, bound_with, judge_overlap

ONLY_A_BOUND = (
    "this method gives a lower bound and nothing else: if people differ in how easily they are "
    "found, there are more of them than it says"
)


@dataclass(frozen=True, kw_only=True)
class Chao:
    """The lower bound of Chao (1987), for lists of unequal size as in Rivest & Baillargeon (2007).

    `lists_alike` is Chao's first form, which knows only how many people were on one list, on
    two, and so on: with one list to a person and two it is n + (k - 1) / k f1^2 / (2 f2). The
    answer is never an estimate. `lower` is the lower confidence limit of the bound, log-normal on
    the people unseen (Chao 1987); the bound itself is in `details["bound"]`. Up to 60 lists.
    """

    lists_alike: bool = False
    level: float = 0.95

    bound: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_settings(self)

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "chao", seen, PEOPLE_DIFFER)
        early = judge_overlap(draft, seen)
        if early:
            return early
        fit, curve = fit_lower_bound(seen, lists_alike=self.lists_alike)
        if not fit.converged or not has_finite_maximum(seen, curve, lists_alike=self.lists_alike):
            return bound_below(draft, NOT_FOUND)
        total = seen.observed + fit.unseen
        interval = log_normal_interval(
            seen.observed, fit.unseen, log_error(fit.unseen, fit.error**2), self.level
        )
        caveats = (AGAINST, *about_lists(seen))
        details = {"standard_error": fit.error, **_fit_told(seen, fit)}
        return bound_with(draft, total, interval, ONLY_A_BOUND, caveats=caveats, details=details)


def _fit_told(seen: Histories, fit: ClosedFit) -> dict[str, Any]:
    effects = 1 + (1 if fit.lists_alike else len(seen.lists))
    return {
        "deviance": fit.deviance,
        "parameters": len(fit.parameters),
        # How far the curve bends upwards: people differ, or lists go together.
        "bends": fit.parameters[effects:].tolist(),
    }
