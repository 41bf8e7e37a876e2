"""Poisson log-linear models fitted by Newton's method, many samples or many models at a time.

The likelihood is concave in its parameters (McCullagh & Nelder 1989, chapter 6), so that Newton's
method from one weighted least-squares step finds the only maximum where there is one.

No model matrix is ever made. A parameter enters every pattern that holds all lists of its term,
so predictors are sums over the subsets of a pattern, and sufficient statistics and information
are sums over the supersets of a term: both by the fast zeta transform, lists x patterns additions.
Inside, arrays are patterns by samples, people on no list first: each addition then runs along
memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.design import Flags, Reals

Columns = NDArray[np.int64]
Places = NDArray[np.int64]

_Number = TypeVar("_Number", np.bool_, np.float64)

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


def fit_poisson(
    columns: Columns, counts: Reals, active: Flags, *, start: Reals | None = None
) -> Fits:
    """Fit `counts` (samples by patterns) where `active`, with the parameters `columns`.

    `columns` holds the term of each parameter as bits, 0 for the intercept, which comes first;
    with a leading axis, one model per sample. `start` (samples by parameters) is where to begin;
    a row of NaN leaves it to us.
    """
    columns = np.broadcast_to(columns, (len(counts), columns.shape[-1]))
    active = _nobody_first(active)
    people = np.where(active, _nobody_first(counts), 0.0)
    goal = _take(_over_supersets(people), columns)
    parameters = np.full(columns.shape, np.nan) if start is None else start.copy()
    cold = np.isnan(parameters[:, 0])
    parameters[cold] = _start(columns[cold], people[:, cold], active[:, cold])
    predictor = np.where(active, _predictor(columns, parameters, len(active)), -np.inf)
    fitted, off = np.zeros_like(people), np.full(len(counts), np.inf)
    close = _CLOSE * (1.0 + goal[:, 0])
    open_ = np.arange(len(counts))
    for turn in range(_ROUNDS + 1):
        now = np.exp(np.minimum(predictor, _LARGEST_LOG))
        found = _information(columns[open_], now)
        slope = goal[open_] - found[:, 0]
        off[open_] = np.abs(slope).max(axis=1)
        done = off[open_] <= close[open_] if turn < _ROUNDS else np.ones(len(open_), dtype=bool)
        step = _solve(found, slope)
        if done.any():
            # The last step goes unchecked: it takes an error of 1e-9 to rounding.
            parameters[open_[done]] += step[done]
            fitted[:, open_[done]] = now[:, done]
            open_, step, predictor = open_[~done], step[~done], predictor[:, ~done]
        if not len(open_):
            break
        moved = _predictor(columns[open_], step, len(active))
        share = _shortening(moved, active[:, open_])
        parameters[open_] += step * share[:, None]
        predictor += moved * share
    least = np.where(active, fitted, np.inf).min(axis=0)
    converged = off <= close
    certain = converged & (least > _SAFELY_POSITIVE) & (off < 1e-3 * least)
    return Fits(parameters=parameters, fitted=fitted[1:].T, converged=converged, certain=certain)


def log_unseen_error(columns: Columns, fitted: Reals) -> float:
    """Standard error of the log of the unseen: of the intercept, by the Fisher information."""
    found = information(columns[None, :], fitted[None, :])[0]
    return float(np.sqrt(np.linalg.inv(found)[0, 0]))


def information(columns: Columns, fitted: Reals) -> Reals:
    """Of the parameters `columns` (samples by parameters), for fitted counts (samples by patterns).

    For counts of 0 and 1 it is the Gram matrix of the rows of the model matrix that have a 1.
    """
    return _information(columns, _nobody_first(fitted))


def twice_negative_log_likelihood(counts: Reals, fitted: Reals) -> Reals:
    """Of independent Poisson counts, for each sample."""
    from scipy.special import gammaln, xlogy

    terms = xlogy(counts, fitted) - fitted - gammaln(counts + 1)
    return np.asarray(-2.0 * terms.sum(axis=1))


def _start(columns: Columns, people: Reals, active: Flags) -> Reals:
    """One step of weighted least squares on the logs."""
    guess = np.where(active, people + 0.1, 0.0)
    logs = np.log(np.where(active, guess, 1.0))
    target = guess * logs + np.where(active, people - guess, 0.0)
    return _solve(_information(columns, guess), _take(_over_supersets(target), columns))


def _predictor(columns: Columns, parameters: Reals, size: int) -> Reals:
    """Sums over subsets: the predictor of every pattern."""
    samples = len(columns)
    values = np.zeros((size, samples))
    values.ravel()[columns * samples + np.arange(samples)[:, None]] = parameters
    for bit in range(size.bit_length() - 1):
        halves = values.reshape(size >> bit + 1, 2, (1 << bit) * samples)
        halves[:, 1] += halves[:, 0]
    return values


def _over_supersets(values: Reals) -> Reals:
    size, samples = values.shape
    sums = values.copy()
    for bit in range(size.bit_length() - 1):
        halves = sums.reshape(size >> bit + 1, 2, (1 << bit) * samples)
        halves[:, 0] += halves[:, 1]
    return sums


def _take(values: Reals, which: Places) -> Reals:
    """`values` (patterns by samples) at the patterns `which` (samples by anything)."""
    samples = values.shape[1]
    sample = np.arange(samples).reshape(-1, *(1 for _ in which.shape[1:]))
    return np.asarray(values.ravel().take(which * samples + sample))


def _information(columns: Columns, fitted: Reals) -> Reals:
    return _take(_over_supersets(fitted), columns[:, :, None] | columns[:, None, :])


def _solve(information: Reals, slope: Reals) -> Reals:
    """The first entry, people in all, is the largest: nothing is counted twice in any other."""
    places = np.arange(information.shape[-1])
    information[:, places, places] += _RIDGE * (1.0 + information[:, :1, 0])
    return np.asarray(np.linalg.solve(information, slope[:, :, None])[:, :, 0])


def _shortening(moved: Reals, active: Flags) -> Reals:
    reach = np.where(active, np.abs(moved), 0.0).max(axis=0)
    return np.asarray(np.minimum(1.0, _LONGEST_STEP / np.maximum(reach, 1e-300)))


def _nobody_first(values: NDArray[_Number]) -> NDArray[_Number]:
    """Patterns by samples, from samples by patterns; people on no list are never observed."""
    return np.pad(values, ((0, 0), (1, 0))).T.copy()
