from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query, visible
from bearwitness.records.models import Interview, Person, Record, Source


@query(Right.SEE)
def interviews(
    reader: Reader, person: Person | None = None, *, state: str = ""
) -> QuerySet[Interview]:
    """The newest first, without their words."""
    found = Interview.objects.filter(visible(reader, "person__")).defer("text")
    found = found.select_related("person", "source").order_by("-id")
    found = found.filter(state=state) if state else found
    return found.filter(person=person) if person else found


@query(Right.SEE)
def interview(reader: Reader, number: int) -> Interview:
    """Raises Interview.DoesNotExist, also for one that the reader may not see."""
    found = Interview.objects.filter(visible(reader, "person__")).defer("text")
    return found.select_related("person__team", "source").get(pk=number)


@query(Right.SEE)
def sources(reader: Reader) -> QuerySet[Source]:
    rows = Record.objects.filter(source=OuterRef("pk")).order_by().values("source")
    count = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    found = Source.objects.filter(visible(reader))
    return found.annotate(number_of_records=Coalesce(count, 0)).order_by("-id")


@query(Right.SEE)
def source(reader: Reader, number: int) -> Source:
    """Raises Source.DoesNotExist, also for one that the reader may not see."""
    return Source.objects.select_related("interview").get(visible(reader), pk=number)


@query(Right.SEE)
def records_from(reader: Reader, source: Source) -> QuerySet[Record]:
    found = source.records.filter(visible(reader, "person__"))
    return found.select_related("person").order_by("id")


@query(Right.SEE)
def sources_for(reader: Reader, person: Person) -> QuerySet[Source]:
    """Sources that can speak of this person: their interviews first, their lists, all documents."""
    own = Q(interview__person=person) | Q(records__person=person)
    found = Source.objects.filter(visible(reader)).filter(own | Q(kind=Source.Kind.DOCUMENT))
    return found.distinct().order_by("kind", "-id")


@query(Right.SEE)
def lists(reader: Reader) -> QuerySet[Source]:
    return sources(reader).filter(list_name__isnull=False)
