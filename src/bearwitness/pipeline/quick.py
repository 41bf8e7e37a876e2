"""From one file of overlaps to one estimate: what a notebook and `bearwitness estimate` call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bearwitness.errors import FileMissing, StudyInvalid
from bearwitness.estimation import (
    PEOPLE_METHODS,
    Comparison,
    Estimate,
    Influence,
    RobustAnswer,
    StrataAnswer,
    make_estimator,
)
from bearwitness.estimation.checks.assumption import can_be_varied
from bearwitness.estimation.notebook import CaptureHistories, gather_histories
from bearwitness.estimation.page import document
from bearwitness.pipeline.people import estimate_people


def read_histories(
    data: Any, *, count: str = "", stratum: str = "", encoding: str | None = None
) -> CaptureHistories:
    """Read a table of overlaps: one 0/1 column per list, and a column of counts if there is one.

    `data` is the path of a CSV, XLSX or JSON file, a dict of columns, a pandas, polars or pyarrow
    table, or HISTORIES. `stratum` names a column that says which stratum a row is of. A column
    `draw` tells draws of the linkage apart. Raises an InputError that names file, row and column.
    """
    if not isinstance(data, str | Path):
        return gather_histories(data, count=count, stratum=stratum)
    from bearwitness.intake import read_columns

    path = Path(data)
    columns = read_columns(path, encoding=encoding)
    return gather_histories(columns, count=count, stratum=stratum, where=path.name, first_row=2)


def estimate_file(
    path: Path, *, method: str = "stepwise", stratum: str = "", **options: Any
) -> Estimate | StrataAnswer | RobustAnswer:
    """Estimate from one file. Options: level, replicates, seed, count, encoding, settings.

    `settings` are the method's own, each a text NAME=VALUE as `read_settings` reads it.

    With `stratum`, the name of a column, the answer is for every stratum and their sum. Methods of
    PEOPLE_METHODS read one row a person, with the options of `estimate_people`.
    """
    options |= read_settings(options.pop("settings", ()))
    about_people = {key: options.pop(key, "") for key in ("covariates", "lists", "among")}
    if method in PEOPLE_METHODS:
        if stratum:
            raise StudyInvalid(
                f"{method} has no strata", hint="Name the column among --covariates instead."
            )
        return estimate_people(path, method=method, **about_people, **options)
    for name, value in about_people.items():
        if value:
            raise StudyInvalid(
                f"{method} has no use for {name}",
                hint=f"{' and '.join(PEOPLE_METHODS)} have: they read one row a person.",
            )
    reading = {key: options.pop(key) for key in ("count", "encoding") if key in options}
    estimator = make_estimator(method, **options)
    histories = read_histories(path, stratum=stratum, **reading)
    return histories.fit_strata(estimator) if stratum else histories.fit(estimator)


def compare_file(
    path: Path, *, referrals: Sequence[str] = (), order: str = "", **options: Any
) -> Comparison:
    """Compare all methods on one file. Options: level, seed, count, encoding.

    `referrals` are written A:B, from whom to whom; `order` names the lists with commas between.
    """
    histories, rest = _read(path, options)
    return histories.compare(
        referrals=[pair.split(":") for pair in referrals],
        order=[name.strip() for name in order.split(",")] if order else (),
        **rest,
    )


def influence_file(path: Path, *, method: str = "decomposable", **options: Any) -> Influence:
    """What one method's answer hangs on. Options as for `estimate_file`."""
    histories, rest = _read(path, options)
    rest |= read_settings(rest.pop("settings", ()))
    return histories.influence(make_estimator(method, **rest))


def read_settings(pairs: Sequence[str]) -> dict[str, Any]:
    """Settings of a method from texts like order=3, curve=darroch, interactions=a:b,a:c.

    A value is read as JSON where it is that (numbers, true, null, lists), as sets of lists where
    it holds a colon, and else as text. Raises StudyInvalid for a text without =.
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise StudyInvalid(
                f"a setting is written NAME=VALUE, not {pair!r}", hint="For example --set order=3"
            )
        settings[name.strip().replace("-", "_")] = _value_in(value.strip())
    return settings


def _value_in(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        if ":" not in text:
            return text
        return tuple(tuple(part.strip().split(":")) for part in text.split(","))
    return tuple(value) if isinstance(value, list) else value


def _read(path: Path, options: Mapping[str, Any]) -> tuple[CaptureHistories, dict[str, Any]]:
    """The table in the file, and the options that are not about reading it."""
    reading = {key: options[key] for key in ("count", "encoding") if key in options}
    rest = {key: value for key, value in options.items() if key not in reading}
    return read_histories(path, **reading), rest


def keep_answer(answer: Any, *, plot: Path | None = None, html: Path | None = None) -> None:
    """Write an answer as a picture, and as a page of HTML, where asked."""
    if plot is not None:
        answer.plot().save(plot)
    if html is None:
        return
    if not html.parent.is_dir():
        raise FileMissing(
            "there is no such folder", where=str(html.parent), hint="Make it, then try again."
        )
    drawn = {"pictures": _kinds_of(answer)} if isinstance(answer, Estimate) else {}
    html.write_text(document(answer.to_html(**drawn)), encoding="utf-8")


def _kinds_of(answer: Estimate) -> tuple[str, ...]:
    varied = answer.estimate is not None and can_be_varied(answer)
    return (answer.kinds[0], "sensitivity") if varied else answer.kinds[:1]
