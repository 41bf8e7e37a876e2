"""Units of figures as products of powers, so that what is multiplied is checked.

"USD per person per year" is {"USD 2019": 1, "person": -1, "year": -1} with money of 2019.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bearwitness.errors import StudyInvalid

# Wording for one and the same unit. What is not here is a unit of its own, without its plural s.
_SAME = {
    "people": "person", "persons": "person", "women": "woman", "men": "man", "children": "child",
    "days": "day", "months": "month", "years": "year",
}  # fmt: skip
_BARE = {"": 1.0, "times": 1.0, "share": 1.0, "ratio": 1.0, "percent": 0.01, "%": 0.01}
_CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217


@dataclass(frozen=True)
class Unit:
    """`powers` of the named units, and the factor that turns a printed number into plain ones."""

    powers: tuple[tuple[str, int], ...] = ()
    factor: float = 1.0

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """The unit of a product; with sign -1, of a ratio. Its factor is 1."""
        found = dict(self.powers)
        for name, power in other.powers:
            found[name] = found.get(name, 0) + sign * power
        return Unit(tuple(sorted((n, p) for n, p in found.items() if p)))

    def is_like(self, other: Unit) -> bool:
        return self.powers == other.powers

    def __str__(self) -> str:
        above = [n for n, p in self.powers for _ in range(p) if p > 0]
        below = [n for n, p in self.powers for _ in range(-p) if p < 0]
        return " per ".join([" x ".join(above) or "1", *below]) if self.powers else "a bare number"


def read_unit(text: str, *, price_year: int | None = None, where: str = "") -> Unit:
    """Read "persons", "percent", "USD per person per year".

    Raises StudyInvalid for money without the year whose money it is: a dollar of 1999 is not one
    of 2023, and a reader must be able to convert it.
    """
    powers: dict[str, int] = {}
    factor = 1.0
    for place, part in enumerate(text.split(" per ")):
        word = part.strip()
        if word in _BARE:
            factor *= _BARE[word]
            continue
        name = _one(word)
        if _CURRENCY.fullmatch(name):
            if price_year is None:
                raise StudyInvalid(
                    f"an amount in {name} without the year whose money it is",
                    where=where,
                    hint="Write price_year = the year, or that of the publication.",
                )
            name = f"{name} {price_year}"
        powers[name] = powers.get(name, 0) + (1 if place == 0 else -1)
    return Unit(tuple(sorted((n, p) for n, p in powers.items() if p)), factor)


def is_money(text: str) -> bool:
    return any(_CURRENCY.fullmatch(part.strip()) for part in text.split(" per "))


def one_year_of_money(years: Mapping[str, int | None]) -> int | None:
    """The year that all amounts share; None where there is none or more than one."""
    found = {year for year in years.values() if year is not None}
    return found.pop() if len(found) == 1 else None


def _one(word: str) -> str:
    if word in _SAME:
        return _SAME[word]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
