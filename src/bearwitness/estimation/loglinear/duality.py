"""Models that need no fit: another is better, whatever theirs would give.

The greatest log likelihood of a model is also a least value: over all non-negative tables m with
the sufficient statistics of the one observed, the least of sum(m log m - m) (Fenchel's duality;
Csiszar 1975 for the geometry). So any such table bounds the likelihood from above. One step of
Newton's method from the fit of a nearby table, without its exponential, makes one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.design import Flags, Reals, model_matrix
from bearwitness.estimation.loglinear.fit import Fits
from bearwitness.estimation.loglinear.samples import Samples

_SLACK = 1e-6  # for rounding, in the scale of -2 log likelihood


def misfit_bounds(samples: Samples, inside: Flags, nearby: Fits) -> Reals:
    """What -2 log likelihood cannot fall below (samples by models); minus infinity if unknown.

    `nearby` has the fit of each model to one table that holds every pattern of the samples.
    """
    from scipy.special import gammaln

    constant = 2 * gammaln(samples.counts + 1).sum(axis=1)
    bounds = np.full((len(samples.counts), len(inside)), -np.inf)
    for place in np.flatnonzero(nearby.certain):
        terms = tuple(term for term, held in zip(samples.terms, inside[place], strict=True) if held)
        active = nearby.fitted[place] > 0
        near = nearby.fitted[place, active]
        matrix = model_matrix(samples.lists, terms)[active]
        bounds[:, place] = constant - 2 * _most(samples.counts[:, active], matrix, near) - _SLACK
    return bounds


def _most(counts: Reals, matrix: Reals, near: Reals) -> NDArray[np.float64]:
    """An upper bound of sum(count log fitted - fitted) for each row of `counts`, or infinity."""
    from scipy.special import xlogy

    root = np.sqrt(near)
    kept = matrix.any(axis=0)
    basis, _ = np.linalg.qr(matrix[:, kept] * root[:, None])
    moved = near + ((counts - near) / root) @ basis @ basis.T * root
    value = (xlogy(np.maximum(moved, 0.0), np.maximum(moved, 0.0)) - moved).sum(axis=1)
    return np.where((moved >= 0).all(axis=1), value, np.inf)
