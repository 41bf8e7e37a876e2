"""Many linkages in, one answer out: the doubt about who is who goes into the interval.

Sadinle (2018): each draw of the linkage is estimated from by itself, and the answers are pooled;
that equals the joint Bayesian answer where the prior on the linkage does not depend on the total.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.estimation.design import Reals
from bearwitness.estimation.draws import DRAWS, draws_of, from_draws
from bearwitness.estimation.estimate import Estimate, Estimator, Verdict
from bearwitness.estimation.histories import values_of, without_draws
from bearwitness.estimation.verdicts import refuse
from bearwitness.tables import HISTORIES, check, digest

Tell = Callable[[str], None]

# Rules of this house: a linkage that allows no estimate is part of the answer, not left out of it.
MOST_WITHOUT = 0.1
LARGE_SHARE = 0.5


def split_draws(histories: Any) -> list[tuple[int, pa.Table]]:
    """One table for each draw of the linkage, each as if it were the only one, by number."""
    table = check(histories, HISTORIES)
    return [(draw, without_draws(table, draw)) for draw in values_of(table, "draw")]


def average_linkages(
    estimator: Estimator, histories: Any, *, seed: int = 1, tell: Tell | None = None
) -> Estimate:
    """Fit every draw of the linkage and pool the answers with equal weight.

    `histories` is HISTORIES with a `draw` column. Draw 0, the best single linkage, is left out
    where there are others: it is no random draw. `details["variance"]` splits the variance of the
    total, in people squared: `within_linkage` (of which `within_between_models` is doubt about the
    model, where the method averages over models or chooses one anew in each replicate; other
    methods cannot say, and it is absent), `between_linkages` (of which `monte_carlo` is what more
    draws of the linkage would take away), and `total`.
    """
    tables = split_draws(histories)
    if len(tables) < 2:  # none where nobody was observed
        return estimator.fit(tables[0][1] if tables else histories)
    tables = [entry for entry in tables if entry[0] > 0]
    answers = []
    for number, (_, table) in enumerate(tables, start=1):
        if tell:
            tell(f"linkage {number} of {len(tables)}")
        answers.append(estimator.fit(table))
    answered = [a for a in answers if a.verdict is Verdict.ESTIMATE]
    draft = _draft(answers, histories)
    if not answered or len(answered) < (1 - MOST_WITHOUT) * len(answers):
        missing = len(answers) - len(answered)
        reasons = dict.fromkeys(reason for a in answers for reason in a.reasons)
        why = f"{missing} of {len(answers)} linkages allow no estimate"
        return refuse(replace(draft, reasons=()), why, *reasons)
    return _pool(draft, answered, seed)


def _draft(answers: list[Estimate], histories: Any) -> Estimate:
    first = next((a for a in answers if a.verdict is Verdict.ESTIMATE), answers[0])
    observed = round(float(np.mean([a.observed for a in answers])))
    models = {a.model for a in answers}
    return replace(
        first,
        observed=observed,
        model=first.model if len(models) == 1 else (),
        input_digest=digest(check(histories, HISTORIES), HISTORIES),
        assumption=f"{first.assumption} The linkage's own probabilities are right.",
        settings=dict(first.settings) | {"linkages": len(answers)},
    )


def _pool(draft: Estimate, answers: list[Estimate], seed: int) -> Estimate:
    each = max(DRAWS // len(answers), 200)
    drawn = np.stack([draws_of(a, count=each, seed=seed + i) for i, a in enumerate(answers)])
    variance = split_variance(drawn)
    shares = [a.details["share_between_models"] for a in answers
              if "share_between_models" in a.details]  # fmt: skip
    if len(shares) == len(answers):
        within = drawn.var(axis=1, ddof=1)
        variance["within_between_models"] = float((within * np.array(shares)).mean())
    caveats = dict.fromkeys(c for a in answers for c in a.caveats)
    if variance["between_linkages"] > LARGE_SHARE * variance["total"]:
        caveats["most of the doubt is about who is who: judging pairs by hand would narrow it"] = (
            None
        )
    details = {
        "variance": variance,
        "linkages": len(answers),
        "estimates": [float(a.estimate) for a in answers if a.estimate is not None],
    }
    return from_draws(draft, drawn.ravel(), caveats=tuple(caveats), details=details)


def split_variance(drawn: Reals) -> dict[str, float]:
    """The variance of the total from draws (linkages by draws), by where it comes from.

    The law of total variance over linkages; the variance of the means holds a part that is there
    only because each mean is of finitely many draws, and it is taken off. `monte_carlo` is what is
    left of the between-linkage part for having so few of them: between / linkages.
    """
    linkages, each = drawn.shape
    within = float(drawn.var(axis=1, ddof=1).mean())
    between = max(float(drawn.mean(axis=1).var(ddof=1)) - within / each, 0.0)
    return {
        "within_linkage": within,
        "between_linkages": between,
        "monte_carlo": between / linkages + within / drawn.size,
        "total": within + between,
    }
