"""Short runs of what benchmarks/ does at length: many at work at once, and a server that is killed.

The server is `bearwitness serve` in a process of its own, visited over loopback.
"""

import sys
from pathlib import Path

import pytest

pytest.importorskip("waitress", reason="the web extra is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from crowd import at_work
from killed import kill_in_the_middle
from visitor import environment_of, form_with


def test_nothing_is_lost_where_people_correct_the_same_interviews_at_once(tmp_path):
    environment = environment_of(tmp_path / "home")
    found = at_work(environment, people=4, seconds=6, pause=0.02, casebook=100)
    assert not found.errors
    assert found.lost == 0
    assert sum(map(len, found.saved.values())) >= 2, found.line
    assert found.entries > 100


def test_a_server_killed_in_the_middle_of_saves_loses_none_and_doubles_none(tmp_path):
    found = kill_in_the_middle(environment_of(tmp_path / "home"), times=2, saves=5)
    assert (found.times, found.saves) == (2, 10)
    assert found.answered <= 10


def test_a_form_is_read_as_a_browser_fills_it():
    page = """<form action="/a/"><input name="q"></form><form action="/b/">
      <input type="hidden" name="seen" value="7"><input type="checkbox" name="uses" value="record">
      <input type="checkbox" name="uses" value="analyse" checked>
      <select name="term"><option value="">–</option><option value="x" selected>X</option></select>
      <select name="by"><option value="first">1</option><option value="second">2</option></select>
      <textarea name="text">\na &amp; b\n</textarea></form>"""
    form = form_with(page, "seen")
    assert form.action == "/b/"
    assert form.fields == {
        "seen": ["7"], "uses": ["analyse"], "term": ["x"], "by": ["first"], "text": ["a & b\n"],
    }  # fmt: skip
