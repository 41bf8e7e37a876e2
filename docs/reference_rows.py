"""The rows of tests/vectors/references.toml, and when an answer of ours is the same."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bearwitness.estimation import Histories

VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "references.toml"
SIX_DIGITS = 1e-6
MOST_ERRORS = 3.0
ENDS = ("estimate", "lower", "upper")

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ours:
    """Our numbers for one row.

    `more` holds further numbers by the name that the row has for them. `errors` are standard
    errors between theirs and ours, by what they are of, where chance has a part. `rule` says
    under what rule of theirs ours has all their digits. `reason` says why a row is not
    reproduced; `note` what else is to be said.
    """

    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    more: dict[str, float] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    rule: str = ""
    reason: str = ""
    note: str = ""


def tables() -> dict[str, Any]:
    return dict(tomllib.loads(VECTORS.read_text(encoding="utf-8"))["tables"])


def rows() -> Iterator[tuple[str, int, Histories, Row]]:
    """Each row with its table's name, its place in it, and the table."""
    for name, table in tables().items():
        seen = histories_of(table)
        for place, row in enumerate(table["rows"]):
            yield name, place, seen, row


def histories_of(table: Row) -> Histories:
    """The lists in the order of the printed columns, which some rows count by."""
    size = len(table["lists"])
    spread = np.zeros(2**size - 1)
    for history, people in table["counts"].items():
        spread[sum(1 << bit for bit, on in enumerate(history) if on == "1") - 1] = people
    return Histories.from_counts(tuple(table["lists"]), spread).sealed()


def is_same(ours: Ours, row: Row) -> bool:
    """Every number that the row prints, to six digits or to as many as it prints."""
    return not differences(ours, row)


def differences(ours: Ours, row: Row) -> dict[str, float]:
    """Ours less theirs, where it is more than the sixth digit or the rounding of the print."""
    found = {}
    for name in ENDS:
        theirs, mine = row.get(name), getattr(ours, name)
        if theirs is None or (mine is None and ours.reason):
            continue
        if mine is None or abs(mine - theirs) > SIX_DIGITS * max(abs(theirs), 1.0):
            found[name] = float("nan") if mine is None else mine - theirs
    for name, mine in ours.more.items():
        if name in row and abs(mine - row[name]) > PRINTED[name](row[name]):
            found[name] = mine - row[name]
    return found


def _places(digits: int) -> Any:
    return lambda theirs: 0.501 * 10.0**-digits


def _four_digits(theirs: float) -> float:
    # 0.5003 of the last of four digits printed.
    return 0.501 * 10.0 ** (np.floor(np.log10(abs(theirs))) - 3)


# How far a rounded print may lie from the number itself.
PRINTED: dict[str, Any] = {
    **dict.fromkeys(("deviance", "aic", "bic", "top", "of_saturated"), _places(3)),
    **dict.fromkeys(("df", "mode", "graphs"), _places(3)),
    "mean": _places(1),
    "se": _four_digits,
}
