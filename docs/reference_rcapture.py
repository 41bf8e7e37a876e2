"""The rows of Rcapture: closed populations, their profile likelihood, and where its rounds end.

Theirs fits by R's glm, which stops when the deviance changes by less than 1e-8 of itself, and takes
standard errors from the weights before its last step; its profile likelihood has Stirling's formula
in place of factorials. Where our numbers differ from theirs in the sixth digit or before, ours are
made again under these rules, to see whether that is all.
"""

from __future__ import annotations

from dataclasses import replace
from math import log, pi, sqrt
from typing import Any

import numpy as np
from docs.reference_rows import Ours, Row, is_same

from bearwitness.estimation import Behaviour, Histories, Independence
from bearwitness.estimation.closed.heterogeneity import curve_of
from bearwitness.estimation.design import model_matrix
from bearwitness.estimation.intervals import normal_quantile
from bearwitness.estimation.loglinear.dense import fit_dense
from bearwitness.estimation.loglinear.fit import twice_negative_log_likelihood
from bearwitness.estimation.loglinear.margins import (
    closed_design,
    fit_closed,
    fit_lower_bound,
    has_finite_maximum,
)
from bearwitness.estimation.loglinear.profile import profile_interval

WALD = normal_quantile(0.975)
CURVES = {"Poisson2": "poisson", "Darroch": "darroch", "Gamma3.5": "gamma"}

NO_MAXIMUM = "the model has no finite maximum on this table"
STOPPED = "theirs stops a round before the maximum: stopped there, ours has all its digits"
NO_MAXIMUM_SEEN = (
    "the likelihood rises without end, and ours is refused; theirs is where its rounds ended, and "
    "ours has its digits if it is ended there"
)
MBH_ERROR = (
    "the derivative behind their standard error leaves out that people first seen after the first "
    "occasion can be seen again; with the same slip ours has all its digits, without it"
)
STIRLING = "theirs has Stirling's formula for the factorials: with it, ours has all its digits"


def closedp(seen: Histories, row: Row) -> Ours:
    model, *curve = row["what"].split()[1:]
    if model in ("Mb", "Mbh"):
        return behaviour(seen, row, model == "Mbh")
    alike = model in ("M0", "Mh")
    if curve and curve[0] == "Chao":
        fit, shape = fit_lower_bound(seen, lists_alike=alike)
    else:
        shape = curve_of(len(seen.lists), CURVES[curve[0]] if curve else None)
        fit = fit_closed(seen, shape, lists_alike=alike)
    more = {
        "deviance": fit.deviance,
        "df": float(2 ** len(seen.lists) - 1 - len(fit.parameters)),
        "aic": fit.criterion(2.0),
        "bic": fit.criterion(log(seen.observed)),
    }
    matrix = closed_design(seen, seen.cells, shape, lists_alike=alike)
    stopped = symmetric(*stopped_early(matrix, seen.counts))
    if not has_finite_maximum(seen, shape, lists_alike=alike):
        note = NO_MAXIMUM_SEEN if is_same(stopped, row) else "the likelihood rises without end"
        return Ours(more=more, reason=NO_MAXIMUM, note=note)
    exact = symmetric(seen.observed + fit.unseen, fit.error, more)
    return exact if is_same(exact, row) else _as_theirs(exact, stopped, row, STOPPED)


def symmetric(total: float, error: float, more: dict[str, float] | None = None) -> Ours:
    ends = total - WALD * error, total + WALD * error
    return Ours(estimate=total, lower=ends[0], upper=ends[1], more={**(more or {}), "se": error})


def _as_theirs(exact: Ours, theirs: Ours, row: Row, note: str) -> Ours:
    """`exact`, with the note that accounts for the difference if `theirs` has none."""
    return replace(exact, rule=note) if is_same(theirs, row) else exact


def stopped_early(matrix: Any, counts: Any) -> tuple[float, float]:
    """The total and its standard error where R's glm would stop."""
    parameters, covariance = fit_like_glm(matrix, counts)
    unseen = float(np.exp(parameters[0]))
    return counts.sum() + unseen, sqrt(unseen + unseen**2 * covariance[0, 0])


def fit_like_glm(matrix: Any, counts: Any) -> tuple[Any, Any]:
    """Weighted least squares from counts and a tenth, 25 rounds at most, by glm's stopping rule."""
    from scipy.special import xlogy

    def deviance(mean: Any) -> float:
        return float(
            2 * (xlogy(counts, np.where(counts > 0, counts, 1) / mean) - counts + mean).sum()
        )

    mean = counts + 0.1
    before = deviance(mean)
    for _ in range(25):
        roots = np.sqrt(mean)
        weighted = matrix * roots[:, None]
        target = (np.log(mean) + (counts - mean) / mean) * roots
        parameters = np.linalg.lstsq(weighted, target, rcond=None)[0]
        covariance = np.linalg.inv(weighted.T @ weighted)
        mean = np.exp(matrix @ parameters)
        now = deviance(mean)
        if abs(now - before) < 1e-8 * (abs(now) + 0.1):
            break
        before = now
    return parameters, covariance


def behaviour(seen: Histories, row: Row, first_apart: bool) -> Ours:
    """Mb and Mbh: the total of `Behaviour`, and the fit of all patterns beside it."""
    told = Behaviour(order=seen.lists, first_apart=first_apart).fit(seen).details
    matrix = behaviour_matrix(len(seen.lists), first_apart)
    fit = fit_dense(matrix, seen.counts)
    misfit = float(twice_negative_log_likelihood(seen.counts[None], fit.fitted[None])[0])
    best = float(twice_negative_log_likelihood(seen.counts[None], seen.counts[None])[0])
    more = {
        "deviance": misfit - best,
        "df": float(matrix.shape[0] - matrix.shape[1]),
        "aic": misfit + 2 * matrix.shape[1],
        "bic": misfit + log(seen.observed) * matrix.shape[1],
    }
    exact = symmetric(told["total"], told["standard_error"], more)
    if is_same(exact, row):
        return exact
    theirs = symmetric(*behaviour_like_glm(matrix, seen, first_apart))
    note = f"{MBH_ERROR} it is {told['standard_error']:.4g}" if first_apart else STOPPED
    return _as_theirs(exact, theirs, row, note)


def behaviour_matrix(lists: int, first_apart: bool) -> Any:
    """Cormack's form: misses before the first sighting, sightings after it."""
    on = (np.arange(1, 2**lists)[:, None] >> np.arange(lists)) & 1
    first, number = on.argmax(axis=1), on.sum(axis=1)
    columns = [np.ones(len(on)), first, number - 1, *([first == 0] if first_apart else [])]
    return np.column_stack(columns).astype(float)


def behaviour_like_glm(matrix: Any, seen: Histories, first_apart: bool) -> tuple[float, float]:
    """The total, and its error by the delta method, with the slip of theirs for Mbh."""
    parameters, covariance = fit_like_glm(matrix, seen.counts)
    later_occasions = len(seen.lists) - 1
    odds = np.exp(parameters[2])
    again = odds / (1 + odds)
    start = np.exp(parameters[0] + later_occasions * np.log1p(odds))
    rate = np.exp(parameters[1]) / (1 + odds)
    turn = start * rate / (1 - rate) ** 2
    if first_apart:
        at_first = start * np.exp(parameters[3])
        total = at_first + start * rate / (1 - rate)
        slope = [total, turn, at_first * later_occasions * again - turn * again, at_first]
    else:
        total = start / (1 - rate)
        slope = [total, turn, total * later_occasions * again - turn * again]
    return float(total), sqrt(np.array(slope) @ covariance @ np.array(slope) - total)


def profiled(seen: Histories, row: Row) -> Ours:
    start = Independence().fit(seen).unseen or 1.0
    matrix = model_matrix(len(seen.lists), ())
    interval = profile_interval(matrix, seen.counts, unseen=start, level=0.95)
    best = interval.details["profile_maximum"]
    exact = Ours(estimate=best, lower=interval.lower, upper=interval.upper)
    if is_same(exact, row):
        return exact
    return _as_theirs(exact, with_stirling(seen, exact), row, STIRLING)


def with_stirling(seen: Histories, near: Ours) -> Ours:
    """The profile of independence, where the fit for each total is in closed form."""
    from scipy.optimize import brentq, minimize_scalar
    from scipy.special import xlogy

    on = np.array([seen.people[seen.holds(name)].sum() for name in seen.lists])
    observed = seen.observed

    def factorial(number: float) -> float:
        return number * log(number) - number + log(2 * pi * number) / 2

    def minus(unseen: float) -> float:
        total = observed + unseen
        shares = (xlogy(on, on / total) + xlogy(total - on, 1 - on / total)).sum()
        return float(factorial(unseen) - factorial(total) - shares)

    ends = [(end or 0.0) - observed for end in (near.lower, near.upper)]
    wide = 0.8 * ends[0], 1.2 * ends[1]
    found = minimize_scalar(minus, bounds=wide, method="bounded", options={"xatol": 1e-10})
    least = found.fun + WALD**2 / 2
    lower = brentq(lambda unseen: minus(unseen) - least, wide[0], found.x)
    upper = brentq(lambda unseen: minus(unseen) - least, found.x, wide[1])
    return Ours(estimate=observed + found.x, lower=observed + lower, upper=observed + upper)
