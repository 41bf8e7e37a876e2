"""A doubly robust answer with what it hangs on: other odds ratios, other pairs of lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bearwitness.estimation.covariates.doubly_robust import DoublyRobust, every_pair
from bearwitness.estimation.covariates.many_lists import ManyListsRobust, vary_odds_ratio
from bearwitness.estimation.estimate import Estimate
from bearwitness.estimation.pictures.forest import draw_forest
from bearwitness.estimation.pictures.picture import Picture


@dataclass(frozen=True, kw_only=True)
class RobustAnswer:
    """`curve` is the answer by odds ratio (many lists), `pairs` by A:B (two of several lists)."""

    answer: Estimate
    curve: tuple[tuple[float, Estimate], ...] = ()
    pairs: Mapping[str, Estimate] = field(default_factory=dict)

    @property
    def estimate(self) -> float | None:
        return self.answer.estimate

    def summary(self) -> str:
        """The answer in plain words, then the sensitivity analysis."""
        lines = [self.answer.summary()]
        if self.curve:
            lines.append("If the odds ratio that is assumed to be 1 were another:")
            lines += [f"  {ratio:g}: {_told(answer)}" for ratio, answer in self.curve]
        if self.pairs:
            lines.append("By pair of lists; pairs that differ much cannot all be right:")
            lines += [f"  {name}: {_told(answer)}" for name, answer in self.pairs.items()]
        return "\n".join(lines)

    def plot(self) -> Picture:
        """A forest plot of the answer, and of those by odds ratio or by pair."""
        lines = [self.answer.as_line(self.answer.method, strong=True)]
        lines += [answer.as_line(f"odds ratio {ratio:g}") for ratio, answer in self.curve]
        lines += [answer.as_line(name) for name, answer in self.pairs.items()]
        about = "People in all, and how the answer moves with its assumption."
        return draw_forest(lines, observed=self.answer.observed, about=about)

    def to_html(self) -> str:
        """The answer as HTML that needs nothing from outside, with the picture below."""
        return self.answer.to_html() + self.plot().to_html()

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: those of the answer, with `curve` and `pairs` beside them."""
        plain = self.answer.to_dict()
        plain["curve"] = [{"odds_ratio": r, **answer.to_dict()} for r, answer in self.curve]
        plain["pairs"] = {name: answer.to_dict() for name, answer in self.pairs.items()}
        return plain


def answer_people(estimator: DoublyRobust | ManyListsRobust, people: Any) -> RobustAnswer:
    """Fit, and fit again for what the answer hangs on. Raises what `read_people` raises."""
    answer = estimator.fit(people)
    if isinstance(estimator, ManyListsRobust):
        return RobustAnswer(answer=answer, curve=tuple(vary_odds_ratio(estimator, people)))
    pairs = every_pair(estimator, people) if estimator.others else {}
    return RobustAnswer(answer=answer, pairs=pairs)


def _told(answer: Estimate) -> str:
    if answer.estimate is None:
        return f"{answer.verdict}; {'; '.join(answer.reasons)}"
    return f"{answer.estimate:,.0f} ({answer.lower:,.0f} to {answer.upper:,.0f})"
