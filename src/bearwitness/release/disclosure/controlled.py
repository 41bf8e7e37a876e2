"""Controlled rounding: every printed count a multiple of the base, and every sum adds up.

Fischetti and Salazar-Gonzalez 1998, Management Science 44(7): zero-restricted, that is each count
goes to one of its two neighbours and multiples stay, with the least change in all.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure.linked import Cells
from bearwitness.release.disclosure.solver import Programme


def round_controlled(cells: Cells, base: int, *, reach: int = 2) -> tuple[np.ndarray, int]:
    """Rounded counts of all cells, and how many bases away from a count its own may lie.

    1 is zero-restricted. Where no such rounding exists (three dimensions and more: Causey, Cox and
    Ernst 1985) the counts may go one base further, up to `reach`, and multiples may move too; an
    empty cell stays empty. A reader of a rounded count knows only that the true one is less than
    that many bases away. Raises DisclosureUnsafe otherwise.
    """
    values = cells.people.astype(float)
    below = np.floor(values / base)
    for away in range(1, reach + 1):
        between = values % base > 0
        low = np.maximum(below - away + 1, 0)
        high = np.where(values > 0, below + away - ~between, 0)
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
    """Whole numbers between `ends` that add up, with the least sum of distances from `target`.

    Each step up from the low end is a variable of its own. What it adds to the distance grows from
    step to step, so that the first are taken first.
    """
    low, high = ends
    steps = max(1, int((high - low).max()))
    at = low + np.arange(steps + 1)[:, None]
    equations = cells.equations.tocsr()
    right = -(equations @ low)
    taken = (np.zeros(steps * len(low)), (at[1:] <= high).astype(float).ravel())
    matrix = sparse.hstack([equations] * steps, format="csr")
    model = Programme(matrix, (right, right), taken, kind="whole")
    model.set_cost(np.arange(steps * len(low)), np.diff(np.abs(at - target), axis=0).ravel())
    found = model.solve()
    return None if found is None else low + found.reshape(steps, -1).sum(axis=0)


def rounded_range(printed: np.ndarray, base: int, away: int) -> tuple[np.ndarray, np.ndarray]:
    """What a reader knows of counts that were rounded: strictly less than `away` bases off."""
    margin = base * away - 1
    return np.maximum(printed - margin, 0).astype(float), (printed + margin).astype(float)
