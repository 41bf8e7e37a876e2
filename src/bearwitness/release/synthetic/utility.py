"""How far synthetic counts lie from the real ones: every count of one value and of two.

The real counts are in here. It is for those who hold the people's rows, and for nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

SIZES = ((0, 0), (1, 9), (10, 49), (50, 199), (200, None))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A count of people with one value, or with two."""

    columns: str
    values: str
    ways: int
    real: int
    synthetic: int


@dataclass(frozen=True, kw_only=True)
class Error:
    """Counts of one size: how many, and how far off they are, in people and as a share."""

    ways: int
    size: str
    cells: int
    mean: float
    worst: int
    share: float | None


@dataclass(frozen=True, kw_only=True)
class Utility:
    """`distances` gives by columns the share of people who would have to change their value for
    both tables to agree (total variation)."""

    cells: tuple[Cell, ...]
    errors: tuple[Error, ...]
    distances: dict[str, float]

    def mean_distance(self, ways: int) -> float:
        found = [d for name, d in self.distances.items() if name.count(" x ") == ways - 1]
        return sum(found) / len(found) if found else 0.0


def compare_counts(
    real: Any, made: Any, *, names: Sequence[str], values: Sequence[Sequence[str]]
) -> Utility:
    """Two tables of codes with the same columns."""
    cells: list[Cell] = []
    distances = {}
    for columns in (*((j,) for j in range(len(names))), *combinations(range(len(names)), 2)):
        shape = tuple(len(values[j]) for j in columns)
        pair = [_count(table, columns, shape) for table in (real, made)]
        title = " x ".join(names[j] for j in columns)
        shares = [counts / max(counts.sum(), 1) for counts in pair]
        distances[title] = float(np.abs(shares[0] - shares[1]).sum() / 2)
        cells += _cells(title, [values[j] for j in columns], *pair)
    return Utility(cells=tuple(cells), errors=tuple(_errors(cells)), distances=distances)


def _count(table: Any, columns: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    flat = np.ravel_multi_index(tuple(table[:, j] for j in columns), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


def _cells(title: str, values: Sequence[Sequence[str]], real: Any, made: Any) -> Iterator[Cell]:
    for place in zip(*np.nonzero(real + made), strict=True):
        yield Cell(
            columns=title,
            values=" x ".join(values[n][at] for n, at in enumerate(place)),
            ways=len(values),
            real=int(real[place]),
            synthetic=int(made[place]),
        )


def _errors(cells: Sequence[Cell]) -> Iterator[Error]:
    for ways in (1, 2):
        for low, high in SIZES:
            here = [
                c for c in cells
                if c.ways == ways and c.real >= low and (high is None or c.real <= high)
            ]  # fmt: skip
            if here:
                yield _error(ways, low, high, here)


def _error(ways: int, low: int, high: int | None, here: Sequence[Cell]) -> Error:
    off = [abs(c.synthetic - c.real) for c in here]
    people = sum(c.real for c in here)
    return Error(
        ways=ways,
        size=f"{low} and more" if high is None else f"{low}" if low == high else f"{low}-{high}",
        cells=len(here),
        mean=sum(off) / len(off),
        worst=max(off),
        share=sum(off) / people if people else None,
    )
