"""Log-linear models of the counts of patterns: given, or chosen by the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import (
    Reals,
    Terms,
    active_cells,
    columns_of,
    names_of,
    overlaps,
    split_empty,
    terms_of,
)
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.existence import assess_terms
from bearwitness.estimation.fit import fit_poisson, log_unseen_error
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.intervals import bootstrap_interval, log_normal_interval, replicate
from bearwitness.estimation.selection import (
    Choices,
    choose_lowest_bic,
    choose_stepwise,
    hierarchical_models,
    rank_by_bic,
)
from bearwitness.estimation.verdicts import (
    MOST_FAILED,
    bound_below,
    caveats_of,
    judge_answer,
    judge_overlap,
    refuse,
)

INDEPENDENT = (
    "Being on one list says nothing about being on any other, and all people are equally likely "
    "to be on a given list."
)
NO_OTHER_INTERACTION = (
    "Lists depend on each other only through the interactions in the model, and people on no list "
    "follow the same model as people on some: nothing observed can test that."
)
GIVEN_MODEL = "the interval takes the model as given; it does not know that another might be right"

Choose = Callable[[Reals], Choices]


@dataclass(frozen=True, kw_only=True)
class Independence:
    """The log-linear model of main effects only (Fienberg 1972), with a log-normal interval."""

    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        return _fit_given(draft_estimate(self, "independence", seen, INDEPENDENT), seen, ())


@dataclass(frozen=True, kw_only=True)
class LogLinear:
    """A log-linear model with the interactions that you name, and all their parts.

    The interval is log-normal on the people on no list, from the Fisher information.
    """

    interactions: tuple[tuple[str, ...], ...] = ()
    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)
        given = tuple(tuple(names) for names in self.interactions)
        object.__setattr__(self, "interactions", given)

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "loglinear", seen, NO_OTHER_INTERACTION)
        return _fit_given(draft, seen, terms_of(self.interactions, seen.lists))

    def without(self, name: str) -> LogLinear:
        """The same without the interactions that `name` takes part in."""
        return replace(self, interactions=tuple(i for i in self.interactions if name not in i))


@dataclass(frozen=True, kw_only=True)
class Stepwise:
    """Pairs chosen forward, stepwise, by `p` (Chan, Silverman & Vincent 2021).

    The interval repeats the choice on every bootstrap replicate; `interval` is "bca" or
    "percentile".
    """

    p: float = 0.02
    interval: str = "bca"
    level: float = 0.95
    replicates: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)
        if not 0 <= self.p < 1:
            raise StudyInvalid("p should lie between 0 and 1", hint="Usual is 0.02.")

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "stepwise", seen, NO_OTHER_INTERACTION)
        early = judge_overlap(draft, seen)
        if early:
            return early
        size = len(seen.lists)
        return _fit_chosen(self, draft, seen, lambda many: choose_stepwise(size, many, p=self.p))


@dataclass(frozen=True, kw_only=True)
class Bic:
    """The hierarchical model with the lowest BIC (Silverman, Chan & Vincent 2024).

    `order` is the most lists in one interaction; None stands for all but one of up to four lists,
    and pairs for more. The interval repeats the choice on every bootstrap replicate, among the
    `top` best models of the table itself.
    """

    order: int | None = None
    top: int = 50
    interval: str = "bca"
    level: float = 0.95
    replicates: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)
        if self.top < 1 or (self.order is not None and self.order < 1):
            raise StudyInvalid("order and top should be 1 or more")

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "bic", seen, NO_OTHER_INTERACTION)
        early = judge_overlap(draft, seen)
        if early:
            return early
        size, people = len(seen.lists), float(seen.observed)
        order = self.order or (size - 1 if size <= 4 else 2)
        if size > 6 or (size == 6 and order > 2):
            return refuse(
                draft,
                f"{size} lists have too many models of this order to compare; choose stepwise",
            )
        models = hierarchical_models(size, order)
        ranked, _ = rank_by_bic(size, seen.counts[None, :], models, people=people, keep=self.top)
        best = tuple(models[place] for place in ranked[0])
        if not best:
            return refuse(draft, assess_terms(seen, ()).reason)
        if len(best) == self.top < len(models):
            caveat = f"replicates chose among the {len(best)} best of {len(models)} models"
            draft = replace(draft, caveats=(caveat,))
        return _fit_chosen(
            self, draft, seen, lambda many: choose_lowest_bic(size, many, best, people=people)
        )


def _fit_given(draft: Estimate, seen: Histories, terms: Terms) -> Estimate:
    early = judge_overlap(draft, seen)
    if early:
        return early
    draft = replace(draft, model=names_of(terms, seen.lists))
    verdict = assess_terms(seen, terms)
    if not verdict.usable:
        return refuse(draft, verdict.reason)
    size = len(seen.lists)
    shared = overlaps(seen.counts, terms, size)
    finite, empty = split_empty(terms, [t for t, n in zip(terms, shared, strict=True) if not n])
    columns = columns_of(size, finite)
    fits = fit_poisson(columns, seen.counts[None, :], active_cells(size, empty)[None, :])
    if not fits.converged[0]:
        return refuse(draft, "the fit did not settle")
    unseen = float(fits.unseen[0])
    error = log_unseen_error(columns, fits.fitted[0])
    interval = log_normal_interval(seen.observed, unseen, error, draft.level)
    answer = replace(
        draft,
        estimate=seen.observed + unseen,
        lower=interval.lower,
        upper=interval.upper,
        verdict=Verdict.ESTIMATE,
        caveats=(GIVEN_MODEL, *caveats_of(seen, terms)),
    )
    return judge_answer(answer)


def _fit_chosen(settings: Any, draft: Estimate, seen: Histories, choose: Choose) -> Estimate:
    point = choose(seen.counts[None, :])
    unseen, terms = float(point.unseen[0]), point.terms[0]
    verdict = assess_terms(seen, terms)
    if not verdict.usable:
        return refuse(draft, verdict.reason)
    draft = replace(draft, model=names_of(terms, seen.lists))
    drawn = replicate(
        seen,
        lambda many: many.sum(axis=1) + choose(many).unseen,
        count=settings.replicates,
        seed=settings.seed,
    )
    if drawn.failed > MOST_FAILED * settings.replicates:
        return bound_below(
            draft,
            f"{drawn.failed} of {settings.replicates} bootstrap replicates have no finite answer: "
            "the table hangs on a few people",
        )
    total = seen.observed + unseen
    interval = bootstrap_interval(total, drawn, level=settings.level, kind=settings.interval)
    answer = replace(
        draft,
        estimate=total,
        lower=interval.lower,
        upper=interval.upper,
        verdict=Verdict.ESTIMATE,
        caveats=(*draft.caveats, *caveats_of(seen, terms), *interval.caveats),
    )
    return judge_answer(answer)
