"""The index made anew, and held against the rows that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection

from bearwitness.casebook.rights import LOCAL, Reader, Right
from bearwitness.errors import RecordsError
from bearwitness.records.access import action
from bearwitness.records.audit import audited
from bearwitness.records.copying import copy_rows, count_on, settle_after_commit
from bearwitness.records.indexing import BATCH, MODELS, facts_of, keys_for
from bearwitness.records.models import IndexState, NameKey, PersonName
from bearwitness.records.text_index import (
    has_text_index,
    install_text_index,
    remove_text_index,
    verify_text_index,
)

# Of what is written into the index. It goes up when `spread` or a key changes.
VERSION = 1
_TELL = 50_000


@action(Right.MANAGE)
def rebuild_index(reader: Reader, *, told: Callable[[str], object] = lambda _: None) -> int:
    """Make the whole index anew, in one transaction; give the number of rows in it."""
    with audited(reader) as write:
        write.note("rebuild_index", None, {"version": VERSION})
        return make_index(told)


def make_index(told: Callable[[str], object]) -> int:
    """The same within a transaction of the caller's, who audits it."""
    remove_text_index(connection)
    for model in (NameKey, *MODELS):
        model.objects.all()._raw_delete(model.objects.db)
    _make_keys()
    count = 0
    for model in MODELS:
        for numbers in _batches(_found_by(model)):
            _copy(model, facts_of(model, numbers))
            count += len(numbers)
            if count >= _TELL and count % _TELL < BATCH:
                told(f"{count:,} rows in the search index")
    install_text_index(connection)
    settle_after_commit()
    IndexState.objects.update_or_create(pk=1, defaults={"version": VERSION})
    return count


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
    rebuild_index(LOCAL, told=told)


def check_index() -> int:
    """Hold the index against the rows; give the number of rows in it.

    Raises RecordsError where a row is missing, is another, or is of nothing.
    """
    count = 0
    for model in MODELS:
        for numbers in _batches(_found_by(model)):
            kept = model.objects.in_bulk(numbers)
            made = {row.pk: row for row in (model(**f) for f in facts_of(model, numbers))}
            if {n: _values(row) for n, row in kept.items()} != {
                n: _values(row) for n, row in made.items()
            }:
                raise _out_of_step(model)
            count += len(made)
        if model.objects.count() != _found_by(model).objects.count():
            raise _out_of_step(model)
    _check_keys()
    if not verify_text_index(connection):
        raise _out_of_step(None)
    return count


def _check_keys() -> None:
    for numbers in _batches(PersonName):
        rows = keys_for(PersonName.objects.filter(pk__in=numbers))
        kept = NameKey.objects.filter(name__in=numbers).values_list("name_id", "person_id", "key")
        if {tuple(row.values()) for row in rows} != set(kept):
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


def _make_keys() -> None:
    last = 0
    for numbers in _batches(PersonName):
        rows = list(keys_for(PersonName.objects.filter(pk__in=numbers)))
        _copy(NameKey, ({"id": n} | row for n, row in enumerate(rows, start=last + 1)))
        last += len(rows)
    count_on(["NameKey"])


def _copy(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Dates travel as ISO 8601."""
    names = [field.attname for field in model._meta.concrete_fields]
    told = (tuple(_text_of_date(row[name]) for name in names) for row in rows)
    copy_rows(model, names, list(told))


def _text_of_date(value: Any) -> Any:
    return value.isoformat() if type(value) is date else value


def _values(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _out_of_step(model: Any) -> RecordsError:
    what = getattr(model, "__name__", "the words")
    return RecordsError(
        f"the search index is not in step with the records: {what}",
        hint="Run: bearwitness reindex",
    )
