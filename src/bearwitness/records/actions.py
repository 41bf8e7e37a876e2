"""Every write: check the rule, write, audit, in one transaction. Gives the row that was written."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from unicodedata import normalize

from bearwitness.casebook import Grant, Name, Use, When, check_may_use, granted_uses
from bearwitness.coding import load_vocabulary
from bearwitness.errors import ConsentMissing, NotPermitted, RecordsError
from bearwitness.records.audit import audited
from bearwitness.records.models import (
    Act,
    Consent,
    Interview,
    Person,
    PersonName,
    Record,
    Source,
    Statement,
)

OWN_LIST = "casebook"
# No 0/O, 1/I/L: a code name is read aloud and written by hand.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_SAID = ("sex", "birth", "origin", "place")


def add_source(  # noqa: PLR0913 - one argument a column
    *,
    by: str,
    kind: str,
    title: str,
    received_at: date,
    list_name: str | None = None,
    original: str | None = None,
) -> Source:
    """Add a source. `original` is the SHA-256 of its sealed file."""
    with audited(by) as note:
        source = Source.objects.create(
            kind=Source.Kind(kind),
            title=title,
            received_at=received_at,
            list_name=list_name,
            original=original,
        )
        note("add_source", source, {"kind": kind, "title": title, "original": original})
    return source


def own_list(*, by: str) -> Source:
    """The list of people whom this organisation recorded itself; made when it is first needed."""
    with audited(by) as note:
        source, made = Source.objects.get_or_create(
            list_name=OWN_LIST,
            defaults={
                "kind": Source.Kind.LIST,
                "title": "Our own casebook",
                "received_at": date.today(),
            },
        )
        if made:
            note("add_source", source, {"kind": source.kind, "title": source.title})
    return source


def add_person(
    *, by: str, names: Iterable[Name] = (), said: Mapping[str, str] | None = None
) -> Person:
    """Add a person to our own list. `said` has any of sex, birth (EDTF), origin, place."""
    said = _checked(said or {})
    with audited(by) as note:
        person = Person.objects.create(code_name=new_code_names(1)[0])
        record = Record.objects.create(source=own_list(by=by), person=person, ref=person.code_name)
        names = _write_names(person, record.source, names)
        _write_said(person, record, said)
        note("add_person", person, {**said, **({"names": names} if names else {})})
    return person


def edit_person(
    person: Person, *, by: str, names: Iterable[Name] = (), said: Mapping[str, str] | None = None
) -> Person:
    """Add names, and correct what our own list says. What was said before stays as statements."""
    said = _checked(said or {})
    with audited(by) as note:
        record = _own_record(person, by)
        changed = {k: v for k, v in said.items() if v != getattr(record, k)}
        names = _write_names(person, record.source, names)
        if changed or names:
            _write_said(person, record, changed)
            note("edit_person", person, {**changed, **({"names": names} if names else {})})
    return person


def add_interview(  # noqa: PLR0913 - one argument a column
    person: Person,
    *,
    by: str,
    held_on: str,
    interviewer: str,
    language: str,
    text: str,
    place: str = "",
) -> Interview:
    """Write an interview down. Raises ConsentMissing without the person's yes to being recorded."""
    When.read(held_on)
    with audited(by) as note:
        check_may_use(uses_granted(person, on=date.today()), Use.RECORD)
        source = add_source(
            by=by,
            kind=Source.Kind.INTERVIEW,
            title=f"Interview with {person.code_name}",
            received_at=date.today(),
        )
        facts = {"held_on": held_on, "interviewer": interviewer, "language": language}
        facts |= {"text": text, "place": place}
        interview = Interview.objects.create(source=source, person=person, **facts)
        note("add_interview", interview, facts)
    return interview


def add_act(
    person: Person, *, by: str, term: str, source: Source, said: Mapping[str, str] | None = None
) -> Act:
    """Add an act done to a person. `term` is vocabulary/word; `said` has any of date, place."""
    vocabulary = load_vocabulary(term.split("/", maxsplit=1)[0])
    facts = {"date": "", "place": "", **(said or {})}
    if facts["date"]:
        When.read(facts["date"])
    with audited(by) as note:
        act = Act.objects.create(
            person=person,
            term=vocabulary.term(term).id,
            vocabulary_version=vocabulary.version,
            source=source,
            **facts,
        )
        note("add_act", act, {"person": person.pk, "term": term, "source": source.pk, **facts})
    return act


def give_consent(  # noqa: PLR0913 - one argument a column
    person: Person,
    *,
    by: str,
    uses: Collection[Use],
    asked_by: str,
    how: str,
    given_at: date,
    language: str = "",
    expires_at: date | None = None,
) -> list[Consent]:
    """Enter a person's yes to one or more uses: one row a use."""
    if given_at > date.today():
        raise ConsentMissing("a consent cannot be given in the future", hint="Check its date.")
    if expires_at is not None and expires_at < given_at:
        raise ConsentMissing("this consent ends before it was given", hint="Check its dates.")
    facts = {"asked_by": asked_by, "how": how, "language": language}
    facts |= {"given_at": given_at, "expires_at": expires_at}
    with audited(by) as note:
        rows = [Consent.objects.create(person=person, use=Use(use), **facts) for use in uses]
        for row in rows:
            note("give_consent", row, {"person": person.pk, "use": row.use, **facts})
    return rows


def withdraw_consent(person: Person, *, by: str, use: Use, on: date | None = None) -> list[Consent]:
    """End every grant of this use at once. Asking twice changes nothing."""
    day = on or date.today()
    if day > date.today():
        raise NotPermitted("a withdrawal holds from today or an earlier day", hint="Check it.")
    with audited(by) as note:
        rows = list(person.consents.filter(use=Use(use), withdrawn_at=None))
        for row in rows:
            row.withdrawn_at = max(day, row.given_at)
            row.save(update_fields=["withdrawn_at"])
            note("withdraw_consent", row, {"withdrawn_at": row.withdrawn_at})
    return rows


def show_names(person: Person, *, by: str) -> list[PersonName]:
    """The real names of a person. Looking is a deliberate act, and it is audited."""
    with audited(by) as note:
        note("show_names", person, {})
        return list(person.names.select_related("source"))


def find_by_name(text: str, *, by: str) -> list[Person]:
    """People with a name that holds this text. A search reveals whose name it is: audited."""
    text = " ".join(normalize("NFC", text).split())
    with audited(by) as note:
        note("find_by_name", None, {"name": text})
        named = PersonName.objects.filter(text__icontains=text).values("person")
        return list(Person.objects.filter(pk__in=named))


def read_interview(interview: Interview, *, by: str) -> str:
    """The words of an interview. They can name people: reading them is audited."""
    with audited(by) as note:
        note("read_interview", interview, {})
    return interview.text


def add_audit_note(action: str, *, by: str) -> None:
    """Audit something that touches no row: an account made, a snapshot taken."""
    with audited(by) as note:
        note(action, None, {})


def uses_granted(person: Person, *, on: date) -> frozenset[Use]:
    """What this person has said yes to, as of a day."""
    return granted_uses((grant_of(row) for row in person.consents.all()), on=on)


def grant_of(row: Consent) -> Grant:
    return Grant(
        use=Use(row.use),
        given_at=row.given_at,
        expires_at=row.expires_at,
        withdrawn_at=row.withdrawn_at,
    )


def new_code_names(count: int) -> list[str]:
    """Code names that nobody has yet: random, so that they say nothing about order or origin."""
    taken = set(Person.objects.values_list("code_name", flat=True))
    length = 4 if len(taken) + count < 100_000 else 6
    fresh: dict[str, None] = {}
    while len(fresh) < count:
        name = "P-" + "".join(secrets.choice(_LETTERS) for _ in range(length))
        if name not in taken:
            fresh[name] = None
    return list(fresh)


def _checked(said: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(said) - set(_SAID))
    if unknown:
        raise RecordsError(f"a person has no field {unknown[0]!r}", hint=f"Fields: {_SAID}.")
    if said.get("birth"):
        When.read(said["birth"])
    if said.get("sex"):
        Person.Sex(said["sex"])
    return dict(said)


def _own_record(person: Person, by: str) -> Record:
    record, _ = Record.objects.get_or_create(
        source=own_list(by=by), person=person, defaults={"ref": person.code_name}
    )
    return record


def _write_names(person: Person, source: Source, names: Iterable[Name]) -> list[str]:
    known = set(person.names.filter(source=source).values_list("text", "kind"))
    fresh = [name for name in names if (name.text, name.kind.value) not in known]
    for name in fresh:
        PersonName.objects.create(
            person=person, source=source, text=name.text, script=name.script, kind=name.kind
        )
    return [name.text for name in fresh]


def _write_said(person: Person, record: Record, said: Mapping[str, str]) -> None:
    for property, value in said.items():
        setattr(record, property, value)
        if property != "place":  # of the event, not of the person
            setattr(person, property, value)
        if value or record.statements.filter(property=property).exists():
            Statement.objects.create(record=record, property=property, value=value, original=value)
    record.save()
    person.save()
