"""The web app in Debian's chromium: a person and her name, a study that is run and read."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from bearwitness.pipeline import init_study, run_study

pytest.importorskip("django", reason="the web extra is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TABLE = "a,b,c,people\n1,0,0,61\n0,1,0,47\n0,0,1,52\n1,1,0,24\n1,0,1,27\n0,1,1,22\n1,1,1,13\n"
NAME = "리가상 Ri Kasang"  # invented


@pytest.fixture
def site(tmp_path):
    """A server with one account and one study, on a free port."""
    (tmp_path / "table.csv").write_text(TABLE)
    init_study(tmp_path / "studies" / "small", [tmp_path / "table.csv"], title="An invented study")
    settings = {
        "BEARWITNESS_HOME": str(tmp_path / "home"),
        "BEARWITNESS_STUDIES": str(tmp_path / "studies"),
        "BEARWITNESS_SIGNING_KEY": str(tmp_path / "key"),
        "BEARWITNESS_USER": "alice",
        "BEARWITNESS_PASSWORD": "slow-river-bends-42",
    }
    with serving({**os.environ, **settings}, tmp_path / "server.log") as address:
        yield address, tmp_path


@contextmanager
def serving(environment, log):
    """The address of `bearwitness serve` on a free port, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bearwitness", "serve", "--port", str(port)]
    with log.open("w") as told:
        server = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address):
    for _ in range(150):
        try:
            urllib.request.urlopen(address + "/login/", timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")


@pytest.fixture
def page(site):
    address, folder = site
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(address)
        opened.fill("[name=username]", "alice")
        opened.fill("[name=password]", "slow-river-bends-42")
        opened.click("main button")
        take_every_role(opened)
        yield opened, folder
        browser.close()


def take_every_role(page):
    """The first account administers and documents. In a small organisation it does the rest too."""
    page.click("nav >> text=Accounts")
    picture(page, "accounts")
    page.click("main >> text=alice")
    picture(page, "account")
    for box in page.query_selector_all("[name=roles]"):
        box.check()
    page.click("form.fields button")
    page.click("nav >> text=People")


def picture(page, name):
    """Pictures for a person to look at, where a folder for them is named."""
    page.wait_for_load_state()
    page.wait_for_selector("footer", state="attached")
    folder = os.environ.get("BEARWITNESS_PICTURES")
    for width in (1440, 360) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{name} is wider than its window"


def test_a_person_is_recorded_consents_is_coded_and_her_name_shows_only_when_asked(page):
    page, folder = page
    page.click("text=Add a person")
    fields = page.eval_on_selector_all("form.fields [name]", "all => all.map(e => e.name)")
    name_field = next(f for f in fields if "name" in f)
    page.fill(f"form.fields [name={name_field}]", NAME.split(maxsplit=1)[0])
    page.fill("[name=birth]", "1978~")
    page.click("form.fields button")
    page.wait_for_selector("h1:has-text('P-')")
    code_name = page.inner_text("h1")
    assert code_name.startswith("P-")
    assert "리가상" not in page.content()
    page.click("text=Enter a consent")
    picture(page, "consent")
    page.check("[name=uses] >> nth=0")
    page.fill("[name=asked_by]", "Alice")
    page.select_option("[name=how]", index=1)
    page.click("form.fields button")
    assert page.inner_text("main").count("yes") >= 1
    page.click("text=Show names")
    assert "리가상" in page.content()
    picture(page, "person")
    page.click("nav >> text=Audit")
    page.click("text=Check the whole audit")
    assert "unbroken" in page.inner_text("main")
    assert "리가상" not in page.content()
    picture(page, "audit")
    assert "리가상" not in (folder / "server.log").read_text()


def test_a_study_run_in_the_browser_has_the_digest_that_python_gives(page, monkeypatch):
    page, folder = page
    page.click("nav >> text=Studies")
    picture(page, "studies")
    page.click("text=An invented study")
    page.click("main form button")
    page.wait_for_selector("text=Open the report", timeout=60_000)
    run = folder / "studies" / "small" / "output" / "run.json"
    from_web = json.loads(run.read_text())
    picture(page, "study")
    monkeypatch.setenv("BEARWITNESS_SIGNING_KEY", str(folder / "key"))
    from_python = run_study(folder / "studies" / "small")
    assert from_web["digest"] == from_python.digest
    page.click("text=Open the report")
    assert "An invented study" in page.inner_text("h1")
    assert page.locator("svg[role=img]").count() == 3


def mark_words(page, words):
    """Mark words with the mouse, as far as a browser lets a test: the selection, then mouseup."""
    page.evaluate(
        """words => {
            const node = document.getElementById("words").firstChild;
            const start = node.data.indexOf(words);
            document.getSelection().setBaseAndExtent(node, start, node, start + words.length);
            document.getElementById("words").dispatchEvent(new MouseEvent("mouseup"));
        }""",
        words,
    )
