"""The tables of docs/explanation/coverage.md, from the rows of the coverage study.

    python benchmarks/coverage_page.py [--check]

What stands between `<!-- table: NAME -->` and `<!-- end -->` is written anew; with --check, the
exit code says whether it would change.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import numpy as np
from coverage_hav import RESULTS as HAV
from coverage_held_out import HELD_OUT
from coverage_people import PEOPLE
from coverage_study import METHODS, RESULTS, read_rows

from bearwitness.estimation.checks.coverage import Coverage, added
from bearwitness.estimation.checks.populations import POPULATIONS, Population

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "coverage.md"
Found = dict[tuple[str, str], Coverage]
BOUNDS = ("chao", "sample-coverage")  # a lower bound by decision: a table of their own
NAMED = "heterogeneity-darroch"  # the curve named: its own row where the curve is right
ROBUST = ("doubly-robust", "many-lists-robust")
FEWEST = 20  # answers with a number: with fewer, a coverage is not shown


def found_rows() -> Found:
    batches: dict[tuple[str, str], list[Coverage]] = defaultdict(list)
    for row in read_rows(RESULTS):
        told = {f.name: _number(f.name, row[f.name]) for f in fields(Coverage)}
        batches[row["design"], row["method"]].append(Coverage(**told))
    return {key: added(parts) for key, parts in batches.items()}


def _number(name: str, text: str) -> float:
    return float(text) if name in ("ratio", "width") else int(text)


def designs_table(found: Found) -> list[str]:
    lines = ["| population | people | lists | observed | on several | what it is |"]
    lines += ["|---|---|---|---|---|---|"]
    for population in POPULATIONS.values():
        expected = population.expected
        several = np.bitwise_count(np.arange(len(expected))) > 1
        lines.append(
            f"| {population.name} | {population.people:,} | {len(population.lists)} | "
            f"{expected[1:].sum():,.0f} | {expected[several].sum():,.0f} | {_kind(population)}"
            f"{population.why} |"
        )
    return lines


def _kind(population: Population) -> str:
    if population.is_failure:
        return "**Failure.** "
    return "**Hidden.** " if population.is_hidden else ""


def holds_table(found: Found) -> list[str]:
    lines = ["| method | population | studies | holds the truth | estimate / truth | width / truth"
             " | no number |"]  # fmt: skip
    lines += ["|---|---|---|---|---|---|---|"]
    for method in METHODS:
        for design in _all_designs():
            if holds(method, design) and (design, method) in found:
                lines.append(_holds_row(method, design, found[design, method]))
    return lines


def holds(method: str, design: str) -> bool:
    if design in PEOPLE:
        return PEOPLE[design].holds
    return method.removesuffix("-darroch") in POPULATIONS[design].holds_for


def _all_designs() -> list[str]:
    return [*POPULATIONS, *PEOPLE]


def _holds_row(method: str, design: str, row: Coverage) -> str:
    start = f"| {method} | {design} | {row.studies} |"
    if row.estimates < FEWEST:
        return f"{start} - | - | - | {row.withheld:.0%} |"
    return f"{start} {_percent(row)} | {row.ratio:.2f} | {row.width:.2f} | {row.withheld:.0%} |"


def _percent(row: Coverage) -> str:
    return f"{row.share:.1%} ± {2 * row.error:.1%}"


def breaks_table(found: Found) -> list[str]:
    """Coverage, median of estimate / truth, and share of answers without a number, in each cell."""
    methods = [m for m in METHODS if m not in ("chapman", "compare", NAMED, *BOUNDS, *ROBUST)]
    lines = ["| population | " + " | ".join(methods) + " |", "|---" * (len(methods) + 1) + "|"]
    for name, population in POPULATIONS.items():
        cells = [_cell(found.get((name, method)), method, population) for method in methods]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _cell(row: Coverage | None, method: str, population: Population) -> str:
    if row is None:
        return ""
    if row.estimates < FEWEST:
        return f"no number {row.withheld:.0%}"
    text = f"{row.share:.0%}, {row.ratio:.2f}"
    if holds(method, population.name):
        text = f"**{text}**"
    return text + (f"; none {row.withheld:.0%}" if row.withheld >= 0.005 else "")


def verdicts_table(found: Found) -> list[str]:
    """How often each method, and the comparison of all, prints no estimate."""
    methods = [m for m in METHODS if any(key[1] == m for key in found)]
    methods = [m for m in methods if m not in ("chapman", "strata", NAMED, *BOUNDS, *ROBUST)]
    failures = [p.name for p in POPULATIONS.values() if p.is_failure]
    lines = ["| failure | " + " | ".join(methods) + " |", "|---" * (len(methods) + 1) + "|"]
    for name in failures:
        rows = [found.get((name, method)) for method in methods]
        cells = ["" if row is None else f"{row.withheld:.0%}" for row in rows]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    cells = [_withheld(found, failures, method) for method in methods]
    return [*lines, "| **all of them** | " + " | ".join(cells) + " |"]


def _withheld(found: Found, designs: list[str], method: str) -> str:
    rows = [found[name, method] for name in designs if (name, method) in found]
    return f"**{added(rows).withheld:.0%}**" if rows else ""


def compare_table(found: Found) -> list[str]:
    """What `compare` says of every population, those held out from the tuning of its rules too."""
    lines = ["| population | studies | *estimate* | *lower bound only* | *no estimate* | where "
             "*estimate*, the range of what fits holds the truth | bound not above the truth | "
             "commit |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, population in {**POPULATIONS, **HELD_OUT}.items():
        row = found.get((name, "compare"))
        if row:
            shares = [n / row.studies for n in (row.estimates, row.bounds, row.refusals)]
            held = f"{row.share:.0%}" if row.estimates >= FEWEST else "-"
            true = f"{row.bounds_true / row.bounds:.0%}" if row.bounds >= FEWEST else "-"
            told = " | ".join(f"{share:.0%}" for share in shares)
            start = f"| {name} {_kind(population).strip()} | {row.studies} | {told}"
            lines.append(f"{start} | {held} | {true} | {_commits(name, 'compare')} |")
    for what, designs in _kinds().items():
        rows = [found[name, "compare"] for name in designs if (name, "compare") in found]
        if rows:
            whole = added(rows)
            lines.append(
                f"| **{what}** | {whole.studies} | **{1 - whole.withheld:.0%}** | "
                f"{whole.bounds / whole.studies:.0%} | {whole.refusals / whole.studies:.0%} | | | |"
            )
    return lines


def _commits(design: str, method: str) -> str:
    rows = [r for r in read_rows(RESULTS) if (r["design"], r["method"]) == (design, method)]
    return ", ".join(dict.fromkeys(row["commit"] for row in rows))


def _kinds() -> dict[str, list[str]]:
    """Populations by what a careful tool should say of them."""
    kinds: dict[str, list[str]] = {}
    for known, word in ((POPULATIONS, ""), (HELD_OUT, ", held out")):
        values = known.values()
        kinds[f"all failures{word}"] = [p.name for p in values if p.is_failure]
        kinds[f"all where lists depend by pairs at most{word}"] = [
            p.name for p in values if set(p.holds_for) & {"independence", "stepwise"}
        ]
    return kinds


def bounds_table(found: Found) -> list[str]:
    lines = ["| population | " + " | ".join(BOUNDS) + " |", "|---|---|---|"]
    for name in POPULATIONS:
        cells = []
        for method in BOUNDS:
            row = found.get((name, method))
            few = row is None or row.bounds < FEWEST
            cells.append("" if few else f"{row.bounds_true / row.bounds:.0%} of {row.bounds}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def people_table(found: Found) -> list[str]:
    lines = ["| population | holds the truth | estimate / truth | width / truth | no number | what"
             " it is |", "|---|---|---|---|---|---|"]  # fmt: skip
    for name, population in PEOPLE.items():
        row = found.get((name, population.method))
        if row:
            lines.append(
                f"| {name} | {_percent(row)} | {row.ratio:.2f} | {row.width:.2f} | "
                f"{row.withheld:.0%} | {population.why} |"
            )
    return lines


def hav_table(found: Found) -> list[str]:
    lines = ["| method | verdict | estimate | from | to | because |", "|---|---|---|---|---|---|"]
    with HAV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = [f"{float(row[k]):,.0f}" if row[k] else "" for k in HAV_NUMBERS]
            lines.append(f"| {row['method']} | {row['verdict']} | {' | '.join(numbers)} | "
                         f"{row['reasons']} |")  # fmt: skip
    return lines


HAV_NUMBERS = ("estimate", "lower", "upper")
TABLES = {
    "designs": designs_table,
    "holds": holds_table,
    "breaks": breaks_table,
    "verdicts": verdicts_table,
    "compare": compare_table,
    "bounds": bounds_table,
    "people": people_table,
    "hav": hav_table,
}


def written(text: str) -> str:
    """The page with its tables made anew."""
    found = found_rows()

    def fill(match: re.Match[str]) -> str:
        lines = "\n".join(TABLES[match[1]](found))
        return f"<!-- table: {match[1]} -->\n\n{lines}\n\n<!-- end -->"

    return re.sub(r"<!-- table: (\w+) -->.*?<!-- end -->", fill, text, flags=re.DOTALL)


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    new = written(text)
    if "--check" in sys.argv:
        sys.exit(0 if new == text else "docs/explanation/coverage.md is out of step")
    PAGE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
