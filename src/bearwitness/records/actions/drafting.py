"""What is typed into a form is kept while it is typed. See docs/decisions on drafts.

None of this is audited: a draft is no record, nobody else reads it, and it lasts some days only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from django.db import transaction

from bearwitness.casebook.rights import Reader
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records.access import action
from bearwitness.records.models import Draft, Person
from bearwitness.records.sealing import opened, sealed

MOST_DRAFTS = 100
MOST_CHARACTERS = 2_000_000


@action(None)
def keep_draft(
    reader: Reader,
    token: str,
    fields: Mapping[str, Sequence[str]],
    *,
    page: str,
    person: Person | None = None,
) -> Draft:
    """Keep what stands in a form now. `person` is whom it is about: their erasure takes it too."""
    _check_somebody(reader)
    if len(json.dumps(fields, ensure_ascii=False)) > MOST_CHARACTERS:
        raise RecordsError("this is too long for a draft", hint="Save it, or cut it in two.")
    Draft.objects.ended().delete()  # also the memory of forms that were saved
    facts = {"page": page, "person": person, "kept_at": datetime.now(UTC)}
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(by=reader.name, token=token).first()
        if row is None:
            _check_room(reader)
            words = sealed(reader.name, fields)
            return Draft.objects.create(by=reader.name, token=token, words=words, **facts)
        if not row.led_to:  # what comes in late, after the form was saved, is let go
            row.words, row.kept_at, row.person = (
                sealed(reader.name, fields),
                facts["kept_at"],
                person,
            )
            row.save()
    return row


@action(None)
def open_draft(reader: Reader, token: str, *, page: str) -> dict[str, list[str]]:
    """The fields of a draft of the reader's own of this form. Raises Draft.DoesNotExist."""
    row = Draft.objects.waiting(reader.name).get(token=token, page=page)
    return opened(reader.name, row.words)


@action(None)
def drop_draft(reader: Reader, token: str) -> None:
    """Throw a draft away. One that is not there, or was saved, is left as it is."""
    Draft.objects.filter(by=reader.name, token=token, led_to="").delete()


@action(None)
def save_once(
    reader: Reader, token: str, write: Callable[[], str], *, page: str
) -> tuple[str, bool]:
    """Call `write` unless this very form was saved before; give where it led, and if it was new.

    The draft goes in the same transaction. Of two that come at once the second waits.
    """
    _check_somebody(reader)
    with transaction.atomic():
        known, _ = Draft.objects.select_for_update().get_or_create(
            by=reader.name, token=token, defaults={"page": page, "kept_at": datetime.now(UTC)}
        )
        if known.led_to:
            return known.led_to, False
        known.led_to, known.words, known.person = write(), "", None
        known.kept_at = datetime.now(UTC)
        known.save()
    return known.led_to, True


def _check_somebody(reader: Reader) -> None:
    if not reader.name:
        raise NotPermitted("nobody is signed in", hint="Sign in.")


def _check_room(reader: Reader) -> None:
    if Draft.objects.waiting(reader.name).count() >= MOST_DRAFTS:
        raise RecordsError(
            f"you have {MOST_DRAFTS} drafts already", hint="Throw some of them away."
        )
