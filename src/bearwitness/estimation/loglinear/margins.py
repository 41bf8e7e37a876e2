"""Log-linear models of a closed population: an effect of each list, and a curve over how many.

The expected count of a pattern is exp(intercept + sum of the effects of its lists + the curve at
its number of lists): the models of Otis et al. (1978) in the form of Cormack (1989) and Rivest &
Baillargeon (2007). No pattern is ever laid out. The patterns on m lists sum to the elementary
symmetric polynomial of degree m in the exponentials of the effects, so that sixty lists cost
what six do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.design import Flags, Reals
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.loglinear.existence import has_maximum

_ROUNDS = 200
_HALVINGS = 60
_CLOSE = 1e-10  # of the people observed
_MOST_LISTS_LAID_OUT = 12  # patterns for the linear programme

NOT_FOUND = (
    "the model has no finite maximum-likelihood estimate: too few patterns were seen for its "
    "parameters (Fienberg & Rinaldo 2012)"
)

PEOPLE_DIFFER = (
    "People may differ in how easily they are found, in any way; given a person, being on one "
    "list says nothing about being on another. Then there are at least this many."
)
AGAINST = (
    "lists that avoid each other, as where a person on one is not taken up by another, would make "
    "even this bound too high"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedFit:
    """Parameters (intercept, effects of lists, curve), their covariance, and the likelihood.

    `likelihood` is the Poisson log-likelihood of all patterns; `deviance` against the table
    itself. `lists_alike` has one effect for all lists.
    """

    parameters: Reals
    covariance: Reals
    likelihood: float
    deviance: float
    converged: bool
    lists_alike: bool
    observed: int

    @property
    def unseen(self) -> float:
        return float(np.exp(np.minimum(self.parameters[0], 700.0)))

    @property
    def error(self) -> float:
        """Standard error of the total (Rivest & Baillargeon 2007, section 2)."""
        return float(np.sqrt(self.unseen + self.unseen**2 * self.covariance[0, 0]))

    def criterion(self, penalty: float) -> float:
        """-2 log-likelihood and `penalty` a parameter: 2 for AIC, log of people for BIC."""
        return -2 * self.likelihood + penalty * len(self.parameters)


def fit_closed(seen: Histories, curve: Reals, *, lists_alike: bool = False) -> ClosedFit:
    """Fit by Newton's method with halved steps; the likelihood is concave.

    `curve` (one row for each number of lists from 0 on, one column a parameter) is 0 at no list.
    """
    margins = _Margins(seen, curve, lists_alike)
    parameters = margins.start()
    converged = False
    for _ in range(_ROUNDS):
        slope, information = margins.slope_and_information(parameters)
        converged = bool(np.abs(slope / margins.scale).max() <= _CLOSE * (1 + seen.observed))
        if converged:
            break
        parameters = _climb(margins, parameters, _solve(information, slope))
    information = margins.slope_and_information(parameters)[1]
    scale = np.sqrt(np.diag(information))
    covariance = np.linalg.pinv(information / np.outer(scale, scale)) / np.outer(scale, scale)
    return ClosedFit(
        parameters=parameters,
        covariance=covariance,
        likelihood=margins.likelihood(parameters) - margins.arrangements,
        deviance=max(0.0, 2 * (margins.greatest - margins.likelihood(parameters))),
        converged=converged,
        lists_alike=lists_alike,
        observed=seen.observed,
    )


def fit_lower_bound(seen: Histories, *, lists_alike: bool = False) -> tuple[ClosedFit, Reals]:
    """Chao's lower bound as a model (Rivest & Baillargeon 2007): the fit, and its curve.

    However people differ, the curve is convex. It is straight up to two lists and bends upwards
    from there: a sum of hinges (m - j)+, none of them negative, found by an active set.
    """
    most = int(np.bitwise_count(seen.patterns).max())
    number = np.arange(len(seen.lists) + 1.0)
    hinges = np.stack([np.maximum(number - j, 0) for j in range(2, max(most, 2))], axis=1) \
        if most > 2 else np.zeros((len(number), 0))  # fmt: skip
    kept = list(range(hinges.shape[1]))
    effects = 1 + (1 if lists_alike else len(seen.lists))
    for _ in range(4 * len(number)):
        fit = fit_closed(seen, hinges[:, kept], lists_alike=lists_alike)
        bends = fit.parameters[effects:]
        if (bends < 0).any():
            kept = [j for j, bend in zip(kept, bends, strict=True) if bend >= 0]
            continue
        wanted = _next_hinge(seen, fit, hinges, kept)
        if wanted is None:
            break
        kept = sorted([*kept, wanted])
    return fit, hinges[:, kept]


def has_finite_maximum(seen: Histories, curve: Reals, *, lists_alike: bool = False) -> bool:
    """Whether the likelihood has one finite maximum (Fienberg & Rinaldo 2012).

    Patterns observed that span the parameters are enough; else a linear programme decides, up to
    twelve lists. Beyond these, existence that cannot be shown is not claimed.
    """
    rows = closed_design(seen, seen.patterns, curve, lists_alike=lists_alike)
    if np.linalg.matrix_rank(rows) == rows.shape[1]:
        return True
    if len(seen.lists) > _MOST_LISTS_LAID_OUT:
        return False
    matrix = closed_design(seen, seen.cells, curve, lists_alike=lists_alike)
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        return False
    observed: Flags = seen.counts > 0
    return has_maximum(matrix, observed)


def closed_design(
    seen: Histories, patterns: NDArray[np.int64], curve: Reals, *, lists_alike: bool = False
) -> Reals:
    """The model matrix laid out (patterns by parameters)."""
    on = (patterns[:, None] >> np.arange(len(seen.lists))) & 1
    number = on.sum(axis=1)
    effects = number[:, None] if lists_alike else on
    return np.column_stack([np.ones(len(patterns)), effects, curve[number]]).astype(float)


class _Margins:
    """The sufficient statistics of a table, and the likelihood of parameters given them."""

    def __init__(self, seen: Histories, curve: Reals, lists_alike: bool) -> None:
        from scipy.special import gammaln, xlogy

        self.lists, self.observed = len(seen.lists), float(seen.observed)
        self.curve, self.lists_alike = curve, lists_alike
        number = np.bitwise_count(seen.patterns)
        self.on_number = np.bincount(number, weights=seen.people, minlength=self.lists + 1)
        on_list = np.array([seen.people[seen.holds(name)].sum() for name in seen.lists])
        effects = [on_list.sum()] if lists_alike else on_list
        self.statistics = np.concatenate([[self.observed], effects, self.on_number @ curve])
        self.scale = np.concatenate(
            [np.ones(1 + len(effects)), np.maximum(np.abs(curve).max(axis=0, initial=0.0), 1.0)]
        )
        self.arrangements = float(gammaln(seen.people + 1).sum())
        self.greatest = float((xlogy(seen.people, seen.people) - seen.people).sum())

    def start(self) -> Reals:
        size = len(self.statistics) - self.curve.shape[1] - 1
        share = self.statistics[1 : 1 + size] / (2 * self.observed * self.lists / size)
        effects = np.log(share / (1 - share))
        parameters = np.concatenate([[0.0], effects, np.zeros(self.curve.shape[1])])
        parameters[0] = np.log(self.observed / self._expected(parameters)[0].sum())
        return parameters

    def likelihood(self, parameters: Reals) -> float:
        """Up to a constant of the table."""
        with np.errstate(over="ignore", invalid="ignore"):
            value = self.statistics @ parameters - self._expected(parameters)[0].sum()
        return float(value) if np.isfinite(value) else -np.inf

    def slope_and_information(self, parameters: Reals) -> tuple[Reals, Reals]:
        expected, one, two = self._expected(parameters)
        curve = self.curve
        middle = one.sum(axis=1)
        if self.lists_alike:
            number = np.arange(self.lists + 1.0)
            features = np.column_stack([np.ones(len(number)), number, curve])
            information = features.T * expected @ features
        else:
            information = np.block(
                [
                    [expected.sum()[None, None], middle[None, :], (expected @ curve)[None, :]],
                    [middle[:, None], two.sum(axis=2), one @ curve],
                    [(expected @ curve)[:, None], (one @ curve).T, curve.T * expected @ curve],
                ]
            )
        return self.statistics - information[0], information

    def _expected(self, parameters: Reals) -> tuple[Reals, Reals, Reals]:
        """Expected people by number of lists: of all, of those on each list, on each two."""
        effects = parameters[1 : len(parameters) - self.curve.shape[1]]
        odds = np.exp(np.broadcast_to(effects, self.lists))
        # No list is a pattern that nobody can be observed in.
        weight = np.exp(parameters[0] + self.curve @ parameters[1 + len(effects) :])
        weight[0] = 0.0
        if self.lists_alike:
            from scipy.special import comb

            number = np.arange(self.lists + 1)
            none = np.zeros((0, len(weight)))
            return weight * comb(self.lists, number) * odds[0] ** number, none, none[None]
        rest = _polynomials_of_the_rest(odds)
        each = np.arange(self.lists)
        one = odds[:, None] * _risen(rest[each, each])
        two = odds[:, None, None] * odds[None, :, None] * _risen(_risen(rest))
        two[each, each] = one
        whole = rest[0, 0] + one[0]
        return weight * whole, weight * one, weight * two


def _polynomials_of_the_rest(odds: Reals) -> Reals:
    """Elementary symmetric polynomials of all `odds` but the i-th and the j-th, degree last."""
    lists = len(odds)
    found = np.zeros((lists, lists, lists + 1))
    found[:, :, 0] = 1.0
    for place, value in enumerate(odds):
        others = np.full((lists, lists, 1), value)
        others[place, :] = others[:, place] = 0.0
        found[:, :, 1:] += others * found[:, :, :-1]
    return found


def _risen(polynomials: Reals) -> Reals:
    """Degrees one higher: the same products with one more factor."""
    risen = np.zeros_like(polynomials)
    risen[..., 1:] = polynomials[..., :-1]
    return risen


def _solve(information: Reals, slope: Reals) -> Reals:
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information / np.outer(scale, scale) + 1e-13 * np.eye(len(scale))
    return np.asarray(np.linalg.solve(scaled, slope / scale) / scale)


def _climb(margins: _Margins, parameters: Reals, step: Reals) -> Reals:
    now = margins.likelihood(parameters)
    for _ in range(_HALVINGS):
        moved = parameters + step
        # At the summit, rounding alone decides which of two likelihoods is greater.
        if margins.likelihood(moved) >= now - 1e-12 * abs(now):
            return np.asarray(moved)
        step = step / 2
    return parameters


def _next_hinge(seen: Histories, fit: ClosedFit, hinges: Reals, kept: list[int]) -> int | None:
    """The dropped hinge along which the likelihood still rises the most; None at the maximum."""
    whole = _Margins(seen, hinges, fit.lists_alike)
    effects = len(fit.parameters) - len(kept)
    parameters = np.concatenate([fit.parameters[:effects], np.zeros(hinges.shape[1])])
    parameters[[effects + j for j in kept]] = fit.parameters[effects:]
    slope = whole.slope_and_information(parameters)[0][effects:]
    slope[kept] = 0.0
    best = int(np.argmax(slope)) if len(slope) else -1
    return best if best >= 0 and slope[best] > 1e-6 * seen.observed else None
