"""Rows by which others are found. Every write keeps them in step, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
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
_OF_PERSON = ("person__team_id", "person__is_open")
_APART = "\n.\n"  # what stands in two places is not one phrase


def keep_findable(row: Any) -> None:
    """Bring in step what is found by this row, which was just written."""
    keep = _KEEP.get(type(row))
    if keep is not None:
        keep(row)


def keep_names(names: Iterable[PersonName]) -> None:
    """The same for many names at once."""
    names = list(names)
    keys = [NameKey(**facts) for facts in keys_for(names)]
    NameKey.objects.bulk_create(keys, BATCH)
    keep(FindableName, [name.pk for name in names])


def keys_for(names: Iterable[PersonName]) -> Iterator[dict[str, Any]]:
    """The keys of names, as they are kept."""
    for name in names:
        for key in sorted(keys_of(name.text)):
            yield {"name_id": name.pk, "person_id": name.person_id, "key": key}


def keep(model: Any, numbers: Sequence[int]) -> None:
    """Write the findable rows of a model anew, from the rows of these numbers."""
    key = model._meta.pk.name
    fields = [field.name for field in model._meta.concrete_fields]
    for first in range(0, len(numbers), BATCH):
        model.objects.bulk_create(
            [model(**facts) for facts in facts_of(model, numbers[first : first + BATCH])],
            update_conflicts=True,
            unique_fields=[key],
            update_fields=[field for field in fields if field != key],
        )


def facts_of(model: Any, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    """What the findable rows of these numbers have to hold, by the rows as they are now."""
    return _FACTS[model](list(numbers))


def _of_names(numbers: list[int]) -> Iterator[dict[str, Any]]:
    rows = PersonName.objects.filter(pk__in=numbers)
    for row in rows.values("pk", "person_id", "text", *_OF_PERSON):
        facts = {"name_id": row["pk"], "person_id": row["person_id"], "text": spread(row["text"])}
        yield facts | _owner(row)


def _of_interviews(numbers: list[int]) -> Iterator[dict[str, Any]]:
    said = Comment.objects.filter(interview__in=numbers).order_by("pk")
    comments = _gathered(said.values_list("interview_id", "text"))
    rows = Interview.objects.filter(pk__in=numbers)
    for row in rows.values("pk", "text", "held_on", "place", *_OF_PERSON):
        text = _APART.join([row["text"], *comments.get(row["pk"], ())])
        facts = {"interview_id": row["pk"], "text": spread(text)} | _owner(row)
        yield facts | _when_and_where(row["held_on"], row["place"])


def _of_acts(numbers: list[int]) -> Iterator[dict[str, Any]]:
    did = Involvement.objects.filter(act__in=numbers).order_by("pk")
    by = _gathered(did.values_list("act_id", "description", "role"))
    own = ("person_id", "event_id", "source_id", "term")
    said = ("date", "place", "outcome", "event__date", "event__place")
    for row in Act.objects.filter(pk__in=numbers).values("pk", *own, *said, *_OF_PERSON):
        place = row["place"] or row["event__place"] or ""
        text = _APART.join([place, row["outcome"], *by.get(row["pk"], ())])
        facts = {"act_id": row["pk"], "text": _spread_once(text)} | {
            name: row[name] for name in own
        }
        date = row["date"] or row["event__date"] or ""
        yield facts | _owner(row) | _when_and_where(date, place)


_spread_once = lru_cache(maxsize=8192)(spread)  # the same few places and outcomes, again and again


def _of_events(numbers: list[int]) -> Iterator[dict[str, Any]]:
    rows = Event.objects.filter(pk__in=numbers)
    for row in rows.values("pk", "title", "date", "place", "team_id", "is_open"):
        facts = {"event_id": row["pk"], "text": spread(_APART.join((row["title"], row["place"])))}
        facts |= {"team_id": row["team_id"], "is_open": row["is_open"]}
        yield facts | _when_and_where(row["date"], row["place"])


def _gathered(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number, *texts in rows:
        found.setdefault(number, []).extend(texts)
    return found


def _owner(row: dict[str, Any]) -> dict[str, Any]:
    return {"team_id": row["person__team_id"], "is_open": row["person__is_open"]}


def _when_and_where(date: str, place: str) -> dict[str, Any]:
    return _days(date) | {"place": place_key(place)}


@lru_cache(maxsize=65536)
def _days(text: str) -> dict[str, Any]:
    try:
        when = When.read(text) if text else None
    except InputError:  # a list can hold a date that we cannot read
        when = None
    if when is None:
        return {"first_day": None, "last_day": None}
    return {"first_day": when.first_day, "last_day": when.last_day}


@lru_cache(maxsize=65536)
def place_key(text: str) -> str:
    """A place folded; of "Hoeryong, North Hamgyong" the part that the gazetteer knows."""
    parts = (text, *text.split(","))
    known = next((part for part in parts if find_places(part)), text)
    return fold_place(known)[:200]


_FACTS: dict[Any, Callable[[list[int]], Iterator[dict[str, Any]]]] = {
    FindableName: _of_names,
    FindableInterview: _of_interviews,
    FindableAct: _of_acts,
    FindableEvent: _of_events,
}


MODELS = tuple(_FACTS)


def _keep_event(row: Event) -> None:
    keep(FindableEvent, [row.pk])
    keep(FindableAct, list(Act.objects.filter(event=row).values_list("pk", flat=True)))


def _keep_owner(row: Person) -> None:
    """Whoever sees the person finds what was told by them and done to them."""
    owner = {"team_id": row.team_id, "is_open": row.is_open}
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
