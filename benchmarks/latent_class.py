"""Latent classes beside LCMCR: quantiles in standard errors, and effective draws a second.

    python benchmarks/latent_class.py            # the tables where the reference converges
    python benchmarks/latent_class.py Kosovo     # one of them
    python benchmarks/latent_class.py --speed    # effective draws a second of processor time

The reference's rows are four chains pooled (../shared/data/capture-histories). The error of its
quantile is taken from its effective size and our posterior density; ours from our own chains.
"""

from __future__ import annotations

import csv
import re
import sys
import time
from pathlib import Path

import numpy as np

from bearwitness.estimation import Histories, LatentClass, histories_from_wide, read_histories
from bearwitness.estimation.latent.classes import unseen_given
from bearwitness.estimation.latent.convergence import bulk_size, quantile_error
from bearwitness.estimation.latent.likelihood import Prior
from bearwitness.estimation.latent.sampler import Sampler

SHARED = Path(__file__).parents[2] / "shared" / "data" / "capture-histories"
LIKE_THEIRS = (1.0, 1.0)  # not our default: decision 13
SPEED = ("Korea", "Kosovo", "HIV", "Diabetes", "UKdat_5")


def table(name: str) -> Histories:
    with (SHARED / f"{name}.csv").open(encoding="utf-8") as stream:
        wide = list(csv.DictReader(stream))
    return read_histories(histories_from_wide({k: [row[k] for row in wide] for k in wide[0]}))


def references() -> dict[str, dict[str, float]]:
    """Median, limits, effective size, R-hat and effective draws a second of the pooled runs."""
    with (SHARED / "reference-results.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["package"] == "LCMCR"]
    found = {}
    for row in rows:
        told = row["settings"]
        if "pooled" not in told:
            continue
        numbers = {name: float(row[name]) for name in ("estimate", "lo", "hi")}
        numbers["size"] = float(re.search(r"ESS=([\d.]+)", told)[1])
        numbers["rhat"] = float(re.search(r"split-Rhat=([\d.]+)", told)[1])
        numbers["rate"] = float(re.search(r"ESS/s=([\d.]+)", told)[1])
        found[row["dataset"]] = numbers
    return found


def standard_errors(draws: np.ndarray, theirs: dict[str, float]) -> list[float]:
    """(ours - theirs) / standard error of the difference: median, lower and upper limit."""
    found = []
    for name, at in (("estimate", 0.5), ("lo", 0.025), ("hi", 0.975)):
        ours = float(np.quantile(draws, at))
        # Of their quantile: its probability is off by sqrt(p (1 - p) / size), by our density.
        off = np.sqrt(at * (1 - at) / theirs["size"])
        ends = np.quantile(draws, np.clip([at - off, at + off], 0, 1))
        error = np.hypot(quantile_error(draws, at), (ends[1] - ends[0]) / 2)
        found.append((ours - theirs[name]) / max(error, 0.5))
    return found


def compare(name: str, theirs: dict[str, float]) -> str:
    start = time.process_time()
    answer = LatentClass(capture=LIKE_THEIRS).fit(table(name))
    spent = time.process_time() - start
    known = answer.details
    head = f"{theirs['estimate']:,.0f} [{theirs['lo']:,.0f} to {theirs['hi']:,.0f}]"
    if answer.draws is None:
        return f"| {name} | {head} | {answer.verdict} | {answer.reasons[0]} | {spent:.1f} |"
    apart = ", ".join(f"{x:+.1f}" for x in standard_errors(answer.draws, theirs))
    ours = f"{answer.estimate:,.0f} [{answer.lower:,.0f} to {answer.upper:,.0f}]"
    gate = f"{known['rhat']:.3f}, {known['ess_bulk']:.0f}, {known['ess_tail']:.0f}"
    return f"| {name} | {head} {theirs['rhat']:.3f} | {ours} | {apart} | {gate} | {spent:.1f} |"


def speed(name: str, theirs: dict[str, float], *, chains: int = 16, draws: int = 800) -> str:
    seen = table(name).reordered()
    random = np.random.default_rng(1)
    sampler = Sampler(seen, Prior(capture=LIKE_THEIRS), chains=chains, random=random)
    start = time.process_time()
    sampler.warm(100)
    warmed = time.process_time()
    totals = unseen_given(sampler.run(draws).seen, seen.observed, random)
    spent = time.process_time() - warmed
    rate = bulk_size(totals) / spent
    return (
        f"| {name} | {rate:,.0f} | {theirs['rate']:,.0f} | {rate / theirs['rate']:.1f} "
        f"| {warmed - start:.2f} |"
    )


def main(asked: list[str]) -> None:
    known = references()
    if "--speed" in asked:
        print(
            "| table | draws a second | reference | ratio | warming up, s |\n|---|---|---|---|---|"
        )
        for name in SPEED:
            print(speed(name, known[name]), flush=True)
        return
    print("| table | reference, R-hat | ours | standard errors | R-hat, bulk, tail | s |")
    print("|---|---|---|---|---|---|")
    for name in asked or [name for name in known if (SHARED / f"{name}.csv").is_file()]:
        print(compare(name, known[name]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
