"""A Poisson log-linear model with any model matrix, one table at a time.

`fit.py` has many tables at once, and needs no matrix, but only models of interactions; here a row
may stand for people on no list, as profile likelihoods want it, and an entry be any number. The
sparse family climbs a posterior, whose top always exists: `sparse/models.py`. One Newton for all
three would be longer than the three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import Reals

_ROUNDS = 200
_CLOSE = 1e-10  # of the people observed
_HALVINGS = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class DenseFit:
    """Parameters, fitted counts, and the inverse of the Fisher information."""

    parameters: Reals
    fitted: Reals
    covariance: Reals
    converged: bool


def fit_dense(matrix: Reals, counts: Reals) -> DenseFit:
    """Newton's method with halved steps (McCullagh & Nelder 1989, chapter 6).

    `matrix` (patterns by parameters) may hold any real numbers. `counts` need not be whole.
    """
    guess = counts + 0.1
    scale = np.abs(matrix).max(axis=0)
    scaled = matrix / scale
    target = guess * np.log(guess) + counts - guess
    parameters = _solve(scaled, guess, scaled.T @ target)
    converged = False
    for _ in range(_ROUNDS):
        fitted = _fitted(scaled, parameters)
        slope = scaled.T @ (counts - fitted)
        converged = bool(np.abs(slope).max() <= _CLOSE * (1 + counts.sum()))
        if converged:
            break
        parameters = _improve(scaled, counts, parameters, _solve(scaled, fitted, slope))
    fitted = _fitted(scaled, parameters)
    covariance = np.linalg.pinv(scaled.T * fitted @ scaled) / np.outer(scale, scale)
    return DenseFit(
        parameters=parameters / scale, fitted=fitted, covariance=covariance, converged=converged
    )


def _improve(matrix: Reals, counts: Reals, parameters: Reals, step: Reals) -> Reals:
    now = _likelihood(matrix, counts, parameters)
    for _ in range(_HALVINGS):
        moved = parameters + step
        # At the summit, rounding alone decides which of two likelihoods is greater.
        if _likelihood(matrix, counts, moved) >= now - 1e-12 * abs(now):
            return np.asarray(moved)
        step = step / 2
    return parameters


def _likelihood(matrix: Reals, counts: Reals, parameters: Reals) -> float:
    predictor = matrix @ parameters
    return float(counts @ predictor - np.exp(np.minimum(predictor, 60.0)).sum())


def _fitted(matrix: Reals, parameters: Reals) -> Reals:
    return np.asarray(np.exp(np.minimum(matrix @ parameters, 60.0)))


def _solve(matrix: Reals, weights: Reals, slope: Reals) -> Reals:
    information = matrix.T * weights @ matrix
    ridge = 1e-13 * (1 + information.max()) * np.eye(len(information))
    return np.asarray(np.linalg.solve(information + ridge, slope))
