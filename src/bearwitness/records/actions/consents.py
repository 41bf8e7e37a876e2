from __future__ import annotations

from collections.abc import Collection
from datetime import date

from bearwitness.casebook import Use
from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import ConsentMissing, NotPermitted
from bearwitness.records.access import action, check_may_write
from bearwitness.records.audit import audited
from bearwitness.records.models import Consent, Person


@action(Right.RECORD)
def give_consent(  # noqa: PLR0913 - one argument a column
    reader: Reader,
    person: Person,
    *,
    uses: Collection[Use],
    asked_by: str,
    how: str,
    given_at: date,
    language: str = "",
    scope: str = "",
    expires_at: date | None = None,
) -> list[Consent]:
    """Enter a person's yes to one or more uses: one row a use."""
    check_may_write(reader, person)
    if given_at > date.today():
        raise ConsentMissing("a consent cannot be given in the future", hint="Check its date.")
    if expires_at is not None and expires_at < given_at:
        raise ConsentMissing("this consent ends before it was given", hint="Check its dates.")
    facts = {"asked_by": asked_by, "how": how, "language": language}
    facts |= {"scope": scope, "given_at": given_at, "expires_at": expires_at}
    with audited(reader) as write:
        rows = [Consent(person=person, use=Use(use), **facts) for use in uses]
        return [write.add("give_consent", row) for row in rows]


@action(Right.RECORD)
def withdraw_consent(
    reader: Reader, person: Person, *, use: Use, on: date | None = None
) -> list[Consent]:
    """End every grant of this use at once. Asking twice changes nothing."""
    check_may_write(reader, person)
    day = on or date.today()
    if day > date.today():
        raise NotPermitted("a withdrawal holds from today or an earlier day", hint="Check it.")
    with audited(reader) as write:
        rows = list(person.consents.filter(use=Use(use), withdrawn_at=None))
        for row in rows:
            write.change("withdraw_consent", row, {"withdrawn_at": max(day, row.given_at)})
    return rows
