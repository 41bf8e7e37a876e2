"""The ledger of privacy budgets: what was ever spent on each body of people, and where it ends.

What is spent adds up (Dwork & Roth 2014, theorem 3.16): two tables of epsilon 2 are at worst one
of epsilon 4. A line is written before any noise is drawn, so that a run which was killed counts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from bearwitness.errors import BudgetSpent, InputError

USUAL_LIMIT = 10.0
MOST_DELTA = 1e-3  # above it, some person's row may be given away outright


@dataclass(frozen=True, kw_only=True)
class Spending:
    """One line. `dataset` names the people, not a file: a list that grew is the same dataset."""

    dataset: str
    epsilon: float
    delta: float
    limit: float
    recipient: str
    on: str


def check_budget(epsilon: float, delta: float) -> None:
    """Raise InputError for a budget that promises nothing."""
    if not isfinite(epsilon) or epsilon <= 0:
        raise InputError(
            "epsilon should be above 0",
            hint="Smaller promises more. 1 is strict, 4 usual, above 10 promises little.",
        )
    if not 0 < delta <= MOST_DELTA:
        raise InputError(
            f"delta should lie above 0 and not above {MOST_DELTA:g}",
            hint="Take less than one in the square of the number of people, for example 1e-6.",
        )


def read_spendings(ledger: Path) -> list[Spending]:
    """Every line. Raises InputError for a ledger that cannot be read: nothing is spent then."""
    if not ledger.exists():
        return []
    found = []
    lines = ledger.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Spending(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise InputError(
                f"line {number} of the privacy budget's ledger cannot be read",
                where=ledger.name,
                hint="Restore it from a backup. Without it nobody knows what was spent.",
            ) from error
    return found


def spent(spendings: list[Spending], dataset: str) -> tuple[float, float]:
    """Epsilon and delta in all."""
    mine = [s for s in spendings if s.dataset == dataset]
    return sum(s.epsilon for s in mine), sum(s.delta for s in mine)


def spend(ledger: Path, wanted: Spending) -> tuple[float, float]:
    """Write a line; give what is then spent in all. Raises BudgetSpent where it goes beyond the
    limit, which is that of the dataset's first line: it may be lowered later, never raised."""
    check_budget(wanted.epsilon, wanted.delta)
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with _alone(ledger):
        before = read_spendings(ledger)
        limits = [s.limit for s in before if s.dataset == wanted.dataset]
        limit = min([*limits, wanted.limit])
        if limits and wanted.limit > min(limits):
            raise BudgetSpent(
                f"the limit of this dataset was set to {min(limits):g}",
                where=f"dataset {wanted.dataset}",
                hint="A limit that rises when it is reached is none. Leave --limit out.",
            )
        epsilon, delta = spent(before, wanted.dataset)
        if epsilon + wanted.epsilon > limit * (1 + 1e-9):
            raise BudgetSpent(
                f"epsilon {epsilon:g} of {limit:g} was spent; {wanted.epsilon:g} more goes beyond",
                where=f"dataset {wanted.dataset}",
                hint="Share what was made before: that costs nothing. Or ask for less.",
            )
        _append(ledger, asdict(wanted) | {"limit": limit})
    return epsilon + wanted.epsilon, delta + wanted.delta


def limit_of(spendings: list[Spending], dataset: str) -> float | None:
    """The limit in force; None for a dataset that nothing was spent on."""
    return min((s.limit for s in spendings if s.dataset == dataset), default=None)


def _append(ledger: Path, line: dict[str, Any]) -> None:
    with ledger.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _alone(ledger: Path) -> Iterator[None]:
    import fcntl

    with ledger.with_suffix(".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
