"""What the lists share, before any model: which hold together, and how few people carry it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.histories import Histories, read_histories

Pair = tuple[str, str]
Referral = tuple[str, str]  # from whom, to whom

# Rules of this house, not of any paper.
NEARLY_ALL = 0.9  # of a list's people on one other list: was the one made from the other?
FEWEST_INSIDE = 5  # people: a smaller list lies inside another by accident
LIKELIEST_ACCIDENT = 1e-3  # chance that a list lies so far inside another if neither was copied


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """The lists as a graph: two are joined where somebody is on both.

    `pairs` are all pairs of lists with the people on both, fewest first; `parts` the groups of
    lists that hold together; `hinges` the lists without which their group would fall apart;
    `inside` the pairs (inner, outer) where next to all people of the inner list are on the outer
    one, far beyond what the other lists lead one to expect; `identical` the pairs that hold the
    same people.
    """

    lists: tuple[str, ...]
    observed: int
    on_several: int
    sizes: tuple[tuple[str, int], ...]
    pairs: tuple[tuple[str, str, int], ...]
    parts: tuple[tuple[str, ...], ...]
    hinges: tuple[str, ...]
    alone: tuple[str, ...]
    inside: tuple[Pair, ...]
    identical: tuple[Pair, ...]

    @property
    def is_connected(self) -> bool:
        return len(self.parts) == 1

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence for each thing that somebody should ask the makers of the lists about."""
        told = [f"list {name} shares nobody with any other list" for name in self.alone]
        groups = [part for part in self.parts if len(part) > 1]
        if len(groups) > 1:
            named = " and ".join(_and(group) for group in groups)
            told.append(f"the lists fall into groups that share nobody: {named}")
        told += [f"lists {a} and {b} hold the same people" for a, b in self.identical]
        told += [
            f"next to everybody on list {inner} is on list {outer} too, far more than the other "
            "lists lead one to expect: ask whether one was made from the other"
            for inner, outer in self.inside
        ]
        told += [f"only list {name} joins some of the others" for name in self.hinges]
        return tuple(told)

    def summary(self) -> str:
        """How many people carry the answer, the smallest overlap, and the warnings."""
        lines = [
            f"{self.on_several:,} of the {self.observed:,} people observed are on two lists or "
            "more; they alone tell how many are on none."
        ]
        if self.pairs:
            first, second, people = self.pairs[0]
            lines.append(f"The smallest overlap is of {first} and {second}: {people:,} people.")
        lines += [f"Ask: {warning}." for warning in self.warnings]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        return {key: _listed(value) for key, value in asdict(self).items()}

    def to_table(self) -> pa.Table:
        """One row for each two lists: first, second, people on both."""
        rows = [{"first": a, "second": b, "people": n} for a, b, n in self.pairs]
        names = [("first", pa.string()), ("second", pa.string()), ("people", pa.int64())]
        return pa.Table.from_pylist(rows, schema=pa.schema(names))


def look_at_lists(histories: Any) -> Overlap:
    """The overlap graph of the lists, who is alone, and which lists lie inside which."""
    seen = read_histories(histories)
    names = tuple(sorted(seen.lists))
    on = {name: seen.holds(name) for name in names}
    people = {name: int(seen.people[on[name]].sum()) for name in names}
    shared = {(a, b): int(seen.people[on[a] & on[b]].sum()) for a, b in combinations(names, 2)}
    edges = [pair for pair, count in shared.items() if count]
    parts = _parts(names, edges)
    identical = tuple(p for p, n in shared.items() if n and n == people[p[0]] == people[p[1]])
    ordered = sorted(shared.items(), key=lambda entry: (entry[1], entry[0]))
    return Overlap(
        lists=names,
        observed=seen.observed,
        on_several=seen.on_several,
        sizes=tuple(people.items()),
        pairs=tuple((a, b, count) for (a, b), count in ordered),
        parts=parts,
        hinges=tuple(name for name in names if _is_hinge(name, names, edges, len(parts))),
        alone=tuple(part[0] for part in parts if len(part) == 1),
        inside=tuple(_inside(seen, identical)),
        identical=identical,
    )


def read_referrals(given: Iterable[Sequence[str]], lists: Iterable[str]) -> tuple[Referral, ...]:
    """Pairs (from whom, to whom) of lists of the table, each once. Raises StudyInvalid."""
    known = sorted(lists)
    pairs: dict[Referral, None] = {}
    for entry in given:
        names = tuple(entry)
        if len(names) != 2 or names[0] == names[1] or not set(names) <= set(known):
            raise StudyInvalid(
                f"a referral of {' to '.join(map(str, names))} cannot be read",
                hint=f"A referral names two of the lists {', '.join(known)}: from whom, to whom.",
            )
        pairs[names[0], names[1]] = None
    return tuple(pairs)


def _inside(seen: Histories, identical: Sequence[Pair]) -> list[Pair]:
    from scipy.special import bdtrc

    found = []
    for inner in sorted(seen.lists):
        for outer in sorted(seen.lists):
            if inner == outer or tuple(sorted((inner, outer))) in identical:
                continue
            on, both, usual = _shares(seen, inner, outer)
            if on < FEWEST_INSIDE or both < NEARLY_ALL * on:
                continue
            if usual is None or bdtrc(both - 1, on, usual) < LIKELIEST_ACCIDENT:
                found.append((inner, outer))
    return found


def _shares(seen: Histories, inner: str, outer: str) -> tuple[int, int, float | None]:
    """People on the inner list, those on both, and the share of others that the outer holds.

    The others are people on a third list and not on the inner one; None where there are too few
    to tell.
    """
    on, on_outer = seen.holds(inner), seen.holds(outer)
    third = seen.patterns & ~(1 << seen.lists.index(inner)) & ~(1 << seen.lists.index(outer)) > 0
    others = ~on & third
    outside = float(seen.people[others].sum())
    held = float(seen.people[others & on_outer].sum())
    usual = (held + 0.5) / (outside + 1) if outside >= FEWEST_INSIDE else None
    return int(seen.people[on].sum()), int(seen.people[on & on_outer].sum()), usual


def _parts(names: Iterable[str], edges: Iterable[Pair]) -> tuple[tuple[str, ...], ...]:
    group = {name: {name} for name in names}
    for first, second in edges:
        joined = group[first] | group[second]
        for name in joined:
            group[name] = joined
    return tuple(sorted({tuple(sorted(members)) for members in group.values()}))


def _is_hinge(name: str, names: Sequence[str], edges: Sequence[Pair], parts: int) -> bool:
    rest = [other for other in names if other != name]
    left = _parts(rest, [edge for edge in edges if name not in edge])
    return len(left) > parts


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} with {names[-1]}"


def _listed(value: Any) -> Any:
    return [_listed(inner) for inner in value] if isinstance(value, tuple) else value


def people_on_pair(seen: Histories, first: str, second: str) -> int:
    return int(seen.people[np.logical_and(seen.holds(first), seen.holds(second))].sum())
