"""The way back from a count to the frozen rows it counts, written so that a page of it costs the
same however many rows there are.

`walk.jsonl` holds a line for each frozen row, ordered by what was counted: the rows of one count
stand together. `walk.json` says where each count begins and ends, in bytes. Neither holds
what a row says.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bearwitness.pipeline.analyse import Linked

LINES, INDEX = "walk.jsonl", "walk.json"
ALL, PATTERN, FIGURE = "table", "pattern", "figure"


@dataclass(frozen=True, kw_only=True, order=True)
class Stand:
    """Where a frozen row stands: whose it is, its key in its table, its sealed file, its row."""

    person: str
    key: str
    file: str
    row: int

    def to_line(self) -> bytes:
        facts = [self.person, self.key, self.file, self.row]
        return (json.dumps(facts, ensure_ascii=False) + "\n").encode()


def write_walk(
    linked: Linked, counted: Mapping[str, Mapping[str, tuple[str, ...]]], *, acts_file: str = ""
) -> dict[str, bytes]:
    """Both files by name. `counted` are the keys of the rows of each figure, by table.

    People are those of the best single linkage; the patterns of all strata are added together.
    """
    stands = _stands(linked, acts_file)
    lines: list[bytes] = []
    index, at = {}, 0
    for name, rows in sorted(_sets(linked, stands, counted)):
        ordered = sorted(rows)
        written = [stand.to_line() for stand in ordered]
        people, end = len({stand.person for stand in ordered}), at + sum(map(len, written))
        index[name] = {"at": at, "end": end, "rows": len(ordered), "people": people}
        at = end
        lines += written
    told = json.dumps(index, indent=1, ensure_ascii=False) + "\n"
    return {LINES: b"".join(lines), INDEX: told.encode()}


def _stands(linked: Linked, acts_file: str) -> dict[str, dict[str, Stand]]:
    """Every frozen row of each table, by key."""
    found: dict[str, dict[str, Stand]] = {}
    if linked.members is not None:
        person = _best_people(linked)
        found["MEMBERS"] = {
            record: Stand(person=person.get(record, record), key=record, file=file, row=row)
            for record, (file, row) in linked.stands.items()
        }
    if linked.acts is not None:
        table = linked.acts.table.select(["act", "person"]).to_pylist()
        found["ACTS"] = {
            act["act"]: Stand(person=act["person"], key=act["act"], file=acts_file, row=number)
            for number, act in enumerate(table, start=2)
        }
    return found


def _sets(
    linked: Linked,
    stands: Mapping[str, Mapping[str, Stand]],
    counted: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Iterator[tuple[str, Iterable[Stand]]]:
    for table, rows in stands.items():
        yield f"{ALL}:{table}", rows.values()
    for pattern, own in _patterns(stands.get("MEMBERS", {}).values()).items():
        yield f"{PATTERN}:{pattern}", own
    for figure, tables in counted.items():
        for table, keys in tables.items():
            yield f"{FIGURE}:{figure}:{table}", [stands[table][key] for key in keys]


def _best_people(linked: Linked) -> dict[str, str]:
    links = linked.links
    if links is None:
        return {}
    columns = (links.column(name).to_pylist() for name in ("record", "person", "draw"))
    return {r: p for r, p, draw in zip(*columns, strict=True) if draw == 0}


def _patterns(rows: Iterable[Stand]) -> dict[str, list[Stand]]:
    """The rows of the people seen on exactly each set of lists, as HISTORIES writes it."""
    by_person: dict[str, list[Stand]] = defaultdict(list)
    for stand in rows:
        by_person[stand.person].append(stand)
    found: dict[str, list[Stand]] = defaultdict(list)
    for own in by_person.values():
        found["+".join(sorted({one.key.partition("/")[0] for one in own}))] += own
    return found
