"""What if the assumption that nobody can test were wrong by so much? The total as it varies.

Nothing observed tells how many people are on no list. Every estimate fixes, in some way, the odds
ratio of all lists at once,

    ratio = m(0) x product of m(c) over even c / product of m(c) over odd c,

where m(c) is the expected count of people on exactly the lists of c, even and odd are by the
number of lists in c, and c = 0 is not among the even. With the counts of patterns as fitted, a
given ratio fixes the unseen: m(0) = ratio x odd / even (Aleshin-Guendel, Sadinle & Wakefield,
arXiv 2101.09304, on leaving the fit as it is and changing the assumption alone).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import EstimateRefused, StudyInvalid
from bearwitness.estimation.design import Reals
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import JOINER, Histories, pattern_of, read_histories
from bearwitness.estimation.pictures.curves import draw_sensitivity
from bearwitness.estimation.pictures.picture import Picture

# Methods whose models all lack the interaction of all lists. The intercept of such a model is the
# log of odd / even of its own fitted counts, so its ratio is 1, and the unseen is multiplied. With
# an interaction at minus infinity both products run to nothing and their ratio to the same limit.
NO_HIGHEST_INTERACTION = frozenset(
    {
        "lincoln-petersen",
        "chapman",
        "independence",
        "loglinear",
        "aic",
        "bic",
        "stepwise",
        "sparse-bayes",
        "decomposable",
    }
)
# In `details`: lower, estimate and upper of the unseen of a fit, were the ratio one.
AT_ONE = "unseen_at_odds_ratio_one"
ODDS_RATIOS = tuple(float(2 ** (step / 4)) for step in range(-8, 9))


@dataclass(frozen=True, kw_only=True)
class SensitivityCurve:
    """The total for each odds ratio, ascending; `lower` and `upper` are None without draws."""

    lists: tuple[str, ...]
    observed: int
    level: float
    odds_ratio: tuple[float, ...]
    estimate: tuple[float, ...]
    lower: tuple[float, ...] | None
    upper: tuple[float, ...] | None

    def to_table(self) -> pa.Table:
        """One row for each odds ratio: odds_ratio, estimate, lower, upper (people)."""
        none = [None] * len(self.odds_ratio)
        columns = {
            "odds_ratio": list(self.odds_ratio),
            "estimate": list(self.estimate),
            "lower": list(self.lower) if self.lower else none,
            "upper": list(self.upper) if self.upper else none,
        }
        return pa.table({n: pa.array(v, pa.float64()) for n, v in columns.items()})

    def plot(self) -> Picture:
        """The curve, with what twice and half the odds would mean in its words."""
        return draw_sensitivity(
            self.to_table(), observed=self.observed, level=self.level, meaning=self.summary()
        )

    def at(self, ratio: float) -> float:
        """The total at this odds ratio, within or beyond the curve."""
        unseen = (self.estimate[-1] - self.observed) / self.odds_ratio[-1]
        return self.observed + unseen * ratio

    def summary(self) -> str:
        """Two sentences in plain words: twice and half."""
        return (
            f"If {_meaning(self.lists, 'twice')}, the total would be about {self.at(2.0):,.0f} "
            f"instead of {self.at(1.0):,.0f}. If {_meaning(self.lists, 'half')}, it would be about "
            f"{self.at(0.5):,.0f}. Nothing observed tells which of these is so."
        )


def sensitivity_curve(
    histories: Any,
    estimate: Estimate,
    *,
    odds_ratios: Sequence[float] = ODDS_RATIOS,
    fitted: Mapping[str, Any] | None = None,
) -> SensitivityCurve:
    """The total as the odds ratio of all lists at once runs over `odds_ratios`.

    `histories` is the table of the estimate, or None. The people observed stay, and the unseen of
    the estimate and of both ends of its interval is multiplied. That is exact for models with
    ratio 1: errors of the log of the unseen, bootstrap replicates and posterior draws all keep
    their shape under a fixed factor.

    Other models (latent classes, the complete graph, curves other than Darroch's) imply a ratio of
    their own. For them give `fitted`: for each pattern (as in HISTORIES) the fitted count, or one
    for each posterior draw; an estimate that tells them in `details["fitted"]` needs only the
    table, and latent classes on few lists have gone through their draws themselves. The curve at 1
    is then what the same fit says under no highest-order interaction, not the estimate itself.

    Raises EstimateRefused where the estimate has no number or a fitted count is not positive;
    StudyInvalid where estimate and table do not belong together, or the method needs `fitted`.
    """
    if histories is None and fitted is not None:
        raise StudyInvalid("fitted counts need the table that they were fitted to")
    seen = None if histories is None else read_histories(histories)
    if seen is not None and estimate.input_digest != seen.input_digest:
        raise StudyInvalid("the estimate was not made from this table")
    ratios = _ratios(odds_ratios)
    if estimate.estimate is None:
        raise EstimateRefused("there is no estimate to vary", hint="; ".join(estimate.reasons))
    if fitted is None and seen is not None and not fixes_ratio_at_one(estimate):
        fitted = estimate.details.get("fitted")
    if seen is None or fitted is None:
        ends = _unseen_of(estimate)
    else:
        ends = _unseen_from(seen, fitted, estimate.level)
    curves = [tuple(estimate.observed + ratio * end for ratio in ratios) for end in ends]
    return SensitivityCurve(
        lists=tuple(sorted(estimate.lists)),
        observed=estimate.observed,
        level=estimate.level,
        odds_ratio=ratios,
        estimate=curves[0],
        lower=curves[1] if len(curves) > 1 else None,
        upper=curves[2] if len(curves) > 1 else None,
    )


def _ratios(given: Sequence[float]) -> tuple[float, ...]:
    ratios = tuple(sorted(float(ratio) for ratio in given))
    if not ratios or not 0 < ratios[0] <= ratios[-1] < np.inf:
        raise StudyInvalid("odds ratios should be positive", hint="1 is the assumption itself.")
    return ratios


def unseen_without_highest(lists: int, fitted: Reals) -> Reals:
    """Odd over even products of `fitted` (... by 2**lists - 1 cells): the unseen at ratio 1."""
    sizes = np.bitwise_count(np.arange(1, 2**lists))
    return np.asarray(np.exp(np.log(fitted) @ np.where(sizes % 2, 1.0, -1.0)))


def fixes_ratio_at_one(estimate: Estimate) -> bool:
    """Whether the answer rests on an odds ratio of one of all lists at once.

    Of the curves for people who differ, Darroch's is a square: the alternating sum of j**2 times
    binomial coefficients is 0 for three lists or more, and the ratio 1. Two lists have one pair
    term, and sparse-bayes has it in; averaging over graphs may have let the complete one in.
    """
    told = estimate.settings
    if estimate.method == "heterogeneity":
        return told.get("model") in ("M0", "Mt") or told.get("curve") in (None, "darroch")
    if estimate.method == "decomposable" and told.get("saturated"):
        return False
    if estimate.method == "sparse-bayes" and len(estimate.lists) == 2:
        return False
    return estimate.method in NO_HIGHEST_INTERACTION


def can_be_varied(estimate: Estimate) -> bool:
    """Whether the estimate alone, without table or fitted counts, is enough for a curve."""
    return fixes_ratio_at_one(estimate) or AT_ONE in estimate.details


def _unseen_of(estimate: Estimate) -> list[float]:
    if told := estimate.details.get(AT_ONE):
        return [float(told[end]) for end in ("estimate", "lower", "upper")]
    if not fixes_ratio_at_one(estimate):
        raise StudyInvalid(
            f"{estimate.method} does not fix the odds ratio of all lists at one",
            hint="Give `fitted`, its fitted count for each pattern. For many lists with "
            "covariates, `vary_odds_ratio` does the same.",
        )
    ends = (estimate.estimate, estimate.lower, estimate.upper)
    return [end - estimate.observed for end in ends if end is not None]


def _unseen_from(seen: Histories, fitted: Mapping[str, Any], level: float) -> list[float]:
    patterns = [pattern_of(seen.lists, int(cell)) for cell in seen.cells]
    place = [frozenset(pattern.split(JOINER)) for pattern in patterns]
    given = {frozenset(pattern.split(JOINER)): value for pattern, value in fitted.items()}
    if set(given) != set(place):
        raise StudyInvalid("fitted should hold every pattern of the lists once, and no other")
    values = np.stack([np.atleast_1d(given[pattern]).astype(float) for pattern in place], axis=-1)
    if not (np.isfinite(values) & (values > 0)).all():
        raise EstimateRefused(
            "a pattern is fitted by nobody: the odds ratio of all lists is not defined"
        )
    unseen = unseen_without_highest(len(seen.lists), values)
    if len(unseen) == 1:
        return [float(unseen[0])]
    tail = (1 - level) / 2
    return [float(end) for end in np.quantile(unseen, [0.5, tail, 1 - tail])]


def _meaning(lists: tuple[str, ...], times: str) -> str:
    """What an odds ratio of two, or of a half, would say of these lists."""
    if len(lists) == 2:
        first, second = lists
        return (
            f"the odds of being on {second} were {times} as high for people on {first} as for "
            "people not on it"
        )
    if len(lists) == 3:
        first, second, third = lists
        return (
            f"the odds ratio between {first} and {second} were {times} as high among people whom "
            f"{third} missed as among people whom it holds"
        )
    return f"people on no list were {times} as many as the fitted patterns lead one to expect"
