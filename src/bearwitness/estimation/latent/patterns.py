"""The chance of each pattern, by class: in two ways, by how many patterns there can be.

With few lists every pattern's chance is that of a pattern with one list fewer, times the odds of
that list: one multiplication each, and the empty pattern comes along. With many lists there are far
fewer patterns that somebody had than there could be, and each is the exponential of a sum.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories

ALWAYS_DOUBLED = 6  # lists
MOST_DOUBLED = 8  # lists, where there are not more than four patterns to one that somebody had


class Patterns(Protocol):
    people: Reals  # of each pattern gone through: a column
    # Of all but the empty one: 1 for an odd number of lists, -1 for an even one.
    signs: Reals | None
    gather: Reals  # lists and one more by patterns: 1 where the pattern is on the list; ones

    def fill(
        self, share: Reals, odds: Reals, ratio: Reals, up: Reals
    ) -> tuple[Reals, Reals, Reals]:
        """Chances of patterns (by classes by states, overwritten by the next call); then classes by
        states, of being on some list and on none. `share` is of each class, which all of them are
        multiplied by; `ratio` is exp of `odds`, and `up` one more.
        """
        ...


def patterns_for(seen: Histories, classes: int, states: int, kind: Any) -> Patterns:
    return (Doubled if are_doubled(seen) else Listed)(seen, classes, states, kind)


def are_doubled(seen: Histories) -> bool:
    lists = len(seen.lists)
    few = lists <= MOST_DOUBLED and 2**lists <= 4 * len(seen.patterns)
    return few or lists <= ALWAYS_DOUBLED


class Doubled:
    """All patterns, the empty one (of nobody) first."""

    def __init__(self, seen: Histories, classes: int, states: int, kind: Any) -> None:
        lists = len(seen.lists)
        cells = np.arange(2**lists)
        self.people = np.zeros((len(cells), 1), kind)
        self.people[seen.patterns, 0] = seen.people
        signs = np.where(np.bitwise_count(cells) % 2, 1.0, -1.0)
        signs[0] = 0.0
        self.signs: Reals | None = signs
        self.gather = _on_lists(cells, lists, kind)
        self._not_empty = (cells > 0).astype(kind)
        self._filled = np.empty((len(cells), classes, states), kind)

    def fill(
        self, share: Reals, odds: Reals, ratio: Reals, up: Reals
    ) -> tuple[Reals, Reals, Reals]:
        del odds
        filled = self._filled
        np.divide(share, np.multiply.reduce(up, axis=0), out=filled[0])
        for number, of_list in enumerate(ratio):
            half = 1 << number
            np.multiply(filled[:half], of_list, out=filled[half : 2 * half])
        # Added up rather than taken from one: a class that is hardly ever seen keeps its digits.
        found = self._not_empty @ filled.reshape(len(filled), -1)
        return filled, found.reshape(share.shape), filled[0]


class Listed:
    """The patterns that somebody had."""

    signs: Reals | None = None

    def __init__(self, seen: Histories, classes: int, states: int, kind: Any) -> None:
        self.people = seen.people.astype(kind)[:, None]
        self.gather = _on_lists(seen.patterns, len(seen.lists), kind)
        self._on = np.ascontiguousarray(self.gather[:-1].T)
        self._filled = np.empty((len(self._on), classes * states), kind)

    def fill(
        self, share: Reals, odds: Reals, ratio: Reals, up: Reals
    ) -> tuple[Reals, Reals, Reals]:
        del up
        filled = self._filled
        log_missed = -np.log1p(ratio).sum(axis=0)
        np.matmul(self._on, odds.reshape(len(odds), -1), out=filled)
        filled += (np.log(share) + log_missed).reshape(-1)
        np.exp(filled, out=filled)
        found, missed = -np.expm1(log_missed) * share, np.exp(log_missed) * share
        return filled.reshape(len(filled), *share.shape), found, missed


def _on_lists(patterns: Any, lists: int, kind: Any) -> Reals:
    on = (patterns >> np.arange(lists)[:, None]) & 1
    return np.vstack([on, np.ones(len(patterns))]).astype(kind)
