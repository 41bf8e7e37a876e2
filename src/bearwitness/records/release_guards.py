"""The database itself keeps a release on its way, whoever writes to it: from one standing only to
those that `casebook.approval` knows, with its digests and its preparer never changed."""

from __future__ import annotations

from bearwitness.casebook.approval import MOVES, Standing

TABLE = "records_release"
_FIXED = ("study", "run_digest", "package_digest", "prepared_by", "prepared_at", "people")
# Who did a thing is written once.
_ONCE = ("checked_by", "published_by", "ended_by")
_MESSAGE = "a release goes only from hand to hand, and is never changed or deleted"


def _forbidden() -> str:
    """What must not hold between OLD and NEW, as SQL that both databases understand."""
    known = " OR ".join(
        f"(OLD.standing = '{a.value}' AND NEW.standing = '{b.value}')" for a, b in MOVES
    )
    fixed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED)
    once = " OR ".join(f"(OLD.{c} <> '' AND NEW.{c} <> OLD.{c})" for c in _ONCE)
    return f"(NEW.standing <> OLD.standing AND NOT ({known})) OR {fixed} OR {once}"


_BEGINS = f"NEW.standing <> '{Standing.PREPARED.value}' OR NEW.checked_by <> ''"
_SQLITE = [
    f"""CREATE TRIGGER IF NOT EXISTS {TABLE}_begins BEFORE INSERT ON {TABLE} WHEN {_BEGINS}
        BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS {TABLE}_moves BEFORE UPDATE ON {TABLE} WHEN {_forbidden()}
        BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS {TABLE}_stays BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END""",
]
_POSTGRES = [
    f"""CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$""",
    *(
        statement
        for name, when in (
            ("begins", f"BEFORE INSERT ON {TABLE} FOR EACH ROW WHEN ({_BEGINS})"),
            ("moves", f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({_forbidden()})"),
            ("stays", f"BEFORE DELETE OR TRUNCATE ON {TABLE} FOR EACH STATEMENT"),
        )
        for statement in (
            f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}",
            f"CREATE TRIGGER {TABLE}_{name} {when} EXECUTE FUNCTION {TABLE}_refuse()",
        )
    ),
]
_NAMES = ("begins", "moves", "stays")
_CREATE = {"sqlite": _SQLITE, "postgresql": _POSTGRES}
_DROP = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {TABLE}_{name}" for name in _NAMES],
    "postgresql": [f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}" for name in _NAMES],
}


def install_guards(connection) -> None:
    _run(connection, _CREATE)


def remove_guards(connection) -> None:
    _run(connection, _DROP)


def _run(connection, statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
