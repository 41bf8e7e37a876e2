"""Laptops lose power. A killed run leaves nothing that could be taken for a result."""

import json
import random
import signal
import subprocess
import sys
import time

import pytest

from bearwitness.pipeline import run_study

MOMENTS = 20


def start(*arguments):
    command = [sys.executable, "-m", "bearwitness", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_after(process, seconds):
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode


def time_of_a_run(study):
    began = time.monotonic()
    start("run", str(study)).wait()
    return time.monotonic() - began


@pytest.mark.usefixtures("signing_key")
def test_a_run_killed_at_twenty_moments_loses_nothing_and_the_next_gives_the_same_digest(
    small_study,
):
    first = run_study(small_study)
    before = (small_study / "frozen" / "seals.json").read_bytes()
    whole = time_of_a_run(small_study)
    moments = random.Random(20261124)
    killed = 0
    for _ in range(5 * MOMENTS):
        if killed == MOMENTS:
            break
        began = time.monotonic()
        code = kill_after(start("run", str(small_study)), moments.uniform(0.05, 1.0) * whole)
        killed += code == -signal.SIGKILL
        if code == 0:  # it was done before the kill: the machine is less busy than it was
            whole = min(whole, time.monotonic() - began)
        kept = small_study / "output" / "run.json"
        if kept.exists():  # between two renames there is none; half of one there never is
            assert json.loads(kept.read_text())["digest"] == first.digest
    assert killed == MOMENTS, "the kills came too late to test anything"
    assert run_study(small_study).digest == first.digest
    assert (small_study / "frozen" / "seals.json").read_bytes() == before
    assert not [p.name for p in small_study.glob(".run-*")]
