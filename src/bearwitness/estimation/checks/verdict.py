"""What may be said of a table: an estimate, a lower bound only, or no estimate, with reasons."""

from __future__ import annotations

from dataclasses import dataclass

from bearwitness.estimation.checks.evidence import Evidence
from bearwitness.estimation.checks.rules import RULES, Rule
from bearwitness.estimation.estimate import Verdict

_ORDER = (Verdict.ESTIMATE, Verdict.LOWER_BOUND_ONLY, Verdict.NO_ESTIMATE)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule that was broken, and what broke it in this table, in words."""

    rule: Rule
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict and every rule that was broken, in the order of RULES."""

    verdict: Verdict
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """What broke the rules, the gravest first."""
        grave = [f for f in self.findings if f.rule.gives is self.verdict]
        rest = [f for f in self.findings if f.rule.gives is not self.verdict]
        return tuple(sentence for finding in (*grave, *rest) for sentence in finding.sentences)


def judge(evidence: Evidence) -> Judgement:
    """Hold the evidence against every one of RULES: the gravest that is broken decides.

    Without a broken rule the verdict is *estimate*. That is no proof: people whom no list could
    have found leave no trace in any table.
    """
    findings = []
    for rule in RULES:
        sentences = tuple(rule.look(evidence, rule.limit))
        if sentences:
            findings.append(Finding(rule=rule, sentences=sentences))
    gravest = max((_ORDER.index(finding.rule.gives) for finding in findings), default=0)
    return Judgement(verdict=_ORDER[gravest], findings=tuple(findings))
