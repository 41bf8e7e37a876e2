from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import query, visible
from bearwitness.records.models import Interview, Person, Record, Source

_FREE = (Source.Kind.DOCUMENT, Source.Kind.WEB_PAGE)  # of nobody in particular
MOST_OFFERED = 40  # more than that nobody reads through in a list to choose from


@query(Right.SEE)
def interviews(
    reader: Reader, person: Person | None = None, *, state: str = ""
) -> QuerySet[Interview]:
    """The newest first, without their words."""
    found = Interview.objects.filter(visible(reader, "person__")).defer("text", "source__text")
    found = found.select_related("person", "source").order_by("-id")
    found = found.filter(state=state) if state else found
    return found.filter(person=person) if person else found


@query(Right.SEE)
def interview(reader: Reader, number: int) -> Interview:
    """Raises Interview.DoesNotExist, also for one that the reader may not see."""
    found = Interview.objects.filter(visible(reader, "person__")).defer("text", "source__text")
    return found.select_related("person__team", "source").get(pk=number)


@query(Right.SEE)
def sources(reader: Reader) -> QuerySet[Source]:
    rows = Record.objects.filter(source=OuterRef("pk")).order_by().values("source")
    count = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    found = Source.objects.filter(visible(reader)).defer("text")
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
    """Sources that can speak of this person: their interviews, their lists, every document."""
    can = _own(person) | Q(kind__in=_FREE)
    return Source.objects.filter(visible(reader)).filter(can).defer("text").order_by("-id")


@query(Right.SEE)
def sources_to_offer(reader: Reader, person: Person) -> list[Source]:
    """Of those, the ones that are likely to be meant: the person's own, then new documents."""
    seen = Source.objects.filter(visible(reader)).defer("text")
    documents = seen.filter(kind__in=_FREE).order_by("-id")
    return [*seen.filter(_own(person)).order_by("kind", "-id"), *documents[:MOST_OFFERED]]


def _own(person: Person) -> Q:
    told = Interview.objects.filter(person=person).values("source")
    listed = Record.objects.filter(person=person).values("source")
    return Q(pk__in=told) | Q(pk__in=listed)


@query(Right.SEE)
def lists(reader: Reader) -> QuerySet[Source]:
    return sources(reader).filter(list_name__isnull=False)
