"""A printed figure walks back to the words, one step a page; whoever lacks a right is stopped at
the first step that would show a record, and told which right it needs."""

import json
import logging
import re
import shutil

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import ROLES, account, reader
from tests.web.test_pages import body
from tests.web.walked import FAMILY, WORDS, freeze_and_run, make_people

from bearwitness.casebook.rights import Role
from bearwitness.pipeline.walked import Walk
from bearwitness.records import actions
from bearwitness.records.models import AuditEntry

# Two more: people of a team who are also analysts, as in a small organisation.
BOTH = {"alice+": ("alice", Role.ANALYST), "charlie+": ("charlie", Role.ANALYST)}
WHO = ("nobody", *ROLES, *BOTH)
#             nobody alice bob charlie dina ana paul audrey adam alice+ charlie+
STEPS = """
walk-figures   302>  403  403  403  403  200  200  403  403  200  200
walk-figure    302>  403  403  403  403  200  200  403  403  200  200
walk-table     302>  403  403  403  403  200  200  403  403  200  200
walk-run       302>  403  403  403  403  200  200  403  403  200  200
walk-rows      302>  403  403  403  403  200  403  403  403  200  200
walk-person    302>  403  403  403  403  200  403  403  403  200  404
walk-told      302>  403  403  403  403  200  403  403  403  200  404
walk-words     302>  403  403  403  403  403  403  403  403  200  404
"""
TABLE = {name: answers for name, *answers in map(str.split, STEPS.strip().splitlines())}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The cast, people who agreed, and a study of them that was run once."""
    made = tmp_path_factory.mktemp("walked")
    with django_db_blocker.unblock(), transaction.atomic():
        for name in ROLES:
            account(name)
        people = make_people()
        freeze_and_run(made / "small", made / "key")
        yield people, made / "small"
        transaction.set_rollback(True)


@pytest.fixture
def study(world, settings, db):
    people, made = world
    shutil.copytree(made, settings.BEARWITNESS_STUDIES / "small")
    return people


def signed_in(client, who):
    if who != "nobody":
        name, *more = BOTH.get(who, (who,))
        client.force_login(account(name, *more))
    return client


def main_of(shown):
    """The page without its frame, which holds its own address."""
    return shown.split("<main")[1].split("</main>")[0]


def address(step, person):
    wanted = {"name": "small"}
    wanted |= {"figure": "total"} if step == "walk-figure" else {}
    wanted |= {"table": "histories"} if step == "walk-table" else {}
    wanted |= {"code_name": person.code_name} if step in ("walk-person", "walk-told") else {}
    wanted |= {"number": person.acts.get().pk} if step == "walk-words" else {}
    return reverse(step, kwargs=wanted)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("step", TABLE)
def test_each_step_and_each_role(step, who, study, client):
    signed_in(client, who)
    for method in (client.get, client.post) if step == "walk-words" else (client.get,):
        response = method(address(step, study[5]))
        signing_in = response.status_code == 302 and response.url.startswith("/login/")
        assert f"{response.status_code}{'>' if signing_in else ''}" == TABLE[step][WHO.index(who)]


@pytest.mark.parametrize(
    ("who", "step", "right"),
    [
        ("alice", "walk-figures", "studies"),
        ("charlie", "walk-words", "studies"),
        ("paul", "walk-rows", "analyse"),
        ("paul", "walk-person", "see"),
        ("ana", "walk-words", "words"),
    ],
)
def test_whoever_is_stopped_is_told_the_right_and_nothing_else(who, step, right, study, client):
    before = AuditEntry.objects.count()
    shown = body(signed_in(client, who).get(address(step, study[5])))
    assert f"the right &#x27;{right}&#x27;" in shown
    assert study[5].code_name not in main_of(shown)
    assert AuditEntry.objects.count() == before


def test_the_step_before_says_what_the_next_one_needs(study, client):
    assert "needs the right “analyse”" in body(
        signed_in(client, "paul").get(address("walk-run", study[5]))
    )
    told = body(signed_in(client, "ana").get(address("walk-told", study[5])))
    assert "The next step needs the right “words”" in told
    assert "/words/" not in told


def test_the_way_from_a_figure_to_its_words_by_its_links_alone(study, client):
    """As somebody goes it who holds the rights: each page has a link to the next step."""
    signed_in(client, "alice+")
    at, seen = reverse("walk-figures", args=["small"]), []
    for step in [
        "figures/deceived/",
        "made-from/",
        r"rows/\?",
        "of=",
        r"rows/P-",
        "told/",
        "words/",
    ]:
        shown = body(client.get(at))
        assert "no longer agrees" not in shown, at
        link = next(
            link
            for link in re.findall(r'href="([^"]+)"', shown.split('class="walked"')[-1])
            if re.search(step, link)
        ).replace("&amp;", "&")
        at = link if link.startswith("/") else at.partition("?")[0] + link
        seen.append(at)
    assert WORDS[:9] not in body(client.get(at))
    shown = body(client.post(at))
    assert "<mark>fictional Lark Street</mark>" in shown
    assert "The words stand at their place" in shown
    entry = AuditEntry.objects.last()
    assert (entry.by, entry.action) == ("alice", "read_evidence")


def test_no_step_shows_a_name_or_a_small_count_before_its_right(study, client):
    """A publisher sees what is published; not how many are in a withheld cell."""
    signed_in(client, "paul")
    for step in ("walk-figures", "walk-figure", "walk-table", "walk-run"):
        shown = main_of(body(client.get(address(step, study[5]))))
        assert not any(syllable in shown for syllable in FAMILY)
        assert not any(person.code_name in shown for person in study)
    assert "pattern" not in shown


def test_another_team_sees_code_names_and_no_link(study, client):
    shown = body(signed_in(client, "charlie+").get("/studies/small/rows/?of=figure:deceived:ACTS"))
    assert study[5].code_name in shown
    assert f"/rows/{study[5].code_name}" not in shown
    assert "the walk ends here" in shown


def test_a_row_that_changed_since_no_longer_agrees(study, client):
    changed, same = study[5], study[6]
    actions.edit_person(reader("alice"), changed, said={"birth": "1901"})
    signed_in(client, "alice+")
    assert "no longer agrees" in body(client.get(address("walk-person", changed)))
    assert "no longer agrees" not in body(client.get(address("walk-person", same)))
    act = changed.acts.get()
    actions.edit_act(reader("alice"), act, said={"place": "another pier"})
    assert "no longer agrees" in body(client.get(address("walk-told", changed)))


def test_whoever_withdrew_is_walked_to_no_further(study, client):
    actions.withdraw_consent(reader("alice"), study[5], use="analyse")
    signed_in(client, "alice+")
    rows = body(client.get("/studies/small/rows/?of=figure:deceived:ACTS"))
    assert f"/rows/{study[5].code_name}/" not in rows
    assert f"/rows/{study[6].code_name}/" in rows
    shown = body(client.get(address("walk-person", study[5])))
    assert "has ended since the snapshot" in shown
    assert "told/" not in shown
    for step in ("walk-told", "walk-words"):
        assert client.post(address(step, study[5])).status_code in (400, 405)
        assert WORDS[:9] not in body(client.post(address(step, study[5])))


def test_whoever_was_erased_leaves_a_row_that_is_gone(study, client):
    asked = actions.ask_erasure(reader("alice"), study[5], reason="she asked to be forgotten")
    actions.confirm_erasure(reader("bob"), asked)
    shown = body(signed_in(client, "alice+").get(address("walk-person", study[5])))
    assert "erased since" in shown
    assert "gone" in shown


def test_a_changed_input_or_output_is_said(study, client, settings):
    folder = settings.BEARWITNESS_STUDIES / "small"
    with (folder / "study.toml").open("a") as stream:
        stream.write("# one more line\n")
    signed_in(client, "ana")
    assert body(client.get(address("walk-run", study[5]))).count("no longer agrees") == 1
    table = folder / "output" / "package" / "data" / "histories.csv"
    table.write_text(table.read_text().replace("10", "11"))
    assert "no longer agrees" in body(client.get(address("walk-table", study[5])))
    run = folder / "output" / "run.json"
    run.write_text(run.read_text().replace('"seed": 1', '"seed": 2'))
    assert client.get(address("walk-run", study[5])).status_code == 400


def test_a_cited_figure_ends_at_its_source(study, client):
    shown = body(signed_in(client, "ana").get("/studies/small/figures/cited/"))
    assert "it is not our finding" in shown


@pytest.mark.parametrize("of", ["pattern:nowhere", "figure:total:ACTS", "../../run.json"])
def test_only_a_count_of_the_walk_can_be_asked_for(of, study, client):
    assert signed_in(client, "ana").get("/studies/small/rows/", {"of": of}).status_code == 404


def test_nothing_of_a_person_reaches_a_log(study, client, monkeypatch):
    lines = []
    for name in ("django", "django.request", "django.server", ""):
        for kept in logging.getLogger(name).handlers:
            monkeypatch.setattr(kept, "emit", lambda record: lines.append(record.getMessage()))
    for who in ("paul", "ana", "charlie+"):
        for step in TABLE:
            signed_in(client, who).post(address(step, study[5]))
            client.get(address(step, study[5]))
    told = "".join(lines)
    assert "Lark" not in told
    assert not any(syllable in told for syllable in FAMILY)


def test_a_page_of_rows_costs_the_same_wherever_it_is_and_however_many_there_are(
    study, client, settings
):
    """A hundred times the rows: as many queries, and as many bytes read from the file."""
    signed_in(client, "ana")
    few = cost(client, "/studies/small/rows/?of=table:MEMBERS")
    internal = settings.BEARWITNESS_STUDIES / "small" / "output" / "internal"
    lines = (internal / "walk.jsonl").read_bytes().splitlines(keepends=True)[:24] * 100
    (internal / "walk.jsonl").write_bytes(b"".join(lines))
    size = sum(map(len, lines))
    index = {"table:MEMBERS": {"at": 0, "end": size, "rows": len(lines), "people": 14}}
    (internal / "walk.json").write_text(json.dumps(index))
    middle = sum(map(len, lines[:1000]))
    for at in ("", f"&at={middle}"):
        assert cost(client, f"/studies/small/rows/?of=table:MEMBERS{at}") == few
    walk = Walk(settings.BEARWITNESS_STUDIES / "small")
    count, at, pages = walk.counts["table:MEMBERS"], 0, []
    while at is not None:
        page = walk.rows(count, at=at)
        pages.append((at, page))
        at = page.older
    assert sum(len(page.rows) for _, page in pages) == len(lines)
    assert [page.newer for _, page in pages[1:]] == [at for at, _ in pages[:-1]]
    assert walk.rows(count, at=middle + 1).rows == walk.rows(count).rows  # no row begins there


def cost(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)
