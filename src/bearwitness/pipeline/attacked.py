"""The attack on what a run would publish, as its checker reads it, and the ledger's entry of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bearwitness.pipeline.released import (
    PRINTED,
    in_a_line,
    last_printed,
    publish_study,
    what_is_learned,
)
from bearwitness.pipeline.study import read_study
from bearwitness.release.disclosure import read_ledger


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What somebody can compute who knows everything that was ever printed of these people.

    `cells` are the withheld cells, each with the least and greatest count that stays possible;
    None where there is no greatest. `holds` is False where a group is betrayed, with `why`.
    """

    holds: bool
    threshold: int
    cells: tuple[tuple[str, float, float | None], ...] = ()
    is_waived: bool = False
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"cells": [list(cell) for cell in self.cells]}


def attack_again(folder: Path) -> Attacked:
    """Attack the study's last output once more, with all that the ledger holds by now."""
    rules = read_study(folder).rules
    facts: dict[str, Any] = {"threshold": rules.threshold, "is_waived": rules.is_waived}
    if not _printed(folder).is_file():
        return Attacked(holds=True, **facts)
    learned, betrayed = what_is_learned(folder)
    cells = [
        (f"{one.table}: {one.cell}", one.low, None if one.high == float("inf") else one.high)
        for one in learned
    ]
    return Attacked(
        holds=rules.is_waived or not betrayed,
        cells=tuple(cells),
        why=in_a_line(betrayed),
        **facts,
    )


def enter_into_ledger(folder: Path) -> None:
    """From now on the last output counts as known to everybody. Entering it twice changes nothing.

    Raises DisclosureUnsafe where it would betray a group together with what others published
    since the run.
    """
    if not _printed(folder).is_file():
        return  # it counts nobody: cited figures only
    study = read_study(folder)
    package = last_printed(study).package
    if all(one.package != package for one in read_ledger(study.ledger_folder)):
        publish_study(folder)


def _printed(folder: Path) -> Path:
    return folder / "output" / "internal" / PRINTED
