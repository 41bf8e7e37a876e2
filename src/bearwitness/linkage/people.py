"""Scored pairs and judgements become people: one id for each record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

import pyarrow as pa

from bearwitness.linkage.judgements import SAME, Judgement, check_judgements
from bearwitness.tables import LINKS, PAIRS, check


def resolve(
    records: Sequence[str], pairs: Any, judgements: Sequence[Judgement], *, threshold: float
) -> pa.Table:
    """LINKS from PAIRS: the likeliest first, and never across a judgement that says `different`.

    Two groups of records become one person where the average probability of the pairs between
    them reaches `threshold`; a pair that was not scored counts as 0. Chains of look-alikes, each
    near the next and far from the rest, so stay apart. A union that would bring together two
    records judged different is left out, with all that it would have brought along; so the order
    matters, and is by probability, then by record.
    """
    check_judgements(judgements, records)
    clusters = _Clusters(records)
    for judgement in judgements:
        if judgement.judgement == SAME:
            clusters.join(judgement.left, judgement.right)
    for judgement in judgements:
        if judgement.judgement != SAME:
            clusters.part(judgement.left, judgement.right)
    rows = check(pairs, PAIRS).select(["left", "right", "probability"]).to_pylist()
    likely = [row for row in rows if row["probability"] >= threshold]
    between = _Between(rows)
    for row in sorted(likely, key=lambda r: (-r["probability"], r["left"], r["right"])):
        groups = clusters.group(row["left"]), clusters.group(row["right"])
        if between.mean(*groups) >= threshold:
            clusters.join(row["left"], row["right"])
    return check(clusters.links(), LINKS)


class _Between:
    """The probabilities of pairs, by either of their records."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.of: dict[str, dict[str, float]] = defaultdict(dict)
        for row in rows:
            self.of[row["left"]][row["right"]] = row["probability"]
            self.of[row["right"]][row["left"]] = row["probability"]

    def mean(self, first: Sequence[str], second: Sequence[str]) -> float:
        found = fsum(self.of[a].get(b, 0.0) for a in first for b in second)
        return found / (len(first) * len(second))


class _Clusters:
    """Union-find that knows which clusters may never meet."""

    def __init__(self, records: Sequence[str]) -> None:
        self.parent = {record: record for record in sorted(records)}
        self.groups = {record: [record] for record in self.parent}
        self.apart: dict[str, set[str]] = {}

    def find(self, record: str) -> str:
        while self.parent[record] != record:
            self.parent[record] = record = self.parent[self.parent[record]]
        return record

    def group(self, record: str) -> Sequence[str]:
        return self.groups[self.find(record)]

    def part(self, left: str, right: str) -> None:
        one, other = self.find(left), self.find(right)
        self.apart.setdefault(one, set()).add(other)
        self.apart.setdefault(other, set()).add(one)

    def join(self, left: str, right: str) -> None:
        first, second = sorted((self.find(left), self.find(right)))
        if first == second or second in self.apart.get(first, ()):
            return
        self.parent[second] = first
        self.groups[first] += self.groups.pop(second)
        for other in self.apart.pop(second, set()):
            self.apart[other] = self.apart[other] - {second} | {first}
            self.apart.setdefault(first, set()).add(other)

    def links(self) -> list[dict[str, Any]]:
        return [{"record": r, "person": self.find(r), "draw": 0} for r in self.parent]
