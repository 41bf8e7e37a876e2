"""A form survives a line that is cut, a browser that is closed, and a session that ended."""

import re

import pytest
from tests.browser.test_every_page import (  # noqa: F401 - fixtures
    PASSWORD,
    beside_a_loop,
    browser,
    casebook,
    playwright,
    violations,
)
from tests.cast import account
from tests.web.conftest import home  # noqa: F401

from bearwitness.records.models import Draft, Event, Interview

TITLE = "A crossing by night"


@pytest.fixture
def signed_in(casebook, browser):  # noqa: F811
    """Opens pages as Alice, each in a browser profile of its own."""
    server, session, _ = casebook
    opened = []

    def page(path, *, language="en"):
        context = browser.new_context()
        cookies = {"language": language, "sessionid": session}
        context.add_cookies([{"name": k, "value": v, "url": server} for k, v in cookies.items()])
        opened.append(context)
        shown = context.new_page()
        shown.goto(server + path)
        return shown

    yield page
    for context in opened:
        context.close()


def kept(page):
    page.wait_for_selector("output.kept:not(.lost):not(:empty)", timeout=20_000)
    return page.inner_text("output.kept")


def lost(page):
    page.wait_for_selector("output.kept.lost", timeout=20_000)
    return page.inner_text("output.kept")


def test_a_closed_browser_loses_nothing(signed_in):
    page = signed_in("/interviews/add/")
    page.fill("[name=told-text]", "Three fictional days by the river.")
    page.check("[name=consent-uses][value=record]")
    assert re.fullmatch(r"Draft kept at .*\d\d.*\.", kept(page))
    page.context.close()
    again = signed_in("/interviews/add/")
    assert "Three fictional days" not in again.content()
    again.click("text=Go on")
    again.wait_for_selector("[name=told-text]")
    assert again.input_value("[name=told-text]") == "Three fictional days by the river."
    assert again.is_checked("[name=consent-uses][value=record]")
    assert violations(again, "en-draft-opened") == []
    again.fill("[name=consent-asked_by]", "Alice")
    again.fill("[name=told-held_on]", "spring 2026")
    again.fill("[name=told-interviewer]", "Alice")
    again.click("form[data-draft] > .buttons button")
    again.wait_for_selector("text=Kept as a draft")
    assert Interview.objects.filter(text__contains="by the river").count() == 1
    assert not Draft.objects.exclude(words="").exists()


def test_a_line_that_is_cut_is_told_and_tried_again(signed_in):
    page = signed_in("/events/add/")
    page.fill("[name=title]", "A crossing")
    kept(page)
    page.context.set_offline(True)
    page.fill("[name=title]", TITLE)
    assert re.fullmatch(r"Not saved since .*\d\d.*, still trying\.", lost(page))
    page.click("form[data-draft] > .buttons button")
    page.wait_for_selector("text=the form was not sent")
    assert page.input_value("[name=title]") == TITLE
    page.context.set_offline(False)
    kept(page)
    page.click("form[data-draft] > .buttons button")
    page.wait_for_selector("h1 >> text=A crossing by night")
    assert Event.objects.filter(title=TITLE).count() == 1


def test_what_was_typed_before_the_line_was_cut_is_offered_again(signed_in):
    page = signed_in("/events/add/")
    page.context.set_offline(True)
    page.fill("[name=title]", TITLE)
    assert lost(page) == "Nothing is kept yet, still trying."
    page.context.set_offline(False)
    kept(page)
    page.context.set_offline(True)
    page.context.close()
    again = signed_in("/events/add/")
    again.click("text=Go on")
    again.wait_for_selector(f"[name=title][value='{TITLE}']")
    other = signed_in("/events/add/", language="ko")
    other.click("button[value=drop]")
    other.wait_for_selector(".messages")
    assert other.query_selector("button[value=open]") is None


def test_a_session_that_ended_is_told_and_the_page_goes_on_after_a_new_sign_in(signed_in, casebook):  # noqa: F811
    user = account("alice")
    user.set_password(PASSWORD)
    user.save()
    server = casebook[0]
    page = signed_in("/login/")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_selector("nav")
    page.goto(server + "/events/add/")
    page.context.clear_cookies(name="sessionid")
    page.fill("[name=title]", TITLE)
    assert "You are signed out" in lost(page)
    window = page.context.new_page()
    window.goto(server + "/login/")
    window.fill("[name=username]", "alice")
    window.fill("[name=password]", PASSWORD)
    window.click("main button")
    window.wait_for_selector("nav")
    kept(page)
    page.click("form[data-draft] > .buttons button")
    page.wait_for_selector("h1 >> text=A crossing by night")


def test_an_act_that_was_coded_is_not_coded_again_by_a_reload(signed_in, casebook):  # noqa: F811
    page = signed_in(casebook[2]["interview"])
    page.click(".notice button")
    page.wait_for_selector("#words")
    page.fill("[name=quote]", "Lark Street")
    page.select_option("[name=term]", "trafficking/deception")
    kept(page)
    with page.expect_navigation():
        page.click("form[data-draft] > .buttons button")
    page.wait_for_selector("text=Coded.")
    acts = len(page.query_selector_all("#acts ~ ul li"))
    page.reload()
    assert "Before you read" in page.content()
    assert len(page.query_selector_all("#acts ~ ul li")) == acts


def test_two_who_edit_at_once_are_shown_both_and_lose_neither(signed_in, casebook):  # noqa: F811
    url = casebook[2]["edit-interview"]
    one, two = signed_in(url), signed_in(url)
    for page in (one, two):
        page.click(".notice:not(.drafts) button")
        page.wait_for_selector("[name=place]")
    one.fill("[name=place]", "Alderton")
    one.click("form[data-draft] > .buttons button")
    one.wait_for_selector("text=Saved.")
    two.fill("[name=place]", "Birchham")
    two.wait_for_selector("text=You will be shown both")
    two.click("form[data-draft] > .buttons button")
    two.wait_for_selector("text=Somebody else saved this while you wrote")
    assert "Alderton" in two.inner_text(".difference del")
    assert two.input_value("[name=place]") == "Birchham"
    assert violations(two, "en-conflict") == []
    two.click("form[data-draft] > .buttons button")
    two.wait_for_selector("text=Saved.")
    assert "Birchham" in two.inner_text(".facts")


def test_leaving_quickly_asks_nothing_even_without_a_line_kept(signed_in):
    page = signed_in("/events/add/")
    page.on("dialog", lambda dialog: pytest.fail("leaving quickly was held up"))
    page.route("**/events/add/", lambda route: route.abort())
    page.fill("[name=title]", TITLE)
    lost(page)
    page.click("button.quick")
    page.wait_for_url("**/blank/")


def test_nothing_typed_stays_in_the_browser(signed_in):
    page = signed_in("/events/add/")
    page.fill("[name=title]", TITLE)
    kept(page)
    held = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length,"
        " (await indexedDB.databases()).length]"
    )
    assert held == [0, 0, 0, 0]
    assert TITLE not in page.evaluate("document.cookie")
