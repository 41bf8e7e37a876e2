"""The arithmetics that formulas are worked out in: numbers and draws, units, intervals, bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.release.figures.spreads import Reals, Spread
from bearwitness.release.figures.units import Unit

LEVELS = 400  # steps of a distribution that is known within bounds only


class OfNumbers:
    """Plain arithmetic on arrays, draw by draw; a number is an array of one."""

    def number(self, value: float) -> Reals:
        return np.array([value])

    def combine(self, sign: str, left: Reals, right: Reals) -> Reals:
        return _plain(sign, left, right)


@dataclass(frozen=True)
class OfUnits:
    """Sums need equal units. `where` is what an error says."""

    where: str = ""

    def number(self, value: float) -> Unit:
        return Unit()

    def combine(self, sign: str, left: Unit, right: Unit) -> Unit:
        if sign in "*/":
            return left.times(right, 1 if sign == "*" else -1)
        if not left.is_like(right):
            raise StudyInvalid(
                f"{left} and {right} cannot be added or subtracted",
                where=self.where,
                hint="Bring the parts to one unit first, each in a figure of its own.",
            )
        return Unit(left.powers)


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


@dataclass(frozen=True)
class OfIntervals:
    """The least and the greatest that can come out (Moore 1966).

    Raises StudyInvalid for a divisor that can be 0: there is then no end to the result.
    """

    where: str = ""

    def number(self, value: float) -> Interval:
        return Interval(value, value)

    def combine(self, sign: str, left: Interval, right: Interval) -> Interval:
        if sign == "/" and right.holds_zero:
            raise StudyInvalid(
                f"it divides by something that can be 0: its range is {right.low:g} to "
                f"{right.high:g}",
                where=self.where,
                hint="State a range that does not reach 0, or turn the ratio round.",
            )
        ends = [
            float(_plain(sign, np.array(a), np.array(b)))
            for a in (left.low, left.high)
            for b in (right.low, right.high)
        ]
        return Interval(min(ends), max(ends))


@dataclass(frozen=True, eq=False)
class Bounded:
    """A distribution known within bounds: its quantiles at k / LEVELS, at least and at most.

    `low[k]` is a lower bound of the quantiles from k / LEVELS on, `high[k]` an upper bound of
    those up to (k + 1) / LEVELS.
    """

    low: Reals
    high: Reals

    @classmethod
    def of(cls, spread: Spread, ends: tuple[float, float]) -> Bounded:
        found = np.clip(spread.at(np.linspace(0, 1, LEVELS + 1)), *ends)
        return cls(low=found[:-1], high=found[1:])

    def turned(self) -> Bounded:
        """The distribution of what it is, below nothing instead of above."""
        return Bounded(low=-self.high[::-1], high=-self.low[::-1])

    def inverse(self) -> Bounded:
        return Bounded(low=1 / self.high[::-1], high=1 / self.low[::-1])


class OfBounds:
    """Whatever the dependence: the widest that quantiles of a result can be.

    Makarov (1981) for sums; Frank, Nelsen & Schweizer (1987); quantiles and products as in
    Williamson & Downs (1990), whose rounding outwards is kept: bounds are never too narrow. Parts
    of products and ratios must be above 0.
    """

    def number(self, value: float) -> Bounded:
        return Bounded(np.full(LEVELS, value), np.full(LEVELS, value))

    def combine(self, sign: str, left: Bounded, right: Bounded) -> Bounded:
        if sign == "-":
            return self.combine("+", left, right.turned())
        if sign == "/":
            return self.combine("*", left, right.inverse())
        low, high = np.empty(LEVELS), np.empty(LEVELS)
        for k in range(LEVELS):
            low[k] = _plain(sign, left.low[: k + 1], right.low[k::-1]).max()
            high[k] = _plain(sign, left.high[k:], right.high[: k - 1 if k else None : -1]).min()
        return Bounded(low, high)


def _plain(sign: str, left: Reals, right: Reals) -> Reals:
    if sign == "+":
        return np.asarray(left + right)
    if sign == "-":
        return np.asarray(left - right)
    return np.asarray(left * right if sign == "*" else left / right)
