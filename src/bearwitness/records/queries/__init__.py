"""Every read. The reader comes first: rows that they may not see are not in any answer.

Where a use is stated, people who did not consent to it are not in the answer either.
"""

from bearwitness.records.queries.accounts import account, accounts, audit_entries, my_teams, teams
from bearwitness.records.queries.coded import (
    act,
    acts,
    acts_from,
    event,
    events,
    events_for,
    number_of_passages,
    passages,
    perpetrators,
)
from bearwitness.records.queries.drafting import drafts
from bearwitness.records.queries.keeping import (
    changes,
    erasure,
    erasure_of,
    erasures,
    row_of,
)
from bearwitness.records.queries.leaving import (
    acts_to_hand_out,
    events_to_hand_out,
    exports,
    handed_out,
    interviews_to_hand_out,
    people_to_hand_out,
    sources_to_hand_out,
)
from bearwitness.records.queries.people import (
    consented_people,
    consented_records,
    consents,
    number_of_people,
    own_record,
    people,
    people_among,
    person,
    records_of,
)
from bearwitness.records.queries.reviewing import (
    authors,
    comments,
    reviewers,
    to_finish,
    to_review,
)
from bearwitness.records.queries.shelves import counts_by_state, newest
from bearwitness.records.queries.sources import (
    interview,
    interviews,
    lists,
    records_from,
    source,
    sources,
    sources_for,
)

__all__ = [
    "account",
    "accounts",
    "act",
    "acts",
    "acts_from",
    "acts_to_hand_out",
    "audit_entries",
    "authors",
    "changes",
    "comments",
    "consented_people",
    "consented_records",
    "consents",
    "counts_by_state",
    "drafts",
    "erasure",
    "erasure_of",
    "erasures",
    "event",
    "events",
    "events_for",
    "events_to_hand_out",
    "exports",
    "handed_out",
    "interview",
    "interviews",
    "interviews_to_hand_out",
    "lists",
    "my_teams",
    "newest",
    "number_of_passages",
    "number_of_people",
    "own_record",
    "passages",
    "people",
    "people_among",
    "people_to_hand_out",
    "perpetrators",
    "person",
    "records_from",
    "records_of",
    "reviewers",
    "row_of",
    "source",
    "sources",
    "sources_for",
    "sources_to_hand_out",
    "teams",
    "to_finish",
    "to_review",
]
