"""All suitable families on one page, whether they agree, and what may be said: never an average."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from bearwitness.estimation.checks.evidence import (
    REPLICATES,
    Evidence,
    Tell,
    gather,
    is_answered,
    suitable,
)
from bearwitness.estimation.checks.influence import told
from bearwitness.estimation.checks.overlap import read_referrals
from bearwitness.estimation.checks.rules import (
    common_range,
    contradicted,
    extremes,
    families_that_fit,
    questioned,
)
from bearwitness.estimation.checks.verdict import Judgement, judge
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.histories import Histories, read_histories
from bearwitness.estimation.page import section, sentences, table
from bearwitness.estimation.pictures.forest import Line, draw_forest
from bearwitness.estimation.pictures.picture import Picture
from bearwitness.tables import ESTIMATES, check

FEW_REPLICATES = (
    f"intervals that rest on a bootstrap have {REPLICATES} replicates here and are percentile "
    "intervals, and chains stop at 1,000 draws; before an estimate is printed, fit its method alone"
)
SAME_ASSUMPTION = (
    "with two lists every method assumes that they are independent, and nothing can test it"
)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What every family says of one table, and what may be said of the table.

    `answers` in the order of the families; `bound` is Chao's lower bound; `verdict` with its
    `reasons`; `warnings` are what to ask the makers of the lists about; `agreement` is a sentence
    with the numbers. `lower` is what can be stated where the verdict is *lower bound only*.
    """

    answers: tuple[Estimate, ...]
    bound: Estimate
    verdict: Verdict
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    agreement: str
    judgement: Judgement
    evidence: Evidence
    replicates: int = REPLICATES

    @property
    def observed(self) -> int:
        return self.bound.observed

    @property
    def lower(self) -> float | None:
        """People there are at least; None for *no estimate*.

        The lower confidence limit of Chao's bound, or the lowest lower end of the methods that
        fit, if that is lower: where lists avoid each other Chao's bound is too high. The people
        observed where no bound can be had.
        """
        if self.verdict is Verdict.NO_ESTIMATE:
            return None
        ends = [a.lower for a in (self.bound, *families_that_fit(self.evidence))]
        return max(min(float(end or 0.0) for end in ends), float(self.observed))

    @property
    def contradicted(self) -> tuple[str, ...]:
        """Methods whose model the table contradicts; they have no part in the agreement."""
        return contradicted(self.evidence)

    def summary(self) -> str:
        """One page in words: the verdict, why, the agreement, each method, what to ask."""
        lines = [self._headline(), *(f"Because: {reason}." for reason in self.reasons)]
        lines += [self.agreement, ""]
        lines += [f"{answer.method}: {told(answer)}{self._mark(answer)}" for answer in self.answers]
        lines += [f"lower bound (chao): {_bound_told(self.bound)}", ""]
        lines += [f"Ask: {warning}." for warning in self.warnings]
        return "\n".join(lines).rstrip()

    def plot(self) -> Picture:
        """A line a method, the lower bound last; a method whose model does not fit says so."""
        lines = [self._line(answer) for answer in self.answers]
        lines.append(self.bound.as_line("lower bound (chao)"))
        said = f"Verdict: {self.verdict}."
        return draw_forest(lines, observed=self.observed, about=said, kind="comparison", title=said)

    def to_html(self) -> str:
        """The same page as HTML that needs nothing from outside: verdict first, then why."""
        rows = [
            (
                a.method,
                str(a.verdict),
                *(None if n is None else round(n) for n in (a.estimate, a.lower, a.upper)),
                self._mark(a).strip(),
            )
            for a in (*self.answers, self.bound)
        ]
        header = ("method", "verdict", "people in all", "from", "to", "note")
        parts = [
            sentences("Because", self.reasons),
            sentences("Agreement", [self.agreement]),
            sentences("Ask", self.warnings),
            self.plot().to_html(),
            table("Every method", header=header, rows=rows),
        ]
        return section(self._headline(), parts=parts)

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "verdict": str(self.verdict),
            "reasons": list(self.reasons),
            "rules": [finding.rule.name for finding in self.judgement.findings],
            "lower": self.lower,
            "observed": self.observed,
            "agreement": self.agreement,
            "warnings": list(self.warnings),
            "contradicted": list(self.contradicted),
            "replicates": self.replicates,
            "answers": [answer.to_dict() for answer in self.answers],
            "bound": self.bound.to_dict(),
            "known_lists": [known.to_dict() for known in self.evidence.known],
            "overlap": self.evidence.overlap.to_dict(),
            "without": {name: answer.to_dict() for name, answer in self.evidence.without},
        }

    def to_table(self) -> pa.Table:
        """ESTIMATES with one row for each method, the bound last."""
        rows = [a.to_table().to_pylist()[0] for a in (*self.answers, self.bound)]
        return check(rows, ESTIMATES)

    def _headline(self) -> str:
        seen = f"{self.observed:,} people were observed"
        if self.verdict is Verdict.ESTIMATE:
            return f"Verdict: an estimate can be given; {seen}."
        if self.verdict is Verdict.LOWER_BOUND_ONLY:
            return f"Verdict: a lower bound only, at least {self.lower:,.0f} people; {seen}."
        return f"Verdict: no estimate; {seen}."

    def _line(self, answer: Estimate) -> Line:
        if answer.method in self.contradicted:
            return replace(answer.as_line(f"{answer.method} (does not fit)"), weak=True)
        if answer.method in questioned(self.evidence):
            return replace(answer.as_line(f"{answer.method} (lacks a referral)"), weak=True)
        return answer.as_line(answer.method)

    def _mark(self, answer: Estimate) -> str:
        if answer.method in self.contradicted:
            return " The table contradicts its model."
        if answer.method in questioned(self.evidence):
            return " Its model lacks a referral that is stated."
        return ""


def compare(  # noqa: PLR0913 - what to fit, and what the user knows of the lists
    histories: Any,
    *,
    methods: Sequence[str] | None = None,
    referrals: Iterable[Sequence[str]] = (),
    order: Sequence[str] = (),
    level: float = 0.95,
    seed: int = 1,
    tell: Tell | None = None,
) -> Comparison:
    """Fit all suitable families to HISTORIES of one stratum, and judge the table.

    `referrals` are pairs of lists (from whom, to whom) between which people are known to be
    passed on; `order` the lists from the earliest to the latest, where they follow each other in
    time. Neither is guessed. Raises StudyInvalid for an unknown method or list.
    """
    seen = read_histories(histories)
    stated = read_referrals(referrals, seen.lists)
    evidence = gather(
        seen,
        methods=suitable(seen) if methods is None else tuple(methods),
        referrals=stated,
        order=tuple(order),
        settings={"level": level, "seed": seed, "replicates": REPLICATES},
        tell=tell,
    )
    return weigh(seen, evidence)


def weigh(seen: Histories, evidence: Evidence) -> Comparison:
    """The comparison that the evidence amounts to."""
    judgement = judge(evidence)
    return Comparison(
        answers=evidence.answers,
        bound=evidence.bound,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        warnings=_warnings(seen, evidence),
        agreement=agreement_of(evidence),
        judgement=judgement,
        evidence=evidence,
    )


def agreement_of(evidence: Evidence) -> str:
    """Whether the methods that fit agree, in a sentence with the numbers."""
    fitting = families_that_fit(evidence)
    least, most = extremes(fitting)
    left = len([a for a in evidence.answers if is_answered(a)]) - len(fitting)
    aside = (
        f" {left} more {'has' if left == 1 else 'have'} a model that does not fit." if left else ""
    )
    if least is None or most is None:
        return f"No method gives a number by a model that fits the table.{aside}"
    if len(fitting) == 1:
        return (
            f"One method alone gives a number by a model that fits: {least.method}, "
            f"{told(least)}{aside}"
        )
    times = float(most.estimate or 0) / float(least.estimate or 1)
    spread = (
        f"{len(fitting)} methods that fit the table give from {least.estimate:,.0f} "
        f"({least.method}) to {most.estimate:,.0f} ({most.method}), {times:.2f} times as many"
    )
    shared = common_range(fitting)
    if shared is None:
        return f"No agreement: {spread}; their intervals have no number in common.{aside}"
    return f"{spread}; all their intervals hold {shared[0]:,.0f} to {shared[1]:,.0f}.{aside}"


def _warnings(seen: Histories, evidence: Evidence) -> tuple[str, ...]:
    told_of = list(evidence.overlap.warnings)
    if evidence.lists == 2:
        told_of.append(SAME_ASSUMPTION)
    told_of += _about_referrals(evidence)
    if evidence.order.is_open is None and evidence.lists > 2:
        told_of.append(
            "were the lists made at different times? These lists cannot show by themselves "
            "whether people came and went"
        )
    told_of.append(FEW_REPLICATES)
    return tuple(dict.fromkeys(told_of))


def _about_referrals(evidence: Evidence) -> list[str]:
    if not evidence.referrals:
        return []
    passed = ", ".join(f"from {giver} to {taker}" for giver, taker in evidence.referrals)
    told_of = [f"people are stated to be passed on {passed}"]
    if evidence.lists == 2:
        told_of.append("of two lists between which people are passed on nothing can be estimated")
    doubted = questioned(evidence)
    if doubted:
        told_of.append(
            f"the models of {', '.join(doubted)} leave out a referral that is stated, and have no "
            "part in the agreement"
        )
    return told_of


def _bound_told(bound: Estimate) -> str:
    numbers = bound.details.get("bound")
    if not numbers:
        return f"{bound.verdict}: {'; '.join(bound.reasons)}"
    return f"at least {numbers['lower']:,.0f} (the bound itself: {numbers['estimate']:,.0f})"
