"""Walk a figure back: to its tables, to the run that made them, to the frozen rows.

Every step gives the digests that bind it to the next one, and whether they still agree: what lies
on the disk now may not be what the run read or wrote. Nothing here knows who asks; the rights that
each step needs stand in `casebook.walk`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from bearwitness.errors import FigureUnknown, StudyInvalid
from bearwitness.pipeline.walk import ALL, FIGURE, INDEX, LINES, PATTERN, Stand
from bearwitness.provenance import RunRecord, file_digest, read_run
from bearwitness.release import Figure

PER_PAGE = 50
ACTS_FILE = "acts.table.csv"  # as a snapshot of the casebook calls it
_FIGURES = "package/data/figures.csv"
_TEXTS = (
    "id", "statement", "unit", "population", "period", "place", "base", "method", "provenance",
    "kind", "recipe",
)  # fmt: skip
_BOUND = re.compile(r"([A-Z]+) sha256:([0-9a-f]{64})")
_MOST_A_LINE = 4_096  # bytes of one line; ids and file names are shorter by far


@dataclass(frozen=True, kw_only=True)
class Bond:
    """What one step says of the next by its digest, and what is found there. Empty: nothing is."""

    what: str
    expected: str
    found: str

    @property
    def holds(self) -> bool:
        return bool(self.found) and self.found == self.expected


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A count that leads to frozen rows: its name in the walk, how many people and rows."""

    name: str
    people: int
    rows: int
    at: int
    end: int

    @property
    def kind(self) -> str:
        return self.name.partition(":")[0]

    @property
    def label(self) -> str:
        return self.name.partition(":")[2]


@dataclass(frozen=True, kw_only=True)
class RowsPage:
    """Some frozen rows of one count; where the next and the last ones begin, None for nowhere."""

    rows: tuple[Stand, ...]
    newer: int | None = None
    older: int | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Walk:
    """The walk through the last output of the study in `folder`.

    Raises StudyInvalid where it was not run, or its output is not whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.output = folder, folder / "output"
        if not (self.output / "run.json").is_file():
            raise StudyInvalid(
                "this study was not run yet", where=folder.name, hint="Run it: then figures walk."
            )

    @cached_property
    def run(self) -> RunRecord:
        return read_run(self.output / "run.json")

    @cached_property
    def figures(self) -> Mapping[str, Mapping[str, str]]:
        """The rows of FIGURES by the figure's id, as they were printed."""
        rows = csv.DictReader(io.StringIO((self.output / _FIGURES).read_text(encoding="utf-8")))
        return {row["id"]: row for row in rows}

    def figure(self, name: str) -> Mapping[str, str]:
        try:
            return self.figures[name]
        except KeyError as error:
            raise FigureUnknown(
                "there is no figure of this name", where=self.folder.name
            ) from error

    def figure_bonds(self, name: str) -> list[Bond]:
        """The figure's file as the run wrote it, and the tables that the figure names."""
        stated = _BOUND.findall(self.figure(name)["provenance"])
        tables = [
            Bond(what=table, expected=digest, found=self.run.tables.get(table, ""))
            for table, digest in stated
        ]
        return [self._output_bond(_FIGURES), *tables]

    def tables_of(self, name: str) -> list[str]:
        """The internal tables that a figure was computed from."""
        return [table for table, _ in _BOUND.findall(self.figure(name)["provenance"])]

    @cached_property
    def published(self) -> tuple[str, ...]:
        """Names of the tables of the package, without the figures themselves."""
        data = self.output / "package" / "data"
        found = sorted(p.relative_to(data).with_suffix("") for p in data.rglob("*.csv"))
        return tuple(p.as_posix() for p in found if p.as_posix() != "figures")

    def published_for(self, figure: str) -> list[str]:
        """The published tables of the same name as those that a figure was computed from; all of
        them where none is, as for a composed or cited figure."""
        names = {table.lower() for table in self.tables_of(figure)}
        return [name for name in self.published if name in names] or list(self.published)

    def table(self, name: str) -> PublishedTable:
        """A published table as it was printed. Raises FigureUnknown for one that there is not."""
        if name not in self.published:
            raise FigureUnknown("there is no table of this name", where=self.folder.name)
        text = self._table_path(name).read_text(encoding="utf-8")
        header, *rows = csv.reader(io.StringIO(text))
        return PublishedTable(name=name, header=tuple(header), rows=tuple(map(tuple, rows)))

    def table_bonds(self, name: str) -> list[Bond]:
        path = self._table_path(name).relative_to(self.output).as_posix()
        return [self._output_bond(path)]

    def run_bonds(self) -> list[Bond]:
        """Every input as it was read, beside what lies there now."""
        return [self._input_bond(name, digest) for name, digest in self.run.inputs.items()]

    def sealed_bond(self, file: str) -> Bond:
        return self._input_bond(f"frozen/{file}", self.run.inputs.get(f"frozen/{file}", ""))

    def row_bonds(self) -> list[Bond]:
        return [self._output_bond(f"internal/{name}") for name in (INDEX, LINES)]

    @cached_property
    def counts(self) -> dict[str, Counted]:
        """All counts that lead to frozen rows. A study of a table of overlaps has none."""
        path = self.output / "internal" / INDEX
        told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return {name: Counted(name=name, **facts) for name, facts in told.items()}

    def counts_of(self, name: str) -> list[Counted]:
        """Where a figure leads: its own rows, or the patterns, or else its whole tables."""
        own = [c for c in self.counts.values() if c.name.startswith(f"{FIGURE}:{name}:")]
        tables = self.tables_of(name)
        patterns = [c for c in self.counts.values() if c.kind == PATTERN]
        if own or not tables:
            return own
        if "HISTORIES" in tables and patterns:
            return patterns
        return [c for c in self.counts.values() if c.kind == ALL and c.label in tables]

    def rows(self, count: Counted, *, at: int | None = None) -> RowsPage:
        """Frozen rows of a count from the byte `at` on; its first ones where no row begins there.

        Seeks instead of reading: the cost does not depend on how many rows there are.
        """
        with (self.output / "internal" / LINES).open("rb") as stream:
            begin = at if at is not None and _begins_row(stream, at, count) else count.at
            stream.seek(begin)
            found: list[Stand] = []
            while len(found) < PER_PAGE and stream.tell() < count.end:
                found.append(_stand(stream.readline()))
            end = stream.tell()
            newer = None if begin == count.at else _page_before(stream, begin, count.at)
        return RowsPage(rows=tuple(found), newer=newer, older=end if end < count.end else None)

    def every_row(self) -> Iterator[Stand]:
        """All frozen rows of the lists and of the acts, one after the other."""
        with (self.output / "internal" / LINES).open("rb") as stream:
            for count in (c for c in self.counts.values() if c.kind == ALL):
                stream.seek(count.at)
                while stream.tell() < count.end:
                    yield _stand(stream.readline())

    def code_name(self, stand: Stand) -> str:
        """Whom a frozen row is of, by code name; empty where it came from another's file."""
        if stand.file == ACTS_FILE:
            return stand.person
        known = self.snapshot.get("records", {})
        name, _, record = stand.key.partition("/")
        return record if name in known and stand.file == f"{name}.csv" else ""

    @cached_property
    def snapshot(self) -> Mapping[str, Any]:
        """What the snapshot says of itself; empty where the lists were brought in as files."""
        path = self.folder / "frozen" / "snapshot.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def _table_path(self, name: str) -> Path:
        return self.output / "package" / "data" / f"{name}.csv"

    def _output_bond(self, path: str) -> Bond:
        return _bond(path, self.run.outputs.get(path, ""), self.output / path)

    def _input_bond(self, name: str, digest: str) -> Bond:
        return _bond(name, digest, self.folder / name)


def as_printed(row: Mapping[str, str]) -> Figure:
    """The figure that a row of a package's FIGURES was printed from, in English words."""
    numbers = {name: _number(row.get(name, "")) for name in ("value", "lower", "upper", "level")}
    texts = {name: row.get(name, "") for name in _TEXTS}
    step = _number(row.get("step", "")) or 1.0
    is_cited = row.get("provenance") == "cited" or row.get("kind") == "cited"
    return Figure(**texts, **numbers, step=step, marked=is_cited)  # type: ignore[arg-type]


def sentence_of(row: Mapping[str, str], language: str) -> str:
    """The sentence as it was printed in that language."""
    own = row.get(language.lower().replace("-", "_"), "")
    return own or as_printed(row).say()


def _number(text: str) -> float | None:
    return float(text) if text else None


def _bond(what: str, expected: str, path: Path) -> Bond:
    found = ""
    if path.is_file():
        told = path.stat()
        found = _digest_of(path, told.st_ino, told.st_ctime_ns, told.st_size)
    return Bond(what=what, expected=expected, found=found)


@lru_cache(maxsize=512)
def _digest_of(path: Path, inode: int, changed: int, size: int) -> str:
    """Taken once for a file as it is: no program can set back when its inode changed."""
    return file_digest(path)


def _stand(line: bytes) -> Stand:
    person, key, file, row = json.loads(line)
    return Stand(person=person, key=key, file=file, row=row)


def _begins_row(stream: BinaryIO, at: int, count: Counted) -> bool:
    if not count.at <= at < count.end:
        return False
    stream.seek(max(at - 1, 0))
    return at == 0 or stream.read(1) == b"\n"


def _page_before(stream: BinaryIO, begin: int, first: int) -> int:
    """Where the page before the one at `begin` starts."""
    low = max(first, begin - PER_PAGE * _MOST_A_LINE)
    stream.seek(low)
    lines = stream.read(begin - low).splitlines(keepends=True)[-PER_PAGE:]
    return begin - sum(map(len, lines))
