"""One study, one answer: twice, from the shell, from Python; and nothing half-made on failure."""

import json
import subprocess
import sys

import pytest

from bearwitness.errors import SealBroken, StudyBusy
from bearwitness.pipeline import run_study

pytestmark = pytest.mark.usefixtures("signing_key")


def test_running_twice_gives_identical_digests(small_study):
    first, second = run_study(small_study), run_study(small_study)
    assert first.digest == second.digest
    assert first.outputs == second.outputs


def test_the_command_line_and_python_give_the_same_digest(small_study):
    command = [sys.executable, "-m", "bearwitness", "run", str(small_study), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["digest"] == run_study(small_study).digest


def test_outputs_are_the_report_the_package_and_what_stays_inside(small_study):
    run_study(small_study)
    output = small_study / "output"
    assert {p.name for p in output.iterdir()} == {
        "report.html", "report.pdf", "package", "internal", "run.json",
    }  # fmt: skip
    assert b"{{" not in (output / "report.html").read_bytes(), "a placeholder was left unfilled"


def test_no_clock_in_the_package(small_study):
    record = run_study(small_study)
    day = record.started_at[:10]
    for path in (small_study / "output" / "package").rglob("*"):
        if path.is_file() and path.suffix in {".json", ".txt", ".csv"}:
            assert record.started_at not in path.read_text(encoding="utf-8"), (path, day)


def test_a_changed_input_stops_the_run_and_keeps_the_last_output(small_study):
    first = run_study(small_study)
    table = small_study / "frozen" / "lists.csv"
    table.chmod(0o644)
    table.write_text(table.read_text().replace("61", "62"))
    with pytest.raises(SealBroken, match=r"lists\.csv"):
        run_study(small_study)
    kept = json.loads((small_study / "output" / "run.json").read_text())
    assert kept["digest"] == first.digest


def test_a_changed_setting_changes_the_digest(small_study):
    first = run_study(small_study)
    path = small_study / "study.toml"
    path.write_text(path.read_text().replace("replicates = 50", "replicates = 60"))
    assert run_study(small_study).digest != first.digest


def test_two_runs_of_one_study_at_once_are_refused(small_study):
    def run_again(message):
        if message != "done":
            with pytest.raises(StudyBusy):
                run_study(small_study)

    run_study(small_study, progress=run_again)


def test_a_study_that_does_not_say_when_and_where_is_marked_as_a_draft(small_study, signing_key):
    run_study(small_study)
    draft = (small_study / "output" / "report.html").read_text(encoding="utf-8")
    assert "Draft, not to be cited: study.toml does not state the period or the place." in draft
    path = small_study / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("XXXX", "2015/2019").replace("unstated", "Lark Street"))
    run_study(small_study)
    assert "Draft" not in (small_study / "output" / "report.html").read_text(encoding="utf-8")
