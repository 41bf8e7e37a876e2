"""Poisson log-linear models fitted by Newton's method, many samples or many models at a time.

The likelihood is concave in its parameters (McCullagh & Nelder 1989, chapter 6), so that Newton's
method from one weighted least-squares step finds the only maximum where there is one.

No model matrix is ever made. A parameter enters every pattern that holds all lists of its term,
so predictors are sums over the subsets of a pattern, and sufficient statistics and information
are sums over the supersets of a term: both by the fast zeta transform, lists x patterns additions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.design import Flags, Reals

Columns = NDArray[np.int64]

_ROUNDS = 60
_LONGEST_STEP = 8.0  # in the log of a fitted count
_RIDGE = 1e-13  # keeps a hessian solvable as a maximum runs away; the maximum itself stays put
_CLOSE = 1e-10  # of the people observed
_SAFELY_POSITIVE = 1e-5  # people
_LARGEST_LOG = 60.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Fits:
    """One row per sample: parameters, fitted counts (0 where dropped), and what became of it.

    `certain` means that a finite maximum exists, shown by the fit itself: fitted counts that are
    all clearly positive reproduce the sufficient statistics, which puts these in the interior of
    the marginal cone (Fienberg & Rinaldo 2012).
    """

    parameters: Reals
    fitted: Reals
    converged: Flags
    certain: Flags

    @property
    def unseen(self) -> Reals:
        """The expected count of people on no list: the exponential of the intercept."""
        return np.asarray(np.exp(np.minimum(self.parameters[:, 0], _LARGEST_LOG)))


def fit_poisson(columns: Columns, counts: Reals, active: Flags) -> Fits:
    """Fit `counts` (samples by patterns) where `active`, with the parameters `columns`.

    `columns` holds the term of each parameter as bits, 0 for the intercept, which comes first;
    with a leading axis, one model per sample.
    """
    counts = with_nobody(np.where(active, counts, 0.0))
    active = np.pad(active, ((0, 0), (1, 0)))
    columns = np.broadcast_to(columns, (len(counts), columns.shape[-1]))
    parameters = _start(columns, counts, active)
    open_ = np.arange(len(counts))
    converged = np.zeros(len(counts), dtype=bool)
    for _ in range(_ROUNDS):
        part = columns[open_]
        fitted = _fitted(part, parameters[open_], active[open_])
        slope = _statistics(part, counts[open_] - fitted)
        near = np.abs(slope).max(axis=1) <= _CLOSE * (1.0 + counts[open_].sum(axis=1))
        converged[open_[near]] = True
        if near.all():
            break
        open_, part = open_[~near], part[~near]
        step = _solve(information(part, fitted[~near]), slope[~near])
        parameters[open_] += step * _shortening(part, step, active[open_])
    return _judge(columns, parameters, counts, active, converged)


def log_unseen_error(columns: Columns, fitted: Reals) -> float:
    """Standard error of the log of the unseen: of the intercept, by the Fisher information."""
    found = information(columns[None, :], with_nobody(fitted[None, :]))[0]
    return float(np.sqrt(np.linalg.inv(found)[0, 0]))


def twice_negative_log_likelihood(counts: Reals, fitted: Reals) -> Reals:
    """Of independent Poisson counts, for each sample."""
    from scipy.special import gammaln, xlogy

    terms = xlogy(counts, fitted) - fitted - gammaln(counts + 1)
    return np.asarray(-2.0 * terms.sum(axis=1))


def _judge(
    columns: Columns, parameters: Reals, counts: Reals, active: Flags, converged: Flags
) -> Fits:
    fitted = _fitted(columns, parameters, active)
    least = np.where(active, fitted, np.inf).min(axis=1)
    slope = np.abs(_statistics(columns, counts - fitted)).max(axis=1)
    certain = converged & (least > _SAFELY_POSITIVE) & (slope < 1e-3 * least)
    return Fits(parameters=parameters, fitted=fitted[:, 1:], converged=converged, certain=certain)


def _start(columns: Columns, counts: Reals, active: Flags) -> Reals:
    guess = np.where(active, counts + 0.1, 0.0)
    logs = np.log(np.where(active, guess, 1.0))
    target = guess * logs + np.where(active, counts - guess, 0.0)
    return _solve(information(columns, guess), _statistics(columns, target))


def _fitted(columns: Columns, parameters: Reals, active: Flags) -> Reals:
    predictor = np.minimum(_predictor(columns, parameters, active.shape[1]), _LARGEST_LOG)
    return np.where(active, np.exp(predictor), 0.0)


def _predictor(columns: Columns, parameters: Reals, size: int) -> Reals:
    values = np.zeros((len(columns), size))
    np.put_along_axis(values, columns, parameters, axis=1)
    for bit in range(size.bit_length() - 1):
        halves = values.reshape(len(values), -1, 2, 1 << bit)
        halves[:, :, 1] += halves[:, :, 0]
    return values


def _over_supersets(values: Reals) -> Reals:
    sums = values.copy()
    for bit in range(values.shape[1].bit_length() - 1):
        halves = sums.reshape(len(sums), -1, 2, 1 << bit)
        halves[:, :, 0] += halves[:, :, 1]
    return sums


def _statistics(columns: Columns, values: Reals) -> Reals:
    return np.asarray(np.take_along_axis(_over_supersets(values), columns, axis=1))


def information(columns: Columns, fitted: Reals) -> Reals:
    """Of the parameters `columns` (samples by parameters), for fitted counts with nobody first."""
    size = columns.shape[1]
    unions = (columns[:, :, None] | columns[:, None, :]).reshape(len(columns), size * size)
    sums = np.take_along_axis(_over_supersets(fitted), unions, axis=1)
    return np.asarray(sums).reshape(len(columns), size, size)


def _solve(information: Reals, slope: Reals) -> Reals:
    size = information.shape[-1]
    ridge = _RIDGE * (1.0 + information.max(axis=(1, 2)))
    padded = information + ridge[:, None, None] * np.eye(size)
    return np.asarray(np.linalg.solve(padded, slope[:, :, None])[:, :, 0])


def _shortening(columns: Columns, step: Reals, active: Flags) -> Reals:
    change = np.abs(_predictor(columns, step, active.shape[1]))
    reach = np.where(active, change, 0.0).max(axis=1)
    return np.asarray(np.minimum(1.0, _LONGEST_STEP / np.maximum(reach, 1e-300)))[:, None]


def with_nobody(values: Reals) -> Reals:
    """A first column of zeros, for people on no list: never observed."""
    return np.pad(values, ((0, 0), (1, 0)))
