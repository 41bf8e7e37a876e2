"""Noise by cell key: equal cells get equal noise in every table and every release.

Marley and Leaver 2011, "A method for confidentialising user-defined tables" (58th World Statistics
Congress): every record has a key; the keys of a cell's people, added, are the cell's key, and that
decides its noise. Asking again, or through another table, teaches nothing new. The distribution
has no bias, a stated spread and a largest change, and of all such is the one of most entropy
(Giessing 2016, LNCS 9867).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure.cross import Crossed, add_margins

_STEPS = 2**32


def record_keys(secret: bytes, records: Sequence[str]) -> np.ndarray:
    """A key for each person or record, evenly spread below 2**32, that only the secret tells."""
    if len(secret) < 16:
        raise DisclosureUnsafe(
            "the secret of the cell keys is too short", hint="It needs at least 16 bytes."
        )
    digests = (hmac.digest(secret, name.encode(), hashlib.sha256) for name in records)
    return np.array([int.from_bytes(d[:4], "big") for d in digests], dtype=np.uint64)


def cell_secret() -> bytes:
    """This machine's secret of the cell keys: BEARWITNESS_CELL_SECRET, or the user's settings.

    It is made once and must be kept: under another one, equal cells get other noise.
    """
    settings = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    stated = os.environ.get("BEARWITNESS_CELL_SECRET")
    path = Path(stated) if stated else Path(settings) / "bearwitness" / "cell_secret"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(secrets.token_bytes(32))
    return path.read_bytes()


def cell_keys(table: Crossed, leaf_of_person: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Each cell's key, from 0 to 1: the keys of its people, added, without the whole part."""
    size = int(np.prod([len(tree.leaves) for tree in table.dimensions]))
    sums = np.zeros(size)
    # Sums below 2**53 are exact in floats, so that the order of people plays no part.
    np.add.at(sums, leaf_of_person, (keys.astype(np.uint64) % np.uint64(_STEPS)).astype(float))
    return np.asarray(add_margins(sums, table.dimensions) % _STEPS / _STEPS)


def perturb(
    people: np.ndarray, keys: np.ndarray, *, most: int = 4, variance: float = 2.0
) -> np.ndarray:
    """Counts with noise of at most `most`, mean 0 and that variance. Nobody stays nobody, and no
    printed count is negative; sums no longer add up, which is part of the protection."""
    noisy = people.copy()
    for count in np.unique(people[people > 0]).tolist():
        values, chances = noise(min(count, most), most, variance)
        at = people == count
        steps = np.searchsorted(np.cumsum(chances), keys[at], side="right")
        noisy[at] = count + values[np.minimum(steps, len(values) - 1)]
    return noisy


@lru_cache(maxsize=64)
def noise(down: int, up: int, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Changes from -down to up and their chances: mean 0, at most that variance, most entropy.

    The distribution of most entropy under two moments is exp(a v + b v^2), normalised.
    """
    from scipy.optimize import brentq

    values = np.arange(-down, up + 1)

    def chances(b: float) -> np.ndarray:
        def weigh(a: float) -> np.ndarray:
            exponent = a * values + b * values**2
            weight = np.exp(exponent - exponent.max())
            return np.asarray(weight / weight.sum())

        slope = brentq(lambda a: float(weigh(a) @ values), -60.0, 60.0, xtol=1e-14)
        return weigh(slope)

    def spread(b: float) -> float:
        return float(chances(b) @ values**2) - variance

    if spread(-20.0) > 0:
        return values, chances(-20.0)
    b = 2.0 if spread(2.0) < 0 else brentq(spread, -20.0, 2.0, xtol=1e-12)
    return values, chances(b)
