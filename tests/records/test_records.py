"""Every write is audited with it or not at all; consent decides what leaves; the chain tells."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.cast import reader

from bearwitness.casebook import Name, Use
from bearwitness.errors import AuditBroken, BearwitnessError, ConsentMissing
from bearwitness.intake import read_columns
from bearwitness.pipeline.acts import read_acts
from bearwitness.pipeline.start import init_snapshot
from bearwitness.pipeline.study import read_study
from bearwitness.records import actions, queries
from bearwitness.records.audit import verify_audit
from bearwitness.records.models import Act, AuditEntry, Interview, Person, Source
from bearwitness.records.snapshot import ACTS_FILE, snapshot
from bearwitness.tables import ACTS

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 31)
YES = {"asked_by": "Alice", "how": "spoken", "given_at": TODAY}


def add(name, *uses):
    """An invented person who said yes to these uses."""
    alice = reader("alice")
    person = actions.add_person(alice, names=[Name(text=name)], said={"birth": "199X"})
    if uses:
        actions.give_consent(alice, person, uses=list(uses), **YES)
    return person


def test_a_write_and_its_audit_stand_or_fall_together():
    alice, before = reader("alice"), verify_audit()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.add_person(alice)
        raise RuntimeError("the power goes")
    assert not Person.objects.exists()
    assert verify_audit() == before
    add("가상하나")
    assert verify_audit() > before


def test_the_audit_names_fields_and_never_what_they_hold():
    person = add("가상하나", Use.RECORD)
    actions.show_names(reader("bob"), person)
    for entry in AuditEntry.objects.all():
        assert "가상하나" not in f"{entry.changed}{entry.object_id}{entry.action}"
    assert AuditEntry.objects.filter(by="bob", action="show_names").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_auditentry SET by = 'nobody'",
        "DELETE FROM records_auditentry",
    ],
)
def test_the_database_itself_refuses_to_change_the_audit(sql):
    add("가상하나")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    verify_audit()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_auditentry SET by = 'nobody' WHERE number = 1",
        "DELETE FROM records_auditentry WHERE number = 1",
        "DELETE FROM records_auditentry WHERE number = (SELECT max(number) FROM "
        "records_auditentry)",
    ],
)
def test_without_its_triggers_a_change_is_found_by_following_the_chain(sql):
    if connection.vendor != "sqlite":
        pytest.skip("triggers are listed here as SQLite lists them")
    add("가상하나", Use.RECORD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(sql)
    with pytest.raises(AuditBroken):
        verify_audit()


def test_without_consent_the_answer_is_no():
    person = add("가상하나")
    words = {"held_on": "2026-01", "interviewer": "Alice", "language": "ko", "text": "words"}
    with pytest.raises(ConsentMissing):
        actions.add_interview(reader("alice"), person, **words)
    assert not queries.consented_people(reader("ana"), Use.ANALYSE, on=TODAY).exists()


def test_a_snapshot_holds_those_who_said_yes_under_code_names_and_repeats_byte_for_byte(tmp_path):
    one, two = add("가상하나", Use.ANALYSE), add("허구두리", Use.RECORD)
    taken = [snapshot(reader("ana"), tmp_path / name, on=TODAY) for name in ("a", "b")]
    assert (taken[0].people, taken[0].left_out) == (1, 1)
    files = [{p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("a", "b")]
    assert files[0] == files[1]
    everything = b"".join(files[0].values()).decode()
    assert one.code_name in everything
    assert two.code_name not in everything


def test_whoever_withdraws_is_absent_from_the_next_snapshot(tmp_path):
    one, two = add("가상하나", Use.ANALYSE), add("허구두리", Use.ANALYSE)
    snapshot(reader("ana"), tmp_path / "frozen", on=TODAY)
    actions.withdraw_consent(reader("alice"), one, use=Use.ANALYSE, on=TODAY)
    snapshot(reader("ana"), tmp_path / "frozen", on=TODAY + timedelta(days=1))
    everything = b"".join(p.read_bytes() for p in (tmp_path / "frozen").iterdir()).decode()
    assert two.code_name in everything
    assert one.code_name not in everything


def act_of(person, *, told_by, term="detention/refoulement"):
    """An act done to one person, as somebody told it in an interview."""
    source = Source.objects.create(
        team=person.team, kind="interview", title="x", received_at=date(2026, 1, 2)
    )
    Interview.objects.create(
        source=source, person=told_by, held_on="2026", language="ko", text="words"
    )
    return Act.objects.create(person=person, source=source, term=term, date="2015-21~")


def test_a_snapshot_holds_acts_of_those_who_said_yes_as_told_by_those_who_said_yes(tmp_path):
    one, two = add("가상하나", Use.ANALYSE), add("허구두리", Use.RECORD)
    kept = act_of(one, told_by=one)
    act_of(one, told_by=two), act_of(two, told_by=one)
    taken = snapshot(reader("ana"), tmp_path / "frozen", on=TODAY)
    assert taken.acts == 1
    columns = read_columns(tmp_path / "frozen" / ACTS_FILE)
    assert list(columns) == ACTS.names
    assert {name: cells[0] for name, cells in columns.items()} == {
        "act": str(kept.pk), "person": one.code_name, "type": "detention/refoulement",
        "date": "2015-21~", "place": "", "source": str(kept.source_id), "recorded": "2026-01-02",
    }  # fmt: skip
    init_snapshot(tmp_path)
    study = read_study(tmp_path)
    assert study.acts == {"file": ACTS_FILE} and read_acts(study).table.num_rows == 1
    actions.withdraw_consent(reader("alice"), one, use=Use.ANALYSE, on=TODAY)
    add("가상서이", Use.ANALYSE)
    snapshot(reader("ana"), tmp_path / "frozen", on=TODAY + timedelta(days=1))
    assert not (tmp_path / "frozen" / ACTS_FILE).exists()


def test_a_snapshot_of_nobody_is_refused(tmp_path):
    add("가상하나")
    with pytest.raises(BearwitnessError, match="consent"):
        snapshot(reader("ana"), tmp_path / "frozen", on=TODAY)


def test_no_log_line_holds_a_name(caplog):
    person = add("가상하나", Use.RECORD)
    actions.show_names(reader("bob"), person)
    actions.find_by_name(reader("bob"), "가상하나")
    assert "가상하나" not in caplog.text
    assert "가상하나" not in f"{person} {person!r} {list(person.names.all())}"
