"""When to refuse, when to give a lower bound only, and which caveats must travel along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bearwitness.estimation.design import Terms, active_cells, split_empty
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.intervals import Interval

# Rules of this house, not of any paper.
FEWEST_ON_SEVERAL = 5  # people on two lists or more: with fewer, one person decides the answer
MOST_TIMES_OBSERVED = 10  # beyond this the estimate is nearly all assumption: a caveat
MOST_FAILED = 0.1  # share of bootstrap replicates without an answer: beyond it, no upper end
MOST_PEOPLE = 1e10  # an expected total beyond this is no number of people


def refuse(draft: Estimate, *reasons: str) -> Estimate:
    return replace(
        draft,
        estimate=None,
        lower=None,
        upper=None,
        verdict=Verdict.NO_ESTIMATE,
        reasons=(*draft.reasons, *reasons),
    )


def bound_below(draft: Estimate, *reasons: str) -> Estimate:
    """The people observed are the one bound that holds under every model."""
    return replace(
        draft,
        estimate=None,
        lower=float(draft.observed),
        upper=None,
        verdict=Verdict.LOWER_BOUND_ONLY,
        reasons=(*draft.reasons, *reasons),
    )


def bound_with(
    draft: Estimate, total: float, interval: Interval, reason: str, **more: Any
) -> Estimate:
    """A lower bound that a method gives; `more` are further fields of Estimate.

    What may be said is the lower end of its interval: that the bound itself is reached is no more
    likely than not. All three numbers are in `details["bound"]`.
    """
    if not np.isfinite(total) or total > MOST_PEOPLE:
        return bound_below(draft, "the bound is not finite")
    ends = {"lower": float(interval.lower), "upper": float(interval.upper)}
    bound = {"estimate": float(total), **ends}
    details = {**more.pop("details", {}), "bound": bound}
    answer = replace(draft, lower=ends["lower"], verdict=Verdict.LOWER_BOUND_ONLY, **more)
    return replace(answer, details=details, reasons=(*draft.reasons, reason))


def judge_overlap(draft: Estimate, seen: Histories) -> Estimate | None:
    """A refusal or a lower bound where the lists overlap too little for any method; else None."""
    if not seen.observed:
        return refuse(draft, "nobody was observed")
    if len(seen.lists) < 2:
        return refuse(draft, "there is one list only; an estimate needs two that overlap")
    if not seen.on_several:
        return refuse(draft, "nobody is on two lists, so nothing tells how many are on none")
    if seen.on_several < FEWEST_ON_SEVERAL:
        return bound_below(
            draft,
            f"fewer than {FEWEST_ON_SEVERAL} of those observed are on two lists or more: one "
            "person more or less would decide the answer",
        )
    return None


def answer_with(
    draft: Estimate, total: float, interval: Interval, *, caveats: tuple[str, ...], **more: Any
) -> Estimate:
    """The draft with its number, judged; `more` are further fields of Estimate."""
    return judge_answer(
        replace(
            draft,
            estimate=total,
            lower=interval.lower,
            upper=interval.upper,
            verdict=Verdict.ESTIMATE,
            caveats=caveats,
            **more,
        )
    )


def judge_answer(answer: Estimate) -> Estimate:
    """The answer with its caveat of size; a refusal where it is no number of people."""
    total = answer.estimate
    if total is None:
        return answer
    if not np.isfinite(total) or total > MOST_PEOPLE:
        return refuse(answer, "the estimate is not finite")
    if total > MOST_TIMES_OBSERVED * answer.observed:
        caveat = (
            f"the estimate is more than {MOST_TIMES_OBSERVED} times the people observed: it rests "
            "almost wholly on the assumption"
        )
        return replace(answer, caveats=(*answer.caveats, caveat))
    return answer


def caveats_of(seen: Histories, terms: Terms) -> tuple[str, ...]:
    """What the table and the model give reason to doubt."""
    return (*about_lists(seen), *_about_model(seen, terms))


def about_lists(seen: Histories) -> tuple[str, ...]:
    """Lists that share nobody, and lists that lie wholly within the others."""
    alone, inside = [], []
    several = np.bitwise_count(seen.patterns) > 1
    for name in seen.lists:
        on = seen.holds(name)
        if not (on & several).any():
            alone.append(name)
        if not (on & ~several).any():
            inside.append(name)
    caveats = [f"list {name} shares nobody with any other list" for name in sorted(alone)]
    caveats += [
        f"everybody on list {name} is on another list too: ask whether it was made from the others"
        for name in sorted(inside)
    ]
    return tuple(caveats)


def _about_model(seen: Histories, terms: Terms) -> list[str]:
    lists = len(seen.lists)
    empty = [term for term in terms if not ((seen.patterns & term) == term).any()]
    finite, gone = split_empty(terms, empty)
    caveats = []
    if 1 + lists + len(finite) == active_cells(lists, gone).sum():
        caveats.append(
            "the model has as many parameters as there are patterns: it fits whatever was "
            "observed, and nothing observed could show it wrong"
        )
    if gone:
        caveats.append(
            f"{len(gone)} interactions are of lists that share nobody; they stand at minus infinity"
        )
    return caveats
