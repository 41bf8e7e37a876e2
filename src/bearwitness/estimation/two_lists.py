"""Two lists and their overlap: Lincoln-Petersen, and Chapman's correction for small samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.intervals import log_error, log_normal_interval
from bearwitness.estimation.verdicts import (
    answer_with,
    bound_below,
    caveats_of,
    judge_overlap,
    refuse,
)

INDEPENDENT = (
    "Being on one list says nothing about being on the other, and all people are equally likely "
    "to be on a given list."
)


@dataclass(frozen=True, kw_only=True)
class LincolnPetersen:
    """N = n1 n2 / m, with its usual large-sample variance (Seber 1982, chapter 3)."""

    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories)
        draft = draft_estimate(self, "lincoln-petersen", seen, INDEPENDENT)
        refused = _judge_table(draft, seen)
        if refused:
            return refused
        first, second, both = _sizes(seen)
        total = first * second / both
        variance = first * second * (first - both) * (second - both) / both**3
        return _answer(draft, seen, total, variance)


@dataclass(frozen=True, kw_only=True)
class Chapman:
    """N = (n1 + 1)(n2 + 1) / (m + 1) - 1 (Chapman 1951), with the variance of Seber (1970)."""

    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories)
        draft = draft_estimate(self, "chapman", seen, INDEPENDENT)
        refused = _judge_table(draft, seen)
        if refused:
            return refused
        first, second, both = _sizes(seen)
        more = (first + 1) * (second + 1)
        variance = more * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
        return _answer(draft, seen, more / (both + 1) - 1, variance)


def _judge_table(draft: Estimate, seen: Histories) -> Estimate | None:
    if len(seen.lists) > 2:
        return refuse(
            draft,
            f"this method compares two lists and the table has {len(seen.lists)}; choose stepwise, "
            "bic or independence, or merge lists",
        )
    early = judge_overlap(draft, seen)
    if early:
        return early
    first, second, both = _sizes(seen)
    if both == min(first, second):
        return bound_below(
            draft, "one list lies wholly within the other, so it found nobody that was missed"
        )
    return None


def _sizes(seen: Histories) -> tuple[float, float, float]:
    only_first, only_second, both = (float(count) for count in seen.counts)
    return only_first + both, only_second + both, both


def _answer(draft: Estimate, seen: Histories, total: float, variance: float) -> Estimate:
    unseen = total - draft.observed
    interval = log_normal_interval(draft.observed, unseen, log_error(unseen, variance), draft.level)
    return answer_with(draft, total, interval, caveats=caveats_of(seen, ()))
