"""What every estimator does alike: check its settings, and begin an answer from what was seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories

FEWEST_REPLICATES = 10
INTERVALS = ("bca", "percentile")
GIVEN_INTERVALS = ("wald", "profile")  # of a model that is given: no bootstrap

# Every estimate rests on these two as well.
CLOSED = "Nobody joined or left the population in the period, and records were linked rightly."


def draft_estimate(estimator: Any, method: str, seen: Histories, assumption: str) -> Estimate:
    """An answer without a number yet: what was observed, and how the rest is to be reached."""
    return Estimate(
        method=method,
        observed=seen.observed,
        level=estimator.level,
        assumption=f"{assumption} {CLOSED}",
        lists=tuple(sorted(seen.lists)),
        settings=_plain(asdict(estimator)),
        input_digest=seen.input_digest,
        stratum=seen.stratum,
    )


def check_settings(estimator: Any) -> None:
    """Raise StudyInvalid for a level, a count of replicates or a kind of interval out of range."""
    if not 0.5 <= estimator.level < 1:
        raise StudyInvalid("level should lie between 0.5 and 1", hint="Usual is 0.95.")
    replicates = getattr(estimator, "replicates", FEWEST_REPLICATES)
    if replicates < FEWEST_REPLICATES:
        raise StudyInvalid(
            f"replicates should be at least {FEWEST_REPLICATES}", hint="Usual is 1000."
        )
    known = INTERVALS if hasattr(estimator, "replicates") else GIVEN_INTERVALS
    interval = getattr(estimator, "interval", known[0])
    if interval not in known:
        raise StudyInvalid(f"there is no interval {interval!r}", hint=f"{' or '.join(known)}.")


def _plain(value: Any) -> Any:
    """Tuples as lists: what JSON gives back is what was written."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else value
