"""Every write: check the right and the rule, write, audit, keep the version, in one transaction."""

from bearwitness.records.actions.accounts import (
    add_account,
    add_team,
    change_account,
    end_account,
    make_first_account,
    new_password,
)
from bearwitness.records.actions.acts import (
    add_act,
    add_event,
    add_evidence,
    add_perpetrator,
    read_evidence,
)
from bearwitness.records.actions.consents import give_consent, withdraw_consent
from bearwitness.records.actions.drafting import (
    drop_draft,
    keep_draft,
    open_draft,
    save_once,
)
from bearwitness.records.actions.erasing import (
    ask_erasure,
    confirm_erasure,
    drop_erasure,
)
from bearwitness.records.actions.finding import find_by_name, read_passages, search, similar_people
from bearwitness.records.actions.interviews import (
    add_interview,
    begin_interview,
    edit_interview,
    read_interview,
)
from bearwitness.records.actions.looking_back import (
    read_history,
    read_values_at,
)
from bearwitness.records.actions.people import (
    add_person,
    close_person,
    edit_person,
    open_person,
    show_names,
)
from bearwitness.records.actions.reviewing import (
    add_comment,
    assign_interview,
    move_interview,
)
from bearwitness.records.actions.saving import drop_search, keep_search
from bearwitness.records.actions.sources import add_source
from bearwitness.records.actions.studies import note_snapshot

__all__ = [
    "add_account",
    "add_act",
    "add_comment",
    "add_event",
    "add_evidence",
    "add_interview",
    "add_perpetrator",
    "add_person",
    "add_source",
    "add_team",
    "ask_erasure",
    "assign_interview",
    "begin_interview",
    "change_account",
    "close_person",
    "confirm_erasure",
    "drop_draft",
    "drop_erasure",
    "drop_search",
    "edit_interview",
    "edit_person",
    "end_account",
    "find_by_name",
    "give_consent",
    "keep_draft",
    "keep_search",
    "make_first_account",
    "move_interview",
    "new_password",
    "note_snapshot",
    "open_draft",
    "open_person",
    "read_evidence",
    "read_history",
    "read_interview",
    "read_passages",
    "read_values_at",
    "save_once",
    "search",
    "show_names",
    "similar_people",
    "withdraw_consent",
]
