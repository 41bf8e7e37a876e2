"""The steps from a printed figure back to the words, and the right that each one needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bearwitness.casebook.rights import Reader, Right, may


class Step(StrEnum):
    """Where somebody stands on the way back from a figure."""

    FIGURE = "figure"
    TABLE = "table"
    RUN = "run"
    ROWS = "frozen rows"
    PERSON = "person"
    TOLD = "interviews and acts"
    WORDS = "words"


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What a step needs, and what it shows. From the first that shows records on, teams count."""

    right: Right
    shows: str
    of_team: bool = False


# The whole way, in its order. Each step also needs the right of the first one.
STEPS: dict[Step, Needed] = {
    Step.FIGURE: Needed(right=Right.STUDIES, shows="the figure as it is printed, and its method"),
    Step.TABLE: Needed(right=Right.STUDIES, shows="the published table, cells withheld in it"),
    Step.RUN: Needed(right=Right.STUDIES, shows="inputs, settings, seed, version, digests"),
    Step.ROWS: Needed(
        right=Right.ANALYSE, shows="which frozen rows were counted: code names, files and rows"
    ),
    Step.PERSON: Needed(
        right=Right.SEE, shows="the person and their records, while consent is in force",
        of_team=True,
    ),
    Step.TOLD: Needed(
        right=Right.SEE, shows="their interviews and acts, without words", of_team=True
    ),
    Step.WORDS: Needed(
        right=Right.WORDS, shows="the spans of text that an act rests on; audited", of_team=True
    ),
}  # fmt: skip


def next_step(step: Step) -> Step | None:
    """The step after this one; None after the last."""
    order = list(STEPS)
    after = order.index(step) + 1
    return order[after] if after < len(order) else None


def furthest(reader: Reader) -> Step | None:
    """How far a reader's rights lead, teams aside. None: not even to the figure."""
    reached = None
    for step, needed in STEPS.items():
        if not (may(reader, Right.STUDIES) and may(reader, needed.right)):
            break
        reached = step
    return reached
