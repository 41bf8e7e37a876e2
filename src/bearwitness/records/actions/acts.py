from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from bearwitness.casebook import When
from bearwitness.casebook.grades import Credibility
from bearwitness.casebook.perpetrators import Perpetrator
from bearwitness.casebook.review import State, check_may_edit
from bearwitness.casebook.rights import Reader, Right, check_may_change
from bearwitness.coding import Moment, Quote, locate, vocabulary_of
from bearwitness.errors import InputError, RecordsError
from bearwitness.records.access import action, check_may_write, visible
from bearwitness.records.actions.sources import home_team
from bearwitness.records.audit import Writing, audited
from bearwitness.records.models import (
    Act,
    Event,
    Evidence,
    Interview,
    Involvement,
    Person,
    Source,
)

_SAID = ("date", "place", "outcome")


@action(Right.CODE)
def add_event(reader: Reader, *, title: str, date: str = "", place: str = "") -> Event:
    """Add an event. Its title is shown on every screen, and names nobody."""
    if date:
        When.read(date)
    facts = {"title": title.strip(), "date": date, "place": place.strip()}
    with audited(reader) as write:
        event = Event(team_id=home_team(reader), author=reader.name, **facts)
        return write.add("add_event", event)


@action(Right.CODE)
def add_act(  # noqa: PLR0913 - what HURIDOCS asks of an act
    reader: Reader,
    person: Person,
    *,
    term: str,
    source: Source,
    said: Mapping[str, str] | None = None,
    event: Event | None = None,
    perpetrators: Iterable[Perpetrator] = (),
    evidence: Iterable[Quote | Moment] = (),
) -> Act:
    """Add an act done to a person. `term` is vocabulary/word; `said` has any of date (EDTF),
    place, outcome. A quote must stand in the source's interview, in one place only."""
    check_may_write(reader, person)
    vocabulary = vocabulary_of(term)
    _check_same_team(person, event)
    act = Act(
        person=person,
        event=event,
        term=vocabulary.term(term).id,
        vocabulary_version=vocabulary.version,
        source=source,
        author=reader.name,
        **_checked(said or {}),
    )
    with audited(reader) as write:
        told = _open_interview(source)
        write.add("add_act", act)
        for perpetrator in perpetrators:
            _write_perpetrator(write, reader, act, perpetrator)
        for quoted in evidence:
            _write_evidence(write, act, told, quoted)
    return act


@action(Right.CODE)
def edit_act(reader: Reader, act: Act, *, said: Mapping[str, Any], why: str = "") -> Act:
    """Correct an act. `said` has any of term, date (EDTF), place, outcome, event (an Event, or
    None). Raises NotPermitted once the interview that it was coded from is handed in."""
    check_may_write(reader, act.person)
    values = dict(said)
    if "term" in values:
        vocabulary = vocabulary_of(values["term"])
        values |= {"term": vocabulary.term(values["term"]).id}
        values |= {"vocabulary_version": vocabulary.version}
    _check_same_team(act.person, values.get("event"))
    _checked({field: values[field] for field in values if field in _SAID})
    if unknown := set(values) - {*_SAID, "term", "vocabulary_version", "event"}:
        raise RecordsError(f"an act has no field {min(unknown)!r}", hint=f"Fields: {_SAID}.")
    with audited(reader, why=why) as write:
        _open_interview(act.source)
        write.change("edit_act", act, values)
    return act


@action(Right.CODE)
def edit_event(reader: Reader, event: Event, *, said: Mapping[str, str], why: str = "") -> Event:
    """Correct an event. `said` has any of title, date (EDTF), place."""
    check_may_change(reader, event.team_id)
    if unknown := set(said) - {"title", "date", "place"}:
        raise RecordsError(
            f"an event has no field {min(unknown)!r}", hint="Fields: title, date, place."
        )
    if said.get("date"):
        When.read(said["date"])
    with audited(reader, why=why) as write:
        write.change("edit_event", event, said)
    return event


@action(Right.CODE)
def add_perpetrator(reader: Reader, act: Act, perpetrator: Perpetrator) -> Involvement:
    """Say who did an act. There can be any number, each in a role."""
    check_may_write(reader, act.person)
    with audited(reader) as write:
        _open_interview(act.source)
        return _write_perpetrator(write, reader, act, perpetrator)


@action(Right.CODE)
def add_evidence(reader: Reader, act: Act, quoted: Quote | Moment) -> Evidence:
    """Tie an act to more words of its interview, or to a stretch of its recording."""
    check_may_write(reader, act.person)
    with audited(reader) as write:
        return _write_evidence(write, act, _open_interview(act.source), quoted)


@action(Right.WORDS)
def read_evidence(reader: Reader, act: Act) -> list[Evidence]:
    """The words that an act rests on. They can name people: reading them is audited."""
    with audited(reader) as write:
        write.note("read_evidence", act, {})
    seen = act.evidence.filter(visible(reader, "act__person__"))
    return list(seen.select_related("source__interview"))


def _checked(said: Mapping[str, str]) -> dict[str, str]:
    if unknown := set(said) - set(_SAID):
        raise RecordsError(f"an act has no field {min(unknown)!r}", hint=f"Fields: {_SAID}.")
    if said.get("date"):
        When.read(said["date"])
    return dict(said)


def _check_same_team(person: Person, event: Event | None) -> None:
    if event is not None and event.team_id != person.team_id:
        raise RecordsError(
            "the event and the person are of different teams",
            hint="Make an event in the person's team.",
        )


def _open_interview(source: Source) -> Interview | None:
    """The interview behind a source, locked; raises NotPermitted once it is handed in."""
    told = Interview.objects.select_for_update().filter(source=source).first()
    if told:
        check_may_edit(State(told.state))
    return told


def _write_perpetrator(
    write: Writing, reader: Reader, act: Act, perpetrator: Perpetrator
) -> Involvement:
    facts = asdict(perpetrator)
    person = None
    if code_name := facts.pop("code_name"):
        person = Person.objects.filter(visible(reader), code_name=code_name).first()
        if person is None:
            raise InputError("there is nobody of this code name", hint="Describe them in words.")
    return write.add("add_perpetrator", Involvement(act=act, person=person, **facts))


@action(Right.CODE)
def grade_act(reader: Reader, act: Act, *, credibility: str, why: str = "") -> Act:
    """Say how far this one thing is to be trusted, apart from the rest of what its source says."""
    check_may_write(reader, act.person)
    value = Credibility(credibility).value if credibility else ""
    with audited(reader, why=why) as write:
        write.change("grade_act", act, {"credibility": value})
    return act


def _write_evidence(
    write: Writing, act: Act, told: Interview | None, quoted: Quote | Moment
) -> Evidence:
    source = act.source
    if isinstance(quoted, Moment):
        if not source.original and not source.kept_where:
            raise InputError(
                "this source has no recording",
                hint="Seal its recording, or say where it is kept, and come back.",
            )
        facts = {"begins_at": quoted.start, "ends_at": quoted.end}
    else:
        text = told.text if told else source.text
        if not text:
            raise InputError(
                "this source has no text to quote from",
                hint="Write its text beside it, or choose an interview as the source.",
            )
        facts = asdict(locate(text, quoted))
    return write.add("add_evidence", Evidence(act=act, source=act.source, **facts))
