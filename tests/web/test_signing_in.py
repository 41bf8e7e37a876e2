"""Guessing is slow, is audited, and tells nobody which names there are."""

import pytest
from tests.cast import account

from bearwitness.records import signing_in
from bearwitness.records.models import AuditEntry

PASSWORD = "slow-river-bends-42"


@pytest.fixture
def user(db):
    user = account("alice")
    user.set_password(PASSWORD)
    user.save()
    return user


def try_in(client, name, password):
    return client.post("/login/", {"username": name, "password": password})


def test_after_five_wrong_passwords_the_right_one_has_to_wait(client, user, monkeypatch):
    for _ in range(signing_in.GUESSES):
        assert try_in(client, "alice", "wrong").status_code == 200
    refused = try_in(client, "ALICE", PASSWORD)
    assert "too many wrong passwords" in refused.content.decode()
    assert AuditEntry.objects.filter(action="sign_in_failed").count() == signing_in.GUESSES
    monkeypatch.setattr(signing_in, "WINDOW", -signing_in.WINDOW)  # a quarter of an hour later
    assert try_in(client, "alice", PASSWORD).status_code == 302
    assert AuditEntry.objects.last().action == "sign_in"


def test_somebody_else_is_not_kept_waiting(client, user):
    for _ in range(signing_in.GUESSES):
        try_in(client, "bob", "wrong")
    assert try_in(client, "alice", PASSWORD).status_code == 302


def test_a_name_that_nobody_has_answers_alike(client, user):
    def answers(name):
        return [try_in(client, name, "wrong").content.decode().count("errorlist") for _ in range(7)]

    assert answers("alice") == answers("no-such-account")


def test_what_was_typed_as_a_name_is_kept_nowhere(client, user):
    try_in(client, PASSWORD, "alice")
    assert PASSWORD not in str(list(AuditEntry.objects.values()))
