"""What changed from one package to the next: figures, cells of tables, settings, versions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FIGURES, _PROVENANCE = "figures.csv", "provenance.json"
_VALUES = ("value", "lower", "upper")


@dataclass(frozen=True, kw_only=True)
class FigureChange:
    """A figure before and after, as its row was printed. None: it was not there."""

    id: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns that differ; all values where the figure came or went."""
        if self.before is None or self.after is None:
            return _VALUES
        every = dict.fromkeys([*self.before, *self.after])
        return tuple(c for c in every if self.before.get(c, "") != self.after.get(c, ""))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a published table. None: its row or column was not there."""

    table: str
    row: tuple[str, ...]
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """An input's digest, a setting, the seed or the version. None: it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All that differs between two packages. Empty where nothing does."""

    figures: tuple[FigureChange, ...] = ()
    cells: tuple[Cell, ...] = ()
    settings: tuple[Setting, ...] = ()
    inputs: tuple[Setting, ...] = ()
    files: tuple[str, ...] = field(default=())


def compare_packages(before: Path | None, after: Path) -> Changes:
    """What a reader of the package `after` finds different from `before`; None for a first one.

    Rows of a table are matched by the fewest first columns that name each of them and tell all
    apart. Provenance and digests of a figure are left out: they change with every input.
    """
    old, new = _data(before), _data(after)
    settings, inputs = _settings(old.get(_PROVENANCE), new.get(_PROVENANCE))
    names = sorted({*old, *new} - {_FIGURES})
    tables = [name for name in names if name.endswith(".csv")]
    others = [name for name in names if name not in tables and name != _PROVENANCE]
    return Changes(
        figures=tuple(_figures(old.get(_FIGURES, b""), new.get(_FIGURES, b""))),
        cells=tuple(
            cell for name in tables for cell in _cells(name, old.get(name, b""), new.get(name, b""))
        ),
        settings=tuple(settings),
        inputs=tuple(inputs),
        files=tuple(name for name in others if old.get(name) != new.get(name)),
    )


def _data(package: Path | None) -> dict[str, bytes]:
    folder = package / "data" if package else None
    if folder is None or not folder.is_dir():
        return {}
    found = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def _figures(before: bytes, after: bytes) -> Iterator[FigureChange]:
    old, new = _figure_rows(before), _figure_rows(after)
    for name in dict.fromkeys([*new, *old]):
        change = FigureChange(id=name, before=old.get(name), after=new.get(name))
        if change.changed:
            yield change


def _figure_rows(content: bytes) -> dict[str, Mapping[str, str]]:
    rows = csv.DictReader(io.StringIO(content.decode()))
    left_out = ("id", "provenance", "recipe")
    return {row["id"]: {k: v for k, v in row.items() if k not in left_out} for row in rows}


def _cells(name: str, before: bytes, after: bytes) -> Iterator[Cell]:
    old_header, old_rows = _table(before)
    header, rows = _table(after)
    keys = _key_length([header or old_header], [rows, old_rows])
    old, new = _by_key(old_header, old_rows, keys), _by_key(header, rows, keys)
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        for column in dict.fromkeys([*(header or old_header), *old_header]):
            left = was.get(column) if was is not None else None
            right = now.get(column) if now is not None else None
            if left != right:
                yield Cell(table=name, row=key, column=column, before=left, after=right)


def _table(content: bytes) -> tuple[list[str], list[list[str]]]:
    header, *rows = list(csv.reader(io.StringIO(content.decode()))) or [[]]
    return header, rows


def _key_length(headers: Sequence[list[str]], tables: Sequence[list[list[str]]]) -> int:
    width = len(headers[0])
    for length in range(1, width):
        keys = [[tuple(row[:length]) for row in rows] for rows in tables]
        if all(len(set(of)) == len(of) and all(map(any, of)) for of in keys):
            return length
    return max(width, 1)


def _by_key(
    header: list[str], rows: list[list[str]], length: int
) -> dict[tuple[str, ...], dict[str, str]]:
    return {tuple(row[:length]): dict(zip(header, row, strict=False)) for row in rows}


def _settings(before: bytes | None, after: bytes | None) -> tuple[list[Setting], list[Setting]]:
    """Settings that differ, and inputs or tables whose digest does."""
    old, new = _flat(before), _flat(after)
    found = [
        Setting(name=name, before=old.get(name), after=new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
    digests = [one for one in found if one.name.startswith("digests.")]
    return [one for one in found if one not in digests], digests


def _flat(content: bytes | None) -> dict[str, str]:
    facts = json.loads(content) if content else {}
    return dict(_leaves("", facts))


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(f"{name}.{key}" if name else str(key), below)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
