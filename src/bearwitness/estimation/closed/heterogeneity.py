"""People who differ in how easily they are found: a curve over the number of lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import CLOSED, check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.intervals import Interval, log_error, log_normal_interval
from bearwitness.estimation.loglinear.margins import (
    NOT_FOUND,
    ClosedFit,
    closed_design,
    fit_closed,
    fit_lower_bound,
    has_finite_maximum,
)
from bearwitness.estimation.loglinear.models import GIVEN_MODEL
from bearwitness.estimation.loglinear.profile import profile_interval
from bearwitness.estimation.verdicts import (
    about_lists,
    answer_with,
    bound_below,
    bound_with,
    judge_overlap,
    refuse,
)

# Rivest & Baillargeon (2007), with the bases that their paper uses: each is 0 at no list.
CURVES: Mapping[str, Callable[[Reals], Reals]] = MappingProxyType(
    {
        "poisson": lambda number: 2.0**number - 1,
        "darroch": lambda number: number**2 / 2,
        "gamma": lambda number: np.log(3.5) - np.log(3.5 + number),
    }
)
MODELS = ("M0", "Mt", "Mh", "Mth")

# A rule of this house: the largest total that a curve gives may be half as much again as the
# smallest. Beyond it the curve, which nobody can test, is the answer.
MOST_APART = 1.5

ALIKE = "All people are equally likely to be on a given list, and lists are independent."
BY_A_CURVE = (
    "People differ in how easily they are found, in the one way that the curve {curve} says, on "
    "all lists alike; given how easily a person is found, lists are independent."
)
IN_ANY_WAY = (
    "People may differ in how easily they are found, in any way; given a person, being on one "
    "list says nothing about being on another. Then there are at least this many."
)
NOT_TESTABLE = (
    "which curve is right cannot be seen in any table: curves that fit alike give other totals "
    "(Link 2003); those of the three are in details"
)


@dataclass(frozen=True, kw_only=True)
class Heterogeneity:
    """M0, Mt, Mh and Mth of Otis et al. (1978), as log-linear models (Cormack 1989).

    `model` is Mth unless told otherwise: lists unequal (t), people unequal (h). `curve` says how
    people differ, among those on no list too: "darroch" (a normal distribution of log odds), the
    one between, "poisson", which makes least of them, and "gamma", which makes most (Rivest &
    Baillargeon 2007). Where the three curves lie far apart the answer is Chao's lower bound, which
    needs none. `interval` is "wald", log-normal on the people on no list, or "profile". Three
    lists or more for Mh and Mth; up to 60.
    """

    model: str = "Mth"
    curve: str = "darroch"
    interval: str = "wald"
    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)
        if self.model not in MODELS:
            raise StudyInvalid(f"there is no model {self.model!r}", hint=", ".join(MODELS))
        if self.curve not in CURVES:
            raise StudyInvalid(f"there is no curve {self.curve!r}", hint=", ".join(CURVES))

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        curved = self.model in ("Mh", "Mth")
        assumes = BY_A_CURVE.format(curve=self.curve) if curved else ALIKE
        draft = draft_estimate(self, "heterogeneity", seen, assumes)
        early = judge_overlap(draft, seen)
        if early:
            return early
        if curved and len(seen.lists) < 3:
            return refuse(draft, "two lists cannot show that people differ; choose chapman")
        curve = curve_of(len(seen.lists), self.curve if curved else None)
        if not has_finite_maximum(seen, curve, lists_alike=self.lists_alike):
            return refuse(draft, NOT_FOUND)
        fit = fit_closed(seen, curve, lists_alike=self.lists_alike)
        if not fit.converged:
            return refuse(draft, "the fit did not settle")
        draft = replace(draft, details=_fit_told(fit, curved))
        if curved:
            draft = replace(draft, details={**draft.details, "curves": self._of_each_curve(seen)})
        return self._judge_curve(draft, seen, fit) or self._answer(draft, seen, fit, curve)

    @property
    def lists_alike(self) -> bool:
        return self.model in ("M0", "Mh")

    def _judge_curve(self, draft: Estimate, seen: Histories, fit: ClosedFit) -> Estimate | None:
        """A refusal or a lower bound where the curve is not one, or is the answer; else None."""
        if self.model not in ("Mh", "Mth"):
            return None
        if fit.parameters[-1] < 0:
            return refuse(
                draft,
                "the curve came out bending down, as if people differed by less than not at all: "
                "lists avoid each other, and this method has no room for that",
            )
        totals = draft.details["curves"]
        if max(totals.values()) <= MOST_APART * min(totals.values()):
            return None
        return self._bound(draft, seen, totals)

    def _of_each_curve(self, seen: Histories) -> dict[str, float]:
        """The total that each curve gives."""
        fits = {
            name: fit_closed(seen, curve_of(len(seen.lists), name), lists_alike=self.lists_alike)
            for name in CURVES
        }
        return {name: seen.observed + fit.unseen for name, fit in fits.items()}

    def _bound(self, draft: Estimate, seen: Histories, totals: Mapping[str, float]) -> Estimate:
        fit, _ = fit_lower_bound(seen, lists_alike=self.lists_alike)
        least, most = min(totals.values()), max(totals.values())
        why = (
            f"curves that nothing observed can tell apart give totals from {least:,.0f} to "
            f"{most:,.0f}: the choice of curve would be the answer, so that Chao's lower bound, "
            "which needs no curve, is given"
        )
        return bound_with(
            replace(draft, assumption=f"{IN_ANY_WAY} {CLOSED}"),
            seen.observed + fit.unseen,
            _wald(fit, self.level),
            why,
            caveats=(NOT_TESTABLE, *about_lists(seen)),
            details=draft.details,
        )

    def _answer(self, draft: Estimate, seen: Histories, fit: ClosedFit, curve: Reals) -> Estimate:
        interval = _wald(fit, self.level)
        if self.interval == "profile":
            matrix = closed_design(seen, seen.cells, curve, lists_alike=self.lists_alike)
            interval = profile_interval(matrix, seen.counts, unseen=fit.unseen, level=self.level)
            if not isfinite(interval.upper):
                return bound_below(draft, "the profile likelihood sets no upper end to the total")
        about = NOT_TESTABLE if self.model in ("Mh", "Mth") else GIVEN_MODEL
        return answer_with(
            draft,
            seen.observed + fit.unseen,
            interval,
            caveats=(about, *about_lists(seen)),
            details={**draft.details, **interval.details},
        )


def curve_of(lists: int, name: str | None) -> Reals:
    """The curve at each number of lists from 0 on, as one column; none without a name."""
    number = np.arange(lists + 1.0)
    return CURVES[name](number)[:, None] if name else np.zeros((lists + 1, 0))


def _wald(fit: ClosedFit, level: float) -> Interval:
    return log_normal_interval(fit.observed, fit.unseen, log_error(fit.unseen, fit.error**2), level)


def _fit_told(fit: ClosedFit, curved: bool) -> dict[str, Any]:
    return {
        "standard_error": fit.error,
        "deviance": fit.deviance,
        "parameters": len(fit.parameters),
        "aic": fit.criterion(2.0),
        "bic": fit.criterion(float(np.log(fit.observed))),
        "curve_parameter": float(fit.parameters[-1]) if curved else None,
    }
