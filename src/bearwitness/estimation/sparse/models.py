"""The posterior of every hierarchical log-linear model with a spike-and-slab prior, by Laplace.

Parameters are those of `design.columns_of`: the intercept is the log of the expected unseen, and
an interaction is the log odds ratio of its lists among people on no other list.

The prior. The intercept and the main effects are flat in all models. An interaction that is in
the model is normal around zero, and independent of the others. Models are drawn by how many
interactions of a size they hold: with inclusion probability Beta(a, b), the number of pairs is
beta-binomial and pairs are exchangeable (Scott & Berger 2010); triples likewise, among those whose
pairs are all in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.design import Reals, Terms, bits_of, model_matrix
from bearwitness.estimation.loglinear.fit import information

Integers = NDArray[np.int64]

_ROUNDS = 60
_LONGEST_STEP = 8.0  # in the log of a fitted count
_CLOSE = 1e-6  # of the people observed; the draws are corrected for what is left
_LARGEST_LOG = 60.0
_BATCH = 2_000_000  # numbers held at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class Prior:
    """Standard deviation of a log odds ratio in the model; a and b of the inclusion Beta(a, b)."""

    slab: float
    inclusion: tuple[float, float]

    def log_probability(self, terms: Terms, lists: int, order: int) -> float:
        """Of a model; over all hierarchical models with interactions up to `order` it sums to 1."""
        total, held = 0.0, set(terms)
        possible = comb(lists, 2)
        for size in range(2, max(3, min(order + 1, lists))):
            inside = sum(1 for term in terms if term.bit_count() == size)
            total += self._log_of_choice(inside, possible)
            possible = _allowed(held, lists, size + 1)
        return total

    def log_density(self, values: Reals) -> Reals:
        """Of interactions that are in the model, summed over the last axis; log."""
        constant = np.log(2 * np.pi) / 2 + np.log(self.slab)
        return np.asarray(-((values / self.slab) ** 2 / 2 + constant).sum(axis=-1))

    def _log_of_choice(self, inside: int, possible: int) -> float:
        from scipy.special import betaln

        a, b = self.inclusion
        return float(betaln(a + inside, b + possible - inside) - betaln(a, b))


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """One table of counts, and every parameter that any model may hold (`columns`, as terms)."""

    lists: int
    counts: Reals
    columns: Integers
    prior: Prior

    @cached_property
    def matrix(self) -> Reals:
        return model_matrix(self.lists, tuple(int(term) for term in self.interactions))

    @property
    def interactions(self) -> Integers:
        return np.asarray(self.columns[1 + self.lists :])

    @cached_property
    def precision(self) -> Reals:
        """Of the prior, for each parameter: 0 where it is flat."""
        flat = 1 + self.lists
        slab = np.full(len(self.columns) - flat, self.prior.slab**-2.0)
        return np.concatenate([np.zeros(flat), slab])


@dataclass(frozen=True, kw_only=True, eq=False)
class Modes:
    """Per model: the parameters at the top of the posterior (0 where not in), the logs of its
    prior probability and of Laplace's marginal likelihood up to one constant, the variance of the
    intercept, and the part of that variance that the prior of the interactions accounts for.

    With precision H = I + P, of the data and of the prior, the variance H^-1 is the sum of
    H^-1 I H^-1 and H^-1 P H^-1: the second is the prior's part.
    """

    inside: NDArray[np.bool_]
    parameters: Reals
    log_prior: Reals
    log_marginal: Reals
    variance: Reals
    from_prior: Reals

    @cached_property
    def weights(self) -> Reals:
        """Posterior probabilities of the models, as far as Laplace's method is right."""
        logs = self.log_prior + self.log_marginal
        raised = np.exp(logs - logs.max())
        return np.asarray(raised / raised.sum())

    @property
    def prior_share(self) -> float:
        """The prior's share of the variance of the log of the unseen within models: 0 to 1."""
        return float((self.weights * self.from_prior).sum() / (self.weights * self.variance).sum())


def climb(problem: Problem, models: tuple[Terms, ...], order: int) -> Modes:
    """The posterior mode of every model and its Laplace approximation."""
    place = {int(term): at for at, term in enumerate(problem.columns)}
    width = len(problem.columns)
    inside = np.zeros((len(models), width), dtype=bool)
    inside[:, : 1 + problem.lists] = True
    for row, terms in enumerate(models):
        inside[row, [place[term] for term in terms]] = True
    parameters = np.zeros((len(models), width))
    log_marginal, variance, from_prior = (np.zeros(len(models)) for _ in range(3))
    for rows in _alike(inside):
        held = np.nonzero(inside[rows])[1].reshape(len(rows), -1)
        found = _newton(problem, held)
        np.put_along_axis(part := np.zeros((len(rows), width)), held, found, axis=1)
        parameters[rows] = part
        hessian = hessian_at(problem, held, part)
        _, log_determinant = np.linalg.slogdet(hessian)
        spread = held.shape[1] * np.log(2 * np.pi) / 2 - log_determinant / 2
        log_marginal[rows] = log_posterior(problem, inside[rows], part) + spread
        first = np.linalg.solve(hessian, np.eye(held.shape[1])[:, :1])[:, :, 0]
        variance[rows] = first[:, 0]
        from_prior[rows] = (first**2 * problem.precision[held]).sum(axis=1)
    chances = [problem.prior.log_probability(terms, problem.lists, order) for terms in models]
    return Modes(
        inside=inside,
        parameters=parameters,
        log_prior=np.array(chances),
        log_marginal=log_marginal,
        variance=variance,
        from_prior=from_prior,
    )


def log_posterior(problem: Problem, inside: NDArray[np.bool_], parameters: Reals) -> Reals:
    """Log likelihood (without its constant) plus log density of the slab, for each row."""
    predictor = np.minimum(parameters @ problem.matrix.T, _LARGEST_LOG)
    flat = 1 + problem.lists
    held = inside[:, flat:]
    likelihood = predictor @ problem.counts - np.exp(predictor).sum(axis=1)
    at_zero = float(problem.prior.log_density(np.zeros(1)))
    quadratic = (parameters[:, flat:] ** 2 * held).sum(axis=1) / problem.prior.slab**2 / 2
    return np.asarray(likelihood - quadratic + held.sum(axis=1) * at_zero)


def hessian_at(problem: Problem, held: Integers, parameters: Reals) -> Reals:
    """Of minus the log posterior in the parameters at the places `held` (rows by parameters)."""
    fitted = np.exp(np.minimum(parameters @ problem.matrix.T, _LARGEST_LOG))
    of_data = information(problem.columns[held], fitted)
    return np.asarray(of_data + problem.precision[held][:, :, None] * np.eye(held.shape[1]))


def _newton(problem: Problem, held: Integers) -> Reals:
    """The posterior is log-concave, so that Newton's method finds its only top."""
    counts, width = problem.counts, len(problem.columns)
    matrix = problem.matrix
    full = np.zeros((len(held), width))
    full[:, 0] = np.log(counts.sum() / len(counts))
    open_ = np.arange(len(held))
    for _ in range(_ROUNDS):
        part, places = full[open_], held[open_]
        fitted = np.exp(np.minimum(part @ matrix.T, _LARGEST_LOG))
        slope = (counts - fitted) @ matrix - problem.precision * part
        slope = np.take_along_axis(slope, places, axis=1)
        far = np.abs(slope).max(axis=1) > _CLOSE * (1.0 + counts.sum())
        if not far.any():
            break
        open_, part, places = open_[far], part[far], places[far]
        step = np.linalg.solve(hessian_at(problem, places, part), slope[far][:, :, None])[:, :, 0]
        np.put_along_axis(moved := np.zeros_like(part), places, step, axis=1)
        reach = np.abs(moved @ matrix.T).max(axis=1)
        full[open_] += moved * np.minimum(1.0, _LONGEST_STEP / np.maximum(reach, 1e-300))[:, None]
    return np.asarray(np.take_along_axis(full, held, axis=1))


def _alike(inside: NDArray[np.bool_]) -> list[Integers]:
    """Rows with as many parameters, in portions that fit into memory."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, size in enumerate(inside.sum(axis=1)):
        groups[int(size)].append(row)
    portions = []
    for size, rows in groups.items():
        most = max(1, _BATCH // size**2)
        portions += [np.array(rows[at : at + most]) for at in range(0, len(rows), most)]
    return portions


def _allowed(held: set[int], lists: int, size: int) -> int:
    """How many interactions of `size` lists have all their parts in."""
    terms = (term for term in range(2**lists) if term.bit_count() == size)
    return sum(all(term ^ (1 << bit) in held for bit in bits_of(term)) for term in terms)
