"""Erasure: two people, a reason, and a plain word on what remains."""

from __future__ import annotations

from bearwitness.casebook.rights import Reader, Right, check_may
from bearwitness.errors import NotPermitted


def check_reason(reason: str) -> str:
    """The reason, trimmed. Raises NotPermitted where none is given."""
    if len(reason.strip()) < 5:
        raise NotPermitted(
            "an erasure needs a reason",
            hint="Say why, without a name: it stays when everything else is gone.",
        )
    return reason.strip()


def check_may_confirm(reader: Reader, asked_by: str) -> None:
    """Raise NotPermitted for whoever asked: the second person is another one."""
    check_may(reader, Right.ERASE)
    if reader.name == asked_by:
        raise NotPermitted(
            "whoever asked for an erasure cannot confirm it",
            hint="A second person looks at it and confirms.",
        )
