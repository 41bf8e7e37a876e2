"""A day with the invented casebook, in each language: found, read, recorded, coded, reviewed,
withdrawn. Its pictures are those of docs/tutorial/a-day-with-the-casebook.md:

    BEARWITNESS_PICTURES=docs/tutorial/pictures/day pytest -n0 tests/browser/test_day.py
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.browser.test_path import CHROMIUM, FLAGS, mark_words, serving

from bearwitness.demo.testimonies import invent_testimonies

pytest.importorskip("django", reason="the web extra is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")

PEOPLE = 6
FOUND = invent_testimonies()[0]  # Alice wrote her down
# Invented words, and the ones of them that an act rests on.
TOLD = {
    "en": (
        "spring 2013",
        "A man at the station said there was work.\n\nNobody paid me.",
        "Nobody paid me",
    ),
    "ko": (
        "2013년 봄",
        "역에서 한 남자가 일자리가 있다고 했다.\n\n아무도 돈을 주지 않았다.",
        "아무도 돈을 주지 않았다",
    ),
    "zh-hans": (
        "2013年春天",
        "车站上一个男人说有工作。\n\n没有人付给我钱。",
        "没有人付给我钱",
    ),
}
WRITE = """
from bearwitness.web.server import setup
setup()
from bearwitness.records.invented import write_invented_casebook
write_invented_casebook({})
"""


def bearwitness(home, *command):
    done = subprocess.run(
        [sys.executable, *command], env=surroundings(home), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def surroundings(home):
    return {**os.environ, "BEARWITNESS_HOME": str(home), "BEARWITNESS_STUDIES": str(home.parent)}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    home = tmp_path_factory.mktemp("invented") / "casebook"
    bearwitness(home, "-c", WRITE.format(PEOPLE))
    return home


@pytest.fixture
def served(written, tmp_path):
    """A server over a copy of the invented casebook, on a free port."""
    home = shutil.copytree(written, tmp_path / "casebook")
    with serving(surroundings(home), tmp_path / "server.log") as address:
        yield address, home


class Desk:
    """One browser, in one language, at which colleagues take turns."""

    def __init__(self, driver, address, language):
        self.browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        self.address, self.language, self.page, self.taken = address, language, None, 0

    def sign_in(self, name):
        from bearwitness.records.invented import PASSWORD

        context = self.browser.new_context(viewport={"width": 1000, "height": 760})
        context.add_cookies([{"name": "language", "value": self.language, "url": self.address}])
        self.page = context.new_page()
        self.page.goto(self.address)
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.press("main button")
        assert self.page.get_attribute("html", "lang").lower() == self.language

    def go(self, path):
        """Follow a link that stands on the page."""
        self.press(f"a[href='{path}']")

    def press(self, selector):
        with self.page.expect_navigation():
            self.page.click(f"{selector} >> nth=0")
        assert self.page.query_selector("[role=alert]") is None, self.page.inner_text("main")

    def picture(self, name, shown=None):
        """For the tutorial, where a folder is named."""
        if shown:
            self.page.locator(shown).first.scroll_into_view_if_needed()
        if folder := os.environ.get("BEARWITNESS_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{name}-{self.language}.png")


@pytest.fixture(params=["en", "ko", "zh-hans"])
def desk(request, served):
    address, home = served
    with playwright.sync_playwright() as driver:
        desk = Desk(driver, address, request.param)
        yield desk, home
        desk.browser.close()


def people_in_the_next_snapshot(home, name):
    study = home.parent / name
    bearwitness(home, "-m", "bearwitness", "snapshot", str(study))
    rows = [
        row
        for file in sorted((study / "frozen").glob("*.csv"))
        for row in csv.DictReader(file.open(encoding="utf-8"))
    ]
    return {value for row in rows for value in row.values()}


def test_a_day(desk):
    desk, home = desk
    said, words, proof = TOLD[desk.language]

    desk.sign_in("alice")
    desk.picture("1-home")

    # Found by a romanised name, though what is on record is Hangul; the code name is shown.
    desk.go("/people/")
    desk.page.fill("#id_name", FOUND.romanised.replace("-", " "))
    desk.press("form[action$='/people/find/'] button")
    desk.picture("2-found")
    assert FOUND.name not in desk.page.content()
    desk.press("main table a.code")
    found = desk.page.url
    desk.press("a[href$='/way/']")
    assert desk.page.locator("ol.way > li:not(.axis)").count() == len(FOUND.steps)
    desk.picture("3-way")

    # An interview with its consent, and an act on the exact words.
    desk.go("/interviews/")
    desk.go("/interviews/add/")
    for use in ("record", "analyse"):
        desk.page.check(f"[name=consent-uses][value={use}]")
    desk.page.fill("[name=consent-asked_by]", "Alice")
    desk.page.fill("[name=told-held_on]", "2026-10")
    desk.page.fill("[name=told-interviewer]", "Alice")
    desk.page.fill("[name=told-text]", words)
    desk.picture("4-consent")
    desk.press("form.fields .buttons button")
    told = desk.page.url
    code_name = desk.page.inner_text("main .code >> nth=0")
    desk.press("main .notice button")
    mark_words(desk.page, proof)
    assert desk.page.input_value("[name=quote]") == proof
    desk.page.select_option("[name=term]", "trafficking/forced-labour")
    desk.page.fill("[name=date]", said)
    desk.picture("5-coding", "#coding")
    desk.press("form[action$='/code/'] .buttons button")
    assert desk.page.inner_text("#words mark") == proof
    desk.press("button[value=ready]")
    assert desk.page.query_selector("button[value=reviewed]") is None

    # Another reads and approves; nobody approves their own.
    desk.sign_in("dina")
    desk.press(f"tr:has-text('{code_name}') >> th a")
    assert desk.page.url == told
    desk.press("main .notice button")
    desk.picture("6-review", "#review")
    desk.press("button[value=reviewed]")
    assert desk.page.locator("h1 .state.reviewed").count() == 1

    # A withdrawn consent: the next snapshot is without the person.
    assert code_name in people_in_the_next_snapshot(home, "before")
    desk.sign_in("alice")
    desk.page.goto(f"{desk.address}/people/{code_name}/")
    desk.press("form[action$='/withdraw/']:has([value=analyse]) button")
    desk.picture("7-withdrawn")
    after = people_in_the_next_snapshot(home, "after")
    assert code_name not in after
    assert found.rstrip("/").rsplit("/", 1)[1] in after
