"""Erasure. Rows that tell of a person are deleted, their versions emptied; the audit stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

from django.db import connection, models, transaction

from bearwitness.casebook.erasure import check_may_confirm, check_reason
from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import NotPermitted
from bearwitness.records.access import action, check_may_write
from bearwitness.records.actions.saving import drop_searches_for
from bearwitness.records.audit import Writing, audited
from bearwitness.records.history import empty_versions
from bearwitness.records.models import (
    Act,
    Comment,
    Consent,
    Draft,
    Erasure,
    Evidence,
    Interview,
    Involvement,
    Person,
    PersonName,
    Record,
    Source,
    Statement,
)
from bearwitness.records.originals import forget_original
from bearwitness.records.text_index import forget_deleted_words

_EMPTY = {"sex": "", "birth": "", "origin": ""}


@action(Right.ERASE)
def ask_erasure(reader: Reader, person: Person, *, reason: str) -> Erasure:
    """Ask that everything about a person be erased. Nothing happens until another confirms."""
    check_may_write(reader, person)
    reason = check_reason(reason)
    with audited(reader) as write:
        if person.erasures.exists():
            raise NotPermitted(
                "this person's erasure was asked for already", hint="Look under Erasures."
            )
        facts = {"asked_by": reader.name, "asked_at": datetime.now(UTC), "reason": reason}
        return write.add("ask_erasure", Erasure(person=person, **facts))


@action(Right.ERASE)
def drop_erasure(reader: Reader, erasure: Erasure) -> None:
    """Take back what was asked for and not confirmed. The audit still tells of it."""
    with audited(reader) as write:
        stored = _waiting(erasure)
        write.note("drop_erasure", stored, {"person": stored.person_id})
        empty_versions("Erasure", [stored.pk])
        stored.delete()


@action(Right.ERASE)
def confirm_erasure(reader: Reader, erasure: Erasure) -> Erasure:
    """Erase. It cannot be undone. Raises NotPermitted for whoever asked for it."""
    with audited(reader) as write:
        stored = _waiting(erasure)
        check_may_confirm(reader, stored.asked_by)
        person = Person.objects.select_for_update().get(pk=stored.person_id)
        facts = {"confirmed_by": reader.name, "confirmed_at": datetime.now(UTC)}
        write.change("confirm_erasure", stored, facts)
        _let_go_of(write, person)
        drop_searches_for(write, person.names.values_list("text", flat=True))
        told = list(Source.objects.filter(interview__person=person))
        _erase(person)
        _empty_sources(write, told)
        _end_consents(write, person)
        write.change("erase", person, {**_EMPTY, "erased_at": facts["confirmed_at"]})
        empty_versions("Person", [person.pk])
    transaction.on_commit(_leave_no_copy)
    return stored


def _waiting(erasure: Erasure) -> Erasure:
    stored = Erasure.objects.select_for_update().filter(pk=erasure.pk, confirmed_at=None).first()
    if stored is None:
        raise NotPermitted("this erasure is not waiting any more", hint="Look at it again.")
    return stored


def _empty_sources(write: Writing, sources: list[Source]) -> None:
    """Sources stay, since others' acts can rest on them; their recordings and notes go."""
    for source in sources:
        if original := source.original:
            transaction.on_commit(partial(forget_original, original))
        gone = {"original": None, "kept_where": "", "text": "", "address": ""}
        write.change("erase", source, gone)
        empty_versions("Source", [source.pk])


def _let_go_of(write: Writing, person: Person) -> None:
    """In acts done to others, the person is no longer named as who did them."""
    for row in Involvement.objects.filter(person=person).exclude(act__person=person):
        write.change("erase", row, {"person": None, "description": "a person who was erased"})
        empty_versions("Involvement", [row.pk])


def _erase(person: Person) -> None:
    interviews = Interview.objects.filter(person=person)
    told = Source.objects.filter(interview__person=person).values_list("pk", flat=True)
    records, acts = Record.objects.filter(person=person), Act.objects.filter(person=person)
    acts_and_words = models.Q(act__in=acts) | models.Q(source__in=list(told))
    # The order is that of what rests on what. Sources stay: others' acts can rest on them.
    Draft.objects.filter(person=person).delete()
    _forget(Evidence, acts_and_words)
    _forget(Involvement, act__in=acts)
    _forget(Act, person=person)
    _forget(Comment, interview__in=interviews)
    _forget(Interview, person=person)
    _forget(Statement, record__in=records)
    _forget(Record, person=person)
    _forget(PersonName, person=person)


def _forget(model, *conditions, **facts) -> None:
    """Delete rows, also those that are never deleted otherwise, and empty their versions."""
    rows = models.QuerySet(model).filter(*conditions, **facts)
    numbers = list(rows.values_list("pk", flat=True))
    empty_versions(model.__name__, numbers)
    for first in range(0, len(numbers), 500):
        models.QuerySet(model).filter(pk__in=numbers[first : first + 500]).delete()


def _end_consents(write: Writing, person: Person) -> None:
    today = date.today()
    for row in Consent.objects.filter(person=person):
        ended = row.withdrawn_at or max(today, row.given_at)
        gone = {"asked_by": "", "how": "", "language": "", "scope": "", "withdrawn_at": ended}
        write.change("erase", row, gone)
        empty_versions("Consent", [row.pk])


def _leave_no_copy() -> None:
    """SQLite keeps what was there in its journal until it is folded in; see secure_delete."""
    forget_deleted_words(connection)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
