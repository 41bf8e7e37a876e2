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
    AGAINST,
    NOT_FOUND,
    PEOPLE_DIFFER,
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
USUAL_CURVE = "darroch"  # the one between the other two
MODELS = ("M0", "Mt", "Mh", "Mth")

# Rules of this house.
# The most people on no list that a curve gives may be half as many again as the fewest. Beyond it
# the curve, which nobody can test, is the answer.
MOST_APART = 1.5
MOST_DOWN = -1.645  # standard errors that the curve may bend down by chance

LEAST_FIT = 0.05  # of the deviance's chance under the model: below it the model is seen to be wrong

ALIKE = "All people are equally likely to be on a given list, and lists are independent."
BY_A_CURVE = (
    "People differ in how easily they are found, in the one way that the curve {curve} says, on "
    "all lists alike; given how easily a person is found, lists are independent."
)
NO_FIT = (
    "the model does not describe the table: there is more in how the lists depend on each other "
    "than people who differ, so that Chao's lower bound is given"
)
NO_CURVE = (
    "nothing shows that people differ, and the answer is that of independent lists; people who "
    "differ in a way that these lists do not show would make it too low"
)
NOT_TESTABLE = (
    "which curve is right cannot be seen in any table: curves that fit alike give other totals "
    "(Link 2003)"
)


@dataclass(frozen=True, kw_only=True)
class Heterogeneity:
    """M0, Mt, Mh and Mth of Otis et al. (1978), as log-linear models (Cormack 1989).

    `model` is Mth unless told otherwise: lists unequal (t), people unequal (h). `curve` says how
    people differ, among those on no list too: "darroch" (a normal distribution of log odds), the
    one between, "poisson", which makes least of them, and "gamma", which makes most (Rivest &
    Baillargeon 2007). A curve that you name is your assumption, and answers by itself. Without one,
    darroch's answers where the three lie close; where they lie far apart, or the model is seen not
    to fit, the answer is Chao's lower bound, which needs no curve. A curve that bends down, by no
    more than chance, is taken as flat. `interval` is "wald", log-normal on the people on no list,
    or "profile". Three lists or more for Mh and Mth; up to 60.
    """

    model: str = "Mth"
    curve: str | None = None
    interval: str = "wald"
    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)
        if self.model not in MODELS:
            raise StudyInvalid(f"there is no model {self.model!r}", hint=", ".join(MODELS))
        if self.curve not in (None, *CURVES):
            raise StudyInvalid(f"there is no curve {self.curve!r}", hint=", ".join(CURVES))

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        curved = self.model in ("Mh", "Mth")
        assumes = BY_A_CURVE.format(curve=self._curve) if curved else ALIKE
        draft = draft_estimate(self, "heterogeneity", seen, assumes)
        early = judge_overlap(draft, seen)
        if not early and curved and len(seen.lists) < 3:
            early = refuse(draft, "two lists cannot show that people differ; choose chapman")
        if early:
            return early
        curve = curve_of(len(seen.lists), self._curve if curved else None)
        if not has_finite_maximum(seen, curve, lists_alike=self.lists_alike):
            return refuse(draft, NOT_FOUND)
        fit = fit_closed(seen, curve, lists_alike=self.lists_alike)
        if not fit.converged:
            return refuse(draft, "the fit did not settle")
        draft = replace(draft, details=_fit_told(seen, fit))
        if not curved:
            return self._answer(draft, seen, fit, curve)
        draft = replace(draft, details={**draft.details, **self._curve_told(seen, fit)})
        if fit.parameters[-1] < 0:
            return self._flat(draft, seen, fit)
        return self._judge_curve(draft, seen) or self._answer(draft, seen, fit, curve)

    @property
    def lists_alike(self) -> bool:
        return self.model in ("M0", "Mh")

    @property
    def _curve(self) -> str:
        return self.curve or USUAL_CURVE

    def _flat(self, draft: Estimate, seen: Histories, bent: ClosedFit) -> Estimate:
        """People cannot differ by less than not at all: the curve at its end is no curve.

        The interval reaches as high as the fit with the curve free says.
        """
        if draft.details["curve_in_errors"] < MOST_DOWN:
            return refuse(
                draft,
                "the curve came out bending down, as if people differed by less than not at all: "
                "lists avoid each other, and this method has no room for that",
            )
        fit = fit_closed(seen, curve_of(len(seen.lists), None), lists_alike=self.lists_alike)
        told = {**draft.details, **_fit_told(seen, fit)}
        if told["chance_of_deviance"] < LEAST_FIT:
            return self._bound(replace(draft, details=told), seen, NO_FIT)
        plain, free = _wald(fit, self.level), _wald(bent, self.level)
        return answer_with(
            replace(draft, details=told),
            seen.observed + fit.unseen,
            Interval(lower=plain.lower, upper=max(plain.upper, free.upper)),
            caveats=(NO_CURVE, *about_lists(seen)),
        )

    def _judge_curve(self, draft: Estimate, seen: Histories) -> Estimate | None:
        """A lower bound where the model is seen to be wrong, or the curve is the answer."""
        totals = draft.details["curves"].values()
        least, most = min(totals), max(totals)
        if draft.details["chance_of_deviance"] < LEAST_FIT:
            return self._bound(draft, seen, NO_FIT)
        if not self.curve and most - seen.observed > MOST_APART * (least - seen.observed):
            why = (
                f"curves that nothing observed can tell apart give totals from {least:,.0f} to "
                f"{most:,.0f}: the choice of curve would be the answer, so that Chao's lower "
                "bound, which needs no curve, is given"
            )
            return self._bound(draft, seen, why)
        return None

    def _curve_told(self, seen: Histories, fit: ClosedFit) -> dict[str, Any]:
        """How far the curve bends, and the total that each curve gives."""
        bend = float(fit.parameters[-1])
        fits = {
            name: fit_closed(seen, curve_of(len(seen.lists), name), lists_alike=self.lists_alike)
            for name in CURVES
        }
        return {
            "curve_parameter": bend,
            "curve_in_errors": bend / float(np.sqrt(fit.covariance[-1, -1])),
            "curves": {name: seen.observed + fit.unseen for name, fit in fits.items()},
        }

    def _bound(self, draft: Estimate, seen: Histories, why: str) -> Estimate:
        fit, _ = fit_lower_bound(seen, lists_alike=self.lists_alike)
        return bound_with(
            replace(draft, assumption=f"{PEOPLE_DIFFER} {CLOSED}"),
            seen.observed + fit.unseen,
            _wald(fit, self.level),
            why,
            caveats=(NOT_TESTABLE, AGAINST, *about_lists(seen)),
            details=draft.details,
        )

    def _answer(self, draft: Estimate, seen: Histories, fit: ClosedFit, curve: Reals) -> Estimate:
        interval = _wald(fit, self.level)
        if self.interval == "profile":
            matrix = closed_design(seen, seen.cells, curve, lists_alike=self.lists_alike)
            interval = profile_interval(matrix, seen.counts, unseen=fit.unseen, level=self.level)
            if not isfinite(interval.upper):
                return bound_below(draft, "the profile likelihood sets no upper end to the total")
        about = _about_curves(draft) if self.model in ("Mh", "Mth") else GIVEN_MODEL
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


def _about_curves(draft: Estimate) -> str:
    totals = ", ".join(f"{name} {total:,.0f}" for name, total in draft.details["curves"].items())
    return f"{NOT_TESTABLE}: {totals}"


def _wald(fit: ClosedFit, level: float) -> Interval:
    return log_normal_interval(fit.observed, fit.unseen, log_error(fit.unseen, fit.error**2), level)


def _fit_told(seen: Histories, fit: ClosedFit) -> dict[str, Any]:
    from scipy.special import chdtrc

    free = 2.0 ** len(seen.lists) - 1 - len(fit.parameters)
    return {
        "standard_error": fit.error,
        "deviance": fit.deviance,
        "parameters": len(fit.parameters),
        # Where patterns are sparse the deviance is smaller than chi-squared: sooner fine than not.
        "chance_of_deviance": float(chdtrc(free, fit.deviance)) if free else 1.0,
        "aic": fit.criterion(2.0),
        "bic": fit.criterion(float(np.log(fit.observed))),
    }
