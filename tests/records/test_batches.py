"""Many rows are changed as one and taken back as one, each by the rules that hold for one."""

from datetime import date

import pytest
from tests.cast import account, reader

from bearwitness.casebook import Use
from bearwitness.casebook.review import State
from bearwitness.casebook.rights import Role
from bearwitness.errors import EditConflict, NotPermitted
from bearwitness.records import actions
from bearwitness.records.audit import verify_audit
from bearwitness.records.batches import (
    FIELDS,
    MOST_ROWS,
    Change,
    apply_batch,
    conflicts,
    preview_batch,
    undo_batch,
)
from bearwitness.records.history import verify_history
from bearwitness.records.models import (
    Act,
    AuditEntry,
    Batch,
    Event,
    Interview,
    Membership,
    Person,
    Source,
    Team,
    Version,
)

pytestmark = pytest.mark.django_db
TODAY = date.today()
WHY = "the place was misspelt"


def told(who="alice", place="Lark Stret"):
    asking = reader(who)
    person = actions.add_person(asking, said={"origin": "Pier"})
    yes = {"asked_by": "x", "how": "spoken", "given_at": TODAY}
    actions.give_consent(asking, person, uses=[Use.RECORD], **yes)
    facts = {"held_on": "2026", "interviewer": "x", "language": "ko", "text": "words"}
    interview = actions.add_interview(asking, person, **facts, place=place)
    actions.add_act(asking, person, term="trafficking/deception", source=interview.source)
    return interview


def change(listed, field, value, rows, **more):
    numbers = [row.pk for row in rows]
    return Change(listed=listed, field=field, value=value, numbers=numbers, why=WHY, **more)


def carried_out(who, wanted):
    asking = reader(who)
    return apply_batch(asking, wanted, seen=preview_batch(asking, wanted).digest)


def test_what_would_change_is_told_with_what_is_refused_and_nothing_stays_of_looking():
    one, two, handed_in = told(), told(place="Lark Street"), told()
    actions.move_interview(reader("alice"), handed_in, to=State.READY)
    theirs = told("charlie")
    actions.open_person(reader("charlie"), theirs.person)
    before = (AuditEntry.objects.count(), Version.objects.count())
    wanted = change("interviews", "place", "Lark Street", [one, two, handed_in, theirs])
    plan = preview_batch(reader("bob"), wanted)
    told_of = {p.row.pk: (p.before, p.is_change, str(p.refused or "")) for p in plan.rows}
    assert told_of[one.pk] == ("Lark Stret", True, "")
    assert told_of[two.pk] == ("Lark Street", False, "")
    assert "nothing changes in what is 'ready'" in told_of[handed_in.pk][2]
    assert "another team" in told_of[theirs.pk][2]
    assert {p.row.place for p in plan.rows if p.row.pk == one.pk} == {"Lark Stret"}
    assert plan.changes == 1
    assert (AuditEntry.objects.count(), Version.objects.count()) == before
    assert Interview.objects.get(pk=one.pk).place == "Lark Stret"


def test_it_is_done_as_one_with_an_entry_a_row_and_taken_back_as_one():
    rows = [told() for _ in range(3)]
    before = AuditEntry.objects.count()
    batch = carried_out("bob", change("interviews", "place", "Lark Street", rows))
    assert batch.rows == 3
    assert AuditEntry.objects.count() == before + 4  # three rows, and that it was one
    assert {i.place for i in Interview.objects.all()} == {"Lark Street"}
    kept = Version.objects.filter(batch=batch, what="changed")
    assert {(v.model, v.why) for v in kept} == {("Interview", WHY)}
    undone = undo_batch(reader("bob"), batch, why="it was right before")
    assert {i.place for i in Interview.objects.all()} == {"Lark Stret"}
    assert undone.undoes == batch
    with pytest.raises(NotPermitted, match="taken back already"):
        undo_batch(reader("bob"), batch, why="again")
    undo_batch(reader("bob"), undone, why="it was wrong after all")  # done again
    assert {i.place for i in Interview.objects.all()} == {"Lark Street"}
    verify_audit()
    verify_history()


def test_where_a_row_changed_since_nothing_is_taken_back_and_the_row_is_named():
    rows = [told() for _ in range(2)]
    batch = carried_out("alice", change("interviews", "place", "Lark Street", rows))
    actions.edit_interview(reader("bob"), rows[0], said={"language": "en"})
    assert conflicts(batch) == []  # another field
    actions.edit_interview(reader("bob"), rows[0], said={"place": "Pier"})
    assert [v.object_id for v in conflicts(batch)] == [rows[0].pk]
    with pytest.raises(EditConflict, match="changed since: 1"):
        undo_batch(reader("alice"), batch, why="it was right before")
    assert Interview.objects.get(pk=rows[1].pk).place == "Lark Street"
    actions.edit_interview(reader("bob"), rows[0], said={"place": "Lark Street"})
    assert len(conflicts(batch)) == 1  # it says the same again, and was changed none the less


def test_what_changed_between_looking_and_doing_is_not_done():
    rows = [told() for _ in range(2)]
    wanted = change("interviews", "place", "Lark Street", rows)
    seen = preview_batch(reader("alice"), wanted).digest
    actions.edit_interview(reader("bob"), rows[0], said={"place": "Pier"})
    with pytest.raises(EditConflict):
        apply_batch(reader("alice"), wanted, seen=seen)
    assert not Batch.objects.exists()
    assert Interview.objects.get(pk=rows[1].pk).place == "Lark Stret"


def test_many_are_reviewed_at_once_but_never_ones_own():
    mine, hers = told("alice"), told("bob")
    for row, who in ((mine, "alice"), (hers, "bob")):
        actions.move_interview(reader(who), row, to=State.READY)
    batch = carried_out("alice", change("interviews", "state", "reviewed", [mine, hers]))
    assert batch.rows == 1
    states = dict(Interview.objects.values_list("pk", "state"))
    assert states == {mine.pk: "ready", hers.pk: "reviewed"}
    undo_batch(reader("alice"), batch, why="too early")
    assert set(Interview.objects.values_list("state", flat=True)) == {"ready"}


def test_people_are_given_to_another_team_with_all_that_hangs_on_them_and_back():
    one, bound = told(), told()
    event = actions.add_event(reader("alice"), title="A crossing")
    act = bound.person.acts.get()
    actions.edit_act(reader("alice"), act, said={"event": event})
    heron = Team.objects.get_or_create(name="Heron")[0]
    people = [one.person, bound.person]
    plan = preview_batch(reader("alice"), change("people", "team", str(heron.pk), people))
    assert all("another team" in str(p.refused) for p in plan.rows)  # alice is not in it
    Membership.objects.create(user=account("alice"), team=heron)
    batch = carried_out("alice", change("people", "team", str(heron.pk), people))
    assert batch.rows == 1
    person = Person.objects.get(pk=one.person.pk)
    assert person.team == heron
    assert Source.objects.get(interview=one).team == heron
    assert person.records.get().source.team == heron
    assert Person.objects.get(pk=bound.person.pk).team.name == "Plum"
    undo_batch(reader("alice"), batch, why="not theirs after all")
    person.refresh_from_db()
    assert (person.team.name, person.records.get().source.team.name) == ("Plum", "Plum")
    assert Source.objects.get(interview=one).team.name == "Plum"
    verify_history()


VALUES = {
    ("people", "open"): "yes",
    ("people", "sex"): "female",
    ("people", "origin"): "Harbour",
    ("interviews", "state"): "ready",
    ("interviews", "assigned_to"): "bob",
    ("interviews", "place"): "Harbour",
    ("interviews", "language"): "en",
    ("acts", "term"): "trafficking/fraud",
    ("acts", "date"): "199X",
    ("acts", "place"): "Harbour",
    ("acts", "event"): "event",
    ("events", "date"): "2014-21",
    ("events", "place"): "Harbour",
}


def test_every_field_is_tried_here():
    assert set(VALUES) | {("people", "team")} == {(n, f) for n, fs in FIELDS.items() for f in fs}


@pytest.mark.parametrize(("listed", "field"), VALUES)
def test_every_field_is_changed_and_set_back(listed, field):
    told()
    account("bob")
    event = actions.add_event(reader("alice"), title="A crossing")
    value = str(event.pk) if field == "event" else VALUES[listed, field]
    model = {"people": Person, "interviews": Interview, "acts": Act, "events": Event}[listed]
    shown = FIELDS[listed][field].shown
    before = shown(model.objects.get())
    batch = carried_out("alice", change(listed, field, value, model.objects.all()))
    assert shown(model.objects.get()) == value
    undo_batch(reader("alice"), batch, why="not so after all")
    assert shown(model.objects.get()) == before
    verify_history()


def test_who_may_not_change_one_changes_none_and_a_reason_is_needed():
    row = told()
    wanted = change("interviews", "place", "Harbour", [row])
    with pytest.raises(NotPermitted, match="right 'record'"):
        preview_batch(reader("ana"), wanted)
    batch = carried_out("alice", wanted)
    with pytest.raises(NotPermitted, match="somebody else made"):
        undo_batch(reader("bob"), batch, why="not mine")
    no_reason = Change(listed="interviews", field="place", value="x", numbers=[row.pk], why=" ")
    with pytest.raises(NotPermitted, match="needs a reason"):
        preview_batch(reader("alice"), no_reason)
    many = Change(
        listed="interviews", field="place", value="x", numbers=range(MOST_ROWS + 1), why=WHY
    )
    with pytest.raises(NotPermitted, match="changed at once"):
        preview_batch(reader("alice"), many)
    assert preview_batch(reader("charlie", Role.DOCUMENTER), wanted).rows == []
