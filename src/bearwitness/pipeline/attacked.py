"""The attack on what a run would publish, as its checker reads it."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bearwitness.errors import DisclosureUnsafe
from bearwitness.pipeline.study import read_study
from bearwitness.release import Rules, attack, check_safe, protect_histories
from bearwitness.tables import HISTORIES, check


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What somebody can compute who knows everything that is printed.

    `cells` are the withheld cells, each with the least and greatest count that stays possible;
    None where there is no greatest. `holds` is False where one of them is betrayed, with `why`.
    """

    holds: bool
    threshold: int
    cells: tuple[tuple[str, float, float | None], ...] = ()
    is_waived: bool = False
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"cells": [list(cell) for cell in self.cells]}


def attack_again(folder: Path) -> Attacked:
    """Attack the tables of the study's last output once more, from its own frozen counts."""
    study = read_study(folder)
    rules = Rules(**study.release)
    path = folder / "output" / "internal" / "histories.csv"
    if not path.is_file():
        return Attacked(holds=True, threshold=rules.threshold, is_waived=rules.is_waived)
    with path.open(encoding="utf-8", newline="") as stream:
        histories = check(list(csv.DictReader(stream)), HISTORIES)
    safe = protect_histories(histories, rules=rules)
    cells = [(p, *attack(safe, p)) for p, shown in safe.patterns.items() if shown is None]
    told = tuple((p, low, None if high == float("inf") else high) for p, low, high in cells)
    found = Attacked(holds=True, threshold=rules.threshold, cells=told, is_waived=rules.is_waived)
    try:
        check_safe(histories, safe)
    except DisclosureUnsafe as error:
        return replace(found, holds=False, why=error.message)
    return found
