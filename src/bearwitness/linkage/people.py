"""Scored pairs and judgements become people: one id for each record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from bearwitness.linkage.judgements import SAME, Judgement, check_judgements
from bearwitness.tables import LINKS, PAIRS, check


def resolve(
    records: Sequence[str], pairs: Any, judgements: Sequence[Judgement], *, threshold: float
) -> pa.Table:
    """LINKS from PAIRS: the likeliest first, and never across a judgement that says `different`.

    A union that would bring together two records judged different is left out, with all that it
    would have brought along; so the order matters, and is by probability, then by record.
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
    for row in sorted(likely, key=lambda r: (-r["probability"], r["left"], r["right"])):
        clusters.join(row["left"], row["right"])
    return check(clusters.links(), LINKS)


class _Clusters:
    """Union-find that knows which clusters may never meet."""

    def __init__(self, records: Sequence[str]) -> None:
        self.parent = {record: record for record in sorted(records)}
        self.apart: dict[str, set[str]] = {}

    def find(self, record: str) -> str:
        while self.parent[record] != record:
            self.parent[record] = record = self.parent[self.parent[record]]
        return record

    def part(self, left: str, right: str) -> None:
        one, other = self.find(left), self.find(right)
        self.apart.setdefault(one, set()).add(other)
        self.apart.setdefault(other, set()).add(one)

    def join(self, left: str, right: str) -> None:
        first, second = sorted((self.find(left), self.find(right)))
        if first == second or second in self.apart.get(first, ()):
            return
        self.parent[second] = first
        for other in self.apart.pop(second, set()):
            self.apart[other] = self.apart[other] - {second} | {first}
            self.apart.setdefault(first, set()).add(other)

    def links(self) -> list[dict[str, Any]]:
        return [{"record": r, "person": self.find(r), "draw": 0} for r in self.parent]
