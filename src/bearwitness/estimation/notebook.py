"""A table of overlaps to work with in a notebook: look at it, estimate from it, question it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from bearwitness.errors import EstimateRefused, StudyInvalid, TableMismatch
from bearwitness.estimation.checks.assumption import SensitivityCurve, sensitivity_curve
from bearwitness.estimation.checks.calibration import Calibration, calibrate
from bearwitness.estimation.checks.compare import Comparison, compare
from bearwitness.estimation.checks.influence import Influence, influence
from bearwitness.estimation.counting import histories_from_wide
from bearwitness.estimation.estimate import PAINTERS, Estimate, like
from bearwitness.estimation.histories import (
    JOINER,
    Histories,
    read_histories,
    rows_where,
    split_strata,
    values_of,
    without_draws,
)
from bearwitness.estimation.page import section, sentences, table
from bearwitness.estimation.pictures.picture import Picture
from bearwitness.estimation.pictures.upset import draw_upset
from bearwitness.estimation.pooling.answer import StrataAnswer
from bearwitness.estimation.pooling.linkages import average_linkages
from bearwitness.estimation.pooling.strata import fit_strata
from bearwitness.estimation.registry import make_estimator
from bearwitness.tables import HISTORIES, check

# What people call the column of counts, in the order in which we look.
COUNT_NAMES = ("count", "people", "n", "freq", "frequency", "人数", "명", "인원")

ROWS_SHOWN = 12  # patterns in `_repr_html_`


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CaptureHistories:
    """People by the set of lists that hold them: what `bw.read_histories` gives.

    It speaks Arrow: every function that takes HISTORIES takes it, and so do pyarrow, pandas and
    polars. Where there are several draws of the linkage, counts and pictures are of the best one
    (the lowest number); `fit` uses them all. Nothing is withheld in what it shows: it is for the
    analyst, and `bearwitness run` makes what may be published.
    """

    table: pa.Table
    _strata: tuple[Histories, ...] = field(init=False)

    def __post_init__(self) -> None:
        # Every pattern is looked at now, so that an error is told where it arises.
        object.__setattr__(self, "_strata", _best_linkage(self.table))

    @cached_property
    def counts(self) -> Mapping[tuple[str, ...], int]:
        """People by the lists that hold them, strata together."""
        tally: Counter[tuple[str, ...]] = Counter()
        for part in self._strata:
            for row in part.to_table().to_pylist():
                tally[tuple(row["pattern"].split(JOINER))] += row["count"]
        return dict(tally)

    @property
    def lists(self) -> tuple[str, ...]:
        return tuple(sorted({name for part in self._strata for name in part.lists}))

    @property
    def observed(self) -> int:
        """People on any list."""
        return sum(part.observed for part in self._strata)

    @property
    def on_several(self) -> int:
        """People on two lists or more: all that links the lists to each other."""
        return sum(part.on_several for part in self._strata)

    @property
    def strata(self) -> tuple[str, ...]:
        """Names of the strata in text order; one empty name where there are none."""
        return tuple(values_of(self.table, "stratum")) or ("",)

    @property
    def linkages(self) -> int:
        """Draws of the linkage; 1 where who is who is taken as known."""
        return len(values_of(self.table, "draw")) or 1

    def only(self, stratum: str) -> CaptureHistories:
        """The same for one stratum. Raises StudyInvalid for one that there is not."""
        if stratum not in self.strata:
            raise StudyInvalid(
                f"there is no stratum {stratum!r}",
                hint=f"{like(stratum, self.strata)}Strata: {', '.join(self.strata)}.",
            )
        return CaptureHistories(table=rows_where(self.table, "stratum", stratum))

    def fit(self, method: Any = "stepwise", **settings: Any) -> Estimate:
        """How many people there are in all, by `method`: a name in METHODS, or an estimator.

        `settings` are the method's own, and level, replicates and seed. Several draws of the
        linkage are averaged over. Raises TableMismatch for several strata: see `fit_strata`.
        """
        if len(self.strata) > 1:
            raise TableMismatch(
                f"there are {len(self.strata)} strata, and one estimate is of one",
                hint="`fit_strata` estimates every stratum and their sum; "
                f"`only({self.strata[0]!r})` takes one.",
            )
        return average_linkages(_estimator(method, settings), self.table)

    def fit_strata(
        self, method: Any = "stepwise", *, pool: bool = True, **settings: Any
    ) -> StrataAnswer:
        """Every stratum and their sum, from one joint posterior; with `pool`, partially pooled."""
        return fit_strata(_estimator(method, settings), self.table, pool=pool)

    def compare(self, **settings: Any) -> Comparison:
        """All suitable methods on one page, whether they agree, and what may be said.

        `settings` are those of `compare`: methods, referrals, order, level, seed, tell.
        """
        return compare(self._best(), **settings)

    def influence(self, method: Any = "stepwise", **settings: Any) -> Influence:
        """What the answer hangs on: each list, each two lists, each person more or less."""
        return influence(_estimator(method, settings), self._best())

    def calibrate(self, **settings: Any) -> Calibration:
        """How often intervals hold the truth, on populations with list sizes like these.

        `settings` are those of `calibrate`: methods, replicates, seed.
        """
        return calibrate(self._best(), **settings)

    def sensitivity(self, estimate: Estimate) -> SensitivityCurve:
        """The total of `estimate`, made from this table, as its assumption gives way."""
        return sensitivity_curve(self.table, estimate)

    def plot(self, kind: str = "upset", *, estimate: Estimate | None = None) -> Picture:
        """ "upset": who is on which lists. Any other kind is of `estimate`, which see."""
        if kind == "upset":
            if not self.counts:
                raise EstimateRefused(
                    "nobody is on any list: there is nothing to draw",
                    hint="Look at the column of counts: is it all nought?",
                )
            return draw_upset(self.counts, self.lists)
        if kind not in PAINTERS:
            known = ("upset", *PAINTERS)
            raise StudyInvalid(
                f"there is no picture {kind!r}",
                hint=f"{like(kind, known)}Pictures: {', '.join(known)}.",
            )
        if estimate is None:
            raise StudyInvalid(
                f"the picture {kind!r} is of an estimate, not of the table",
                hint=f"Give one: histories.plot({kind!r}, estimate=histories.fit()).",
            )
        return estimate.plot(kind, histories=self.table)

    def summary(self) -> str:
        """The table in plain words: lists and their sizes, and who is on several."""
        lines = [self._headline()]
        lines += [f"{name}: {people:,} people, {alone:,} on no other." for name, people, alone in
                  self._sizes()]  # fmt: skip
        if len(self.strata) > 1:
            lines.append(f"Strata: {', '.join(self.strata)}.")
        if self.linkages > 1:
            lines.append(f"{self.linkages} draws of the linkage; the counts are of the best one.")
        return "\n".join(lines)

    def to_table(self) -> pa.Table:
        """HISTORIES."""
        return self.table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        """Patterns that somebody had."""
        return len(self.counts)

    def __repr__(self) -> str:
        return f"<CaptureHistories: {self._headline()}>"

    def _repr_html_(self) -> str:
        shown = sorted(self.counts, key=lambda p: (-self.counts[p], len(p), p))[:ROWS_SHOWN]
        rows = [
            [" and ".join(p), *("●" if name in p else "" for name in self.lists), self.counts[p]]
            for p in shown
        ]
        rest = len(self.counts) - len(shown)
        caption = f"People by lists; {rest} smaller sets not shown" if rest else "People by lists"
        sizes = [f"{name}: {people:,}, {alone:,} of them on no other"
                 for name, people, alone in self._sizes()]  # fmt: skip
        header = ["on exactly", *self.lists, "people"]
        parts = [sentences("Lists", sizes), table(caption, header=header, rows=rows)]
        return section(self._headline(), parts=parts)

    def _headline(self) -> str:
        return (
            f"{self.observed:,} people on {len(self.lists)} lists, "
            f"{self.on_several:,} of them on two or more"
        )

    def _sizes(self) -> list[tuple[str, int, int]]:
        """Each list with its people, and those on no other."""
        return [
            (name, sum(n for p, n in self.counts.items() if name in p), self.counts.get((name,), 0))
            for name in self.lists
        ]

    def _best(self) -> Histories:
        if len(self._strata) > 1:
            raise TableMismatch(
                f"there are {len(self._strata)} strata, and this is about one",
                hint="Take one: histories.only(name). Strata: " + ", ".join(self.strata) + ".",
            )
        return self._strata[0]


def gather_histories(
    data: Any, *, count: str = "", stratum: str = "", where: str = "", first_row: int = 1
) -> CaptureHistories:
    """CaptureHistories from HISTORIES, or from one 0/1 column per list.

    `data` is a dict of columns, a list of row dicts, or a pandas, polars or pyarrow table. `count`
    names the column of counts where its name is not usual; without one each row is a person.
    `stratum` names a column that says which stratum a row is of. Errors name `where` and the row,
    the first called `first_row`.
    """
    if isinstance(data, CaptureHistories):
        return data
    if isinstance(data, Histories):
        return CaptureHistories(table=data.to_table())
    columns = _columns_of(data)
    if {"pattern", "count"} <= columns.keys():
        return CaptureHistories(table=check(columns, HISTORIES))
    for name in (count, stratum):
        if name and name not in columns:
            raise StudyInvalid(
                f"there is no column {name!r}",
                where=where,
                hint=f"{like(name, columns)}The columns are: {', '.join(columns)}.",
            )
    usual = next((name for name in columns if name.casefold() in COUNT_NAMES), "count")
    table = histories_from_wide(
        columns, count=count or usual, stratum=stratum, where=where, first_row=first_row
    )
    return CaptureHistories(table=table)


def _best_linkage(histories: pa.Table) -> tuple[Histories, ...]:
    """The strata of the draw with the lowest number."""
    draws = values_of(histories, "draw")
    best = without_draws(histories, draws[0]) if len(draws) > 1 else histories
    parts = [part for _, part in split_strata(best)] or [best]
    return tuple(read_histories(part) for part in parts)


def _columns_of(data: Any) -> dict[str, Sequence[Any]]:
    if isinstance(data, Mapping):
        return {str(name): list(values) for name, values in data.items()}
    try:
        rows = pa.Table.from_pylist(data) if isinstance(data, list) else pa.table(data)
    except (TypeError, ValueError, AttributeError, pa.ArrowException) as error:
        raise TableMismatch(
            f"this cannot be read as a table of overlaps ({type(data).__name__})",
            hint="Give a path, a dict of columns, a list of row dicts, or a pandas, polars or "
            "pyarrow table: one 0/1 column per list and a column of counts.",
        ) from error
    # pandas carries its index along as a column; it is no list.
    columns: dict[str, Sequence[Any]] = rows.to_pydict()
    return {n: values for n, values in columns.items() if not n.startswith("__index_level_")}


def _estimator(method: Any, settings: Mapping[str, Any]) -> Any:
    if isinstance(method, str):
        return make_estimator(method, **settings)
    if settings:
        raise StudyInvalid(
            "an estimator has its settings already",
            hint="Name the method to give settings here: fit('stepwise', level=0.9).",
        )
    if not hasattr(method, "fit"):
        raise StudyInvalid(
            f"this is no method ({type(method).__name__})",
            hint="Give a name in bw.METHODS, or an estimator such as bw.Stepwise().",
        )
    return method
