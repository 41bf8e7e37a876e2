"""The numbers of rows in which terms stand: found by the index, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from bearwitness.casebook.rights import Reader
from bearwitness.casebook.searched import Term
from bearwitness.records.text_index import has_text_index, words_table

_SAMPLE, _COMMON = 200, 4


def standing_in(
    model: Any, reader: Reader, terms: Iterable[Term], *, before: int | None, most: int | None
) -> RawSQL:
    """A subquery: the numbers of findable rows that hold all terms, the highest first.

    The order is by number and never by how well a text fits: that is weighed by how common a word
    is in all texts, also in those that the reader may not see.
    """
    table, key = model._meta.db_table, model._meta.pk.column
    conditions, values = _seen(reader, table)
    if before is not None:
        conditions.append(f"{table}.{key} < %s")
        values.append(before)
    statement, more = _FIND[connection.vendor](table, key, list(terms))
    statement = statement.replace("{seen}", " AND ".join(["1 = 1", *conditions]))
    if most is not None:
        statement += f" ORDER BY 1 DESC LIMIT {int(most)}"
    return RawSQL(statement, [*more, *values])  # noqa: S611 - no text of a reader's is in it


def numbers_standing_in(model: Any, *args: Any, **kwargs: Any) -> list[int]:
    """The same, asked now."""
    found = standing_in(model, *args, **kwargs)
    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        return [number for (number,) in cursor.fetchall()]


def _seen(reader: Reader, table: str) -> tuple[list[str], list[Any]]:
    """The rule of `visible`, in the terms of the table."""
    if reader.every_team:
        return [], []
    teams = sorted(reader.teams)
    within = f"{table}.team_id IN ({', '.join(['%s'] * len(teams))}) OR " if teams else ""
    return [f"({within}{table}.is_open)"], teams


def _sqlite(table: str, key: str, terms: list[Term]) -> tuple[str, list[Any]]:
    if not has_text_index(connection):
        condition, values = _holding(f"instr({table}.text, %s) > 0", terms)
        return f"SELECT {table}.{key} FROM {table} WHERE {condition} AND {{seen}}", values
    words = words_table(table)
    quoted = [[f'"{pattern}"' for pattern in term.patterns] for term in terms]
    wanted = " AND ".join(f"({' OR '.join(patterns)})" for patterns in quoted)
    return (
        # CROSS: the words first, in the order of their rows, so that a common one ends early.
        f"SELECT {words}.rowid FROM {words} CROSS JOIN {table} ON {table}.{key} = {words}.rowid "
        f"WHERE {words} MATCH %s AND {{seen}}",
        [wanted],
    )


def _postgres(table: str, key: str, terms: list[Term]) -> tuple[str, list[Any]]:
    """By the index; but a common word row after row, from the newest, which ends early.

    PostgreSQL knows nothing of how common a word in a long text is, and takes each to be rare.
    """
    values = [[f"%{pattern}%" for pattern in term.patterns] for term in terms]
    condition, flat = _like(f"{table}.text", values)
    plain, _ = _like("text", values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT text FROM {table} ORDER BY {key} DESC LIMIT {_SAMPLE}) "
            f"AS newest WHERE {plain}",
            flat,
        )
        is_common = cursor.fetchone()[0] >= _COMMON
    if is_common:
        condition, _ = _like(f"({table}.text || '')", values)
        return f"SELECT {table}.{key} FROM {table} WHERE {condition} AND {{seen}}", flat
    return (
        f"SELECT * FROM (SELECT {table}.{key} FROM {table} WHERE {condition} AND {{seen}} "
        "OFFSET 0) AS found",
        flat,
    )


def _like(text: str, values: list[list[str]]) -> tuple[str, list[Any]]:
    parts = [" OR ".join([f"{text} LIKE %s"] * len(one)) for one in values]
    return " AND ".join(f"({part})" for part in parts), [value for one in values for value in one]


def _holding(condition: str, terms: list[Term]) -> tuple[str, list[Any]]:
    parts = [" OR ".join([condition] * len(term.patterns)) for term in terms]
    values = [pattern for term in terms for pattern in term.patterns]
    return " AND ".join(f"({part})" for part in parts), values


_FIND = {"sqlite": _sqlite, "postgresql": _postgres}
