"""The rows that may leave in a file: of the reader's own teams, of people who agreed to the use.

A row can rest on more than one person. It leaves only where each of them agreed: whom it was done
to, who told it, and everybody in an event.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bearwitness.casebook import Use
from bearwitness.casebook.rights import Reader, Right, may
from bearwitness.records.access import STATED, own, query, visible
from bearwitness.records.granting import in_force
from bearwitness.records.models import (
    Act,
    Event,
    Export,
    Interview,
    Involvement,
    Person,
    Record,
    Source,
)
from bearwitness.records.queries.coded import acts, events
from bearwitness.records.queries.people import people
from bearwitness.records.queries.sources import interviews, sources


@query(Right.EXPORT, use=STATED)
def people_to_hand_out(
    reader: Reader, use: Use, *, on: date, code_name: str = ""
) -> QuerySet[Person]:
    return people(reader, code_name=code_name).filter(own(reader), _agreed(use, on, "pk"))


@query(Right.EXPORT, use=STATED)
def cases_to_hand_out(
    reader: Reader, use: Use, *, on: date, code_name: str = ""
) -> QuerySet[Person]:
    """The same people with what lists say of them, and the acts that may leave."""
    told = Act.objects.filter(_told_by_agreed(use, on, "source"))
    found = people_to_hand_out(reader, use, on=on, code_name=code_name)
    return found.prefetch_related(Prefetch("acts", queryset=told), "records__statements")


@query(Right.EXPORT, use=STATED)
def interviews_to_hand_out(
    reader: Reader, use: Use, *, on: date, state: str = ""
) -> QuerySet[Interview]:
    found = interviews(reader, state=state).filter(own(reader, "person__"))
    return found.filter(_agreed(use, on, "person"))


@query(Right.EXPORT, use=STATED)
def acts_to_hand_out(
    reader: Reader, use: Use, *, on: date, person: Person | None = None, event: Event | None = None
) -> QuerySet[Act]:
    """With who did them. Of those, a person who did not agree is not named."""
    found = acts(reader, person, event=event).filter(own(reader, "person__"))
    found = found.filter(_agreed(use, on, "person"), _told_by_agreed(use, on, "source"))
    by = Involvement.objects.select_related("person")
    by = by.annotate(may_leave=_agreed(use, on, "person"))
    return found.prefetch_related(Prefetch("perpetrators", queryset=by), "evidence")


@query(Right.EXPORT, use=STATED)
def events_to_hand_out(reader: Reader, use: Use, *, on: date) -> QuerySet[Event]:
    """Events of which an act is known, all done to, and told by, people who agreed."""
    of_event = Act.objects.filter(event=OuterRef("pk"))
    others = of_event.exclude(_agreed(use, on, "person") & _told_by_agreed(use, on, "source"))
    return events(reader).filter(own(reader), Exists(of_event), ~Exists(others))


@query(Right.EXPORT, use=STATED)
def sources_to_hand_out(reader: Reader, use: Use, *, on: date) -> QuerySet[Source]:
    """Documents and lists are about nobody by themselves; an interview is about who gave it.

    `records_out` is how many records of people who agreed a list has.
    """
    agreed = Record.objects.filter(_agreed(use, on, "person"), source=OuterRef("pk"))
    count = Subquery(agreed.order_by().values("source").annotate(n=Count("pk")).values("n"))
    found = sources(reader).filter(own(reader), _told_by_agreed(use, on, "pk"))
    return found.annotate(records_out=Coalesce(count, 0))


@query(Right.EXPORT)
def exports(reader: Reader) -> QuerySet[Export]:
    """The reader's own, the newest first; an auditor sees everybody's."""
    found = Export.objects.order_by("-id")
    return found if may(reader, Right.AUDIT) else found.filter(by=reader.name)


@query(Right.SEE)
def handed_out(reader: Reader, person: Person) -> QuerySet[Export]:
    """The files that hold rows of this person: whoever has one is told when they withdraw."""
    seen = person.handed_out.filter(visible(reader, "person__"))
    return Export.objects.filter(pk__in=seen.values("export")).order_by("-id")


def _agreed(use: Use, on: date, person: str) -> Exists:
    """That the person of a row said yes; `person` is the column which leads to them."""
    return Exists(in_force(use, on).filter(person=OuterRef(person)))


def _told_by_agreed(use: Use, on: date, source: str) -> Q:
    """That the row's source is no interview, or one of somebody who said yes."""
    told = Interview.objects.filter(source=OuterRef(source))
    return ~Exists(told.exclude(_agreed(use, on, "person")))
