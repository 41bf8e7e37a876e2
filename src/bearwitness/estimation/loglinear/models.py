"""Log-linear models of the counts of patterns: given, or chosen by the data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite, log
from typing import Any, ClassVar

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import (
    Flags,
    Reals,
    Terms,
    active_cells,
    columns_of,
    model_matrix,
    names_of,
    overlaps,
    split_empty,
    terms_of,
)
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.draws import share_between
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.intervals import (
    MOST_TIMES,
    bootstrap_interval,
    log_normal_interval,
    missing_for_bca,
    replicate,
)
from bearwitness.estimation.loglinear.criterion import (
    choose_lowest,
    rank_models,
    search_models,
)
from bearwitness.estimation.loglinear.existence import assess_terms
from bearwitness.estimation.loglinear.fit import Fits, fit_poisson, log_unseen_error
from bearwitness.estimation.loglinear.profile import profile_interval
from bearwitness.estimation.loglinear.selection import (
    Choices,
    choose_stepwise,
    hierarchical_models,
)
from bearwitness.estimation.verdicts import (
    MOST_FAILED,
    answer_with,
    bound_below,
    caveats_of,
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

MOST_LISTS_SEARCHED = 8

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

    def points(self, seen: Histories, tables: Reals) -> Reals:
        """The total of each of `tables` (tables by cells of `seen`), NaN where it has none."""
        return _totals(tables, lambda many: choose_lowest(len(seen.lists), many, ((),), penalty=0))


@dataclass(frozen=True, kw_only=True)
class LogLinear:
    """A log-linear model with the interactions that you name, and all their parts.

    `interval` is "wald", log-normal on the people on no list from the Fisher information, or
    "profile", by the profile likelihood of the total (Cormack 1992).
    """

    interactions: tuple[tuple[str, ...], ...] = ()
    interval: str = "wald"
    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)
        given = tuple(tuple(names) for names in self.interactions)
        object.__setattr__(self, "interactions", given)

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "loglinear", seen, NO_OTHER_INTERACTION)
        return _fit_given(draft, seen, terms_of(self.interactions, seen.lists))

    def points(self, seen: Histories, tables: Reals) -> Reals:
        """The total of each of `tables` (tables by cells of `seen`), NaN where it has none."""
        size, given = len(seen.lists), (terms_of(self.interactions, seen.lists),)
        return _totals(tables, lambda many: choose_lowest(size, many, given, penalty=0))

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
        if not 0 <= self.p <= 0.5:
            # At one half the tails of what is observed and of its opposite are equally likely.
            raise StudyInvalid("p should lie between 0 and 0.5", hint="Usual is 0.02.")

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "stepwise", seen, NO_OTHER_INTERACTION)
        early = judge_overlap(draft, seen)
        if early:
            return early
        size = len(seen.lists)
        return _fit_chosen(self, draft, seen, lambda many: choose_stepwise(size, many, p=self.p))

    def points(self, seen: Histories, tables: Reals) -> Reals:
        """The total of each of `tables` (tables by cells of `seen`), the choice made anew."""
        size = len(seen.lists)
        return _totals(tables, lambda many: choose_stepwise(size, many, p=self.p))


@dataclass(frozen=True, kw_only=True)
class _LowestCriterion(ABC):
    """What Bic and Aic have in common: all but the price of a parameter."""

    order: int | None = None
    top: int = 50
    interval: str = "bca"
    level: float = 0.95
    replicates: int = 1000
    seed: int = 1

    method: ClassVar[str]

    def __post_init__(self) -> None:
        check_settings(self)
        if self.top < 1 or (self.order is not None and self.order < 1):
            raise StudyInvalid("order and top should be 1 or more")

    @abstractmethod
    def penalty(self, people: int) -> float:
        """What each parameter costs, on the scale of -2 log likelihood."""

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, self.method, seen, NO_OTHER_INTERACTION)
        early = judge_overlap(draft, seen)
        if early:
            return early
        size, penalty = len(seen.lists), self.penalty(seen.observed)
        if size > MOST_LISTS_SEARCHED:
            return refuse(draft, f"{size} lists have too many models to compare; choose stepwise")
        models, caveats = self._candidates(seen, penalty)
        counts = seen.counts[None, :]
        ranked, _ = rank_models(size, counts, models, penalty=penalty, keep=self.top)
        best = tuple(models[place] for place in ranked[0])
        if not best:
            return refuse(draft, assess_terms(seen, ()).reason)
        if len(best) == self.top < len(models):
            caveats += (f"replicates chose among the {len(best)} best of {len(models)} models",)
        return _fit_chosen(
            self,
            replace(draft, caveats=caveats),
            seen,
            lambda many: choose_lowest(size, many, best, penalty=penalty),
        )

    def points(self, seen: Histories, tables: Reals) -> Reals:
        """The total of each of `tables` (tables by cells of `seen`), the choice made anew.

        The choice is among the `top` best models of the table of `seen`, as in the bootstrap.
        """
        size, penalty = len(seen.lists), self.penalty(seen.observed)
        models, _ = self._candidates(seen, penalty)
        ranked, _ = rank_models(size, seen.counts[None, :], models, penalty=penalty, keep=self.top)
        best = tuple(models[place] for place in ranked[0])
        if not best:
            return np.full(len(tables), np.nan)
        return _totals(tables, lambda many: choose_lowest(size, many, best, penalty=penalty))

    def _candidates(
        self, seen: Histories, penalty: float
    ) -> tuple[tuple[Terms, ...], tuple[str, ...]]:
        size = len(seen.lists)
        order = min(self.order or (size - 1 if size <= 4 else 2), max(size - 1, 1))
        if size <= 5 or (size == 6 and order <= 2):
            return hierarchical_models(size, order), ()
        models = search_models(size, seen.counts, order, penalty=penalty, width=self.top)
        return models, (
            f"the best model was looked for among {len(models)} that a search came upon; one that "
            "it did not meet may be better",
        )


@dataclass(frozen=True, kw_only=True)
class Bic(_LowestCriterion):
    """The hierarchical model with the lowest BIC (Silverman, Chan & Vincent 2024).

    `order` is the most lists in one interaction; None stands for all but one of up to four lists,
    and pairs for more. Up to five lists every model is compared, and every model of pairs for
    six; beyond that a beam search looks for the `top` best, up to 8 lists. The interval repeats
    the choice on every bootstrap replicate, among the `top` best models of the table itself.
    """

    method: ClassVar[str] = "bic"

    def penalty(self, people: int) -> float:
        return log(people)


@dataclass(frozen=True, kw_only=True)
class Aic(_LowestCriterion):
    """The hierarchical model with the lowest AIC (Akaike 1974): larger models than Bic chooses.

    The settings are those of Bic.
    """

    method: ClassVar[str] = "aic"

    def penalty(self, people: int) -> float:
        return 2.0


def _totals(tables: Reals, choose: Choose) -> Reals:
    return np.asarray(tables.sum(axis=1) + choose(tables).unseen)


def _fit_given(draft: Estimate, seen: Histories, terms: Terms) -> Estimate:
    early = judge_overlap(draft, seen)
    if early:
        return early
    draft = replace(draft, model=names_of(terms, seen.lists))
    verdict = assess_terms(seen, terms)
    if not verdict.usable:
        return refuse(draft, verdict.reason)
    finite, kept, fits = _fit_terms(seen, terms)
    if not fits.converged[0]:
        return refuse(draft, "the fit did not settle")
    unseen = float(fits.unseen[0])
    if draft.settings.get("interval") == "profile":
        matrix, counts = model_matrix(len(seen.lists), finite)[kept], seen.counts[kept]
        interval = profile_interval(matrix, counts, unseen=unseen, level=draft.level)
        if not isfinite(interval.upper):
            return bound_below(draft, "the profile likelihood sets no upper end to the total")
    else:
        error = log_unseen_error(columns_of(len(seen.lists), finite), fits.fitted[0])
        interval = log_normal_interval(seen.observed, unseen, error, draft.level)
    return answer_with(
        draft,
        seen.observed + unseen,
        interval,
        caveats=(GIVEN_MODEL, *caveats_of(seen, terms)),
        details={**interval.details, "interactions": _interactions(seen, terms, finite, fits)},
    )


def _fit_terms(seen: Histories, terms: Terms) -> tuple[Terms, Flags, Fits]:
    """The finite terms, the patterns kept, and the fit of one model to one table."""
    size = len(seen.lists)
    shared = overlaps(seen.counts, terms, size)
    finite, empty = split_empty(terms, [t for t, n in zip(terms, shared, strict=True) if not n])
    kept = active_cells(size, empty)
    return finite, kept, fit_poisson(columns_of(size, finite), seen.counts[None, :], kept[None, :])


def _fit_chosen(settings: Any, draft: Estimate, seen: Histories, choose: Choose) -> Estimate:
    point = choose(seen.counts[None, :])
    unseen, terms = float(point.unseen[0]), point.terms[0]
    verdict = assess_terms(seen, terms)
    if not verdict.usable:
        return refuse(draft, verdict.reason)
    draft = replace(draft, model=names_of(terms, seen.lists))
    total = seen.observed + unseen
    most, bca = MOST_TIMES * settings.replicates, settings.interval == "bca"
    models: dict[float, Terms] = {}

    def totals(many: Reals) -> Reals:
        choices = choose(many)
        found = many.sum(axis=1) + choices.unseen
        models.update(zip(found.tolist(), choices.terms, strict=True))
        return np.asarray(found)

    drawn = replicate(
        seen,
        totals,
        count=settings.replicates,
        seed=settings.seed,
        missing=missing_for_bca(total, level=settings.level, most=most if bca else 0),
    )
    count = len(drawn.bootstrap)
    if drawn.failed > MOST_FAILED * count:
        return bound_below(
            draft,
            f"{drawn.failed} of {count} bootstrap replicates have no finite answer: "
            "the table hangs on a few people",
        )
    interval = bootstrap_interval(total, drawn, level=settings.level, kind=settings.interval)
    finite, _, fits = _fit_terms(seen, terms)
    draws = drawn.bootstrap[np.isfinite(drawn.bootstrap)]
    share = share_between(draws, [models[x] for x in draws.tolist()])
    return answer_with(
        draft,
        total,
        interval,
        caveats=(*draft.caveats, *caveats_of(seen, terms), *interval.caveats),
        details={
            **interval.details,
            "share_between_models": share,
            "interactions": _interactions(seen, terms, finite, fits),
        },
        draws=draws[None, :],
    )


def _interactions(
    seen: Histories, terms: Terms, finite: Terms, fits: Fits
) -> dict[str, dict[str, float | None]]:
    """For each interaction its log odds ratio, None at minus infinity, and who carries it.

    `people` are those on all its lists, whatever others they are on.
    """
    size = len(seen.lists)
    columns = columns_of(size, finite).tolist()
    parameters = dict(zip(columns, fits.parameters[0].tolist(), strict=True))
    shared = overlaps(seen.counts, terms, size).tolist()
    return {
        names_of([term], seen.lists)[0]: {"log_odds_ratio": parameters.get(term), "people": people}
        for term, people in zip(terms, shared, strict=True)
    }
