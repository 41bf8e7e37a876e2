"""How the parts of a composed figure hang together: stated, and what it would be if they did not.

Chances are drawn as scrambled Sobol points (Owen 1995), whose error is known from independent
scrambles, and tied together by a Gaussian copula (Nelsen 2006, section 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.release.figures.spreads import Reals

KNOWN = ("unknown", "independent", "comonotone")


@dataclass(frozen=True)
class Dependence:
    """Between parts. `unknown` is drawn as independent, and its extremes are told beside it.

    `correlation` is that of the copula's normal scores, for every pair; `pairs` overrule it.
    """

    kind: str = "unknown"
    correlation: float = 0.0
    pairs: Mapping[frozenset[str], float] = field(default_factory=dict)

    def between(self, left: str, right: str) -> float:
        return self.pairs.get(frozenset((left, right)), self.correlation)

    @property
    def is_unknown(self) -> bool:
        return self.kind == "unknown" and not self.pairs


def read_dependence(told: Mapping[str, Any], *, where: str) -> Dependence:
    """From `dependence` and `correlations`. Raises StudyInvalid for what is neither a kind nor a
    number from -1 to 1.
    """
    kind = told.get("dependence", "unknown")
    pairs = {}
    for entry in told.get("correlations", ()):
        if len(entry) != 3 or not _is_correlation(entry[2]):
            raise StudyInvalid(
                "a correlation is two figures and a number from -1 to 1",
                where=where,
                hint='Write correlations = [["a", "b", 0.5]].',
            )
        pairs[frozenset(entry[:2])] = float(entry[2])
    if isinstance(kind, str):
        if kind not in KNOWN:
            raise StudyInvalid(
                f"there is no dependence {kind!r}",
                where=where,
                hint=f"Write one of {', '.join(KNOWN)}, or a correlation from -1 to 1.",
            )
        return Dependence(kind, 1.0 if kind == "comonotone" else 0.0, pairs)
    if not _is_correlation(kind):
        raise StudyInvalid("a correlation lies between -1 and 1", where=where, hint="Correct it.")
    return Dependence("correlation", float(kind), pairs)


def correlations(
    parts: Sequence[str], dependence: Mapping[frozenset[str], float], *, where: str
) -> Reals:
    """The matrix over `parts`. Raises StudyInvalid where no such numbers can exist together."""
    found = np.eye(len(parts))
    for i, left in enumerate(parts):
        for j, right in enumerate(parts[:i]):
            found[i, j] = found[j, i] = dependence[frozenset((left, right))]
    if np.linalg.eigvalsh(found).min() < -1e-9:
        raise StudyInvalid(
            "no numbers can be correlated with each other in this way",
            where=where,
            hint="Three parts cannot each fall when the others rise. Weaken the correlations.",
        )
    return found


def draw_chances(correlation: Reals, *, count: int, seed: int) -> Reals:
    """`count` (a power of 2) rows of chances, one column a part, tied by the copula."""
    from scipy.special import ndtr, ndtri
    from scipy.stats import qmc

    size = len(correlation)
    points = qmc.Sobol(size, scramble=True, rng=np.random.default_rng(seed))
    chances = np.clip(points.random_base2(int(np.log2(count))), 1e-12, 1 - 1e-12)
    if np.allclose(correlation, np.eye(size)):
        return np.asarray(chances)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(ndtr(ndtri(chances) @ root.T))


def _is_correlation(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1 <= value <= 1
