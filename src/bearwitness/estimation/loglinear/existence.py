"""Is there an answer at all? A finite maximum of the likelihood, and only one.

Chan, Silverman & Vincent (2021) on sparse tables; Fienberg & Rinaldo (2012) on existence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from bearwitness.estimation.design import (
    Flags,
    Reals,
    Terms,
    active_cells,
    model_matrix,
    overlaps,
    split_empty,
    terms_of,
)
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.loglinear.fit import Columns, information

_LITTLE = 1e-8  # of the largest entry of a Gram matrix: far above rounding
_POSITIVE = 1e-7  # the programme's answer is 0, or a vertex of small whole-number equations


@dataclass(frozen=True, kw_only=True)
class ModelVerdict:
    """Whether a model has a finite maximum-likelihood estimate, and only one; else why not."""

    exists: bool
    identifiable: bool
    reason: str = ""

    @property
    def usable(self) -> bool:
        return self.exists and self.identifiable


_FINE = ModelVerdict(exists=True, identifiable=True)
_MANY = ModelVerdict(
    exists=True,
    identifiable=False,
    reason="the model is not identifiable from this table: many totals fit equally well "
    "(Chan, Silverman & Vincent 2021)",
)
_NONE = ModelVerdict(
    exists=False,
    identifiable=True,
    reason="the model has no finite maximum-likelihood estimate: the likelihood keeps rising as "
    "a parameter runs off without end (Fienberg & Rinaldo 2012)",
)


def assess_model(histories: Any, interactions: Sequence[Sequence[str]] = ()) -> ModelVerdict:
    """Judge the log-linear model with these interactions and all their parts, before fitting.

    An interaction of lists that share nobody is estimated at minus infinity, and the patterns
    that hold it are dropped; the rest must pass both tests. A model that is not identifiable is
    not tested further: its `exists` says nothing.
    """
    seen = read_histories(histories)
    return assess_terms(seen, terms_of(interactions, seen.lists))


def assess_terms(histories: Histories, terms: Terms) -> ModelVerdict:
    size = len(histories.lists)
    shared = overlaps(histories.counts, terms, size)
    finite, empty = split_empty(terms, [t for t, n in zip(terms, shared, strict=True) if not n])
    return verdict_on(size, finite, empty, np.asarray(histories.counts > 0).tobytes())


@lru_cache(maxsize=200_000)
def verdict_on(lists: int, finite: Terms, empty: Terms, seen: bytes) -> ModelVerdict:
    """The verdict depends on which patterns are empty, never on the counts of the others.

    So one programme serves every bootstrap sample with the same empty patterns.
    """
    if not is_identifiable(lists, finite, empty):
        return _MANY
    active = active_cells(lists, empty)
    observed = np.frombuffer(seen, dtype=bool)[active]
    return _FINE if has_maximum(model_matrix(lists, finite)[active], observed) else _NONE


@lru_cache(maxsize=65536)
def is_identifiable(lists: int, finite: Terms, empty: Terms) -> bool:
    """Full column rank on the patterns kept (Chan, Silverman & Vincent 2021)."""
    if not empty:
        # With every pattern kept, only the interaction of all lists makes the columns dependent.
        return 2**lists - 1 not in finite
    matrix = model_matrix(lists, finite)[active_cells(lists, empty)]
    if len(matrix) < matrix.shape[1]:
        return False
    return bool(np.linalg.matrix_rank(matrix) == matrix.shape[1])


def spans(columns: Columns, patterns: Flags) -> Flags:
    """Whether the rows of `patterns` in the model matrix span the whole space of parameters.

    `columns` (models by parameters) are terms, `patterns` (models by patterns) flags. By the
    determinant of their Gram matrix, which hardly moves when a little is added to its diagonal,
    unless the matrix is singular. Yes is certain; no may stand for nearly no.
    """
    gram = information(columns, patterns.astype(float))
    places = np.arange(gram.shape[-1])
    _, bare = np.linalg.slogdet(gram)
    gram[:, places, places] += _LITTLE * gram[:, :1, 0]
    sign, padded = np.linalg.slogdet(gram)
    with np.errstate(invalid="ignore"):
        return np.asarray((sign > 0) & (padded - bare < 1.0))


def has_maximum(matrix: Reals, observed: Flags) -> bool:
    """Whether the statistics lie inside the marginal cone (Fienberg & Rinaldo 2012).

    `matrix` has one row per pattern, and full column rank; `observed` says who had it.

    They do when the patterns observed span the whole space of parameters, for a proper face of
    the cone spans less. Else they do when some strictly positive table has the same statistics:
    a linear programme raises the least cell of such a table as far as it goes.
    """
    if np.linalg.matrix_rank(matrix[observed]) == matrix.shape[1]:
        return True
    statistics = observed.astype(float) @ matrix
    if (statistics == 0).any():
        return False
    from scipy.optimize import linprog

    # A cell is the least cell s plus something not negative: matrix' (rest + s) = statistics.
    equalities = np.hstack([matrix.T, matrix.sum(axis=0)[:, None]])
    goal = np.zeros(len(matrix) + 1)
    goal[-1] = -1.0
    answer = linprog(goal, A_eq=equalities, b_eq=statistics, method="highs")
    return bool(answer.status == 0 and -answer.fun > _POSITIVE)
