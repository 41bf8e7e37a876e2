"""How an answer is drawn, by kind: the painters that `Estimate.plot` finds in PAINTERS."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import EstimateRefused, StudyInvalid
from bearwitness.estimation.checks.assumption import sensitivity_curve
from bearwitness.estimation.design import terms_of
from bearwitness.estimation.estimate import PAINTERS, Estimate
from bearwitness.estimation.histories import read_histories
from bearwitness.estimation.loglinear.profile import profile_curve
from bearwitness.estimation.pictures.curves import draw_profile
from bearwitness.estimation.pictures.density import draw_density
from bearwitness.estimation.pictures.forest import draw_forest
from bearwitness.estimation.pictures.graphs import Graph, draw_graphs
from bearwitness.estimation.pictures.picture import Picture
from bearwitness.estimation.pictures.traces import draw_traces

LOG_LINEAR = frozenset({"independence", "loglinear", "aic", "bic", "stepwise"})


def _posterior(estimate: Estimate, histories: Any) -> Picture:
    draws = estimate.to_posterior()["posterior"]["N"]
    bootstrap = "replicates" in estimate.settings
    return draw_density(
        draws,
        observed=estimate.observed,
        numbers=_numbers(estimate),
        level=estimate.level,
        about=f"{estimate.method}, {'bootstrap' if bootstrap else 'posterior'}",
    )


def _interval(estimate: Estimate, histories: Any) -> Picture:
    lines = [estimate.as_line(estimate.method, strong=True)]
    return draw_forest(lines, observed=estimate.observed, about="One answer.", kind="interval")


def _sensitivity(estimate: Estimate, histories: Any) -> Picture:
    return sensitivity_curve(histories, estimate).plot()


def _profile(estimate: Estimate, histories: Any) -> Picture:
    if estimate.method not in LOG_LINEAR:
        raise StudyInvalid(
            f"{estimate.method} has no profile likelihood",
            hint=f"Methods that have: {', '.join(sorted(LOG_LINEAR))}.",
        )
    if histories is None:
        raise StudyInvalid(
            "a profile is fitted to the table, and an estimate does not hold its table",
            hint="Give it: estimate.plot('profile', histories=histories).",
        )
    seen = read_histories(histories)
    if seen.input_digest != estimate.input_digest:
        raise StudyInvalid(
            "the estimate was not made from this table",
            hint="Give the table that it was fitted to, or fit this one.",
        )
    _, middle, _ = _numbers(estimate)
    terms = terms_of([term.split(":") for term in estimate.model], seen.lists)
    curve = profile_curve(seen, terms, unseen=middle - seen.observed, level=estimate.level)
    return draw_profile(
        pa.table({"total": curve.total, "log_likelihood": curve.log_likelihood}),
        drop=curve.drop,
        numbers={
            "observed": float(seen.observed),
            "best": float(curve.interval.details["profile_maximum"]),
            "lower": curve.interval.lower,
            "upper": curve.interval.upper,
        },
        level=estimate.level,
    )


def _graphs(estimate: Estimate, histories: Any) -> Picture:
    found = estimate.details.get("graphs")
    if not found:
        raise StudyInvalid(
            f"{estimate.method} averages over no graphs",
            hint="Fit the method decomposable, which does.",
        )
    graphs = [
        Graph(
            cliques=tuple(tuple(clique.split("+")) for clique in graph["cliques"]),
            probability=float(graph["probability"]),
        )
        for graph in found
    ]
    return draw_graphs(graphs, lists=estimate.lists)


def _trace(estimate: Estimate, histories: Any) -> Picture:
    draws = estimate.draws
    if draws is None and "rhat" in estimate.details:
        raise EstimateRefused(
            "the chains did not agree, and their draws are withheld",
            hint="details['modes'] says where they stayed, and for how much of the time; "
            + "; ".join(estimate.reasons),
        )
    if draws is None or np.atleast_2d(draws).shape[0] < 2:
        raise StudyInvalid(
            f"{estimate.method} ran no chains: there is nothing that could fail to settle",
            hint="Draw 'posterior' instead, or fit latent-class, which runs several.",
        )
    measured = [
        f"{name} {float(estimate.details[key]):,.{digits}f}"
        for key, name, digits in _MIXING
        if isinstance(estimate.details.get(key), int | float)
    ]
    return draw_traces(draws, mixing=", ".join(measured))


_MIXING = (("rhat", "R-hat", 3), ("ess_bulk", "effective draws: bulk", 0), ("ess_tail", "tail", 0))


def _numbers(estimate: Estimate) -> tuple[float, float, float]:
    if estimate.estimate is None or estimate.lower is None or estimate.upper is None:
        raise EstimateRefused(
            f"there is no number to draw: {estimate.verdict}",
            hint="; ".join(estimate.reasons) or "Read `summary()`.",
        )
    return estimate.lower, estimate.estimate, estimate.upper


PAINTERS |= {
    "posterior": _posterior,
    "interval": _interval,
    "sensitivity": _sensitivity,
    "profile": _profile,
    "graphs": _graphs,
    "trace": _trace,
}
