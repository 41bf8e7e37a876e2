"""UpSet plot (Lex et al. 2014): a bar for each set of lists, dots below say which lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from bearwitness.estimation.pictures.picture import Picture, people
from bearwitness.ink import ACCENT, INK, PALE, SOFT, in_thousands, quieten, shortened

MOST_BARS = 30

Pattern = tuple[str, ...]


def draw_upset(counts: Mapping[Pattern, int], lists: Sequence[str]) -> Picture:
    """People by the set of lists that hold them, and by list; lists by size.

    `counts` has people for each set of lists. The 30 largest sets are drawn, and the rest told.
    People on one list only are grey: the others are what an estimate is made from. Nothing is
    withheld: for a picture that may be published, make a report.
    """
    sizes = {name: sum(n for p, n in counts.items() if name in p) for name in lists}
    rows = sorted(lists, key=lambda name: (sizes[name], name))
    order = sorted(counts, key=lambda p: (-counts[p], len(p), p))
    shown, rest = order[:MOST_BARS], order[MOST_BARS:]

    def paint(figure: Any) -> None:
        # Constrained, so that long names make room for themselves.
        figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, hspace=0.0, wspace=0.01)
        shape = {"height_ratios": (2.8, 0.4 * len(rows)), "width_ratios": (1, 5)}
        grid = figure.add_gridspec(2, 2, **shape)
        bars, dots, totals = (figure.add_subplot(grid[place]) for place in (1, 3, 2))
        _paint_bars(bars, [counts[p] for p in shown], [len(p) > 1 for p in shown])
        _paint_dots(dots, shown, rows)
        _paint_totals(totals, [sizes[name] for name in rows])
        if rest:
            left = people(sum(counts[p] for p in rest))
            told = f"not drawn: {len(rest)} smaller sets, with {left} people"
            dots.set_xlabel(told, fontsize=8.5, color=SOFT)

    return Picture(
        kind="upset",
        alt=_alt(counts, order, sizes),
        table=pa.table(
            {
                "lists": pa.array([" and ".join(p) for p in order], pa.string()),
                "how_many_lists": pa.array([len(p) for p in order], pa.int64()),
                "people": pa.array([counts[p] for p in order], pa.int64()),
            }
        ),
        paint=paint,
        size=(8.6, 2.5 + 0.32 * len(rows)),
    )


def _paint_bars(axes: Any, heights: Sequence[int], several: Sequence[bool]) -> None:
    top = max(heights, default=1)
    colours = [ACCENT if flag else PALE for flag in several]
    axes.bar(range(len(heights)), heights, width=0.7, color=colours, edgecolor=SOFT, linewidth=0.5)
    upright = len(heights) > 16
    for x, height in enumerate(heights):
        axes.text(x, height + 0.02 * top, people(height), ha="center", va="bottom",
                  fontsize=8, rotation=90 if upright else 0)  # fmt: skip
    axes.set_xlim(-0.6, len(heights) - 0.4)
    axes.set_ylim(0, top * (1.22 if upright else 1.12))
    axes.set_xticks([])
    axes.set_ylabel("people")
    axes.yaxis.set_major_formatter(in_thousands)
    handles = [_swatch(ACCENT, "on two lists or more"), _swatch(PALE, "on one list only")]
    axes.legend(handles=handles, loc="upper right", frameon=False, fontsize=8.5)
    quieten(axes, keep=("left",))


def _swatch(colour: str, label: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, edgecolor=SOFT, linewidth=0.5, label=label)


def _paint_dots(axes: Any, patterns: Sequence[Pattern], rows: Sequence[str]) -> None:
    place = {name: height for height, name in enumerate(rows)}
    for x, pattern in enumerate(patterns):
        inside = sorted(place[name] for name in pattern)
        axes.scatter([x] * len(rows), range(len(rows)), s=30, color=PALE, zorder=1)
        axes.plot([x, x], [inside[0], inside[-1]], color=INK, linewidth=1.6, zorder=2)
        axes.scatter([x] * len(inside), inside, s=30, color=INK, zorder=3)
    axes.set_yticks(range(len(rows)), [shortened(name) for name in rows])
    axes.set_xticks([])
    axes.set_xlim(-0.6, len(patterns) - 0.4)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    quieten(axes, keep=())


def _paint_totals(axes: Any, totals: Sequence[int]) -> None:
    top = max(totals, default=1)
    axes.barh(range(len(totals)), totals, height=0.55, color=SOFT)
    for height, total in enumerate(totals):
        axes.text(total + 0.04 * top, height, people(total), ha="right", va="center", fontsize=8)
    axes.set_xlim(1.75 * top, 0)  # the bars grow to the left, their numbers beyond them
    axes.set_ylim(-0.6, len(totals) - 0.4)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title("on the list", fontsize=8, color=SOFT, loc="right", pad=2)
    quieten(axes, keep=())


def _alt(counts: Mapping[Pattern, int], order: Sequence[Pattern], sizes: Mapping[str, int]) -> str:
    several = sum(n for p, n in counts.items() if len(p) > 1)
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))
    each = ", ".join(f"{name} {people(sizes[name])}" for name in largest)
    sets = "; ".join(f"{' and '.join(p)}: {people(counts[p])}" for p in order[:6])
    return (
        f"{people(sum(counts.values()))} people on {len(sizes)} lists, {people(several)} of them "
        f"on two lists or more. People on each list: {each}. The largest sets of lists: {sets}."
    )
