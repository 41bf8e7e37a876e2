"""Births as people write them become EDTF (ISO 8601-2), with the years they may mean."""

from __future__ import annotations

import re
from functools import lru_cache

# Pattern, and the EDTF it means. The first that fits the whole text wins.
_HUMANE: tuple[tuple[str, str], ...] = (
    (r"(\d{4})\s*(?:년생?|年生?)", r"\1"),
    (r"(?:about|around|ca?\.?|circa|약|约|大约)\s*(\d{4})(?:\s*[년年])?", r"\1~"),
    (r"(\d{4})\s*(?:년경|년쯤|年左右)", r"\1~"),
    (r"(\d{4})\s*(?:-|–|to|~|～)\s*(\d{4})", r"[\1..\2]"),
    (r"(\d{3})0(?:s|년대|年代)", r"\1X"),
    (r"(\d{4})[./](\d{1,2})[./](\d{1,2})", r"\1-\2-\3"),
)
_YEAR = re.compile(r"\d{4}[~?%]?")  # too common to spend a parser on
_EDTF = re.compile(r"\[?(\d{2}[\dX]{2})(-\d{2}(-\d{2})?)?[~?%]?(?:\.\.(\d{4})\])?")


@lru_cache(maxsize=100_000)  # a list of thousands holds a few hundred different births
def read_birth(text: str) -> tuple[str, int, int] | None:
    """EDTF, earliest year, latest year; None where the text is not a date that we know.

    An approximate year (`1978~`) spans two years to each side: people round their age.
    """
    edtf = _to_edtf(text.strip())
    if edtf is None or not _EDTF.fullmatch(edtf) or not _is_valid(edtf):
        return None
    low, high = (int(edtf.strip("[]~?%")[:4].replace("X", digit)) for digit in "09")
    if ".." in edtf:
        high = int(edtf.strip("[]").split("..")[1])
    spread = 2 if edtf[-1] in "~?%" else 0
    return (edtf, low - spread, high + spread) if low <= high else None


def _to_edtf(text: str) -> str | None:
    for pattern, meaning in _HUMANE:
        found = re.fullmatch(pattern, text, flags=re.IGNORECASE)
        if found:
            parts = found.expand(meaning).split("-")
            return "-".join(part.zfill(2) for part in parts)
    return text or None


def _is_valid(edtf: str) -> bool:
    if _YEAR.fullmatch(edtf):
        return True
    from edtf import EDTFParseException, parse_edtf

    try:
        parse_edtf(edtf)
    except (EDTFParseException, ValueError):
        return False
    return True
