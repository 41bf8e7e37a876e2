"""Where chains are, where they went, and what is drawn for a move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from bearwitness.estimation.design import Reals


class States(NamedTuple):
    """Where every chain is, at every temperature. The last axis is temperatures by chains."""

    sticks: Reals
    odds: Reals
    log_likelihood: Reals
    seen: Reals
    log_share: Reals
    seen_share: Reals
    log_missed: Reals
    without_highest: Reals

    def reordered(self, order: Any) -> States:
        return States(*(part[..., order] for part in self))

    def where(self, taken: Any, other: States) -> States:
        """These where `taken`, and the others elsewhere."""
        return States(*(np.where(taken, one, two) for one, two in zip(self, other, strict=True)))


class Noise(NamedTuple):
    """All that is drawn for a move of all states. The three in the middle are standard normal."""

    labels: Reals  # of Gumbel's distribution
    log_uniform_of_labels: Reals
    marks: Reals
    on_sticks: Reals
    on_odds: Reals
    step: Reals  # length of a leapfrog step
    log_uniform: Reals
    leaps: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """What the cold chains went through (draws by chains, classes between where there are any)."""

    seen: Reals  # chance to be on some list
    share: Reals  # of each class among all people
    missed: Reals  # chance to be on no list, by class
    seen_share: Reals  # of each class among the people seen
    without_highest: Reals  # people on no list if the odds ratio of all lists were one
    accepted: float
    swapped: tuple[float, ...]

    def after(self, draws: int) -> Trace:
        """Without the first `draws` of each chain."""
        kept: dict[str, Any] = {name: getattr(self, name)[draws:] for name in KEPT}
        return replace(self, **kept)

    def followed_by(self, more: Trace) -> Trace:
        """The same chains and what came after."""
        both: dict[str, Any] = {
            n: np.concatenate([getattr(self, n), getattr(more, n)]) for n in KEPT
        }
        return replace(more, **both)


KEPT = ("seen", "share", "missed", "seen_share", "without_highest")


def beside(traces: Sequence[Trace]) -> Trace:
    """Traces of as many draws, of different chains."""
    kept: dict[str, Any] = {
        name: np.concatenate([getattr(trace, name) for trace in traces], axis=-1) for name in KEPT
    }
    swapped = np.mean([trace.swapped for trace in traces], axis=0).tolist()
    accepted = float(np.mean([trace.accepted for trace in traces]))
    return Trace(**kept, accepted=accepted, swapped=tuple(swapped))
