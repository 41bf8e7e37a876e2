"""Every page in three languages: axe-core finds nothing, nothing is wider than its window, and
the main path can be gone by keyboard alone."""

import os
from pathlib import Path

import pytest
from django.db import connection
from tests.cast import account, reader
from tests.web.conftest import home, make_hana  # noqa: F401
from tests.web.test_pages import NAMES, POST_ONLY, address, change_one

from bearwitness.casebook.rights import Role
from bearwitness.pipeline import init_study
from bearwitness.records import actions
from bearwitness.records.models import AuditHead
from bearwitness.records.release_guards import install_guards, remove_guards
from bearwitness.records.triggers import install_triggers, remove_triggers

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
PASSWORD = "slow-river-bends-42"
LANGUAGES = ("en", "ko", "zh-hans")
# Pages without a page: a file, an answer to a script, a deliberately empty one.
NO_PAGE = {"progress", "report", "report-pdf", "package", "blank", "leave", "logout", "language"}
NO_PAGE |= {
    "report-in",
    "report-pdf-in",
    "here",
    "passkey-sign-in",
    "second-step",
    "release-package",
}
# They need a study that was run: test_releases.py.
NO_PAGE |= {"release", *(name for name in NAMES if name.startswith("walk-"))}
SHOWN = sorted((set(NAMES) - POST_ONLY - NO_PAGE) | {"study"})
# Words and names stand behind a button: the page after it is a page too.
BEHIND = {
    "interview": ".notice button",
    "edit-interview": ".notice button",
    "act": "section[aria-labelledby=evidence] > form button",
    "person": "form[action*=names] button",
    "history": "form.search button",
    "audit": ".head form button",
}
# Sent without what is needed: the page that says so is a page too.
SENT_EMPTY = {"give-consent", "add-interview", "add-act", "add-event", "begin-interview"}
TABLE = "a,b,c,people\n1,0,0,61\n0,1,0,47\n0,0,1,52\n1,1,0,24\n1,0,1,27\n0,1,1,22\n1,1,1,13\n"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def begin_audit():
    """As the migrations leave it. A test with a server ends with every table emptied."""
    remove_triggers(connection)
    remove_guards(connection)
    install_triggers(connection)
    install_guards(connection)
    AuditHead.objects.get_or_create(pk=1)


@pytest.fixture(scope="module", autouse=True)
def beside_a_loop(django_db_setup, django_db_blocker):
    """The browser's driver runs a loop in this thread; Django would take itself to be in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield
        with django_db_blocker.unblock():
            begin_audit()


@pytest.fixture
def casebook(live_server, client, settings, tmp_path):
    """The cast's records behind a server, with the addresses of all pages and a session."""
    begin_audit()
    client.force_login(account("alice", *Role))
    hana = make_hana()
    actions.ask_erasure(reader("bob"), hana, reason="she asked to be forgotten")
    change_one(hana)
    (tmp_path / "table.csv").write_text(TABLE)
    init_study(settings.BEARWITNESS_STUDIES / "small", [tmp_path / "table.csv"], title="Invented")
    pages = {name: address(name, hana) for name in SHOWN}
    yield live_server.url, client.cookies["sessionid"].value, pages | {"404": "/no-such-page/"}
    remove_triggers(connection)  # or the audit would refuse to be emptied
    remove_guards(connection)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


def violations(page, name):
    """What axe finds on the page, and whether it is wider than a telephone or a desk."""
    found = page.evaluate(
        f"{AXE}; axe.run().then(all => all.violations.map(one => one.id + ': '"
        " + one.nodes.map(node => node.html).join(' | ')))"
    )
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"wider than {width} px")
        if folder := os.environ.get("BEARWITNESS_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    return [f"{name}: {one}" for one in found]


@pytest.mark.parametrize(
    ("language", "scheme"),
    [("en", "light"), ("ko", "light"), ("zh-hans", "light"), ("zh-hans", "dark")],
)
def test_every_page_is_accessible_and_fits(language, scheme, casebook, browser):
    server, session, pages = casebook
    context = browser.new_context(color_scheme=scheme)
    cookies = {"language": language, "sessionid": session}
    context.add_cookies([{"name": k, "value": v, "url": server} for k, v in cookies.items()])
    page, found = context.new_page(), []
    for name, url in sorted(pages.items()):
        page.goto(server + url)
        assert page.get_attribute("html", "lang") == language, name
        found += violations(page, f"{language}-{name}")
        if name in BEHIND:
            with page.expect_navigation():  # else axe may be asked of the page that is leaving
                page.click(BEHIND[name])
            found += violations(page, f"{language}-{name}-open")
        if name in SENT_EMPTY:
            page.eval_on_selector("form.fields", "form => { form.noValidate = true; }")
            page.click("form.fields button")
            page.wait_for_selector("[role=alert]")
            found += violations(page, f"{language}-{name}-again")
    context.close()
    assert found == []


def test_signed_out(casebook, browser):
    server, _, _ = casebook
    for language in LANGUAGES:
        context = browser.new_context()
        context.add_cookies([{"name": "language", "value": language, "url": server}])
        page = context.new_page()
        page.goto(server + "/login/")
        assert violations(page, f"{language}-login") == []
        page.fill("[name=username]", "alice")
        page.fill("[name=password]", "wrong")
        with page.expect_navigation():
            page.click("main button")
        assert violations(page, f"{language}-login-again") == []
        context.close()


def tab_to(page, selector):
    """Press Tab until the focus is there, and is seen to be."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("it => document.activeElement.matches(it)", selector):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) != "none", f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"no Tab leads to {selector}")


def press(page, selector):
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page, **fields):
    for name, text in fields.items():
        tab_to(page, f"[name={name.replace('__', '-')}]")
        page.keyboard.type(text)


def test_the_path_by_keyboard_alone(casebook, browser):
    """Sign in, a person with a consent and an interview on one page, an act, hand in."""
    server, _, _ = casebook
    user = account("alice")
    user.set_password(PASSWORD)
    user.save()
    context = browser.new_context()
    page = context.new_page()
    page.goto(server)
    write(page, username="alice", password=PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "header a[href='/interviews/']")
    press(page, "main a[href='/interviews/add/']")
    tab_to(page, "[name=consent-uses][value=record]")
    page.keyboard.press("Space")
    write(page, consent__asked_by="Alice", person__name="가상하나", told__held_on="spring 2026")
    write(page, told__interviewer="Alice", told__text="A man paid her.")
    press(page, "form.fields button")
    press(page, ".notice button")
    write(page, quote="man paid")
    tab_to(page, "[name=term]")
    page.keyboard.press("ArrowDown")
    press(page, "form[action$='/code/'] button")
    page.wait_for_selector("#words mark")
    press(page, "button[name=to][value=ready]")
    page.wait_for_selector("h1 .state.ready")
    context.close()
