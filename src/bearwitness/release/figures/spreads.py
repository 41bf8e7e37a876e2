"""What is not known of a number, as its quantiles: cited ranges, shares of people, drawn totals.

Every spread answers `at(chances)`: the quantiles at chances between 0 and 1, increasing. That is
all that simulation, dependence and bounds need to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bearwitness.errors import StudyInvalid

Reals = NDArray[np.float64]

_RAREST = 1e-6  # a spread without ends is taken to end at this chance on either side


class Spread(Protocol):
    """`most_likely` is the value that stands for it where one number must."""

    @property
    def most_likely(self) -> float: ...

    def at(self, chances: Reals) -> Reals: ...


@dataclass(frozen=True)
class Known:
    """One value, without doubt."""

    value: float

    @property
    def most_likely(self) -> float:
        return self.value

    def at(self, chances: Reals) -> Reals:
        return np.full_like(chances, self.value)


@dataclass(frozen=True)
class Uniform:
    """Every value from `low` to `high` as likely as any other: a range, and no more is said."""

    low: float
    high: float

    @property
    def most_likely(self) -> float:
        return (self.low + self.high) / 2

    def at(self, chances: Reals) -> Reals:
        return self.low + (self.high - self.low) * chances


@dataclass(frozen=True)
class Triangular:
    """A range with a likeliest value; its density falls in straight lines to both ends."""

    low: float
    mode: float
    high: float

    @property
    def most_likely(self) -> float:
        return self.mode

    def at(self, chances: Reals) -> Reals:
        width = self.high - self.low
        if not width:
            return np.full_like(chances, self.low)
        turn = (self.mode - self.low) / width
        rising = self.low + np.sqrt(chances * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - chances) * width * (self.high - self.mode))
        return np.where(chances < turn, rising, falling)


@dataclass(frozen=True)
class Pert:
    """A range with a likeliest value, by a beta density with mean (low + 4 mode + high) / 6.

    Malcolm, Roseboom, Clark & Fazar (1959); the shape is that of Vose (2008), with weight 4.
    """

    low: float
    mode: float
    high: float

    @property
    def most_likely(self) -> float:
        return self.mode

    def at(self, chances: Reals) -> Reals:
        from scipy.special import betaincinv

        width = self.high - self.low
        if not width:
            return np.full_like(chances, self.low)
        before = 1 + 4 * (self.mode - self.low) / width
        after = 1 + 4 * (self.high - self.mode) / width
        return np.asarray(self.low + width * betaincinv(before, after, chances))


@dataclass(frozen=True)
class Normal:
    """Normal, with `low` to `high` as its interval of the given level."""

    low: float
    high: float
    level: float = 0.95

    @property
    def most_likely(self) -> float:
        return (self.low + self.high) / 2

    def at(self, chances: Reals) -> Reals:
        from scipy.special import ndtri

        error = (self.high - self.low) / (2 * ndtri((1 + self.level) / 2))
        return np.asarray(self.most_likely + error * ndtri(chances))


@dataclass(frozen=True)
class LogNormal:
    """The logarithm is normal: for sizes and prices, which are never below nothing."""

    low: float
    high: float
    level: float = 0.95

    @property
    def most_likely(self) -> float:
        return float(np.sqrt(self.low * self.high))

    def at(self, chances: Reals) -> Reals:
        logs = Normal(float(np.log(self.low)), float(np.log(self.high)), self.level)
        return np.exp(logs.at(chances))


@dataclass(frozen=True)
class Share:
    """A share of people, `count` out of `base`, after what was seen: Beta(count + 1/2, base - count
    + 1/2), the posterior of Jeffreys' prior (Brown, Cai & DasGupta 2001, section 3.1.1).
    """

    count: float
    base: float

    @property
    def most_likely(self) -> float:
        return self.count / self.base

    def at(self, chances: Reals) -> Reals:
        from scipy.special import betaincinv

        return np.asarray(betaincinv(self.count + 0.5, self.base - self.count + 0.5, chances))


@dataclass(frozen=True)
class Rate:
    """A number of events per unit of `exposure`: Gamma(count + 1/2), Jeffreys' prior for a
    Poisson mean.
    """

    count: float
    exposure: float = 1.0

    @property
    def most_likely(self) -> float:
        return self.count / self.exposure

    def at(self, chances: Reals) -> Reals:
        from scipy.special import gammaincinv

        return np.asarray(gammaincinv(self.count + 0.5, chances) / self.exposure)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws from a posterior or a bootstrap, in any order."""

    draws: Reals
    value: float | None = None

    @property
    def most_likely(self) -> float:
        return float(np.median(self.draws)) if self.value is None else self.value

    def at(self, chances: Reals) -> Reals:
        return np.asarray(np.quantile(self.draws, chances))


@dataclass(frozen=True)
class Scaled:
    """A spread in other units: times `factor`, which is above 0, plus `shift`."""

    of: Spread
    factor: float = 1.0
    shift: float = 0.0

    @property
    def most_likely(self) -> float:
        return self.of.most_likely * self.factor + self.shift

    def at(self, chances: Reals) -> Reals:
        return self.of.at(chances) * self.factor + self.shift


def ends_of(spread: Spread) -> tuple[float, float]:
    """The least and the greatest value; of a spread without ends, all but one in a million."""
    found = spread.at(np.array([0.0, 1.0]))
    if not np.isfinite(found).all():
        near = spread.at(np.array([_RAREST, 1 - _RAREST]))
        found = np.where(np.isfinite(found), found, near)
    return float(found[0]), float(found[1])


SPREADS = ("uniform", "triangular", "pert", "normal", "lognormal")


def spread_of_range(low: float, high: float, told: Mapping[str, Any], *, where: str) -> Spread:
    """The spread that a declaration states for a cited range: `spread`, `mode`, `level`.

    Uniform where it states none. Raises StudyInvalid for a spread that there is not, for one that
    lacks its `mode` or whose mode lies outside the range, and for log-normal below 0.
    """
    if low == high:
        return Known(low)
    name, mode, level = told.get("spread", "uniform"), told.get("mode"), told.get("level", 0.95)
    if name not in SPREADS:
        raise StudyInvalid(
            f"there is no spread {name!r}", where=where, hint=f"Spreads: {', '.join(SPREADS)}."
        )
    if name in ("triangular", "pert"):
        if mode is None or not low <= mode <= high:
            raise StudyInvalid(
                f"a {name} spread needs its likeliest value, within the range",
                where=where,
                hint=f"Write mode = a number from {low:g} to {high:g}, and say who says so.",
            )
        return Triangular(low, mode, high) if name == "triangular" else Pert(low, mode, high)
    if name == "normal":
        return Normal(low, high, level)
    if name == "lognormal":
        if low <= 0:
            raise StudyInvalid("a log-normal spread lies above 0", where=where, hint="Use another.")
        return LogNormal(low, high, level)
    return Uniform(low, high)
