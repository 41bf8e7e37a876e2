"""One field of many rows, changed together: looked at first, made as one, and taken back as one.

What would happen is found out by doing it and taking it back: the very actions that change one row
decide for each row whether it may be changed, and say why not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import transaction

from bearwitness.casebook.review import TRANSITIONS, State
from bearwitness.casebook.rights import Reader, Right, check_may, check_may_change
from bearwitness.errors import BearwitnessError, EditConflict, NotPermitted, RecordsError
from bearwitness.provenance import canonical_json
from bearwitness.records import actions, queries
from bearwitness.records.access import action, check_may_write
from bearwitness.records.audit import audited, field_values, in_batch
from bearwitness.records.models import Act, Batch, Interview, Person, Record, Statement, Version

MOST_ROWS = 1_000
_STATED = ("sex", "origin")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field that can be changed in many rows. `shown` is its value in a row, as it is kept;
    `change` the action for one row, by reader, row, value and reason."""

    right: Right
    shown: Callable[[Any], str]
    change: Callable[[Reader, Any, str, str], Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value for one field of the rows of these numbers, and why."""

    listed: str
    field: str
    value: str
    numbers: Sequence[int]
    why: str


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What happens to one row; `refused` says why nothing does. Equal values: nothing to do."""

    row: Any
    before: str
    after: str
    refused: BearwitnessError | None = None

    @property
    def is_change(self) -> bool:
        return self.refused is None and self.before != self.after


@dataclass(frozen=True, kw_only=True)
class Plan:
    rows: Sequence[Planned]

    @cached_property
    def changes(self) -> int:
        return sum(planned.is_change for planned in self.rows)

    @cached_property
    def digest(self) -> str:
        """Equal for the same rows with the same values and refusals."""
        facts = [(p.row.pk, p.before, p.after, str(p.refused or "")) for p in self.rows]
        return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def _said(right: Right, field: str, change: Callable[..., Any]) -> Field:
    """A field that an action takes under `said`."""

    def carry_out(reader: Reader, row: Any, value: str, why: str) -> None:
        change(reader, row, said={field: value}, why=why)

    return Field(right=right, shown=lambda row: getattr(row, field), change=carry_out)


def _move(reader: Reader, row: Interview, value: str, why: str) -> None:
    move = TRANSITIONS.get((State(row.state), State(value)))
    reason = why if move is not None and move.needs_reason else ""
    actions.move_interview(reader, row, to=State(value), reason=reason)


def _open(reader: Reader, row: Person, value: str, why: str) -> None:
    (actions.open_person if value == "yes" else actions.close_person)(reader, row)


def _into_event(reader: Reader, row: Act, value: str, why: str) -> None:
    event = queries.event(reader, int(value)) if value else None
    actions.edit_act(reader, row, said={"event": event}, why=why)


FIELDS: Mapping[str, Mapping[str, Field]] = {
    "people": {
        "team": Field(
            right=Right.RECORD,
            shown=lambda row: str(row.team_id),
            change=lambda reader, row, value, why: actions.hand_over(
                reader, row, team=int(value), why=why
            ),
        ),
        "open": Field(
            right=Right.RECORD, shown=lambda row: "yes" if row.is_open else "no", change=_open
        ),
        "sex": _said(Right.RECORD, "sex", actions.edit_person),
        "origin": _said(Right.RECORD, "origin", actions.edit_person),
    },
    "interviews": {
        "state": Field(right=Right.SEE, shown=lambda row: row.state, change=_move),
        "assigned_to": Field(
            right=Right.CODE,
            shown=lambda row: row.assigned_to,
            change=lambda reader, row, value, why: actions.assign_interview(
                reader, row, reviewer=value
            ),
        ),
        "place": _said(Right.RECORD, "place", actions.edit_interview),
        "language": _said(Right.RECORD, "language", actions.edit_interview),
    },
    "acts": {
        "term": _said(Right.CODE, "term", actions.edit_act),
        "date": _said(Right.CODE, "date", actions.edit_act),
        "place": _said(Right.CODE, "place", actions.edit_act),
        "event": Field(
            right=Right.CODE, shown=lambda row: str(row.event_id or ""), change=_into_event
        ),
    },
    "events": {
        "date": _said(Right.CODE, "date", actions.edit_event),
        "place": _said(Right.CODE, "place", actions.edit_event),
    },
}
_ROWS: Mapping[str, Callable[[Reader], Any]] = {
    "people": queries.people,
    "interviews": queries.interviews,
    "acts": queries.acts,
    "events": queries.events,
}


def field_of(listed: str, field: str) -> Field:
    """Raises RecordsError for a field that is not changed in many rows."""
    found = FIELDS.get(listed, {}).get(field)
    if found is None:
        raise RecordsError(
            "this field is not changed in many rows at once", hint="Change it row by row."
        )
    return found


@action(Right.SEE)
def preview_batch(reader: Reader, change: Change) -> Plan:
    """What the change would do to each row. Nothing stays of it, in the audit neither."""
    _check(reader, change)
    return _as_they_are(reader, change, _try(reader, change))


@action(Right.SEE)
def apply_batch(reader: Reader, change: Change, *, seen: str) -> Batch:
    """Change the rows that may be changed: one transaction, one audit entry a row, one batch.

    `seen` is the digest of the plan that was looked at. Raises EditConflict, and changes nothing,
    where it would not be that any more.
    """
    _check(reader, change)
    with audited(reader) as write:
        plan = _try(reader, change)
        if plan.digest != seen:
            raise EditConflict(
                "something changed since you looked at what would change",
                hint="Look at it again.",
            )
        if not plan.changes:
            raise NotPermitted("nothing would change", hint="Choose other rows or a value.")
        batch = _begin(write, change, rows=plan.changes)
        with in_batch(batch):
            _carry_out(reader, change)
    return batch


@action(Right.SEE)
def undo_batch(reader: Reader, batch: Batch, *, why: str) -> Batch:
    """Set every row back to what it was before the batch: all of them, or none.

    Only whoever made the batch takes it back, with the rights that they have now. Raises
    EditConflict where a row was changed since; `conflicts` tells which.
    """
    if batch.by != reader.name:
        raise NotPermitted("somebody else made these changes", hint="Ask them to take them back.")
    right = field_of(batch.listed, batch.field).right
    check_may(reader, right)
    with audited(reader, why=why) as write:
        if Batch.objects.filter(undoes=batch).exists():
            raise NotPermitted("this was taken back already", hint="Look at it again.")
        if found := conflicts(batch):
            raise EditConflict(
                f"rows that were changed since: {len(found)}",
                hint="They are listed. Set the others back one by one, or leave it.",
            )
        undone = _begin(write, batch, why=why, rows=batch.rows, undoes=batch)
        with in_batch(undone):
            for version in _changes(batch).order_by("-pk"):
                _set_back(reader, write, version)
    return undone


def conflicts(batch: Batch) -> list[Version]:
    """The versions of a batch whose row says something else by now, or was changed since."""
    return [version for version in _changes(batch).order_by("pk") if _changed_since(version, batch)]


def _check(reader: Reader, change: Change) -> None:
    check_may(reader, field_of(change.listed, change.field).right)
    if len(change.numbers) > MOST_ROWS:
        raise NotPermitted(
            f"at most {MOST_ROWS:,} rows are changed at once", hint="Narrow the filter."
        )
    if len(change.why.strip()) < 5:
        raise NotPermitted("a change of many rows needs a reason", hint="Say why, without a name.")


def _begin(write: Any, like: Any, *, rows: int, why: str = "", undoes: Any = None) -> Batch:
    facts = {"listed": like.listed, "field": like.field, "rows": rows, "undoes": undoes}
    facts |= {"by": write.by, "at": datetime.now(UTC), "why": (why or like.why).strip()[:500]}
    return write.add("undo_batch" if undoes else "change_batch", Batch(**facts))


def _try(reader: Reader, change: Change) -> Plan:
    """Do it, and take it back."""
    with transaction.atomic():
        plan = _carry_out(reader, change)
        transaction.set_rollback(True)
    return plan


def _carry_out(reader: Reader, change: Change) -> Plan:
    return Plan(rows=list(_each(reader, change)))


def _each(reader: Reader, change: Change) -> Iterator[Planned]:
    field = field_of(change.listed, change.field)
    rows = _ROWS[change.listed](reader).filter(pk__in=list(change.numbers)).order_by("pk")
    for row in rows:
        before = field.shown(row)
        facts = {"row": row, "before": before, "after": change.value}
        if before == change.value:
            yield Planned(**facts)
            continue
        try:
            with transaction.atomic():
                field.change(reader, row, change.value, change.why)
        except BearwitnessError as error:
            facts["refused"] = error
        yield Planned(**facts)


def _as_they_are(reader: Reader, change: Change, plan: Plan) -> Plan:
    """The plan with rows as the database has them: those in it were set to what would be."""
    rows = _ROWS[change.listed](reader).in_bulk([planned.row.pk for planned in plan.rows])
    return Plan(
        rows=[
            Planned(row=rows[p.row.pk], before=p.before, after=p.after, refused=p.refused)
            for p in plan.rows
        ]
    )


def _changes(batch: Batch) -> Any:
    return batch.versions.exclude(what=Version.What.MADE).exclude(model="Batch")


def _row_of(version: Version) -> Any:
    model = apps.get_model("records", version.model)
    return model.objects.filter(pk=version.object_id).first()


def _changed_since(version: Version, batch: Batch) -> bool:
    row = _row_of(version)
    if row is None or version.what == Version.What.ERASED:
        return True
    values = field_values(row)
    if any(values[field] != value for field, value in version.after.items()):
        return True
    same = Version.objects.filter(model=version.model, object_id=version.object_id)
    later = same.filter(pk__gt=version.pk).exclude(batch=batch)
    return any(set(one.after) & set(version.after) for one in later)


def _set_back(reader: Reader, write: Any, version: Version) -> None:
    row = _row_of(version)
    _check_may_set_back(reader, row, version)
    write.change("undo", row, version.before)
    if isinstance(row, Record):
        for field, value in version.before.items():
            if field in _STATED:  # what was said meanwhile stays as well
                facts = {"property": field, "value": value, "original": value}
                write.add("add_statement", Statement(record=row, **facts))


def _check_may_set_back(reader: Reader, row: Any, version: Version) -> None:
    person = row if isinstance(row, Person) else getattr(row, "person", None)
    if person is not None:
        check_may_write(reader, person)
    else:
        check_may_change(reader, row.team_id)
    if "team_id" in version.before:
        check_may_change(reader, version.before["team_id"])
