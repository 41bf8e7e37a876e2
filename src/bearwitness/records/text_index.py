"""The index of groups of three letters, in the database's own terms.

SQLite: an FTS5 table beside each table of findable rows, which triggers keep in step, so that it
changes with the row and in the same transaction. PostgreSQL: a GIN index of pg_trgm. Where the
database has neither, everything is found as well, by reading all texts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from django.db import DatabaseError, transaction

# Each table with its key, which is the number of the row that is found.
TABLES = {
    "records_findablename": "name_id",
    "records_findableinterview": "interview_id",
    "records_findableact": "act_id",
    "records_findableevent": "event_id",
}
_SECURE_DELETE = (3, 42)  # the first SQLite whose FTS5 takes words out of the file at once


def words_table(table: str) -> str:
    return f"{table}_words"


def install_text_index(connection) -> bool:
    """Make the index of what is in the tables now; False where the database does not permit it."""
    connection.text_index_in = None
    statements = _sqlite if connection.vendor == "sqlite" else _postgres
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for statement in statements():
                cursor.execute(statement)
    except DatabaseError:
        return False
    return True


def remove_text_index(connection) -> None:
    connection.text_index_in = None
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "sqlite":
                for verb in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {words_table(table)}_{verb}")
                cursor.execute(f"DROP TABLE IF EXISTS {words_table(table)}")
            else:
                cursor.execute(f"DROP INDEX IF EXISTS {words_table(table)}")


def has_text_index(connection) -> bool:
    """Whether the whole index is there, with the triggers that keep it.

    Where it is, that is remembered for as long as this connection stays open.
    """
    if (
        connection.connection
        and getattr(connection, "text_index_in", None) is connection.connection
    ):
        return True
    is_there = _is_there(connection)
    connection.text_index_in = connection.connection if is_there else None
    return is_there


def _is_there(connection) -> bool:
    if connection.vendor == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE name LIKE 'records_findable%_words%'"
        per_table = ("", "_insert", "_update", "_delete")
    else:
        names = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        per_table = ("",)
    with connection.cursor() as cursor:
        cursor.execute(names)
        known = {name for (name,) in cursor.fetchall()}
    return all(f"{words_table(table)}{end}" in known for table in TABLES for end in per_table)


def forget_deleted_words(connection) -> None:
    """Take words of deleted rows out of the file: FTS5 only marks them, until segments merge."""
    if connection.vendor != "sqlite" or not has_text_index(connection):
        return
    with connection.cursor() as cursor:
        for table in TABLES:
            words = words_table(table)
            if sqlite3.sqlite_version_info < _SECURE_DELETE:
                cursor.execute(f"INSERT INTO {words}({words}) VALUES ('optimize')")


def verify_text_index(connection) -> bool:
    """Whether an FTS5 table agrees with the texts beside it. PostgreSQL keeps its own in step."""
    if connection.vendor != "sqlite" or not has_text_index(connection):
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for words in map(words_table, TABLES):
                check = f"INSERT INTO {words}({words}, rank) VALUES ('integrity-check', 1)"
                cursor.execute(check)
    except DatabaseError:
        return False
    return True


def _sqlite() -> Iterator[str]:
    for table, key in TABLES.items():
        words = words_table(table)
        delete = f"INSERT INTO {words}({words}, rowid, text) VALUES ('delete', old.{key}, old.text)"
        insert = f"INSERT INTO {words}(rowid, text) VALUES (new.{key}, new.text)"
        yield (
            f"CREATE VIRTUAL TABLE {words} USING fts5("
            f"text, content='{table}', content_rowid='{key}', tokenize='trigram')"
        )
        if sqlite3.sqlite_version_info >= _SECURE_DELETE:
            yield f"INSERT INTO {words}({words}, rank) VALUES ('secure-delete', 1)"
        for verb, does in (
            ("insert", f"{insert};"),
            ("delete", f"{delete};"),
            ("update", f"{delete}; {insert};"),
        ):
            event = "UPDATE OF text" if verb == "update" else verb.upper()
            yield f"CREATE TRIGGER {words}_{verb} AFTER {event} ON {table} BEGIN {does} END"
        yield f"INSERT INTO {words}({words}) VALUES ('rebuild')"


def _postgres() -> Iterator[str]:
    yield "CREATE EXTENSION IF NOT EXISTS pg_trgm"
    for table in TABLES:
        yield (
            f"CREATE INDEX IF NOT EXISTS {words_table(table)} ON {table} "
            "USING gin (text gin_trgm_ops)"
        )
