"""Every field as it was at any moment; what was changed outside is found; erasure takes it all."""

import sqlite3
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import connection, models
from tests.cast import reader

from bearwitness.casebook import Name, Use
from bearwitness.casebook.perpetrators import Perpetrator
from bearwitness.casebook.review import State
from bearwitness.coding import Quote
from bearwitness.errors import AuditBroken, NotPermitted
from bearwitness.records import actions, queries
from bearwitness.records.audit import field_values, verify_audit
from bearwitness.records.history import values_at, verify_history
from bearwitness.records.models import (
    Act,
    AuditEntry,
    Consent,
    Erasure,
    Interview,
    Involvement,
    Person,
    Version,
)

pytestmark = pytest.mark.django_db
NAME, WORDS, ORIGIN = "가상하나", "A broker took me over the Lark.", "Larkville"
TODAY = date.today()
# Kept elsewhere: entries are the audit itself, versions the history, accounts have no history,
# and shelves and the index are made from the rows.
WITHOUT_HISTORY = {"AuditEntry", "AuditHead", "Version", "Membership", "RoleHeld", "Shelf"}
INDEX = {"FindableName", "FindableInterview", "FindableAct", "FindableEvent", "NameKey"}
WITHOUT_HISTORY |= INDEX | {"IndexState"}
WITHOUT_HISTORY |= {"Draft"}  # no record, and its writer's alone
KEPT = [m for m in apps.get_app_config("records").get_models() if m.__name__ not in WITHOUT_HISTORY]


def everything():
    return {
        (model.__name__, row.pk): field_values(row)
        for model in KEPT
        for row in models.QuerySet(model).all()
    }


def steps():
    """A day's work, one action at a time; each gives nothing, and what it made stays in `made`."""
    alice, dina, made = reader("alice"), reader("dina"), {}

    def person():
        made["person"] = actions.add_person(
            alice, names=[Name(text=NAME)], said={"birth": "199X", "origin": ORIGIN}
        )

    def consent():
        yes = {"asked_by": "Alice Lark", "how": "spoken", "given_at": TODAY}
        actions.give_consent(alice, made["person"], uses=[Use.RECORD, Use.ANALYSE], **yes)

    def interview():
        facts = {"held_on": "2026", "interviewer": "A. Lark", "language": "en", "text": WORDS}
        made["told"] = actions.add_interview(alice, made["person"], **facts)

    def act():
        event = actions.add_event(alice, title="A crossing")
        made["act"] = actions.add_act(
            alice,
            made["person"],
            term="trafficking/deception",
            source=made["told"].source,
            said={"place": ORIGIN},
            event=event,
            perpetrators=[Perpetrator(kind="unknown", description="Lark the broker")],
            evidence=[Quote(exact="A broker took me")],
        )

    yield from (person, consent, interview, act)
    yield lambda: actions.edit_person(
        alice, made["person"], said={"birth": "1994-03-07"}, why="papers"
    )
    yield lambda: actions.edit_interview(alice, made["told"], said={"text": "Once. " + WORDS})
    yield lambda: actions.move_interview(alice, made["told"], to=State.READY)
    yield lambda: actions.move_interview(
        dina, made["told"], to=State.SENT_BACK, reason="Which Lark?"
    )
    yield lambda: actions.open_person(alice, made["person"])
    yield lambda: actions.withdraw_consent(alice, made["person"], use=Use.ANALYSE)


def a_day():
    for step in steps():
        step()
    return Person.objects.get()


def test_every_field_of_every_row_is_told_as_it_was_after_every_action():
    moments = []
    for step in steps():
        step()
        moments.append((datetime.now(UTC), everything()))
    for at, stood in moments:
        told = {}
        for model in KEPT:
            for row in models.QuerySet(model).all():
                values = values_at(row, at)
                if values is not None:
                    told[(model.__name__, row.pk)] = values
        # The two teams of the cast are made for the test, without an action.
        assert {k: v for k, v in told.items() if k[0] != "Team"} == {
            k: v for k, v in stood.items() if k[0] != "Team"
        }


def test_who_changed_it_and_why_is_told_without_what_it_held():
    person = a_day()
    record = person.records.get()
    (changed, made) = queries.changes(reader("bob"), "record", record.pk)
    assert (changed["by"], changed["why"], changed["fields"]) == ("alice", "papers", ["birth"])
    assert made["what"] == "made"
    assert "1994-03" not in str(changed)


def test_reading_what_it_held_is_audited():
    told = a_day().interviews.get()
    versions = actions.read_history(reader("bob"), "interview", told.pk)
    assert WORDS in [v.before.get("text") for v in versions]
    assert AuditEntry.objects.last().action == "read_history"
    actions.close_person(reader("alice"), told.person)
    with pytest.raises(Interview.DoesNotExist):
        actions.read_history(reader("charlie"), "interview", told.pk)


@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_what_actions_wrote_is_as_it_was_audited(at_once, monkeypatch):
    """However many rows are looked at together: none is passed over, none is counted twice."""
    monkeypatch.setattr("bearwitness.records.history._AT_ONCE", at_once)
    a_day()
    assert verify_audit() > 10
    assert verify_history() == Version.objects.count() > 10


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_interview SET text = 'other words'",
        "UPDATE records_person SET birth = '1980'",
        "UPDATE records_consent SET withdrawn_at = NULL WHERE use = 'analyse'",
        "UPDATE records_consent SET use = 'publish-with-name' WHERE use = 'record'",
        "UPDATE records_personname SET text = 'somebody else'",
        "UPDATE records_person SET team_id = (SELECT id FROM records_team WHERE name = 'Heron')",
        "DELETE FROM records_evidence",
        "DELETE FROM records_version WHERE what = 'changed' AND model = 'Interview'",
        "UPDATE records_version SET before = '{\"birth\": \"1901\"}' WHERE model = 'Person' "
        "AND what = 'changed' AND before LIKE '%birth%'",
    ],
)
def test_a_row_or_a_version_that_was_changed_with_a_plain_client_is_found(sql, monkeypatch):
    monkeypatch.setattr("bearwitness.records.history._AT_ONCE", 2)
    reader("charlie")  # there is another team
    a_day()
    if connection.vendor == "postgresql":
        sql = sql.replace("before LIKE", "before::text LIKE")
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount >= 1
    with pytest.raises(AuditBroken, match="tampered"):
        verify_history()


def test_two_people_erase_and_nothing_of_the_person_is_left_but_what_is_stated():
    person, alice, bob = a_day(), reader("alice"), reader("bob")
    erasure = actions.ask_erasure(alice, person, reason="she asked to be forgotten")
    with pytest.raises(NotPermitted, match="cannot confirm"):
        actions.confirm_erasure(alice, erasure)
    before = AuditEntry.objects.count()
    actions.confirm_erasure(bob, erasure)
    left = (
        everything()
        | {("Version", row.pk): field_values(row) for row in Version.objects.all()}
        | {("AuditEntry", row.pk): row.changed for row in AuditEntry.objects.all()}
    )
    for secret in (NAME, WORDS, ORIGIN, "Lark", "1994-03", "199X"):
        assert secret not in str(left), secret
    found = {n: apps.get_model("records", n).objects.count() for n in INDEX}
    assert found == dict.fromkeys(INDEX, 0) | {"FindableEvent": 1}  # an event is not hers alone
    kept = Person.objects.get()
    assert kept.erased_at is not None
    assert [c.use for c in kept.consents.all()] == ["record", "analyse"]
    assert all(c.withdrawn_at for c in Consent.objects.all())
    assert Erasure.objects.get().confirmed_by == "bob"
    assert AuditEntry.objects.count() > before
    assert verify_audit()
    assert verify_history()
    assert not queries.consented_people(reader("ana"), Use.RECORD, on=TODAY).exists()


def test_the_file_itself_holds_nothing_more_once_the_journal_is_folded_in(tmp_path):
    """SQLite leaves deleted text in free pages, unless it is told to overwrite them."""
    from bearwitness.web.settings import _SQLITE

    path = tmp_path / "records.sqlite3"
    with sqlite3.connect(path) as plain:
        for pragma in _SQLITE["OPTIONS"]["init_command"].split(";"):
            plain.execute(pragma)
        plain.execute("CREATE TABLE t (text)")
        plain.execute("INSERT INTO t VALUES (?)", [WORDS * 50])
        plain.commit()
        plain.execute("DELETE FROM t")
        plain.commit()
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    assert WORDS.encode() not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_acts_done_to_others_no_longer_say_who_did_them():
    person, alice = a_day(), reader("alice")
    other = actions.add_person(alice)
    source = actions.add_source(alice, kind="document", title="A file", received_at=TODAY)
    by = Perpetrator(kind="person", code_name=person.code_name)
    facts = {"term": "trafficking/deception", "source": source, "perpetrators": [by]}
    act = actions.add_act(alice, other, **facts)
    erasure = actions.ask_erasure(alice, person, reason="she asked to be forgotten")
    actions.confirm_erasure(reader("bob"), erasure)
    assert list(Act.objects.all()) == [act]
    assert Involvement.objects.get().person is None
    assert verify_history()


def test_nothing_is_recorded_again_of_somebody_who_was_erased():
    person, alice = a_day(), reader("alice")
    erasure = actions.ask_erasure(alice, person, reason="she asked to be forgotten")
    actions.confirm_erasure(reader("adam"), erasure)
    person.refresh_from_db()
    with pytest.raises(NotPermitted, match="was erased"):
        actions.edit_person(alice, person, said={"birth": "1990"})
    with pytest.raises(NotPermitted):
        actions.confirm_erasure(reader("bob"), erasure)


def test_an_erasure_can_be_dropped_until_it_is_confirmed():
    person = a_day()
    with pytest.raises(NotPermitted, match="reason"):
        actions.ask_erasure(reader("alice"), person, reason=" ")
    erasure = actions.ask_erasure(reader("alice"), person, reason="she asked to be forgotten")
    actions.drop_erasure(reader("bob"), erasure)
    assert not Erasure.objects.exists()
    assert verify_history()
