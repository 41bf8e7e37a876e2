"""The likeliest graphs: which lists depend on which, each graph with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.estimation.pictures.picture import Picture
from bearwitness.ink import ACCENT, INK, SOFT, quieten, shortened

MOST_GRAPHS = 6


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Lists joined where they depend on each other, given the rest; its posterior probability."""

    cliques: tuple[tuple[str, ...], ...]
    probability: float

    @property
    def edges(self) -> tuple[tuple[str, str], ...]:
        pairs = {pair for clique in self.cliques for pair in combinations(sorted(clique), 2)}
        return tuple(sorted(pairs))


def draw_graphs(graphs: Sequence[Graph], *, lists: Sequence[str]) -> Picture:
    """Up to six graphs, likeliest first, the lists at the same places in each."""
    shown = sorted(graphs, key=lambda graph: -graph.probability)[:MOST_GRAPHS]
    wide = min(3, len(shown))
    high = -(-len(shown) // wide)

    def paint(figure: Any) -> None:
        for number, graph in enumerate(shown, start=1):
            _paint_graph(figure.add_subplot(high, wide, number), graph, sorted(lists))
        figure.subplots_adjust(hspace=0.2, wspace=0.25)

    told = " ".join(f"{_percent(g.probability)}: {_joined(g)}." for g in shown)
    return Picture(
        kind="graphs",
        alt=f"The likeliest graphs of {len(lists)} lists, with their probabilities. {told}",
        table=pa.table(
            {
                "probability": pa.array([g.probability for g in shown], pa.float64()),
                "depend_on_each_other": pa.array([_joined(g) for g in shown], pa.string()),
            }
        ),
        paint=paint,
        size=(2.9 * wide, 2.6 * high),
    )


def _paint_graph(axes: Any, graph: Graph, lists: Sequence[str]) -> None:
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(lists)) / len(lists)
    place = {name: (np.cos(a), np.sin(a)) for name, a in zip(lists, angles, strict=True)}
    for first, second in graph.edges:
        (x, y), (u, v) = place[first], place[second]
        axes.plot([x, u], [y, v], color=ACCENT, linewidth=2.2, zorder=1)
    for name, (x, y) in place.items():
        axes.scatter([x], [y], s=70, color=INK, zorder=2)
        side = "center" if abs(x) < 0.3 else ("left" if x > 0 else "right")
        axes.text(1.17 * x, 1.2 * y, shortened(name, most=14), ha=side, va="center", fontsize=9)
    axes.set_title(_percent(graph.probability), fontsize=11, color=SOFT, pad=12)
    axes.set_xlim(-2.0, 2.0)
    axes.set_ylim(-1.45, 1.45)
    axes.set_xticks([])
    axes.set_yticks([])
    quieten(axes, keep=())


def _joined(graph: Graph) -> str:
    return ", ".join(f"{first} with {second}" for first, second in graph.edges) or "no two lists"


def _percent(probability: float) -> str:
    return f"{probability:.1%}" if probability >= 0.001 else "under 0.1%"
