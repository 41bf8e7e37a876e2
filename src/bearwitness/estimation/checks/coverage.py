"""How often a method's interval holds a truth that we know, and how often it says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from math import isnan, nan, sqrt
from typing import Any

import numpy as np

from bearwitness.estimation.estimate import Estimate, Verdict


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Answers of one method to tables drawn from one population.

    `estimates`, `bounds` and `refusals` count the verdicts. Of the answers with a number, `covered`
    hold the truth, `below` end under it and `above` begin over it. `bounds_true` are lower bounds
    not above the truth. `ratio` is the median of estimate / truth and `width` that of the
    interval's width / truth; both are nan where there is no number at all.
    """

    estimates: int
    bounds: int
    refusals: int
    covered: int
    below: int
    above: int
    bounds_true: int
    ratio: float
    width: float

    @property
    def studies(self) -> int:
        return self.estimates + self.bounds + self.refusals

    @property
    def share(self) -> float:
        """Share of the answers with a number whose interval holds the truth; nan for none."""
        return self.covered / self.estimates if self.estimates else nan

    @property
    def error(self) -> float:
        """Monte Carlo standard error of `share`, by Agresti & Coull (1998): never zero."""
        if not self.estimates:
            return nan
        count = self.estimates + 4
        share = (self.covered + 2) / count
        return sqrt(share * (1 - share) / count)

    @property
    def withheld(self) -> float:
        """Share of studies with a verdict other than *estimate*."""
        return (self.bounds + self.refusals) / self.studies

    def to_dict(self) -> dict[str, Any]:
        """Plain values; None for what no answer had."""
        return {
            key: None if isinstance(value, float) and isnan(value) else value
            for key, value in asdict(self).items()
        }


def tally(answers: Iterable[Estimate], truth: float) -> Coverage:
    """Count the answers against the truth."""
    told = list(answers)
    numbers = [a for a in told if a.verdict is Verdict.ESTIMATE]
    bounds = [a for a in told if a.verdict is Verdict.LOWER_BOUND_ONLY]
    lower = np.array([a.lower for a in numbers], dtype=float)
    middle = np.array([a.estimate for a in numbers], dtype=float)
    upper = np.array([a.upper for a in numbers], dtype=float)
    return Coverage(
        estimates=len(numbers),
        bounds=len(bounds),
        refusals=len(told) - len(numbers) - len(bounds),
        covered=int(((lower <= truth) & (truth <= upper)).sum()),
        below=int((upper < truth).sum()),
        above=int((lower > truth).sum()),
        bounds_true=sum(1 for a in bounds if a.lower is not None and a.lower <= truth),
        ratio=float(np.median(middle)) / truth if numbers else nan,
        width=float(np.median(upper - lower)) / truth if numbers else nan,
    )


def added(parts: Iterable[Coverage]) -> Coverage:
    """Batches of one method and population together.

    Counts are summed; `ratio` and `width` are means of the batches' medians, weighted by their
    answers with a number.
    """
    batches = list(parts)
    summed: dict[str, Any] = {
        field.name: sum(getattr(batch, field.name) for batch in batches)
        for field in fields(Coverage)
        if field.name not in ("ratio", "width")
    }
    told = [batch for batch in batches if batch.estimates]
    for name in ("ratio", "width"):
        total = sum(getattr(batch, name) * batch.estimates for batch in told)
        summed[name] = total / summed["estimates"] if told else nan
    return Coverage(**summed)
