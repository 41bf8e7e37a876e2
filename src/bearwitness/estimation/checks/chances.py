"""How likely each pattern of lists is, under ways of being found that we make up.

Chances are over all 2**lists patterns, the empty one first; bit i of a pattern is list i. People
are independent of each other, so that a table is one multinomial draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bearwitness.estimation.design import Reals

Interactions = Mapping[tuple[int, ...], float]


def log_linear(rates: Sequence[float], interactions: Interactions | None = None) -> Reals:
    """Log odds of each list alone, and log odds ratios of sets of lists.

    `rates` are the chances of being on each list where nothing else is known and no interaction
    holds; with interactions the shares on the lists move away from them.
    """
    cells = np.arange(2 ** len(rates))
    logs = sum(np.log(p / (1 - p)) * (cells >> bit & 1) for bit, p in enumerate(rates))
    for bits, ratio in (interactions or {}).items():
        term = sum(1 << bit for bit in bits)
        logs = logs + ratio * ((cells & term) == term)
    weights = np.exp(logs)
    return np.asarray(weights / weights.sum())


def darroch(rates: Sequence[float], spread: float) -> Reals:
    """Quasi-symmetry: log chances quadratic in the number of lists (Darroch et al. 1993)."""
    on = np.bitwise_count(np.arange(2 ** len(rates))).astype(float)
    weights = log_linear(rates) * np.exp(spread * on**2 / 2)
    return np.asarray(weights / weights.sum())


def classes(shares: Sequence[float], rates: Sequence[Sequence[float]]) -> Reals:
    """A mixture: within a class, lists are independent."""
    mixed = [share * independent(of_class) for share, of_class in zip(shares, rates, strict=True)]
    return np.asarray(sum(mixed))


def logit_normal(rates: Sequence[float], spread: float) -> Reals:
    """Rasch: a person's log odds of every list move together, with standard deviation `spread`.

    `rates` are those of the median person. The integral is a sum over 81 nodes of Gauss and
    Hermite.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(81)
    logits = np.log(np.array(rates) / (1 - np.array(rates)))
    total = np.zeros(2 ** len(rates))
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        total += weight * independent((1 / (1 + np.exp(-(logits + spread * node)))).tolist())
    return total


def referred(chances: Reals, giver: int, taker: int, share: float) -> Reals:
    """`share` of the people on list `giver` are passed on to list `taker`."""
    cells = np.arange(len(chances))
    moving = np.where(cells >> giver & 1, share, 0.0) * np.where(cells >> taker & 1, 0.0, 1.0)
    passed = np.array(chances * (1 - moving))
    np.add.at(passed, cells | 1 << taker, chances * moving)
    return passed


def shared_by_all(chances: Reals, share: float) -> Reals:
    """`share` of the people that anybody knows are passed on to every list."""
    passed = np.array(chances)
    passed[1:] *= 1 - share
    passed[-1] += share * (1 - chances[0])
    return passed


def within(chances: Reals, outer: int, share: float) -> Reals:
    """One list more: it takes `share` of the people on list `outer`, and nobody else."""
    taken = np.where(np.arange(len(chances)) >> outer & 1, share, 0.0)
    return np.concatenate([chances * (1 - taken), chances * taken])


def years(rates: Sequence[float], leaving: float) -> Reals:
    """Lists are years; a year ends with a share `leaving` of those present gone, and replaced.

    Chances are among everybody who was ever there: size stays the same, so that with one person
    present `1 + leaving * (years - 1)` people were ever there.
    """
    count = len(rates)
    total = np.zeros(2**count)
    for first in range(count):
        came = 1.0 if first == 0 else leaving
        for last in range(first, count):
            gone = leaving if last < count - 1 else 1.0
            stayed = came * (1 - leaving) ** (last - first) * gone
            present = [p if first <= year <= last else 0.0 for year, p in enumerate(rates)]
            total += stayed * independent(present)
    return np.asarray(total / total.sum())


def independent(rates: Sequence[float]) -> Reals:
    """As `log_linear` without interactions, where a rate may be 0 or 1."""
    cells = np.arange(2 ** len(rates))
    on = [np.where(cells >> bit & 1, p, 1 - p) for bit, p in enumerate(rates)]
    return np.asarray(np.prod(on, axis=0), dtype=float)
