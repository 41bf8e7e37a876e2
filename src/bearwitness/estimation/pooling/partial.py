"""Partial pooling: thin strata borrow from the others how many people are missed.

The model is normal-normal on the log odds of being missed, with a half-t prior on the spread
between strata (Gelman 2006), integrated on a grid: nothing has to converge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import Reals

EXCHANGEABLE = (
    "How many people are missed for each one seen varies between strata as draws from one "
    "distribution do: before looking, nobody could say which strata miss more (exchangeable "
    "strata)."
)

# Rules of this house.
SPREAD_DEGREES, SPREAD_SCALE = 4.0, 1.0  # half-t prior on the spread between strata, in log odds
LEAST_SHARE = 0.1  # of the variance of the log of the unseen that is doubt about the odds

_GRID = np.geomspace(1e-3, 30.0, 400)
_CONTINUITY = 0.5  # people: the log of nobody


@dataclass(frozen=True, kw_only=True, eq=False)
class Unit:
    """What one stratum, or several taken together, say of the log odds of being missed.

    `members` are places of strata, `weights` their shares of the people observed in the unit.
    `unseen` are its draws of people on no list.
    """

    members: tuple[int, ...]
    weights: Reals
    observed: float
    unseen: Reals

    @property
    def centre(self) -> float:
        return float(np.median(self.logs))

    @property
    def logs(self) -> Reals:
        return np.log((self.unseen + _CONTINUITY) / self.observed)

    @property
    def error(self) -> float:
        """Standard deviation of `logs`, from where their middle 95 % lie."""
        low, high = np.quantile(self.logs, [0.025, 0.975])
        return max(float(high - low) / (2 * 1.96), 1e-6)

    @property
    def doubt(self) -> float:
        """Variance of the estimated log odds.

        The log of the unseen varies by 1/unseen + 1/observed more than the odds are in doubt: that
        much comes from counting finitely many people.
        """
        counted = float(_counting(self.observed, np.array(self.centre)))
        return max(self.error**2 - counted, LEAST_SHARE * self.error**2)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pooled:
    """Draws of people on no list (strata by draws), and what they were pooled towards.

    `weight` is, for each stratum, how far its own answer moved towards the others: 0 not at all, 1
    wholly.
    """

    unseen: Reals
    centre: float
    spread: float
    weight: Reals


def pool(units: list[Unit], observed: Reals, *, count: int, random: np.random.Generator) -> Pooled:
    """Draw the people on no list of every stratum from one posterior.

    `observed` are the people seen in each stratum; strata in no unit are drawn from the
    distribution of the others alone. For a unit of several strata, what is known is the weighted
    mean of their log odds.
    """
    spread = _draw_spread(units, count, random)
    centre = _draw_centre(units, spread, random)
    odds = centre + spread * random.standard_normal((len(observed), count))
    unseen = np.zeros((len(observed), count))
    alone = np.ones(len(observed), dtype=bool)
    weight = np.ones(len(observed))
    for unit in units:
        members = list(unit.members)
        share = unit.doubt / (unit.doubt + spread**2 * (unit.weights**2).sum())
        weight[members] = float(np.median(share))
        if len(members) == 1:
            alone[members] = False
            unseen[members[0]] = _shrink(unit, centre, share, random)
            continue
        # Draws from the prior moved so that the weighted mean has its posterior (Matheron's rule).
        told = unit.centre + np.sqrt(unit.doubt) * random.standard_normal(count)
        gain = spread**2 / (unit.doubt + spread**2 * (unit.weights**2).sum())
        odds[members] += unit.weights[:, None] * gain * (told - unit.weights @ odds[members])
    unseen[alone] = _count_unseen(odds[alone], observed[alone], random)
    return Pooled(
        unseen=unseen,
        centre=float(np.median(centre)),
        spread=float(np.median(spread)),
        weight=weight,
    )


def _shrink(unit: Unit, centre: Reals, share: Reals, random: np.random.Generator) -> Reals:
    """The unit's own draws moved towards `centre` and drawn together; unchanged where share is 0.

    Their shape stays: only where they lie and how wide they are is normal theory.
    """
    middle = unit.centre + share * (centre - unit.centre)
    width = np.sqrt((1 - share) * unit.doubt + _counting(unit.observed, middle))
    before = np.sqrt(unit.doubt + _counting(unit.observed, np.array(unit.centre)))
    own = random.choice(unit.logs, size=len(share), replace=len(unit.logs) < len(share))
    logs = middle + width / before * (own - unit.centre)
    return np.asarray(np.maximum(unit.observed * np.exp(logs) - _CONTINUITY, 0.0))


def _count_unseen(odds: Reals, observed: Reals, random: np.random.Generator) -> Reals:
    """People missed before `observed` are seen, each with these log odds of being missed.

    Negative binomial: what a prior of 1/N on the total gives.
    """
    chance = 1 / (1 + np.exp(np.minimum(odds, 20.0)))
    return random.negative_binomial(np.maximum(observed, 1.0)[:, None], chance).astype(float)


def _counting(observed: float, log_odds: Reals) -> Reals:
    return np.asarray((1 + np.exp(-log_odds)) / observed)


def _draw_spread(units: list[Unit], count: int, random: np.random.Generator) -> Reals:
    """The spread between strata: Gelman et al. (2013), equation 5.21, on a grid."""
    told = np.array([unit.centre for unit in units])
    precision = _precision(units, _GRID)
    total = precision.sum(axis=1)
    centre = precision @ told / total
    logs = (
        -0.5 * np.log(total)
        + 0.5 * np.log(precision).sum(axis=1)
        - 0.5 * (precision * (told - centre[:, None]) ** 2).sum(axis=1)
        - (SPREAD_DEGREES + 1) / 2 * np.log1p((_GRID / SPREAD_SCALE) ** 2 / SPREAD_DEGREES)
    )
    weights = np.exp(logs - logs.max()) * np.gradient(_GRID)
    reached = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
    ends = np.concatenate([[0.0], _GRID])
    return np.asarray(np.interp(random.random(count), reached, ends))


def _draw_centre(units: list[Unit], spread: Reals, random: np.random.Generator) -> Reals:
    """Gelman et al. (2013), equation 5.20."""
    told = np.array([unit.centre for unit in units])
    precision = _precision(units, spread)
    total = precision.sum(axis=1)
    return np.asarray(
        precision @ told / total + random.standard_normal(len(spread)) / np.sqrt(total)
    )


def _precision(units: list[Unit], spread: Reals) -> Reals:
    """One over the variance of each unit about the common centre (spreads by units)."""
    doubts = np.array([unit.doubt for unit in units])
    sizes = np.array([(unit.weights**2).sum() for unit in units])
    return np.asarray(1 / (doubts + spread[:, None] ** 2 * sizes))
