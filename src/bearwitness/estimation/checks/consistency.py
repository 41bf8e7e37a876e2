"""Each list in turn taken as a population of known size, which the other lists must estimate.

Binette & Steorts (2022, arXiv 2112.01594), internal consistency: the people on a list are known to
the last one, and the other lists hold some of them. An estimator that misses the sizes which are
known has no claim to the one which is not. The reverse does not hold: people on a list differ less
from each other than people at large, so that right answers here prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from bearwitness.estimation.estimate import Estimate, Estimator
from bearwitness.estimation.histories import Histories, read_histories

CLOSE = 0.1  # a rule of this house: an estimate so near the truth is right, whatever its interval


@dataclass(frozen=True, kw_only=True)
class KnownList:
    """One list as a known truth: `people` on it, and what the other lists say they are.

    `covers` and `error` (the estimate over the truth, less one) are None where the others give no
    estimate; `reason` then says why.
    """

    name: str
    people: int
    answer: Estimate

    @property
    def covers(self) -> bool | None:
        lower, upper = self.answer.lower, self.answer.upper
        if self.answer.estimate is None or lower is None or upper is None:
            return None
        # Limits are not whole people; the truth is.
        return bool(lower <= self.people + 0.5 and self.people - 0.5 <= upper)

    @property
    def error(self) -> float | None:
        if self.answer.estimate is None or not self.people:
            return None
        return self.answer.estimate / self.people - 1

    @property
    def is_right(self) -> bool | None:
        """The interval holds the truth, or the estimate lies within a tenth of it."""
        if self.covers is None or self.error is None:
            return None
        return self.covers or abs(self.error) <= CLOSE

    @property
    def reason(self) -> str:
        return "; ".join(self.answer.reasons)


@dataclass(frozen=True, kw_only=True)
class Consistency:
    """Every list as a known truth, in text order; `method` is the one that was tried."""

    method: str
    level: float
    known: tuple[KnownList, ...]

    @property
    def tried(self) -> int:
        """Lists whose size the others could estimate at all."""
        return sum(known.covers is not None for known in self.known)

    @property
    def covered(self) -> int:
        return sum(known.covers is True for known in self.known)

    @property
    def share(self) -> float | None:
        """Of the lists tried, those whose size lies within the interval; None if none was."""
        return self.covered / self.tried if self.tried else None

    def summary(self) -> str:
        """A sentence for people, then one for each list."""
        if not self.tried:
            head = "No list could be taken as a known truth: the others overlap too little on it."
        else:
            head = (
                f"Of {self.tried} lists whose size is known, the other lists give an interval that "
                f"holds it for {self.covered}, by the same method ({self.method}) that says how "
                "many people are on no list."
            )
        return "\n".join([head, *(_sentence(known) for known in self.known)])

    def to_dict(self) -> dict[str, Any]:
        lists = [
            {**row, "estimate": known.answer.estimate, "reason": known.reason}
            for row, known in zip(self.to_table().to_pylist(), self.known, strict=True)
        ]
        return {
            "method": self.method,
            "level": self.level,
            "tried": self.tried,
            "covered": self.covered,
            "lists": lists,
        }

    def to_table(self) -> pa.Table:
        """One row a list: list, people, estimate, lower, upper, covers, error."""
        names = ("list", "people", "estimate", "lower", "upper", "covers", "error")
        rows = []
        for known in self.known:
            answer = known.answer
            held = answer.estimate is not None
            ends = (answer.lower, answer.upper) if held else (None, None)
            values = (known.name, known.people, answer.estimate, *ends, known.covers, known.error)
            rows.append(dict(zip(names, values, strict=True)))
        kinds = (pa.string(), pa.int64(), *[pa.float64()] * 3, pa.bool_(), pa.float64())
        schema = pa.schema(list(zip(names, kinds, strict=True)))
        return pa.Table.from_pylist(rows, schema=schema)


def internal_consistency(estimator: Estimator, histories: Any) -> Consistency:
    """Take each list in turn as a known population and estimate its size from the others.

    People on the list whom no other list holds play the part of the unseen. Interactions of a
    given model go with their list. `histories` is HISTORIES of one stratum.
    """
    seen = read_histories(histories)
    known = []
    for name in sorted(seen.lists):
        shrink = getattr(estimator, "without", None)
        smaller = shrink(name) if shrink else estimator
        answer = smaller.fit(people_on(seen, name))
        people = int(seen.people[seen.holds(name)].sum())
        known.append(KnownList(name=name, people=people, answer=answer))
    answers = [entry.answer for entry in known]
    return Consistency(
        method=answers[0].method if answers else "",
        level=answers[0].level if answers else 0.95,
        known=tuple(known),
    )


def people_on(seen: Histories, name: str) -> Histories:
    """The people on one list, by which of the other lists hold them."""
    on = seen.holds(name)
    return replace(seen, patterns=seen.patterns[on], people=seen.people[on]).without(name)


def _sentence(known: KnownList) -> str:
    answer = known.answer
    if answer.estimate is None:
        return f"{known.name}: {known.people:,} people; the others give none: {known.reason}."
    ends = f"{answer.lower:,.0f} to {answer.upper:,.0f}"
    told = f"the others say {answer.estimate:,.0f} ({ends})"
    missed = "" if known.covers else f": wrong by {abs(known.error or 0.0):.0%}"
    return f"{known.name}: {known.people:,} people; {told}{missed}."
