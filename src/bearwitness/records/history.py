"""Every field of every row as it was: the row as it is now, its versions taken back one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from bearwitness.errors import AuditBroken
from bearwitness.records.audit import field_values, value_digest
from bearwitness.records.models import Version

_AT_ONCE = 500  # rows

# What has a page of history, and how each leads to the row that a team owns.
KINDS = {
    "person": ("Person", ""),
    "record": ("Record", "person__"),
    "interview": ("Interview", "person__"),
    "consent": ("Consent", "person__"),
    "act": ("Act", "person__"),
    "event": ("Event", ""),
    "source": ("Source", ""),
}


def model_of(kind: str) -> Any:
    return apps.get_model("records", KINDS[kind][0])


def versions_of(row: Any) -> Any:
    """A row's versions, the newest first, each with its audit entry."""
    kept = Version.objects.filter(model=type(row).__name__, object_id=row.pk)
    return kept.select_related("entry").order_by("-pk")


def values_at(row: Any, at: datetime) -> dict[str, Any] | None:
    """A row's fields, by column, as they were at a moment; None where it was not there yet.

    A row that came in with a list has no version of its making: it is taken to have been there.
    """
    values = field_values(row)
    for version in versions_of(row):
        if version.entry.at <= at:
            break
        if version.what == Version.What.MADE:
            return None
        values |= version.before
    return values


def empty_versions(model: str, numbers: list[int]) -> None:
    """Take every value out of the versions of rows that are erased."""
    for first in range(0, len(numbers), _AT_ONCE):
        part = numbers[first : first + _AT_ONCE]
        versions = models.QuerySet(Version).filter(model=model, object_id__in=part)
        versions.update(what=Version.What.ERASED, before={}, after={}, why="")


def verify_history() -> int:
    """Check that versions and rows are what was audited; give their number. Raises AuditBroken.

    Finds a row that was edited with a plain SQL client, and a version that was edited or deleted,
    in every row that was written by an action. Erased versions say nothing, and are passed over.
    """
    count = 0
    names = Version.objects.order_by().values_list("model", flat=True).distinct()
    for name in sorted(names):
        model = apps.get_model("records", name)
        for numbers in _in_parts(Version.objects.filter(model=name)):
            count += _check_rows(model, numbers)
    return count


def _in_parts(versions: Any) -> Iterator[list[int]]:
    """The numbers of the rows that have versions, some at a time: a casebook outgrows a memory."""
    last = 0
    while numbers := list(
        versions.filter(object_id__gt=last)
        .order_by("object_id")
        .values_list("object_id", flat=True)
        .distinct()[:_AT_ONCE]
    ):
        yield numbers
        last = numbers[-1]


def _check_rows(model: Any, numbers: list[int]) -> int:
    rows = model.objects.in_bulk(numbers)
    kept: dict[int, list[Version]] = {}
    of_rows = Version.objects.filter(model=model.__name__, object_id__in=numbers)
    for version in of_rows.select_related("entry").order_by("pk"):
        kept.setdefault(version.object_id, []).append(version)
    for number, versions in kept.items():
        _check_row(model.__name__, rows.get(number), versions)
    return sum(map(len, kept.values()))


def _check_row(name: str, row: Any, versions: Iterable[Version]) -> None:
    told = [version for version in versions if version.what != Version.What.ERASED]
    if not told:
        return
    if row is None:
        raise _broken(f"{name} {told[0].object_id} was deleted")
    # Back from the row as it is: each version's after must be what stands there.
    values = field_values(row)
    for version in reversed(told):
        _check_entry(name, version, values)
        values |= version.before


def _check_entry(name: str, version: Version, values: dict[str, Any]) -> None:
    entry = version.entry
    if (entry.model, entry.object_id) != (name, str(version.object_id)):
        raise _broken(f"a version of {name} {version.object_id} belongs to another row")
    for field, value in version.after.items():
        if values.get(field) != value:
            raise _broken(f"{name} {version.object_id} was changed outside of bearwitness")
    for field, digest in entry.changed.items():
        if field in values and value_digest(values[field]) != digest:
            raise _broken(f"{name} {version.object_id} is not what entry {entry.number} says")


def _broken(what: str) -> AuditBroken:
    return AuditBroken(
        f"the records have been tampered with: {what}",
        hint="Keep this database as evidence, and compare it with a backup.",
    )
