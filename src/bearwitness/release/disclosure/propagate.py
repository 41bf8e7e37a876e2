"""Bounds that follow from single equations, before any programme is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bearwitness.errors import DisclosureUnsafe

if TYPE_CHECKING:
    from bearwitness.release.disclosure.attack import System

_ROUNDS = 20
CONTRADICTION = "what is printed contradicts itself: no counts fit all of it"
CONTRADICTION_HINT = "A release in the ledger may be of other people, or a sum may be wrong."


def propagate(system: System) -> tuple[np.ndarray, np.ndarray]:
    """Tighten every cell by every equation it is in, until nothing moves; whole counts.

    For a row a @ x in [L, H] with all other cells at their ends, a cell's own share is bounded.
    It stops after some rounds: what is left is for the programme to find.
    """
    matrix = system.matrix.tocoo()
    low, high = np.ceil(system.low - 1e-9), np.floor(system.high + 1e-9)
    for _ in range(_ROUNDS):
        new_low, new_high = _one_round(matrix, system, low, high)
        moved = (new_low > low) | (new_high < high)
        low, high = new_low, new_high
        if (low > high).any():
            raise DisclosureUnsafe(CONTRADICTION, hint=CONTRADICTION_HINT)
        if not moved.any():
            break
    return low, high


def _one_round(
    matrix: Any, system: System, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    row, cell, sign = matrix.row, matrix.col, matrix.data
    least = np.where(sign > 0, sign * low[cell], sign * high[cell])
    most = np.where(sign > 0, sign * high[cell], sign * low[cell])
    count = matrix.shape[0]
    endless_down, endless_up = np.isinf(least), np.isinf(most)
    sums_down = np.bincount(row, np.where(endless_down, 0.0, least), minlength=count)
    sums_up = np.bincount(row, np.where(endless_up, 0.0, most), minlength=count)
    down = np.bincount(row, endless_down, minlength=count)
    up = np.bincount(row, endless_up, minlength=count)
    # What the others of the row take at least and at most, without this cell.
    others_down = np.where(down[row] - endless_down > 0, -np.inf,
                           sums_down[row] - np.where(endless_down, 0.0, least))  # fmt: skip
    others_up = np.where(up[row] - endless_up > 0, np.inf,
                         sums_up[row] - np.where(endless_up, 0.0, most))  # fmt: skip
    share_high, share_low = system.row_high[row] - others_down, system.row_low[row] - others_up
    end_high = np.where(sign > 0, share_high, share_low) / sign
    end_low = np.where(sign > 0, share_low, share_high) / sign
    new_low, new_high = low.copy(), high.copy()
    np.maximum.at(new_low, cell, np.ceil(end_low - 1e-6))
    np.minimum.at(new_high, cell, np.floor(end_high + 1e-6))
    return new_low, new_high
