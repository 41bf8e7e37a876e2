"""Sample coverage: how much of the population's capture probability do the lists hold?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.intervals import Interval, log_error, log_normal_interval
from bearwitness.estimation.verdicts import (
    MOST_PEOPLE,
    about_lists,
    bound_below,
    bound_with,
    judge_overlap,
    refuse,
)

DEPENDENCE = (
    "Dependence between lists, whether one leads to another or people differ, is carried by how "
    "each two go together; three or more together add nothing of their own."
)

ONLY_A_BOUND = (
    "what lists have in common because people differ is only partly seen, so that this method's "
    "one-step form is a lower bound where lists go together"
)

# Chao, Tsay, Lin, Shau & Chao (2001): below this coverage their estimator is not to be used, nor
# where its standard error is more than a third of it.
LOW_COVERAGE = 0.55
MOST_ERROR = 1 / 3

MOST_FAILED = 0.1  # share of replicates without an answer: our own rule


@dataclass(frozen=True, kw_only=True)
class SampleCoverage:
    """Chao & Tsay (1998); Chao, Tsay, Lin, Shau & Chao (2001). Three lists or more.

    The answer is a lower bound: the one-step form, which holds dependence down (section 4 of the
    second paper). The paper's full estimate is in `details["full"]`, which says whether
    its rule would have it used. We do not: where people differ much it has much
    coverage and is too low all the same. The standard error is from `replicates` populations of
    the estimated size drawn again, the interval log-normal. Up to 60 lists.
    """

    level: float = 0.95
    replicates: int = 1000
    seed: int = 1

    bound: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_settings(self)

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "sample-coverage", seen, DEPENDENCE)
        early = _judge_table(draft, seen)
        if early:
            return early
        coverage = _Coverage(seen)
        _, full, one_step = coverage.answer(seen.people)
        details = {**coverage.told(seen.people), "full": self._full(coverage, seen, full)}
        draft = replace(draft, caveats=about_lists(seen), details=details)
        if not np.isfinite(one_step) or one_step <= seen.observed:
            return bound_below(draft, "the bound falls below the people observed")
        if details["people_by_dependence"] < 0:
            return bound_below(
                draft,
                "the lists avoid each other on the whole, so that what this method gives is no "
                "lower bound",
            )
        error, failed = self._error(coverage, seen, one_step, which=2)
        if failed > MOST_FAILED:
            return bound_below(draft, "too many replicates have no answer")
        return bound_with(
            draft,
            one_step,
            _interval(seen, one_step, error, self.level),
            ONLY_A_BOUND,
            caveats=draft.caveats,
            details={**details, "standard_error": error},
        )

    def _full(self, coverage: _Coverage, seen: Histories, full: float) -> dict[str, Any] | None:
        """The paper's estimate with its interval, and whether the paper's rule would use it."""
        if not np.isfinite(full) or full <= seen.observed or full > MOST_PEOPLE:
            return None
        error, failed = self._error(coverage, seen, full, which=1)
        if not np.isfinite(error):
            return None
        interval = _interval(seen, full, error, self.level)
        share = coverage.answer(seen.people)[0]
        usable = share >= LOW_COVERAGE and error <= MOST_ERROR * full and failed <= MOST_FAILED
        return {
            "estimate": full,
            "lower": float(interval.lower),
            "upper": float(interval.upper),
            "standard_error": error,
            "usable": bool(usable),
        }

    def _error(
        self, coverage: _Coverage, seen: Histories, total: float, *, which: int
    ) -> tuple[float, float]:
        """The standard error of an answer over populations of `total` people, and what failed."""
        size = max(round(total), seen.observed)
        shares = np.append(seen.people, size - seen.observed) / size
        drawn = np.random.default_rng(self.seed).multinomial(size, shares, self.replicates)
        answers = coverage.answers(drawn[:, :-1].astype(float))[which]
        known = answers[np.isfinite(answers)]
        failed = 1 - len(known) / len(answers)
        return (float(np.std(known, ddof=1)) if len(known) > 1 else float("inf")), failed


class _Coverage:
    """The statistics of a table, each a sum over the patterns that somebody had."""

    def __init__(self, seen: Histories) -> None:
        lists = len(seen.lists)
        on = ((seen.patterns[:, None] >> np.arange(lists)) & 1).astype(float)
        number = on.sum(axis=1)
        self.lists, self.on = lists, on
        self.alone = on * (number == 1)[:, None]
        first, second = np.triu_indices(lists, 1)
        self.first, self.second = first, second
        self.both = on[:, first] * on[:, second]
        self.pair_only = self.both * (number == 2)[:, None]

    def answers(self, people: Reals) -> tuple[Reals, Reals, Reals]:
        """Coverage, the estimate and its one-step form (samples by patterns to one a sample).

        Chao & Tsay (1998), for lists 1 to t: with M_k the people on other lists than k, N times
        the coverage of k is M_k and a sum of weights times coefficients of covariation. A weight
        is the people on list i and on no other, k apart.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            on, alone, both = people @ self.on, people @ self.alone, people @ self.both
            pair_only = people @ self.pair_only
            share = 1 - (alone / on).mean(axis=1)
            seen = people.sum(axis=1) - alone.mean(axis=1)
            weights = alone[:, self.first] + alone[:, self.second] + 2 * pair_only
            ratio = both / (on[:, self.first] * on[:, self.second])
            full = (seen - weights.sum(axis=1) / self.lists) / (
                share - (weights * ratio).sum(axis=1) / self.lists
            )
            start = seen / share
            one_step = start
            for _ in range(2):
                covariation = one_step[:, None] * ratio - 1
                one_step = start + (weights * covariation).sum(axis=1) / (self.lists * share)
        return share, full, one_step

    def answer(self, people: Reals) -> tuple[float, float, float]:
        """The same for one table."""
        share, full, one_step = (float(values[0]) for values in self.answers(people[None, :]))
        return share, full, one_step

    def told(self, people: Reals) -> dict[str, Any]:
        """Coverage, and the people that dependence between lists adds; negative where it takes."""
        share, _, one_step = self.answer(people)
        without = float(people @ (1 - self.alone.mean(axis=1))) / share if share else float("nan")
        added = one_step - without
        return {
            "coverage": share,
            "people_by_dependence": added if np.isfinite(added) else None,
        }


def _judge_table(draft: Estimate, seen: Histories) -> Estimate | None:
    early = judge_overlap(draft, seen)
    if early:
        return early
    if len(seen.lists) < 3:
        return refuse(
            draft, "two lists cannot tell dependence; this method needs three. Choose chapman"
        )
    return None


def _interval(seen: Histories, total: float, error: float, level: float) -> Interval:
    unseen = total - seen.observed
    return log_normal_interval(seen.observed, unseen, log_error(unseen, error**2), level)
