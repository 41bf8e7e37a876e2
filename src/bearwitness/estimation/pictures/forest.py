"""Answers side by side: a line each, an arrow for a bound, words for a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bearwitness.estimation.pictures.picture import Picture, people
from bearwitness.ink import ACCENT, ALARM, INK, SOFT, in_thousands, quieten, shortened

WIDEST = 25.0  # largest over smallest number: beyond it the axis is logarithmic


@dataclass(frozen=True, kw_only=True)
class Line:
    """One answer. Without `estimate` and with `lower`: a lower bound. Without both: none.

    A `strong` line is drawn heavier, a `weak` one, whose model does not fit, pale and hollow.
    """

    label: str
    verdict: str
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    strong: bool = False
    weak: bool = False


def draw_forest(
    lines: Sequence[Line], *, observed: int, about: str, kind: str = "forest", title: str = ""
) -> Picture:
    """Each line with its interval, from the top; a strong line is what the others stand beside.

    The dotted line is the people observed. The axis is logarithmic where it must reach far.
    """
    numbers = [n for x in lines for n in (x.estimate, x.lower, x.upper) if n is not None]
    highest, lowest = max(numbers, default=observed), min([observed, *numbers])
    far = lowest > 0 and highest / lowest > WIDEST

    def paint(figure: Any) -> None:
        axes = figure.add_subplot()
        if far:
            axes.set_xscale("log")
        axes.set_xlim(*_limits(lowest, max(highest, observed), far))
        strong = next((x for x in lines if x.strong and x.lower and x.upper), None)
        if strong and strong.lower is not None and strong.upper is not None:
            axes.axvspan(strong.lower, strong.upper, color=ACCENT, alpha=0.1, linewidth=0)
        for height, line in enumerate(reversed(lines)):
            _paint_line(axes, height, line)
        axes.axvline(observed, color=ALARM, linestyle=":", linewidth=1.6)
        side = "left" if far or observed < highest / 2 else "right"
        told = f" observed {people(observed)} "
        axes.text(observed, len(lines) - 0.42, told, color=ALARM, fontsize=8.5, ha=side)
        labels = [shortened(line.label, most=40) for line in reversed(lines)]
        axes.set_yticks(range(len(lines)), labels)
        axes.set_ylim(-0.6, len(lines) - 0.1)
        axes.set_xlabel("people in all" + (", on a scale of multiples" if far else ""), color=SOFT)
        _mark(axes, far)
        axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
        quieten(axes, keep=("bottom",))

    return Picture(
        kind=kind,
        alt=f"{about} {people(observed)} were observed. " + " ".join(_spoken(x) for x in lines),
        table=_table(lines),
        paint=paint,
        size=(8.2, 1.2 + 0.42 * len(lines)),
    )


def _limits(lowest: float, highest: float, far: bool) -> tuple[float, float]:
    if far:
        return lowest / 1.3, highest * 1.6
    return 0.0, max(1.08 * highest, 1.0)


def _mark(axes: Any, far: bool) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    axes.xaxis.set_major_formatter(in_thousands)
    if not far:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=7))
        return
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=12))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _paint_line(axes: Any, height: int, line: Line) -> None:
    colour, width = (ACCENT, 3.0) if line.strong else (SOFT if line.weak else INK, 1.7)
    if line.estimate is None:
        _paint_without(axes, height, line)
        return
    if line.lower is not None and line.upper is not None:
        axes.plot([line.lower, line.upper], [height] * 2, color=colour, linewidth=width)
    face = "white" if line.weak else colour
    axes.scatter([line.estimate], [height], s=50 if line.strong else 32, zorder=3,
                 facecolor=face, edgecolor=colour)  # fmt: skip
    axes.text(line.estimate, height + 0.16, people(line.estimate), ha="center", fontsize=8.5)


def _paint_without(axes: Any, height: int, line: Line) -> None:
    """A bound: an arrow that starts at it. A refusal: its verdict, in words."""
    if line.lower is None:
        axes.text(0.99, height, line.verdict, color=SOFT, fontsize=9, va="center", ha="right",
                  style="italic", transform=axes.get_yaxis_transform())  # fmt: skip
        return
    low, high = axes.get_xlim()
    reach = line.lower * (high / low) ** 0.12 if low > 0 else line.lower + 0.1 * (high - low)
    axes.annotate("", xy=(min(reach, high), height), xytext=(line.lower, height),
                  arrowprops={"arrowstyle": "->", "color": SOFT, "linewidth": 1.6})  # fmt: skip
    axes.plot([line.lower] * 2, [height - 0.2, height + 0.2], color=SOFT, linewidth=2)
    axes.text(line.lower, height + 0.24, f"at least {people(line.lower)}", fontsize=8.5, color=SOFT)


def _spoken(line: Line) -> str:
    if line.estimate is not None:
        between = (
            f", interval {people(line.lower)} to {people(line.upper)}"
            if line.lower is not None and line.upper is not None
            else ""
        )
        return f"{line.label}: {people(line.estimate)}{between}."
    if line.lower is not None:
        return f"{line.label}: at least {people(line.lower)}."
    return f"{line.label}: {line.verdict}."


def _table(lines: Sequence[Line]) -> pa.Table:
    columns: dict[str, Any] = {
        "label": pa.array([x.label for x in lines], pa.string()),
        "verdict": pa.array([x.verdict for x in lines], pa.string()),
    }
    for name in ("estimate", "lower", "upper"):
        columns[name] = pa.array([getattr(x, name) for x in lines], pa.float64())
    return pa.table(columns)
