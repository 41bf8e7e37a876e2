"""Many lists and covariates: an assumption on some lists, among people whom the rest missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.covariates.doubly_robust import (
    RobustSettings,
    Terms,
    answer_robust,
    judge_classes,
)
from bearwitness.estimation.covariates.learners import Labels
from bearwitness.estimation.covariates.people import read_people
from bearwitness.estimation.design import Reals
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.verdicts import judge_overlap

AMONG_MISSED = (
    "Among people with the same {covariates}{whom}, the lists {among} have an interaction of all "
    "of them at once with odds ratio {ratio:g}, and every pattern of them is possible."
)


@dataclass(frozen=True, kw_only=True)
class ManyListsRobust(RobustSettings):
    """Dulce Rubio & Kennedy (arXiv 2407.03539): a log-linear assumption among the unobserved.

    Among people alike whom no list outside `among` holds, the highest interaction of the lists in
    `among` has the odds ratio `odds_ratio`, 1 for none. Two lists in `among` are then independent;
    all lists in `among` (the default, an empty tuple) is no highest-order interaction. No chance of
    a pattern is taken below `bound`; the other settings are those of RobustSettings.
    """

    among: tuple[str, ...] = ()
    odds_ratio: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "among", tuple(self.among) or self.lists)
        if len(self.among) < 2 or not set(self.among) <= set(self.lists):
            raise StudyInvalid("among should name two or more of the lists")
        if not 0 < self.odds_ratio < np.inf:
            raise StudyInvalid("odds_ratio should be positive", hint="1 is no interaction.")

    def fit(self, people: Any) -> Estimate:
        """Estimate the total. Raises what `read_people` raises."""
        told = read_people(people, self.lists, self.covariates)
        draft = self.draft("many-lists-robust", told, self._assumption())
        weights = [1 << self.among.index(n) if n in self.among else 0 for n in self.lists]
        outside = [place for place, name in enumerate(self.lists) if name not in self.among]
        missed = told.flags[:, outside].sum(axis=1) == 0
        # Class 0: on a list outside `among`; else the pattern of the lists in it, as bits.
        labels = np.where(missed, told.flags @ np.array(weights), 0)
        patterns = np.arange(1, 2 ** len(self.among))
        early = judge_overlap(draft, told.seen) or judge_classes(draft, labels, patterns)
        if early:
            return early
        chances, bounded = self.hold(self.learn(told, labels), labels, patterns)
        told_of = [
            influence_of_patterns(
                np.full(len(labels), label), chances[:, patterns], odds_ratio=self.odds_ratio
            )
            for label in range(len(patterns) + 1)
        ]
        terms = Terms(np.column_stack([values for values, _ in told_of]), chances, labels)
        versions = {"plug_in": float((1.0 + told_of[0][1]).sum())}
        return answer_robust(draft, terms, versions, bounded)

    def _assumption(self) -> str:
        rest = [name for name in self.lists if name not in self.among]
        return AMONG_MISSED.format(
            covariates=self.known,
            whom=f" whom {', '.join(rest)} missed" if rest else "",
            among=", ".join(self.among),
            ratio=self.odds_ratio,
        )


def influence_of_patterns(labels: Labels, held: Reals, *, odds_ratio: float) -> tuple[Reals, Reals]:
    """How many people each person seen stands for, and how many are missed for each seen alike.

    `held` is the chance of each pattern 1, 2, ... of the lists in `among` (people by patterns),
    `labels` each person's own, 0 where another list holds them. The second is the plug-in; the
    first has its efficient influence function added, which the test derives again.
    """
    patterns = np.arange(1, held.shape[1] + 1)
    signs = np.where(np.bitwise_count(patterns) % 2, 1.0, -1.0)
    unseen = odds_ratio * np.exp(np.log(held) @ signs)
    mine = labels[:, None] == patterns
    return 1.0 + unseen * ((mine / held) @ signs), unseen


def vary_odds_ratio(
    settings: ManyListsRobust, people: Any, ratios: Sequence[float] = (0.25, 0.5, 1.0, 2.0, 4.0)
) -> list[tuple[float, Estimate]]:
    """The answer as the odds ratio that nobody can observe takes each of `ratios`."""
    return [(ratio, replace(settings, odds_ratio=ratio).fit(people)) for ratio in ratios]
