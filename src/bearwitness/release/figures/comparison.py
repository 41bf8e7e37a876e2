"""Before and after a day: how many times as many acts, and what late recording does to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from bearwitness.errors import EstimateRefused
from bearwitness.release.figures.delay import complete, triangle_of
from bearwitness.release.figures.intervals import dispersion, exact_ratio
from bearwitness.release.figures.spreads import Reals

MONTH = 30
FEWEST_MONTHS = 6  # on both sides together, to tell whether months differ by more than chance
MOST_PERIODS = 60  # longer spans are cut into longer periods than months


@dataclass(frozen=True)
class Span:
    """Two periods, each from a first to a last day, and the day up to which acts are recorded."""

    before: tuple[int, int]
    after: tuple[int, int]
    now: int

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter((self.before, self.after))

    @property
    def days(self) -> tuple[int, int]:
        return self.before[1] - self.before[0] + 1, self.after[1] - self.after[0] + 1

    def named(self) -> dict[str, str]:
        """Both periods as EDTF."""
        ends = [tuple(date.fromordinal(day).isoformat() for day in side) for side in self]
        return {n: f"{a}/{b}" for n, (a, b) in zip(("before", "after"), ends, strict=True)}


@dataclass(frozen=True)
class Compared:
    """The rate after as a multiple of the rate before. `upper` is None where it has no end."""

    ratio: float
    lower: float
    upper: float | None
    dispersion: float = 1.0


@dataclass(frozen=True)
class Delayed:
    """The share of the later period that is recorded so far, and the ratio with what is to come."""

    share: tuple[float, float, float]
    ratio: tuple[float, float, float]


def compare_rates(
    counts: tuple[float, float],
    days: tuple[int, int],
    *,
    by_month: tuple[Reals, Reals] | None = None,
    level: float = 0.95,
) -> Compared:
    """The ratio of rates with its exact interval.

    With counts `by_month` of both periods, six or more together, the interval is widened where
    months differ by more than chance: counts are divided by the dispersion (quasi-Poisson;
    McCullagh & Nelder 1989, section 6.2). Raises EstimateRefused where nothing is counted, and
    where nothing is counted before, since nothing is a multiple of nothing.
    """
    before, after = counts
    if not before:
        raise EstimateRefused(
            "nothing is counted before, and nothing can be a multiple of nothing",
            hint="Take a longer period before, or print both counts.",
        )
    spread = _spread_of(by_month) if by_month else 1.0
    thinned = (before / spread, after / spread)
    lower, upper = exact_ratio(thinned, (days[0], days[1]), level=level)
    return Compared(
        ratio=(after / days[1]) / (before / days[0]),
        lower=lower,
        upper=upper if np.isfinite(upper) else None,
        dispersion=spread,
    )


def with_delay(days: Reals, recorded: Reals, *, span: Span, level: float = 0.95) -> Delayed:
    """The comparison with what is still to be recorded; days are ordinals, an act a row.

    Raises EstimateRefused where too few acts have both days to estimate a delay.
    """
    before, after, now = span.before, span.after, span.now
    whole = now + 1 - before[0]
    period = max(MONTH, -(-whole // MOST_PERIODS))
    periods = max(2, -(-whole // period))
    done = complete(triangle_of(days, recorded, now=now, period=period, periods=periods))
    start = now + 1 - period * periods
    middles = start + period * np.arange(periods) + period / 2
    sides = [(middles >= a) & (middles <= b) for a, b in (before, after)]
    if not all(side.any() for side in sides):
        raise EstimateRefused("a period holds no whole month", hint="Take longer periods.")
    lengths = span.days
    first, second = (done.drawn[:, side].sum(axis=1) for side in sides)
    tails = [(1 - level) / 2, 0.5, (1 + level) / 2]
    random = np.random.default_rng(1)
    # What is counted in the end is itself a matter of chance: Jeffreys' prior for each mean.
    rates = [random.gamma(n + 0.5) / d for n, d in zip((first, second), lengths, strict=True)]
    share = done.recorded[sides[1]].sum() / np.maximum(second, 1e-9)
    low, middle, high = np.quantile(rates[1] / rates[0], tails)
    return Delayed(
        share=tuple(float(x) for x in np.quantile(np.minimum(share, 1.0), tails)),  # type: ignore[arg-type]
        ratio=(float(low), float(middle), float(high)),
    )


def _spread_of(by_month: tuple[Reals, Reals]) -> float:
    if sum(len(months) for months in by_month) < FEWEST_MONTHS:
        return 1.0
    counts = np.concatenate(by_month)
    expected = np.concatenate([np.full(len(m), m.mean()) if len(m) else m for m in by_month])
    return dispersion(counts, expected, parameters=sum(len(m) > 0 for m in by_month))
