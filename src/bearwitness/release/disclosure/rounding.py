"""Rounding of what is printed, and what a printed number leaves open."""

from __future__ import annotations

from math import floor, isfinite, log10

import numpy as np


def round_count(count: int, base: int) -> int:
    """To the nearest multiple of `base`, halves up."""
    return count if base <= 1 else int(floor((count + base / 2) / base) * base)


def round_counts(counts: np.ndarray, base: int) -> np.ndarray:
    """The same for many at a time."""
    return counts if base <= 1 else np.floor((counts + base / 2) / base) * base


def before_rounding(shown: int, base: int) -> tuple[float, float]:
    """The lowest and highest count that is printed as `shown`."""
    return (shown - base // 2, shown + (base - 1) // 2) if base > 1 else (shown, shown)


def round_estimate(value: float, lower: float | None = None, upper: float | None = None) -> float:
    """Round in keeping with the uncertainty: to the second digit of the interval's half width."""
    width = (upper - lower) / 2 if lower is not None and upper is not None else 0.0
    if not isfinite(value) or width < 10:
        return float(round(value))
    step = 10.0 ** (floor(log10(width)) - 1)
    return float(round(value / step) * step)
