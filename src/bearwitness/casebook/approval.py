"""How a release is approved: prepared by one, checked by a second, published by a third.

The moves are data. The database holds the same table (`records.release_guards`), so that nobody
goes past it with another program.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bearwitness.casebook.rights import Reader, Right, check_may
from bearwitness.errors import BearwitnessError, NotPermitted


class Standing(StrEnum):
    """Where a release stands."""

    PREPARED = "prepared"
    CHECKED = "checked"
    PUBLISHED = "published"
    SENT_BACK = "sent-back"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """In which part somebody moves it."""

    PREPARER = "whoever prepared it"
    SECOND = "somebody who did not prepare it"
    THIRD = "somebody who neither prepared nor checked it"
    ANYBODY = "anybody with the right"


@dataclass(frozen=True, kw_only=True)
class Made:
    """Who had a hand in it so far."""

    prepared_by: str
    checked_by: str = ""

    def allows(self, name: str, part: Part) -> bool:
        return {
            Part.PREPARER: name == self.prepared_by,
            Part.SECOND: name != self.prepared_by,
            Part.THIRD: name not in (self.prepared_by, self.checked_by),
            Part.ANYBODY: True,
        }[part]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A change of standing: its name, who may do it, and what it needs beside the right."""

    name: str
    right: Right
    part: Part
    needs_reason: bool = False
    needs_looks: bool = False  # every part of LOOKS was ticked
    needs_fresh: bool = True  # not if the study was run anew since it was prepared


PREPARE = Move(name="prepare", right=Right.ANALYSE, part=Part.ANYBODY)
# All moves that there are, from and to. What was sent back or withdrawn stays so: a new one is
# prepared in its place.
MOVES: Mapping[tuple[Standing, Standing], Move] = {
    (Standing.PREPARED, Standing.CHECKED): Move(
        name="check", right=Right.CHECK, part=Part.SECOND, needs_looks=True
    ),
    (Standing.PREPARED, Standing.SENT_BACK): Move(
        name="send back", right=Right.CHECK, part=Part.SECOND, needs_reason=True, needs_fresh=False
    ),
    (Standing.PREPARED, Standing.WITHDRAWN): Move(
        name="take back", right=Right.ANALYSE, part=Part.PREPARER, needs_fresh=False
    ),
    (Standing.CHECKED, Standing.PUBLISHED): Move(
        name="publish", right=Right.PUBLISH, part=Part.THIRD
    ),
    (Standing.CHECKED, Standing.SENT_BACK): Move(
        name="send back", right=Right.PUBLISH, part=Part.THIRD, needs_reason=True, needs_fresh=False
    ),
    (Standing.PUBLISHED, Standing.WITHDRAWN): Move(
        name="withdraw", right=Right.PUBLISH, part=Part.ANYBODY, needs_reason=True,
        needs_fresh=False,
    ),
}  # fmt: skip

# What a checker says that they looked at. Each is ticked by itself, and kept with the release.
LOOKS: Mapping[str, str] = {
    "figures": "every figure that is new or has another value, and why",
    "tables": "every cell that changed",
    "base": "who joined and who left the base, and who withdrew consent",
    "settings": "changed settings, methods and versions: each is meant",
    "attack": "the result of the attack",
    "verdicts": "no sentence says more than its verdict allows",
    "report": "the whole report, in every language that is printed",
}


def check_may_move(  # noqa: PLR0913 - a move has all of these
    reader: Reader,
    made: Made,
    *,
    standing: Standing,
    to: Standing,
    reason: str = "",
    looked: Collection[str] = (),
    is_stale: bool = False,
) -> Move:
    """The move, if this reader may make it. Raises NotPermitted, which says what is missing."""
    move = MOVES.get((standing, to))
    if move is None:
        raise NotPermitted(
            f"a release that is {standing.value!r} cannot become {to.value!r}",
            hint="Somebody else may have moved it meanwhile: look at it again.",
        )
    check_may(reader, move.right)
    if not made.allows(reader.name, move.part):
        raise NotPermitted(
            f"only {move.part.value} can {move.name}",
            hint="What one person prepares, a second one checks and a third one publishes.",
        )
    if move.needs_fresh and is_stale:
        raise NotPermitted(
            "the study was run anew since this release was prepared",
            hint="Prepare it again: what is checked and published is what the study says now.",
        )
    if move.needs_reason and not reason.strip():
        raise NotPermitted("this needs a reason", hint="Say what should be changed.")
    if move.needs_looks and (left := [name for name in LOOKS if name not in looked]):
        raise NotPermitted(
            f"not everything was looked at: {len(left)} of {len(LOOKS)} are left",
            hint="Look at each, and tick it. What you ticked is kept with your name.",
        )
    return move


def moves(
    reader: Reader, made: Made, *, standing: Standing, is_stale: bool = False
) -> dict[Standing, Move]:
    """What this reader can do with it now, by the standing that it would have then."""
    found = {}
    for origin, to in MOVES:
        try:
            if origin == standing:
                found[to] = check_may_move(
                    reader, made, standing=standing, to=to, reason="any", looked=LOOKS,
                    is_stale=is_stale,
                )  # fmt: skip
        except BearwitnessError:
            continue
    return found
