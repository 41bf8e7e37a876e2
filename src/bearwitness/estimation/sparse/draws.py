"""Draws from the posterior over models and parameters, by importance sampling.

Laplace's method proposes: a model by its approximate probability, parameters from a Student t
around the model's mode. The weight of a proposal is its true posterior density over the density it
was proposed with, so the draws correct both the models' probabilities and the shapes of their
posteriors. Whether this works is told by the weights: their effective number, and the shape k of
their tail (Vehtari, Simpson, Gelman, Yao & Gabry 2024), fitted as Zhang & Stephens (2009) do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.sparse.models import (
    Integers,
    Modes,
    Problem,
    hessian_at,
    log_posterior,
)

FREEDOM = 8.0  # degrees of freedom of the proposals: tails heavier than the posterior's


@dataclass(frozen=True, kw_only=True, eq=False)
class Proposals:
    """Parameters (draws by parameters) with the log of their weights, and the model of each."""

    models: Integers
    parameters: Reals
    log_weight: Reals

    @property
    def weights(self) -> Reals:
        """They sum to one."""
        raised = np.exp(self.log_weight - self.log_weight.max())
        return np.asarray(raised / raised.sum())

    @property
    def effective(self) -> float:
        """As many independent draws from the posterior would tell a mean as well (Kish)."""
        return float(1 / (self.weights**2).sum())


def propose(problem: Problem, modes: Modes, count: int, random: np.random.Generator) -> Proposals:
    """`count` proposals, with each model as often as its approximate probability asks."""
    chosen = spread_out(modes.weights, count, random)
    parameters = np.zeros((count, modes.inside.shape[1]))
    log_weight = np.zeros(count)
    sizes = modes.inside[chosen].sum(axis=1)
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        models, place = np.unique(chosen[rows], return_inverse=True)
        held = np.nonzero(modes.inside[models])[1].reshape(len(models), -1)
        hessian = hessian_at(problem, held, modes.parameters[models])
        root = np.asarray(np.linalg.cholesky(hessian), dtype=float)
        steps, log_density = _student(root[place], random)
        np.put_along_axis(
            moved := np.zeros((len(rows), parameters.shape[1])), held[place], steps, 1
        )
        parameters[rows] = modes.parameters[chosen[rows]] + moved
        log_weight[rows] = (
            log_posterior(problem, modes.inside[chosen[rows]], parameters[rows])
            + modes.log_prior[chosen[rows]]
            - np.log(modes.weights[chosen[rows]])
            - log_density
        )
    return Proposals(models=chosen, parameters=parameters, log_weight=log_weight)


def spread_out(weights: Reals, count: int, random: np.random.Generator) -> Integers:
    """Systematic sampling: place i comes up `count` x weights[i] times, rounded up or down."""
    steps = (random.random() + np.arange(count)) / count
    places = np.searchsorted(np.cumsum(weights), steps * weights.sum())
    return np.asarray(np.minimum(places, len(weights) - 1), dtype=np.int64)


def tail_shape(log_weight: Reals) -> float:
    """Pareto k of the largest weights: above 0.7 the weights cannot be trusted.

    Of n weights the largest min(n / 5, 3 sqrt(n)) are fitted.
    """
    ordered = np.sort(np.exp(log_weight - log_weight.max()))
    tail = int(min(len(ordered) / 5, 3 * np.sqrt(len(ordered))))
    excess = ordered[-tail:] - ordered[-tail - 1]
    return _generalised_pareto_shape(excess) if excess[0] > 0 else 0.0


def _student(root: Reals, random: np.random.Generator) -> tuple[Reals, Reals]:
    """Steps from the mode, with precision root root', and the log of their density."""
    from scipy.special import gammaln

    count, size = root.shape[:2]
    normal = random.standard_normal((count, size))
    stretch = np.sqrt(FREEDOM / random.chisquare(FREEDOM, count))[:, None]
    turned = np.swapaxes(root, 1, 2)
    steps = np.linalg.solve(turned, (normal * stretch)[:, :, None])[:, :, 0]
    squared = ((normal * stretch) ** 2).sum(axis=1)
    log_density = (
        gammaln((FREEDOM + size) / 2)
        - gammaln(FREEDOM / 2)
        - size / 2 * np.log(FREEDOM * np.pi)
        + np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        - (FREEDOM + size) / 2 * np.log1p(squared / FREEDOM)
    )
    return steps, log_density


def _generalised_pareto_shape(excess: Reals) -> float:
    """Zhang & Stephens (2009); `excess` ascending. A weak prior of 10 values at 0.5 steadies it."""
    count = len(excess)
    grid = 30 + int(np.sqrt(count))
    quarter = excess[int(count / 4 + 0.5) - 1]
    steps = np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))
    scale = 1 / excess[-1] + (1 - steps) / (3 * quarter)
    shape = -np.log1p(-scale[:, None] * excess).mean(axis=1)
    profile = count * (np.log(scale / shape) + shape - 1)
    chances = 1 / np.exp(np.minimum(profile[None, :] - profile[:, None], 700.0)).sum(axis=1)
    best = float((scale * chances).sum())
    found = float(np.log1p(-best * excess).mean())
    return (found * count + 5.0) / (count + 10)
