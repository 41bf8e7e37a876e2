"""Noise from OpenDP, and what it costs: the only module that knows OpenDP.

Counts are whole numbers and the noise is the discrete Gaussian of Canonne, Kamath and Steinke
(2020), drawn from the operating system's secure source: no rounding of real numbers on the way
gives anything away, and no seed brings the noise back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log, sqrt
from typing import Any

import numpy as np

from bearwitness.errors import BudgetSpent, ExtraMissing

_LOOSER = 1e-9  # what a share may differ from its price by rounding, of the whole


@dataclass(kw_only=True)
class Purse:
    """A privacy budget in rho of zero-concentrated differential privacy (Bun & Steinke 2016),
    and everything that was paid from it: what for, and how much."""

    rho: float
    paid: list[tuple[str, float]] = field(default_factory=list)

    @property
    def spent(self) -> float:
        return sum(price for _, price in self.paid)

    def pay(self, what: str, price: float) -> None:
        """Raise BudgetSpent where the purse does not hold it; nothing is drawn then."""
        if self.spent + price > self.rho * (1 + _LOOSER):
            raise BudgetSpent(
                f"the privacy budget does not reach for {what}",
                hint="This should not happen: please report it.",
            )
        self.paid.append((what, price))


def add_noise(
    counts: Sequence[int], *, purse: Purse, rho: float, columns: int = 1, what: str
) -> Any:
    """Counts with discrete Gaussian noise, as an array of floats, for `rho`.

    One person is in one cell of each of `columns` histograms, which are counted together: adding
    or removing them moves the counts by sqrt(columns) in L2.
    """
    scale = noise_scale(rho, columns)
    mechanism = _gaussian(scale)
    purse.pay(what, mechanism.map(sqrt(columns)))
    return np.array(mechanism([int(count) for count in counts]), float)


def noise_scale(rho: float, columns: int = 1) -> float:
    """The standard deviation of noise worth `rho` (Bun & Steinke 2016, proposition 1.6)."""
    return sqrt(columns / (2 * rho))


def choose_largest(scores: Sequence[float], *, purse: Purse, rho: float, what: str) -> int:
    """The number of about the largest score, each of which one person moves by 1 at most.

    The exponential mechanism (McSherry & Talwar 2007).
    """
    mechanism = _largest(sqrt(1 / (2 * rho)))
    price: float = mechanism.map(1.0)
    purse.pay(what, price)
    return int(mechanism([float(score) for score in scores]))


def least_seen(rho: float, delta: float, columns: int) -> float:
    """From which noisy count on a value may be shown that nobody declared.

    A value that one person alone has passes it in no more than `delta` of all runs, all `columns`
    together: the tail of a subgaussian variable (Canonne, Kamath & Steinke 2020, section 2.3).
    """
    return 1 + noise_scale(rho, columns) * sqrt(2 * log(columns / delta))


@cache
def rho_within(epsilon: float, delta: float) -> float:
    """The largest rho that keeps within (epsilon, delta), by OpenDP's conversion."""
    low, high = 0.0, epsilon
    for _ in range(50):
        middle = (low + high) / 2
        if middle and _epsilon_of(middle, delta) <= epsilon:
            low = middle
        else:
            high = middle
    return low


def _epsilon_of(rho: float, delta: float) -> float:
    from opendp.combinators import make_zCDP_to_approxDP

    mechanism: Any = make_zCDP_to_approxDP(_gaussian(noise_scale(rho)))
    curve = mechanism.map(1.0)
    return float(curve.epsilon(delta))


def check_extra() -> None:
    """Raise ExtraMissing where OpenDP is not installed."""
    try:
        from opendp.mod import enable_features
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            "synthetic cases need the synthetic extra",
            hint="Install it with: pip install 'bearwitness[synthetic]'",
        ) from error
    # OpenDP's word for mechanisms that its contributors proved and its reviewers read.
    enable_features("contrib")


@cache
def _gaussian(scale: float) -> Any:
    check_extra()
    from opendp.domains import atom_domain, vector_domain
    from opendp.measurements import make_gaussian
    from opendp.metrics import l2_distance

    return make_gaussian(vector_domain(atom_domain(T="i64")), l2_distance(T="f64"), scale=scale)


@cache
def _largest(scale: float) -> Any:
    check_extra()
    from opendp.domains import atom_domain, vector_domain
    from opendp.measurements import make_noisy_max
    from opendp.measures import zero_concentrated_divergence
    from opendp.metrics import linf_distance

    return make_noisy_max(
        vector_domain(atom_domain(T="f64", nan=False)),
        linf_distance(T="f64"),
        zero_concentrated_divergence(),
        scale=scale,
    )
