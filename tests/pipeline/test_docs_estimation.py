"""The pages on estimation tell the truth: their blocks run and print what they show."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bearwitness import estimation
from bearwitness.estimation import METHODS, PEOPLE_METHODS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial" / "estimate-how-many-were-missed.md"
WHICH = DOCS / "explanation" / "which-method.md"
API = DOCS / "reference" / "estimation-api.md"
PAGES = (TUTORIAL, WHICH, API)


def read(path):
    return path.read_text(encoding="utf-8")


def run(*arguments, cwd=ROOT):
    command = [sys.executable, *arguments]
    source = {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=os.environ | source)


def test_the_tutorial_prints_and_draws_what_it_shows():
    done = run("docs/run_tutorial.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_of_the_tutorial_run_and_write_their_files(tmp_path):
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    lines = re.findall(r"^\$ bearwitness (.*)$", read(TUTORIAL), re.M)
    assert len(lines) == 3
    for line in lines:
        done = run("-m", "bearwitness", *line.split(), cwd=tmp_path)
        assert done.returncode in (0, 40), done.stderr  # 40: the verdict is no estimate
        written = (tmp_path / line.split()[-1]).read_bytes()
        assert written.startswith((b"<?xml", b"<!doctype html>"))


def test_the_sentence_for_the_report_says_no_more_than_the_verdict():
    said = re.search(r"^At least ([\d,]+) people, of whom 2,744", read(TUTORIAL), re.M)
    verdict = re.search(r"a lower bound only, at least ([\d,]+) people", read(TUTORIAL))
    assert said[1] == verdict[1]


def test_the_block_on_choosing_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(re.search(r"```python\n(.*?)```", read(WHICH), re.S)[1], {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.strip() in ("estimate", "lower bound only", "no estimate")


@pytest.mark.parametrize("method", [*METHODS, *PEOPLE_METHODS])
def test_the_page_on_choosing_knows_every_method(method):
    row = re.search(rf"^\| [^|]*`{method}`[^|]*\|(.*)$", read(WHICH), re.M)
    assert row, f"{method} has no row in {WHICH.name}"
    assert all(cell.strip() for cell in row[1].strip("|").split("|"))


@pytest.mark.parametrize("name", estimation.__all__)
def test_the_api_page_knows_every_name_and_every_name_says_what_it_is(name):
    assert re.search(rf"^(### .*\b{name}\b|- `{name}`)", read(API), re.M)
    thing = getattr(estimation, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        words = inspect.getdoc(thing)
        assert words and not words.startswith(f"{name}("), "no docstring but the one Python made"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read(page)):
        assert (page.parent / target).exists(), target


def test_every_picture_of_the_tutorial_is_shown_with_words():
    shown = dict(re.findall(r"!\[([^\]]+)\]\(pictures/([^)]+)\)", read(TUTORIAL)))
    kept = {path.name for path in (TUTORIAL.parent / "pictures").glob("*.svg")}
    assert set(shown.values()) == kept
    assert all(len(words.split()) > 3 for words in shown)
