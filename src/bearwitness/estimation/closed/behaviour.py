"""Occasions in time, where being found once changes being found again: a lesson in what lists lack.

Mb and Mbh learn the total from how fast first sightings dry up. Lists have no such order: each
runs over the whole period. Whatever order is given, the answer is a refusal, with the numbers in
its details.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bearwitness.errors import TableMismatch
from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.verdicts import judge_overlap, refuse

IN_TIME = (
    "The lists are occasions one after another, each person not yet found is equally likely to be "
    "found at each, and being found changes only what comes after."
)
NO_ORDER = (
    "this model learns from the order of occasions in time and from nothing else, and lists run "
    "side by side: another order of the same lists gives another total"
)


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """Mb, and with `first_apart` Mbh, of Otis et al. (1978), for lists in the `order` given.

    With `first_apart` the first occasion has a chance of its own, and the rest dry up evenly
    (Pollock & Otto 1983). The verdict is never "estimate". `details` hold what the model would
    say: a total that can fall below the people observed, or below nobody, where first sightings
    do not dry up. Raises TableMismatch unless `order` names every list once.
    """

    order: tuple[str, ...]
    first_apart: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        check_settings(self)
        object.__setattr__(self, "order", tuple(self.order))

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories)
        if sorted(self.order) != sorted(seen.lists):
            raise TableMismatch(
                "the order does not name every list of the table once",
                hint=f"The lists are {', '.join(sorted(seen.lists))}.",
            )
        draft = draft_estimate(self, "behaviour", seen, IN_TIME)
        early = judge_overlap(draft, seen)
        if early:
            return early
        if len(seen.lists) < 2 + self.first_apart:
            return refuse(draft, NO_ORDER, "and there are too few lists to fit it")
        details = _told(_first_seen(seen, self.order), self.first_apart)
        return refuse(replace(draft, details=details), NO_ORDER)


def _first_seen(seen: Histories, order: tuple[str, ...]) -> Reals:
    """How many people each list of `order` was the first to hold."""
    first = np.zeros(len(order))
    new = np.ones(len(seen.patterns), dtype=bool)
    for place, name in enumerate(order):
        on = seen.holds(name)
        first[place] = seen.people[new & on].sum()
        new &= ~on
    return first


def _told(first: Reals, first_apart: bool) -> dict[str, Any]:
    """First sightings exp(a + b j), and their sum beyond the last occasion (Seber 1982, 7.2).

    What came after the first sighting is a factor of its own in the likelihood, and says nothing
    of the total.
    """
    from bearwitness.estimation.loglinear.dense import fit_dense

    occasions = np.arange(len(first), dtype=float)
    columns = [np.ones(len(first)), occasions, *([occasions == 0] if first_apart else [])]
    fit = fit_dense(np.column_stack(columns).astype(float), first)
    start, rate = fit.parameters[:2]
    drying = 1 - np.exp(rate)
    unseen = float(np.exp(start + rate * len(first)) / drying)
    slope = np.zeros(len(columns))
    slope[0] = unseen
    slope[1] = unseen * (len(first) + np.exp(rate) / drying)
    variance = unseen + slope @ fit.covariance @ slope
    return {
        "first_seen": first.tolist(),
        "total": float(first.sum() + unseen),
        # Where the total is below the people observed the variance can be negative.
        "variance": float(variance),
        "standard_error": float(np.sqrt(abs(variance))),
        "chance_at_first": float(drying),
    }
