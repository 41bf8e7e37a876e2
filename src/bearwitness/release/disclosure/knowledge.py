"""What all releases together give away, a new one included: cells, and who came or went.

Each base (the people counted at a time) has its own unknowns. Tables of one base share the cells
of equal keys. Between a base and the next, everybody who came and everybody who went is counted by
the same cells, no more of them than the releases say; the difference of a cell is itself a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from bearwitness.release.disclosure.attack import Bounds, System, find_bounds
from bearwitness.release.disclosure.cross import Key
from bearwitness.release.disclosure.printed import Entry, PrintedTable, show_key
from bearwitness.release.disclosure.rules import Levels

_NAMED = 10  # exposures for which the tables that betray them are looked for


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """A cell that is known too well. `kind` is "cell", or "change" for who came or went.

    `tables` are those that it takes to find it: without any one of them it would be safe.
    """

    key: Key
    kind: str
    low: float
    high: float
    tables: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        who = "those who came or went among" if self.kind == "change" else "the people of"
        told = f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"
        return (
            f"{who} {show_key(self.key)}: {told}, from {'; '.join(self.tables) or 'the releases'}"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Secret:
    """The sensitive cells of the newest base: their keys, and the levels with their true counts."""

    keys: tuple[Key, ...]
    counts: np.ndarray
    levels: Levels


def find_betrayed(entries: Sequence[Entry], secret: Secret | None = None) -> tuple[Exposure, ...]:
    """Every cell that the releases in `entries` (of one population, oldest first) give away.

    Of the newest base the sensitive cells must keep their levels. Of older ones no withheld cell
    may be known to be small or known exactly. Of changes none may be known to be of somebody, and
    of fewer people than the threshold; the change of everybody is said openly and is exempt.
    """
    found = _exposures(_Knowledge(entries), secret)
    return tuple(
        replace(one, tables=_betrayers(entries, one, secret)) if i < _NAMED else one
        for i, one in enumerate(found)
    )


def know_of(entries: Sequence[Entry], keys: Sequence[Key]) -> Bounds:
    """The range that all releases leave to cells of the newest base."""
    known = _Knowledge(entries)
    newest = known.bases[-1]
    return find_bounds(known.system(), np.array([known.number[newest, key] for key in keys]))


def _exposures(known: _Knowledge, secret: Secret | None) -> list[Exposure]:
    own = _own_cells(known, secret)
    hidden, changed = list(known.withheld), known.differences
    compared = {cell for _, old, new in known.pairs for cell in (old, new)}
    targets = np.array(list(dict.fromkeys([*own, *hidden, *changed, *compared])), dtype=int)
    if not len(targets):
        return []
    found = find_bounds(known.system(), targets)
    low = dict(zip(targets.tolist(), found.low.tolist(), strict=True))
    high = dict(zip(targets.tolist(), found.high.tolist(), strict=True))
    limit = known.threshold
    exposed = []
    if secret is not None and own:
        ends = (np.array([low[c] for c in own]), np.array([high[c] for c in own]))
        kept = secret.levels.are_kept(secret.counts, *ends)
        exposed += [c for c, safe in zip(own, kept, strict=True) if not safe]
    exposed += [c for c in hidden if _is_known(low[c], high[c], limit)]
    cells = [
        Exposure(key=known.names[c][1], kind="cell", low=low[c], high=high[c])
        for c in dict.fromkeys(exposed)
    ]
    changes = [(known.names[c][1], low[c], high[c]) for c in changed]
    changes += [(key, low[new] - high[old], high[new] - low[old]) for key, old, new in known.pairs]
    return cells + [
        Exposure(key=key, kind="change", low=a, high=b)
        for key, a, b in changes if (a > 0 and b < limit) or (b < 0 and -limit < a)
    ]  # fmt: skip


def _is_known(low: float, high: float, limit: float) -> bool:
    """A withheld cell of somebody that is known to be small, or known exactly and small."""
    return high > 0 and low < limit and (high < limit or low == high)


def _own_cells(known: _Knowledge, secret: Secret | None) -> list[int]:
    if secret is None:
        return []
    newest = known.bases[-1]
    return [known.unknown(newest, key) for key in secret.keys]


def _betrayers(entries: Sequence[Entry], one: Exposure, secret: Secret | None) -> tuple[str, ...]:
    """A smallest set of tables that still gives the cell away: each in turn is left unread."""
    parts = [(e, kind, i) for e, entry in enumerate(entries)
             for kind in ("tables", "sums") for i in range(len(getattr(entry, kind)))]  # fmt: skip
    unread: set[tuple[int, str, int]] = set()
    for part in parts:
        found = _exposures(_Knowledge([_without(e, n, {*unread, part}) for n, e in
                                       enumerate(entries)]), secret)  # fmt: skip
        if any((x.key, x.kind) == (one.key, one.kind) for x in found):
            unread.add(part)
    return tuple(
        f"{getattr(entries[e], kind)[i].name} ({entries[e].title})"
        for e, kind, i in parts
        if (e, kind, i) not in unread
    )


def _without(entry: Entry, number: int, unread: set[tuple[int, str, int]]) -> Entry:
    """The entry with some of its tables known in shape only, and some of its sums not at all."""
    tables = tuple(
        replace(t, low=(0.0,) * len(t.low), high=(None,) * len(t.high))
        if (number, "tables", i) in unread else t
        for i, t in enumerate(entry.tables)
    )  # fmt: skip
    sums = tuple(s for i, s in enumerate(entry.sums) if (number, "sums", i) not in unread)
    return replace(entry, tables=tables, sums=sums)


class _Knowledge:
    """The unknowns and equations of some releases. An unknown is named (base or kind, key)."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.bases = list(dict.fromkeys(entry.base for entry in entries))
        self.threshold = max((entry.threshold for entry in entries), default=10)
        self.number: dict[tuple[str, Key], int] = {}
        self.names: list[tuple[str, Key]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: dict[tuple[tuple[int, float], ...], tuple[float, float]] = {}
        self.lines: dict[str, set[tuple[tuple[Key, float], ...]]] = {b: set() for b in self.bases}
        self.withheld: dict[int, None] = {}
        self.differences: list[int] = []
        self.pairs: list[tuple[Key, int, int]] = []  # key, number before and after
        for entry in entries:
            self._read(entry)
        for before, after in zip(self.bases, self.bases[1:], strict=False):
            self._link(before, after)

    def system(self) -> System:
        rows = list(self.rows)
        at = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        flat = [pair for row in rows for pair in row]
        data = ([sign for _, sign in flat], (at, [cell for cell, _ in flat]))
        ends = np.array([self.rows[row] for row in rows]).reshape(-1, 2)
        return System(
            matrix=sparse.csr_matrix(data, shape=(len(rows), len(self.names))),
            low=np.array(self.low), high=np.array(self.high),
            row_low=ends[:, 0], row_high=ends[:, 1],
        )  # fmt: skip

    def unknown(self, base: str, key: Key, low: float = 0.0) -> int:
        if (base, key) not in self.number:
            self.number[base, key] = len(self.names)
            self.names.append((base, key))
            self.low.append(low)
            self.high.append(np.inf)
        return self.number[base, key]

    def _read(self, entry: Entry) -> None:
        for table in entry.tables:
            self._read_table(entry.base, table)
        for one in entry.sums:
            cells = sorted({self.unknown(entry.base, key) for key in one.cells})
            row = tuple((cell, 1.0) for cell in cells)
            self._narrow_row(row, one.low, np.inf if one.high is None else one.high)

    def _read_table(self, base: str, table: PrintedTable) -> None:
        shape = table.crossed()
        cells = [self.unknown(base, key) for key in shape.keys]
        for cell, low, high in zip(cells, table.low, table.high, strict=True):
            self.low[cell] = max(self.low[cell], low)
            self.high[cell] = min(self.high[cell], np.inf if high is None else high)
            if high is None and low > 0:
                self.withheld[cell] = None
        lines = shape.equations()
        for i in range(lines.shape[0]):
            part = slice(lines.indptr[i], lines.indptr[i + 1])
            pairs = zip(lines.indices[part].tolist(), lines.data[part].tolist(), strict=True)
            line = tuple(sorted((shape.keys[at], sign) for at, sign in pairs))
            if line not in self.lines[base]:
                self.lines[base].add(line)
                self._narrow_row(tuple((self.unknown(base, key), s) for key, s in line), 0.0, 0.0)

    def _narrow_row(self, row: tuple[tuple[int, float], ...], low: float, high: float) -> None:
        known = self.rows.get(row, (-np.inf, np.inf))
        self.rows[row] = (max(low, known[0]), min(high, known[1]))

    def _link(self, before: str, after: str) -> None:
        """Who came and who went between two bases, by the cells that both have."""
        first = next(entry for entry in self.entries if entry.base == after)
        shared = {k for b, k in self.number if b == before} & {
            k for b, k in self.number if b == after
        }
        if first.added is None and first.withdrawn is None:
            # Nothing links the two but that they are compared, so each is bounded by itself.
            self.pairs += [(k, self.number[before, k], self.number[after, k])
                           for k in sorted(shared) if k]  # fmt: skip
            return
        most = {"came": first.added, "went": first.withdrawn}
        for key in sorted(shared):
            came, went = (self.unknown(f"{kind} {after}", key) for kind in most)
            change = self.unknown(f"change {after}", key, -np.inf)
            old, new = self.number[before, key], self.number[after, key]
            self._narrow_row(((change, 1.0), (came, -1.0), (went, 1.0)), 0.0, 0.0)
            self._narrow_row(((new, 1.0), (old, -1.0), (change, -1.0)), 0.0, 0.0)
            for cell, limit in ((came, first.added), (went, first.withdrawn)):
                self.high[cell] = np.inf if limit is None else float(limit)
            if key:
                self.differences.append(change)
        # A sum that only one of them has may lack a category that the other has people in.
        for line in sorted(self.lines[before] & self.lines[after]):
            for kind in most:
                row = tuple((self.unknown(f"{kind} {after}", key), s) for key, s in line)
                self._narrow_row(row, 0.0, 0.0)
