"""Curves: the total as the assumption gives way, and how well each total fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.estimation.pictures.picture import Picture, people
from bearwitness.ink import ACCENT, ALARM, INK, SOFT, in_thousands, quieten

# Odds ratios are told as people say them.
_SAID = {0.25: "1/4", 0.5: "1/2", 1.0: "1", 2.0: "2", 4.0: "4"}


def draw_sensitivity(curve: pa.Table, *, observed: int, level: float, meaning: str) -> Picture:
    """The total for each odds ratio, on a doubling axis; 1 is the assumption itself.

    `curve` has the columns odds_ratio, estimate, lower and upper (the last two may be empty).
    `meaning` says in a sentence what twice the odds would be.
    """
    ratio, estimate, lower, upper = (
        np.array(curve.column(name).to_pylist(), dtype=float)
        for name in ("odds_ratio", "estimate", "lower", "upper")
    )
    told = [place for place, value in enumerate(ratio) if round(float(value), 9) in _SAID]

    def paint(figure: Any) -> None:
        axes = figure.add_subplot()
        axes.set_xscale("log", base=2)
        fine = np.geomspace(ratio[0], ratio[-1], 200)  # the total is a straight line in the ratio
        if np.isfinite(lower).all():
            ends = np.interp(fine, ratio, lower), np.interp(fine, ratio, upper)
            axes.fill_between(fine, *ends, color=ACCENT, alpha=0.18, linewidth=0)
        axes.plot(fine, np.interp(fine, ratio, estimate), color=ACCENT, linewidth=2.2)
        for place in told:
            axes.scatter([ratio[place]], [estimate[place]], color=INK, s=26, zorder=3)
            axes.annotate(people(estimate[place]), (ratio[place], estimate[place]), fontsize=9,
                          xytext=(-5, 6), textcoords="offset points",
                          ha="right" if place else "left")  # fmt: skip
        axes.axvline(1.0, color=SOFT, linewidth=1, linestyle="--")
        axes.axhline(observed, color=ALARM, linestyle=":", linewidth=1.6)
        axes.annotate(f"observed {people(observed)}", (ratio[-1], observed), color=ALARM,
                      xytext=(0, 4), textcoords="offset points", ha="right", size=8.5)  # fmt: skip
        places = [float(ratio[place]) for place in told]
        axes.set_xticks(places, [_SAID[round(place, 9)] for place in places])
        axes.minorticks_off()
        top = float(np.nanmax(np.concatenate([estimate, upper[np.isfinite(upper)]])))
        axes.set_ylim(0, 1.08 * top)
        axes.yaxis.set_major_formatter(in_thousands)
        axes.set_ylabel("people in all")
        axes.set_xlabel("odds ratio of all lists at once; the method assumes 1", color=SOFT)
        quieten(axes, keep=("left", "bottom"))

    spoken = "; ".join(
        f"at {_SAID[round(float(ratio[p]), 9)]}: {people(estimate[p])}" for p in told
    )
    return Picture(
        kind="sensitivity",
        alt=f"The total as the odds ratio that the method takes as 1 varies: {spoken}. "
        f"{people(observed)} were observed. {meaning}",
        table=curve,
        paint=paint,
        size=(7.0, 4.0),
    )


def draw_profile(
    curve: pa.Table, *, drop: float, numbers: Mapping[str, float], level: float
) -> Picture:
    """How much less likely each total is than the likeliest one, in log likelihood.

    `curve` has the columns total and log_likelihood, 0 at most. Totals above -`drop` are within
    the interval of `level`. `numbers` has observed, best, lower and upper; upper may be infinite.
    """
    total, height = (np.array(curve.column(name)) for name in ("total", "log_likelihood"))

    def paint(figure: Any) -> None:
        axes = figure.add_subplot()
        axes.fill_between(total, -drop, height, where=height >= -drop, color=ACCENT, alpha=0.18,
                          linewidth=0)  # fmt: skip
        axes.plot(total, height, color=ACCENT, linewidth=2.2)
        axes.axhline(-drop, color=SOFT, linewidth=1, linestyle="--")
        for name, side, right in (
            ("lower", "right", -5),
            ("best", "center", 0),
            ("upper", "left", 5),
        ):
            if np.isfinite(numbers[name]):
                base = 0.0 if name == "best" else -drop
                axes.scatter([numbers[name]], [base], color=INK, s=26, zorder=3)
                axes.annotate(people(numbers[name]), (numbers[name], base), fontsize=9, ha=side,
                              xytext=(right, 6), textcoords="offset points")  # fmt: skip
        axes.set_ylim(-2.2 * drop, 0.35 * drop)
        axes.set_ylabel("log likelihood below the best")
        axes.set_xlabel(f"people in all; dashed: the limit at {level:.0%}", color=SOFT)
        axes.xaxis.set_major_formatter(in_thousands)
        quieten(axes, keep=("left", "bottom"))

    return Picture(
        kind="profile",
        alt="Profile likelihood of the total, the model taken as given: "
        f"likeliest at {people(numbers['best'])}; "
        f"{_reach(numbers, level)}; {people(numbers['observed'])} were observed.",
        table=curve,
        paint=paint,
        size=(7.0, 3.8),
    )


def _reach(numbers: Mapping[str, float], level: float) -> str:
    low = people(numbers["lower"])
    if not np.isfinite(numbers["upper"]):
        return f"from {low} up, no total is spoken against at {level:.0%}: there is no upper end"
    return f"{low} to {people(numbers['upper'])} are not spoken against at {level:.0%}"
