"""Controlled rounding: every printed count a multiple of the base, and every sum adds up.

Fischetti and Salazar-Gonzalez 1998, Management Science 44(7): zero-restricted, that is each count
goes to one of its two neighbours and multiples stay, with the least change in all.
"""

from __future__ import annotations

import numpy as np

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure.linked import Cells
from bearwitness.release.disclosure.solver import Programme


def round_controlled(cells: Cells, base: int, *, reach: int = 2) -> tuple[np.ndarray, int]:
    """Rounded counts of all cells, and how many bases away from a count its own may lie.

    1 is zero-restricted. Where no such rounding exists (three dimensions and more: Causey, Cox and
    Ernst 1985) the counts may go one base further, up to `reach`. A reader of a rounded count knows
    only that the true one is less than that many bases away. Raises DisclosureUnsafe otherwise.
    """
    values = cells.people.astype(float)
    below = np.floor(values / base)
    for away in range(1, reach + 1):
        low = np.where(values % base, np.maximum(below - away + 1, 0), below)
        high = np.where(values % base, below + away, below)
        found = _nearest(cells, values / base, (low, high))
        if found is not None:
            return np.rint(found * base).astype(np.int64), away
    raise DisclosureUnsafe(
        f"no table of multiples of {base} adds up near this one",
        hint='Withhold cells instead (method = "suppress"), or take another base.',
    )


def _nearest(
    cells: Cells, target: np.ndarray, ends: tuple[np.ndarray, np.ndarray]
) -> np.ndarray | None:
    zero = np.zeros(cells.equations.shape[0])
    model = Programme(cells.equations.tocsr(), (zero, zero), ends, kind="whole")
    # One step up from the lower neighbour changes the distance to the count by this much.
    step = 1.0 - 2.0 * (target - ends[0])
    model.set_cost(np.arange(len(target)), step)
    return model.solve()


def rounded_range(printed: np.ndarray, base: int, away: int) -> tuple[np.ndarray, np.ndarray]:
    """What a reader knows of counts that were rounded: strictly less than `away` bases off."""
    margin = base * away - 1
    return np.maximum(printed - margin, 0).astype(float), (printed + margin).astype(float)
