"""The modes of a posterior of totals: where its density has tops with a valley between."""

from __future__ import annotations

from typing import Any

import numpy as np

from bearwitness.estimation.design import Reals

# Rules of this house.
_VALLEY = 0.7  # of the lower top: a shallower valley is noise
_LEAST = 0.05  # of the posterior: a smaller hump is not told as a mode
_POINTS = 200


def modes_of(totals: Reals, observed: int, level: float) -> list[dict[str, Any]]:
    """Ascending: weight, median and interval of the draws on each side of a valley.

    The density is of the log of the unseen. Of two valleys that part the same mass the deeper
    counts; tops are told apart only where the density between falls below 0.7 of the lower one.
    """
    draws = np.sort(totals, axis=None)
    logs = np.log(draws - observed + 1)
    ends = np.append(_valleys(logs), np.inf)
    tails = ((1 - level) / 2, 0.5, (1 + level) / 2)
    parts = np.split(draws, np.searchsorted(logs, ends[:-1]))
    told = []
    for part in parts:
        lower, middle, upper = (float(x) for x in np.quantile(part, tails))
        weight = len(part) / len(draws)
        told.append({"weight": weight, "estimate": middle, "lower": lower, "upper": upper})
    return told


def _valleys(logs: Reals) -> Reals:
    spread = min(float(logs.std()), float(np.subtract(*np.quantile(logs, (0.75, 0.25)))) / 1.34)
    if spread == 0:
        return np.empty(0)
    width = 0.9 * spread * len(logs) ** -0.2  # Silverman (1986), eq. 3.31
    grid = np.linspace(logs[0] - 3 * width, logs[-1] + 3 * width, _POINTS)
    density = _smooth(logs, grid, width)
    found: list[float] = []
    for place in range(1, len(grid) - 1):
        if density[place] > density[place - 1] or density[place] > density[place + 1]:
            continue
        start = np.searchsorted(grid, found[-1]) if found else 0
        tops = density[start:place].max(initial=0.0), density[place:].max()
        below = float((logs < grid[place]).mean()) - (
            float((logs < found[-1]).mean()) if found else 0.0
        )
        after = float((logs >= grid[place]).mean())
        if density[place] < _VALLEY * min(tops) and min(below, after) > _LEAST:
            found.append(float(grid[place]))
    return np.array(found)


def _smooth(logs: Reals, grid: Reals, width: float) -> Reals:
    """Normal kernels of the draws, counted into fine bins first."""
    counts, edges = np.histogram(logs, bins=2 * _POINTS)
    middles = (edges[1:] + edges[:-1]) / 2
    apart = (grid[:, None] - middles) / width
    return np.asarray(np.exp(-0.5 * apart * apart) @ counts)
