"""Three people bring a release out; what is published is kept as it was, and says what changed."""

import io
import shutil
import zipfile

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import account, reader
from tests.web.test_pages import body
from tests.web.walked import TODAY, freeze_and_run, make_people

from bearwitness.casebook.approval import LOOKS, MOVES, Standing
from bearwitness.casebook.rights import Role
from bearwitness.cli import main
from bearwitness.errors import RecordsError
from bearwitness.pipeline import released, run_study
from bearwitness.pipeline.attacked import enter_into_ledger
from bearwitness.records import actions
from bearwitness.records.audit import verify_audit
from bearwitness.records.kept import check_kept, kept_folder
from bearwitness.records.models import AuditEntry, Release
from bearwitness.records.snapshot import snapshot
from bearwitness.release import verify_package
from bearwitness.release.disclosure import Exposure

LOOKED = {"to": "checked", "looked": list(LOOKS)}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    made = tmp_path_factory.mktemp("released")
    with django_db_blocker.unblock(), transaction.atomic():
        people = make_people()
        account("ana")
        freeze_and_run(made / "small", made / "key")
        yield people, made
        transaction.set_rollback(True)


@pytest.fixture
def study(world, settings, db):
    _, made = world
    folder = settings.BEARWITNESS_STUDIES / "small"
    shutil.copytree(made / "small", folder)
    return folder


@pytest.fixture
def people(client, study):
    """A click by one of: ana prepares, paul checks, petra publishes, rosa reads as an analyst."""
    for name, roles in (("petra", [Role.PUBLISHER]), ("rosa", [Role.ANALYST])):
        user = account("paul").__class__.objects.create(username=name)
        for role in roles:
            user.roles_held.create(role=role)

    def click(who, page, **sent):
        client.force_login(account(who) if who in ("ana", "paul", "alice", "audrey")
                           else account("paul").__class__.objects.get(username=who))  # fmt: skip
        return client.post(page, sent) if sent else client.get(page)

    return click


def prepare(people, who="ana"):
    response = people(who, "/studies/small/prepare/", go="on")
    assert response.status_code == 302, body(response)
    return Release.objects.first()


def move(people, who, release, **sent):
    return people(who, reverse("move-release", args=[release.pk]), **sent)


def publish(people):
    release = prepare(people)
    assert move(people, "paul", release, **LOOKED).status_code == 302
    assert move(people, "petra", release, to="published").status_code == 302
    release.refresh_from_db()
    return release


def test_one_prepares_a_second_checks_a_third_publishes(people, settings, study):
    release = publish(people)
    assert (release.prepared_by, release.checked_by, release.published_by) == (
        "ana", "paul", "petra",
    )  # fmt: skip
    assert release.looked_at == sorted(LOOKS)
    assert release.people == 14
    done = AuditEntry.objects.filter(model="Release").values_list("by", "action")
    assert list(done) == [
        ("ana", "prepare_release"),
        ("paul", "check_release"),
        ("petra", "publish_release"),
    ]
    verify_audit()
    kept = kept_folder(release.package_digest)
    verify_package(kept / "package")
    assert not (kept / "internal").exists()  # what names records is kept nowhere else
    assert "Lark" not in (kept / "base.txt").read_text()


@pytest.mark.parametrize(
    ("who", "to", "why"),
    [
        ("ana", "checked", "only somebody who did not prepare it can check"),
        ("petra", "published", "cannot become"),
    ],
)
def test_nobody_does_two_parts_or_leaves_one_out(who, to, why, people):
    release = prepare(people)
    response = move(people, who, release, to=to, looked=list(LOOKS))
    assert response.status_code in (200, 403)
    assert why in body(response).replace("&#x27;", "'")
    release.refresh_from_db()
    assert release.standing == "prepared"


def test_whoever_checked_does_not_publish(people):
    release = prepare(people)
    move(people, "paul", release, **LOOKED)
    response = move(people, "paul", release, to="published")
    assert response.status_code == 403 or "neither prepared nor checked" in body(response)
    release.refresh_from_db()
    assert release.standing == "checked"


def test_a_checker_ticks_all_or_is_told_what_is_left(people):
    release = prepare(people)
    shown = body(move(people, "paul", release, to="checked", looked=["figures", "attack"]))
    assert "5 of 7 are left" in shown
    assert shown.count(" checked>") == 2  # what was ticked stays


def test_the_first_page_says_what_waits_for_whom(people):
    release = prepare(people)
    waits = "Waiting for you"
    assert waits in body(people("paul", "/studies/"))
    assert waits not in body(people("ana", "/studies/"))
    move(people, "paul", release, **LOOKED)
    assert waits not in body(people("paul", "/studies/"))
    assert waits in body(people("petra", "/studies/"))
    move(people, "petra", release, to="published")
    assert waits not in body(people("petra", "/studies/"))


def test_the_command_line_lists_releases_and_checks_what_is_kept(people, monkeypatch):
    monkeypatch.setattr("bearwitness.cli_records.start_records", lambda: None)
    release = publish(people)
    done = CliRunner().invoke(main, ["audit", "releases"])
    assert "published  small" in done.output
    assert "ana, paul, petra" in done.output
    path = kept_folder(release.package_digest) / "package" / "bag-info.txt"
    path.chmod(0o600)
    path.write_text("x")
    assert CliRunner().invoke(main, ["audit", "releases"]).exit_code == 70


def test_sending_back_says_why_and_a_new_one_can_be_prepared(people):
    release = prepare(people)
    assert "this needs a reason" in body(move(people, "paul", release, to="sent-back"))
    assert people("ana", "/studies/small/prepare/", go="on").status_code == 403  # one at a time
    move(people, "paul", release, to="sent-back", reason="the period is wrong")
    assert "the period is wrong" in body(people("ana", reverse("release", args=[release.pk])))
    assert prepare(people).pk != release.pk


def test_what_is_run_anew_is_stale_and_has_to_be_prepared_again(people, study, world):
    release = prepare(people)
    run_with(study, world, seed=7)
    page = reverse("release", args=[release.pk])
    assert "was run anew since" in body(people("paul", page))
    assert move(people, "paul", release, **LOOKED).status_code in (200, 403)
    release.refresh_from_db()
    assert release.standing == "prepared"
    move(people, "ana", release, to="withdrawn")
    again = prepare(people)
    assert again.run_digest != release.run_digest
    assert move(people, "paul", again, **LOOKED).status_code == 302


def run_with(study, world, *, seed):
    toml = (study / "study.toml").read_text()
    toml = toml.replace("fictional = true", f"fictional = true\nseed = {seed}")
    (study / "study.toml").write_text(toml.replace("rounding = 1", "rounding = 2"))
    return run_study(study, key_path=world[1] / "key")


def test_a_person_s_page_says_which_published_figures_count_them(people, study, world):
    page = reverse("person", args=[world[0][3].code_name])
    prepare(people)
    assert "Published figures that count" not in body(people("alice", page))
    release = Release.objects.get()
    move(people, "paul", release, **LOOKED)
    move(people, "petra", release, to="published")
    assert "Published figures that count" in body(people("alice", page))


def test_the_checker_sees_what_changed_since_the_last_one(people, study, world):
    publish(people)
    for withdrawn in world[0][:2]:
        actions.withdraw_consent(reader("alice"), withdrawn, use="analyse")
    snapshot(reader("ana"), study / "frozen", on=TODAY)
    run_with(study, world, seed=7)
    second = prepare(people)
    shown = body(people("paul", reverse("release", args=[second.pk])))
    assert "What changed since release" in shown
    for said in ("release.rounding", "1 → 2", "seed", "0 rows joined, 4 left", "deceived"):
        assert said in shown, said
    first = Release.objects.last()
    shown = body(people("paul", reverse("release", args=[first.pk])))
    assert "of 14 people, 2 have no consent in force any more and 0 were erased" in shown
    assert withdrawn.code_name not in shown


def test_what_is_published_enters_the_ledger_once(people, study, monkeypatch):
    ledger = study / "ledger" / "releases.jsonl"
    release = prepare(people)
    move(people, "paul", release, **LOOKED)
    assert not ledger.exists()
    move(people, "petra", release, to="published")
    assert len(ledger.read_text().splitlines()) == 1
    enter_into_ledger(study)
    assert len(ledger.read_text().splitlines()) == 1


def test_what_others_published_since_stops_a_release(people, study, monkeypatch):
    """Between the check and the publication another study came out: together they betray."""
    release = prepare(people)
    move(people, "paul", release, **LOOKED)
    betrayed = Exposure(
        kind="cell", key=(("seen on", "harbour"),), low=2, high=2, tables=("an earlier release",)
    )
    monkeypatch.setattr(released, "find_betrayed", lambda *_: (betrayed,))
    response = move(people, "petra", release, to="published")
    assert response.status_code == 400
    release.refresh_from_db()
    assert (release.standing, release.published_by) == ("checked", "")
    assert not (study / "ledger").exists()
    move(people, "petra", release, to="sent-back", reason="it betrays with another")
    assert people("ana", "/studies/small/prepare/", go="on").status_code == 400


def test_a_draft_is_marked_and_only_for_those_who_check(people):
    release = prepare(people)
    page = reverse("release-package", args=[release.pk])
    for who in ("ana", "paul"):
        for url in (page, "/studies/small/package.zip"):
            response = people(who, url)
            assert "DRAFT-NOT-PUBLISHED" in response["Content-Disposition"]
            names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()
            assert all(name.startswith("DRAFT-NOT-PUBLISHED/") for name in names)
            assert "DRAFT-NOT-PUBLISHED/DRAFT-NOT-PUBLISHED.txt" in names
    assert people("audrey", page).status_code == 403
    move(people, "paul", release, **LOOKED)
    move(people, "petra", release, to="published")
    response = people("rosa", page)
    assert response["Content-Disposition"] == 'attachment; filename="small-package.zip"'
    names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()
    assert "small-package/bagit.txt" in names
    assert not any("DRAFT" in name for name in names)


def test_what_nobody_prepared_is_given_to_nobody(people):
    for who in ("ana", "paul", "petra"):
        response = people(who, "/studies/small/package.zip")
        assert response.status_code == 403
        assert "not published" in body(response)


def test_a_published_package_outlives_its_study_and_a_change_of_it_is_found(people, study):
    release = publish(people)
    page = reverse("release-package", args=[release.pk])
    before = people("rosa", page).content
    shutil.rmtree(study)
    assert people("rosa", page).content == before
    assert people("rosa", reverse("release", args=[release.pk])).status_code == 200
    path = kept_folder(release.package_digest) / "package" / "data" / "figures.csv"
    path.chmod(0o600)
    path.write_text(path.read_text() + "x")
    response = people("rosa", page)
    assert response.status_code == 400
    assert "missing or was changed" in body(response)


def test_what_was_changed_after_it_was_prepared_is_neither_checked_nor_published(people):
    release = prepare(people)
    path = kept_folder(release.package_digest) / "package" / "bag-info.txt"
    path.chmod(0o600)
    path.write_text("x")
    assert move(people, "paul", release, **LOOKED).status_code == 400
    release.refresh_from_db()
    assert (release.standing, release.checked_by) == ("prepared", "")


def test_a_package_that_the_run_did_not_make_is_not_prepared(people, study):
    (study / "output" / "package" / "bag-info.txt").write_text("x")
    assert people("ana", "/studies/small/prepare/", go="on").status_code == 400
    assert not Release.objects.exists()


def test_withdrawing_needs_a_reason_and_is_said_on_the_page(people):
    release = publish(people)
    assert "needs a reason" in body(move(people, "petra", release, to="withdrawn"))
    move(people, "petra", release, to="withdrawn", reason="a source was found to be forged")
    shown = body(people("rosa", reverse("release", args=[release.pk])))
    assert "a source was found to be forged" in shown
    assert people("rosa", reverse("release-package", args=[release.pk])).status_code == 200
    assert people("rosa", "/studies/small/package.zip")["Content-Disposition"].count("DRAFT")


SET = "UPDATE records_release SET standing = '{}'"
FORGED = [
    "UPDATE records_release SET checked_by = prepared_by, standing = 'checked'",
    "UPDATE records_release SET standing = 'published', checked_by = 'x', published_by = 'y'",
    "UPDATE records_release SET standing = 'checked'",
    "UPDATE records_release SET package_digest = 'other'",
    "UPDATE records_release SET prepared_by = 'somebody'",
    "DELETE FROM records_release",
]


@pytest.mark.parametrize("statement", FORGED)
def test_the_database_refuses_what_no_page_would_do(statement, people):
    prepare(people)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_a_publisher_who_had_a_hand_in_it(people):
    release = prepare(people)
    move(people, "paul", release, **LOOKED)
    for name in ("ana", "paul"):
        statement = "UPDATE records_release SET standing = 'published', published_by = %s"
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [name])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, ["petra"])  # the guard lets the right way through


def test_the_database_knows_the_same_moves_as_the_rules(people):
    """Every pair of standings is tried on the row itself; those of the table go, no other does."""
    release = prepare(people)
    names = {"checked": "checked_by = 'paul'", "published": "published_by = 'petra'"}
    for a in Standing:
        for b in set(Standing) - {a}:
            went = True
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    _bring(cursor, a, names)
                    more = "" if b.value not in names else f", {names[b.value]}"
                    cursor.execute(SET.format(b.value) + more)
                    raise _Undo
            except _Undo:
                pass
            except DatabaseError:
                went = False
            assert went == ((a, b) in MOVES), (a, b)
    release.refresh_from_db()


class _Undo(Exception):
    pass


def _bring(cursor, standing, names):
    way = {"prepared": [], "checked": ["checked"], "published": ["checked", "published"]}
    way |= {"sent-back": ["sent-back"], "withdrawn": ["withdrawn"]}
    for step in way[standing.value]:
        more = "" if step not in names else f", {names[step]}"
        cursor.execute(SET.format(step) + more)


def test_the_pages_of_releases_cost_the_same_however_many_there_are(people, study):
    def cost(url):
        people("paul", url)
        with CaptureQueriesContext(connection) as asked:
            assert people("paul", url).status_code == 200
        return len(asked)

    release = publish(people)
    few = [cost("/releases/"), cost(reverse("release", args=[release.pk]))]
    facts = {"prepared_by": "ana", "prepared_at": release.prepared_at, "title": "Invented"}
    Release.objects.bulk_create(
        Release(study=f"other-{n}", run_digest="x", package_digest="y", **facts) for n in range(40)
    )
    assert [cost("/releases/"), cost(reverse("release", args=[release.pk]))] == few


def test_a_kept_package_of_another_digest_is_not_taken_for_this_one(people):
    release = publish(people)
    kept = kept_folder(release.package_digest)
    other = kept.with_name("0" * 64)
    shutil.copytree(kept, other)
    with pytest.raises(RecordsError, match="missing or was changed"):
        check_kept("0" * 64)
