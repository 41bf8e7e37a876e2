from __future__ import annotations

from datetime import date

from bearwitness.casebook import Use, When, check_may_use
from bearwitness.casebook.rights import Reader, Right, check_may_change
from bearwitness.records.access import action
from bearwitness.records.audit import audited
from bearwitness.records.granting import uses_granted
from bearwitness.records.models import Interview, Person, Source


@action(Right.RECORD)
def add_interview(  # noqa: PLR0913 - one argument a column
    reader: Reader,
    person: Person,
    *,
    held_on: str,
    interviewer: str,
    language: str,
    text: str,
    place: str = "",
) -> Interview:
    """Write an interview down. Raises ConsentMissing without the person's yes to being recorded."""
    check_may_change(reader, person.team_id)
    When.read(held_on)
    with audited(reader) as write:
        check_may_use(uses_granted(person, on=date.today()), Use.RECORD)
        source = Source(
            team_id=person.team_id,
            is_open=person.is_open,
            kind=Source.Kind.INTERVIEW,
            title=f"Interview with {person.code_name}",
            received_at=date.today(),
        )
        facts = {"held_on": held_on, "interviewer": interviewer, "language": language}
        facts |= {"text": text, "place": place}
        write.add("add_source", source)
        return write.add("add_interview", Interview(source=source, person=person, **facts))


@action(Right.WORDS)
def read_interview(reader: Reader, interview: Interview) -> str:
    """The words of an interview. They can name people: reading them is audited."""
    with audited(reader) as write:
        write.note("read_interview", interview, {})
    return interview.text
