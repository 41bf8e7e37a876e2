"""Two lists that are independent among people alike: the doubly robust estimate of the total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.covariates.learners import Labels, Learner
from bearwitness.estimation.covariates.people import People, cross_fit, read_people
from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.intervals import log_error, log_normal_interval
from bearwitness.estimation.verdicts import answer_with, bound_below, judge_overlap, refuse

GIVEN_COVARIATES = (
    "Among people with the same {covariates}, being on {first} says nothing about being on "
    "{second}, and everybody could have been on both."
)
FEWEST_IN_CLASS = 10  # people in each class that is learned: fewer cannot be spread over folds
MOST_BY_ONE = 0.05  # of the estimate
# A chance is not learned better than to about one over the root of the people who show it. Twice
# that would cost bias, and 0.005 whatever the table leaves single people with weights of hundreds
# (docs/explanation/methods/doubly-robust.md; the idea is of Gruber, Phillips, Lee & van der Laan
# 2022, for chances of being treated).
LEAST_CHANCE = 1.5  # over the root of the people with a pattern, of the pattern's share
MOST_BOUND = 0.05  # share of people whose chance met its bound: beyond it, a caveat


@dataclass(frozen=True, kw_only=True)
class RobustSettings:
    """What estimates from covariates have in common: what is known of people, how it is learned.

    Chances are learned on `folds` - 1 parts and used on the part left out; none that is divided by
    is taken below `bound`, or where that is None below 1.5 / root(m) of the share of the pattern
    that m people have. `learner` is LogitLearner unless you give an object with fit and
    predict_proba.
    """

    lists: tuple[str, ...]
    covariates: tuple[str, ...]
    learner: Learner | None = None
    folds: int = 5
    bound: float | None = None
    level: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)
        for name in ("lists", "covariates"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not 2 <= self.folds <= 50:
            raise StudyInvalid("folds should be from 2 to 50", hint="Usual is 5.")
        if self.bound is not None and not 0 < self.bound <= 0.1:
            raise StudyInvalid("bound should lie between 0 and 0.1", hint="None: by the table.")
        if self.learner is not None and not hasattr(self.learner, "predict_proba"):
            raise StudyInvalid(
                "a learner is an object with fit and predict_proba",
                hint="For example bearwitness.estimation.covariates.learners.LogitLearner().",
            )
        names = [*self.columns, *self.covariates]
        if len(set(names)) < len(names):
            raise StudyInvalid("a column is named twice among lists and covariates")

    @property
    def columns(self) -> tuple[str, ...]:
        """The lists to read."""
        return self.lists

    @property
    def known(self) -> str:
        """The covariates in words."""
        return ", ".join(self.covariates) or "covariates (none given)"

    def draft(self, method: str, people: People, assumption: str) -> Estimate:
        learner = type(self.learner).__name__ if self.learner else "LogitLearner"
        draft = draft_estimate(replace(self, learner=None), method, people.seen, assumption)
        return replace(
            draft, settings={**draft.settings, "learner": learner}, input_digest=people.digest
        )

    def learn(self, people: People, labels: Labels) -> Reals:
        """The chance of each class for every person."""
        return cross_fit(people, labels, learner=self.learner, folds=self.folds, seed=self.seed)

    def hold(self, chances: Reals, labels: Labels, patterns: Labels) -> tuple[Reals, float]:
        """The chances with none of `patterns` below its bound, and the share of people moved."""
        people = np.bincount(labels, minlength=chances.shape[1])[patterns]
        least = np.full(len(patterns), self.bound or 0.0)
        if self.bound is None:
            least = np.minimum(LEAST_CHANCE / np.sqrt(people), 1.0) * people / len(labels)
        held = chances.copy()
        held[:, patterns] = np.maximum(chances[:, patterns], least)
        return held, float((chances[:, patterns] < least).any(axis=1).mean())


@dataclass(frozen=True, kw_only=True)
class DoublyRobust(RobustSettings):
    """Das, Kennedy & Jewell (arXiv 2104.14091): person-level covariates for two lists.

    `fit` takes a table with one row a person (`read_people`), not HISTORIES. `others` are further
    lists that may hold people whom neither of the two holds. `bound` holds for the chance of being
    on both; the other settings are those of RobustSettings.
    """

    lists: tuple[str, str]
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.lists) != 2:
            raise StudyInvalid(
                "this method compares two lists",
                hint="Name the rest in `others`, or use ManyListsRobust.",
            )

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.lists, *self.others)

    def fit(self, people: Any) -> Estimate:
        """Estimate the total. Raises what `read_people` raises."""
        told = read_people(people, self.columns, self.covariates)
        assumption = GIVEN_COVARIATES.format(
            covariates=self.known, first=self.lists[0], second=self.lists[1]
        )
        draft = self.draft("doubly-robust", told, assumption)
        # 0: on neither of the two; 1: on the first only; 2: on the second only; 3: on both.
        labels = told.flags[:, 0] + 2 * told.flags[:, 1]
        early = judge_overlap(draft, told.seen) or judge_classes(draft, labels, range(1, 4))
        if early:
            return early
        chances, bounded = self.hold(self.learn(told, labels), labels, np.array([3]))
        both = chances[:, 3]
        first, second = chances[:, 1] + both, chances[:, 2] + both
        terms = np.column_stack(
            [influence_of_pair(_flags_of(label), first, second, both) for label in range(4)]
        )
        versions = {
            "plug_in": float((first * second / both).sum()),
            "inverse_probability": float((first * second / both**2)[labels == 3].sum()),
        }
        return answer_robust(draft, Terms(terms, chances, labels), versions, bounded)


@dataclass(frozen=True)
class Terms:
    """How many people a person seen stands for: `values` (people by classes) for every class they
    might have been of, with the learned `chances` of each, and the classes they are of.
    """

    values: Reals
    chances: Reals
    labels: Labels

    @property
    def own(self) -> Reals:
        return np.asarray(self.values[np.arange(len(self.labels)), self.labels])

    @property
    def variance(self) -> float:
        """Of the sum over people: the larger of what they show and what their chances say.

        The variance among people is right whatever was learned, and small by accident where few
        people with a small chance of being on both happen to be: just then the total is too
        large. That given the covariates, by the learned chances, does not hang on who happened to
        be; it is wrong where they are.
        """
        chances = self.chances / self.chances.sum(axis=1, keepdims=True)
        middle = (chances * self.values).sum(axis=1)
        within = float((chances * (self.values - middle[:, None]) ** 2).sum())
        count = len(self.labels)
        return max(count * float(self.own.var()), within + count * float(middle.var()))


def _flags_of(label: int) -> Labels:
    return np.array([[label & 1, label >> 1]])


def influence_of_pair(flags: Labels, first: Reals, second: Reals, both: Reals) -> Reals:
    """How many people each person seen stands for; its mean over people is the total over n.

    One plus the unseen, q1 q2 / q12, with its efficient influence function added. The test of this
    module derives it again, as the derivative of the mean of q1 q2 / q12 in the distribution.
    """
    on_first, on_second = flags[:, 0], flags[:, 1]
    times = first * second / both
    return np.asarray(times * (on_first / first + on_second / second - on_first * on_second / both))


def every_pair(settings: DoublyRobust, people: Any) -> dict[str, Estimate]:
    """The answer for each pair of `lists` and `others`, as A:B. Pairs that differ much cannot all
    be independent given the covariates.
    """
    names = settings.columns
    answers = {}
    for first, second in combinations(sorted(names), 2):
        rest = tuple(name for name in names if name not in (first, second))
        pair = replace(settings, lists=(first, second), others=rest)
        answers[f"{first}:{second}"] = pair.fit(people)
    return answers


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
    draft: Estimate, terms: Terms, versions: dict[str, float], bounded: float
) -> Estimate:
    """The total is the sum of the terms over the people seen; `versions` are told beside it.

    Its variance has two parts: that of the terms, and that of how many were seen at all,
    N (N - n) / n.
    """
    influence = terms.own
    total, seen = float(influence.sum()), draft.observed
    draft = replace(draft, details={**versions, "bounded": bounded})
    if total <= seen:
        return refuse(draft, "the estimate is not larger than the people observed")
    variance = terms.variance + total * (total - seen) / seen
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
    details = {
        **draft.details,
        "doubly_robust": total,
        "standard_error": variance**0.5,
        "heaviest_person": heaviest,
    }
    return answer_with(draft, total, interval, caveats=tuple(caveats), details=details)
