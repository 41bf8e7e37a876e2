"""An import into the records, killed at twenty moments: all of the list or none of it."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from bearwitness.demo import generate, write_lists

pytest.importorskip("django", reason="the web extra is not installed")


def start(arguments, home):
    command = [sys.executable, "-m", "bearwitness", *map(str, arguments)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, env={**os.environ, "BEARWITNESS_HOME": str(home)}, **quiet)


def people(home):
    (database,) = home.glob("*.sqlite3")
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT count(*) FROM records_person").fetchone()[0]


def test_an_import_killed_at_twenty_moments_is_whole_or_absent_and_then_completes(tmp_path):
    casebook = generate(300)
    harbour, _, plum, _ = write_lists(casebook, tmp_path / "lists")
    home = tmp_path / "home"
    began = time.monotonic()
    assert start(["import", harbour], home).wait() == 0
    whole = time.monotonic() - began
    first, second = len(casebook.lists["harbour"]), len(casebook.lists["plum"])
    moments, killed = random.Random(20261124), 0
    for _ in range(20):
        process = start(["import", plum], home)
        try:
            process.wait(timeout=moments.uniform(0.2, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        assert people(home) in (first, first + second)
    assert killed
    assert start(["import", plum], home).wait() == 0
    assert people(home) == first + second
