"""The attack on what a run would publish, as its checker reads it, and the ledger's entry of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bearwitness.pipeline.released import PRINTED, publish_study, what_is_learned
from bearwitness.pipeline.study import read_study
from bearwitness.release import Rules
from bearwitness.release.disclosure import read_ledger
from bearwitness.release.disclosure.printed import from_json


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
    rules = Rules(**read_study(folder).release)
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
        why=" | ".join(one.sentence for one in betrayed[:5]),
        **facts,
    )


def enter_into_ledger(folder: Path) -> None:
    """From now on the last output counts as known to everybody. Entering it twice changes nothing.

    Raises DisclosureUnsafe where it would betray a group together with what others published
    since the run.
    """
    path = _printed(folder)
    if not path.is_file():
        return  # it counts nobody: cited figures only
    package = from_json(json.loads(path.read_text(encoding="utf-8"))).package
    if all(one.package != package for one in read_ledger(read_study(folder).ledger_folder)):
        publish_study(folder)


def _printed(folder: Path) -> Path:
    return folder / "output" / "internal" / PRINTED
