"""Averaging over decomposable graphs: the method of Madigan & York (1997), on an adaptive grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.decomposable.graphs import decomposable_graphs
from bearwitness.estimation.decomposable.likelihood import Table
from bearwitness.estimation.decomposable.posterior import (
    Places,
    Posterior,
    find_posterior,
    masses_of,
    share_at_edge,
    weigh_graphs,
)
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

SOME_GRAPH = (
    "Given the lists that a list depends on, it is independent of the others; which depend on "
    "which is averaged over, and at least one pair of lists is independent given the rest."
)
MOST_LISTS = 7

# Rules of this house.
MOST_AT_EDGE = 1e-3  # posterior mass in the last tenth of the search: beyond it, no upper end
MOST_SATURATED = 0.5  # posterior probability of the graph that says nothing of the unseen

WITHOUT, WITH = "without_saturated", "with_saturated"  # the complete graph, in `details`

_LEFT_OUT = 1e-8  # posterior probability of a graph that tables next to this one can do without


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
        return self._answer(
            draft, seen, find_posterior(self._table(seen), saturated=self.saturated)
        )

    def points(self, seen: Histories, tables: Reals) -> Reals:
        """The median of each of `tables` (tables by cells of `seen`), not rounded to a person.

        Meant for tables that differ little from that of `seen`: graphs that have next to no
        posterior probability there are left out.
        """
        whole = find_posterior(self._table(seen), saturated=self.saturated)
        graphs = whole.graphs[whole.probabilities > _LEFT_OUT]
        if graphs[-1] != whole.graphs[-1]:
            graphs = np.append(graphs, whole.graphs[-1])
        return np.array([self._median(seen, row, whole.unseen, graphs) for row in tables])

    def _table(self, seen: Histories) -> Table:
        return Table(seen, self.weight or 0.5 ** len(seen.lists))

    def _median(self, seen: Histories, counts: Reals, unseen: Reals, graphs: Places) -> float:
        one = Histories.from_counts(seen.lists, counts)
        posterior = weigh_graphs(self._table(one), unseen, graphs)
        masses = masses_of(unseen, posterior.density(saturated=self.saturated))
        reached = np.cumsum(masses) / masses.sum()
        return float(one.observed + np.interp(0.5, reached, unseen))

    def _answer(self, draft: Estimate, seen: Histories, posterior: Posterior) -> Estimate:
        saturated = posterior.of_saturated
        chosen = posterior.density(saturated=self.saturated)
        edge = share_at_edge(posterior.unseen, chosen)
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
        "share_between_models": posterior.share_between(saturated=settings.saturated),
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
