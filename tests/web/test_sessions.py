"""Sessions end: by themselves, by their owner, in an emergency, and all at once."""

import time

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.urls import reverse
from tests.cast import account, reader

from bearwitness.casebook.rights import LOCAL, Role
from bearwitness.errors import NotPermitted
from bearwitness.records import actions
from bearwitness.records.audit import verify_audit
from bearwitness.records.history import verify_history
from bearwitness.records.models import AuditEntry, CasebookLock, Session
from bearwitness.web.entry.standing import browser_of

WORD = "slow-river-bends-42"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def bob(db):
    user = account("bob")
    user.set_password(WORD)
    user.save()
    return user


def signed_in(name="bob", password=WORD):
    client = Client(headers={"user-agent": FIREFOX})
    assert client.post("/login/", {"username": name, "password": password}).status_code == 302
    return client


def is_in(client):
    return client.get("/settings/").status_code == 200


def after(monkeypatch, *, minutes):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 60 * minutes)


def test_somebody_who_was_away_is_signed_out_and_told(bob, monkeypatch):
    client = signed_in()
    after(monkeypatch, minutes=29)
    assert is_in(client)
    after(monkeypatch, minutes=29)  # from when they were last seen
    assert is_in(client)
    after(monkeypatch, minutes=31)
    shown = client.get("/people/", follow=True)
    assert "you were away" in shown.content.decode()
    assert not is_in(client)


def test_a_working_day_ends_however_busy_it_was(bob, monkeypatch):
    client = signed_in()
    for _ in range(22):
        after(monkeypatch, minutes=21)
        assert is_in(client)
    after(monkeypatch, minutes=21)  # more than eight hours
    assert not is_in(client)


def test_ones_sessions_are_listed_and_the_others_ended(bob):
    here, there = signed_in(), signed_in()
    page = here.get("/settings/").content.decode()
    assert page.count("Firefox, Linux") == 2
    assert (
        "1 other session has ended"
        in here.post(reverse("end-sessions"), follow=True).content.decode()
    )
    assert is_in(here)
    assert not is_in(there)
    assert AuditEntry.objects.last().action == "end_own_sessions"


def test_nobody_elses_sessions_are_shown_or_ended(bob, db):
    other = Client(headers={"user-agent": "Safari"})
    other.force_login(account("alice"))
    client = signed_in()
    assert "Safari" not in client.get("/settings/").content.decode()
    client.post(reverse("end-sessions"))
    assert is_in(other)


def test_a_changed_password_signs_out_everywhere_else(bob):
    here, there = signed_in(), signed_in()
    new = {"old_password": WORD, "new_password1": "wide-river-bends-43"}
    sent = new | {"new_password2": new["new_password1"]}
    assert here.post("/password/", sent).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert Session.objects.filter(account=bob).count() == 1
    assert is_in(signed_in(password="wide-river-bends-43"))


@pytest.mark.parametrize("new", ["short", "password1234", "3141592653589793"])
def test_a_weak_password_is_refused(new, bob):
    client = signed_in()
    sent = {"old_password": WORD, "new_password1": new, "new_password2": new}
    assert client.post("/password/", sent).status_code == 200
    bob.refresh_from_db()
    assert bob.check_password(WORD)


def test_guessing_at_the_old_password_waits(bob):
    client = signed_in()
    sent = {"new_password1": "wide-river-bends-43", "new_password2": "wide-river-bends-43"}
    for _ in range(5):
        client.post("/password/", sent | {"old_password": "wrong"})
    shown = client.post("/password/", sent | {"old_password": WORD}).content.decode()
    assert "too many wrong tries" in shown


def test_a_given_password_has_to_be_changed_before_anything_else(db):
    user, given = actions.add_account(reader("adam"), name="nara", teams=[], roles=[Role.AUDITOR])
    client = signed_in("nara", given)
    assert client.get("/audit/").url == "/password/"
    assert client.post("/audit/").url == "/password/"
    shown = client.get("/password/").content.decode()
    assert "Choose a password of your own" in shown
    same = {"old_password": given, "new_password1": given, "new_password2": given}
    assert "This is the one until now" in client.post("/password/", same).content.decode()
    own = same | {"new_password1": WORD, "new_password2": WORD}
    assert client.post("/password/", own).status_code == 302
    assert client.get("/audit/").status_code == 200
    given = actions.new_password(reader("adam"), user)
    assert not is_in(client)
    assert signed_in("nara", given).get("/audit/").url == "/password/"


def test_leaving_quickly_ends_every_session_and_signing_out_one(bob):
    here, there = signed_in(), signed_in()
    here.post("/logout/")
    assert not is_in(here)
    assert is_in(there)
    third = signed_in()
    response = third.post("/leave/")
    assert response.url == "/blank/"
    assert "cookies" in response["Clear-Site-Data"]
    assert not is_in(third)
    assert not is_in(there)
    assert not Session.objects.filter(account=bob).exists()
    noted = list(AuditEntry.objects.values_list("action", flat=True))
    assert noted.count("sign_in") == 3
    assert (noted.count("sign_out"), noted.count("leave_quickly")) == (1, 1)


def test_a_request_under_way_does_not_bring_an_ended_session_back(bob):
    client = signed_in()
    session = client.session
    assert session["begun"]  # read before it ended, as a slow request would have
    Session.objects.filter(account=bob).delete()
    session["seen"] = time.time()
    with pytest.raises(UpdateError):
        session.save()
    assert not is_in(client)


def test_a_locked_casebook_lets_nobody_in_until_the_command_line_opens_it(bob):
    client, admin = signed_in(), Client()
    admin.force_login(account("adam"))
    assert "bearwitness unlock" in admin.get("/accounts/lock/").content.decode()
    assert admin.post("/accounts/lock/", {"why": "Police at the door"}).url == "/login/"
    assert not is_in(client)
    assert not is_in(admin)
    refused = client.post("/login/", {"username": "bob", "password": WORD})
    assert "this casebook is locked" in refused.content.decode()
    with pytest.raises(NotPermitted, match="at the computer"):
        actions.unlock_casebook(reader("adam"))
    assert actions.unlock_casebook(LOCAL)
    assert not actions.unlock_casebook(LOCAL)
    assert is_in(signed_in())
    lock = CasebookLock.objects.get()
    assert (lock.locked_by, lock.why) == ("adam", "Police at the door")
    assert lock.lifted_at is not None
    assert verify_audit()
    verify_history()


def test_a_passkey_does_not_open_a_locked_casebook(bob):
    from bearwitness.records.signing_in import entering

    actions.lock_casebook(reader("adam"), why="Police at the door")
    with pytest.raises(NotPermitted, match="locked"), entering(bob, proof="passkey"):
        pass


def test_how_pages_look_is_kept_with_the_account(bob):
    client = signed_in()
    sent = {"language": "ko", "colours": "dark", "text_size": "large"}
    assert client.post("/settings/", sent).status_code == 302
    page = client.get("/settings/").content.decode()
    assert '<html lang="ko" data-colours="dark" data-text="large">' in page
    elsewhere = signed_in().get("/people/", headers={"accept-language": "zh-hans"})
    assert '<html lang="ko"' in elsewhere.content.decode()
    client.post("/language/", {"language": "zh-hans", "next": "/people/"})
    assert '<html lang="zh-hans"' in signed_in().get("/people/").content.decode()
    assert client.post("/settings/", sent | {"colours": "x onload="}).status_code == 200


def test_a_page_asks_whether_it_is_still_theirs(bob):
    client = signed_in()
    told = client.post("/here/").json()
    assert told["name"] == "bob"
    assert len(told["token"]) > 30
    assert client.get("/here/").status_code == 405


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130 Safari/537 Edg/130",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux) AppleWebKit HeadlessChrome/130 Safari/537", "Chromium, Linux"),
        ("Mozilla/5.0 (iPhone) AppleWebKit Version/18 Safari/604", "Safari, iPhone"),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_far_as_one_tells_ones_own_apart(said, shown):
    assert browser_of(said) == shown
