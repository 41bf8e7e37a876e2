"""Totals drawn from a posterior or a bootstrap: where they lie, and the interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bearwitness.estimation.pictures.picture import Picture, people
from bearwitness.ink import ACCENT, ALARM, INK, PALE, SOFT, in_thousands, quieten

BINS = 48
FURTHEST = 0.99  # of the draws are shown: a long tail would squeeze the rest to a line

Reals = NDArray[np.float64]


def draw_density(
    draws: Reals, *, observed: int, numbers: tuple[float, float, float], level: float, about: str
) -> Picture:
    """A histogram of `draws`, in people; those within the interval are dark.

    `numbers` are lower end, estimate and upper end. Bars count draws, unsmoothed, so that a second
    hill is seen. Draws that are no number are left out, and told.
    """
    known = np.sort(draws[np.isfinite(draws)])
    lower, middle, upper = numbers
    right = max(float(np.quantile(known, FURTHEST)), upper)
    edges = _edges(known, observed, right)
    heights = np.histogram(known, edges)[0]
    beyond = int((known > right).sum())

    def paint(figure: Any) -> None:
        axes = figure.add_subplot()
        centres = (edges[:-1] + edges[1:]) / 2
        inside = (centres >= lower) & (centres <= upper)
        colours = np.where(inside, ACCENT, PALE).tolist()
        axes.bar(edges[:-1], heights, width=np.diff(edges), align="edge", color=colours,
                 edgecolor="white", linewidth=0.3)  # fmt: skip
        top = max(int(heights.max()), 1)
        axes.plot([lower, upper], [-0.05 * top] * 2, color=ACCENT, linewidth=4)
        axes.plot([middle, middle], [-0.05 * top, top], color=INK, linewidth=1.8)
        axes.text(middle, 1.03 * top, f"estimate {people(middle)}", ha="center", fontsize=9)
        axes.axvline(observed, 0.09, color=ALARM, linestyle=":", linewidth=1.8)
        axes.text(observed, 1.13 * top, f" observed {people(observed)}", color=ALARM, fontsize=9)
        axes.text(lower, -0.1 * top, people(lower), ha="center", va="top", fontsize=8.5)
        axes.text(upper, -0.1 * top, people(upper), ha="center", va="top", fontsize=8.5)
        axes.set_ylim(-0.19 * top, 1.24 * top)
        _finish(axes, f"{about}, people in all" + _tail(beyond, len(known), right))

    return Picture(
        kind="posterior",
        alt=f"{about}: half of {len(known):,} draws lie below {people(float(np.median(known)))}. "
        f"Estimate {people(middle)}, {level:.0%} interval {people(lower)} to {people(upper)}; "
        f"{people(observed)} were observed.{_missing(draws, known)}",
        table=pa.table({"from": edges[:-1], "to": edges[1:], "draws": heights.astype(np.int64)}),
        paint=paint,
        size=(7.6, 3.3),
    )


def _edges(known: Reals, observed: int, right: float) -> Reals:
    left = min(float(known[0]), float(np.quantile(known, 1 - FURTHEST)), right - 1)
    left = max(left, min(observed, left))
    return np.asarray(np.linspace(left, max(right, left + 1), BINS + 1))


def _tail(beyond: int, known: int, right: float) -> str:
    if not beyond:
        return ""
    return f"\n{beyond:,} of {known:,} draws lie beyond {people(right)} and are not drawn"


def _missing(draws: Reals, known: Reals) -> str:
    gone = draws.size - known.size
    return f" {gone:,} draws had no answer and are left out." if gone else ""


def _finish(axes: Any, label: str) -> None:
    axes.set_yticks([])
    axes.set_xlabel(label, color=SOFT)
    axes.xaxis.set_major_formatter(in_thousands)
    axes.xaxis.set_major_locator(_few_places())
    quieten(axes, keep=("bottom",))


def _few_places() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=6)
