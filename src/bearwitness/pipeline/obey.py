"""The report obeys the verdict: which figures it may state, which as a lower bound, which not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import floor, log10

from bearwitness.estimation import Comparison, Estimate, Verdict, sensitivity_curve
from bearwitness.estimation.checks.assumption import can_be_varied
from bearwitness.pipeline.analyse import Answers
from bearwitness.pipeline.study import Study
from bearwitness.release import SafeHistories, Table, round_count, round_estimate

_NO_PEOPLE = 20  # a smaller number in a sentence counts lists or methods
_WHOLE = re.compile(
    r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\d.]*\d)|(?<![\w.,])\d+(?!\.?\d|\w|,\d|\s?%)"
)
_DIGITS = 2  # of a lower bound: it is rounded down, so that it stays one


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a figure may state. `value` is None where there is a lower bound only, or nothing."""

    value: float | None
    lower: float | None
    upper: float | None
    why: str = ""


def state(
    study: Study, answers: Answers, estimate: Estimate, *, observed_shown: bool = True
) -> Stated:
    """The estimate as the verdict on its table lets it be stated.

    A study that prints against the verdict says so in study.toml, with a reason that is printed.
    Where the people observed are withheld (`observed_shown`), so is a bound that is their number.
    """
    value, lower, upper = rounded(estimate, least=study.rules.rounding)
    if estimate.estimate is None or study.print_against_verdict:
        return Stated(value=value, lower=lower, upper=upper)
    found = answers.comparison
    least = found.lower if observed_shown or found.lower != found.observed else None
    if found.verdict is not Verdict.ESTIMATE:
        return _below(least, f"{found.verdict}: {'; '.join(found.reasons)}")
    if estimate.method in found.contradicted:
        why = f"lower bound only: the table contradicts the model of {estimate.method}"
        return _below(least, why)
    return Stated(value=value, lower=lower, upper=upper)


def what_may_be_said(study: Study, found: Comparison) -> tuple[str, ...]:
    """The verdict, its reasons, whether methods agree, what to ask: each a sentence."""
    first = {
        Verdict.ESTIMATE: "Verdict: an estimate can be given.",
        Verdict.LOWER_BOUND_ONLY: "Verdict: a lower bound only.",
        Verdict.NO_ESTIMATE: "Verdict: no estimate.",
    }[found.verdict]
    told = [first, *(f"Because {reason}." for reason in found.reasons), found.agreement]
    if study.print_against_verdict and found.verdict is not Verdict.ESTIMATE:
        reason = study.print_against_verdict.rstrip(".")
        told.append(f"This report prints its estimate against the verdict. Its reason: {reason}.")
    told += [f"Ask: {warning}." for warning in found.warnings]
    return tuple(coarser(sentence, least=study.rules.rounding) for sentence in told)


def coarser(sentence: str, *, least: int) -> str:
    """The sentence with its numbers of people rounded: three exact ones give away a fourth."""
    if least <= 1:
        return sentence

    def fill(found: re.Match[str]) -> str:
        number = int(found[0].replace(",", ""))
        return found[0] if number < _NO_PEOPLE else f"{round_count(number, least):,}"

    return _WHOLE.sub(fill, sentence)


def if_wrong(estimate: Estimate, *, least: int = 1) -> tuple[str, ...]:
    """What the total would be if the assumption that nobody can test were wrong by half or twice.

    Empty where the estimate does not tell what it would be under another odds ratio.
    """
    if estimate.estimate is None or not can_be_varied(estimate):
        return ()
    return (coarser(sensitivity_curve(None, estimate).summary(), least=least),)


def comparison_table(found: Comparison, *, least: int = 1) -> Table:
    """Every family with its answer, and how it stands to the table."""
    rows = []
    for answer in (*found.answers, found.bound):
        value, lower, upper = rounded(answer, least=least)
        if answer.estimate is None:
            bound = answer.details.get("bound")
            lower = _round_down(float(bound["lower"])) if bound else None
        standing = str(answer.verdict)
        if answer.method in found.contradicted:
            standing = "the table contradicts its model"
        rows.append((answer.method, show(value), show(lower), show(upper), standing))
    return Table(
        caption="All families of methods on this table, to be read together",
        header=("method", "estimate", "from", "to", "standing"),
        rows=rows,
    )


def rounded(
    estimate: Estimate, *, least: int = 1
) -> tuple[float | None, float | None, float | None]:
    """Value and interval, rounded together in keeping with the interval's width.

    `least` is what counts are rounded to, or more: a narrow interval would else end at the exact
    number of people observed, and two such numbers tell of a small group by their difference.
    """
    ends = (estimate.lower, estimate.upper)
    parts = (estimate.estimate, *ends)
    found = [None if p is None else round_estimate(p, *ends) for p in parts]
    value, lower, upper = (
        None if p is None else float(round_count(round(p), least)) if least > 1 else p
        for p in found
    )
    return value, lower, upper


def rounded_bound(estimate: Estimate, safe: SafeHistories) -> Estimate:
    """A lower bound can be the count of people observed: it is rounded, or withheld, as that is."""
    if estimate.estimate is not None or estimate.lower is None:
        return estimate
    if safe.observed is None:
        return replace(estimate, lower=None)
    return replace(estimate, lower=float(round_count(int(estimate.lower), safe.rules.rounding)))


def bound_without(estimate: Estimate, safe: SafeHistories) -> Estimate:
    """The estimate without a list, as it may be drawn.

    Its bound can be the number of people on the other lists. Beside the total that would tell how
    many the left out list alone knows, so it is withheld unless nothing is.
    """
    if estimate.estimate is not None or estimate.lower is None or safe.rules.is_waived:
        return estimate
    if int(estimate.lower) == estimate.observed:
        return replace(estimate, lower=None)
    return rounded_bound(estimate, safe)


def show(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"


def _below(bound: float | None, why: str) -> Stated:
    return Stated(value=None, lower=_round_down(bound), upper=None, why=why)


def _round_down(bound: float | None) -> float | None:
    if bound is None or bound < 1:
        return None
    step = 10.0 ** max(floor(log10(bound)) - _DIGITS + 1, 0)
    return float(floor(bound / step) * step)
