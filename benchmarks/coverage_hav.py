"""Every method on hepatitis A in a college in Taiwan, later screened in full: about 545 people.

    python benchmarks/coverage_hav.py

The truth is as Chao et al. (2001) tell it, from memory. Writes benchmarks/results/hav.csv.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

from bearwitness.estimation import METHODS, make_estimator
from bearwitness.estimation.checks.compare import compare

ROOT = Path(__file__).parents[1]
VECTORS = ROOT / "tests" / "vectors" / "capture_histories.toml"
RESULTS = Path(__file__).parent / "results" / "hav.csv"
COLUMNS = ("method", "verdict", "estimate", "lower", "upper", "reasons")
LEFT_OUT = ("lincoln-petersen", "chapman", "loglinear")  # two lists, or a model that is given


def main() -> None:
    counts = tomllib.loads(VECTORS.read_text(encoding="utf-8"))["HAV"]["counts"]
    table = {"pattern": list(counts), "count": list(counts.values())}
    rows = []
    for name in METHODS:
        if name not in LEFT_OUT:
            answer = make_estimator(name).fit(table)
            told = [answer.estimate, answer.lower, answer.upper]
            numbers = ["" if number is None else f"{number:.1f}" for number in told]
            rows.append([name, str(answer.verdict), *numbers, "; ".join(answer.reasons)])
    judged = compare(table)
    bound = "" if judged.lower is None else f"{judged.lower:.1f}"
    rows.append(["compare", str(judged.verdict), "", bound, "", "; ".join(judged.reasons)])
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
