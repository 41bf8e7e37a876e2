from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from bearwitness.casebook.rights import Reader, Right, may
from bearwitness.records.access import query, visible
from bearwitness.records.history import KINDS, model_of, versions_of
from bearwitness.records.models import Batch, Erasure, Person


@query(Right.SEE)
def row_of(reader: Reader, kind: str, number: int) -> Any:
    """The row of a kind that has a history. Raises its model's DoesNotExist."""
    return model_of(kind).objects.get(visible(reader, KINDS[kind][1]), pk=number)


@query(Right.SEE)
def changes(reader: Reader, kind: str, number: int) -> list[dict[str, Any]]:
    """Who changed which fields of a row, and when, without what they hold.

    Why is told to those who may read words: a reason can name somebody.
    """
    return [
        {
            "what": version.what,
            "at": version.entry.at,
            "by": version.entry.by,
            "why": version.why if may(reader, Right.WORDS) else "",
            "fields": sorted(version.after),
        }
        for version in versions_of(row_of(reader, kind, number))
    ]


@query(Right.ERASE)
def erasures(reader: Reader) -> QuerySet[Erasure]:
    """Those that wait, then those that were carried out. An administrator sees every team's:
    of the person, only the code name."""
    found = Erasure.objects.select_related("person").order_by("confirmed_at", "-id")
    return found.filter(_seen(reader))


@query(Right.ERASE)
def erasure(reader: Reader, number: int) -> Erasure:
    """Raises Erasure.DoesNotExist, also for one that the reader may not see."""
    return Erasure.objects.select_related("person").get(_seen(reader), pk=number)


@query(Right.SEE)
def erasure_of(reader: Reader, person: Person) -> Erasure | None:
    """The erasure of a person, asked for or carried out, if there is one."""
    return person.erasures.filter(visible(reader, "person__")).first()


@query(Right.SEE)
def batches(reader: Reader) -> QuerySet[Batch]:
    """Changes of many rows that this reader made, the newest first."""
    return Batch.objects.filter(by=reader.name).select_related("undone_by").order_by("-id")


@query(Right.SEE)
def batch(reader: Reader, number: int) -> Batch:
    """Raises Batch.DoesNotExist, also for one that somebody else made."""
    return batches(reader).select_related("undoes").get(pk=number)


def _seen(reader: Reader) -> Q:
    if may(reader, Right.MANAGE):
        return Q()
    return visible(reader, "person__")
