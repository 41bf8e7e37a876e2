"""From a study's frozen inputs to its tables: intake, linkage, histories, estimates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from bearwitness.estimation import (
    Comparison,
    Estimate,
    StrataAnswer,
    all_strata,
    average_linkages,
    capture_histories,
    compare,
    fit_strata,
    leave_one_list_out,
    make_estimator,
    repeats_within_lists,
    without_draws,
)
from bearwitness.intake import ListMapping, Rejected, read_lists
from bearwitness.pipeline.acts import Acts, read_acts
from bearwitness.pipeline.claims import ClaimsRead, read_study_claims
from bearwitness.pipeline.quick import read_histories
from bearwitness.pipeline.strata import label_members
from bearwitness.pipeline.study import Study
from bearwitness.tables import ACTS, HISTORIES, LINKS, MEMBERS, PAIRS, STATEMENTS

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Linked:
    """What is known before estimation: who is who, and the capture histories that follow.

    A study without lists has no histories; `acts` and `claims` are there where it has them.
    `stands` is the file and the row in which each record stands.
    """

    histories: pa.Table = None
    statements: pa.Table = None
    members: pa.Table = None
    pairs: pa.Table = None
    links: pa.Table = None
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    tabulated: Any = None  # the declared tables made safe (pipeline.tabulated), once they are
    acts: Acts | None = None
    claims: ClaimsRead | None = None
    stands: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def tables(self) -> dict[str, tuple[pa.Table, Any]]:
        """The internal tables by schema, those that this study has."""
        made = (
            (self.statements, STATEMENTS),
            (self.members, MEMBERS),
            (self.pairs, PAIRS),
            (self.links, LINKS),
            (self.acts.table if self.acts else None, ACTS),
            (self.histories, HISTORIES),
        )
        return {schema.name: (table, schema) for table, schema in made if table is not None}


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Every method's estimate, the headline method without each list in turn, and the verdict.

    `comparison` is of all families on the best linkage, whatever methods the study asked for.
    `strata` is the headline method's answer for every stratum and their sum, where the study has
    strata.
    """

    estimates: tuple[Estimate, ...]
    without: tuple[tuple[str, Estimate], ...]
    comparison: Comparison
    strata: StrataAnswer | None = None

    def every(self) -> tuple[Estimate, ...]:
        """All estimates: by method, then the strata, their margins and their sum."""
        if self.strata is None:
            return self.estimates
        strata = (*self.strata.parts, *self.strata.margins, self.strata.total)
        return (*self.estimates, *strata)


def read_linked(study: Study, tell: Progress) -> Linked:
    """Read the frozen inputs and link them; a table of overlaps needs no linking."""
    people = _read_people(study, tell)
    return replace(people, acts=read_acts(study), claims=read_study_claims(study))


def _read_people(study: Study, tell: Progress) -> Linked:
    if not study.has_people:
        return Linked()
    if study.histories is not None:
        tell("reading the table of overlaps")
        file = study.frozen / study.histories["file"]
        known = ("count", "encoding", "stratum")
        reading = {k: study.histories[k] for k in known if k in study.histories}
        return Linked(histories=read_histories(file, **reading).to_table())
    return _link(study, tell)


def _link(study: Study, tell: Progress) -> Linked:
    from bearwitness.linkage import LinkageSettings, link, read_judgements

    tell(f"reading {len(study.lists)} lists")
    read = read_lists(study.frozen, [ListMapping(**entry) for entry in study.lists])
    tell(f"linking {read.members.num_rows:,} records")
    judgements = read_judgements(study.hand / "judgements.csv")
    settings = LinkageSettings(seed=study.seed, **study.linkage)
    linkage = link(read.members, judgements, settings=settings)
    members = label_members(read.members, study.strata)
    within = repeats_within_lists(members, linkage.links)
    repeats = tuple(f"Ask: {found.warning}." for found in within if found.warning)
    return Linked(
        histories=capture_histories(members, linkage.links, stratum=bool(study.strata)),
        statements=read.statements,
        members=members,
        pairs=linkage.pairs,
        links=linkage.links,
        rejected=tuple(read.rejected),
        notes=(*read.notes, *linkage.report.notes, *repeats),
        stands=read.stands,
    )


def answer(study: Study, histories: pa.Table, tell: Progress) -> Answers:
    """Fit every method of the study, over all draws of the linkage where there are several.

    Each list is left out of the headline method, and all families are compared, on the best
    linkage.
    """
    together, strata, estimates = all_strata(histories), None, []
    if study.strata:
        tell(f"estimating strata: {study.headline}")
        headline = _estimator(study, study.headline)
        strata = fit_strata(headline, histories, seed=study.seed)
    for name in study.methods:
        tell(f"estimating: {name}")
        estimates.append(average_linkages(_estimator(study, name), together, seed=study.seed))
    tell("leaving out each list in turn")
    best = without_draws(together, 0)
    without = leave_one_list_out(_estimator(study, study.headline), best)
    comparison = compare(
        best,
        referrals=study.estimation.get("referrals", ()),
        order=study.estimation.get("order", ()),
        level=study.estimation.get("level", 0.95),
        seed=study.seed,
        tell=tell,
    )
    return Answers(
        estimates=tuple(estimates), without=tuple(without), comparison=comparison, strata=strata
    )


def _estimator(study: Study, name: str) -> Any:
    settings = {k: v for k, v in study.estimation.items() if k in ("level", "replicates")}
    return make_estimator(name, seed=study.seed, **settings)
