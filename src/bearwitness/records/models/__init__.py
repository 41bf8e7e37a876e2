"""What is kept. Rows are written by `actions` and read by `queries`, nowhere else."""

from bearwitness.records.models.accounts import Membership, RoleHeld, Team
from bearwitness.records.models.auditing import AuditEntry, AuditHead
from bearwitness.records.models.cases import (
    Consent,
    Interview,
    Person,
    PersonName,
    Record,
    Source,
    Statement,
)
from bearwitness.records.models.coded import Act, Event, Evidence, Involvement
from bearwitness.records.models.drafting import Draft
from bearwitness.records.models.entering import (
    AccountSettings,
    CasebookLock,
    Guesses,
    SecondFactorReset,
    Session,
)
from bearwitness.records.models.finding import (
    Dated,
    Findable,
    FindableAct,
    FindableEvent,
    FindableInterview,
    FindableName,
    IndexState,
    NameKey,
    SavedSearch,
    Shelf,
)
from bearwitness.records.models.keeping import Batch, Erasure, Version
from bearwitness.records.models.leaving import Export, HandedOut
from bearwitness.records.models.releasing import InRelease, Release
from bearwitness.records.models.reviewing import Comment

__all__ = [
    "AccountSettings",
    "Act",
    "AuditEntry",
    "AuditHead",
    "Batch",
    "CasebookLock",
    "Comment",
    "Consent",
    "Dated",
    "Draft",
    "Erasure",
    "Event",
    "Evidence",
    "Export",
    "Findable",
    "FindableAct",
    "FindableEvent",
    "FindableInterview",
    "FindableName",
    "Guesses",
    "HandedOut",
    "InRelease",
    "IndexState",
    "Interview",
    "Involvement",
    "Membership",
    "NameKey",
    "Person",
    "PersonName",
    "Record",
    "Release",
    "RoleHeld",
    "SavedSearch",
    "SecondFactorReset",
    "Session",
    "Shelf",
    "Source",
    "Statement",
    "Team",
    "Version",
]
