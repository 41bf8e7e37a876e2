"""The index made anew, and held against the rows that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from bearwitness.casebook.rights import LOCAL, Reader, Right
from bearwitness.errors import RecordsError
from bearwitness.records.access import action
from bearwitness.records.audit import audited
from bearwitness.records.indexing import BATCH, MAKE, keep, keep_names, made_of
from bearwitness.records.models import FindableName, IndexState, NameKey, PersonName
from bearwitness.records.name_keys import keys_of
from bearwitness.records.text_index import (
    has_text_index,
    install_text_index,
    remove_text_index,
    verify_text_index,
)

# Of what is written into the index. It goes up when `spread` or a key changes.
VERSION = 1


@action(Right.MANAGE)
def rebuild_index(reader: Reader) -> int:
    """Make the whole index anew, in one transaction; give the number of rows in it."""
    with audited(reader) as write:
        write.note("rebuild_index", None, {"version": VERSION})
        remove_text_index(connection)
        NameKey.objects.all()._raw_delete(NameKey.objects.db)
        for model in MAKE:
            model.objects.all()._raw_delete(model.objects.db)
        for model in MAKE:
            for numbers in _batches(_found_by(model)):
                _make(model, numbers)
        install_text_index(connection)
        IndexState.objects.update_or_create(pk=1, defaults={"version": VERSION})
        return sum(model.objects.count() for model in MAKE)


def ensure_index(told: Callable[[str], object] = lambda _: None) -> None:
    """Make the index anew where an older version made it, or where what keeps it is missing."""
    state = IndexState.objects.filter(pk=1).first()
    if state and state.version == VERSION:
        # A table that was made anew has lost its triggers; an index that was not permitted
        # earlier may be by now.
        if has_text_index(connection) or not install_text_index(connection):
            return
        if connection.vendor != "sqlite":
            return
    if PersonName.objects.exists():
        told("The search index is made anew. In a large casebook this takes some minutes.")
    rebuild_index(LOCAL)


def check_index() -> int:
    """Hold the index against the rows; give the number of rows in it.

    Raises RecordsError where a row is missing, is another, or is of nothing.
    """
    count = 0
    for model in MAKE:
        for numbers in _batches(_found_by(model)):
            kept = model.objects.in_bulk(numbers)
            made = {row.pk: row for row in made_of(model, numbers)}
            if {n: _values(row) for n, row in kept.items()} != {
                n: _values(row) for n, row in made.items()
            }:
                raise _out_of_step(model)
            count += len(made)
        if model.objects.count() != _found_by(model).objects.count():
            raise _out_of_step(model)
    _check_keys()
    if not verify_text_index(connection):
        raise _out_of_step(MAKE)
    return count


def _check_keys() -> None:
    for numbers in _batches(PersonName):
        rows = PersonName.objects.filter(pk__in=numbers)
        made = {(n.pk, n.person_id, key) for n in rows for key in keys_of(n.text)}
        kept = NameKey.objects.filter(name__in=numbers)
        if made != set(kept.values_list("name_id", "person_id", "key")):
            raise _out_of_step(NameKey)


def index_hint() -> str:
    """What to do where the database does not permit the index; empty where it has it."""
    if has_text_index(connection):
        return ""
    if connection.vendor == "sqlite":
        return (
            "This SQLite has no full-text index (FTS5 with trigrams, from 3.34 on): searches read "
            "every text, and are slow in a large casebook."
        )
    return (
        "PostgreSQL did not permit the extension pg_trgm: searches read every text, and are slow "
        "in a large casebook. Have its administrator run CREATE EXTENSION pg_trgm in this "
        "database, then run: bearwitness reindex"
    )


def _found_by(model: Any) -> Any:
    return model._meta.pk.related_model


def _batches(model: Any) -> Iterator[list[int]]:
    last = 0
    while numbers := list(
        model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield numbers
        last = numbers[-1]


def _make(model: Any, numbers: list[int]) -> None:
    if model is FindableName:
        keep_names(PersonName.objects.filter(pk__in=numbers))
    else:
        keep(model, numbers)


def _values(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _out_of_step(model: Any) -> RecordsError:
    what = getattr(model, "__name__", "the words")
    return RecordsError(
        f"the search index is not in step with the records: {what}",
        hint="Run: bearwitness reindex",
    )
