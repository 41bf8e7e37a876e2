"""Every read. Where a use is named, people who did not consent to it are not in the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from bearwitness.casebook import Use
from bearwitness.records.actions import OWN_LIST, grant_of, uses_granted
from bearwitness.records.models import (
    Act,
    AuditEntry,
    Consent,
    Interview,
    Person,
    Record,
    Source,
)

__all__ = ["Interview", "Person", "Source", "grant_of", "uses_granted"]


def people(*, code_name: str = "") -> QuerySet[Person]:
    """All people, newest first; those whose code name holds this text."""
    return _counted(Person.objects.filter(code_name__icontains=code_name.strip()))


def people_among(people: Iterable[Person]) -> QuerySet[Person]:
    """The same people, with what the list of all people shows of each."""
    return _counted(Person.objects.filter(pk__in=[person.pk for person in people]))


def _counted(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.annotate(
        number_of_interviews=Count("interviews", distinct=True),
        number_of_acts=Count("acts", distinct=True),
    ).order_by("-id")


def person(code_name: str) -> Person:
    """Raises Person.DoesNotExist."""
    return Person.objects.get(code_name=code_name)


def own_record(person: Person) -> Record | None:
    """What our own list says of this person, if it does."""
    return person.records.filter(source__list_name=OWN_LIST).first()


def records_of(person: Person) -> QuerySet[Record]:
    return person.records.select_related("source")


def records_from(source: Source) -> QuerySet[Record]:
    return source.records.select_related("person").order_by("id")


def _in_force(use: Use, on: date) -> QuerySet[Consent]:
    """The same rule as `Grant.is_in_force`, for the database; a test holds them together."""
    return Consent.objects.filter(
        Q(expires_at=None) | Q(expires_at__gte=on),
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=on),
        use=Use(use),
        given_at__lte=on,
    )


def consented_people(use: Use, *, on: date) -> QuerySet[Person]:
    """Who has said yes to this use, as of a day."""
    return Person.objects.filter(Exists(_in_force(use, on).filter(person=OuterRef("pk"))))


def consented_records(use: Use, *, on: date) -> QuerySet[Record]:
    """The list records of the people who said yes, with list and names at hand, by code name."""
    consented = Exists(_in_force(use, on).filter(person=OuterRef("person")))
    return (
        Record.objects.filter(consented, source__list_name__isnull=False)
        .select_related("source", "person")
        .prefetch_related("person__names")
        .order_by("source__list_name", "person__code_name")
    )


def consents(person: Person) -> QuerySet[Consent]:
    return person.consents.all()


def interviews(person: Person | None = None) -> QuerySet[Interview]:
    found = Interview.objects.select_related("person", "source").order_by("-id")
    return found.filter(person=person) if person else found


def interview(number: int) -> Interview:
    """Raises Interview.DoesNotExist."""
    return Interview.objects.select_related("person", "source").get(pk=number)


def acts(person: Person | None = None) -> QuerySet[Act]:
    found = Act.objects.select_related("person", "source").order_by("-id")
    return found.filter(person=person) if person else found


def sources() -> QuerySet[Source]:
    return Source.objects.annotate(number_of_records=Count("records")).order_by("-id")


def source(number: int) -> Source:
    """Raises Source.DoesNotExist."""
    return Source.objects.get(pk=number)


def sources_for(person: Person) -> QuerySet[Source]:
    """Sources that can speak of this person: their interviews first, their lists, all documents."""
    own = Q(interview__person=person) | Q(records__person=person)
    found = Source.objects.filter(own | Q(kind=Source.Kind.DOCUMENT)).distinct()
    return found.order_by("kind", "-id")


def lists() -> QuerySet[Source]:
    return sources().filter(list_name__isnull=False)


def audit_entries() -> QuerySet[AuditEntry]:
    """The newest first."""
    return AuditEntry.objects.order_by("-number")
