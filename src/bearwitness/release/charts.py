"""Charts as SVG: no clock, no randomness, readable in grey, with words and numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bearwitness.ink import ACCENT, INK, PALE, SOFT, in_thousands, quieten, render
from bearwitness.release.disclosure import SafeHistories
from bearwitness.release.table import Table
from bearwitness.release.words import ENGLISH, Words, mark

WITHHELD = mark("withheld")


@dataclass(frozen=True, kw_only=True)
class Chart:
    """An SVG drawing, the words that stand for it, and the numbers that it draws."""

    svg: bytes
    alt: str
    data: Table | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a forest plot. No `value`: no estimate, and the label says so."""

    label: str
    value: float | None
    lower: float | None
    upper: float | None
    strong: bool = False


def draw_lists(safe: SafeHistories, titles: Mapping[str, str], *, words: Words = ENGLISH) -> Chart:
    """UpSet plot (Lex et al. 2014): a bar for each set of lists, dots below say which lists."""
    order = sorted(safe.patterns, key=lambda p: (-(safe.patterns[p] or 0), p.count("+"), p))[:31]
    lists = sorted(safe.list_totals, key=lambda n: (-(safe.list_totals[n] or 0), n))
    labels = [_list_label(n, safe, titles, words) for n in lists]
    rows = [(words.said(_spelled(p)), _shown(safe.patterns[p], words)) for p in order]

    def paint(figure: Any) -> None:
        grid = figure.add_gridspec(2, 1, height_ratios=(3, 0.45 * len(lists)), hspace=0.06)
        bars, dots = (figure.add_subplot(grid[i]) for i in range(2))
        _paint_bars(bars, safe, order, words)
        _paint_dots(dots, order, lists, labels)

    caption = words.say("People by the set of lists that hold them")
    said = " ".join([f"{caption}.", *(f"{name}: {people}." for name, people in rows)])
    size = (8.2, 2.6 + 0.36 * len(lists))
    return Chart(
        svg=render(paint, size, words="".join(labels) + words.say(WITHHELD)),
        alt=said,
        data=Table(caption=caption, header=_in(words, "lists", "people"), rows=rows),
    )


def draw_forest(
    rows: Sequence[Row], *, observed: float | None, about: str, words: Words = ENGLISH
) -> Chart:
    """Estimates with their intervals, one a line, and how many were observed."""
    labels = [words.said(row.label) for row in rows]
    seen = words.say("observed")

    def paint(figure: Any) -> None:
        axes = figure.add_subplot()
        for height, row in enumerate(reversed(rows)):
            _paint_row(axes, height, row, words)
        if observed is not None:
            axes.axvline(observed, color=SOFT, linestyle=":", linewidth=1.2)
            axes.text(observed, len(rows) - 0.45, f" {seen}", color=SOFT, fontsize=8, va="bottom")
        axes.set_yticks(range(len(rows)), list(reversed(labels)))
        axes.set_ylim(-0.6, len(rows) - 0.1)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter(in_thousands)
        axes.set_xlabel(words.say("people in all"))
        quieten(axes, keep=("bottom",))

    about = words.said(about).rstrip(".。")
    data = [_numbers(label, row, words) for label, row in zip(labels, rows, strict=True)]
    if observed is not None:
        data.append((seen, f"{observed:,.0f}", "", ""))
    header = _in(words, "which", "estimate", "from", "to")
    spoken = (_spoken(label, row, words) for label, row in zip(labels, rows, strict=True))
    return Chart(
        svg=render(paint, (8.2, 1.1 + 0.42 * len(rows)), words="".join([*labels, seen])),
        alt=" ".join([f"{about}.", *spoken]),
        data=Table(caption=about, header=header, rows=data),
    )


def _paint_bars(axes: Any, safe: SafeHistories, order: Sequence[str], words: Words) -> None:
    stand_in = max(safe.rules.threshold, 1)
    heights = [safe.patterns[p] for p in order]
    top = max([h for h in heights if h is not None], default=stand_in)
    for x, height in enumerate(heights):
        hidden = height is None
        size = min(stand_in, 0.08 * top) if height is None else height
        axes.bar(x, size, width=0.66, color="white" if hidden else ACCENT,
                 edgecolor=SOFT if hidden else ACCENT,
                 hatch="////" if hidden else None)  # fmt: skip
        label = _shown(height, words)
        axes.text(x, size + 0.02 * top, label, ha="center", va="bottom", fontsize=7.5,
                  rotation=90 if hidden or len(order) > 16 else 0)  # fmt: skip
    axes.set_xlim(-0.6, len(order) - 0.4)
    axes.set_ylim(0, top * 1.18)
    axes.set_xticks([])
    axes.set_ylabel(words.say(mark("people")))
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


def _paint_row(axes: Any, height: int, row: Row, words: Words) -> None:
    if row.value is None:
        axes.text(0.01, height, words.say("no estimate"), color=SOFT, fontsize=9, va="center",
                  transform=axes.get_yaxis_transform())  # fmt: skip
        return
    colour, width = (ACCENT, 2.6) if row.strong else (INK, 1.6)
    if row.lower is not None and row.upper is not None:
        axes.plot([row.lower, row.upper], [height, height], color=colour, linewidth=width)
    axes.scatter([row.value], [height], color=colour, s=46 if row.strong else 30, zorder=3)
    axes.text(row.value, height + 0.16, f"{row.value:,.0f}", ha="center", va="bottom", fontsize=8)


def _list_label(name: str, safe: SafeHistories, titles: Mapping[str, str], words: Words) -> str:
    return f"{words.said(titles.get(name, name))}  {_shown(safe.list_totals[name], words)}"


def _spelled(pattern: str) -> str:
    return pattern.replace("+", " + ")


def _shown(value: int | None, words: Words) -> str:
    return words.say(WITHHELD) if value is None else f"{value:,}"


def _numbers(label: str, row: Row, words: Words) -> tuple[str, ...]:
    if row.value is None:
        return (label, words.say("no estimate"), "", "")
    ends = ("" if end is None else f"{end:,.0f}" for end in (row.lower, row.upper))
    return (label, f"{row.value:,.0f}", *ends)


def _spoken(label: str, row: Row, words: Words) -> str:
    if row.value is None:
        return words.say("{label}: no estimate.", label=label)
    if row.lower is None or row.upper is None:
        return f"{label}: {row.value:,.0f}."
    numbers = {name: f"{getattr(row, name):,.0f}" for name in ("value", "lower", "upper")}
    return words.say("{label}: {value}, interval {lower} to {upper}.", label=label, **numbers)


def _in(words: Words, *names: str) -> tuple[str, ...]:
    return tuple(words.said(name) for name in names)
