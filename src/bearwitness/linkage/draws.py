"""Linkages drawn at random, each as likely as the pairs make it: what one best linkage hides."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from math import exp, log

import pyarrow as pa

from bearwitness.linkage.judgements import SAME, Judgement
from bearwitness.tables import LINKS, PAIRS, check

_FAR = log(1e-6)  # log odds of a pair that was not scored: no block brought it together
_SURE = 1e-9
_FIRST_SWEEPS, _SWEEPS = 10, 3


def draw_linkages(
    best: pa.Table, pairs: pa.Table, judgements: Sequence[Judgement] = (), *, count: int, seed: int
) -> pa.Table:
    """LINKS with draw 0, the `best` linkage, and draws 1 to `count`.

    A partition of the records into persons is as probable as the product, over all pairs in one
    person, of the odds that the pair is one (the likelihood of Fellegi & Sunter 1969, kept to
    partitions as in Sadinle 2014). Gibbs sampling moves one record at a time, from the best
    linkage on. Records judged to be the same move as one; records judged different never meet.
    """
    rows = check(best, LINKS).to_pylist()
    sampler = _Sampler(rows, check(pairs, PAIRS).to_pylist(), judgements, random.Random(seed))  # noqa: S311 - no secret
    found = list(rows)
    for draw in range(1, count + 1):
        sampler.sweep(_FIRST_SWEEPS if draw == 1 else _SWEEPS)
        found += [{"record": r, "person": p, "draw": draw} for r, p in sampler.persons().items()]
    return check(found, LINKS)


class _Sampler:
    """Units (records, or records judged the same) and the person that each is in."""

    def __init__(
        self,
        best: Sequence[dict[str, str]],
        pairs: Sequence[dict[str, float | str]],
        judgements: Sequence[Judgement],
        rng: random.Random,
    ) -> None:
        self.rng = rng
        self.unit = _units([row["record"] for row in best], judgements)
        self.odds = _odds(pairs, self.unit)
        self.apart: dict[str, set[str]] = defaultdict(set)
        for j in judgements:
            if j.judgement != SAME:
                a, b = self.unit[j.left], self.unit[j.right]
                self.apart[a].add(b)
                self.apart[b].add(a)
        self.person = {self.unit[row["record"]]: self.unit[row["person"]] for row in best}
        self.members: dict[str, set[str]] = defaultdict(set)
        for unit, person in self.person.items():
            self.members[person].add(unit)
        self.movable = sorted(self.odds)

    def sweep(self, times: int) -> None:
        for _ in range(times):
            for unit in self.movable:
                self._move(unit)

    def persons(self) -> dict[str, str]:
        """Each record's person, named by its first record."""
        records: dict[str, list[str]] = defaultdict(list)
        for record, unit in self.unit.items():
            records[self.person[unit]].append(record)
        return {record: min(group) for group in records.values() for record in group}

    def _move(self, unit: str) -> None:
        self._leave(unit)
        near = self.odds[unit]
        choices = sorted({self.person[other] for other in near})
        weights = [0.0, *(self._weight(unit, near, person) for person in choices)]
        largest = max(weights)
        shares = [exp(weight - largest) for weight in weights]
        (choice,) = self.rng.choices([unit, *choices], shares)
        self.person[unit] = choice
        self.members[choice].add(unit)

    def _leave(self, unit: str) -> None:
        """A person goes by one of its units: after this, `unit` names nobody."""
        name = self.person[unit]
        self.members[name].discard(unit)
        if name == unit and self.members[name]:
            rest = self.members.pop(name)
            other = min(rest)
            self.members[other] = rest
            for member in rest:
                self.person[member] = other

    def _weight(self, unit: str, near: dict[str, float], person: str) -> float:
        group = self.members[person]
        if self.apart.get(unit, set()) & group:
            return float("-inf")
        return sum(near.get(other, _FAR) for other in group)


def _units(records: Sequence[str], judgements: Sequence[Judgement]) -> dict[str, str]:
    """Each record's unit, named by its first record."""
    from bearwitness.linkage.people import resolve

    links = resolve(records, PAIRS.empty(), [j for j in judgements if j.judgement == SAME],
                    threshold=1.0)  # fmt: skip
    return {row["record"]: row["person"] for row in links.to_pylist()}


def _odds(
    pairs: Sequence[dict[str, float | str]], unit: dict[str, str]
) -> dict[str, dict[str, float]]:
    """For each unit, the log odds that it is one person with each unit near it."""
    odds: dict[str, dict[str, float]] = defaultdict(dict)
    for row in pairs:
        a, b = unit[str(row["left"])], unit[str(row["right"])]
        if a != b:
            p = min(max(float(row["probability"]), _SURE), 1 - _SURE)
            odds[a][b] = odds[b][a] = odds[a].get(b, 0.0) + log(p / (1 - p))
    return odds
