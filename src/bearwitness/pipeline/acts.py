"""The frozen table of acts: what was done to whom, with days as intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.casebook.values import When
from bearwitness.coding.vocabulary import Term, vocabulary_names, vocabulary_of
from bearwitness.errors import InputError, TableMismatch
from bearwitness.intake import read_columns
from bearwitness.pipeline.study import Study
from bearwitness.release.figures.sequences import FAR_OFF, LONG_AGO, Dated
from bearwitness.tables import ACTS, check


@dataclass(frozen=True, eq=False)
class Acts:
    """ACTS, and the first and last day of each act and of its recording, as ordinals."""

    table: pa.Table
    first: Any
    last: Any
    recorded: Any

    def dated(self, rows: Any) -> Dated:
        """The rows of a mask, as what may have followed what."""
        people = np.array(self.table.column("person").to_pylist(), dtype=str)
        return Dated(people=people[rows], first=self.first[rows], last=self.last[rows])


def read_acts(study: Study) -> Acts | None:
    """Read the study's [acts]. None where it has none.

    Raises TableMismatch for a table that is not ACTS, or a date that cannot be read, with its row.
    """
    if study.acts is None:
        return None
    path = study.frozen / study.acts["file"]
    columns = read_columns(path, encoding=study.acts.get("encoding"))
    missing = [c.name for c in ACTS.columns if not c.nullable and c.name not in columns]
    if missing:
        raise TableMismatch(
            f"there is no column {missing[0]!r}",
            where=path.name,
            hint=f"A table of acts has the columns {', '.join(ACTS.names)}.",
        )
    known = {
        name: [cell or None for cell in columns[name]] if _may_be_empty(name) else columns[name]
        for name in ACTS.names
        if name in columns
    }
    table = check(known, ACTS)
    days = [_days(text, path.name, row, "date") for row, text in _numbered(table, "date")]
    seen = [_days(text, path.name, row, "recorded") for row, text in _numbered(table, "recorded")]
    first, last = np.array(days, dtype=np.int64).reshape(-1, 2).T
    return Acts(table=table, first=first, last=last, recorded=np.array([d[1] for d in seen]))


def narrower_terms(
    terms: str | Sequence[str], *, known: Iterable[str], where: str = ""
) -> set[str]:
    """Terms with all that are narrower, of shipped vocabularies; others stand for themselves.

    Raises InputError for a term that no vocabulary and no act of the table has.
    """
    wanted = {terms} if isinstance(terms, str) else set(terms)
    found = set(wanted)
    present = set(known)
    for term in wanted:
        name = term.split("/", maxsplit=1)[0]
        every = vocabulary_of(term).terms if name in vocabulary_names() else ()
        if term not in present and term not in {t.id for t in every}:
            raise InputError(
                f"no act and no vocabulary has the type {term!r}",
                where=where,
                hint=f"Acts of this study: {', '.join(sorted(present)[:12]) or 'none'}.",
            )
        found |= _below(term, every)
    return found


def _below(term: str, every: Sequence[Term]) -> set[str]:
    below = {t.id for t in every if t.broader == term}
    return below | {lower for t in below for lower in _below(t, every)}


def _may_be_empty(name: str) -> bool:
    return next(c.nullable for c in ACTS.columns if c.name == name)


def _numbered(table: pa.Table, column: str) -> Iterable[tuple[int, str | None]]:
    return enumerate(table.column(column).to_pylist(), start=2)


def _days(text: str | None, file: str, row: int, column: str) -> tuple[int, int]:
    if not text:
        return LONG_AGO, FAR_OFF
    try:
        when = When.read(text)
    except InputError as error:
        raise TableMismatch(
            error.message, where=f"{file}, column {column!r}, row {row}", hint=error.hint
        ) from error
    first, last = when.first_day, when.last_day
    return (
        first.toordinal() if first else LONG_AGO,
        last.toordinal() if last else FAR_OFF,
    )


def rows_where(table: pa.Table, told: Mapping[str, Any], *, where: str, narrow: bool = True) -> Any:
    """Which rows have one of the stated values in every stated column; `type` takes narrower terms.

    Raises TableMismatch for a column that there is not.
    """
    mask = np.ones(table.num_rows, dtype=bool)
    for column, value in told.items():
        if column not in table.column_names:
            raise TableMismatch(
                f"there is no column {column!r}",
                where=where,
                hint=f"Columns: {', '.join(table.column_names)}.",
            )
        cells = table.column(column).to_pylist()
        wanted = {value} if isinstance(value, str) else set(value)
        if column == "type" and narrow:
            wanted = narrower_terms(sorted(wanted), known=cells, where=where)
        mask &= np.array([cell in wanted for cell in cells], dtype=bool)
    return mask
