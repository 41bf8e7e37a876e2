"""What is said of strata: the parts, their sum, the whole, and what to be warned of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.page import section, sentences
from bearwitness.estimation.page import table as page_table
from bearwitness.estimation.pictures.forest import draw_forest
from bearwitness.estimation.pictures.picture import Picture
from bearwitness.tables import ESTIMATES, check


@dataclass(frozen=True, kw_only=True)
class StrataAnswer:
    """What one method says of every stratum, of their sum, and of all people taken as one.

    `parts` are in text order of the strata, `margins` sums over a part of crossed labels (f/*).
    `total` is the sum of the parts, draw by draw; `whole` is the answer without strata. `carried`
    are strata that alone allow no estimate and have theirs from the others. `recommended` is
    "total", "whole" or "neither", and `why` says why.
    """

    parts: tuple[Estimate, ...]
    total: Estimate
    whole: Estimate
    margins: tuple[Estimate, ...] = ()
    carried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    recommended: str = "whole"
    why: str = "there are no strata to add up"
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def estimate(self) -> float | None:
        """The number that is recommended; None where it is neither."""
        told = {"total": self.total, "whole": self.whole}.get(self.recommended)
        return told.estimate if told else None

    def summary(self) -> str:
        """A line a stratum, the sum, the whole, then everything that must not be left out."""
        rows = [(part.stratum, part) for part in (*self.parts, *self.margins)]
        rows += [("sum of strata", self.total), ("without strata", self.whole)]
        width = max(len(name) for name, _ in rows)
        lines = [f"{name:<{width}}  {self._line(e)}" for name, e in rows]
        lines += [f"Warning: {warning}." for warning in self.warnings]
        lines += [
            f"To print: {self.recommended}, because {self.why}.",
            f"Assumes: {self.total.assumption}",
            f"Method: {self.whole.method}. Table: sha256 {self.total.input_digest[:16]}.",
        ]
        return "\n".join(lines)

    def plot(self) -> Picture:
        """A forest plot: a line a stratum, then the sum, which is drawn heavier, and the whole."""
        lines = [e.as_line(e.stratum) for e in (*self.parts, *self.margins)]
        lines += [self.total.as_line("sum of strata", strong=True)]
        lines += [self.whole.as_line("without strata")]
        about = f"People in all by stratum, by {self.whole.method}."
        return draw_forest(lines, observed=self.whole.observed, about=about)

    def to_html(self) -> str:
        """The answer as HTML that needs nothing from outside; warnings come first."""
        told = [(e.stratum, e) for e in (*self.parts, *self.margins)]
        told += [("sum of strata", self.total), ("without strata", self.whole)]
        rows = [
            [name, e.observed, *(None if x is None else round(x) for x in (e.estimate, e.lower,
             e.upper)), "carried by the others" if name in self.carried else str(e.verdict)]
            for name, e in told
        ]  # fmt: skip
        header = ["stratum", "observed", "estimate", "from", "to", "verdict"]
        parts = [
            sentences("Warnings", self.warnings),
            sentences("To print", [f"{self.recommended}, because {self.why}"]),
            sentences("Assumes", [self.total.assumption]),
            page_table("People in all, by stratum", header=header, rows=rows),
            self.plot().to_html(),
        ]
        return section(f"{self.whole.method}, by stratum", parts=parts)

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_table(self) -> pa.Table:
        """ESTIMATES: the parts, the margins, the sum and the whole."""
        told = (*self.parts, *self.margins, self.total, self.whole)
        rows = {(e.stratum, e.method): e.to_table().to_pylist()[0] for e in told}
        return check(list(rows.values()), ESTIMATES)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; without the draws."""
        told = {name: list(getattr(self, name)) for name in ("carried", "warnings")}
        told |= {name: [e.to_dict() for e in getattr(self, name)] for name in ("parts", "margins")}
        told |= {name: getattr(self, name).to_dict() for name in ("total", "whole")}
        return told | {
            "recommended": self.recommended,
            "why": self.why,
            "details": dict(self.details),
        }

    def _line(self, answer: Estimate) -> str:
        seen = f"{answer.observed:,} observed"
        mark = "; carried by the other strata" if answer.stratum in self.carried else ""
        if answer.estimate is not None:
            return (
                f"{answer.estimate:,.0f} ({answer.level:.0%} interval {answer.lower:,.0f} to "
                f"{answer.upper:,.0f}); {seen}{mark}"
            )
        if answer.verdict is Verdict.LOWER_BOUND_ONLY:
            return f"at least {answer.lower:,.0f}; {seen}; {'; '.join(answer.reasons)}"
        return f"no estimate; {seen}; {'; '.join(answer.reasons)}"
