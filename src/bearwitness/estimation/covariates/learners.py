"""The chance of each class given features: penalised multinomial logistic regression.

Any object with `fit(features, labels)` and `predict_proba(features)` that also tells `classes_`
after fitting can stand in its place: the manner of scikit-learn, which is not needed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.design import Reals

Labels = NDArray[np.int64]

_ROUNDS = 50
_CLOSE = 1e-8  # of the number of people
_FEWEST_VALUES = 6  # a column with as many is bent at its quartiles
# People of the rarest class for each column that is learned from, or the learner takes a plainer
# set of columns: the rule of thumb of Peduzzi, Concato, Kemper, Holford & Feinstein (1996).
_PEOPLE_A_COLUMN = 10


class Learner(Protocol):
    """`predict_proba` gives one row a person, one column a class, in the order of `classes_`."""

    def fit(self, features: Reals, labels: Labels) -> Any: ...

    def predict_proba(self, features: Reals) -> Any: ...


class LogitLearner:
    """Multinomial logistic regression; columns may bend at their quartiles, and act by pairs.

    Whether they do, the data decide: of the sets of columns allowed, plain, bent, with products of
    two, or both, the one of least AIC is kept, which is as a choice by leaving out each person in
    turn (Stone 1977, JRSS B 39). A set is not looked at unless the rarest class has ten people for
    each of its columns. `penalty` times half the sum of squared slopes, on columns of standard
    deviation one, is taken off the log likelihood; intercepts are free.
    """

    def __init__(self, *, penalty: float = 1.0, bent: bool = True, products: bool = True) -> None:
        self.penalty = penalty
        self.bent = bent
        self.products = products

    def fit(self, features: Reals, labels: Labels) -> Self:
        """`features` is people by columns, numbers only; `labels` one class a person."""
        self.classes_, counts = np.unique(labels, return_counts=True)
        known = (labels[:, None] == self.classes_[None, 1:]).astype(float)
        fits = [
            _fit(columns, features, known, self.penalty)
            for columns in self._allowed(features, int(counts.min()))
        ]
        kept = min(fits, key=lambda fit: fit.aic)
        self._columns, self.slopes = kept.columns, kept.slopes
        return self

    def predict_proba(self, features: Reals) -> Reals:
        return _chances(self._columns.of(features), self.slopes)

    @property
    def columns_kept(self) -> set[str]:
        """After `fit`: which of "bends" and "products" came in beside the columns themselves."""
        return self._columns.more

    def _allowed(self, features: Reals, rarest: int) -> list[_Columns]:
        """The columns as they are, and whatever else there are people enough for."""
        width = features.shape[1]
        bends = [_knots_of(column) for column in features.T]
        pairs = list(combinations(range(width), 2))
        plain = _Columns(features, [], [])
        more = [_Columns(features, bends, [])] if self.bent else []
        more += [_Columns(features, [], pairs)] if self.products else []
        more += [_Columns(features, bends, pairs)] if self.bent and self.products else []
        room = rarest // _PEOPLE_A_COLUMN
        return [plain, *(columns for columns in more if width < columns.width <= room)]


class _Columns:
    """Features as they are, bent at knots, and multiplied by pairs; scaled as those first seen."""

    def __init__(
        self, features: Reals, knots: Sequence[Reals], pairs: Sequence[tuple[int, int]]
    ) -> None:
        self._knots, self._pairs = knots, pairs
        self._middle = features.mean(axis=0)
        raw = self._expand(features)
        self.width = raw.shape[1]
        self.more = {n for n, has in (("bends", any(map(len, knots))), ("products", pairs)) if has}
        self._centre, spread = raw.mean(axis=0), raw.std(axis=0)
        self._spread = np.where(spread > 0, spread, 1.0)

    def of(self, features: Reals) -> Reals:
        """With a column of ones before them."""
        scaled = (self._expand(features) - self._centre) / self._spread
        return np.hstack([np.ones((len(features), 1)), scaled])

    def _expand(self, features: Reals) -> Reals:
        parts = [features]
        for column, knots in zip(features.T, self._knots, strict=False):
            parts.append(np.maximum(column[:, None] - knots, 0.0))
        middled = features - self._middle
        parts += [middled[:, [one]] * middled[:, [other]] for one, other in self._pairs]
        return np.hstack(parts)


class _Fit(NamedTuple):
    columns: _Columns
    slopes: Reals
    aic: float


def _fit(columns: _Columns, features: Reals, known: Reals, penalty: float) -> _Fit:
    design = columns.of(features)
    slopes = _climb(design, known, penalty)
    return _Fit(columns, slopes, 2 * slopes.size - 2 * _log_likelihood(design, known, slopes))


def _knots_of(column: Reals) -> Reals:
    if len(np.unique(column)) < _FEWEST_VALUES:
        return np.zeros(0)
    return np.unique(np.quantile(column, [0.25, 0.5, 0.75]))


def _chances(design: Reals, slopes: Reals) -> Reals:
    """The first class has slopes of zero."""
    scores = np.pad(design @ slopes, ((0, 0), (1, 0)))
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _log_likelihood(design: Reals, known: Reals, slopes: Reals) -> float:
    picked = np.hstack([1 - known.sum(axis=1, keepdims=True), known])
    return float((picked * np.log(_chances(design, slopes) + 1e-300)).sum())


def _climb(design: Reals, known: Reals, penalty: float) -> Reals:
    """Newton's method with halved steps on a concave function."""
    width, classes = design.shape[1], known.shape[1]
    slopes = np.zeros((width, classes))
    weight = np.full((width, 1), penalty)
    weight[0] = 0.0
    ridge = np.diag(np.repeat(weight[:, 0], classes) + 1e-9)

    def height(at: Reals) -> float:
        return _log_likelihood(design, known, at) - float((weight * at**2).sum()) / 2

    top = height(slopes)
    for _ in range(_ROUNDS):
        chances = _chances(design, slopes)[:, 1:]
        slope = design.T @ (known - chances) - weight * slopes
        if np.abs(slope).max(initial=0.0) <= _CLOSE * len(design):
            break
        step = np.linalg.solve(_information(design, chances) + ridge, slope.ravel())
        step, size = step.reshape(slopes.shape), 1.0
        while (found := height(slopes + size * step)) < top and size > 1e-6:
            size /= 2
        slopes, top = slopes + size * step, found
    return slopes


def _information(design: Reals, chances: Reals) -> Reals:
    width, classes = design.shape[1], chances.shape[1]
    blocks = np.zeros((width, classes, width, classes))
    for one in range(classes):
        for other in range(one, classes):
            same = float(one == other)
            spread = chances[:, one] * (same - chances[:, other])
            block = design.T @ (design * spread[:, None])
            blocks[:, one, :, other] = blocks[:, other, :, one] = block
    return blocks.reshape(width * classes, width * classes)
