"""Every query and every action stands behind a door; no row of another team comes through one."""

import importlib
import inspect
import pkgutil
from datetime import date

import pytest
from django.core.exceptions import ObjectDoesNotExist
from tests.cast import account, reader

from bearwitness.casebook import Name, Use
from bearwitness.casebook.rights import NOBODY, Reader, Role, may_see
from bearwitness.casebook.wanted import Wanted
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records import (
    access,
    actions,
    batches,
    cases,
    exporting,
    importing,
    queries,
    snapshot,
)
from bearwitness.records.access import INSIDE, STATED, visible
from bearwitness.records.indexing import place_key
from bearwitness.records.models import AuditEntry, Event, Person, Source

pytestmark = pytest.mark.django_db
TODAY = date.today()
# Not a read and not a write of a reader's: before there is any account, or a part of an action.
WITHOUT_DOOR = {"make_first_account", "home_team", "own_list", "first_team", "new_code_names"}
WITHOUT_DOOR |= {"drop_searches_for"}


def functions(package):
    """Every public function that a package's modules define, not only those it exports."""
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == info.name and name[0] != "_":
                yield name, value


ACTIONS = sorted((n, f) for n, f in functions(actions) if n not in WITHOUT_DOOR)
QUERIES = sorted(functions(queries))


def test_there_is_nothing_to_pass_by():
    assert len(QUERIES) >= 15
    assert len(ACTIONS) >= 15
    assert {name for name, _ in QUERIES} == set(queries.__all__)


@pytest.mark.parametrize(
    ("name", "function"), ACTIONS + QUERIES, ids=lambda v: getattr(v, "__name__", v)
)
def test_every_query_and_action_takes_the_reader_first_and_declares_itself(name, function):
    assert next(iter(inspect.signature(function).parameters)) == "reader"
    kind = "query" if (name, function) in QUERIES else "action"
    assert function.declared.kind == kind, f"{name} has no door of its kind"
    assert function.declared.use in (INSIDE, STATED, *Use)


@pytest.mark.parametrize(
    "function",
    [
        importing.import_list,
        cases.import_cases,
        snapshot.snapshot,
        exporting.export_list,
        batches.preview_batch,
        batches.apply_batch,
        batches.undo_batch,
    ],
)
def test_what_brings_in_and_takes_out_stands_behind_a_door_too(function):
    assert function.declared.right is not None


@pytest.mark.parametrize(
    ("name", "function"), ACTIONS + QUERIES, ids=lambda v: getattr(v, "__name__", v)
)
def test_without_the_right_nothing_is_read_or_written(name, function):
    if function.declared.right is None:
        return
    with pytest.raises(NotPermitted):
        function(NOBODY)


def two_teams():
    """One person of each team, and one of theirs whom they opened."""
    ours = actions.add_person(reader("alice"), names=[Name(text="가상하나")])
    theirs = actions.add_person(reader("charlie"), names=[Name(text="가상둘이")])
    opened = actions.add_person(reader("charlie"), names=[Name(text="가상세이")])
    actions.open_person(reader("charlie"), opened)
    return ours, theirs, opened


def tell(name, person):
    yes = {"asked_by": name, "how": "spoken", "given_at": TODAY}
    actions.give_consent(reader(name), person, uses=[Use.RECORD, Use.ANALYSE], **yes)
    told = {"held_on": "2026", "interviewer": name, "language": "ko", "text": "words"}
    told["place"] = f"near {person.code_name}"
    told = actions.add_interview(reader(name), person, **told)
    actions.add_act(
        reader(name, Role.CODER), person, term="trafficking/deception", source=told.source
    )


def arguments(name, function, world):
    """What to call a query with so that it could give the other team's rows, if it would."""
    person = world["theirs"]
    known = {
        "person": person,
        "people": Person.objects.all(),
        "code_name": person.code_name,
        "source": person.interviews.first().source,
        "act": person.acts.first(),
        "kind": "interview",
        "use": Use.ANALYSE,
        "on": TODAY,
        "number": person.interviews.first().pk,
        "interview": person.interviews.first(),
        "wanted": Wanted(),
        "places": [place_key(f"near {person.code_name}")],
        "most": 8,
        "name": "",
    }
    if name == "people_named":
        known["wanted"] = Wanted(text="가상둘이")
    if name == "saved_search":
        charlie = reader("charlie")
        kept = actions.keep_search(charlie, Wanted(text="x"), title="x", team=charlie.home)
        known["number"] = kept.pk
    if name == "event":
        known["number"] = actions.add_event(reader("charlie"), title="A crossing").pk
    if name == "erasure":
        asked = actions.ask_erasure(reader("charlie"), person, reason="asked to be forgotten")
        known["number"] = asked.pk
    if name == "act":
        known["number"] = person.acts.first().pk
    if name == "source":
        known["number"] = known["source"].pk
    wanted = list(inspect.signature(function).parameters.values())[1:]
    asked = {p.name: known[p.name] for p in wanted if p.default is p.empty or p.name == "person"}
    return asked


ABOUT_PEOPLE = [
    (n, f)
    for n, f in QUERIES
    if n not in {"reviewers", "account", "accounts", "audit_entries", "my_teams", "teams"}
    and n not in {"exports", "entry_of", "own_second_factors", "own_sessions"}
    and n not in {"colleagues_who_review", "batches"}
    # Of releases, which are of no team; how their base stands is told in numbers only.
    and n not in {"release", "releases", "release_before", "published_with", "base_now"}
]


@pytest.mark.parametrize(
    ("name", "function"), ABOUT_PEOPLE, ids=lambda v: getattr(v, "__name__", v)
)
def test_no_query_gives_a_row_of_another_team(name, function):
    ours, theirs, opened = two_teams()
    for who, person in [("alice", ours), ("charlie", theirs), ("charlie", opened)]:
        tell(who, person)
    # An administrator sees every team's erasures: a code name and a reason, to be second in them.
    alice = reader("alice", *(set(Role) - {Role.ADMINISTRATOR}))
    asked = arguments(name, function, {"theirs": theirs})
    known_interview = theirs.interviews.first().pk
    try:
        answer = function(alice, **asked)
    except ObjectDoesNotExist:
        return
    if name == "number_of_people":
        assert answer == 2
        return
    if name in {"authors", "number_of_passages"}:
        assert not answer
        return
    if name == "places_as_said":
        assert not answer
    if name == "counts_by_place":
        assert sum(counts["interviews"] for counts in answer.values()) == 2
        assert place_key(f"near {theirs.code_name}") not in answer
    if name == "counts_by_state":
        assert sum(answer.values()) == 2  # ours and the one they opened
        return
    rows = answer if hasattr(answer, "__iter__") else [answer] if answer else []
    for row in rows:
        person = row if isinstance(row, Person) else getattr(row, "person", None)
        if person is not None:
            assert person != theirs
        assert getattr(row, "interview_id", None) != known_interview
        assert getattr(row, "act_id", None) != theirs.acts.first().pk
        if isinstance(row, Source | Event):
            assert row.team_id in alice.teams or row.is_open


def test_the_rule_and_the_database_agree_on_who_sees_what():
    two_teams()
    for who in ("alice", "bob", "charlie", "dina", "ana", "adam"):
        asking = reader(who)
        seen = set(Person.objects.filter(visible(asking)))
        for person in Person.objects.all():
            assert (person in seen) == may_see(asking, team=person.team_id, is_open=person.is_open)


def test_an_open_person_is_read_by_all_and_changed_by_their_team_only():
    _, _, opened = two_teams()
    alice = reader("alice")
    assert queries.person(alice, opened.code_name) == opened
    with pytest.raises(NotPermitted):
        actions.edit_person(alice, opened, said={"birth": "1990"})
    with pytest.raises(NotPermitted):
        actions.close_person(alice, opened)
    actions.close_person(reader("charlie"), opened)
    with pytest.raises(Person.DoesNotExist):
        queries.person(alice, opened.code_name)


def test_a_search_by_name_finds_nobody_of_another_team():
    ours, *_ = two_teams()
    assert set(actions.find_by_name(reader("bob"), "가상하나")) == {ours}
    assert actions.find_by_name(reader("charlie"), "가상하나") == []


def test_two_teams_can_have_the_same_file_and_each_its_own_people(tmp_path, settings):
    settings.BEARWITNESS_HOME = tmp_path / "home"
    path = tmp_path / "list.csv"
    path.write_text("id,name,sex,birth\n1,Fictional One,f,1990\n", encoding="utf-8")
    first = importing.import_list(reader("alice"), path, name="harbour")
    second = importing.import_list(reader("charlie"), path, name="quay")
    assert (first.added, second.added) == (1, 1)
    assert importing.import_list(reader("bob"), path, name="harbour").added == 0


def test_somebody_in_no_team_adds_nothing():
    nowhere = Reader(name="x", roles=frozenset([Role.DOCUMENTER]))
    with pytest.raises(NotPermitted, match="no team"):
        actions.add_person(nowhere)
    assert not Person.objects.exists()


def test_accounts_are_made_changed_and_ended_and_each_of_it_is_audited():
    adam = reader("adam")
    team = actions.add_team(adam, "Wren")
    with pytest.raises(RecordsError):
        actions.add_team(adam, "wren")
    user, password = actions.add_account(adam, name="erin", teams=[team.pk], roles=[Role.CODER])
    assert user.check_password(password)
    assert access.reader_of(user).roles == {Role.CODER}
    actions.change_account(adam, user, teams=[], roles=[Role.AUDITOR])
    assert access.reader_of(type(user).objects.get(pk=user.pk)).teams == frozenset()
    actions.end_account(adam, user)
    assert access.reader_of(type(user).objects.get(pk=user.pk)) == NOBODY
    audited = list(AuditEntry.objects.filter(by="adam").values_list("action", flat=True))
    assert audited == ["add_team", "add_account", *["change_account"] * 2, "end_account"]
    assert password not in str(list(AuditEntry.objects.values()))


def test_the_last_administrator_stays():
    adam, user = reader("adam"), account("adam")
    with pytest.raises(NotPermitted, match="last administrator"):
        actions.end_account(adam, user)
    with pytest.raises(NotPermitted, match="last administrator"):
        actions.change_account(adam, user, teams=[], roles=[Role.CODER])
    user.refresh_from_db()
    assert user.is_active
    assert access.reader_of(user).roles == {Role.ADMINISTRATOR}
