"""The fictional casebook in the records: whole, consistent, and only where nobody is recorded."""

from itertools import pairwise

import pytest
from django.urls import reverse
from tests.cast import account, reader

from bearwitness.casebook import Name, NameKind, Use, When
from bearwitness.casebook.review import State
from bearwitness.casebook.rights import LOCAL, Role
from bearwitness.coding import Span, anchor, load_vocabulary
from bearwitness.demo.recorded import TEAMS, invent
from bearwitness.errors import RecordsError
from bearwitness.records import actions, queries
from bearwitness.records.audit import verify_audit
from bearwitness.records.filling import fill_with_fiction
from bearwitness.records.history import verify_history
from bearwitness.records.models import (
    Act,
    AuditEntry,
    Consent,
    Evidence,
    Interview,
    NameKey,
    Person,
    PersonName,
    Record,
    Statement,
    Version,
)
from bearwitness.records.name_keys import keys_of

PEOPLE = 150


@pytest.fixture
def filled(db):
    fill_with_fiction(LOCAL, PEOPLE)


def test_equal_seeds_give_equal_rows_and_portions_change_nothing():
    def rows(seed, portion):
        made = list(invent(40, teams=range(1, 11), seed=seed, portion=portion))
        return [[row for part in made for row in part.rows[name]] for name in made[0].rows]

    assert rows(1, 40) == rows(1, 7)
    assert rows(1, 40) != rows(2, 40)


def test_it_has_the_size_that_was_asked_for(filled):
    assert Person.objects.count() == PEOPLE
    assert Interview.objects.count() == PEOPLE * 2 // 3
    assert Act.objects.count() == PEOPLE * 20 // 3


def test_audit_and_history_verify_and_tell_how_much_came_in(filled):
    last = AuditEntry.objects.order_by("number").last()
    assert last.action == "fill_with_fiction"
    assert {"Person", "Act", "Interview"} <= set(last.changed)
    assert verify_audit() == last.number
    assert verify_history() == Version.objects.count() > PEOPLE


def test_what_is_written_could_have_been_typed(filled):
    for model, field in ((Person, "birth"), (Act, "date"), (Interview, "held_on")):
        for said in model.objects.exclude(**{field: ""}).values_list(field, flat=True).distinct():
            assert When.read(said)
    terms = {term.id for v in ("trajectory", "trafficking", "detention", "violence")
             for term in load_vocabulary(v).leaves()}  # fmt: skip
    assert set(Act.objects.values_list("term", flat=True)) <= terms
    assert set(Consent.objects.values_list("use", flat=True)) <= set(Use)
    for name in PersonName.objects.prefetch_related("keys"):
        assert name.script == Name(text=name.text).script
        assert NameKind(name.kind)
        assert {key.key for key in name.keys.all()} == keys_of(name.text)


def test_every_act_told_in_an_interview_rests_on_its_words(filled):
    rows = Evidence.objects.select_related("act", "source__interview")
    assert rows.count() == Act.objects.filter(source__kind="interview").count() > 500
    for row in rows:
        facts = {f: getattr(row, f) for f in ("exact", "prefix", "suffix", "start", "end")}
        assert anchor(row.source.interview.text, Span(**facts)) == Span(**facts)
        assert row.act.person_id == row.source.interview.person_id


def test_rows_that_belong_together_are_of_one_team(filled):
    for act in Act.objects.select_related("person", "event", "source"):
        assert act.source.team_id == act.person.team_id
        assert act.event is None or act.event.team_id == act.person.team_id
    for record in Record.objects.select_related("person", "source"):
        assert record.source.team_id == record.person.team_id
    assert Statement.objects.count() > PEOPLE
    assert NameKey.objects.exists()


def test_history_leads_from_draft_to_where_an_interview_stands(filled):
    told = Interview.objects.filter(state=State.REVIEWED).last()
    moves = Version.objects.filter(model="Interview", object_id=told.pk).order_by("pk")
    states = [(move.before["state"], move.after["state"]) for move in moves]
    assert states[0][0] == State.DRAFT
    assert states[-1][1] == State.REVIEWED
    assert all(one[1] == other[0] for one, other in pairwise(states))


def test_work_goes_on_from_there(filled, client):
    user = account("alice", *Role)
    plum = Person.objects.filter(team__name=TEAMS[0], is_open=False).first()
    alice = reader("alice")
    added = actions.add_person(alice, names=[Name(text="가상하나")])
    assert added.pk == PEOPLE + 1
    assert queries.own_record(alice, added).source.list_name == "fictional-plum"
    assert plum in queries.people(alice)
    actions.add_act(alice, plum, term="trajectory/moved", source=plum.records.get().source)
    assert verify_history() and verify_audit()
    client.force_login(user)
    assert client.get(reverse("trajectory", args=[plum.code_name])).status_code == 200


@pytest.mark.django_db
def test_fiction_never_stands_beside_testimony():
    actions.add_person(reader("alice"), names=[Name(text="가상하나")])
    before = verify_audit()
    with pytest.raises(RecordsError, match="not empty"):
        fill_with_fiction(LOCAL, PEOPLE)
    assert Person.objects.count() == 1
    assert verify_audit() == before
