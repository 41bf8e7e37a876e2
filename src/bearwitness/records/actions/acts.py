from __future__ import annotations

from collections.abc import Mapping

from bearwitness.casebook import When
from bearwitness.casebook.review import State, check_may_edit
from bearwitness.casebook.rights import Reader, Right, check_may_change
from bearwitness.coding import load_vocabulary
from bearwitness.records.access import action
from bearwitness.records.audit import audited
from bearwitness.records.models import Act, Interview, Person, Source


@action(Right.CODE)
def add_act(
    reader: Reader,
    person: Person,
    *,
    term: str,
    source: Source,
    said: Mapping[str, str] | None = None,
) -> Act:
    """Add an act done to a person. `term` is vocabulary/word; `said` has any of date, place."""
    check_may_change(reader, person.team_id)
    vocabulary = load_vocabulary(term.split("/", maxsplit=1)[0])
    facts = {"date": "", "place": "", **(said or {})}
    if facts["date"]:
        When.read(facts["date"])
    act = Act(
        person=person,
        term=vocabulary.term(term).id,
        vocabulary_version=vocabulary.version,
        source=source,
        author=reader.name,
        **facts,
    )
    with audited(reader) as write:
        told = Interview.objects.select_for_update().filter(source=source).first()
        if told:
            check_may_edit(State(told.state))
        return write.add("add_act", act)
