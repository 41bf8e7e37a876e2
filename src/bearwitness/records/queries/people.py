from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bearwitness.casebook import Use
from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import STATED, query, visible
from bearwitness.records.granting import in_force
from bearwitness.records.models import Act, Consent, Interview, Person, Record, Source


@query(Right.SEE)
def people(reader: Reader, *, code_name: str = "") -> QuerySet[Person]:
    """All people, newest first; those whose code name holds this text."""
    found = Person.objects.filter(visible(reader))
    if text := code_name.strip():
        found = found.filter(code_name__icontains=text)
    return _counted(found)


@query(Right.SEE)
def people_among(reader: Reader, people: Iterable[Person]) -> QuerySet[Person]:
    """The same people, with what the list of all people shows of each."""
    return _counted(Person.objects.filter(visible(reader), pk__in=[p.pk for p in people]))


def _counted(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.annotate(
        number_of_interviews=_number_of(Interview), number_of_acts=_number_of(Act)
    ).order_by("-id")


def _number_of(model) -> Coalesce:
    """A count per shown row, so that a page costs the same however many rows there are."""
    rows = model.objects.filter(person=OuterRef("pk")).order_by().values("person")
    count = rows.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


@query(Right.SEE)
def person(reader: Reader, code_name: str) -> Person:
    """Raises Person.DoesNotExist, also for a person whom the reader may not see."""
    return Person.objects.select_related("team").get(visible(reader), code_name=code_name)


@query(Right.SEE)
def own_record(reader: Reader, person: Person) -> Record | None:
    """What the team's own list says of this person, if it does."""
    found = person.records.filter(visible(reader, "person__"))
    return found.filter(source__kind=Source.Kind.OWN_LIST).first()


@query(Right.SEE)
def records_of(reader: Reader, person: Person) -> QuerySet[Record]:
    return person.records.filter(visible(reader, "person__")).select_related("source")


@query(Right.SEE)
def consents(reader: Reader, person: Person) -> QuerySet[Consent]:
    return person.consents.filter(visible(reader, "person__"))


@query(Right.ANALYSE, use=STATED)
def consented_people(reader: Reader, use: Use, *, on: date) -> QuerySet[Person]:
    """Who has said yes to this use, as of a day."""
    consented = Exists(in_force(use, on).filter(person=OuterRef("pk")))
    return Person.objects.filter(visible(reader), consented)


@query(Right.ANALYSE, use=STATED)
def consented_records(reader: Reader, use: Use, *, on: date) -> QuerySet[Record]:
    """The list records of the people who said yes, with list and names at hand, by code name."""
    consented = Exists(in_force(use, on).filter(person=OuterRef("person")))
    return (
        Record.objects.filter(
            visible(reader, "person__"), consented, source__list_name__isnull=False
        )
        .select_related("source", "person")
        .prefetch_related("person__names")
        .order_by("source__list_name", "person__code_name")
    )


@query(Right.ANALYSE, use=STATED)
def consented_acts(reader: Reader, use: Use, *, on: date) -> QuerySet[Act]:
    """Acts done to people who said yes, as told by people who said yes or by a document."""
    agreed = Exists(in_force(use, on).filter(person=OuterRef("person")))
    told = Interview.objects.filter(source=OuterRef("source"))
    silent = told.exclude(Exists(in_force(use, on).filter(person=OuterRef("person"))))
    found = Act.objects.filter(visible(reader, "person__"), agreed, ~Exists(silent))
    return found.select_related("person", "source").defer("source__text").order_by("id")


@query(Right.ANALYSE)
def number_of_people(reader: Reader) -> int:
    """How many people there are among the reader's rows, whatever they consented to."""
    return Person.objects.filter(visible(reader)).count()
