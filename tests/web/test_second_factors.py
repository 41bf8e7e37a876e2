"""A second factor: set up with proof, asked for at every sign-in, used once, never kept bare."""

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from tests.cast import account, reader

from bearwitness.casebook.guesses import ADDRESS, SECOND_FACTOR
from bearwitness.casebook.rights import Role
from bearwitness.errors import NotPermitted, RecordsError
from bearwitness.records import actions, signing_in
from bearwitness.records import second_factors as factors
from bearwitness.records.audit import verify_audit
from bearwitness.records.history import verify_history
from bearwitness.records.models import AccountSettings, AuditEntry, SecondFactorReset, Session

WORD = "slow-river-bends-42"


@pytest.fixture
def dina(db):
    """A coder: her role needs a second factor."""
    user = account("dina")
    user.set_password(WORD)
    user.save()
    return user


def sign_in(client, name="dina", password=WORD):
    return client.post("/login/", {"username": name, "password": password})


def code_of(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def set_up(client):
    """Through the page: give the secret as an app keeps it, and the recovery codes."""
    page = client.get(reverse("add-code-app")).content.decode()
    secret = re.search(r'class="typed">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    shown = client.post(reverse("add-code-app"), {"code": code_of(secret, -1)}).content.decode()
    return secret, re.findall(r"<li>(\d{8})</li>", shown)


@pytest.fixture
def enrolled(client, dina):
    sign_in(client)
    secret, codes = set_up(client)
    client.post("/logout/")
    return secret, codes


def actions_noted():
    return list(AuditEntry.objects.values_list("action", flat=True))


def test_a_code_app_is_set_up_and_asked_for_at_the_next_sign_in(client, enrolled):
    secret, codes = enrolled
    assert len(set(codes)) == 10
    response = sign_in(client)
    assert response.url == reverse("second-step")
    assert client.get("/people/").url.startswith("/login/")  # nobody is signed in yet
    assert "One more proof" in client.get(response.url).content.decode()
    assert client.post(response.url, {"code": code_of(secret)}).url == "/"
    assert client.get("/people/").status_code == 200
    assert actions_noted().count("sign_in") == 2
    assert "add_second_factor" in actions_noted()


def test_a_code_works_once_also_after_the_half_minute(client, enrolled, monkeypatch):
    secret, _ = enrolled
    code = code_of(secret)
    sign_in(client)
    assert client.post("/login/second/", {"code": code}).status_code == 302
    client.post("/logout/")
    sign_in(client)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 30)  # within what clocks may differ
    refused = client.post("/login/second/", {"code": code})
    assert "this code is not right" in refused.content.decode()
    assert client.post("/login/second/", {"code": code_of(secret)}).status_code == 302


def test_a_recovery_code_works_once(client, enrolled):
    _, codes = enrolled
    sign_in(client)
    assert client.post("/login/second/", {"code": codes[3]}).url == "/"
    client.post("/logout/")
    sign_in(client)
    assert client.post("/login/second/", {"code": codes[3]}).status_code == 200
    assert client.post("/login/second/", {"code": codes[4]}).status_code == 302
    assert "8 recovery codes are left" in client.get("/settings/").content.decode()


def test_new_recovery_codes_end_the_old_ones(client, enrolled, dina):
    secret, codes = enrolled
    sign_in(client)
    client.post("/login/second/", {"code": code_of(secret)})
    shown = client.post(reverse("recovery-codes")).content.decode()
    fresh = re.findall(r"<li>(\d{8})</li>", shown)
    assert not set(fresh) & set(codes)
    with pytest.raises(NotPermitted):
        factors.check_code(dina, codes[0])
    assert factors.check_code(dina, fresh[0]) == "recovery_codes"


def test_guessing_at_codes_waits_too_and_is_audited(client, enrolled):
    secret, _ = enrolled
    sign_in(client)
    for _ in range(SECOND_FACTOR.free):
        client.post("/login/second/", {"code": "000000"})
        sign_in(client)  # the right password buys no new guesses
    refused = client.post("/login/second/", {"code": code_of(secret)}).content.decode()
    assert "too many wrong tries" in refused
    assert actions_noted().count("second_factor_failed") == SECOND_FACTOR.free


def test_the_password_alone_opens_the_second_step_for_ten_minutes(client, enrolled, monkeypatch):
    secret, _ = enrolled
    sign_in(client)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    assert client.post("/login/second/", {"code": code_of(secret)}).url == "/login/"


def test_a_password_changed_meanwhile_closes_the_second_step(client, enrolled, dina):
    secret, _ = enrolled
    sign_in(client)
    dina.set_password("another-river-42")
    dina.save()
    assert client.post("/login/second/", {"code": code_of(secret)}).url == "/login/"


def test_nothing_of_it_is_kept_or_audited_in_the_clear(client, enrolled, dina):
    secret, codes = enrolled
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    told = str(list(AuditEntry.objects.values()))
    for bare in (secret, *codes):
        assert bare not in kept
        assert bare not in told
    begun = [s.get_decoded() for s in Session.objects.all()]
    assert secret not in str(begun)


def test_while_it_is_set_up_the_secret_waits_encrypted(client, dina):
    sign_in(client)
    page = client.get(reverse("add-code-app")).content.decode()
    secret = re.search(r'class="typed">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert secret not in str([s.get_decoded() for s in Session.objects.all()])
    assert "data:image/svg+xml" in page
    # It stays the same while a wrong code is corrected.
    again = client.post(reverse("add-code-app"), {"code": "12"}).content.decode()
    assert re.search(r'class="typed">([A-Z2-7 ]+)<', again)[1].replace(" ", "") == secret


def test_another_key_does_not_open_it_and_says_what_to_do(enrolled, dina, settings):
    secret, _ = enrolled
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    with pytest.raises(NotPermitted, match="secret key") as refused:
        factors.check_code(dina, code_of(secret))
    assert "reset" in refused.value.hint
    settings.SECRET_KEY_FALLBACKS = [old]
    assert factors.check_code(dina, code_of(secret)) == "totp"


def test_removing_it_asks_for_proof_again(client, enrolled, monkeypatch):
    secret, codes = enrolled
    sign_in(client)
    client.post("/login/second/", {"code": code_of(secret)})
    number = Authenticator.objects.get(type="totp").pk
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    response = client.post(reverse("remove-second-factor", args=[number]))
    assert response.url == "/confirm/?next=/settings/"
    assert Authenticator.objects.filter(pk=number).exists()
    # The password is not proof enough where there is more.
    assert client.post("/confirm/", {"password": WORD}).status_code == 200
    assert client.post(response.url, {"code": codes[0]}).url == "/settings/"
    assert client.post(reverse("remove-second-factor", args=[number])).status_code == 302
    assert not Authenticator.objects.exists()  # nothing is left to recover
    assert actions_noted()[-1] == "remove_second_factor"


def test_nobody_removes_somebody_elses(client, enrolled, db):
    number = Authenticator.objects.get(type="totp").pk
    client.force_login(account("alice"))
    assert client.post(reverse("remove-second-factor", args=[number])).status_code == 404
    with pytest.raises(NotPermitted):
        actions.remove_second_factor(reader("alice"), account("dina"), number)


def test_without_a_factor_the_password_is_the_proof(client, dina, monkeypatch):
    sign_in(client)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    assert client.get(reverse("add-code-app")).url.startswith("/confirm/")
    assert (
        "this password is not right"
        in client.post("/confirm/", {"password": "wrong"}).content.decode()
    )
    assert client.post("/confirm/?next=/settings/code-app/", {"password": WORD}).url == (
        "/settings/code-app/"
    )
    elsewhere = client.post("/confirm/?next=https://elsewhere.example/", {"password": WORD})
    assert elsewhere.url == "/settings/"


def test_an_administrator_resets_it_with_a_reason(client, enrolled, dina):
    sign_in(client)
    client.post("/login/second/", {"code": code_of(enrolled[0])})
    with pytest.raises(RecordsError, match="reason"):
        actions.reset_second_factors(reader("adam"), dina, why=" ")
    admin = client_of(account("adam"))
    page = reverse("reset-second-factors", args=[dina.pk])
    assert admin.post(page, {"why": "Her telephone was taken"}).status_code == 302
    assert not Authenticator.objects.filter(user=dina).exists()
    reset = SecondFactorReset.objects.get()
    assert (reset.by, reset.why) == ("adam", "Her telephone was taken")
    assert (
        "Her telephone was taken" in admin.get(reverse("account", args=[dina.pk])).content.decode()
    )
    assert "telephone" not in str(list(AuditEntry.objects.values()))
    assert client.get("/people/").status_code == 302  # she is signed out
    assert sign_in(client).url == reverse("second-factor")  # and asked to set up a new one
    assert verify_audit()
    verify_history()


def test_nobody_resets_their_own(db):
    with pytest.raises(NotPermitted, match="your own"):
        actions.reset_second_factors(reader("adam"), account("adam"), why="lost")


def client_of(user):
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def test_who_needs_one_is_led_there_and_after_the_days_can_go_nowhere_else(client, dina):
    assert sign_in(client).url == reverse("second-factor")
    assert "Your role needs a second factor by" in client.get("/people/").content.decode()
    client.post("/logout/")
    assert signing_in.second_factor_by(dina) > datetime.now(UTC) + timedelta(days=2)
    AccountSettings.objects.update(second_factor_by=datetime.now(UTC))
    sign_in(client)
    assert client.get("/people/").url == reverse("second-factor")
    assert client.post("/people/find/", {"name": "x"}).url == reverse("second-factor")
    assert "Later" not in client.get(reverse("second-factor")).content.decode()
    set_up(client)
    assert client.get("/people/").status_code == 200
    assert "needs a second factor" not in client.get("/people/").content.decode()


def test_a_role_given_meanwhile_asks_at_once(client, db, settings):
    settings.BEARWITNESS_SECOND_FACTOR_GRACE_DAYS = 0
    client.force_login(account("bob"))
    assert client.get("/people/").status_code == 200
    account("bob", Role.PUBLISHER)
    assert client.get("/people/").url == reverse("second-factor")


def test_which_roles_need_one_is_a_setting(client, db, settings):
    settings.BEARWITNESS_SECOND_FACTOR_GRACE_DAYS = 0
    settings.BEARWITNESS_SECOND_FACTOR_ROLES = ["documenter"]
    client.force_login(account("alice"))
    assert client.get("/people/").url == reverse("second-factor")
    client.force_login(account("ana"))
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"id": "x"}',
        "[" * 5000,
        '{"id":1,"rawId":2,"response":{"userHandle":3}}',
    ],
)
def test_what_is_no_passkey_is_refused_in_words(sent, client, enrolled):
    client.get("/login/passkey/")
    response = client.post("/login/passkey/", {"credential": sent})
    assert response.status_code == 200
    assert "passkey" in response.content.decode()
    sign_in(client)
    assert client.post("/login/second/", {"credential": sent or "{}"}).status_code == 200
    assert client.get("/people/").status_code == 302


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("localhost:8000", ""),
        ("127.0.0.1:8000", "http://localhost:8000/"),
        ("[::1]:8000", "http://localhost:8000/"),
        ("cases.example", "only over https"),
    ],
)
def test_an_address_where_passkeys_do_not_work_says_so(host, told, client, db, settings):
    settings.ALLOWED_HOSTS = ["*"]
    page = client.get("/login/", headers={"host": host}).content.decode()
    assert ("Passkeys do not work" in page) == bool(told)
    assert told in page
    assert ("data-passkey" in page) == (not told)


def test_wrong_passkeys_are_counted_by_address_and_audited(client, db):
    for _ in range(ADDRESS.free):
        client.post("/login/passkey/", {"credential": "{}"})
    refused = client.post("/login/passkey/", {"credential": "{}"}).content.decode()
    assert "too many wrong tries" in refused
    assert actions_noted().count("second_factor_failed") == ADDRESS.free


def test_no_page_of_allauth_is_there(client, db):
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/2fa/", "/signup/"):
        client.force_login(account("adam"))
        assert client.get(path).status_code == 404
