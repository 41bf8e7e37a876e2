"""Many rows at once, by the shortest way of the database; the caller audits them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

Row = tuple[Any, ...]


def copy_rows(model: Any, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write many rows by the shortest way of the database. Columns that are not named have their
    default; dates are ISO 8601, and whatever JSON holds is text."""
    named = {f.attname: f for f in model._meta.concrete_fields}
    others = [f for name, f in named.items() if name not in columns]
    rest = tuple(f.get_default() for f in others)
    names = [connection.ops.quote_name(f.column) for f in [named[c] for c in columns] + others]
    table = f"{connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row + rest)
        else:
            marks = ", ".join(["?"] * len(names))
            # The names are those of our own models.
            insert = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608
            cursor.connection.executemany(insert, [row + rest for row in rows])


def count_on(numbers: Iterable[str]) -> None:
    """Let the database number later rows on from these."""
    models = [apps.get_model("records", name) for name in numbers]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def settle_after_commit() -> None:
    """Once this transaction is committed, let PostgreSQL look at the many rows that are there now.

    It would do that itself, later: until then its plans are of an empty casebook, and it looks up
    in the table what stands in an index. SQLite has no use for it: without statistics it walks a
    list from its newest row, which is what our pages want; with them it sorts every row of a
    common place.
    """
    if connection.vendor == "postgresql":
        transaction.on_commit(_settle)


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
