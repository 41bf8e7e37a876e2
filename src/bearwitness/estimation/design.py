"""Log-linear models as arrays: a term is a set of lists, written as the bits of an integer.

A model is hierarchical: with a term it holds every part of it. The main effects are always in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bearwitness.errors import TableMismatch

Terms = tuple[int, ...]
Flags = NDArray[np.bool_]
Reals = NDArray[np.float64]


def terms_of(interactions: Iterable[Sequence[str]], lists: tuple[str, ...]) -> Terms:
    """The interactions with all their parts of two lists or more, smallest first."""
    found: set[int] = set()
    for names in interactions:
        unknown = sorted(set(names) - set(lists))
        if unknown or len(set(names)) < 2:
            raise TableMismatch(
                f"an interaction of {', '.join(names)} cannot be modelled",
                hint=f"An interaction names two or more of the lists {', '.join(sorted(lists))}.",
            )
        bits = [1 << lists.index(name) for name in sorted(set(names))]
        for size in range(2, len(bits) + 1):
            found.update(sum(part) for part in combinations(bits, size))
    return in_order(found)


def in_order(terms: Iterable[int]) -> Terms:
    """Pairs first, then triples; within a size, lists in text order."""
    return tuple(sorted(terms, key=lambda term: (term.bit_count(), bits_of(term))))


def bits_of(term: int) -> tuple[int, ...]:
    return tuple(bit for bit in range(term.bit_length()) if term >> bit & 1)


def pairs_of(lists: int) -> Terms:
    return in_order((1 << a) | (1 << b) for a, b in combinations(range(lists), 2))


def names_of(terms: Iterable[int], lists: tuple[str, ...]) -> tuple[str, ...]:
    """As they are printed, pairs first: A:B, and A:B:C for three lists."""
    named = [sorted(lists[bit] for bit in bits_of(term)) for term in terms]
    return tuple(":".join(names) for names in sorted(named, key=lambda n: (len(n), n)))


@lru_cache(maxsize=65536)
def columns_of(lists: int, terms: Terms) -> NDArray[np.int64]:
    """The term of each parameter: intercept, main effects, then `terms`.

    A parameter enters every pattern that holds all lists of its term, so that the intercept is
    the log of the expected count of people on no list.
    """
    columns = np.array([0, *(1 << bit for bit in range(lists)), *terms], dtype=np.int64)
    columns.setflags(write=False)
    return columns


def model_matrix(lists: int, terms: Terms) -> Reals:
    """One row per pattern, one column per parameter, 1 where the pattern holds its term."""
    cells, columns = np.arange(1, 2**lists), columns_of(lists, terms)
    return np.asarray((cells[:, None] & columns) == columns, dtype=float)


def overlaps(counts: Reals, terms: Terms, lists: int) -> Reals:
    """For each term, people on all its lists whatever else: the sufficient statistics."""
    cells = np.arange(1, 2**lists)
    columns = np.array(terms, dtype=np.int64)
    holds = ((cells[:, None] & columns) == columns).astype(float)
    return np.asarray(counts @ holds)


def split_empty(terms: Terms, empty: Iterable[int]) -> tuple[Terms, Terms]:
    """Terms with a finite parameter, and terms at minus infinity.

    Where nobody is on all lists of a term, its estimate is minus infinity, and the patterns that
    hold it are certain to be empty (Chan, Silverman & Vincent 2021).
    """
    gone = set(empty)
    finite = tuple(term for term in terms if not any(term & e == e for e in gone))
    return finite, tuple(term for term in terms if term in gone)


@lru_cache(maxsize=65536)
def active_cells(lists: int, empty: Terms) -> Flags:
    """The patterns left when those that hold a term at minus infinity are dropped."""
    cells = np.arange(1, 2**lists)
    active = np.ones(cells.size, dtype=bool)
    for term in empty:
        active &= (cells & term) != term
    active.setflags(write=False)
    return active
