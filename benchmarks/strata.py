"""Do strata cover and add up? `python benchmarks/strata.py [studies]`: rows of docs/.../strata.md.

Eight strata of 600 to 10 people, three lists. In each study every stratum's log odds of being on a
list are moved alike, by an amount drawn anew or given.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bearwitness.estimation import Decomposable, Independence, fit_strata

SIZES = (600, 400, 300, 80, 40, 25, 15, 10)
THIN = 3  # strata from here on
ON = np.array([0.3, 0.25, 0.2])
Shifts = Callable[[np.random.Generator], Any]


@dataclass(frozen=True)
class Case:
    name: str
    shifts: Shifts
    estimator: Any
    pool: bool = True


CASES = (
    Case("alike", lambda _: np.zeros(8), Independence()),
    Case("sd 0.3", lambda random: 0.3 * random.standard_normal(8), Independence()),
    Case("sd 0.7", lambda random: 0.7 * random.standard_normal(8), Independence()),
    Case("sd 0.7, alone", lambda random: 0.7 * random.standard_normal(8), Independence(), False),
    Case("thin harder by 1", lambda _: np.repeat([0.0, -1.0], [3, 5]), Independence()),
    Case("sd 0.3, graphs", lambda random: 0.3 * random.standard_normal(8), Decomposable()),
    Case("sd 0.7, graphs", lambda random: 0.7 * random.standard_normal(8), Decomposable()),
)


def draw(random: np.random.Generator, shifts: Any) -> list[dict[str, Any]]:
    rows = []
    for number, (size, shift) in enumerate(zip(SIZES, shifts, strict=True)):
        chance = 1 / (1 + np.exp(-(np.log(ON / (1 - ON)) + shift)))
        on = random.random((size, 3)) < chance
        counts = Counter("+".join("abc"[i] for i in np.flatnonzero(row)) for row in on)
        counts.pop("", None)
        rows += [{"stratum": str(number), "pattern": p, "count": n} for p, n in counts.items()]
    return rows


def holds(answer: Any, truth: float) -> bool:
    return answer.lower <= truth <= answer.upper


def study(case: Case, studies: int) -> dict[str, float]:
    thin, thick, total, whole, warned = [], [], [], [], []
    for number in range(studies):
        random = np.random.default_rng([number, 11])
        rows = draw(random, case.shifts(random))
        answer = fit_strata(case.estimator, rows, pool=case.pool, seed=number)
        for part in answer.parts:
            if part.estimate is not None:
                which = int(part.stratum)
                (thin if which >= THIN else thick).append(holds(part, SIZES[which]))
        if answer.total.estimate is not None:
            total.append(holds(answer.total, sum(SIZES)))
        if answer.whole.estimate is not None:
            whole.append(holds(answer.whole, sum(SIZES)))
        warned.append(answer.details["agreement"].get("agree") is False)
    return {
        "thin": float(np.mean(thin)),
        "thin answered": len(thin) / (studies * (len(SIZES) - THIN)),
        "thick": float(np.mean(thick)),
        "sum": float(np.mean(total)) if total else float("nan"),
        "sum answered": len(total) / studies,
        "whole": float(np.mean(whole)),
        "warned": float(np.mean(warned)),
    }


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for case in CASES:
        told = study(case, studies)
        print(f"| {case.name} | " + " | ".join(f"{value:.0%}" for value in told.values()) + " |")


if __name__ == "__main__":
    main()
