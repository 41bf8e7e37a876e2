"""Sessions in the database, each with its account: so that all of one account can be ended.

Named as Django's SESSION_ENGINE wants it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

# What a session holds of its own beginning. Seconds since 1970.
BEGUN, SEEN, BROWSER = "begun", "seen", "browser"


class SessionStore(DatabaseSessions):
    @classmethod
    def get_model_class(cls):
        from bearwitness.records.models import Session

        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.account_id = data.get("_auth_user_id")
        row.begun_at, row.seen_at = _moment(data.get(BEGUN)), _moment(data.get(SEEN))
        row.browser = data.get(BROWSER, "")
        return row


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
