"""Chains of a sampler, draw by draw: do they tell one story?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bearwitness.estimation.pictures.picture import Picture, people
from bearwitness.ink import CHAINS, SOFT, in_thousands, quieten

MOST_POINTS = 600  # of a chain are drawn, evenly spaced: a line of every draw is a black bar
BINS = 40

Reals = NDArray[np.float64]


def draw_traces(draws: Reals, *, mixing: str) -> Picture:
    """Totals (chains by draws) in the order in which they came, and how each chain is spread.

    Chains that have settled lie over each other. `mixing` says in words what the diagnostics say.
    """
    step = max(1, draws.shape[1] // MOST_POINTS)
    medians = np.nanmedian(draws, axis=1)
    low, high = (float(end) for end in np.nanquantile(draws, [0.005, 0.995]))
    edges = np.linspace(low, high, BINS + 1)

    def paint(figure: Any) -> None:
        grid = figure.add_gridspec(1, 2, width_ratios=(4, 1), wspace=0.03)
        lines, sides = (figure.add_subplot(grid[place]) for place in range(2))
        for number, chain in enumerate(draws):
            colour = CHAINS[number % len(CHAINS)]
            lines.plot(np.arange(0, chain.size, step), chain[::step], color=colour, linewidth=0.7,
                       alpha=0.8)  # fmt: skip
            heights = np.histogram(chain, edges)[0]
            sides.stairs(heights, edges, orientation="horizontal", color=colour, linewidth=1.4)
        for axes in (lines, sides):
            axes.set_ylim(edges[0] - 0.05 * np.ptp(edges), edges[-1] + 0.05 * np.ptp(edges))
        lines.yaxis.set_major_formatter(in_thousands)
        lines.xaxis.set_major_formatter(in_thousands)
        lines.set_ylabel("people in all")
        lines.set_xlabel(f"draw   ({mixing})" if mixing else "draw", color=SOFT)
        quieten(lines, keep=("left", "bottom"))
        sides.set_xticks([])
        sides.set_yticks([])
        quieten(sides, keep=("left",))

    each = ", ".join(people(median) for median in medians)
    return Picture(
        kind="trace",
        alt=f"{draws.shape[0]} chains of {draws.shape[1]:,} draws of the total; medians {each}."
        + (f" {mixing}." if mixing else ""),
        table=_table(draws, medians),
        paint=paint,
        size=(8.2, 3.2),
    )


def _table(draws: Reals, medians: Reals) -> pa.Table:
    low, high = np.nanquantile(draws, [0.025, 0.975], axis=1)
    columns = {"median": medians, "lower": low, "upper": high}
    return pa.table({"chain": np.arange(1, len(draws) + 1), **columns})
