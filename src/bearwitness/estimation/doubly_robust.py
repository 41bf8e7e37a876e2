"""Two lists that are independent among people alike: the doubly robust estimate of the total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.intervals import log_error, log_normal_interval
from bearwitness.estimation.learners import Learner
from bearwitness.estimation.people import People, cross_fit, read_people
from bearwitness.estimation.verdicts import bound_below, judge_answer, judge_overlap, refuse

GIVEN_COVARIATES = (
    "Among people with the same {covariates}, being on {first} says nothing about being on "
    "{second}, and everybody could have been on both."
)
FEWEST_IN_CLASS = 10  # people in each class that is learned: fewer cannot be spread over folds
MOST_BY_ONE = 0.05  # of the estimate
MOST_BOUND = 0.05  # share of people whose chance met its bound: beyond it, a caveat


@dataclass(frozen=True, kw_only=True)
class DoublyRobust:
    """Das, Kennedy & Jewell (arXiv 2104.14091): person-level covariates for two lists.

    `fit` takes a table with one row a person (`read_people`), not HISTORIES. `others` are further
    lists that may hold people whom neither of the two holds. Chances are learned on `folds` - 1
    parts and used on the part left out; no chance of being on both is taken below `bound`.
    `learner` is LogitLearner unless you give an object with fit and predict_proba.
    """

    lists: tuple[str, str]
    covariates: tuple[str, ...]
    others: tuple[str, ...] = ()
    learner: Learner | None = None
    folds: int = 5
    bound: float = 0.005
    level: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        check_robust_settings(self)
        if len(self.lists) != 2:
            raise StudyInvalid(
                "this method compares two lists",
                hint="Name the rest in `others`, or use ManyListsRobust.",
            )

    def fit(self, people: Any) -> Estimate:
        """Estimate the total. Raises what `read_people` raises."""
        told = read_people(people, [*self.lists, *self.others], self.covariates)
        names = ", ".join(self.covariates) or "covariates (none given)"
        assumption = GIVEN_COVARIATES.format(
            covariates=names, first=self.lists[0], second=self.lists[1]
        )
        draft = draft_robust(self, "doubly-robust", told, assumption)
        # 0: on neither of the two; 1: on the first only; 2: on the second only; 3: on both.
        labels = told.flags[:, 0] + 2 * told.flags[:, 1]
        early = judge_overlap(draft, told.seen) or judge_classes(draft, labels, range(1, 4))
        if early:
            return early
        chances = cross_fit(told, labels, learner=self.learner, folds=self.folds, seed=self.seed)
        both = np.maximum(chances[:, 3], self.bound)
        first, second = chances[:, 1] + both, chances[:, 2] + both
        on_first, on_second = told.flags[:, 0], told.flags[:, 1]
        times = first * second / both
        influence = times * (on_first / first + on_second / second - on_first * on_second / both)
        versions = {
            "plug_in": float(times.sum()),
            "inverse_probability": float((on_first * on_second * times / both).sum()),
        }
        bounded = float((chances[:, 3] < self.bound).mean())
        return answer_robust(draft, influence, versions, bounded)


def every_pair(settings: DoublyRobust, people: Any) -> dict[str, Estimate]:
    """The answer for each pair of `lists` and `others`, as A:B. Pairs that differ much cannot all
    be independent given the covariates.
    """
    names = [*settings.lists, *settings.others]
    answers = {}
    for first, second in combinations(sorted(names), 2):
        rest = tuple(name for name in names if name not in (first, second))
        pair = replace(settings, lists=(first, second), others=rest)
        answers[f"{first}:{second}"] = pair.fit(people)
    return answers


def check_robust_settings(settings: Any) -> None:
    """Raise StudyInvalid for a level, a number of folds, a bound or names out of range."""
    check_settings(settings)
    for name in ("lists", "covariates"):
        object.__setattr__(settings, name, tuple(getattr(settings, name)))
    if not 2 <= settings.folds <= 50:
        raise StudyInvalid("folds should be from 2 to 50", hint="Usual is 5.")
    if not 0 < settings.bound <= 0.1:
        raise StudyInvalid("bound should lie between 0 and 0.1", hint="Usual is 0.005.")
    names = [*settings.lists, *getattr(settings, "others", ()), *settings.covariates]
    if len(set(names)) < len(names):
        raise StudyInvalid("a column is named twice among lists and covariates")


def draft_robust(settings: Any, method: str, people: People, assumption: str) -> Estimate:
    learner = type(settings.learner).__name__ if settings.learner else "LogitLearner"
    draft = draft_estimate(replace(settings, learner=None), method, people.seen, assumption)
    return replace(
        draft, settings={**draft.settings, "learner": learner}, input_digest=people.digest
    )


def judge_classes(draft: Estimate, labels: Any, needed: Any) -> Estimate | None:
    """A lower bound where one of the classes that the answer divides by or into is nearly empty."""
    fewest = min(int((labels == label).sum()) for label in needed)
    if fewest >= FEWEST_IN_CLASS:
        return None
    return bound_below(
        draft,
        f"a pattern of lists that the answer rests on has fewer than {FEWEST_IN_CLASS} people: too "
        "few to learn their chances from covariates",
    )


def answer_robust(
    draft: Estimate, influence: Reals, versions: dict[str, float], bounded: float
) -> Estimate:
    """The total is the sum of `influence` over the people seen; `versions` are told beside it.

    Its variance has two parts: that of the influence, n var, and that of how many were seen at
    all, N (N - n) / n.
    """
    total, seen = float(influence.sum()), draft.observed
    draft = replace(draft, details={**versions, "bounded": bounded})
    if total <= seen:
        return refuse(draft, "the estimate is not larger than the people observed")
    variance = seen * float(influence.var()) + total * (total - seen) / seen
    interval = log_normal_interval(
        seen, total - seen, log_error(total - seen, variance), draft.level
    )
    caveats = []
    heaviest = float(np.abs(influence).max()) / total
    if heaviest > MOST_BY_ONE:
        caveats.append(f"one person carries {heaviest:.0%} of the estimate")
    if bounded > MOST_BOUND:
        caveats.append(
            f"for {bounded:.0%} of the people a learned chance lay below its bound, which "
            "then decides their weight"
        )
    answer = replace(
        draft,
        estimate=total,
        lower=interval.lower,
        upper=interval.upper,
        verdict=Verdict.ESTIMATE,
        caveats=tuple(caveats),
        details={
            **draft.details,
            "doubly_robust": total,
            "standard_error": variance**0.5,
            "heaviest_person": heaviest,
        },
    )
    return judge_answer(answer)
