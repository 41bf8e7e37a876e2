"""What people decided about pairs of records. It outranks every computed probability."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bearwitness.errors import JudgementInvalid

COLUMNS = ("left", "right", "judgement", "by", "at", "why")
SAME, DIFFERENT = "same", "different"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Two records are the same person, or different ones: by whom, when, why."""

    left: str
    right: str
    judgement: str
    by: str
    at: str
    why: str


def read_judgements(path: Path) -> list[Judgement]:
    """Read hand/judgements.csv; no file means no judgements. Raises JudgementInvalid with row."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise JudgementInvalid(
                "the columns are not the expected ones",
                where=path.name,
                hint=f"The first row should be: {','.join(COLUMNS)}",
            )
        return [_read(row, f"{path.name} row {n}") for n, row in enumerate(rows, start=2)]


def _read(row: dict[str, str], where: str) -> Judgement:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if cells["judgement"] not in (SAME, DIFFERENT):
        raise JudgementInvalid(
            "a judgement is `same` or `different`", where=f"{where} column judgement"
        )
    empty = [name for name in COLUMNS if not cells[name]]
    if empty:
        raise JudgementInvalid(
            "a judgement needs every column",
            where=f"{where} column {empty[0]}",
            hint="Say who judged, when and why: others must be able to follow it.",
        )
    if cells["left"] == cells["right"]:
        raise JudgementInvalid("a record cannot be judged against itself", where=where)
    return Judgement(**cells)


def check_judgements(judgements: Sequence[Judgement], records: Collection[str]) -> None:
    """Raise JudgementInvalid for an unknown record, or where `same` chains meet a `different`."""
    known, group = set(records), {record: record for record in records}

    def find(record: str) -> str:
        while group[record] != record:
            group[record] = record = group[group[record]]
        return record

    for judgement in judgements:
        for record in (judgement.left, judgement.right):
            if record not in known:
                raise JudgementInvalid(
                    f"there is no record {record}",
                    where="judgements.csv",
                    hint="Records are written as list/id.",
                )
    for judgement in judgements:
        if judgement.judgement == SAME:
            group[find(judgement.left)] = find(judgement.right)
    for judgement in judgements:
        if judgement.judgement == DIFFERENT and find(judgement.left) == find(judgement.right):
            raise JudgementInvalid(
                f"{judgement.left} and {judgement.right} are judged different, but other "
                "judgements make them the same",
                where="judgements.csv",
                hint="One of them must be wrong: look at all judgements on these records.",
            )
