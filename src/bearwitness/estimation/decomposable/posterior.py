"""The posterior over decomposable graphs and the people on no list, summed over a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.decomposable.graphs import decomposable_graphs
from bearwitness.estimation.decomposable.likelihood import Table
from bearwitness.estimation.design import Reals

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Places = NDArray[np.int64]

_EXACT, _COARSE, _FINE = 100, 80, 1200  # points of the grid, at the least
_WIDE, _WIDEST = 1e4, 1e7  # times the people observed
_NEGLIGIBLE = 1e-10  # of the posterior: what all graphs left out may have together
_LITTLE_AT_EDGE = 1e-6  # posterior mass at the edge, at which the search stops to widen
_NOTHING, _MOST_LOG = 60.0, 500.0  # log densities, below and above the highest
_AT_ONCE = 50_000  # densities held at a time: about what the processor keeps near


@dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """Densities over the grid `unseen` (one scale): of the complete graph, and of all others.

    `graphs` are rows of `decomposable_graphs`, `probabilities` theirs, `means` what each expects of
    the unseen; the last is the complete graph.
    """

    lists: int
    unseen: Reals
    graphs: Places
    probabilities: Reals
    means: Reals
    complete: Reals
    others: Reals

    @property
    def of_saturated(self) -> float:
        return float(self.probabilities[-1])

    def density(self, *, saturated: bool) -> Reals:
        return self.others + self.complete if saturated else self.others

    def share_between(self, *, saturated: bool) -> float:
        """Share of the variance of the total that lies between graphs, 0 to 1.

        The law of total variance: what would be left if each graph knew the unseen exactly.
        """
        density = self.density(saturated=saturated) * _weights(self.unseen)
        mean, square = (float(density @ self.unseen**power) for power in (1, 2))
        mass = float(density.sum())
        variance = square / mass - (mean / mass) ** 2
        last = len(self.graphs) if saturated else len(self.graphs) - 1
        chances = self.probabilities[:last] / self.probabilities[:last].sum()
        between = float(chances @ (self.means[:last] - mean / mass) ** 2)
        return min(between / variance, 1.0) if variance > 0 else 0.0

    def quantiles(self, density: Reals, tails: Reals) -> Reals:
        """The least number of unseen people that has `tails` of the posterior at or below it."""
        masses = masses_of(self.unseen, density)
        reached = np.cumsum(masses) / masses.sum()
        place = np.searchsorted(reached, tails * (1 - 1e-12))
        before = np.where(place > 0, reached[place - 1], 0.0)
        share = (tails - before) / np.maximum(reached[place] - before, 1e-300)
        start = np.where(place > 0, self.unseen[place - 1], self.unseen[0] - 1)
        return np.asarray(np.ceil(start + share * (self.unseen[place] - start) - 1e-9))


def find_posterior(table: Table, *, saturated: bool = False) -> Posterior:
    """Of the graphs that matter, on a grid that reaches as far as there is anything to find.

    It is the complete graph that reaches farthest; only with `saturated` is the grid made for it.
    """
    graphs = likely_graphs(table, coarse_grid(table))
    reaching = graphs if saturated else graphs[:-1]
    return weigh_graphs(table, find_grid(table, reaching), graphs)


def coarse_grid(table: Table) -> Reals:
    """No graph has a peak so narrow that it falls between two points: they are two widths apart."""
    return _grid(table, _WIDE * table.observed, points=_COARSE, per_width=0.5)


def likely_graphs(table: Table, unseen: Reals) -> Places:
    """Rows of `decomposable_graphs` that matter somewhere on the coarse grid `unseen`.

    Those left out have less than 1e-10 of the posterior of all that are not complete. The
    complete graph, last, stays; it may be likelier than all others by any factor.
    """
    rows = decomposable_graphs(table.lists)
    best = np.empty(rows.shape[0])
    width = np.log(np.maximum(np.gradient(unseen), 1.0))
    for part, logs in _logs(table, rows, unseen):
        best[part] = (logs + width).max(axis=1)
    others = best[:-1].max() + np.log(np.exp(best[:-1] - best[:-1].max()).sum())
    keep = best > others + np.log(_NEGLIGIBLE / len(best))
    keep[-1] = True
    return np.flatnonzero(keep)


def weigh_graphs(table: Table, unseen: Reals, graphs: Places) -> Posterior:
    """The posterior over `graphs`, the complete one last, and the whole numbers `unseen`."""
    rows = decomposable_graphs(table.lists)[graphs]
    weights = _weights(unseen)
    weights = np.column_stack([weights, weights * unseen])
    sums, others, top = _add_up(table, rows[:-1], unseen, weights)
    # On the scale of the others: the complete graph can be likelier by more than floats can hold.
    [(_, logs)] = _logs(table, rows[[-1]], unseen)
    complete = np.exp(np.minimum(logs[0] - top, _MOST_LOG))
    sums = np.vstack([sums, complete @ weights])
    masses = sums[:, 0]
    return Posterior(
        lists=table.lists,
        unseen=unseen,
        graphs=graphs,
        probabilities=masses / masses.sum(),
        means=sums[:, 1] / np.maximum(masses, 1e-300),
        complete=complete,
        others=others,
    )


def find_grid(table: Table, graphs: Places) -> Reals:
    """Every number to 100, then ever wider steps, until next to nothing is left at the edge."""
    rows = decomposable_graphs(table.lists)[graphs]
    reach = 10.0
    while True:
        unseen = _grid(table, reach * table.observed, points=2 * _COARSE, per_width=1)
        _, density, _ = _add_up(table, rows, unseen, _weights(unseen))
        if share_at_edge(unseen, density) < _LITTLE_AT_EDGE or reach >= _WIDEST:
            return _grid(table, reach * table.observed, points=_FINE, per_width=4)
        reach *= 10


def masses_of(unseen: Reals, density: Reals) -> Reals:
    """Posterior mass of the whole numbers after the point before, up to and with this point."""
    gaps = np.diff(unseen)
    between = density[:-1] * (gaps - 1) / 2 + density[1:] * (gaps + 1) / 2
    return np.concatenate([density[:1], between])


def share_at_edge(unseen: Reals, density: Reals) -> float:
    """Share of the posterior in the last tenth of the search."""
    masses = masses_of(unseen, density)
    return float(masses[unseen > 0.9 * unseen[-1]].sum() / masses.sum())


def _add_up(
    table: Table, rows: csr_array, unseen: Reals, weights: Reals
) -> tuple[Reals, Reals, float]:
    """The mass of each graph, the sum of their densities, and the log that these are over.

    With several columns of `weights` there are as many sums of each graph.
    """
    masses = np.zeros((rows.shape[0], *weights.shape[1:]))
    density, top = np.zeros(len(unseen)), -np.inf
    for part, logs in _logs(table, rows, unseen):
        highest = float(logs.max())
        if highest > top:
            fewer = np.exp(top - highest)
            masses, density, top = masses * fewer, density * fewer, highest
        near = np.flatnonzero(logs.max(axis=0) > top - _NOTHING)
        if len(near):
            span = slice(near[0], near[-1] + 1)
            densities = np.exp(logs[:, span] - top)
            masses[part] = densities @ weights[span]
            density[span] += densities.sum(axis=0)
    return masses, density, top


def _logs(table: Table, rows: csr_array, unseen: Reals) -> Iterator[tuple[slice, Reals]]:
    """Log posterior densities, up to one constant, of a few graphs at a time (graphs by unseen)."""
    terms, common = table.terms(unseen), table.common(unseen)
    step = max(1, _AT_ONCE // len(unseen))
    for begin, end in pairwise([*range(0, rows.shape[0], step), rows.shape[0]]):
        logs = rows[begin:end] @ terms
        logs += common
        yield slice(begin, end), logs


def _grid(table: Table, largest: float, *, points: int, per_width: float) -> Reals:
    """Whole numbers: all to 100, then `points` or more to `largest`, in steps of equal ratio.

    The log of the unseen is known to one over the root of the recaptures, at the very best: there
    are at least `per_width` points to such a width.
    """
    largest = max(largest, 2 * _EXACT)
    widths = np.log(largest / _EXACT) * np.sqrt(table.recaptures)
    wide = np.geomspace(_EXACT, largest, max(points, int(per_width * widths))).round()
    return np.unique(np.concatenate([np.arange(_EXACT), wide]))


def _weights(unseen: Reals) -> Reals:
    """How many whole numbers each point of the grid stands for, the density linear between."""
    gaps = np.diff(unseen)
    weights = np.zeros(len(unseen))
    weights[0] = 1.0
    weights[:-1] += (gaps - 1) / 2
    weights[1:] += (gaps + 1) / 2
    return weights
