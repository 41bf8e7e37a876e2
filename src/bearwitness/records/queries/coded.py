from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query, visible
from bearwitness.records.models import Act, Event, Evidence, Interview, Involvement, Person
from bearwitness.records.queries.sources import MOST_OFFERED


@query(Right.SEE)
def acts(
    reader: Reader, person: Person | None = None, *, event: Event | None = None
) -> QuerySet[Act]:
    """The newest first."""
    found = Act.objects.filter(visible(reader, "person__"))
    found = found.select_related("person", "source", "event").defer("source__text").order_by("-id")
    found = found.filter(event=event) if event else found
    return found.filter(person=person) if person else found


@query(Right.SEE)
def acts_from(reader: Reader, interview: Interview) -> QuerySet[Act]:
    """The acts coded from an interview, as they were coded."""
    return acts(reader).filter(source=interview.source_id).order_by("id")


@query(Right.SEE)
def act(reader: Reader, number: int) -> Act:
    """Raises Act.DoesNotExist, also for one that the reader may not see."""
    found = Act.objects.select_related("person__team", "source__interview", "event")
    return found.get(visible(reader, "person__"), pk=number)


@query(Right.SEE)
def perpetrators(reader: Reader, act: Act) -> QuerySet[Involvement]:
    found = act.perpetrators.filter(visible(reader, "act__person__"))
    return found.select_related("person")


@query(Right.WORDS)
def passages(reader: Reader, interview: Interview) -> QuerySet[Evidence]:
    """The words of an interview that acts rest on, in the order of the text."""
    found = Evidence.objects.filter(visible(reader, "act__person__"), start__isnull=False)
    return found.filter(source=interview.source_id).select_related("act").order_by("start", "id")


@query(Right.SEE)
def number_of_passages(reader: Reader, act: Act) -> int:
    return act.evidence.filter(visible(reader, "act__person__")).count()


@query(Right.SEE)
def events(reader: Reader) -> QuerySet[Event]:
    """The newest first, with how many acts each has."""
    rows = Act.objects.filter(event=OuterRef("pk")).order_by().values("event")
    count = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    found = Event.objects.filter(visible(reader))
    return found.annotate(number_of_acts=Coalesce(count, 0)).order_by("-id")


@query(Right.SEE)
def event(reader: Reader, number: int) -> Event:
    """Raises Event.DoesNotExist, also for one that the reader may not see."""
    return Event.objects.select_related("team").get(visible(reader), pk=number)


@query(Right.CODE)
def events_for(reader: Reader, person: Person) -> QuerySet[Event]:
    """Events that an act done to this person can be part of: those of the person's team."""
    return Event.objects.filter(visible(reader), team=person.team_id).order_by("-id")


@query(Right.CODE)
def events_to_offer(reader: Reader, person: Person) -> list[Event]:
    """Of those, the ones that are likely to be meant: the person's own, then the newest."""
    every = events_for(reader, person)
    own = list(every.filter(acts__person=person).distinct()[:MOST_OFFERED])
    newest = every.exclude(pk__in=[event.pk for event in own])[:MOST_OFFERED]
    return [*own, *newest]
