"""Latent classes: people differ, and within a class the lists are independent of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.latent.captures import (
    CENTRE,
    OF_BOTH,
    OF_CLASSES,
    OF_LISTS,
    OF_TABLES,
)
from bearwitness.estimation.latent.convergence import (
    bulk_size,
    quantile_error,
    rank_rhat,
    tail_size,
)
from bearwitness.estimation.latent.likelihood import Prior
from bearwitness.estimation.latent.modes import modes_of
from bearwitness.estimation.latent.sampler import Groups
from bearwitness.estimation.latent.states import Trace
from bearwitness.estimation.verdicts import (
    about_lists,
    bound_below,
    judge_answer,
    judge_overlap,
    refuse,
)

ASSUMPTION = (
    "People fall into classes, and of two people of one class each list finds either with the same "
    "probability, whatever other lists that person is on; people on no list are of the same "
    "classes. Nothing observed can show a class that no list reaches."
)

# Vehtari et al. (2021, section 4) ask for these two before a number is used.
MOST_RHAT = 1.01
FEWEST_EFFECTIVE = 400

# Rules of this house.
FARTHEST = 100  # times the people observed: an upper limit beyond it says that there is none
HARD_TO_REACH = 0.05  # a class with less chance than this to be on some list
MOST_HARD = 0.5  # share of the unseen in such classes, beyond which a caveat is due
LEAST_MISSED = 0.005  # a given prior's mean chance to be on no list: with less it decides
MOST_FULL = 0.05  # posterior probability that every class holds 1 % of those seen

_WARM = 100
_FIRST_LOOK = 250  # iterations before the chains are first looked at; then twice as many, and so on


@dataclass(frozen=True, kw_only=True)
class LatentClass:
    """Truncated Dirichlet-process mixture of independent lists (Manrique-Vallier 2016).

    The chances of each class to be on a list are learned from the table: a level of all lists, one
    of each list, and differences between classes (decision 19). `capture` replaces that by a Beta
    prior on each chance by itself: (1, 1) is that of the paper, of LCMCR and of bearwitness 0.1.
    `concentration` are shape and rate of the Gamma prior on how readily people form new classes, at
    most `classes` of them. The total has prior 1/N, and no cap. `chains` start scattered; they are
    drawn on until they agree (R-hat and effective sizes of Vehtari et al. 2021), at most `draws`
    each: if they do not agree by then, there is no number.
    """

    level: float = 0.95
    classes: int = 10
    capture: tuple[float, float] | None = None
    concentration: tuple[float, float] = (0.25, 0.25)
    chains: int = 8
    draws: int = 4000
    seed: int = 1

    name: ClassVar[str] = "latent-class"

    def fit(self, histories: Any) -> Estimate:
        """Raises StudyInvalid for a setting out of range."""
        check_settings(self)
        self._check()
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, self.name, seen, ASSUMPTION)
        if refusal := judge_overlap(draft, seen):
            return refusal
        if len(seen.lists) == 2:
            return bound_below(
                draft,
                "two lists cannot tell classes from chance: one class already fits them perfectly, "
                "so that how many more there are would be the prior's word alone",
            )
        if self.capture and _missed_before(self.capture, len(seen.lists)) < LEAST_MISSED:
            return bound_below(draft, _prior_speaks(self.capture, len(seen.lists)))
        return self._answer(draft, seen, *self._sample(seen))

    def _check(self) -> None:
        if not 1 < self.classes <= 100:
            raise StudyInvalid("classes should lie between 2 and 100", hint="Usual is 10.")
        if min(*(self.capture or (1.0,)), *self.concentration) <= 0:
            raise StudyInvalid(
                "a parameter of the prior is not positive",
                hint="Usual are no capture (or that of LCMCR, (1, 1)) and concentration "
                "(0.25, 0.25).",
            )
        if self.chains < 4 or self.draws < _FIRST_LOOK:
            raise StudyInvalid(
                f"there should be at least 4 chains and {_FIRST_LOOK} draws of each",
                hint="Usual are 8 and 4000. Fewer cannot show whether they agree.",
            )

    def _sample(self, seen: Histories) -> tuple[Reals, Trace]:
        """Totals (chains by draws), and where the classes stood at each draw."""
        random = np.random.default_rng(self.seed)
        prior = Prior(classes=self.classes, capture=self.capture, concentration=self.concentration)
        sampler = Groups(seen, prior, chains=self.chains, random=random)
        sampler.warm(_WARM)
        trace, length = sampler.run(_FIRST_LOOK), _FIRST_LOOK
        totals = seen.observed + unseen_given(trace.seen, seen.observed, random)
        while not agrees(diagnose(totals)) and length < self.draws:
            more = sampler.run(min(length, self.draws - length))
            added = seen.observed + unseen_given(more.seen, seen.observed, random)
            # A chain that had not forgotten where it began: a quarter is dropped each time.
            early = totals.shape[1] // 4
            totals = np.concatenate([totals[:, early:], added], axis=1)
            trace = trace.after(early).followed_by(more)
            length += len(more.seen)
        return totals, trace

    def _answer(self, draft: Estimate, seen: Histories, totals: Reals, trace: Trace) -> Estimate:
        found = diagnose(totals)
        tails = _tails(self.level)
        lower, middle, upper = (float(x) for x in np.quantile(totals, tails))
        modes = modes_of(totals, seen.observed, self.level)
        errors = [quantile_error(totals, tail) for tail in tails]
        details = {
            **found,
            "draws_of_each_chain": totals.shape[1],
            "monte_carlo_error": dict(zip(("lower", "estimate", "upper"), errors, strict=True)),
            "modes": modes,
            **about_classes(trace, totals, seen.observed, self.level),
            **about_the_assumption(trace, totals - seen.observed, self.level),
            "share_beyond_20_times_observed": float((totals > 20 * seen.observed).mean()),
            "prior": self._prior_told(),
        }
        draft = replace(draft, details=details)
        if not agrees(found):
            return refuse(draft, _disagreement(found, totals, modes))
        if upper > FARTHEST * seen.observed:
            return bound_below(
                draft,
                f"the posterior reaches beyond {FARTHEST} times the people observed within the "
                f"{self.level:.0%} interval: the table sets no upper end",
            )
        return judge_answer(
            replace(
                draft,
                lower=lower,
                estimate=middle,
                upper=upper,
                draws=totals,
                verdict=Verdict.ESTIMATE,
                caveats=(*about_lists(seen), *_caveats(self, seen, details)),
            )
        )

    def _prior_told(self) -> str:
        shape, rate = self.concentration
        return (
            f"1/N on the total, with no cap; {_captures_told(self.capture)}; shares by breaking a "
            f"stick, at most {self.classes} classes, concentration Gamma({shape:g}, {rate:g})"
        )


def _captures_told(capture: tuple[float, float] | None) -> str:
    if capture is None:
        return (
            "log odds of captures normal, the sum of parts for the table (mean "
            f"{CENTRE:g}, standard deviation {OF_TABLES:g}), each list ({OF_LISTS:g}), each class "
            f"({OF_CLASSES:g}) and both ({OF_BOTH:g})"
        )
    return "Beta({:g}, {:g}) on each class's chance to be on a list".format(*capture)


def _missed_before(capture: tuple[float, float], lists: int) -> float:
    """What the prior alone expects: the mean chance to be on no list."""
    first, second = capture
    return (second / (first + second)) ** lists


def _prior_speaks(capture: tuple[float, float], lists: int) -> str:
    return (
        f"before any table is seen, the prior asked for, Beta{capture} on the chance to be on each "
        f"of {lists} lists, takes it that {1 - _missed_before(capture, lists):.1%} of all people "
        "are on some list: what it then says of the others is its own word, and too low"
    )


def _tails(level: float) -> tuple[float, float, float]:
    """Of a lower limit, the middle and an upper limit."""
    return (1 - level) / 2, 0.5, (1 + level) / 2


def unseen_given(seen: Reals, observed: int, random: np.random.Generator) -> Reals:
    """People on no list (chains by draws), given the chance to be on some (draws by chains).

    Negative binomial, as the prior 1/N has it: Poisson with a Gamma mean. A mean too large for
    whole numbers of a machine is its own answer: Poisson noise is then less than one part in 10**6.
    """
    chance = np.minimum(seen.T.astype(float), 1.0)  # shares add up to one but for rounding
    mean = random.gamma(observed, size=chance.shape) * (1 - chance) / chance
    return np.asarray(np.where(mean < 1e12, random.poisson(np.minimum(mean, 1e12)), mean))


def diagnose(totals: Reals) -> dict[str, float]:
    return {
        "rhat": rank_rhat(totals),
        "ess_bulk": bulk_size(totals),
        "ess_tail": tail_size(totals),
    }


def agrees(found: Mapping[str, float]) -> bool:
    sizes = min(found["ess_bulk"], found["ess_tail"])
    return found["rhat"] <= MOST_RHAT and sizes >= FEWEST_EFFECTIVE


def about_classes(trace: Trace, totals: Reals, observed: int, level: float) -> dict[str, Any]:
    """What the classes look like, and how much of the answer lies in classes hard to reach.

    `reachable` leaves out people of classes with less than a 5 % chance to be on some list: what
    can be estimated with bounded risk where capture probabilities may come close to zero
    (Johndrow, Lum & Manrique-Vallier 2019, Biometrika 106).
    """
    unseen = (trace.share * trace.missed).sum(axis=1).T
    hard = 1 - trace.missed < HARD_TO_REACH
    hidden = (trace.share * trace.missed * hard).sum(axis=1).T / unseen
    reachable = observed + (totals - observed) * (1 - hidden)
    tails = _tails(level)
    held = observed * trace.seen_share
    return {
        "classes_with_somebody_seen": float((held >= 1).sum(axis=1).mean()),
        "effective_classes": float((1 / (trace.share**2).sum(axis=1)).mean()),
        "probability_that_all_classes_are_used": float(
            (trace.seen_share.min(axis=1) >= 0.01).mean()
        ),
        "share_of_unseen_hard_to_reach": float(hidden.mean()),
        "reachable": [float(x) for x in np.quantile(reachable, tails)],
    }


def about_the_assumption(trace: Trace, unseen: Reals, level: float) -> dict[str, Any]:
    """For the sensitivity curve: the unseen as it would be were the odds ratio of all lists at once
    one, and that ratio as the classes have it; nothing where lists are too many.
    """
    at_one = trace.without_highest.T
    if not np.isfinite(at_one).all():
        return {}
    tails = _tails(level)
    ends = np.quantile(at_one, tails).tolist()
    return {
        "unseen_at_odds_ratio_one": dict(zip(("lower", "estimate", "upper"), ends, strict=True)),
        "odds_ratio_of_all_lists": np.quantile(unseen / at_one, tails).tolist(),
    }


def _disagreement(found: Mapping[str, float], totals: Reals, modes: list[dict[str, Any]]) -> str:
    told = (
        f"{totals.shape[0]} chains of {totals.shape[1]} draws do not agree on the total: R-hat "
        f"{found['rhat']:.3f} (at most {MOST_RHAT} is wanted), effective draws "
        f"{found['ess_bulk']:.0f} in the bulk and {found['ess_tail']:.0f} in the tails (at least "
        f"{FEWEST_EFFECTIVE})"
    )
    if len(modes) > 1:
        told += f"; they move between {_modes_told(modes)}"
    return told


def _modes_told(modes: list[dict[str, Any]]) -> str:
    return " and ".join(
        f"about {mode['estimate']:,.0f} (weight {mode['weight']:.2f})" for mode in modes
    )


def _caveats(settings: LatentClass, seen: Histories, details: Mapping[str, Any]) -> list[str]:
    caveats = []
    if len(seen.lists) == 3:
        caveats.append(
            "with three lists two classes have more parameters than there are patterns: different "
            "classes with different totals fit alike, and the prior chooses between them "
            "(Aleshin-Guendel et al. 2021)"
        )
    if len(details["modes"]) > 1:
        caveats.append(
            f"the posterior has {len(details['modes'])} modes: {_modes_told(details['modes'])}; "
            "the interval spans them"
        )
    if details["share_of_unseen_hard_to_reach"] > MOST_HARD:
        low, middle, high = details["reachable"]
        caveats.append(
            f"{details['share_of_unseen_hard_to_reach']:.0%} of those on no list are of classes "
            f"with less than a {HARD_TO_REACH:.0%} chance to be on any; without them the total is "
            f"about {middle:,.0f} ({low:,.0f} to {high:,.0f})"
        )
    if details["probability_that_all_classes_are_used"] > MOST_FULL:
        caveats.append(
            f"all {settings.classes} classes may be in use "
            f"(probability {details['probability_that_all_classes_are_used']:.2f}): allow more"
        )
    return caveats
