"""Tables of capture histories: thresholds, complementary suppression, the attack, always run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure.rounding import before_rounding, round_count
from bearwitness.tables import HISTORIES, check


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Counts from 1 to `threshold` - 1 are withheld; the others are rounded to `rounding`."""

    threshold: int = 10
    threshold_reason: str = "a smaller group can be recognised by those who knew it"
    rounding: int = 5

    def __post_init__(self) -> None:
        if self.rounding > 1 and 1 < self.threshold < self.rounding:
            raise DisclosureUnsafe(
                f"rounding to {self.rounding} would print groups of {self.threshold} as nobody",
                where="study.toml [release]",
                hint="Let rounding be no larger than threshold.",
            )

    @property
    def is_waived(self) -> bool:
        return self.threshold <= 1 and self.rounding <= 1


@dataclass(frozen=True, kw_only=True)
class SafeHistories:
    """What may be printed of a table of capture histories; None stands for what is withheld."""

    patterns: Mapping[str, int | None]
    list_totals: Mapping[str, int | None]
    observed: int | None
    rules: Rules

    @property
    def withheld(self) -> int:
        return sum(value is None for value in self.patterns.values())


def protect_histories(histories: Any, *, rules: Rules) -> SafeHistories:
    """Withhold small cells, then further ones until the attack fails; round the rest.

    The best linkage (draw 0) is printed, with all strata added together.

    The attacker knows every printed cell, list total and the overall total, each as far as it was
    rounded, that a printed cell reaches the threshold, and that a withheld one is not empty. A
    small cell is safe when the range left to them reaches the threshold and is at least as wide.
    """
    counts = _counts(histories)
    known = _Published(counts, rules)
    while exposed := known.exposed():
        known.withhold_one_more(exposed)
    return known.print()


def attack(safe: SafeHistories, pattern: str) -> tuple[float, float]:
    """The lowest and highest count of `pattern` that all printed numbers leave possible."""
    names = list(safe.patterns)
    rows, bounds = [], []
    for shown, members in _equations(safe, names):
        if shown is not None:
            rows.append(members)
            bounds.append(before_rounding(shown, safe.rules.rounding))
    limits = [_cell_limits(safe.patterns[name], safe.rules) for name in names]
    return _extremes(np.array(rows), bounds, limits, names.index(pattern))


def check_safe(histories: Any, safe: SafeHistories) -> None:
    """Raise DisclosureUnsafe if what is to be printed would betray a small cell."""
    for pattern, count in _counts(histories).items():
        if 0 < count < safe.rules.threshold and _is_exposed(attack(safe, pattern), safe.rules):
            raise DisclosureUnsafe(
                f"a small group on {pattern.count('+') + 1} lists can be computed from the totals",
                where="table of capture histories",
                hint="Raise the threshold or the rounding in [release] of study.toml.",
            )


def safe_strata(observed: Mapping[str, int], rules: Rules) -> frozenset[str]:
    """The strata whose estimates may be printed beside their sum, given the people seen in each.

    Withheld are those with fewer people than the threshold, then the smallest of the rest until the
    withheld are two at least and reach the threshold together: what the sum leaves of the printed
    ones is then about no small group.
    """
    withheld = {name for name, people in observed.items() if people < rules.threshold}
    while withheld and withheld != set(observed):
        if len(withheld) > 1 and sum(observed[n] for n in withheld) >= rules.threshold:
            break
        withheld.add(min(set(observed) - withheld, key=lambda name: (observed[name], name)))
    return frozenset(observed) - withheld


def _counts(histories: Any) -> dict[str, int]:
    table: pa.Table = check(histories, HISTORIES)
    found: dict[str, int] = {}
    for row in table.to_pylist():
        if row["draw"] == 0 and row["count"]:
            found[row["pattern"]] = found.get(row["pattern"], 0) + row["count"]
    return dict(sorted(found.items()))


class _Published:
    """What is about to be printed, while it is being made safe."""

    def __init__(self, counts: Mapping[str, int], rules: Rules) -> None:
        self.counts, self.rules = counts, rules
        self.small = [p for p, n in counts.items() if n < rules.threshold]
        self.withheld = set(self.small)
        self.lists = sorted({name for pattern in counts for name in pattern.split("+")})
        self.hidden_totals: set[str] = set()

    def print(self) -> SafeHistories:
        base = self.rules.rounding

        def total(name: str) -> int | None:
            people = sum(n for p, n in self.counts.items() if not name or name in p.split("+"))
            return None if name in self.hidden_totals else round_count(people, base)

        return SafeHistories(
            patterns={
                p: None if p in self.withheld else round_count(n, base)
                for p, n in self.counts.items()
            },
            list_totals={name: total(name) for name in self.lists},
            observed=total(""),
            rules=self.rules,
        )

    def exposed(self) -> list[str]:
        safe = self.print()
        return [p for p in self.small if _is_exposed(attack(safe, p), self.rules)]

    def withhold_one_more(self, exposed: Sequence[str]) -> None:
        """The smallest printed cell that shares a list with an exposed one; totals come last."""
        near = {name for pattern in exposed for name in pattern.split("+")}
        left = [p for p in self.counts if p not in self.withheld]
        close = [p for p in left if near & set(p.split("+"))] or left
        if close:
            self.withheld.add(min(close, key=lambda p: (self.counts[p], p)))
            return
        # The totals of the lists concerned go first, the overall total last of all.
        hideable = [n for n in [*self.lists, ""] if n not in self.hidden_totals]
        self.hidden_totals.add(min(hideable, key=lambda n: (not n, n not in near, n)))


def _is_exposed(bounds: tuple[float, float], rules: Rules) -> bool:
    low, high = bounds
    return high < rules.threshold or high - low < rules.threshold - 1


def _equations(safe: SafeHistories, names: Sequence[str]) -> list[tuple[int | None, list[float]]]:
    equations = [(safe.observed, [1.0] * len(names))]
    for name, shown in safe.list_totals.items():
        equations.append((shown, [float(name in p.split("+")) for p in names]))
    return equations


def _cell_limits(shown: int | None, rules: Rules) -> tuple[float, float | None]:
    if shown is None:
        return (1, None)
    low, high = before_rounding(shown, rules.rounding)
    return (max(low, rules.threshold, 1), high)


def _extremes(
    rows: np.ndarray, bounds: Sequence[tuple[float, float]], limits: Sequence[Any], cell: int
) -> tuple[float, float]:
    """Least and greatest value of one cell, by linear programming (HiGHS)."""
    from scipy.optimize import linprog

    goal = np.zeros(len(limits))
    goal[cell] = 1.0
    matrix = np.vstack([rows, -rows]) if len(rows) else None
    right = [b[1] for b in bounds] + [-b[0] for b in bounds] if len(rows) else None
    found = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * goal, A_ub=matrix, b_ub=right, bounds=limits, method="highs")
        if solved.status == 3:
            found.append(float("inf"))
        elif solved.status == 0:
            found.append(float(sign * solved.fun))
        else:
            raise DisclosureUnsafe(
                "the attack could not be computed, so safety is not shown",
                hint="This should not happen: please report it.",
            )
    return found[0], found[1]
