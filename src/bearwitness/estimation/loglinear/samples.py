"""Many tables of counts at once: what each says of a model, and the fit of a model to each.

A model is a row of flags, one for each of the terms that are thought of. Pairs of a table and a
model are rows: `rows` say which table, `inside` which model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bearwitness.estimation.design import Flags, Reals, Terms, active_cells, columns_of, overlaps
from bearwitness.estimation.loglinear.existence import is_identifiable, spans, verdict_on
from bearwitness.estimation.loglinear.fit import Columns, Fits, fit_poisson

Rows = NDArray[np.int64]

_BATCH = 200_000  # numbers held at a time: about what the processor keeps near


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Tables of counts over the same lists (samples by patterns), with the overlaps of `terms`."""

    lists: int
    counts: Reals
    terms: Terms
    shared: Reals

    @cached_property
    def seen(self) -> Flags:
        return np.asarray(self.counts > 0)

    @cached_property
    def columns(self) -> Columns:
        """The term of every parameter that a model may hold, those of all models first."""
        return columns_of(self.lists, self.terms)

    def split(self, rows: Rows, inside: Flags) -> tuple[Flags, Flags]:
        """The terms with a finite parameter, and those at minus infinity: nobody is on them.

        A model holds the parts of its terms; where nobody is on a part, nobody is on the whole.
        """
        empty = self.shared[rows] == 0
        return inside & ~empty, inside & empty

    def active(self, gone: Flags) -> Flags:
        """The patterns left when those that hold a term at minus infinity are dropped."""
        active = np.ones((len(gone), self.counts.shape[1]), dtype=bool)
        some = gone.any(axis=1)
        first, back = alike(gone[some])
        kinds = [active_cells(self.lists, self._named(flags)) for flags in gone[some][first]]
        if kinds:
            active[some] = np.stack(kinds)[back]
        return active

    def identifiable(self, finite: Flags, gone: Flags) -> Flags:
        """Full column rank on the patterns kept (Chan, Silverman & Vincent 2021)."""
        first, back = alike(np.hstack([finite, gone]))
        some, lost = finite[first], gone[first]
        found = self._span(some, self.active(lost)) & lost.any(axis=1)
        for row in np.flatnonzero(~found):
            found[row] = is_identifiable(self.lists, self._named(some[row]), self._named(lost[row]))
        return np.asarray(found[back])

    def usable(self, rows: Rows, inside: Flags) -> Flags:
        """Whether each model has a finite maximum, and only one, on its table.

        The patterns observed mostly settle it. Rows alike in model and patterns are judged once.
        """
        first, back = alike(np.hstack([inside, self.seen[rows]]))
        rows, inside = rows[first], inside[first]
        finite, gone = self.split(rows, inside)
        found = self._span(finite, self.seen[rows])
        for place in np.flatnonzero(~found):
            found[place] = verdict_on(
                self.lists,
                self._named(finite[place]),
                self._named(gone[place]),
                self.seen[rows[place]].tobytes(),
            ).usable
        return np.asarray(found[back])

    def fit(self, rows: Rows, inside: Flags, *, start: Reals | None = None) -> Fits:
        """Each model fitted to its table; parameters as in `columns`, 0 where not finite.

        `start` (rows by columns) is where to begin.
        """
        finite, gone = self.split(rows, inside)
        active = self.active(gone)
        parameters = np.zeros((len(rows), len(self.columns)))
        fitted = np.zeros((len(rows), self.counts.shape[1]))
        converged, certain = (np.zeros(len(rows), dtype=bool) for _ in range(2))
        for part, places in self._portions(finite):
            fits = fit_poisson(
                self.columns[places],
                self.counts[rows[part]],
                active[part],
                start=None if start is None else np.take_along_axis(start[part], places, axis=1),
            )
            parameters[part[:, None], places] = fits.parameters
            fitted[part], converged[part], certain[part] = (
                fits.fitted, fits.converged, fits.certain
            )  # fmt: skip
        return Fits(parameters=parameters, fitted=fitted, converged=converged, certain=certain)

    def _span(self, finite: Flags, patterns: Flags) -> Flags:
        found = np.zeros(len(finite), dtype=bool)
        for part, places in self._portions(finite):
            found[part] = spans(self.columns[places], patterns[part])
        return found

    def _portions(self, finite: Flags) -> Iterator[tuple[Rows, Rows]]:
        """Rows with as many parameters, and the places of these among `columns`."""
        always = np.ones((len(finite), 1 + self.lists), dtype=bool)
        held = np.hstack([always, finite])
        sizes = held.sum(axis=1)
        for size in np.unique(sizes):
            rows = np.flatnonzero(sizes == size)
            step = max(1, _BATCH // max(self.counts.shape[1], int(size) ** 2))
            for begin, end in pairwise([*range(0, len(rows), step), len(rows)]):
                part = rows[begin:end]
                yield part, np.nonzero(held[part])[1].reshape(len(part), -1)

    def _named(self, flags: Flags) -> Terms:
        return tuple(term for term, flag in zip(self.terms, flags.tolist(), strict=True) if flag)


def gather_samples(lists: int, counts: Reals, terms: Terms) -> Samples:
    """`terms` hold all their parts of two lists or more."""
    return Samples(lists=lists, counts=counts, terms=terms, shared=overlaps(counts, terms, lists))


def flags_of(models: tuple[Terms, ...], terms: Terms) -> Flags:
    """Models by terms."""
    place = {term: at for at, term in enumerate(terms)}
    inside = np.zeros((len(models), len(terms)), dtype=bool)
    rows = np.repeat(np.arange(len(models)), [len(model) for model in models])
    inside[rows, [place[term] for model in models for term in model]] = True
    return inside


def alike(flags: Flags) -> tuple[Rows, Rows]:
    """The first of the rows that are alike, and for each row its place among those."""
    packed = np.packbits(flags, axis=1)
    if not packed.size:
        return np.arange(min(1, len(flags))), np.zeros(len(flags), dtype=np.int64)
    whole = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, back = np.unique(whole, return_index=True, return_inverse=True)
    return first, back
