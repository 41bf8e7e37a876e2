"""What may leave the casebook in a file: for which uses, and with what."""

from __future__ import annotations

from bearwitness.casebook.consent import Use
from bearwitness.casebook.rights import Reader, Right, check_may
from bearwitness.errors import NotPermitted

# A yes to being recorded is a yes to this casebook, not to a file that leaves it.
USES_OUT = tuple(use for use in Use if use is not Use.RECORD)
# For the others somebody agreed to be counted or told of without a name; words can name too.
NAMED_USES = frozenset(
    {Use.SHARE_WITH_PARTNERS, Use.SHARE_WITH_UN, Use.SHARE_WITH_COURTS, Use.PUBLISH_WITH_NAME}
)


def check_may_leave(
    reader: Reader, use: Use, *, recipient: str, names: bool = False, words: bool = False
) -> None:
    """Raise NotPermitted unless a file for this use may leave, with names, with words."""
    if use not in USES_OUT:
        raise NotPermitted(
            "a consent to being recorded lets no file leave",
            hint="Choose what the file is for; only people who agreed to that are in it.",
        )
    if not recipient.strip():
        raise NotPermitted(
            "a file that leaves needs a recipient", hint="Say which organisation it is for."
        )
    if names:
        check_may(reader, Right.NAMES)
    if words:
        check_may(reader, Right.WORDS)
    if (names or words) and use not in NAMED_USES:
        raise NotPermitted(
            f"neither names nor words leave for the use {use.value!r}",
            hint="Leave them out, or choose the use that these people agreed to by name.",
        )
