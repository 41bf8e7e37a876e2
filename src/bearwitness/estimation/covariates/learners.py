"""The chance of each class given features: penalised multinomial logistic regression.

Any object with `fit(features, labels)` and `predict_proba(features)` that also tells `classes_`
after fitting can stand in its place: the manner of scikit-learn, which is not needed here.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, Protocol, Self

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

    Bends come in where the rarest class has ten people for each column that there then is, and
    products of two columns where it has as many with those too. `penalty` times half the sum of
    squared slopes, on columns of standard deviation one, is taken off the log likelihood;
    intercepts are free.
    """

    def __init__(self, *, penalty: float = 1.0, bent: bool = True, products: bool = True) -> None:
        self.penalty = penalty
        self.bent = bent
        self.products = products

    def fit(self, features: Reals, labels: Labels) -> Self:
        """`features` is people by columns, numbers only; `labels` one class a person."""
        self.classes_, counts = np.unique(labels, return_counts=True)
        self._choose_columns(features, int(counts.min()))
        raw = self._expand(features)
        self._centre, spread = raw.mean(axis=0), raw.std(axis=0)
        self._spread = np.where(spread > 0, spread, 1.0)
        known = (labels[:, None] == self.classes_[None, 1:]).astype(float)
        self._slopes = _climb(self._design(features), known, self.penalty)
        return self

    def predict_proba(self, features: Reals) -> Reals:
        return _chances(self._design(features), self._slopes)

    def _choose_columns(self, features: Reals, rarest: int) -> None:
        width = features.shape[1]
        room = rarest // _PEOPLE_A_COLUMN - width
        self._middle = features.mean(axis=0)
        self._pairs: list[tuple[int, int]] = []
        self._knots = [_knots_of(column) for column in features.T] if self.bent else []
        bends = sum(len(knots) for knots in self._knots)
        if bends > room:
            self._knots, bends = [], 0
        if self.products and bends + width * (width - 1) // 2 <= room:
            self._pairs = list(combinations(range(width), 2))

    def _expand(self, features: Reals) -> Reals:
        parts = [features]
        for column, knots in zip(features.T, self._knots, strict=False):
            parts.append(np.maximum(column[:, None] - knots, 0.0))
        middled = features - self._middle
        parts += [middled[:, [one]] * middled[:, [other]] for one, other in self._pairs]
        return np.hstack(parts)

    def _design(self, features: Reals) -> Reals:
        scaled = (self._expand(features) - self._centre) / self._spread
        return np.hstack([np.ones((len(features), 1)), scaled])


def _knots_of(column: Reals) -> Reals:
    if len(np.unique(column)) < _FEWEST_VALUES:
        return np.zeros(0)
    return np.unique(np.quantile(column, [0.25, 0.5, 0.75]))


def _chances(design: Reals, slopes: Reals) -> Reals:
    """The first class has slopes of zero."""
    scores = np.pad(design @ slopes, ((0, 0), (1, 0)))
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _climb(design: Reals, known: Reals, penalty: float) -> Reals:
    """Newton's method with halved steps on a concave function."""
    width, classes = design.shape[1], known.shape[1]
    slopes = np.zeros((width, classes))
    weight = np.full((width, 1), penalty)
    weight[0] = 0.0
    ridge = np.diag(np.repeat(weight[:, 0], classes) + 1e-9)

    def height(at: Reals) -> float:
        chances = _chances(design, at)
        picked = np.hstack([1 - known.sum(axis=1, keepdims=True), known])
        return float((picked * np.log(chances + 1e-300)).sum() - (weight * at**2).sum() / 2)

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
