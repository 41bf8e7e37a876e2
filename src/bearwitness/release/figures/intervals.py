"""Intervals of counted things: shares, rates, quantiles, and the ratio of two rates."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from bearwitness.errors import EstimateRefused
from bearwitness.release.figures.spreads import Reals

Ends = tuple[float, float]


def wilson(count: float, base: float, *, level: float = 0.95) -> Ends:
    """A share's interval, 0 to 1: Wilson (1927); method 3 of Newcombe (1998)."""
    z = _normal(level)
    middle = count + z * z / 2
    reach = z * sqrt(count * (base - count) / base + z * z / 4)
    low, high = ((middle + sign * reach) / (base + z * z) for sign in (-1, 1))
    # At either end the sum is 0 or 1 but for rounding.
    return (0.0 if count == 0 else low), (1.0 if count == base else high)


def jeffreys(count: float, base: float, *, level: float = 0.95) -> Ends:
    """A share's interval, 0 to 1, from Jeffreys' prior: Brown, Cai & DasGupta (2001), section
    3.1.1, with the end at 0 or 1 where nobody or everybody is counted.
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low, high = (
        float(betaincinv(count + 0.5, base - count + 0.5, chance)) for chance in (tail, 1 - tail)
    )
    return (0.0 if count == 0 else low), (1.0 if count == base else high)


def exact_poisson(count: float, *, level: float = 0.95) -> Ends:
    """The interval of a Poisson mean: Garwood (1936)."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def exact_ratio(counts: Ends, exposures: Ends, *, level: float = 0.95) -> Ends:
    """How many times the second rate is the first, given the sum of both counts.

    The second count is then binomial, and its share's exact interval (Clopper & Pearson 1934) is
    that of the ratio: Przyborowski & Wilenski (1940). `counts` need not be whole, for counts that
    were divided by a dispersion. Raises EstimateRefused where both counts are 0.
    """
    from scipy.special import betaincinv

    before, after = counts
    if not before + after:
        raise EstimateRefused("nothing is counted before or after", hint="Take longer periods.")
    tail = (1 - level) / 2
    low = float(betaincinv(after, before + 1, tail)) if after else 0.0
    high = float(betaincinv(after + 1, before, 1 - tail)) if before else 1.0
    times = exposures[0] / exposures[1]
    return tuple(s / (1 - s) * times if s < 1 else float("inf") for s in (low, high))  # type: ignore[return-value]


@dataclass(frozen=True)
class Quantile:
    """A quantile with its interval; an end is None where there are too few to give one."""

    value: float
    lower: float | None
    upper: float | None


def quantile_of(values: Reals, chance: float, *, level: float = 0.95) -> Quantile:
    """A quantile and the order statistics that enclose it, whatever the distribution.

    David & Nagaraja (2003), section 7.1: the number of values below the quantile is binomial.
    """
    from scipy.stats import binom

    ordered = np.sort(values)
    count = len(ordered)
    tail = (1 - level) / 2
    below = int(binom.ppf(tail, count, chance)) - 1
    above = int(binom.ppf(1 - tail, count, chance))
    # The quantile lies below the r-th value with the chance that fewer than r values are under it.
    while below >= 0 and binom.cdf(below, count, chance) > tail:
        below -= 1
    while above < count and binom.sf(above, count, chance) > tail:
        above += 1
    return Quantile(
        value=float(np.quantile(ordered, chance)),
        lower=float(ordered[below]) if below >= 0 else None,
        upper=float(ordered[above]) if above < count else None,
    )


def dispersion(counts: Reals, expected: Reals, *, parameters: int) -> float:
    """How much more counts vary than a Poisson law allows: Pearson's chi-square over its degrees of
    freedom (McCullagh & Nelder 1989, section 6.2.4); at least 1.
    """
    known = expected > 0
    free = int(known.sum()) - parameters
    if free < 1:
        return 1.0
    misfit = float(((counts[known] - expected[known]) ** 2 / expected[known]).sum())
    return max(1.0, misfit / free)


def _normal(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
