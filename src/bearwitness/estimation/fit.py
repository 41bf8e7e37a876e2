"""Poisson log-linear models fitted by Newton's method, many samples or many models at a time.

The likelihood is concave in its parameters (Fienberg 1972; McCullagh & Nelder 1989, chapter 6), so
Newton's method from one weighted least-squares step finds the only maximum where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import Flags, Reals

_ROUNDS = 60
_LONGEST_STEP = 8.0  # in the log of a fitted count
_RIDGE = 1e-13  # keeps a hessian solvable as a maximum runs away; the maximum itself stays put
_CLOSE = 1e-10  # of the people observed
_SAFELY_POSITIVE = 1e-5  # people


@dataclass(frozen=True, kw_only=True, eq=False)
class Fits:
    """One row per sample: parameters, fitted counts (0 where dropped), and what became of it.

    `certain` means that a finite maximum exists, shown by the fit itself: fitted counts that are
    all clearly positive reproduce the sufficient statistics, which puts these in the interior of
    the marginal cone (Fienberg & Rinaldo 2012, theorem 1).
    """

    parameters: Reals
    fitted: Reals
    converged: Flags
    certain: Flags

    @property
    def unseen(self) -> Reals:
        """The expected count of people on no list: the exponential of the intercept."""
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.parameters[:, 0]))


def fit_poisson(matrix: Reals, counts: Reals, active: Flags) -> Fits:
    """Fit `counts` (samples by patterns) where `active`, by `matrix` (patterns by parameters).

    `matrix` may have a leading axis: one model per sample.
    """
    counts = np.where(active, counts, 0.0)
    parameters = _start(matrix, counts, active)
    open_ = np.arange(len(counts))
    converged = np.zeros(len(counts), dtype=bool)
    for _ in range(_ROUNDS):
        part = matrix if matrix.ndim == 2 else matrix[open_]
        fitted = _fitted(part, parameters[open_], active[open_])
        slope = _transposed_product(part, counts[open_] - fitted)
        scale = 1.0 + counts[open_].sum(axis=1)
        near = np.abs(slope).max(axis=1) <= _CLOSE * scale
        converged[open_[near]] = True
        if near.all():
            break
        open_, fitted, slope = open_[~near], fitted[~near], slope[~near]
        part = matrix if matrix.ndim == 2 else matrix[open_]
        step = _solve(_hessian(part, fitted), slope)
        parameters[open_] += step * _shortening(part, step, active[open_])
    return _judge(matrix, parameters, counts, active, converged)


def covariance(matrix: Reals, fitted: Reals) -> Reals:
    """The inverse of the Fisher information at the fitted counts of one sample."""
    return np.asarray(np.linalg.inv(_hessian(matrix, fitted[None])[0]))


def deviance_term(counts: Reals, fitted: Reals) -> Reals:
    """Minus twice the Poisson log-likelihood of each sample."""
    from scipy.special import gammaln, xlogy

    terms = xlogy(counts, fitted) - fitted - gammaln(counts + 1)
    return np.asarray(-2.0 * terms.sum(axis=1))


def _judge(
    matrix: Reals, parameters: Reals, counts: Reals, active: Flags, converged: Flags
) -> Fits:
    fitted = _fitted(matrix, parameters, active)
    least = np.where(active, fitted, np.inf).min(axis=1)
    slope = np.abs(_transposed_product(matrix, counts - fitted)).max(axis=1)
    certain = converged & (least > _SAFELY_POSITIVE) & (slope < 1e-3 * least)
    return Fits(parameters=parameters, fitted=fitted, converged=converged, certain=certain)


def _start(matrix: Reals, counts: Reals, active: Flags) -> Reals:
    guess = np.where(active, counts + 0.1, 0.0)
    safe = np.where(active, guess, 1.0)
    target = guess * np.log(safe) + np.where(active, counts - guess, 0.0)
    return _solve(_hessian(matrix, guess), _transposed_product(matrix, target))


def _fitted(matrix: Reals, parameters: Reals, active: Flags) -> Reals:
    eta = _product(matrix, parameters)
    return np.where(active, np.exp(np.minimum(eta, 60.0)), 0.0)


def _product(matrix: Reals, parameters: Reals) -> Reals:
    if matrix.ndim == 2:
        return np.asarray(parameters @ matrix.T)
    return np.asarray((matrix @ parameters[:, :, None])[:, :, 0])


def _transposed_product(matrix: Reals, values: Reals) -> Reals:
    if matrix.ndim == 2:
        return np.asarray(values @ matrix)
    return np.asarray((values[:, None, :] @ matrix)[:, 0, :])


def _hessian(matrix: Reals, fitted: Reals) -> Reals:
    if matrix.ndim == 3:
        return np.asarray((matrix * fitted[:, :, None]).transpose(0, 2, 1) @ matrix)
    size = matrix.shape[1]
    if len(fitted) == 1:
        return np.asarray((matrix.T * fitted[0]) @ matrix)[None]
    products = (matrix[:, :, None] * matrix[:, None, :]).reshape(len(matrix), size * size)
    return np.asarray(fitted @ products).reshape(len(fitted), size, size)


def _solve(hessian: Reals, slope: Reals) -> Reals:
    size = hessian.shape[-1]
    ridge = _RIDGE * (1.0 + np.abs(hessian).max(axis=(1, 2)))
    padded = hessian + ridge[:, None, None] * np.eye(size)
    return np.asarray(np.linalg.solve(padded, slope[:, :, None])[:, :, 0])


def _shortening(matrix: Reals, step: Reals, active: Flags) -> Reals:
    reach = np.where(active, np.abs(_product(matrix, step)), 0.0).max(axis=1)
    return np.asarray(np.minimum(1.0, _LONGEST_STEP / np.maximum(reach, 1e-300)))[:, None]
