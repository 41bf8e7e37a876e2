"""Would the interval hold the truth at list sizes like yours? Simulated, refitted, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.checks.coverage import Coverage, tally
from bearwitness.estimation.checks.populations import Population
from bearwitness.estimation.checks.worlds import worlds_like
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.registry import make_estimator

METHODS = ("independence", "stepwise", "decomposable")
MOST_LISTS = 10

# Rules of this house. Intervals of methods with a bootstrap are percentile ones, of so few
# replicates, or a calibration would take hours.
BOOTSTRAP = 100
FEWEST_REPLICATES = 20
TOO_LOW = 0.05  # coverage short of the level by this, beyond two Monte Carlo errors: said plainly

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """One method in one world: `holds` where the world is as the method itself says."""

    world: str
    why: str
    truth: int
    method: str
    holds: bool
    coverage: Coverage


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What `calibrate` gives: a row for each world and method, and what your own table got.

    `answers` are those of the methods to the table itself, intervals as cheap as in the rows.
    `rows` is empty where no world like the table could be made.
    """

    rows: tuple[Calibrated, ...]
    answers: tuple[Estimate, ...]
    level: float
    replicates: int
    seed: int

    def summary(self) -> str:
        """The table, and a sentence for each method."""
        if not self.rows:
            return (
                "No population with these list sizes and this overlap could be made, so nothing "
                "can be said about coverage. The lists overlap too little, or lie inside each "
                "other."
            )
        head = (
            f"{self.replicates} tables were drawn from each of {len(self._worlds())} populations "
            f"that have your list sizes and overlap, and each was estimated anew "
            f"({self.level:.0%} intervals)."
        )
        lines = [head]
        for world in self._worlds():
            rows = [row for row in self.rows if row.world == world]
            lines += ["", f"If there are {rows[0].truth:,} people and {rows[0].why}:"]
            lines += [f"  {_line(row)}" for row in rows]
        return "\n".join([*lines, "", *(self.sentence(method) for method in self._methods())])

    def sentence(self, method: str) -> str:
        """What the rows of one method mean, for a reader without statistics."""
        rows = [row for row in self.rows if row.method == method]
        held = [row for row in rows if row.holds]
        other = [row for row in rows if not row.holds]
        told = f"{method}:"
        told += f" where it is right, {_range(held)}" if held else " it made no world of its own"
        return told + (f"; where it is wrong, {_range(other)}." if other else ".")

    def short(self) -> tuple[str, ...]:
        """Methods that fall short of the level even where they are right."""
        return tuple(
            dict.fromkeys(
                row.method
                for row in self.rows
                if row.holds and row.coverage.share + 2 * row.coverage.error < self.level - TOO_LOW
            )
        )

    def to_table(self) -> pa.Table:
        """A row for each world and method."""
        return pa.Table.from_pylist(self.to_dict()["rows"])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows = [
            {
                "world": row.world,
                "why": row.why,
                "truth": row.truth,
                "method": row.method,
                "holds": row.holds,
                "coverage": None if not row.coverage.estimates else row.coverage.share,
                "error": None if not row.coverage.estimates else row.coverage.error,
                **row.coverage.to_dict(),
            }
            for row in self.rows
        ]
        return {
            "rows": rows,
            "answers": [answer.to_dict() for answer in self.answers],
            "level": self.level,
            "replicates": self.replicates,
            "seed": self.seed,
        }

    def _worlds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.world for row in self.rows))

    def _methods(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.method for row in self.rows))


def calibrate(
    histories: Any,
    *,
    methods: Sequence[str] = METHODS,
    replicates: int = 100,
    seed: int = 1,
    tell: Tell | None = None,
) -> Calibration:
    """Coverage, bias and width of each method at list sizes and overlap like those of the table.

    Each method is fitted to the table; what it says is taken as the truth, `replicates` tables are
    drawn from it, and every method is fitted to them. Three worlds more have independent lists, two
    kinds of people, and people findable by degrees (`worlds_like`). This is a parametric bootstrap
    of the coverage (Buckland & Garthwaite 1991): it tells whether an interval is as good as it
    says, never whether the assumption is true. Raises StudyInvalid for more than 10 lists, fewer
    than 20 replicates, or an unknown method.
    """
    seen = read_histories(histories).reordered()
    estimators = {name: _cheap(name, seed) for name in methods}
    _check(seen, replicates)
    answers: tuple[Estimate, ...] = tuple(each.fit(seen) for each in estimators.values())
    rows = []
    for world in worlds_like(seen, answers) if seen.on_several else []:
        tables = world.draw_many(replicates, seed=seed)
        for name, estimator in estimators.items():
            found = _calibrated(world, name, estimator, tables)
            rows.append(found)
            if tell:
                tell(f"{world.name}: {_line(found)}")
    level = answers[0].level if answers else 0.95
    return Calibration(
        rows=tuple(rows), answers=answers, level=level, replicates=replicates, seed=seed
    )


def _check(seen: Histories, replicates: int) -> None:
    if replicates < FEWEST_REPLICATES:
        raise StudyInvalid(
            f"replicates should be at least {FEWEST_REPLICATES}",
            hint="With 100, a coverage of 95 % is known to 2 points.",
        )
    if len(seen.lists) > MOST_LISTS:
        raise StudyInvalid(
            f"{len(seen.lists)} lists are more than the {MOST_LISTS} that can be calibrated",
            hint="Merge lists of the same kind.",
        )


def _cheap(name: str, seed: int) -> Any:
    """The method with the cheapest interval that it has."""
    estimator = make_estimator(name, replicates=BOOTSTRAP, seed=seed)
    if getattr(estimator, "interval", "") == "bca":
        return make_estimator(name, replicates=BOOTSTRAP, seed=seed, interval="percentile")
    return estimator


def _calibrated(
    world: Population, name: str, estimator: Any, tables: list[Histories]
) -> Calibrated:
    answers = [estimator.fit(table) for table in tables]
    return Calibrated(
        world=world.name,
        why=world.why,
        truth=world.people,
        method=name,
        holds=name in world.holds_for,
        coverage=tally(answers, world.people),
    )


def _line(row: Calibrated) -> str:
    found = row.coverage
    withheld = f"; no number in {found.withheld:.0%}" if found.withheld else ""
    if not found.estimates:
        return f"{row.method:<14} no number in any of {found.studies}"
    return (
        f"{row.method:<14} holds the truth in {found.share:.0%} (± {2 * found.error:.0%}), "
        f"median {found.ratio - 1:+.0%}, width {found.width:.0%} of the truth{withheld}"
    )


def _range(rows: Sequence[Calibrated]) -> str:
    shares = [row.coverage.share for row in rows if row.coverage.estimates]
    if not shares:
        return "it gave no number"
    low, high = round(100 * min(shares)), round(100 * max(shares))
    span = f"{low}" if low == high else f"{low} to {high}"
    return f"its interval held the truth in {span} of 100 studies"
