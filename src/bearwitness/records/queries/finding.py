"""What is found: the newest first, under code names, page after page by the last row's number.

No query counts what it finds, and none orders by how well a text fits: either could tell of rows
that the reader may not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

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

MOST_NAMED = 50  # more than that is no answer to who somebody is
_FIRST = 500  # rows with the words, of which those that meet the conditions are taken first
_FEW = 2_000  # so many rows are gathered; of more, each row that is found is asked for one


@query(Right.SEE)
def found_interviews(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Interview]:
    """Interviews in whose words, or in what was said of them, all terms stand."""
    if wanted.terms:
        check_may(reader, Right.WORDS)
    rows = interviews(reader).filter(*_of_interviews(reader, wanted))
    rows = rows.filter(*_of_people(wanted, "person"))
    if wanted.asks_of_acts:
        rows = rows.filter(_among("source_id", _acts(reader, wanted), "source_id"))
    return _newest(rows, FindableInterview, reader, wanted.terms, (before, most))


@query(Right.SEE)
def found_acts(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Act]:
    """Acts with the terms in where they were, what came of them and who did them."""
    rows = acts(reader).filter(*_of_acts(wanted, "findable__"))
    rows = rows.filter(*_of_people(wanted, "person"))
    if wanted.asks_of_interviews:
        rows = rows.filter(_among("source_id", _interviews(reader, wanted), "source"))
    return _newest(rows, FindableAct, reader, wanted.terms, (before, most))


@query(Right.SEE)
def found_events(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Event]:
    """Events with the terms in title and place. None where something of people is asked."""
    if wanted.asks_of_interviews or wanted.consent:
        return []
    rows = events(reader).filter(*_when_and_where(wanted, "findable__"))
    if wanted.team:
        rows = rows.filter(team=int(wanted.team))
    if wanted.act:
        rows = rows.filter(_among("pk", _acts(reader, wanted), "event_id"))
    return _newest(rows, FindableEvent, reader, wanted.terms, (before, most))


@query(Right.SEE)
def found_people(
    reader: Reader, wanted: Wanted, *, before: int | None = None, most: int = 25
) -> list[Person]:
    """People who meet the conditions; with words, those whose code name begins with them."""
    rows = _people(reader, wanted)
    if wanted.terms:
        code = wanted.text.upper().removeprefix("P-")
        rows = rows.filter(code_name__gte=f"P-{code}", code_name__lt=f"P-{code}\uffff")
    return _newest(rows, None, reader, (), (before, most))


@query(Right.NAMES)
def people_named(reader: Reader, wanted: Wanted) -> list[Person]:
    """People of this name in any script and spelling, at most `MOST_NAMED`, the surest first.

    First the very name, then names with the same key (Ri, Lee and 리), then names that hold it.
    """
    rows = _people(reader, wanted)
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


def _people(reader: Reader, wanted: Wanted) -> QuerySet[Person]:
    rows = people(reader).filter(*_of_people(wanted, "pk"))
    if wanted.asks_of_acts:
        rows = rows.filter(_among("pk", _acts(reader, wanted), "person"))
    if wanted.asks_of_interviews:
        rows = rows.filter(_among("pk", _interviews(reader, wanted), "person"))
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


def _newest(
    rows: QuerySet, model: Any, reader: Reader, terms: tuple[Term, ...], page: tuple
) -> list[Any]:
    """The newest rows with these terms, from before a number on, and one more if there is one."""
    before, most = page
    rows = rows.order_by("-pk")
    rows = rows if before is None else rows.filter(pk__lt=before)
    if not terms:
        return list(rows[: most + 1])
    numbers = numbers_standing_in(model, reader, terms, before=before, most=_FIRST)
    found = list(rows.filter(pk__in=numbers)[: most + 1])
    if len(found) > most or len(numbers) < _FIRST:
        return found
    every = standing_in(model, reader, terms, before=before, most=None)
    return list(rows.filter(pk__in=every)[: most + 1])


def _of_people(wanted: Wanted, path: str) -> list[Any]:
    conditions = []
    if wanted.consent:
        granted = in_force(Use(wanted.consent), date.today())
        conditions.append(_among(path, granted, "person"))
    if wanted.team:
        lead = "" if path == "pk" else f"{path}__"
        conditions.append(Q(**{f"{lead}team": int(wanted.team)}))
    return conditions


def _of_interviews(reader: Reader, wanted: Wanted) -> list[Q]:
    conditions = [Q(**{f: getattr(wanted, f)}) for f in ("state", "language") if getattr(wanted, f)]
    if wanted.told:
        conditions.append(_between(wanted.told, "findable__"))
    return conditions


def _interviews(reader: Reader, wanted: Wanted) -> QuerySet[Interview]:
    seen = Interview.objects.filter(visible(reader, "person__"))
    return seen.filter(*_of_interviews(reader, wanted))


def _acts(reader: Reader, wanted: Wanted) -> QuerySet[FindableAct]:
    return FindableAct.objects.filter(visible(reader), *_of_acts(wanted, ""))


def _of_acts(wanted: Wanted, lead: str) -> list[Q]:
    act = [Q(**{f"{lead}term__in": _with_narrower(wanted.act)})] if wanted.act else []
    return act + _when_and_where(wanted, lead)


def _with_narrower(act: str) -> list[str]:
    """The term and all below it: who looks for acts of means looks for deception too."""
    terms, held = vocabulary_of(act).terms, {act}
    while below := {term.id for term in terms if term.broader in held} - held:
        held |= below
    return sorted(held)


def _when_and_where(wanted: Wanted, lead: str) -> list[Q]:
    conditions = []
    if wanted.place:
        conditions.append(Q(**{f"{lead}place__in": sorted(wanted.places)}))
    if wanted.happened:
        conditions.append(_between(wanted.happened, lead))
    return conditions


def _between(when: Any, lead: str) -> Q:
    """It can have been within this time; what has no date at all cannot be told, and is not."""
    dated = Q(**{f"{lead}first_day__isnull": False}) | Q(**{f"{lead}last_day__isnull": False})
    if when.last_day is not None:
        begun = {f"{lead}first_day__lte": when.last_day}
        dated &= Q(**begun) | Q(**{f"{lead}first_day__isnull": True})
    if when.first_day is not None:
        going_on = {f"{lead}last_day__gte": when.first_day}
        dated &= Q(**going_on) | Q(**{f"{lead}last_day__isnull": True})
    return dated


def _among(path: str, rows: QuerySet, column: str) -> Q | Exists:
    """Rows whose `path` is in a column of others: gathered where they are few, else looked up."""
    if rows.order_by()[: _FEW + 1].count() <= _FEW:
        return Q(**{f"{path}__in": rows.order_by().values(column)})
    return Q(Exists(rows.order_by().filter(**{column: OuterRef(path)})))
