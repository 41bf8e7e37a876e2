"""What is found: the newest first, under code names, page after page by the last row's number.

No query counts what it finds, and none orders by how well a text fits: either could tell of rows
that the reader may not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from bearwitness.casebook.consent import Use
from bearwitness.casebook.rights import Reader, Right, check_may, may
from bearwitness.casebook.searched import Term, spread
from bearwitness.casebook.wanted import Wanted
from bearwitness.coding import vocabulary_of
from bearwitness.records.access import query, visible
from bearwitness.records.granting import in_force
from bearwitness.records.models import (
    Act,
    Event,
    FindableAct,
    FindableEvent,
    FindableInterview,
    FindableName,
    Interview,
    NameKey,
    Person,
    SavedSearch,
)
from bearwitness.records.name_keys import keys_to_find
from bearwitness.records.queries.coded import acts, events
from bearwitness.records.queries.people import people
from bearwitness.records.queries.sources import interviews
from bearwitness.records.searching import numbers_standing_in, standing_in
from bearwitness.records.shelved import Bound, interview_shelves, numbers_on

MOST_NAMED = 50  # more than that is no answer to who somebody is
_FIRST = 500  # rows with the words, of which those that meet the conditions are taken first
_NEAR = 500  # the newest rows that the reader sees, which are looked through first


@query(Right.SEE)
def found_interviews(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Interview]:
    """Interviews in whose words, or in what was said of them, all terms stand."""
    if wanted.terms:
        check_may(reader, Right.WORDS)

    def rows(among: _Among) -> QuerySet[FindableInterview]:
        found = _interviews(reader, wanted)
        found = found.filter(*_of_people(wanted, "interview__person", among))
        if wanted.asks_of_acts:
            acts = _acts(reader, wanted)
            found = found.filter(among("interview__source_id", acts, "source_id"))
        return found.only("pk")

    shelves = interview_shelves(wanted.state)
    asked = _Asked(reader=reader, shelves=shelves, findable=FindableInterview, wanted=wanted)
    # The narrow rows are sorted; only those that are shown are read whole.
    numbers = [row.pk for row in _newest(asked, rows, before=before, most=most)]
    return list(interviews(reader).filter(pk__in=numbers))


@query(Right.SEE)
def found_acts(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Act]:
    """Acts with the terms in where they were, what came of them and who did them."""

    def rows(among: _Among) -> QuerySet[FindableAct]:
        found = _acts(reader, wanted, by_index=among is _gathered)
        found = found.filter(*_of_people(wanted, "person", among))
        if wanted.asks_of_interviews:
            told = _interviews(reader, wanted)
            found = found.filter(among("source_id", told, "interview__source"))
        return found.only("pk")

    asked = _Asked(reader=reader, shelves=["act"], findable=FindableAct, wanted=wanted)
    numbers = [row.pk for row in _newest(asked, rows, before=before, most=most)]
    return list(acts(reader).filter(pk__in=numbers))


@query(Right.SEE)
def found_events(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Event]:
    """Events with the terms in title and place. None where something of people is asked."""
    if wanted.asks_of_interviews or wanted.consent:
        return []

    def rows(among: _Among) -> QuerySet[FindableEvent]:
        found = FindableEvent.objects.filter(visible(reader))
        found = _when_and_where(found, wanted, by_index=among is _gathered)
        if wanted.team:
            found = found.filter(team=int(wanted.team))
        if wanted.act:
            found = found.filter(among("pk", _acts(reader, wanted), "event_id"))
        return found.only("pk")

    asked = _Asked(reader=reader, shelves=["event"], findable=FindableEvent, wanted=wanted)
    numbers = [row.pk for row in _newest(asked, rows, before=before, most=most)]
    return list(events(reader).filter(pk__in=numbers))


@query(Right.SEE)
def found_people(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Person]:
    """People who meet the conditions; with words, those whose code name begins with them."""

    def rows(among: _Among) -> QuerySet[Person]:
        found = _people(reader, wanted, among)
        if wanted.terms:
            code = wanted.text.upper().removeprefix("P-")
            found = found.filter(code_name__gte=f"P-{code}", code_name__lt=f"P-{code}\uffff")
        return found

    if wanted.terms:  # few people have such a code name
        return _cut(rows(_looked_up), before, most)
    asked = _Asked(reader=reader, shelves=["person"], findable=None, wanted=wanted)
    return _newest(asked, rows, before=before, most=most)


@query(Right.NAMES)
def people_named(reader: Reader, wanted: Wanted) -> list[Person]:
    """People of this name in any script and spelling, at most `MOST_NAMED`, the surest first.

    First the very name, then names with the same key (Ri, Lee and 리), then names that hold it.
    """
    rows = _people(reader, wanted, _looked_up)
    found: dict[int, Person] = {}
    for numbers in (_exactly(reader, wanted), *_keyed(reader, wanted), _holding(reader, wanted)):
        if len(found) < MOST_NAMED:
            chosen = rows.filter(pk__in=numbers)[:MOST_NAMED]
            found |= {person.pk: person for person in chosen if person.pk not in found}
    return list(found.values())[:MOST_NAMED]


@query(Right.SEE)
def saved_searches(reader: Reader) -> QuerySet[SavedSearch]:
    """The reader's own, and those that a team of theirs shares.

    The words of a search can be somebody's name: a colleague's search with words is shown to
    those who may read names or words.
    """
    found = SavedSearch.objects.select_related("user", "team")
    shared = Q(team__in=sorted(reader.teams))
    if not (may(reader, Right.NAMES) or may(reader, Right.WORDS)):
        shared &= Q(wanted__text__isnull=True)
    return found.filter(Q(user__username=reader.name) | shared)


@query(Right.SEE)
def saved_search(reader: Reader, number: int) -> SavedSearch:
    """Raises SavedSearch.DoesNotExist, also for one that the reader may not see."""
    return saved_searches(reader).get(pk=number)


def _people(reader: Reader, wanted: Wanted, among: _Among) -> QuerySet[Person]:
    rows = people(reader).filter(*_of_people(wanted, "pk", among))
    if wanted.asks_of_acts:
        rows = rows.filter(among("pk", _acts(reader, wanted), "person"))
    if wanted.asks_of_interviews:
        rows = rows.filter(among("pk", _interviews(reader, wanted), "interview__person"))
    return rows


def _exactly(reader: Reader, wanted: Wanted) -> Any:
    names = FindableName.objects.filter(visible(reader), text=spread(wanted.text))
    return _some(names, wanted)


def _keyed(reader: Reader, wanted: Wanted) -> Iterable[Any]:
    for key in sorted(keys_to_find(wanted.text)):
        yield _some(NameKey.objects.filter(visible(reader, "person__"), key=key), wanted)


def _some(names: QuerySet, wanted: Wanted) -> Any:
    """People of these names: with conditions all of them, else the newest, which are enough."""
    numbers = names.order_by("-person_id").values_list("person_id", flat=True)
    if wanted.asks_more_than_words:
        return names.order_by().values("person_id")
    return list(dict.fromkeys(numbers[: 4 * MOST_NAMED]))


def _holding(reader: Reader, wanted: Wanted) -> Any:
    most = None if wanted.asks_more_than_words else 20 * MOST_NAMED
    name = Term(spellings=(wanted.text,))
    found = standing_in(FindableName, reader, [name], before=None, most=most)
    return FindableName.objects.filter(pk__in=found).order_by().values("person_id")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is looked for, on which shelves, and by which findable rows where words are."""

    reader: Reader
    shelves: list[str]
    findable: Any
    wanted: Wanted


def _newest(asked: _Asked, rows: _Rows, *, before: int | None, most: int) -> list[Any]:
    """The newest rows, from before a number on, and one more if there is one.

    First among few: those that hold the words, or the newest that the reader sees. Where that
    is not enough, what is wanted is rare among them, and is gathered.
    """
    reader, terms = asked.reader, asked.wanted.terms
    if terms:
        near = numbers_standing_in(asked.findable, reader, terms, before=before, most=_FIRST)
    else:
        near = numbers_on(reader, asked.shelves, bound=Bound(before=before), most=_NEAR)
    found = _cut(rows(_looked_up).filter(pk__in=near), None, most)
    if len(found) > most or len(near) < (_FIRST if terms else _NEAR):
        return found
    if not terms:
        return _cut(rows(_gathered), before, most)
    every = standing_in(asked.findable, reader, terms, before=before, most=None)
    return _cut(rows(_looked_up).filter(pk__in=every), before, most)


def _cut(rows: QuerySet, before: int | None, most: int) -> list[Any]:
    rows = rows if before is None else rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[: most + 1])


def _of_people(wanted: Wanted, path: str, among: _Among) -> list[Any]:
    conditions = []
    if wanted.consent:
        granted = in_force(Use(wanted.consent), date.today())
        conditions.append(among(path, granted, "person"))
    if wanted.team:
        lead = "" if path == "pk" else f"{path}__"
        conditions.append(Q(**{f"{lead}team": int(wanted.team)}))
    return conditions


def _interviews(reader: Reader, wanted: Wanted) -> QuerySet[FindableInterview]:
    asked = {f"interview__{f}": getattr(wanted, f) for f in ("state", "language")}
    rows = FindableInterview.objects.filter(visible(reader))
    rows = rows.filter(**{field: value for field, value in asked.items() if value})
    return rows.filter(_between(wanted.told)) if wanted.told else rows


def _acts(reader: Reader, wanted: Wanted, *, by_index: bool = True) -> QuerySet[FindableAct]:
    rows = FindableAct.objects.filter(visible(reader))
    if wanted.act:
        rows = _is_in(rows, "term", _with_narrower(wanted.act), by_index=by_index)
    return _when_and_where(rows, wanted, by_index=by_index)


def _with_narrower(act: str) -> list[str]:
    """The term and all below it: who looks for acts of means looks for deception too."""
    terms, held = vocabulary_of(act).terms, {act}
    while below := {term.id for term in terms if term.broader in held} - held:
        held |= below
    return sorted(held)


def _when_and_where(rows: QuerySet, wanted: Wanted, *, by_index: bool) -> QuerySet:
    if wanted.place:
        rows = _is_in(rows, "place", sorted(wanted.places), by_index=by_index)
    return rows.filter(_between(wanted.happened)) if wanted.happened else rows


def _is_in(rows: QuerySet, field: str, values: list[str], *, by_index: bool) -> QuerySet:
    """By the index of the field; or not, where rows are few by their numbers already.

    SQLite does not know that, and would go through all rows of a common place.
    """
    if by_index:
        return rows.filter(**{f"{field}__in": values})
    bare = {f"bare_{field}": Concat(field, Value(""))}
    return rows.alias(**bare).filter(**{f"bare_{field}__in": values})


def _between(when: Any) -> Q:
    """It can have been within this time; what has no date at all cannot be told, and is not."""
    dated = Q(first_day__isnull=False) | Q(last_day__isnull=False)
    if when.last_day is not None:
        dated &= Q(first_day__lte=when.last_day) | Q(first_day__isnull=True)
    if when.first_day is not None:
        dated &= Q(last_day__gte=when.first_day) | Q(last_day__isnull=True)
    return dated


def _looked_up(path: str, rows: QuerySet, column: str) -> Q:
    """Rows whose `path` is in a column of others: each is asked for one."""
    return Q(Exists(rows.order_by().filter(**{column: OuterRef(path)})))


def _gathered(path: str, rows: QuerySet, column: str) -> Q:
    """The same, with all the others gathered first."""
    return Q(**{f"{path}__in": rows.order_by().values(column)})


_Among = Callable[[str, QuerySet, str], Q]
_Rows = Callable[[_Among], QuerySet]
