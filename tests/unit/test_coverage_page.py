"""The page on coverage says what the rows of the study say."""

import csv
import re
import subprocess
import sys
from pathlib import Path

from bearwitness.estimation.checks.populations import POPULATIONS

ROOT = Path(__file__).parents[2]
ROWS = ROOT / "benchmarks" / "results" / "coverage.csv"
PAGE = (ROOT / "docs" / "explanation" / "coverage.md").read_text(encoding="utf-8")


def rows():
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_are_in_step_with_the_rows():
    program = ROOT / "benchmarks" / "coverage_page.py"
    done = subprocess.run([sys.executable, program, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_row_of_the_page_is_the_sum_of_its_batches():
    """Counted here without the code that wrote the page."""
    parts = [r for r in rows() if (r["method"], r["design"]) == ("decomposable", "pairs")]
    covered = sum(int(r["covered"]) for r in parts)
    answered = sum(int(r["estimates"]) for r in parts)
    line = re.search(r"\| decomposable \| pairs \| (\d+) \| ([\d.]+)%", PAGE)
    assert int(line[1]) == 25 * len(parts)
    assert float(line[2]) == round(100 * covered / answered, 1)


def test_no_batch_was_counted_twice_and_each_adds_up():
    found = rows()
    keys = [(r["design"], r["method"], r["first"]) for r in found]
    assert len(set(keys)) == len(keys)
    for r in found:
        assert int(r["estimates"]) + int(r["bounds"]) + int(r["refusals"]) == 25
        assert int(r["covered"]) + int(r["below"]) + int(r["above"]) == int(r["estimates"])


def test_every_population_stands_on_the_page():
    for population in POPULATIONS.values():
        assert f"| {population.name} | {population.people:,} |" in PAGE
        assert population.why in PAGE
