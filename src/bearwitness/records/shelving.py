"""Triggers that keep the shelves: which rows each team sees, whatever wrote them.

A row stands on the shelf of its kind (an interview on that of its state) under its team's number,
or under 0 where it was opened to all. `fill` makes all shelves anew from the rows.
"""

from __future__ import annotations

from bearwitness.casebook.review import State

TABLE = "records_shelf"
INTERVIEW = "interview:"  # and the state
_STATES = [f"'{INTERVIEW}{state.value}'" for state in State]
OWNED = ("person", "source", "event")  # they say themselves whose they are
_AUDIENCE = "CASE WHEN {0}.is_open THEN 0 ELSE {0}.team_id END"
_OF_PERSON = f"(SELECT {_AUDIENCE.format('p')} FROM records_person p WHERE p.id = {{0}}.person_id)"  # noqa: S608
_ADD = f"INSERT INTO {TABLE} (shelf, audience, number)"


def _owned(kind: str) -> dict[str, list[str]]:
    new, old = _AUDIENCE.format("NEW"), _AUDIENCE.format("OLD")
    put = f"{_ADD} VALUES ('{kind}', {new}, NEW.id)"
    take = _take(f"= '{kind}'", old, "= OLD.id")
    moved = [take, put]
    if kind == "person":
        acts = "IN (SELECT id FROM records_act WHERE person_id = NEW.id)"
        told = "IN (SELECT id FROM records_interview WHERE person_id = NEW.id)"
        moved += [
            _hand_on("= 'act'", old, new, acts),
            _hand_on(f"IN ({', '.join(_STATES)})", old, new, told),
        ]
    return {"INSERT": [put], "UPDATE OF team_id, is_open": moved, "DELETE": [take]}


def _of_person(kind: str, shelf: str, changing: str) -> dict[str, list[str]]:
    """What hangs on a person is seen by whoever sees the person. `shelf` takes NEW or OLD."""
    put = f"{_ADD} VALUES ({shelf.format('NEW')}, {_OF_PERSON.format('NEW')}, NEW.id)"
    take = _take(f"= {shelf.format('OLD')}", _OF_PERSON.format("OLD"), "= OLD.id")
    return {"INSERT": [put], f"UPDATE OF {changing}": [take, put], "DELETE": [take]}


def _take(shelf: str, audience: str, number: str) -> str:
    where = f"shelf {shelf} AND audience = {audience} AND number {number}"
    return f"DELETE FROM {TABLE} WHERE {where}"  # noqa: S608


def _hand_on(shelf: str, old: str, new: str, number: str) -> str:
    where = f"shelf {shelf} AND audience = {old} AND number {number}"
    return f"UPDATE {TABLE} SET audience = {new} WHERE {where}"  # noqa: S608


_TRIGGERS: dict[str, dict[str, list[str]]] = {
    **{kind: _owned(kind) for kind in OWNED},
    "act": _of_person("act", "'act'", "person_id"),
    "interview": _of_person("interview", f"'{INTERVIEW}' || {{0}}.state", "person_id, state"),
}


def what_stands_where() -> str:
    """One SELECT of every shelf as it should be: shelf, audience, number."""
    owned = [
        f"SELECT '{kind}', {_AUDIENCE.format('t')}, t.id FROM records_{kind} t"  # noqa: S608
        for kind in OWNED
    ]
    hung = [
        f"SELECT {shelf}, {_AUDIENCE.format('p')}, t.id "  # noqa: S608
        f"FROM records_{kind} t JOIN records_person p ON p.id = t.person_id"
        for kind, shelf in (("act", "'act'"), ("interview", f"'{INTERVIEW}' || t.state"))
    ]
    return " UNION ALL ".join(owned + hung)


def fill(connection) -> None:
    """Make all shelves anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608
        cursor.execute(f"{_ADD} {what_stands_where()}")


def install(connection) -> None:
    """Make the triggers; those that are there are made anew."""
    with connection.cursor() as cursor:
        for kind, triggers in _TRIGGERS.items():
            for when, statements in triggers.items():
                for statement in _make(connection.vendor, kind, when, statements):
                    cursor.execute(statement)


def _make(vendor: str, kind: str, when: str, statements: list[str]) -> list[str]:
    table, name = f"records_{kind}", _name(kind, when)
    body = "; ".join(statements)
    if vendor == "sqlite":
        made = f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {body}; END"
        return [f"DROP TRIGGER IF EXISTS {name}", made]
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _name(kind: str, when: str) -> str:
    return f"shelve_{kind}_{when.split(maxsplit=1)[0].lower()}"


def remove(connection) -> None:
    with connection.cursor() as cursor:
        for kind, triggers in _TRIGGERS.items():
            for when in triggers:
                name = _name(kind, when)
                on = "" if connection.vendor == "sqlite" else f" ON records_{kind}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
