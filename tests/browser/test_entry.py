"""Getting in and away in a browser: a passkey that Chromium invents, a code, Escape three times."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from tests.browser.test_every_page import (  # noqa: F401
    CHROMIUM,
    PASSWORD,
    beside_a_loop,
    browser,
    casebook,
    press,
    tab_to,
    violations,
    write,
)
from tests.cast import account
from tests.web.conftest import home  # noqa: F401

from bearwitness.records.models import AuditEntry, Session

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(casebook):  # noqa: F811
    """The address under its name: browsers give no passkey to a number."""
    user = account("alice")
    user.set_password(PASSWORD)
    user.save()
    return casebook[0].replace("127.0.0.1", "localhost")


@pytest.fixture
def page(site, browser):  # noqa: F811
    context = browser.new_context()
    yield context.new_page()
    context.close()


def key_for(page):
    """A key of the browser's own, as its developer tools make one."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    return tools, tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def sign_in(page, site, at="/settings/"):
    page.goto(f"{site}/login/?next={at}")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("form[action='/login/'] button")


def click(page, selector):
    with page.expect_navigation():
        page.click(selector)


def noted(action):
    return AuditEntry.objects.filter(action=action).count()


def test_a_passkey_is_made_asked_for_and_then_enough_alone(page, site):
    tools, key = key_for(page)
    sign_in(page, site)
    assert page.url.endswith("/settings/second-factor/")
    page.goto(f"{site}/settings/passkey/")
    page.fill("[name=name]", "the blue key")
    click(page, "form[data-passkey] button")
    page.wait_for_selector(".codes li")
    assert page.locator(".codes li").count() == 10
    assert violations(page, "codes") == []
    held = tools.send("WebAuthn.getCredentials", key)["credentials"]
    assert [one["rpId"] for one in held] == ["localhost"]
    click(page, "text=I wrote them down")
    assert "the blue key" in page.inner_text("main")
    assert violations(page, "settings-with-a-key") == []

    click(page, "footer >> text=Sign out")
    sign_in(page, site)
    assert page.url.endswith("/login/second/")
    assert violations(page, "second-step") == []
    click(page, "form[data-passkey] button")
    page.wait_for_url("**/settings/")

    click(page, "footer >> text=Sign out")
    click(page, "form[data-passkey] button")  # no name, no password
    page.wait_for_selector("nav")
    assert "Signed in as alice" in page.inner_text("footer")
    assert noted("add_second_factor") == 1
    assert noted("sign_in") == 3


def test_a_key_that_did_not_see_a_finger_is_not_enough_alone(page, site):
    tools, key = key_for(page)
    sign_in(page, site)
    page.goto(f"{site}/settings/passkey/")
    page.fill("[name=name]", "the blue key")
    click(page, "form[data-passkey] button")
    click(page, "footer >> text=Sign out")
    tools.send("WebAuthn.setUserVerified", key | {"isUserVerified": False})
    page.goto(f"{site}/login/")
    page.click("form[data-passkey] button")
    page.wait_for_selector("[data-says=failed]:not([hidden])")
    assert page.url.endswith("/login/")


def test_a_passkey_of_another_site_is_not_known_here(page, site):
    """The page is asked again with the answer to an older question."""
    key_for(page)
    sign_in(page, site)
    page.goto(f"{site}/settings/passkey/")
    page.fill("[name=name]", "the blue key")
    page.evaluate(
        """() => { const form = document.querySelector("form[data-passkey]");
            const send = form.submit.bind(form);
            form.submit = () => fetch("/settings/passkey/").then(send); }"""
    )
    click(page, "form[data-passkey] button")
    page.wait_for_selector(".errorlist")
    assert "this passkey is not known here" in page.inner_text("main")


def test_at_a_number_the_page_says_where_passkeys_work(page, site):
    page.goto(site.replace("localhost", "127.0.0.1") + "/login/")
    assert "Passkeys do not work at this address" in page.inner_text("main")
    click(page, "main a[href^='http://localhost']")
    page.wait_for_selector("form[data-passkey]")


def test_a_code_app_by_keyboard_alone(page, site):
    page.goto(site)
    write(page, username="alice", password=PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "main a[href='/settings/code-app/']")
    secret = page.inner_text(".typed").replace(" ", "")
    write(page, code=format_hotp_value(hotp_value(secret, int(time.time()) // 30 - 1)))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    recovery = page.locator(".codes li").all_inner_texts()
    press(page, "footer form[action='/logout/'] button")
    write(page, username="alice", password=PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/login/second/")
    write(page, code=recovery[0])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Signed in as alice" in page.inner_text("footer")


def test_escape_three_times_leaves_quickly(page, site):
    sign_in(page, site)
    page.goto(f"{site}/people/")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(2200)
    page.keyboard.press("Escape")  # too late to be the third
    assert page.url.endswith("/people/")
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("Escape")
    page.wait_for_url("**/blank/")
    assert not re.search("bearwitness|sign", page.content(), re.I)
    assert not Session.objects.filter(account=account("alice")).exists()
    page.go_back()
    page.wait_for_load_state()
    assert not page.locator("nav").count()
    assert noted("leave_quickly") == 1


def test_a_page_left_alone_clears_itself_and_keeps_what_was_typed(page, site, settings):
    settings.BEARWITNESS_IDLE_MINUTES = 0.06  # not four seconds
    sign_in(page, site)
    page.goto(f"{site}/settings/passkey/")
    page.fill("[name=name]", "half a word")
    page.wait_for_selector(".covered", state="visible", timeout=15_000)
    assert not page.is_visible("[name=name]")
    assert violations(page, "covered") == []
    page.wait_for_timeout(1500)
    settings.BEARWITNESS_IDLE_MINUTES = 30
    Session.objects.all().delete()
    page.click("#uncover")  # nobody has signed in since
    page.wait_for_timeout(500)
    assert page.is_visible(".covered")
    with page.context.expect_page() as other:
        page.click(".covered a")
    tab = other.value
    tab.fill("[name=username]", "alice")
    tab.fill("[name=password]", PASSWORD)
    click(tab, "form[action='/login/'] button")
    page.click("#uncover")
    page.wait_for_selector("[name=name]", state="visible")
    assert page.input_value("[name=name]") == "half a word"


def test_a_page_where_nothing_was_typed_goes_to_the_sign_in(page, site, settings):
    settings.BEARWITNESS_IDLE_MINUTES = 0.06
    sign_in(page, site)
    page.wait_for_selector("[name=username]", timeout=20_000)
    assert "you were away" in page.inner_text("main")
