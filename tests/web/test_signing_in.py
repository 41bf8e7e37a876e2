"""Guessing is slow, is audited, and tells nobody which names there are."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import BasePasswordHasher, MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import account, reader

from bearwitness.casebook.guesses import ADDRESS, PASSWORD
from bearwitness.records import actions, signing_in
from bearwitness.records.models import AuditEntry, Guesses

WORD = "slow-river-bends-42"


@pytest.fixture
def user(db):
    user = account("alice")
    user.set_password(WORD)
    user.save()
    return user


def try_in(client, name, password, **more):
    return client.post("/login/", {"username": name, "password": password}, **more)


def later(minutes):
    """As if so much time had gone by."""
    for row in Guesses.objects.all():
        row.last_at -= timedelta(minutes=minutes)
        row.save()


def test_after_five_wrong_passwords_the_right_one_has_to_wait(client, user):
    for _ in range(PASSWORD.free):
        assert try_in(client, "alice", "wrong").status_code == 200
    refused = try_in(client, "ALICE", WORD).content.decode()
    assert "too many wrong tries" in refused
    assert "Wait 1 min" in refused
    assert AuditEntry.objects.filter(action="sign_in_failed").count() == PASSWORD.free
    later(1)
    assert try_in(client, "alice", WORD).status_code == 302
    assert AuditEntry.objects.last().action == "sign_in"
    client.post("/logout/")
    assert "too many" not in try_in(client, "alice", "wrong").content.decode()  # it begins anew


def test_each_further_wrong_one_doubles_the_wait(client, user):
    for _ in range(PASSWORD.free):
        try_in(client, "alice", "wrong")
    later(1)
    try_in(client, "alice", "wrong")
    assert "Wait 2 min" in try_in(client, "alice", WORD).content.decode()


def test_to_be_refused_is_no_further_try(client, user):
    for _ in range(PASSWORD.free + 3):
        shown = try_in(client, "alice", "wrong").content.decode()
    assert "Wait 1 min" in shown


def test_somebody_else_is_not_kept_waiting(client, user):
    for _ in range(PASSWORD.free):
        try_in(client, "bob", "wrong")
    assert try_in(client, "alice", WORD).status_code == 302


def test_an_address_that_tries_many_names_waits_too(client, user):
    for number in range(ADDRESS.free):
        try_in(client, f"name-{number}", "wrong")
    assert "too many wrong tries" in try_in(client, "alice", WORD).content.decode()
    assert try_in(client, "alice", WORD, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_ones_own_account_does_not_buy_an_address_new_tries(client, user):
    for number in range(ADDRESS.free):
        try_in(client, f"name-{number}", "wrong")
        if number % 3 == 0:
            try_in(client, "alice", WORD)
            client.post("/logout/")
    assert "too many wrong tries" in try_in(client, "alice", WORD).content.decode()


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_wrote(client, user, settings):
    settings.BEARWITNESS_BEHIND_PROXY = True
    for number in range(ADDRESS.free):
        forged = f"10.9.9.{number}, 10.0.0.7"
        try_in(client, f"name-{number}", "wrong", headers={"x-forwarded-for": forged})
    waiting = try_in(client, "alice", WORD, headers={"x-forwarded-for": "10.0.0.7"})
    assert "too many wrong tries" in waiting.content.decode()
    other = {"x-forwarded-for": "10.0.0.7, 10.0.0.8"}
    assert try_in(client, "alice", WORD, headers=other).status_code == 302


def test_a_name_that_nobody_has_answers_alike(client, user):
    def answers(name, address):
        shown = [try_in(client, name, "wrong", REMOTE_ADDR=address) for _ in range(7)]
        return [page.content.decode().count("errorlist") for page in shown]

    assert answers("alice", "10.0.0.1") == answers("no-such-account", "10.0.0.2")


def test_a_name_that_nobody_has_costs_the_same_work(client, user, monkeypatch):
    """As many passwords are hashed and as many queries asked: the time tells nothing."""
    hashed = []
    encode = MD5PasswordHasher.encode
    assert BasePasswordHasher.encode is not encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *a, **k: hashed.append(1) or encode(self, *a, **k)
    )

    def work(name):
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            try_in(client, name, "wrong")
        return len(hashed), len(asked)

    work("warm")
    assert work("alice") == work("no-such-account")


def test_an_administrator_lifts_the_wait(client, user):
    for _ in range(PASSWORD.free):
        try_in(client, "alice", "wrong")
    assert signing_in.wait_of("alice") > timedelta(0)
    actions.lift_wait(reader("adam"), user)
    assert AuditEntry.objects.last().action == "lift_wait"
    assert try_in(client, "alice", WORD).status_code == 302


def test_what_was_typed_as_a_name_is_kept_nowhere(client, user):
    try_in(client, WORD, "alice")
    kept = str(list(AuditEntry.objects.values())) + str(list(Guesses.objects.values()))
    assert WORD not in kept


def test_guesses_are_forgotten_after_a_day(client, user):
    for _ in range(PASSWORD.free):
        try_in(client, "alice", "wrong")
    later(24 * 60 + 1)
    try_in(client, "alice", "wrong")
    assert set(Guesses.objects.values_list("wrong", flat=True)) == {1}
