"""From one file of overlaps to one estimate: what a notebook and `bearwitness estimate` call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bearwitness.errors import StudyInvalid
from bearwitness.estimation import METHODS, histories_from_wide, make_estimator
from bearwitness.intake import read_columns

if TYPE_CHECKING:
    from bearwitness.estimation import Estimate

# What people call the column of counts, in the order in which we look.
COUNT_NAMES = ("count", "people", "n", "freq", "frequency", "人数", "명", "인원")


def read_histories(path: str | Path, *, count: str = "", encoding: str | None = None) -> pa.Table:
    """Read a table of overlaps: one 0/1 column per list, and a column of counts if there is one.

    Gives HISTORIES. Raises an InputError that names file, row and column.
    """
    path = Path(path)
    columns = read_columns(path, encoding=encoding)
    if count and count not in columns:
        raise StudyInvalid(
            f"there is no column {count!r}",
            where=path.name,
            hint=f"The columns are: {', '.join(columns)}.",
        )
    usual = next((name for name in columns if name.casefold() in COUNT_NAMES), "")
    name = count or usual or "count"
    return histories_from_wide(columns, count=name, where=path.name, first_row=2)


def estimate_file(path: Path, *, method: str = "stepwise", **options: object) -> Estimate:
    """Estimate from one file. Options: level, replicates, seed, count, encoding."""
    if method not in METHODS:
        raise StudyInvalid(
            f"there is no method {method!r}", hint=f"Methods: {', '.join(sorted(METHODS))}."
        )
    reading = {key: options.pop(key) for key in ("count", "encoding") if key in options}
    histories = read_histories(path, **reading)  # type: ignore[arg-type]
    estimator = make_estimator(method, **options)  # type: ignore[arg-type]
    result: Estimate = estimator.fit(histories)
    return result
