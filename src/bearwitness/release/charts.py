"""Charts as SVG: no clock, no randomness, readable in grey, the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bearwitness.ink import ACCENT, INK, PALE, SOFT, in_thousands, quieten, render
from bearwitness.release.disclosure import SafeHistories


@dataclass(frozen=True, kw_only=True)
class Chart:
    """An SVG drawing and the words that stand for it."""

    svg: bytes
    alt: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a forest plot. No `value`: no estimate, and the label says so."""

    label: str
    value: float | None
    lower: float | None
    upper: float | None
    strong: bool = False


def draw_lists(safe: SafeHistories, titles: Mapping[str, str]) -> Chart:
    """UpSet plot (Lex et al. 2014): a bar for each set of lists, dots below say which lists."""
    order = sorted(safe.patterns, key=lambda p: (-(safe.patterns[p] or 0), p.count("+"), p))[:31]
    lists = sorted(safe.list_totals, key=lambda n: (-(safe.list_totals[n] or 0), n))

    def paint(figure: Any) -> None:
        grid = figure.add_gridspec(2, 1, height_ratios=(3, 0.45 * len(lists)), hspace=0.06)
        bars, dots = (figure.add_subplot(grid[i]) for i in range(2))
        _paint_bars(bars, safe, order)
        _paint_dots(dots, order, lists, [_list_label(n, safe, titles) for n in lists])

    alt = "People by the set of lists that hold them. " + " ".join(
        f"{pattern.replace('+', ' and ')}: {_shown(safe.patterns[pattern], safe)}."
        for pattern in order
    )
    return Chart(svg=render(paint, (8.2, 2.6 + 0.36 * len(lists))), alt=alt)


def draw_forest(rows: Sequence[Row], *, observed: float | None, about: str) -> Chart:
    """Estimates with their intervals, one a line, and how many were observed."""

    def paint(figure: Any) -> None:
        axes = figure.add_subplot()
        for height, row in enumerate(reversed(rows)):
            _paint_row(axes, height, row)
        if observed is not None:
            axes.axvline(observed, color=SOFT, linestyle=":", linewidth=1.2)
            axes.text(observed, len(rows) - 0.45, " observed", color=SOFT, fontsize=8, va="bottom")
        axes.set_yticks(range(len(rows)), [row.label for row in reversed(rows)])
        axes.set_ylim(-0.6, len(rows) - 0.1)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter(in_thousands)
        axes.set_xlabel("people in all")
        quieten(axes, keep=("bottom",))

    alt = about + " " + " ".join(_spoken(row) for row in rows)
    return Chart(svg=render(paint, (8.2, 1.1 + 0.42 * len(rows))), alt=alt)


def _paint_bars(axes: Any, safe: SafeHistories, order: Sequence[str]) -> None:
    stand_in = max(safe.rules.threshold, 1)
    heights = [safe.patterns[p] for p in order]
    top = max([h for h in heights if h is not None], default=stand_in)
    for x, height in enumerate(heights):
        hidden = height is None
        size = min(stand_in, 0.08 * top) if height is None else height
        axes.bar(x, size, width=0.66, color="white" if hidden else ACCENT,
                 edgecolor=SOFT if hidden else ACCENT,
                 hatch="////" if hidden else None)  # fmt: skip
        label = "withheld" if height is None else f"{height:,}"
        axes.text(x, size + 0.02 * top, label, ha="center", va="bottom", fontsize=7.5,
                  rotation=90 if hidden or len(order) > 16 else 0)  # fmt: skip
    axes.set_xlim(-0.6, len(order) - 0.4)
    axes.set_ylim(0, top * 1.18)
    axes.set_xticks([])
    axes.set_ylabel("people")
    axes.yaxis.set_major_formatter(in_thousands)
    quieten(axes, keep=("left",))


def _paint_dots(axes: Any, order: Sequence[str], lists: Sequence[str], labels: list[str]) -> None:
    places = {name: len(lists) - 1 - i for i, name in enumerate(lists)}
    for x, pattern in enumerate(order):
        inside = sorted(places[name] for name in pattern.split("+"))
        axes.scatter([x] * len(lists), range(len(lists)), s=28, color=PALE, zorder=1)
        axes.plot([x, x], [inside[0], inside[-1]], color=INK, linewidth=1.6, zorder=2)
        axes.scatter([x] * len(inside), inside, s=28, color=INK, zorder=3)
    axes.set_yticks(range(len(lists)), list(reversed(labels)))
    axes.set_xticks([])
    axes.set_xlim(-0.6, len(order) - 0.4)
    axes.set_ylim(-0.6, len(lists) - 0.4)
    quieten(axes, keep=())


def _paint_row(axes: Any, height: int, row: Row) -> None:
    if row.value is None:
        axes.text(0.01, height, "no estimate", color=SOFT, fontsize=9, va="center",
                  transform=axes.get_yaxis_transform())  # fmt: skip
        return
    colour, width = (ACCENT, 2.6) if row.strong else (INK, 1.6)
    if row.lower is not None and row.upper is not None:
        axes.plot([row.lower, row.upper], [height, height], color=colour, linewidth=width)
    axes.scatter([row.value], [height], color=colour, s=46 if row.strong else 30, zorder=3)
    axes.text(row.value, height + 0.16, f"{row.value:,.0f}", ha="center", va="bottom", fontsize=8)


def _list_label(name: str, safe: SafeHistories, titles: Mapping[str, str]) -> str:
    return f"{titles.get(name, name)}  {_shown(safe.list_totals[name], safe)}"


def _shown(value: int | None, safe: SafeHistories) -> str:
    return "withheld" if value is None else f"{value:,}"


def _spoken(row: Row) -> str:
    if row.value is None:
        return f"{row.label}: no estimate."
    interval = "" if row.lower is None or row.upper is None else (
        f", interval {row.lower:,.0f} to {row.upper:,.0f}")  # fmt: skip
    return f"{row.label}: {row.value:,.0f}{interval}."
