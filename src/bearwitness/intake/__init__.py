"""Intake: originals are sealed, files become rows, rows become members and statements."""

from bearwitness.intake.arriving import check_may_keep, name_to_leave_with
from bearwitness.intake.mapping import (
    ListMapping,
    ListsRead,
    Rejected,
    guess_mapping,
    is_history_table,
    read_lists,
)
from bearwitness.intake.originals import check_seals, seal
from bearwitness.intake.readers import Rows, read_columns, read_rows
from bearwitness.intake.writers import Format, write_rows

__all__ = [
    "Format",
    "ListMapping",
    "ListsRead",
    "Rejected",
    "Rows",
    "check_may_keep",
    "check_seals",
    "guess_mapping",
    "is_history_table",
    "name_to_leave_with",
    "read_columns",
    "read_lists",
    "read_rows",
    "seal",
    "write_rows",
]
