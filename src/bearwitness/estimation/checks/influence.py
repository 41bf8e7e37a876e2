"""What the answer hangs on: each list, each two lists taken as one, each person more or less."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.estimation.design import Reals
from bearwitness.estimation.draft import FEWEST_REPLICATES
from bearwitness.estimation.estimate import Estimate, Estimator
from bearwitness.estimation.histories import Histories, Patterns, pattern_of, read_histories
from bearwitness.estimation.pictures.forest import draw_forest
from bearwitness.estimation.pictures.picture import Picture

Named = tuple[str, Estimate]

MOST_LISTS_EMPTY = 6  # beyond this many lists, cells that nobody is in are not gone through
FEWEST_TOLD = 3  # cells named in the summary

_SAMPLED = ("draws", "chains", "sweeps")  # settings of a method whose answer is drawn at random


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """What one person more, or one fewer, on exactly these lists does to the total.

    In people; the person is counted too, so one more person whom nothing hangs on gives `more` 1.
    None where there is no such answer, or nobody to take away.
    """

    pattern: str
    people: int
    more: float | None
    fewer: float | None

    @property
    def largest(self) -> float:
        """The larger of both changes, either way; 0 where there is none."""
        return max((abs(c) for c in (self.more, self.fewer) if c is not None), default=0.0)


@dataclass(frozen=True, kw_only=True)
class Influence:
    """The answer, and what it becomes.

    `without` leaves out each list in turn, `merged` takes each two as one, both in text order;
    `cells` add or take away one person, the cell with the largest change first. `cells` is empty
    where the answers are drawn at random, and `why_no_cells` says so.
    """

    whole: Estimate
    without: tuple[Named, ...]
    merged: tuple[Named, ...]
    cells: tuple[CellChange, ...]
    why_no_cells: str = ""

    @property
    def apart(self) -> tuple[str, ...]:
        """Lists whose omission, and pairs whose merger, gives an interval off the whole's."""
        changed = [*self.without, *self.merged]
        return tuple(name for name, answer in changed if are_apart(self.whole, answer))

    def summary(self) -> str:
        """In words: the range over lists, what does not touch, and the heaviest cells."""
        lines = [f"The whole: {told(self.whole)}"]
        lines += _range_told("Without one list", "without", self.without)
        lines += _range_told("With two lists as one", "with", self.merged)
        lines += [f"{name}: the interval does not touch that of the whole." for name in self.apart]
        lines += [_cell_told(cell) for cell in self.cells[:FEWEST_TOLD] if cell.largest]
        if self.why_no_cells:
            lines.append(f"One person more or less was not tried: {self.why_no_cells}.")
        return "\n".join(lines)

    def plot(self) -> Picture:
        """The answer, and each answer with a list left out or two taken as one, below it."""
        lines = [self.whole.as_line("all lists", strong=True)]
        lines += [answer.as_line(f"without {name}") for name, answer in self.without]
        lines += [answer.as_line(f"{name} as one") for name, answer in self.merged]
        about = f"{self.whole.method}: the answer without each list, and with each two as one."
        return draw_forest(lines, observed=self.whole.observed, about=about, kind="influence")

    def to_dict(self) -> dict[str, Any]:
        return {
            "whole": self.whole.to_dict(),
            "without": {name: answer.to_dict() for name, answer in self.without},
            "merged": {name: answer.to_dict() for name, answer in self.merged},
            "cells": [asdict(cell) for cell in self.cells],
            "apart": list(self.apart),
            "why_no_cells": self.why_no_cells,
        }

    def to_table(self) -> pa.Table:
        """One row a change: change, of what, estimate, lower, upper, difference, verdict."""
        rows = [self._row("whole", "", self.whole)]
        rows += [self._row("without", name, answer) for name, answer in self.without]
        rows += [self._row("merged", name, answer) for name, answer in self.merged]
        for cell in self.cells:
            for change, moved in (("one more", cell.more), ("one fewer", cell.fewer)):
                if moved is not None:
                    rows.append({"change": change, "of": cell.pattern, "difference": moved})
        numbers = ("estimate", "lower", "upper", "difference")
        schema = [("change", pa.string()), ("of", pa.string())]
        schema += [(name, pa.float64()) for name in numbers] + [("verdict", pa.string())]
        return pa.Table.from_pylist(rows, schema=pa.schema(schema))

    def _row(self, change: str, of: str, answer: Estimate) -> dict[str, Any]:
        before, after = number_of(self.whole), number_of(answer)
        moved = None if before is None or after is None else after - before
        ends = {"lower": answer.lower, "upper": answer.upper}
        row = {"change": change, "of": of, "estimate": answer.estimate, **ends}
        return row | {"difference": moved, "verdict": str(answer.verdict)}


def influence(estimator: Estimator, histories: Any) -> Influence:
    """The answer without each list, with each two as one, and with one person more or less.

    Every answer is a refit, with every choice made anew; for cells without intervals. HISTORIES
    of one stratum.
    """
    seen = read_histories(histories)
    cells, why = _change_cells(estimator, seen)
    return Influence(
        whole=estimator.fit(seen),
        without=tuple(leave_one_list_out(estimator, seen)),
        merged=tuple(merge_two_lists(estimator, seen)),
        cells=cells,
        why_no_cells=why,
    )


def leave_one_list_out(estimator: Estimator, histories: Any) -> list[Named]:
    """The answer without each list, in text order of the lists.

    People whom only that list saw become unobserved, so all answers are about one population: a
    large change says that the answer hangs on that list. Interactions of a given model go with
    their list.
    """
    seen = read_histories(histories)
    return [(name, _shrunk(estimator, name).fit(seen.without(name))) for name in sorted(seen.lists)]


def merge_two_lists(estimator: Estimator, histories: Any) -> list[Named]:
    """The answer with each two lists taken as one, named `first/second`, in text order.

    Nobody is lost, so a large change says that the answer hangs on how these two overlap.
    Interactions of a given model go with both lists.
    """
    seen = read_histories(histories)
    answers = []
    for first, second in combinations(sorted(seen.lists), 2):
        smaller = _shrunk(_shrunk(estimator, first), second)
        answers.append((f"{first}/{second}", smaller.fit(seen.merged(first, second))))
    return answers


def are_apart(first: Estimate, second: Estimate) -> bool:
    """Whether both have an interval and the two do not touch."""
    if None in (first.lower, first.upper, second.lower, second.upper):
        return False
    ends = (first.lower, first.upper, second.lower, second.upper)
    a, b, c, d = (float(end) for end in ends if end is not None)
    return b < c or d < a


def number_of(answer: Estimate) -> float | None:
    """The estimate; the bound of a method that gives a bound; else None."""
    if answer.estimate is not None:
        return answer.estimate
    bound = answer.details.get("bound")
    return float(bound["estimate"]) if bound else None


def told(answer: Estimate) -> str:
    """An answer in few words: the number with its interval, or the verdict with its reasons."""
    if answer.estimate is None:
        why = "; ".join(answer.reasons)
        return f"{answer.verdict} ({why})." if why else f"{answer.verdict}."
    return f"{answer.estimate:,.0f} ({answer.lower:,.0f} to {answer.upper:,.0f})."


def _shrunk(estimator: Any, name: str) -> Any:
    shrink = getattr(estimator, "without", None)
    return shrink(name) if shrink else estimator


def _change_cells(estimator: Any, seen: Histories) -> tuple[tuple[CellChange, ...], str]:
    if set(_SAMPLED) & {field.name for field in fields(estimator)}:
        return (), (
            "this method draws its answer at random, and a change by one person would be lost in "
            "the noise of the draws"
        )
    seen = seen.reordered()
    small = len(seen.lists) <= MOST_LISTS_EMPTY
    cells = np.arange(1, 2 ** len(seen.lists), dtype=np.int64) if small else seen.patterns
    if not seen.observed or len(seen.lists) < 2:
        return (), "there is no answer to change"
    before, more, fewer = _totals(estimator, seen, cells)
    if not np.isfinite(before):
        return (), "there is no answer to change"
    people = dict(zip(seen.patterns.tolist(), seen.people.tolist(), strict=True))
    changes = [
        CellChange(
            pattern=pattern_of(seen.lists, cell),
            people=int(people.get(cell, 0)),
            more=_difference(up, before),
            fewer=_difference(down, before),
        )
        for cell, up, down in zip(cells.tolist(), more.tolist(), fewer.tolist(), strict=True)
    ]
    return tuple(sorted(changes, key=lambda c: (-c.largest, c.pattern))), ""


def _totals(estimator: Any, seen: Histories, cells: Patterns) -> tuple[float, Reals, Reals]:
    """The total as it is, with one more in each of `cells`, and with one fewer (NaN if nobody)."""
    changed = [_one_more(seen, int(cell), 1) for cell in cells]
    filled = [place for place, cell in enumerate(cells) if cell in seen.patterns]
    changed += [_one_more(seen, int(cells[place]), -1) for place in filled]
    points = getattr(estimator, "points", None)
    if points:
        tables = np.stack([other.counts for other in (seen, *changed)])
        totals = np.asarray(points(seen, tables))
    else:
        plain = _without_interval(estimator)
        answers = [number_of(plain.fit(other)) for other in (seen, *changed)]
        totals = np.array([np.nan if number is None else number for number in answers])
    fewer = np.full(len(cells), np.nan)
    fewer[filled] = totals[1 + len(cells) :]
    return float(totals[0]), totals[1 : 1 + len(cells)], fewer


def _one_more(seen: Histories, cell: int, people: int) -> Histories:
    counts = dict(zip(seen.patterns.tolist(), seen.people.tolist(), strict=True))
    counts[cell] = counts.get(cell, 0.0) + people
    some = sorted(pattern for pattern, count in counts.items() if count)
    return replace(
        seen,
        patterns=np.array(some, dtype=np.int64),
        people=np.array([counts[pattern] for pattern in some]),
    )


def _without_interval(estimator: Any) -> Any:
    """The same choices with the fewest replicates: only the number is wanted."""
    names = {field.name for field in fields(estimator)}
    if "replicates" not in names:
        return estimator
    plain = {"interval": "percentile"} if "interval" in names else {}
    return replace(estimator, replicates=FEWEST_REPLICATES, **plain)


def _difference(after: float, before: float) -> float | None:
    return float(after - before) if np.isfinite(after) else None


def _range_told(head: str, word: str, answers: tuple[Named, ...]) -> list[str]:
    held = [(a.estimate, name) for name, a in answers if a.estimate is not None]
    if not held:
        return [f"{head} there is no estimate."] if answers else []
    (least, lowest), (most, highest) = min(held), max(held)
    lost = [name for name, a in answers if a.estimate is None]
    told = (
        f"{head} the estimate runs from {least:,.0f} ({word} {lowest}) to {most:,.0f} "
        f"({word} {highest})."
    )
    return [f"{told} None {word} {', '.join(lost)}." if lost else told]


def _cell_told(cell: CellChange) -> str:
    if cell.more is not None and abs(cell.more) >= abs(cell.fewer or 0.0):
        return f"One person more on exactly {cell.pattern} moves the total by {cell.more:+,.0f}."
    return f"One person fewer on exactly {cell.pattern} moves the total by {cell.fewer:+,.0f}."
