"""Whether two texts say the same where numbers may round otherwise on another processor."""

from __future__ import annotations

import re
from math import isclose

NUMBER = re.compile(r"(?<!\w)\d[\d,]*(?:\.\d+)?(?!\w)")
WITHIN = 1 / 40  # chains and tie-breaking quantiles differ by less; a wrong method by far more


def alike(one: str, other: str) -> bool:
    """Word for word the same, and number for number within a fortieth, or one in the last place."""
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(_close(first, second) for first, second in pairs)


def _close(first: str, second: str) -> bool:
    one, other = (float(text.replace(",", "")) for text in (first, second))
    places = len(first.partition(".")[2])
    return isclose(one, other, rel_tol=WITHIN, abs_tol=1.01 * 10.0**-places)
