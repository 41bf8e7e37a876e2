"""Nothing that names a use passes a row without consent to it: not a query, not an export."""

import ast
import importlib
import pkgutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.cast import reader

import bearwitness
from bearwitness import records
from bearwitness.casebook import Name, Use, granted_uses
from bearwitness.errors import ConsentMissing
from bearwitness.records import actions, queries
from bearwitness.records.access import INSIDE
from bearwitness.records.granting import grant_of, uses_granted
from bearwitness.records.models import Act, Consent, Event, Interview, Person, Source
from bearwitness.records.snapshot import snapshot

TODAY = date.today()
DAYS = st.sampled_from([TODAY + timedelta(days=n) for n in (-40, -1, 0, 1, 40)])
GRANT = st.fixed_dictionaries(
    {
        "use": st.sampled_from(Use),
        "given_at": DAYS,
        "expires_at": st.none() | DAYS,
        "withdrawn_at": st.none() | DAYS,
    }
)


def declared():
    """Every function of the records, wherever it stands, that makes a use of people."""
    for info in pkgutil.walk_packages(records.__path__, "bearwitness.records."):
        if ".migrations" in info.name:
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            use = getattr(getattr(value, "declared", None), "use", INSIDE)
            if use != INSIDE and value.__module__ == info.name:
                yield name, value


USES = dict(declared())
# Queries that give rows each about one person.
QUERIES = {
    "consented_acts": lambda row: row.person,
    "consented_people": lambda row: row,
    "consented_records": lambda row: row.person,
    "cases_to_hand_out": lambda row: row,
    "people_to_hand_out": lambda row: row,
    "interviews_to_hand_out": lambda row: row.person,
    "acts_to_hand_out": lambda row: row.person,
    "sources_to_hand_out": lambda row: row.interview.person,
}

# Of one person each, or of a page of rows: asked below by themselves, and in tests/web/test_walk.
WALKS = {"open_to_walk", "interviews_to_walk", "acts_then_and_now", "spans_to_walk"}


def test_what_makes_a_use_is_known():
    """A new query or export that makes a use is added here, and asked below."""
    assert set(USES) == {*QUERIES, *WALKS, "events_to_hand_out", "snapshot", "export_list"}


def tell(person):
    """An interview, and an act in an event, whatever this person agreed to."""
    team = person.team
    source = Source.objects.create(team=team, kind="interview", title="x", received_at=TODAY)
    Interview.objects.create(source=source, person=person, held_on="2026", language="ko", text="x")
    event = Event.objects.create(team=team, title=person.code_name)
    Act.objects.create(person=person, event=event, source=source, term="trafficking/deception")


def walks_on(reader, person, use, on):
    try:
        return bool(USES["interviews_to_walk"](reader, person, use, on=on))
    except ConsentMissing:
        return False


class TheRuleAndTheDatabase(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(grants=st.lists(st.lists(GRANT, max_size=3), min_size=1, max_size=4), on=DAYS)
    def test_no_query_passes_anybody_who_did_not_consent_nor_leaves_out_who_did(self, grants, on):
        ana, people = reader("ana"), []
        for rows in grants:
            person = actions.add_person(reader("alice"), names=[Name(text="가상하나")])
            Consent.objects.bulk_create(
                Consent(person=person, asked_by="x", how="spoken", **row) for row in rows
            )
            tell(person)
            people.append(person)
        for use in Use:
            agreed = {
                person
                for person in people
                if use in granted_uses(map(grant_of, person.consents.all()), on=on)
            }
            for name, person_of in QUERIES.items():
                rows = USES[name](ana, use, on=on)
                if name == "sources_to_hand_out":
                    rows = rows.filter(kind="interview")
                assert {person_of(row) for row in rows} == agreed, (name, use)
            codes = [person.code_name for person in people]
            walkable = USES["open_to_walk"](ana, codes, use, on=on)
            assert walkable == {person.code_name for person in agreed}
            for person in people:
                assert walks_on(ana, person, use, on) == (person in agreed)
            events = USES["events_to_hand_out"](ana, use, on=on)
            assert {event.title for event in events} == {p.code_name for p in agreed}


@pytest.mark.django_db
@pytest.mark.parametrize("use", Use)
def test_no_export_holds_anybody_who_consented_to_another_use_only(use, tmp_path):
    alice = reader("alice")
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": TODAY}
    agreed, others = actions.add_person(alice), actions.add_person(alice)
    actions.give_consent(alice, agreed, uses=[use], **yes)
    actions.give_consent(alice, others, uses=[u for u in Use if u is not use], **yes)
    snapshot(reader("ana"), tmp_path / "frozen", use=use, on=TODAY)
    everything = b"".join(p.read_bytes() for p in (tmp_path / "frozen").iterdir()).decode()
    assert agreed.code_name in everything
    assert others.code_name not in everything


def imports_and_rows(path):
    """What a module imports from the records' models, and whether it asks them for rows."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "bearwitness.records.models"
        ):
            yield from (alias.name for alias in node.names)


def test_no_page_and_no_export_reaches_past_the_queries():
    """Only the records' own queries and actions touch rows: there is no way around consent."""
    source = Path(bearwitness.__file__).parent
    outside = [p for p in source.rglob("*.py") if "records" not in p.relative_to(source).parts]
    for path in outside:
        assert not list(imports_and_rows(path)), f"{path.name} reaches for rows itself"
    assert ".objects" not in (source / "records" / "snapshot.py").read_text(encoding="utf-8")
    exporting = (source / "records" / "exporting.py").read_text(encoding="utf-8")
    assert exporting.count(".objects") == exporting.count("HandedOut.objects.bulk_create") == 1


WORDS = {"held_on": "2026", "interviewer": "Alice", "language": "ko", "text": "words"}


@pytest.mark.django_db
def test_an_interview_begins_with_consent_and_without_it_leaves_nothing_behind():
    alice = reader("alice")
    consent = {"uses": [Use.ANALYSE], "asked_by": "Alice", "how": "spoken", "given_at": TODAY}
    with pytest.raises(ConsentMissing):
        actions.begin_interview(alice, consent=consent, told=WORDS)
    assert not Person.objects.exists()
    assert not Consent.objects.exists()
    consent["uses"] = [Use.RECORD]
    told = actions.begin_interview(
        alice,
        names=[Name(text="가상하나")],
        consent=consent | {"scope": "no photographs"},
        told=WORDS,
    )
    assert uses_granted(told.person, on=TODAY) == {Use.RECORD}
    assert queries.consents(alice, told.person).get().scope == "no photographs"
    # The person is known now, and their yes still holds.
    again = actions.begin_interview(alice, person=told.person, consent={}, told=WORDS)
    assert again.person == told.person
    assert Interview.objects.count() == 2
