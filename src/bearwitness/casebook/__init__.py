"""Rules of the casebook, without a database: consent, names, uncertain dates."""

from bearwitness.casebook.consent import Grant, Use, check_may_use, granted_uses, may_use
from bearwitness.casebook.date_words import in_words
from bearwitness.casebook.said_dates import read_said_date
from bearwitness.casebook.values import Name, NameKind, When, detect_script

__all__ = [
    "Grant",
    "Name",
    "NameKind",
    "Use",
    "When",
    "check_may_use",
    "detect_script",
    "granted_uses",
    "in_words",
    "may_use",
    "read_said_date",
]
