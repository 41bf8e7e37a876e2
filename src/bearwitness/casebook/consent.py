"""Consent: per person and per use. No consent, no use; the default is no."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bearwitness.errors import ConsentMissing


class Use(StrEnum):
    """What a person can say yes to. No use includes another."""

    RECORD = "record"
    ANALYSE = "analyse"
    SHARE_WITH_PARTNERS = "share-with-partners"
    SHARE_WITH_UN = "share-with-un"
    SHARE_WITH_COURTS = "share-with-courts"
    PUBLISH_WITHOUT_NAME = "publish-without-name"
    PUBLISH_WITH_NAME = "publish-with-name"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One yes to one use. It holds through the day `expires_at`; withdrawal ends it at once."""

    use: Use
    given_at: date
    expires_at: date | None = None
    withdrawn_at: date | None = None

    def is_in_force(self, on: date) -> bool:
        expired = self.expires_at is not None and on > self.expires_at
        withdrawn = self.withdrawn_at is not None and on >= self.withdrawn_at
        return self.given_at <= on and not expired and not withdrawn


def granted_uses(grants: Iterable[Grant], *, on: date) -> frozenset[Use]:
    """The uses that somebody has said yes to, as of the day `on`. Empty means: none."""
    return frozenset(grant.use for grant in grants if grant.is_in_force(on))


def check_may_use(granted: Collection[Use], use: Use) -> None:
    """Raise ConsentMissing unless exactly this use is granted."""
    if use not in granted:
        raise ConsentMissing(
            f"there is no consent to {use.value!r}",
            hint="Ask the person, and enter their answer first. Without it the answer is no.",
        )


def may_use(granted: Collection[Use], use: Use) -> bool:
    return use in granted
