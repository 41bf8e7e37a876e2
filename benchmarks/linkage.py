"""How well, and how fast, fictional records of known truth are linked.

    python benchmarks/linkage.py [--sizes 1500 12000 105000]

Precision and recall are over pairs of records in one cluster.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bearwitness.demo import generate, write_lists
from bearwitness.intake import ListMapping, read_lists
from bearwitness.linkage import link

COLUMNS = {"record": "id", "names": ["name", "romanised"], "aliases": "alias"}
COLUMNS |= {name: name for name in ("sex", "birth", "origin", "place")}


HEADER = ("records", "read s", "link s", "precision", "recall", "people", "truth")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1500, 12000, 105000])
    print(*(f"{name:>9}" for name in HEADER))
    for size in parser.parse_args().sizes:
        print(row(size), flush=True)


def row(size: int) -> str:
    casebook = generate(size)
    with tempfile.TemporaryDirectory() as folder:
        files = [p for p in write_lists(casebook, Path(folder)) if p.stem != "truth"]
        mappings = [ListMapping(name=p.stem, file=p.name, columns=COLUMNS) for p in files]
        began = time.perf_counter()
        members = read_lists(Path(folder), mappings).members
    read = time.perf_counter()
    links = link(members).links.to_pylist()
    linked = time.perf_counter()
    truth = dict(casebook.truth)
    found = {entry["record"]: entry["person"] for entry in links}
    both = pairs((found[record], truth[record]) for record in truth)
    precision, recall = both / pairs(found.values()), both / pairs(truth.values())
    people = len(set(found.values())), len(set(truth.values()))
    shown = (
        f"{len(truth):,}",
        f"{read - began:.1f}",
        f"{linked - read:.1f}",
        f"{precision:.3f}",
        f"{recall:.3f}",
        *(f"{count:,}" for count in people),
    )
    return " ".join(f"{text:>9}" for text in shown)


def pairs(groups: Iterable[object]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


if __name__ == "__main__":
    main()
