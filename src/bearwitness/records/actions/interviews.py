from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bearwitness.casebook import Name, Use, When, check_may_use
from bearwitness.casebook.review import State, check_may_edit
from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import RecordsError
from bearwitness.records.access import action, check_may_write
from bearwitness.records.actions.consents import give_consent
from bearwitness.records.actions.people import add_person
from bearwitness.records.anchoring import anchor_evidence
from bearwitness.records.audit import audited, check_is_as_seen
from bearwitness.records.granting import uses_granted
from bearwitness.records.models import Interview, Person, Source

_FIELDS = ("held_on", "place", "interviewer", "interpreter", "language", "text")


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
    interpreter: str = "",
    recording: str = "",
) -> Interview:
    """Write an interview down. `recording` says where its recording is kept, if not sealed here.
    Raises ConsentMissing without the person's yes to being recorded."""
    check_may_write(reader, person)
    When.read(held_on)
    with audited(reader) as write:
        check_may_use(uses_granted(person, on=date.today()), Use.RECORD)
        source = Source(
            team_id=person.team_id,
            is_open=person.is_open,
            kind=Source.Kind.INTERVIEW,
            title=f"Interview with {person.code_name}",
            received_at=date.today(),
            kept_where=recording,
        )
        facts = {"held_on": held_on, "interviewer": interviewer, "language": language}
        facts |= {"text": text, "place": place, "interpreter": interpreter}
        write.add("add_source", source)
        interview = Interview(source=source, person=person, author=reader.name, **facts)
        return write.add("add_interview", interview)


@action(Right.RECORD)
def begin_interview(  # noqa: PLR0913 - the whole first screen of an interview
    reader: Reader,
    *,
    person: Person | None = None,
    names: Iterable[Name] = (),
    said: Mapping[str, str] | None = None,
    consent: Mapping[str, Any],
    told: Mapping[str, str],
) -> Interview:
    """Person, consent and interview in one: all of it is written, or nothing.

    Without `person` one is added. `consent` is what `give_consent` takes; without uses nothing is
    entered, and an earlier yes to being recorded has to be in force. Raises ConsentMissing.
    """
    with audited(reader):
        if person is None:
            person = add_person(reader, names=names, said=said)
        if consent.get("uses"):
            give_consent(reader, person, **consent)
        return add_interview(reader, person, **told)


@action(Right.RECORD)
def edit_interview(
    reader: Reader,
    interview: Interview,
    *,
    said: Mapping[str, str],
    why: str = "",
    seen: int | None = None,
) -> Interview:
    """Correct an interview that is not handed in. `said` has any of its fields.

    `seen` is the version that the writer began from: raises EditConflict where somebody else has
    saved since, so that nobody's words are lost. The state is read under lock.
    """
    check_may_write(reader, interview.person)
    if unknown := set(said) - set(_FIELDS):
        raise RecordsError(f"an interview has no field {min(unknown)!r}", hint=f"{_FIELDS}.")
    if "held_on" in said:
        When.read(said["held_on"])
    with audited(reader, why=why) as write:
        stored = Interview.objects.select_for_update().get(pk=interview.pk)
        check_may_edit(State(stored.state))
        check_is_as_seen(stored, seen)
        write.change("edit_interview", interview, said)
        if "text" in said:
            anchor_evidence(write, interview.source_id, said["text"])
    return interview


@action(Right.WORDS)
def read_interview(reader: Reader, interview: Interview) -> str:
    """The words of an interview. They can name people: reading them is audited."""
    with audited(reader) as write:
        write.note("read_interview", interview, {})
    return interview.text
