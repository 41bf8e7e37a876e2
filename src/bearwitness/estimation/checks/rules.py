"""The rules of the verdict, as data: what is looked at, the limit, what follows, and why.

They are rules of this house, not of any paper. They were tuned on populations that we made, with
seeds 1 to 100, and reported on others: docs/explanation/the-verdict.md, which prints this table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bearwitness.estimation.checks.consistency import CLOSE
from bearwitness.estimation.checks.evidence import Evidence, gives_bounds, is_answered
from bearwitness.estimation.checks.influence import Named, are_apart
from bearwitness.estimation.estimate import Estimate, Verdict

# What a rule looks at, against its limit: one sentence for each thing that it finds.
Look = Callable[[Evidence, float], list[str]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A limit, the verdict where it is passed, and the reason for both in words."""

    name: str
    limit: float
    gives: Verdict
    why: str
    look: Look


def families_that_fit(evidence: Evidence) -> list[Estimate]:
    """Answers with a number whose model the table does not contradict, nor what is stated."""
    doubted = set(contradicted(evidence)) | set(questioned(evidence))
    return [a for a in evidence.answers if is_answered(a) and a.method not in doubted]


def contradicted(evidence: Evidence) -> tuple[str, ...]:
    """Methods whose model does not fit the patterns observed."""
    return tuple(m for m, chance in evidence.misfits.items() if chance < UNLIKELIEST_FIT)


def questioned(evidence: Evidence) -> tuple[str, ...]:
    """Methods whose model lacks a pair between which people are stated to be referred."""
    pairs = {":".join(sorted(pair)) for pair in evidence.referrals}
    named = {"independence", "chapman", "lincoln-petersen", "stepwise", "bic", "aic", "loglinear"}
    if evidence.lists == 2:
        named.add("decomposable")  # but for the complete graph, which it leaves out
    return tuple(
        a.method
        for a in evidence.answers
        if is_answered(a) and a.method in named and not pairs <= set(a.model)
    )


def _enough(evidence: Evidence, limit: float) -> list[str]:
    # The exact number would not be safe to print.
    if evidence.overlap.on_several >= limit:
        return []
    return [
        f"fewer than {limit:g} people are on two lists or more, and they alone carry the answer"
    ]


def _alone(evidence: Evidence, limit: float) -> list[str]:
    overlap = evidence.overlap
    if not overlap.observed:
        return ["nobody was observed"]
    if evidence.lists < 2:
        return ["there is one list only"]
    return [] if overlap.on_several else ["nobody is on two lists"]


def _groups(evidence: Evidence, limit: float) -> list[str]:
    groups = [part for part in evidence.overlap.parts if len(part) > 1]
    if len(groups) <= limit:
        return []
    named = "; ".join(", ".join(group) for group in groups)
    return [
        f"the lists fall into {len(groups)} groups that share nobody ({named}): they look at "
        "different people, and one total for all is not theirs to give"
    ]


def _copies(evidence: Evidence, limit: float) -> list[str]:
    found = [f"lists {a} and {b} hold the same people" for a, b in evidence.overlap.identical]
    found += [
        f"next to everybody on list {inner} is on list {outer} too, as if it had been made from it"
        for inner, outer in evidence.overlap.inside
    ]
    return found if len(found) > limit else []


def _open(evidence: Evidence, limit: float) -> list[str]:
    if not evidence.order.is_open:
        return []
    named = ", ".join(evidence.order.order)
    return [
        f"lists that are neighbours in the order {named} share more people than distant ones: "
        "people came and went, and there is no one population to count"
    ]


def _families(evidence: Evidence, limit: float) -> list[str]:
    fitting = families_that_fit(evidence)
    all_near = not _far_apart([a for a in evidence.answers if is_answered(a)], 1 + CLOSE)
    if len(fitting) >= limit or (fitting and all_near):
        return []
    named = ", ".join(a.method for a in fitting) or "none"
    return [
        f"of {len(evidence.answers)} methods too few give a number by a model that the table does "
        f"not contradict: {named}"
    ]


def _refusals(evidence: Evidence, limit: float) -> list[str]:
    able = [a for a in evidence.answers if not gives_bounds(a.method)]
    lost = [a.method for a in able if not is_answered(a)]
    if not able or len(lost) < limit * len(able):
        return []
    return [
        f"{len(lost)} of {len(able)} methods that can give an estimate give none: {', '.join(lost)}"
    ]


def _ratio(evidence: Evidence, limit: float) -> list[str]:
    fitting = families_that_fit(evidence)
    least, most = extremes(fitting)
    if least is None or most is None or not _far_apart(fitting, limit):
        return []
    return [
        f"methods that fit the table equally well give from {_total(least):,.0f} ({least.method}) "
        f"to {_total(most):,.0f} ({most.method})"
    ]


def _common(evidence: Evidence, limit: float) -> list[str]:
    fitting = families_that_fit(evidence)
    if common_range(fitting) is not None or not _far_apart(fitting, limit):
        return []
    return ["the intervals of methods that fit the table have no number in common"]


def _known(evidence: Evidence, limit: float) -> list[str]:
    found = []
    for consistency in evidence.known[:1]:
        tried = consistency.tried
        right = sum(known.is_right is True for known in consistency.known)
        few = tried == 2 and not right  # of two lists, one may be missed by chance
        if few or (tried >= 3 and right <= limit * tried):
            wrong = [k.name for k in consistency.known if k.is_right is False]
            found.append(
                f"when the people on one list are taken as a truth that is known, the others get "
                f"the number right for {right} lists of {tried} (wrong for {', '.join(wrong)})"
            )
    return found


def _lost(evidence: Evidence, limit: float) -> list[str]:
    if len(evidence.without) < 3 or evidence.whole is None:
        return []
    lost = [name for name, answer in evidence.without if answer.estimate is None]
    if len(lost) < limit * len(evidence.without):
        return []
    return [f"without {_or(lost)} there is no estimate: the others overlap too little, or too much"]


def _apart(evidence: Evidence, limit: float) -> list[str]:
    if len(evidence.without) < 3 or evidence.whole is None:
        return []
    whole = evidence.whole
    off = [(n, a) for n, a in evidence.without if are_apart(whole, a)]
    far = [(n, a) for n, a in off if abs(_total(a) / _total(whole) - 1) > limit]
    return [_apart_told(whole, entry) for entry in far]


def _swing(evidence: Evidence, limit: float) -> list[str]:
    held = [(_total(a), n) for n, a in evidence.without if a.estimate is not None]
    if len(evidence.without) < 3 or len(held) < 2:
        return []
    (least, lowest), (most, highest) = min(held), max(held)
    if most <= limit * least:
        return []
    return [
        f"leaving one list out moves the estimate from {least:,.0f} (without {lowest}) to "
        f"{most:,.0f} (without {highest})"
    ]


UNLIKELIEST_FIT = 1e-3  # chance of a misfit as bad: below it the table contradicts the model

_LOWER, _NONE = Verdict.LOWER_BOUND_ONLY, Verdict.NO_ESTIMATE

RULES: tuple[Rule, ...] = (
    Rule(
        name="nothing to compare",
        limit=0,
        gives=_NONE,
        why="Only people on two lists or more tell how many are on none.",
        look=_alone,
    ),
    Rule(
        name="groups of lists",
        limit=1,
        gives=_NONE,
        why="Lists that share nobody look at different people; even a lower bound for all of them "
        "together would assume that they do not avoid each other.",
        look=_groups,
    ),
    Rule(
        name="people who come and go",
        limit=0,
        gives=_NONE,
        why="A total needs a population that stays the same; without one it counts nothing.",
        look=_open,
    ),
    Rule(
        name="people who carry the answer",
        limit=30,
        gives=_LOWER,
        why="With 30 people on two lists or more, chance alone makes the unseen uncertain by a "
        "fifth, before any doubt about the model; fewer cannot show which model is right.",
        look=_enough,
    ),
    Rule(
        name="copied lists",
        limit=0,
        gives=_LOWER,
        why="A list made from another says nothing about whom both missed.",
        look=_copies,
    ),
    Rule(
        name="methods without an answer",
        limit=0.5,
        gives=_LOWER,
        why="Each method refuses by rules of its own; where half of them do, the table is the "
        "reason.",
        look=_refusals,
    ),
    Rule(
        name="methods that fit",
        limit=2,
        gives=_LOWER,
        why="One method alone cannot be checked against another, unless those that do not fit say "
        "the same to within a tenth.",
        look=_families,
    ),
    Rule(
        name="ratio of estimates",
        limit=1.5,
        gives=_LOWER,
        why="Where methods that fit equally well differ by half, the choice of method is the "
        "answer.",
        look=_ratio,
    ),
    Rule(
        name="intervals in common",
        limit=1.1,
        gives=_LOWER,
        why="Where estimates differ by more than a tenth and the intervals do not touch, not both "
        "can be right, and nothing says which is.",
        look=_common,
    ),
    Rule(
        name="known lists",
        limit=0.5,
        gives=_LOWER,
        why="A method that misses half of the sizes that are known, by more than a tenth, has no "
        "claim to the one that is not (Binette & Steorts 2022). This is how people who differ give "
        "themselves away.",
        look=_known,
    ),
    Rule(
        name="lists that cannot be spared",
        limit=0.5,
        gives=_LOWER,
        why="An estimate that most lists can undo by being absent is an estimate of no more than "
        "how those lists overlap.",
        look=_lost,
    ),
    Rule(
        name="lists that decide",
        limit=0.1,
        gives=_LOWER,
        why="With and without the list the intervals do not touch, and the estimates differ by "
        "more than a tenth: the list is the answer.",
        look=_apart,
    ),
    Rule(
        name="swing over lists",
        limit=2.5,
        gives=_LOWER,
        why="Where leaving out one list or another makes the estimate several times as large, "
        "which lists were collected decides it.",
        look=_swing,
    ),
)


def extremes(answers: Sequence[Estimate]) -> tuple[Estimate | None, Estimate | None]:
    """The answers with the smallest and the largest estimate."""
    held = [a for a in answers if a.estimate is not None]
    if not held:
        return None, None
    return min(held, key=_total), max(held, key=_total)


def common_range(answers: Sequence[Estimate]) -> tuple[float, float] | None:
    """What all the intervals hold, in people; None where they have nothing in common."""
    ends = [(a.lower, a.upper) for a in answers if a.lower is not None and a.upper is not None]
    if not ends:
        return None
    lower, upper = max(float(low or 0) for low, _ in ends), min(float(up or 0) for _, up in ends)
    return (lower, upper) if lower <= upper else None


def _far_apart(answers: Sequence[Estimate], limit: float) -> bool:
    """Whether the largest estimate is more than `limit` times the smallest."""
    least, most = extremes(answers)
    return least is not None and most is not None and _total(most) > limit * _total(least)


def _total(answer: Estimate) -> float:
    return float(answer.estimate or 0.0)


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _apart_told(whole: Estimate, entry: Named) -> str:
    name, answer = entry
    return (
        f"without list {name} the estimate is {answer.estimate:,.0f} ({answer.lower:,.0f} to "
        f"{answer.upper:,.0f}), with it {whole.estimate:,.0f} ({whole.lower:,.0f} to "
        f"{whole.upper:,.0f}): the intervals do not touch"
    )
