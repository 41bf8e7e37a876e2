"""Every stratum drawn together, in each linkage and each way to fill in the missing labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bearwitness.estimation.design import Reals
from bearwitness.estimation.draws import DRAWS, draws_of
from bearwitness.estimation.estimate import Estimate, Estimator
from bearwitness.estimation.histories import Histories, all_strata, read_histories
from bearwitness.estimation.pooling.labels import read_labelled
from bearwitness.estimation.pooling.partial import Unit, pool

# Rules of this house.
FEWEST_TO_POOL = 3  # strata with an answer of their own: fewer do not tell how strata differ
MOST_CARRIED = 0.25  # share of the people observed who may be in strata without an answer
BY_CHANCE = 0.01  # a list with nobody in a stratum did not work there, if chance is below this
FEWEST_DRAWS = 200  # of each world


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How strata are to be fitted. `lists` are all lists, with the share of people on each."""

    estimator: Estimator
    pool: bool
    seed: int
    lists: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """One linkage with every label filled in: strata by draws, in people.

    `totals` are NaN for strata without a number. `weights` say how far each was moved by pooling,
    None where there was none.
    """

    linkage: int
    names: tuple[str, ...]
    answers: tuple[Estimate, ...]
    observed: Reals
    totals: Reals
    weights: Reals | None
    spread: float | None
    absent: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Joint:
    """All worlds side by side, strata in text order (strata by draws)."""

    names: tuple[str, ...]
    observed: Reals
    totals: Reals
    linkage: NDArray[np.int64]
    worlds: tuple[World, ...]
    unknown: float

    def answers(self, name: str) -> list[Estimate]:
        """What the estimator said of this stratum alone, world by world."""
        return [w.answers[w.names.index(name)] for w in self.worlds if name in w.names]


def draw_worlds(plan: Plan, tables: Sequence[pa.Table], imputations: int) -> Joint:
    """Fit every stratum of every linkage in `tables`, labels filled in `imputations` times."""
    labelled = [read_labelled(table) for table in tables]
    missing = max((told.missing for told in labelled), default=0)
    times = max(-(-imputations // len(tables)), 2) if missing else 1
    each = max(DRAWS // (len(tables) * times), FEWEST_DRAWS)
    worlds: list[World] = []
    for linkage, told in enumerate(labelled):
        for _ in range(times):
            random = np.random.default_rng([plan.seed, len(worlds)])
            filled = told.tables(told.draw(random))
            worlds.append(_draw_world(plan, linkage, filled, each, random))
    return _side_by_side(worlds, float(np.mean([told.missing for told in labelled])))


def _draw_world(
    plan: Plan,
    linkage: int,
    tables: Mapping[str, pa.Table],
    count: int,
    random: np.random.Generator,
) -> World:
    seen = {name: read_histories(table) for name, table in tables.items()}
    answers = [_fit(plan, part) for part in seen.values()]
    observed = np.array([part.observed for part in seen.values()], dtype=float)
    unseen = np.full((len(seen), count), np.nan)
    for place, answer in enumerate(answers):
        if answer.estimate is not None:
            drawn = draws_of(answer, count=count, seed=int(random.integers(2**32)))
            unseen[place] = np.maximum(drawn - answer.observed, 0.0)
    weights, spread = None, None
    units, carried = _units(plan, list(seen.values()), unseen, random)
    if units:
        pooled = pool(units, observed, count=count, random=random)
        has = ~np.isnan(unseen[:, 0])
        has[carried] = True
        unseen[has] = pooled.unseen[has]
        weights, spread = np.where(has, pooled.weight, np.nan), pooled.spread
    return World(
        linkage=linkage,
        names=tuple(seen),
        answers=tuple(answers),
        observed=observed,
        totals=observed[:, None] + unseen,
        weights=weights,
        spread=spread,
        absent=tuple(_not_working(plan, part) for part in seen.values()),
    )


def _fit(plan: Plan, seen: Histories) -> Estimate:
    """The stratum by itself; interactions of a given model go with lists that have nobody here."""
    estimator: Any = plan.estimator
    for name in sorted(set(plan.lists) - set(seen.lists)):
        shrink = getattr(estimator, "without", None)
        estimator = shrink(name) if shrink else estimator
    answer: Estimate = estimator.fit(seen.to_table())
    return answer


def _not_working(plan: Plan, seen: Histories) -> tuple[str, ...]:
    """Lists with nobody in the stratum, though by their share elsewhere they should have some."""
    return tuple(
        name
        for name, share in sorted(plan.lists.items())
        if name not in seen.lists and (1 - share) ** seen.observed < BY_CHANCE
    )


def _units(
    plan: Plan, seen: Sequence[Histories], unseen: Reals, random: np.random.Generator
) -> tuple[list[Unit], list[int]]:
    """What is known of the odds of being missed, and which strata are to be carried by it.

    Strata without an answer are also taken together: they are those where lists happened to
    overlap little, and leaving that out would give them too few people.
    """
    units = [
        Unit(members=(place,), weights=np.ones(1), observed=part.observed, unseen=unseen[place])
        for place, part in enumerate(seen)
        if not np.isnan(unseen[place, 0])
    ]
    if not plan.pool or len(units) < FEWEST_TO_POOL:
        return [], []
    bare = [place for place in range(len(seen)) if np.isnan(unseen[place, 0])]
    carried = [place for place in bare if not _not_working(plan, seen[place])]
    people = np.array([seen[place].observed for place in carried], dtype=float)
    if people.sum() > MOST_CARRIED * sum(part.observed for part in seen):
        return units, []
    if len(carried) > 1:
        together = pa.concat_tables([seen[place].to_table() for place in carried])
        answer = _fit(plan, read_histories(all_strata(together)))
        if answer.estimate is not None:
            drawn = draws_of(answer, count=unseen.shape[1], seed=int(random.integers(2**32)))
            units.append(
                Unit(
                    members=tuple(carried),
                    weights=people / people.sum(),
                    observed=float(people.sum()),
                    unseen=np.maximum(drawn - answer.observed, 0.0),
                )
            )
    return units, carried


def _side_by_side(worlds: Sequence[World], unknown: float) -> Joint:
    names = tuple(sorted({name for world in worlds for name in world.names}))
    observed, totals = [], []
    for world in worlds:
        count = world.totals.shape[1]
        # A stratum that nobody is in, in this linkage, holds nobody.
        seen, drawn = np.zeros((len(names), count)), np.zeros((len(names), count))
        places = [names.index(name) for name in world.names]
        seen[places], drawn[places] = world.observed[:, None], world.totals
        observed.append(seen)
        totals.append(drawn)
    each = worlds[0].totals.shape[1] if worlds else 0
    return Joint(
        names=names,
        observed=np.concatenate(observed, axis=1),
        totals=np.concatenate(totals, axis=1),
        linkage=np.repeat([world.linkage for world in worlds], each),
        worlds=tuple(worlds),
        unknown=unknown,
    )
