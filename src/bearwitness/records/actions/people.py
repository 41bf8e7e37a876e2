from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from bearwitness.casebook import Name, When
from bearwitness.casebook.rights import Reader, Right, check_may_change
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records.access import action, check_may_write
from bearwitness.records.actions.sources import home_team, own_list
from bearwitness.records.audit import Writing, audited, check_is_as_seen
from bearwitness.records.models import Person, PersonName, Record, Source, Statement

# No 0/O, 1/I/L: a code name is read aloud and written by hand.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_SAID = ("sex", "birth", "origin", "place")


@action(Right.RECORD)
def add_person(
    reader: Reader, *, names: Iterable[Name] = (), said: Mapping[str, str] | None = None
) -> Person:
    """Add a person to our own list. `said` has any of sex, birth (EDTF), origin, place."""
    said = _checked(said or {})
    with audited(reader) as write:
        person = Person(
            team_id=home_team(reader),
            code_name=new_code_names(1)[0],
            **{field: value for field, value in said.items() if field != "place"},
        )
        write.add("add_person", person)
        source = own_list(write, person.team_id)
        record = Record(source=source, person=person, ref=person.code_name, **said)
        write.add("add_record", record)
        _write_names(write, person, source, names)
        _write_statements(write, record, {k: v for k, v in said.items() if v})
    return person


@action(Right.RECORD)
def edit_person(  # noqa: PLR0913 - why, and what was seen
    reader: Reader,
    person: Person,
    *,
    names: Iterable[Name] = (),
    said: Mapping[str, str] | None = None,
    why: str = "",
    seen: int | None = None,
) -> Person:
    """Add names, and correct what our own list says. What was said before stays as statements.

    `seen` is the version of the list's record that the writer began from. Raises EditConflict.
    """
    check_may_write(reader, person)
    said = _checked(said or {})
    with audited(reader, why=why) as write:
        check_is_as_seen(_known_record(person), seen)
        record = _own_record(write, person)
        _write_names(write, person, record.source, names)
        before = write.change("edit_record", record, said)
        _write_statements(write, record, {field: said[field] for field in before})
        of_person = {field: said[field] for field in before if field != "place"}
        write.change("edit_person", person, of_person)  # a place is of the events
    return person


@action(Right.RECORD)
def open_person(reader: Reader, person: Person) -> Person:
    """Let every team read this person's rows. Only the person's own team changes them."""
    return _set_open(reader, person, True)


@action(Right.RECORD)
def close_person(reader: Reader, person: Person) -> Person:
    """Close a person's rows to all other teams again."""
    return _set_open(reader, person, False)


@action(Right.RECORD)
def hand_over(reader: Reader, person: Person, *, team: int, why: str = "") -> Person:
    """Give a person, with their interviews, to another team, of which the reader is one too.

    Raises NotPermitted where an act of theirs is part of an event: that stays with its team.
    """
    check_may_write(reader, person)
    check_may_change(reader, team)
    if person.acts.exclude(event=None).exclude(event__team=team).exists():
        raise NotPermitted(
            "an act of theirs is part of an event of the team",
            hint="Take the act out of the event first, or add an event in the other team.",
        )
    with audited(reader, why=why) as write:
        record = _known_record(person)
        _change_with_interviews(write, "hand_over", person, {"team_id": team})
        if record is not None:
            write.change("hand_over", record, {"source": own_list(write, team)})
    return person


def _set_open(reader: Reader, person: Person, is_open: bool) -> Person:
    check_may_write(reader, person)
    action = "open_person" if is_open else "close_person"
    with audited(reader) as write:
        _change_with_interviews(write, action, person, {"is_open": is_open})
    return person


def _change_with_interviews(
    write: Writing, action: str, person: Person, values: Mapping[str, Any]
) -> None:
    """Whose somebody is, and who sees them, holds for what they told as well."""
    write.change(action, person, values)
    for source in Source.objects.filter(interview__person=person):
        write.change(action, source, values)


@action(Right.NAMES)
def show_names(reader: Reader, person: Person) -> list[PersonName]:
    """The real names of a person. Looking is a deliberate act, and it is audited."""
    with audited(reader) as write:
        write.note("show_names", person, {})
        return list(person.names.select_related("source"))


def new_code_names(count: int) -> list[str]:
    """Code names that nobody has yet: random, so that they say nothing about order or origin."""
    length = 4 if Person.objects.count() + count < 100_000 else 6
    fresh: dict[str, None] = {}
    while len(fresh) < count:
        wanted = {_code_name(length) for _ in range(min(count - len(fresh), 500))}
        taken = Person.objects.filter(code_name__in=wanted).values_list("code_name", flat=True)
        fresh |= dict.fromkeys(wanted - set(taken))
    return list(fresh)[:count]


def _code_name(length: int) -> str:
    return "P-" + "".join(secrets.choice(_LETTERS) for _ in range(length))


def _checked(said: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(said) - set(_SAID))
    if unknown:
        raise RecordsError(f"a person has no field {unknown[0]!r}", hint=f"Fields: {_SAID}.")
    if said.get("birth"):
        When.read(said["birth"])
    if said.get("sex"):
        Person.Sex(said["sex"])
    return dict(said)


def _known_record(person: Person) -> Record | None:
    """What our own list says of this person, if it does."""
    own = Record.objects.filter(person=person, source__kind=Source.Kind.OWN_LIST)
    return own.filter(source__team=person.team_id).select_related("source").first()


def _own_record(write: Writing, person: Person) -> Record:
    if known := _known_record(person):
        return known
    source = own_list(write, person.team_id)
    return write.add("add_record", Record(source=source, person=person, ref=person.code_name))


def _write_names(write: Writing, person: Person, source: Source, names: Iterable[Name]) -> None:
    known = set(person.names.filter(source=source).values_list("text", "kind"))
    for name in names:
        if (name.text, name.kind.value) not in known:
            facts = {"text": name.text, "script": name.script, "kind": name.kind}
            write.add("add_name", PersonName(person=person, source=source, **facts))


def _write_statements(write: Writing, record: Record, said: Mapping[str, str]) -> None:
    for property, value in said.items():
        statement = Statement(record=record, property=property, value=value, original=value)
        write.add("add_statement", statement)
