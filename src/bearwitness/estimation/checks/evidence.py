"""Everything that the verdict on a table looks at, gathered once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from bearwitness.errors import BearwitnessError
from bearwitness.estimation.checks.consistency import Consistency, internal_consistency
from bearwitness.estimation.checks.influence import Named, leave_one_list_out
from bearwitness.estimation.checks.misfit import chance_of_misfit
from bearwitness.estimation.checks.order import OrderTest, order_in_time
from bearwitness.estimation.checks.overlap import Overlap, Referral, look_at_lists
from bearwitness.estimation.draft import draft_estimate
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.registry import METHODS, make_estimator
from bearwitness.estimation.verdicts import refuse

Tell = Callable[[str], None]

# Families that make different assumptions, in the order in which they are shown.
FAMILIES = (
    "independence",
    "stepwise",
    "bic",
    "decomposable",
    "sparse-bayes",
    "latent-class",
    "heterogeneity",
    "sample-coverage",
)
FAMILIES_OF_TWO = ("chapman", "independence", "decomposable")
BOUND = "chao"
REPLICATES = 200  # enough to compare by; an estimate to be printed takes 1,000 or more
QUICK: Mapping[str, Mapping[str, Any]] = MappingProxyType({"latent-class": {"draws": 1000}})

MOST_LISTS_LEFT_OUT = 7  # beyond this many lists the omissions cost too much
_SEARCHING = frozenset({"stepwise", "bic", "aic", "sparse-bayes", "decomposable"})
_MOST_LISTS_SEARCHED = 8

# Methods that try each list as a known truth: closed form, so that it costs next to nothing.
KNOWN_BY = ("decomposable", "heterogeneity")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one table before a verdict.

    `answers` are of the families, `bound` is Chao's. `misfits` holds, for methods whose model can
    be tested, how likely so bad a fit is; `known` the internal consistency by method; `whole` and
    `without` the answer of averaging over graphs, with all lists and without each.
    """

    overlap: Overlap
    order: OrderTest
    answers: tuple[Estimate, ...]
    bound: Estimate
    misfits: Mapping[str, float] = field(default_factory=dict)
    known: tuple[Consistency, ...] = ()
    whole: Estimate | None = None
    without: tuple[Named, ...] = ()
    referrals: tuple[Referral, ...] = ()

    @property
    def lists(self) -> int:
        return len(self.overlap.lists)

    def answer(self, method: str) -> Estimate | None:
        return next((a for a in self.answers if a.method == method), None)


def gather(  # noqa: PLR0913 - what was asked, and what the user knows of the lists
    seen: Histories,
    *,
    methods: Sequence[str],
    referrals: tuple[Referral, ...],
    order: Sequence[str],
    settings: Mapping[str, Any],
    tell: Tell | None = None,
) -> Evidence:
    """Fit every method and run every check. `settings` are level, seed and replicates."""
    answers = []
    for name in methods:
        if tell:
            tell(f"comparing: {name}")
        answers.append(fit_quickly(name, seen, settings))
    if referrals and len(seen.lists) > 2:
        answers.append(_with_referrals(seen, answers, referrals, settings))
    if tell:
        tell("each list left out, and each as a known truth")
    whole, without, known = _by_lists(seen, answers, settings)
    return Evidence(
        overlap=look_at_lists(seen),
        order=order_in_time(seen, order=order),
        answers=tuple(answers),
        bound=fit_quickly(BOUND, seen, settings),
        misfits=_misfits(seen, answers),
        known=known,
        whole=whole,
        without=without,
        referrals=referrals,
    )


def suitable(seen: Histories) -> tuple[str, ...]:
    """The families to compare on this table, those that this installation has."""
    names: tuple[str, ...] = FAMILIES_OF_TWO if len(seen.lists) == 2 else FAMILIES
    if len(seen.lists) > _MOST_LISTS_SEARCHED:
        names = tuple(name for name in names if name not in _SEARCHING)
    return tuple(name for name in names if name in METHODS)


def fit_quickly(name: str, seen: Histories, settings: Mapping[str, Any], **more: Any) -> Estimate:
    """The method's answer with few replicates; a refusal in words where it raises one."""
    estimator = make_estimator(name, **settings, **QUICK.get(name, {}), **more)
    if hasattr(estimator, "interval") and hasattr(estimator, "replicates"):
        # A BCa limit would draw many more replicates than asked for.
        estimator = replace(estimator, interval="percentile")
    try:
        answer: Estimate = estimator.fit(seen)
    except BearwitnessError as error:
        draft = draft_estimate(estimator, name, seen, "Not fitted.")
        return refuse(draft, f"{error}. {error.hint}".rstrip(". "))
    return answer


def _by_lists(
    seen: Histories, answers: Sequence[Estimate], settings: Mapping[str, Any]
) -> tuple[Estimate | None, tuple[Named, ...], tuple[Consistency, ...]]:
    if not 3 <= len(seen.lists) <= MOST_LISTS_LEFT_OUT:
        return None, (), ()
    graphs = make_estimator("decomposable", **settings)
    whole = next((a for a in answers if a.method == "decomposable"), None) or graphs.fit(seen)
    known = [
        internal_consistency(make_estimator(name, **settings), seen)
        for name in KNOWN_BY
        if name in METHODS
    ]
    return whole, tuple(leave_one_list_out(graphs, seen)), tuple(known)


def _misfits(seen: Histories, answers: Sequence[Estimate]) -> dict[str, float]:
    found = {a.method: chance_of_misfit(seen, a) for a in answers if a.estimate is not None}
    return {method: chance for method, chance in found.items() if chance is not None}


def _with_referrals(
    seen: Histories,
    answers: Sequence[Estimate],
    referrals: tuple[Referral, ...],
    settings: Mapping[str, Any],
) -> Estimate:
    """The log-linear model with the stated pairs, besides those that stepwise choice finds."""
    chosen = next((a.model for a in answers if a.method == "stepwise"), ())
    pairs = {tuple(sorted(pair)) for pair in referrals}
    pairs |= {tuple(sorted(name.split(":"))) for name in chosen}
    return fit_quickly("loglinear", seen, settings, interactions=tuple(sorted(pairs)))


def is_answered(answer: Estimate) -> bool:
    return answer.verdict is Verdict.ESTIMATE


def gives_bounds(method: str) -> bool:
    """Whether the method gives lower bounds and never an estimate."""
    return bool(getattr(METHODS.get(method), "bound", False))
