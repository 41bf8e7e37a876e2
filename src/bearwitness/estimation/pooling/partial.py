"""Partial pooling: thin strata borrow from the others how many people are missed.

The model is normal-normal on the log odds of being missed, about a line in the log of the people
observed: strata may be thin because people there are harder to find. The spread about it has a
half-t prior (Gelman 2006) and is integrated on a grid: nothing has to converge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import Reals

EXCHANGEABLE = (
    "How many people are missed for each one seen varies between strata as draws from one "
    "distribution do, but for what the number of people observed tells: among strata as large, "
    "nobody could say before looking which miss more (exchangeable strata)."
)

# Rules of this house.
SPREAD_DEGREES, SPREAD_SCALE = 4.0, 1.0  # half-t prior on the spread between strata, in log odds
# Normal, per unit of the log of the people observed. Before looking, a stratum with a tenth of the
# people of another has odds of being missed between half and twice as large two times in three.
SLOPE_SCALE = 0.3
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

    `centre` is the log odds of being missed in a stratum of middle size, `slope` what a log unit
    more of people observed adds.
    `weight` is, for each stratum, how far its own answer moved towards the others: 0 not at all, 1
    wholly.
    """

    unseen: Reals
    centre: float
    slope: float
    spread: float
    weight: Reals


def pool(units: list[Unit], observed: Reals, *, count: int, random: np.random.Generator) -> Pooled:
    """Draw the people on no list of every stratum from one posterior.

    `observed` are the people seen in each stratum; strata in no unit are drawn from the
    distribution of the others alone. For a unit of several strata, what is known is the weighted
    mean of their log odds.
    """
    size = _size_of(observed)
    told = _Told(units, size)
    spread = told.draw_spread(count, random)
    line = told.draw_line(spread, random)
    centre = line[:, 0] + size[:, None] * line[:, 1]
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
            unseen[members[0]] = _shrink(unit, centre[members[0]], share, random)
            continue
        # Draws from the prior moved so that the weighted mean has its posterior (Matheron's rule).
        told = unit.centre + np.sqrt(unit.doubt) * random.standard_normal(count)
        gain = spread**2 / (unit.doubt + spread**2 * (unit.weights**2).sum())
        odds[members] += unit.weights[:, None] * gain * (told - unit.weights @ odds[members])
    unseen[alone] = _count_unseen(odds[alone], observed[alone], random)
    return Pooled(
        unseen=unseen,
        centre=float(np.median(line[:, 0])),
        slope=float(np.median(line[:, 1])),
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


def _size_of(observed: Reals) -> Reals:
    """Log of the people observed in each stratum, from the middle of the strata."""
    logs = np.log(np.maximum(observed, 1.0))
    return np.asarray(logs - np.median(logs))


class _Told:
    """What the units say of the line through the strata, and of the spread about it.

    log odds = mean + slope x log size + spread x normal; flat prior on the mean, normal on the
    slope. Gelman et al. (2013), section 5.4 without the slope, chapter 15 with it.
    """

    def __init__(self, units: list[Unit], size: Reals) -> None:
        self.centres = np.array([unit.centre for unit in units])
        self.doubts = np.array([unit.doubt for unit in units])
        self.squares = np.array([(unit.weights**2).sum() for unit in units])
        along = np.array([unit.weights @ size[list(unit.members)] for unit in units])
        self.design = np.column_stack([np.ones(len(units)), along])

    def draw_spread(self, count: int, random: np.random.Generator) -> Reals:
        """On a grid, the line integrated out."""
        precision, mean, covariance = self._line(_GRID)
        misfit = self.centres - mean @ self.design.T
        logs = (
            0.5 * np.linalg.slogdet(covariance)[1]
            + 0.5 * np.log(precision).sum(axis=1)
            - 0.5 * (precision * misfit**2).sum(axis=1)
            - 0.5 * (mean[:, 1] / SLOPE_SCALE) ** 2
            - (SPREAD_DEGREES + 1) / 2 * np.log1p((_GRID / SPREAD_SCALE) ** 2 / SPREAD_DEGREES)
        )
        weights = np.exp(logs - logs.max()) * np.gradient(_GRID)
        reached = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
        ends = np.concatenate([[0.0], _GRID])
        return np.asarray(np.interp(random.random(count), reached, ends))

    def draw_line(self, spread: Reals, random: np.random.Generator) -> Reals:
        """Mean and slope for each spread (draws by two)."""
        _, mean, covariance = self._line(spread)
        steps = random.standard_normal((len(spread), 2, 1))
        return np.asarray(mean + (np.linalg.cholesky(covariance) @ steps)[:, :, 0])

    def _line(self, spread: Reals) -> tuple[Reals, Reals, Reals]:
        """Precision of each unit about the line; mean and covariance of the line, given both."""
        precision = 1 / (self.doubts + spread[:, None] ** 2 * self.squares)
        weighed = self.design.T * precision[:, None, :]
        covariance = np.linalg.inv(weighed @ self.design + np.diag([0.0, SLOPE_SCALE**-2]))
        mean = (covariance @ (weighed @ self.centres)[:, :, None])[:, :, 0]
        return precision, mean, covariance
