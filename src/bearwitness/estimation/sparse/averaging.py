"""Bayesian log-linear models with few interactions, averaged over all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import Flags, Terms, columns_of, in_order, names_of
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.draws import from_draws, share_between
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.loglinear.existence import assess_terms
from bearwitness.estimation.loglinear.selection import hierarchical_models
from bearwitness.estimation.sparse.draws import Proposals, propose, spread_out, tail_shape
from bearwitness.estimation.sparse.models import Modes, Prior, Problem, climb
from bearwitness.estimation.verdicts import (
    bound_below,
    caveats_of,
    judge_answer,
    judge_overlap,
    refuse,
)

NO_HIGHER_INTERACTION = (
    "Lists depend on each other only through the interactions that the prior allows, and people on "
    "no list follow the same model as people on some: nothing observed can test that."
)

# Rules of this house, not of any paper.
MOST_FROM_PRIOR = 0.5  # share of the variance of the log of the unseen that the prior may give
FEWEST_EFFECTIVE = 400  # effective draws
HEAVIEST_TAIL = 0.7  # Pareto k (Vehtari, Simpson, Gelman, Yao & Gabry 2024)
MOST_BY_SLAB = 1.25  # times as large an estimate or an end may be with another slab, uncommented
FEWEST_REWEIGHED = 100  # effective draws, to say what another slab gives
_PROPOSALS_A_DRAW = 4
_TOP = 5  # models told of
_LARGEST_LOG = 40.0


@dataclass(frozen=True, kw_only=True)
class SparseBayes:
    """Log-linear models with a spike-and-slab prior on interactions, all models averaged.

    The question is that of Silverman (2020); the prior and the computation are not his: see
    docs/decisions/0008. `order` is the most lists in one interaction, 2 or 3. `slab` is the prior
    standard deviation of a log odds ratio that is in the model, `inclusion` the a and b of the Beta
    prior of the share of interactions that are. The estimate is the posterior median of the total,
    people seen included, and the interval has equal tails.
    """

    order: int = 2
    slab: float = 2.0
    inclusion: tuple[float, float] = (1.0, 1.0)
    draws: int = 10_000
    level: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)
        object.__setattr__(self, "inclusion", tuple(self.inclusion))
        if self.order not in (2, 3):
            raise StudyInvalid("order should be 2 or 3")
        if not 0.1 <= self.slab <= 10:
            raise StudyInvalid("slab should lie between 0.1 and 10", hint="Usual is 2.")
        if len(self.inclusion) != 2 or min(self.inclusion) <= 0:
            raise StudyInvalid("inclusion should be two positive numbers", hint="Usual is 1, 1.")
        if self.draws < 1000:
            raise StudyInvalid("draws should be at least 1000", hint="Usual is 10000.")

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "sparse-bayes", seen, NO_HIGHER_INTERACTION)
        early = judge_overlap(draft, seen) or _judge_size(draft, seen, self.order)
        if early:
            return early
        usable = assess_terms(seen, ())
        if not usable.usable:
            # The flat part of the prior has a finite posterior just when this maximum exists.
            return refuse(draft, f"without interactions, {usable.reason}")
        models = _models(len(seen.lists), self.order)
        problem = _problem(seen, models, Prior(slab=self.slab, inclusion=self.inclusion))
        modes = climb(problem, models, self.order)
        random = np.random.default_rng(self.seed)
        proposals = propose(problem, modes, _PROPOSALS_A_DRAW * self.draws, random)
        told = _tell(self, seen, problem, modes, proposals)
        told["other_slabs"] = _with_other_slabs(self, seen, problem, modes, proposals)
        answer = _answer(replace(draft, details=told), seen, proposals, self.draws, random)
        return _judge_posterior(answer)


def _models(lists: int, order: int) -> tuple[Terms, ...]:
    # Two lists cannot show their own interaction; it is in all the same, so that the prior tells.
    return ((), (3,)) if lists == 2 else hierarchical_models(lists, order)


def _problem(seen: Histories, models: tuple[Terms, ...], prior: Prior) -> Problem:
    terms = in_order({term for model in models for term in model})
    columns = columns_of(len(seen.lists), terms)
    return Problem(lists=len(seen.lists), counts=seen.counts, columns=columns, prior=prior)


def _judge_size(draft: Estimate, seen: Histories, order: int) -> Estimate | None:
    size = len(seen.lists)
    if size > 6 or (size == 6 and order == 3):
        return refuse(
            draft, f"{size} lists have too many models of this order to average; choose stepwise"
        )
    return None


def _tell(
    settings: SparseBayes, seen: Histories, problem: Problem, modes: Modes, proposals: Proposals
) -> dict[str, Any]:
    held = proposals.weights @ modes.inside[proposals.models]
    names = [names_of((int(term),), seen.lists)[0] for term in problem.interactions]
    chances = held[1 + problem.lists :].tolist()
    means = (proposals.weights @ proposals.parameters)[1 + problem.lists :].tolist()
    best = np.argsort(-modes.weights, kind="stable")[:_TOP]
    a, b = settings.inclusion
    return {
        "prior": f"an interaction that is in: normal, mean 0, standard deviation {settings.slab:g} "
        f"on the log odds ratio; share of interactions that are in: Beta({a:g}, {b:g}); "
        "intercept and main effects flat",
        "inclusion": {name: min(1.0, chances[names.index(name)]) for name in sorted(names)},
        "log_odds_ratio": {name: means[names.index(name)] for name in sorted(names)},
        "models": len(modes.weights),
        "effective_models": float(1 / (modes.weights**2).sum()),
        "best_models": [
            {
                "model": list(_names(problem, modes.inside[row], seen.lists)),
                "probability": float(modes.weights[row]),
                "mode": float(seen.observed + np.exp(modes.parameters[row, 0])),
            }
            for row in best
        ],
        "prior_share": modes.prior_share,
        "importance_effective_draws": proposals.effective,
        "importance_pareto_k": tail_shape(proposals.log_weight),
    }


def _with_other_slabs(
    settings: SparseBayes, seen: Histories, problem: Problem, modes: Modes, proposals: Proposals
) -> dict[str, list[float] | None]:
    """Median and interval with half the slab and with twice, from the same draws, weighed anew.

    None where too few of the draws are likely under the other slab to say.
    """
    first = 1 + problem.lists
    held = modes.inside[proposals.models][:, first:]
    squares = np.where(held, proposals.parameters[:, first:] ** 2, 0.0).sum(axis=1)
    rates = np.exp(np.minimum(proposals.parameters[:, 0], _LARGEST_LOG))
    totals = seen.observed + np.random.default_rng([settings.seed, 1]).poisson(rates)
    tail = (1 - settings.level) / 2
    told: dict[str, list[float] | None] = {}
    for slab in (settings.slab / 2, settings.slab * 2):
        bend = (1 / settings.slab**2 - 1 / slab**2) * squares / 2
        moved = replace(
            proposals,
            log_weight=proposals.log_weight
            + bend
            - held.sum(axis=1) * np.log(slab / settings.slab),
        )
        enough = moved.effective >= FEWEST_REWEIGHED
        told[f"{slab:g}"] = (
            np.quantile(
                totals, [0.5, tail, 1 - tail], weights=moved.weights, method="inverted_cdf"
            ).tolist()
            if enough
            else None
        )
    return told


def _answer(
    draft: Estimate,
    seen: Histories,
    proposals: Proposals,
    draws: int,
    random: np.random.Generator,
) -> Estimate:
    picked = spread_out(proposals.weights, draws, random)
    rates = np.exp(np.minimum(proposals.parameters[picked, 0], _LARGEST_LOG))
    totals = seen.observed + random.poisson(rates).astype(float)
    likely = tuple(name for name, chance in draft.details["inclusion"].items() if chance > 0.5)
    share = share_between(totals, proposals.models[picked].tolist())
    answer = from_draws(
        replace(draft, details={**draft.details, "share_between_models": share}),
        totals,
        model=tuple(sorted(likely, key=lambda name: (name.count(":"), name))),
        caveats=(*caveats_of(seen, ()), *_about_differences(draft)),
    )
    if answer.estimate is not None:
        caveats = (*answer.caveats, *_about_slab(answer))
        answer = replace(answer, caveats=caveats)
    return judge_answer(answer)


def _about_slab(answer: Estimate) -> list[str]:
    """Where the width of the prior, which nobody knows, moves what is printed."""
    own = (answer.estimate, answer.lower, answer.upper)
    moved = []
    for slab, told in answer.details["other_slabs"].items():
        if told and any(
            max(a / b, b / a) > MOST_BY_SLAB for a, b in zip(told, own, strict=True) if b
        ):
            middle, low, high = told
            moved.append(f"{middle:,.0f} ({low:,.0f} to {high:,.0f}) with {slab}")
    if not moved:
        return []
    return [
        f"the prior's spread of a log odds ratio, {answer.settings['slab']:g}, shapes the answer: "
        f"it would be {', '.join(moved)}"
    ]


def _about_differences(draft: Estimate) -> list[str]:
    """Pairs that all attract each other are what people unlike each other leave behind."""
    pairs = [name for name in draft.details["inclusion"] if name.count(":") == 1]
    inclusion, strength = draft.details["inclusion"], draft.details["log_odds_ratio"]
    if len(pairs) > 1 and all(inclusion[name] > 0.5 and strength[name] > 0 for name in pairs):
        return [
            "every pair of lists shares more people than chance would have it: some people are "
            "easier to find than others, and models of pairs may then give far too many"
        ]
    return []


def _judge_posterior(answer: Estimate) -> Estimate:
    """No number where the prior speaks rather than the data, or where the draws may be wrong."""
    told = answer.details
    if told["prior_share"] > MOST_FROM_PRIOR:
        share = f"{told['prior_share']:.0%}"
        return _without_draws(
            bound_below(
                answer,
                f"{share} of the posterior variance of the log of the unseen comes from the prior "
                "of the interactions, not from the lists",
            )
        )
    weak = told["importance_effective_draws"] < FEWEST_EFFECTIVE
    if weak or told["importance_pareto_k"] > HEAVIEST_TAIL:
        return _without_draws(
            refuse(
                answer,
                f"the posterior was not reached: {told['importance_effective_draws']:.0f} "
                f"effective draws, Pareto k {told['importance_pareto_k']:.2f}; more draws may help",
            )
        )
    return answer


def _without_draws(answer: Estimate) -> Estimate:
    return replace(answer, model=(), draws=None)


def _names(problem: Problem, inside: Flags, lists: tuple[str, ...]) -> tuple[str, ...]:
    flags = inside[1 + problem.lists :]
    return names_of((int(term) for term in problem.interactions[flags]), lists)
