"""Shelves hold what the rows say, whoever wrote them; lists by them miss and add nothing."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from tests.cast import reader

from bearwitness.casebook import Name, Use
from bearwitness.casebook.review import State
from bearwitness.casebook.rights import LOCAL, Role
from bearwitness.records import actions, queries, shelving
from bearwitness.records.filling import fill_with_fiction
from bearwitness.records.models import Act, Interview, Person, Shelf, Team
from bearwitness.records.shelved import Bound

pytestmark = pytest.mark.django_db
KINDS = {
    "person": queries.people,
    "interview": queries.interviews,
    "act": queries.acts,
    "event": queries.events,
    "source": queries.sources,
}


def check_shelves():
    with connection.cursor() as cursor:
        cursor.execute(shelving.what_stands_where())
        wanted = set(cursor.fetchall())
    assert set(Shelf.objects.values_list("shelf", "audience", "number")) == wanted
    return wanted


def walk(asking, kind, **facts):
    """The whole list, stretch after stretch to its end, and back again."""
    bound, down = Bound(), []
    while True:
        stretch = queries.newest(asking, kind, bound=bound, most=7, **facts)
        down += [row.pk for row in stretch]
        if stretch.older is None:
            break
        bound = Bound(before=stretch.older)
    up = down[-len(stretch) :]
    while stretch.newer is not None:
        stretch = queries.newest(asking, kind, bound=Bound(after=stretch.newer), most=7, **facts)
        up = [row.pk for row in stretch if row.pk not in up] + up
    assert up == down
    return down


def test_lists_by_shelves_are_those_of_the_rights():
    fill_with_fiction(LOCAL, 120)
    check_shelves()
    charlie = actions.add_person(reader("charlie"), names=[Name(text="가상둘이")])
    for asking in (reader("alice"), reader("charlie"), reader("dina", Role.DOCUMENTER), LOCAL):
        for kind, query in KINDS.items():
            assert walk(asking, kind) == [row.pk for row in query(asking).order_by("-pk")], kind
        for state in State:
            told = queries.interviews(asking, state=state)
            assert walk(asking, "interview", state=state) == [row.pk for row in told]
        counts = Counter(queries.interviews(asking).values_list("state", flat=True))
        assert queries.counts_by_state(asking) == {state: counts[state] for state in State}
    assert charlie.pk not in walk(reader("alice"), "person")


def test_every_action_leaves_the_shelves_as_the_rows_are():
    alice, bob = reader("alice", *Role), reader("bob", *Role)
    person = actions.add_person(alice, names=[Name(text="가상하나")])
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": date(2020, 1, 1)}
    actions.give_consent(alice, person, uses=[Use.RECORD], **yes)
    told = {"held_on": "2026", "interviewer": "Alice", "language": "ko", "text": "words"}
    told = actions.add_interview(alice, person, **told)
    actions.add_event(alice, title="A crossing")
    actions.add_act(alice, person, term="trafficking/deception", source=told.source)
    for step in (
        lambda: actions.open_person(alice, person),
        lambda: actions.move_interview(alice, told, to=State.READY),
        lambda: actions.close_person(alice, person),
        lambda: actions.move_interview(bob, told, to=State.REVIEWED),
    ):
        before = check_shelves()
        step()
        assert check_shelves() != before
    other = Team.objects.create(name="Wren")
    Person.objects.filter(pk=person.pk).update(team=other)  # no action does, a plain update may
    assert ("act", other.pk, Act.objects.get().pk) in check_shelves()
    Person.objects.filter(pk=person.pk).update(team=next(iter(alice.teams)))
    asked = actions.ask_erasure(alice, person, reason="asked to be forgotten")
    actions.confirm_erasure(bob, asked)
    assert not Interview.objects.exists()
    check_shelves()


def test_shelves_that_were_lost_are_made_anew():
    fill_with_fiction(LOCAL, 100)
    before = check_shelves()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_shelf WHERE shelf = 'act'")
    shelving.fill(connection)
    assert check_shelves() == before
