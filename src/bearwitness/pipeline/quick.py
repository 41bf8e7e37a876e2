"""From one file of overlaps to one estimate: what a notebook and `bearwitness estimate` call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bearwitness.estimation import Comparison, Influence, compare, influence, make_estimator
from bearwitness.estimation.notebook import CaptureHistories, gather_histories

if TYPE_CHECKING:
    from bearwitness.estimation import Estimate


def read_histories(
    data: Any, *, count: str = "", stratum: str = "", encoding: str | None = None
) -> CaptureHistories:
    """Read a table of overlaps: one 0/1 column per list, and a column of counts if there is one.

    `data` is the path of a CSV, XLSX or JSON file, a dict of columns, a pandas, polars or pyarrow
    table, or HISTORIES. `stratum` names a column that says which stratum a row is of. Raises an
    InputError that names file, row and column.
    """
    if not isinstance(data, str | Path):
        return gather_histories(data, count=count, stratum=stratum)
    from bearwitness.intake import read_columns

    path = Path(data)
    columns = read_columns(path, encoding=encoding)
    return gather_histories(columns, count=count, stratum=stratum, where=path.name, first_row=2)


def estimate_file(path: Path, *, method: str = "stepwise", **options: Any) -> Estimate:
    """Estimate from one file. Options: level, replicates, seed, count, encoding."""
    reading = {key: options.pop(key) for key in ("count", "encoding") if key in options}
    estimator = make_estimator(method, **options)
    return read_histories(path, **reading).fit(estimator)


def compare_file(
    path: Path, *, referrals: Sequence[str] = (), order: str = "", **options: Any
) -> Comparison:
    """Compare all methods on one file. Options: level, seed, count, encoding.

    `referrals` are written A:B, from whom to whom; `order` names the lists with commas between.
    """
    histories, rest = _read(path, options)
    return compare(
        histories,
        referrals=[pair.split(":") for pair in referrals],
        order=[name.strip() for name in order.split(",")] if order else (),
        **rest,
    )


def influence_file(path: Path, *, method: str = "decomposable", **options: Any) -> Influence:
    """What one method's answer hangs on. Options: level, replicates, seed, count, encoding."""
    histories, rest = _read(path, options)
    return influence(make_estimator(method, **rest), histories)


def _read(path: Path, options: Mapping[str, Any]) -> tuple[CaptureHistories, dict[str, Any]]:
    """The table in the file, and the options that are not about reading it."""
    reading = {key: options[key] for key in ("count", "encoding") if key in options}
    rest = {key: value for key, value in options.items() if key not in reading}
    return read_histories(path, **reading), rest
