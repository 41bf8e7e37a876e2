"""Every write: check the right and the rule, write, audit, keep the version, in one transaction."""

from bearwitness.records.actions.accounts import (
    add_account,
    add_team,
    change_account,
    end_account,
    lift_wait,
    lock_casebook,
    make_first_account,
    new_password,
    reset_second_factors,
    unlock_casebook,
)
from bearwitness.records.actions.acts import (
    add_act,
    add_event,
    add_evidence,
    add_perpetrator,
    edit_act,
    edit_event,
    grade_act,
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
from bearwitness.records.actions.own_account import (
    add_code_app,
    add_passkey,
    change_own_password,
    end_own_sessions,
    keep_settings,
    new_recovery_codes,
    remove_second_factor,
)
from bearwitness.records.actions.people import (
    add_person,
    close_person,
    edit_person,
    hand_over,
    open_person,
    show_names,
)
from bearwitness.records.actions.releases import Prepared, move_release, prepare_release
from bearwitness.records.actions.reviewing import (
    add_comment,
    assign_interview,
    move_interview,
)
from bearwitness.records.actions.saving import drop_search, keep_search
from bearwitness.records.actions.sources import (
    add_source,
    edit_source,
    read_source,
    seal_original,
    take_original,
)
from bearwitness.records.actions.studies import note_snapshot

__all__ = [
    "Prepared",
    "add_account",
    "add_act",
    "add_code_app",
    "add_comment",
    "add_event",
    "add_evidence",
    "add_interview",
    "add_passkey",
    "add_perpetrator",
    "add_person",
    "add_source",
    "add_team",
    "ask_erasure",
    "assign_interview",
    "begin_interview",
    "change_account",
    "change_own_password",
    "close_person",
    "confirm_erasure",
    "drop_draft",
    "drop_erasure",
    "drop_search",
    "edit_act",
    "edit_event",
    "edit_interview",
    "edit_person",
    "edit_source",
    "end_account",
    "end_own_sessions",
    "find_by_name",
    "give_consent",
    "grade_act",
    "hand_over",
    "keep_draft",
    "keep_search",
    "keep_settings",
    "lift_wait",
    "lock_casebook",
    "make_first_account",
    "move_interview",
    "move_release",
    "new_password",
    "new_recovery_codes",
    "note_snapshot",
    "open_draft",
    "open_person",
    "prepare_release",
    "read_evidence",
    "read_history",
    "read_interview",
    "read_passages",
    "read_source",
    "read_values_at",
    "remove_second_factor",
    "reset_second_factors",
    "save_once",
    "seal_original",
    "search",
    "show_names",
    "similar_people",
    "take_original",
    "unlock_casebook",
    "withdraw_consent",
]
