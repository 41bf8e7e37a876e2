"""Averaging over decomposable graphs: the method of Madigan & York (1997), on an adaptive grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.decomposable.graphs import decomposable_graphs
from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import check_settings, draft_estimate
from bearwitness.estimation.draws import DRAWS
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.histories import Histories, pattern_of, read_histories
from bearwitness.estimation.verdicts import (
    bound_below,
    caveats_of,
    judge_answer,
    judge_overlap,
    refuse,
)

Places = NDArray[np.int64]

SOME_GRAPH = (
    "Given the lists that a list depends on, it is independent of the others; which depend on "
    "which is averaged over, and at least one pair of lists is independent given the rest."
)
MOST_LISTS = 7

# Rules of this house.
MOST_AT_EDGE = 1e-3  # posterior mass in the last tenth of the search: beyond it, no upper end
MOST_SATURATED = 0.5  # posterior probability of the graph that says nothing of the unseen

WITHOUT, WITH = "without_saturated", "with_saturated"  # the complete graph, in `details`

_EXACT, _COARSE, _FINE = 100, 80, 1200  # points of the grid
_WIDE, _WIDEST = 1e4, 1e7  # times the people observed
_NEGLIGIBLE = 60.0  # in log weight, against the likeliest graph
_LEFT_OUT = 1e-8  # posterior probability of a graph that tables next to this one can do without
_MOST_LOG = 500.0


@dataclass(frozen=True, kw_only=True)
class Decomposable:
    """Every decomposable graph on the lists, weighed by how well it explains the table.

    Marginal likelihoods are in closed form: a hyper-Dirichlet prior with `weight` in each cell
    (None stands for 1 / 2**lists, so that the prior counts for one person in all), a prior on the
    total of 1 / N, all graphs equally probable. The search over people on no list widens until
    nothing is left at its edge. `saturated` lets the complete graph in, for which the table says
    nothing about people on no list. Up to six lists; seven (617,675 graphs) with `most_lists=7`.
    """

    weight: float | None = None
    saturated: bool = False
    most_lists: int = 6
    level: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)
        if self.weight is not None and not 0 < self.weight < np.inf:
            raise StudyInvalid("weight should be a positive number", hint="Usual is 1 / 2**lists.")
        if not 2 <= self.most_lists <= MOST_LISTS:
            raise StudyInvalid(f"most_lists should lie between 2 and {MOST_LISTS}")

    def fit(self, histories: Any) -> Estimate:
        seen = read_histories(histories).reordered()
        draft = draft_estimate(self, "decomposable", seen, SOME_GRAPH)
        early = judge_overlap(draft, seen)
        if early:
            return early
        if len(seen.lists) > self.most_lists:
            return refuse(
                draft,
                f"{len(seen.lists)} lists have too many graphs to average over; merge lists, "
                "choose stepwise, or allow seven with most_lists=7",
            )
        table = _Table(seen, self.weight or 0.5 ** len(seen.lists))
        graphs = likely_graphs(table, _grid(_WIDE * table.observed, _COARSE))
        posterior = weigh_graphs(table, _find_grid(table, graphs), graphs)
        return self._answer(draft, seen, posterior)

    def points(self, seen: Histories, tables: Reals) -> Reals:
        """The median of each of `tables` (tables by cells of `seen`), not rounded to a person.

        Meant for tables that differ little from that of `seen`: graphs that have next to no
        posterior probability there are left out.
        """
        weight = self.weight or 0.5 ** len(seen.lists)
        table = _Table(seen, weight)
        likely = likely_graphs(table, _grid(_WIDE * table.observed, _COARSE))
        unseen = _find_grid(table, likely)
        whole = weigh_graphs(table, unseen, likely)
        graphs = whole.graphs[whole.probabilities > _LEFT_OUT]
        if graphs[-1] != whole.graphs[-1]:
            graphs = np.append(graphs, whole.graphs[-1])
        return np.array([self._median(seen, row, unseen, graphs) for row in tables])

    def _median(self, seen: Histories, counts: Reals, unseen: Reals, graphs: Places) -> float:
        one = Histories.from_counts(seen.lists, counts)
        posterior = weigh_graphs(_Table(one, self.weight or 0.5 ** len(one.lists)), unseen, graphs)
        masses = _masses(unseen, posterior.density(saturated=self.saturated))
        reached = np.cumsum(masses) / masses.sum()
        return float(one.observed + np.interp(0.5, reached, unseen))

    def _answer(self, draft: Estimate, seen: Histories, posterior: Posterior) -> Estimate:
        saturated = posterior.of_saturated
        chosen = posterior.density(saturated=self.saturated)
        edge = _share_at_edge(posterior.unseen, chosen)
        details = _details(self, seen, posterior, edge)
        lower, middle, upper = details[WITH if self.saturated else WITHOUT]
        draft = replace(draft, details=details)
        if saturated > MOST_SATURATED:
            return bound_below(
                draft,
                f"the complete graph has posterior probability {saturated:.2f}: the table prefers "
                "the model under which it says nothing about people on no list",
            )
        if edge > MOST_AT_EDGE:
            return bound_below(
                draft,
                f"{edge:.1%} of the posterior lies at the edge of a search up to "
                f"{posterior.unseen[-1]:,.0f} people: the table sets no upper end",
            )
        random = np.random.default_rng(self.seed)
        drawn = posterior.quantiles(chosen, random.random(DRAWS))
        return judge_answer(
            replace(
                draft,
                lower=lower,
                estimate=middle,
                upper=upper,
                draws=(seen.observed + drawn).reshape(1, -1),
                verdict=Verdict.ESTIMATE,
                caveats=caveats_of(seen, ()),
            )
        )


class _Table:
    """What the marginal likelihood needs of a table: one term for each set of lists."""

    def __init__(self, seen: Histories, weight: float) -> None:
        from scipy.special import gammaln

        lists = len(seen.lists)
        self.lists, self.observed = lists, float(seen.observed)
        sets = np.arange(1 << lists)
        self.cell_weight = weight * 2.0 ** (lists - np.bitwise_count(sets))
        self.whole = weight * 2.0**lists
        self.on_none = np.zeros(1 << lists)  # observed people on no list of the set
        self.known = np.zeros(1 << lists)
        for which in sets[1:]:
            counts = np.bincount(seen.cells & which, weights=seen.counts, minlength=which + 1)
            self.on_none[which] = counts[0]
            prior = self.cell_weight[which]
            filled = counts[1:][counts[1:] > 0]
            self.known[which] = (gammaln(prior + filled) - gammaln(prior)).sum() - gammaln(prior)

    def terms(self, unseen: Reals) -> Reals:
        """Log marginal likelihood of each set's own table (sets by unseen); 0 for no list."""
        from scipy.special import gammaln

        empty = self.cell_weight[:, None] + self.on_none[:, None] + unseen
        total = gammaln(self.whole) - gammaln(self.whole + self.observed + unseen)
        terms = self.known[:, None] + gammaln(empty) + total
        terms[0] = 0.0
        return np.asarray(terms)

    def common(self, unseen: Reals) -> Reals:
        """What all graphs share: ways to arrange N people, and the prior 1 / N."""
        from scipy.special import gammaln

        total = self.observed + unseen
        return np.asarray(gammaln(total + 1) - gammaln(unseen + 1) - np.log(total))


@dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """Densities over the grid `unseen` of the graphs that matter (graphs by grid, one scale).

    `graphs` are rows of `decomposable_graphs`, `probabilities` theirs; the last is the complete
    graph.
    """

    lists: int
    unseen: Reals
    graphs: Places
    densities: Reals
    probabilities: Reals

    @property
    def of_saturated(self) -> float:
        return float(self.probabilities[-1])

    def density(self, *, saturated: bool) -> Reals:
        rows = self.densities if saturated else self.densities[:-1]
        return np.asarray(rows.sum(axis=0))

    def quantiles(self, density: Reals, tails: Reals) -> Reals:
        """The least number of unseen people that has `tails` of the posterior at or below it."""
        masses = _masses(self.unseen, density)
        reached = np.cumsum(masses) / masses.sum()
        place = np.searchsorted(reached, tails * (1 - 1e-12))
        before = np.where(place > 0, reached[place - 1], 0.0)
        share = (tails - before) / np.maximum(reached[place] - before, 1e-300)
        start = np.where(place > 0, self.unseen[place - 1], self.unseen[0] - 1)
        return np.asarray(np.ceil(start + share * (self.unseen[place] - start) - 1e-9))


def likely_graphs(table: _Table, unseen: Reals) -> Places:
    """Rows of `decomposable_graphs` that matter somewhere on the coarse grid `unseen`.

    Left out are those less likely than exp(-60) of the best that is not complete. The complete
    graph, last, stays; it may be likelier than all others by any factor.
    """
    rows = decomposable_graphs(table.lists)
    logs = rows @ table.terms(unseen) + table.common(unseen)
    best = (logs + np.log(np.maximum(np.gradient(unseen), 1.0))).max(axis=1)
    keep = best > best[:-1].max() - _NEGLIGIBLE
    keep[-1] = True
    return np.flatnonzero(keep)


def weigh_graphs(table: _Table, unseen: Reals, graphs: Places) -> Posterior:
    """The posterior over `graphs` and the whole numbers `unseen`, ascending."""
    logs = decomposable_graphs(table.lists)[graphs] @ table.terms(unseen) + table.common(unseen)
    # On the scale of the others: the complete graph can be likelier by more than floats can hold.
    densities = np.exp(np.minimum(logs - logs[:-1].max(), _MOST_LOG))
    masses = densities @ _weights(unseen)
    return Posterior(
        lists=table.lists,
        unseen=unseen,
        graphs=graphs,
        densities=densities,
        probabilities=masses / masses.sum(),
    )


def _find_grid(table: _Table, graphs: Places) -> Reals:
    """Every number to 100, then ever wider steps, until next to nothing is left at the edge."""
    rows = decomposable_graphs(table.lists)[graphs[:-1]]
    reach = 10.0
    while True:
        unseen = _grid(reach * table.observed, 2 * _COARSE)
        logs = rows @ table.terms(unseen) + table.common(unseen)
        density = np.exp(logs - logs.max()).sum(axis=0)
        if _share_at_edge(unseen, density) < MOST_AT_EDGE / 1000 or reach >= _WIDEST:
            return _grid(reach * table.observed, _FINE)
        reach *= 10


def _grid(largest: float, points: int) -> Reals:
    wide = np.geomspace(_EXACT, max(largest, 2 * _EXACT), points).round()
    return np.unique(np.concatenate([np.arange(_EXACT), wide]))


def _weights(unseen: Reals) -> Reals:
    """How many whole numbers each point of the grid stands for, the density linear between."""
    gaps = np.diff(unseen)
    weights = np.zeros(len(unseen))
    weights[0] = 1.0
    weights[:-1] += (gaps - 1) / 2
    weights[1:] += (gaps + 1) / 2
    return weights


def _masses(unseen: Reals, density: Reals) -> Reals:
    """Posterior mass of the whole numbers after the point before, up to and with this point."""
    gaps = np.diff(unseen)
    between = density[:-1] * (gaps - 1) / 2 + density[1:] * (gaps + 1) / 2
    return np.concatenate([density[:1], between])


def _share_at_edge(unseen: Reals, density: Reals) -> float:
    """Share of the posterior in the last tenth of the search."""
    masses = _masses(unseen, density)
    return float(masses[unseen > 0.9 * unseen[-1]].sum() / masses.sum())


def _details(
    settings: Decomposable, seen: Histories, posterior: Posterior, edge: float
) -> dict[str, Any]:
    tails = np.array([(1 - settings.level) / 2, 0.5, (1 + settings.level) / 2])
    answers = {}
    for name, saturated in ((WITHOUT, False), (WITH, True)):
        unseen = posterior.quantiles(posterior.density(saturated=saturated), tails)
        answers[name] = (seen.observed + unseen).tolist()
    return {
        **answers,
        "probability_of_saturated": posterior.of_saturated,
        "mass_at_edge": edge,
        "largest_unseen_searched": float(posterior.unseen[-1]),
        "graphs": _likeliest(seen, posterior),
        "prior": f"hyper-Dirichlet, {settings.weight or 0.5 ** len(seen.lists):g} in each cell; "
        "1/N on the total; all graphs equally probable",
    }


def _likeliest(seen: Histories, posterior: Posterior) -> list[dict[str, Any]]:
    """The ten likeliest graphs: their cliques, as names of lists, and their probability."""
    rows = decomposable_graphs(posterior.lists)
    order = np.lexsort((posterior.graphs, -posterior.probabilities))[:10]
    told = []
    for place in order:
        row = rows[[posterior.graphs[place]]].tocoo()
        cliques = [int(which) for which, value in zip(row.col, row.data, strict=True) if value > 0]
        named = sorted(pattern_of(seen.lists, clique) for clique in cliques)
        told.append({"cliques": named, "probability": float(posterior.probabilities[place])})
    return told
