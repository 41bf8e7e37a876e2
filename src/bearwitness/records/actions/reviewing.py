from __future__ import annotations

from datetime import UTC, datetime

from bearwitness.casebook.review import State, check_may_move
from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import NotPermitted
from bearwitness.records.access import action, check_may_write
from bearwitness.records.audit import Writing, audited
from bearwitness.records.models import Comment, Interview
from bearwitness.records.queries.reviewing import authors, reviewers


@action(Right.SEE)
def move_interview(
    reader: Reader, interview: Interview, *, to: State, reason: str = "", reviewer: str = ""
) -> Interview:
    """Move an interview to another state. `reviewer` is whom it waits for, where it is handed in.

    The state is read under lock: of two people who move at once, the second is refused.
    """
    check_may_write(reader, interview.person)
    with audited(reader, why=reason) as write:
        stored = Interview.objects.select_for_update().get(pk=interview.pk)
        state = State(stored.state)
        move = check_may_move(reader, authors(reader, interview), state=state, to=to, reason=reason)
        if reviewer:
            _check_may_review(reader, interview, reviewer)
        values = {"state": to.value}
        if to is State.READY:
            values["assigned_to"] = reviewer or stored.assigned_to
        write.change(move.name.replace(" ", "_"), interview, values)
        if reason.strip():
            _comment(write, interview, reason)
    return interview


@action(Right.CODE)
def assign_interview(reader: Reader, interview: Interview, *, reviewer: str) -> Interview:
    """Say whom it waits for; nobody in particular where `reviewer` is empty."""
    check_may_write(reader, interview.person)
    if reviewer:
        _check_may_review(reader, interview, reviewer)
    with audited(reader) as write:
        write.change("assign", interview, {"assigned_to": reviewer})
    return interview


@action(Right.WORDS)
def add_comment(reader: Reader, interview: Interview, text: str) -> Comment:
    check_may_write(reader, interview.person)
    if not text.strip():
        raise NotPermitted("the comment is empty", hint="Write something, or leave it.")
    with audited(reader) as write:
        return _comment(write, interview, text)


def _comment(write: Writing, interview: Interview, text: str) -> Comment:
    facts = {"by": write.by, "at": datetime.now(UTC), "text": text.strip()}
    return write.add("add_comment", Comment(interview=interview, **facts))


def _check_may_review(reader: Reader, interview: Interview, name: str) -> None:
    if not reviewers(reader, interview).filter(username=name).exists():
        raise NotPermitted(
            "this account cannot review this interview",
            hint="A reviewer is in the team, has the right, and wrote nothing of it.",
        )
