"""How an interview, with the acts coded from it, is reviewed. The moves are data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bearwitness.casebook.rights import Reader, Right, check_may
from bearwitness.errors import BearwitnessError, NotPermitted


class State(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    REVIEWED = "reviewed"
    SENT_BACK = "sent-back"


class Who(StrEnum):
    """In which part somebody moves it. Authors are who wrote it down and who coded its acts."""

    AUTHOR = "an author"
    ANOTHER = "somebody who is no author"


@dataclass(frozen=True, kw_only=True)
class Move:
    """A change of state: what it is called, who may do it, whether it needs a word of reason."""

    name: str
    right: Right
    who: Who
    needs_reason: bool = False


# All moves that there are, from and to. A state that leads nowhere from here stays.
TRANSITIONS: Mapping[tuple[State, State], Move] = {
    (State.DRAFT, State.READY): Move(name="hand in", right=Right.CODE, who=Who.AUTHOR),
    (State.SENT_BACK, State.READY): Move(name="hand in", right=Right.CODE, who=Who.AUTHOR),
    (State.READY, State.DRAFT): Move(name="take back", right=Right.CODE, who=Who.AUTHOR),
    (State.READY, State.REVIEWED): Move(name="approve", right=Right.REVIEW, who=Who.ANOTHER),
    (State.READY, State.SENT_BACK): Move(
        name="send back", right=Right.REVIEW, who=Who.ANOTHER, needs_reason=True
    ),
    (State.REVIEWED, State.SENT_BACK): Move(
        name="reopen", right=Right.REVIEW, who=Who.ANOTHER, needs_reason=True
    ),
}
# While it is being read, or has been, nothing in it changes under the reviewer's eyes.
EDITABLE = frozenset({State.DRAFT, State.SENT_BACK})


def check_may_move(
    reader: Reader, authors: Collection[str], *, state: State, to: State, reason: str = ""
) -> Move:
    """The move, if this reader may make it. Raises NotPermitted, which says what is missing."""
    move = TRANSITIONS.get((state, to))
    if move is None:
        raise NotPermitted(
            f"what is {state.value!r} cannot become {to.value!r}",
            hint="Somebody else may have moved it meanwhile: look at it again.",
        )
    check_may(reader, move.right)
    is_author = reader.name in authors
    if is_author != (move.who is Who.AUTHOR):
        raise NotPermitted(
            f"only {move.who.value} can {move.name}",
            hint="What one person writes, another one reviews.",
        )
    if move.needs_reason and not reason.strip():
        raise NotPermitted("this needs a reason", hint="Say what should be changed.")
    return move


def moves(reader: Reader, authors: Collection[str], *, state: State) -> dict[State, Move]:
    """What this reader can do with it now, by the state that it would have then."""
    found = {}
    for origin, to in TRANSITIONS:
        try:
            if origin == state:
                found[to] = check_may_move(reader, authors, state=state, to=to, reason="any")
        except BearwitnessError:
            continue
    return found


def check_may_edit(state: State) -> None:
    """Raise NotPermitted for what was handed in or reviewed."""
    if state not in EDITABLE:
        raise NotPermitted(
            f"nothing changes in what is {state.value!r}",
            hint="Take it back, or ask a reviewer to send it back.",
        )
