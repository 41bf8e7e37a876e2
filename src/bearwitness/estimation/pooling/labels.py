"""Labels of strata: who has none, how the missing ones are drawn, and which strata go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import TableMismatch
from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import CROSS
from bearwitness.tables import HISTORIES, check

ALL = "*"  # in the name of a sum over a part: f/* is women of all periods

# Rule of this house: the shares in all patterns count for one person beside those in one pattern.
PRIOR_PEOPLE = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """People by stratum and pattern (strata by patterns), and those whose label is unknown.

    `unknown` holds, for each label that is empty or empty in part, its people by pattern and which
    strata it may belong to.
    """

    names: tuple[str, ...]
    patterns: tuple[str, ...]
    known: Reals
    unknown: tuple[tuple[Reals, Reals], ...]

    @property
    def missing(self) -> int:
        return int(sum(people.sum() for people, _ in self.unknown))

    def draw(self, random: np.random.Generator) -> Reals:
        """`known` with everybody whose label is unknown put into some stratum.

        At each pattern, shares of the strata are drawn from a Dirichlet distribution given those
        whose label is known there, and people are allocated by them.
        """
        counts = self.known.copy()
        overall = self.known.sum(axis=1)
        for people, fits in self.unknown:
            for place in np.flatnonzero(people):
                weights = self.known[:, place] + PRIOR_PEOPLE * overall / overall.sum()
                shares = _dirichlet(weights * fits, random)
                counts[:, place] += random.multinomial(int(people[place]), shares)
        return counts

    def tables(self, counts: Reals) -> dict[str, pa.Table]:
        """HISTORIES of each stratum that has somebody, from `counts` (strata by patterns)."""
        found = {}
        for name, row in zip(self.names, counts, strict=True):
            if row.any():
                some = np.flatnonzero(row)
                patterns = [self.patterns[place] for place in some]
                told = {"stratum": [name] * len(some), "pattern": patterns}
                found[name] = check(told | {"count": row[some].astype(np.int64)}, HISTORIES)
        return found


def read_labelled(histories: Any) -> Labelled:
    """HISTORIES of one draw, several strata. Raises TableMismatch where no label is known."""
    table = check(histories, HISTORIES)
    by_label: dict[str, dict[str, int]] = {}
    for row in table.to_pylist():
        if row["pattern"] and row["count"]:
            by_label.setdefault(row["stratum"].strip(), {})[row["pattern"]] = row["count"]
    names = [label for label in by_label if all(parts_of(label))]
    if any(ALL in parts_of(name) for name in names):
        raise TableMismatch(
            f"a part of the label of a stratum is {ALL!r}, which stands for all of them",
            hint="Rename it.",
        )
    patterns = tuple(sorted({pattern for cells in by_label.values() for pattern in cells}))
    people = {
        label: np.array([cells.get(pattern, 0) for pattern in patterns], dtype=float)
        for label, cells in by_label.items()
    }
    # The order in which strata are drawn has nothing to do with their names.
    names.sort(key=lambda name: (people[name].sum(), people[name].tolist(), name))
    unknown = tuple(
        (people[label], _fitting(label, names)) for label in sorted(set(by_label) - set(names))
    )
    known = np.array([people[name] for name in names]).reshape(len(names), len(patterns))
    return Labelled(names=tuple(names), patterns=patterns, known=known, unknown=unknown)


def parts_of(label: str) -> list[str]:
    return [part.strip() for part in label.split(CROSS)]


def margins_of(names: Sequence[str]) -> Mapping[str, list[str]]:
    """For crossed strata, the strata that each sum over a part takes together: f/* and */2015.

    Empty where the labels are not all of the same number of parts, two at least.
    """
    split = {name: parts_of(name) for name in sorted(names)}
    sizes = {len(parts) for parts in split.values()}
    if len(sizes) != 1 or sizes == {1}:
        return {}
    (size,) = sizes
    found: dict[str, list[str]] = {}
    for place in range(size):
        for name, parts in split.items():
            stars = [ALL] * size
            stars[place] = parts[place]
            found.setdefault(CROSS.join(stars), []).append(name)
    return found


def _fitting(label: str, names: Sequence[str]) -> Reals:
    """1 for the strata that a label, empty in part or whole, may belong to; 0 for others."""
    wanted = parts_of(label)
    fits = [
        len(wanted) == len(parts_of(name))
        and all(not part or part == own for part, own in zip(wanted, parts_of(name), strict=True))
        for name in names
    ]
    if not any(wanted) or not any(fits):
        return np.ones(len(names))
    return np.array(fits, dtype=float)


def _dirichlet(weights: Reals, random: np.random.Generator) -> Reals:
    drawn = np.zeros(len(weights))
    some = weights > 0
    drawn[some] = random.dirichlet(weights[some])
    return drawn
