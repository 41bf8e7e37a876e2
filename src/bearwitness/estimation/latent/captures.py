"""Two priors on the chances that people of a class are on a list.

`Uniformly`: each chance is a Beta by itself. `Learned`: the log odds are the sum of four normal
parts, one of the table, one of the list, one of the class, one of both; what is common to lists and
to classes is learned from the table. Why the second is the default, and why these standard
deviations, is in docs/decisions/0019-latent-prior.md.

Both speak of log odds (lists by classes by states), the change of variables included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bearwitness.estimation.design import Reals

# Rules of this house, in log odds: decision 19.
CENTRE = -2.0  # a list of the table holds about 12 % of people ...
OF_TABLES = 3.0  # ... or anything: 95 % of tables between 0.04 % and 98 %
OF_LISTS = 1.5  # standard deviation between lists of a table
OF_CLASSES = 1.0  # between classes, on all lists alike
OF_BOTH = 1.0  # of a class on one list, besides both


class Captures(Protocol):
    """A prior on captures, ready for a number of lists and classes."""

    @property
    def least_mass(self) -> float:
        """About the precision of one of the odds: its mass where nobody is in a class."""
        ...

    @property
    def weights(self) -> tuple[float, float, float, float, float, float, float]:
        """The prior in seven numbers: see compiled_slope.Given."""
        ...

    def log_density(self, odds: Reals, log_missed: Reals) -> Reals:
        """By states, up to a constant; `log_missed` is the log chance of no list, by class."""
        ...

    def slope(self, odds: Reals, capture: Reals) -> Reals:
        """Of that by each of the odds; `capture` are the same as chances. A new array."""
        ...


@dataclass(frozen=True, kw_only=True)
class Uniformly:
    """Beta(first, second), each chance by itself: (1, 1) as in Manrique-Vallier (2016)."""

    first: float
    second: float
    least_mass: float = 1 / 3

    @property
    def weights(self) -> tuple[float, float, float, float, float, float, float]:
        return (self.first, self.first + self.second, 0.0, 0.0, 0.0, 0.0, 0.0)

    def log_density(self, odds: Reals, log_missed: Reals) -> Reals:
        total = self.first + self.second
        return np.asarray(self.first * odds.sum(axis=(0, 1)) + total * log_missed.sum(axis=0))

    def slope(self, odds: Reals, capture: Reals) -> Reals:
        del odds
        return self.first - (self.first + self.second) * capture


class Learned:
    """Crossed normal effects, summed out: what is left is one normal of all log odds."""

    least_mass = 0.5 / OF_BOTH**2

    def __init__(self, lists: int, classes: int, kind: Any) -> None:
        exact = precision(lists, classes)
        self._precision = exact.astype(kind)
        self._centre = kind(CENTRE)
        # Between odds that share nothing, a class, a list, and everything.
        apart, of_class, of_list, same = exact[0, [classes + 1, classes, 1, 0]].tolist()
        both = same - of_list - of_class + apart
        self.weights = (0.0, 0.0, CENTRE, both, of_list - apart, of_class - apart, apart)

    def log_density(self, odds: Reals, log_missed: Reals) -> Reals:
        del log_missed
        off = (odds - self._centre).reshape(-1, odds.shape[-1])
        return np.asarray(-0.5 * (off * (self._precision @ off)).sum(axis=0))

    def slope(self, odds: Reals, capture: Reals) -> Reals:
        del capture
        off = (self._centre - odds).reshape(-1, odds.shape[-1])
        return np.asarray((self._precision @ off).reshape(odds.shape))


def precision(lists: int, classes: int) -> Reals:
    """Inverse covariance of log odds, those of a list together: of order lists times classes.

    The covariance is a sum of projections that are orthogonal (a balanced table in two ways), so
    that each is inverted by itself.
    """
    of_both = OF_BOTH**2
    of_list = of_both + classes * OF_LISTS**2
    of_class = of_both + lists * OF_CLASSES**2
    of_all = of_list + of_class - of_both + lists * classes * OF_TABLES**2
    by_list = np.kron(np.eye(lists), np.full((classes, classes), 1 / classes))
    by_class = np.kron(np.full((lists, lists), 1 / lists), np.eye(classes))
    mean = 1 / (lists * classes)
    rest = np.eye(lists * classes) - by_list - by_class + mean
    return np.asarray(
        rest / of_both + (by_list - mean) / of_list + (by_class - mean) / of_class + mean / of_all
    )
