"""Rows by which others are found. Every write keeps them in step, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bearwitness.casebook import When
from bearwitness.casebook.places import find_places, fold_place
from bearwitness.casebook.searched import spread
from bearwitness.errors import InputError
from bearwitness.records.models import (
    Act,
    Comment,
    Event,
    FindableAct,
    FindableEvent,
    FindableInterview,
    FindableName,
    Interview,
    Involvement,
    NameKey,
    Person,
    PersonName,
)
from bearwitness.records.name_keys import keys_of

BATCH = 500
_APART = "\n.\n"  # what stands in two places is not one phrase


def keep_findable(row: Any) -> None:
    """Bring in step what is found by this row, which was just written."""
    keep = _KEEP.get(type(row))
    if keep is not None:
        keep(row)


def keep_names(names: Iterable[PersonName]) -> None:
    """The same for many names at once."""
    names = list(names)
    keys = [
        NameKey(name=name, person_id=name.person_id, key=key)
        for name in names
        for key in sorted(keys_of(name.text))
    ]
    NameKey.objects.bulk_create(keys, BATCH)
    numbers = [name.pk for name in names]
    for first in range(0, len(numbers), BATCH):
        keep(FindableName, numbers[first : first + BATCH])


def keep(model: Any, numbers: Iterable[int]) -> None:
    """Write the findable rows of a model anew, from the rows of these numbers."""
    rows = made_of(model, numbers)
    fields = [field.name for field in model._meta.concrete_fields]
    key = model._meta.pk.name
    model.objects.bulk_create(
        rows,
        BATCH,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[field for field in fields if field != key],
    )


def made_of(model: Any, numbers: Iterable[int]) -> list[Any]:
    """What the findable rows have to be, by the rows as they are now."""
    return [model(**facts) for facts in MAKE[model](list(numbers))]


def _of_names(numbers: list[int]) -> Iterable[dict[str, Any]]:
    for row in PersonName.objects.filter(pk__in=numbers).select_related("person"):
        yield {"name": row, "person": row.person, "text": spread(row.text)} | _owner(row.person)


def _of_interviews(numbers: list[int]) -> Iterable[dict[str, Any]]:
    rows = Interview.objects.filter(pk__in=numbers)
    for row in rows.select_related("person").prefetch_related("comments"):
        texts = [row.text, *(comment.text for comment in row.comments.all())]
        facts = {"interview": row, "text": spread(_APART.join(texts))} | _owner(row.person)
        yield facts | _when_and_where(row.held_on, row.place)


def _of_acts(numbers: list[int]) -> Iterable[dict[str, Any]]:
    rows = Act.objects.filter(pk__in=numbers).select_related("person", "event")
    for row in rows.prefetch_related("perpetrators"):
        event = row.event or Event()
        place = row.place or event.place
        texts = [place, row.outcome]
        texts += [text for p in row.perpetrators.all() for text in (p.description, p.role)]
        facts = {"act": row, "text": spread(_APART.join(texts)), "term": row.term}
        facts |= {"person": row.person, "event": row.event, "source_id": row.source_id}
        yield facts | _owner(row.person) | _when_and_where(row.date or event.date, place)


def _of_events(numbers: list[int]) -> Iterable[dict[str, Any]]:
    for row in Event.objects.filter(pk__in=numbers):
        facts = {"event": row, "text": spread(_APART.join((row.title, row.place)))}
        yield facts | _owner(row) | _when_and_where(row.date, row.place)


def _owner(row: Any) -> dict[str, Any]:
    return {"team_id": row.team_id, "is_open": row.is_open}


def _when_and_where(date: str, place: str) -> dict[str, Any]:
    days = {"first_day": None, "last_day": None}
    try:
        when = When.read(date) if date else None
    except InputError:  # a list can hold a date that we cannot read
        when = None
    if when is not None:
        days = {"first_day": when.first_day, "last_day": when.last_day}
    return days | {"place": place_key(place)}


def place_key(text: str) -> str:
    """A place folded; of "Hoeryong, North Hamgyong" the part that the gazetteer knows."""
    parts = (text, *text.split(","))
    known = next((part for part in parts if find_places(part)), text)
    return fold_place(known)[:200]


MAKE: dict[Any, Callable[[list[int]], Iterable[dict[str, Any]]]] = {
    FindableName: _of_names,
    FindableInterview: _of_interviews,
    FindableAct: _of_acts,
    FindableEvent: _of_events,
}


def _keep_event(row: Event) -> None:
    keep(FindableEvent, [row.pk])
    acts = list(Act.objects.filter(event=row).values_list("pk", flat=True))
    for first in range(0, len(acts), BATCH):
        keep(FindableAct, acts[first : first + BATCH])


def _keep_owner(row: Person) -> None:
    """Whoever sees the person finds what was told by them and done to them."""
    owner = _owner(row)
    FindableName.objects.filter(person=row).update(**owner)
    FindableAct.objects.filter(person=row).update(**owner)
    told = Interview.objects.filter(person=row).values("pk")
    FindableInterview.objects.filter(pk__in=told).update(**owner)


_KEEP: dict[Any, Callable[[Any], None]] = {
    PersonName: lambda row: keep_names([row]),
    Interview: lambda row: keep(FindableInterview, [row.pk]),
    Comment: lambda row: keep(FindableInterview, [row.interview_id]),
    Act: lambda row: keep(FindableAct, [row.pk]),
    Involvement: lambda row: keep(FindableAct, [row.act_id]),
    Event: _keep_event,
    Person: _keep_owner,
}
