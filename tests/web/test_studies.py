"""Studies in the browser: a run of its own process, a report, a package, and no way around."""

import io
import os
import signal
import time
import zipfile

import pytest
from tests.cast import reader

from bearwitness.errors import StudyBusy
from bearwitness.pipeline import init_study
from bearwitness.records import actions
from bearwitness.web.release import running

TABLE = "a,b,c,people\n1,0,0,61\n0,1,0,47\n0,0,1,52\n1,1,0,24\n1,0,1,27\n0,1,1,22\n1,1,1,13\n"
SETTINGS = '\n[estimation]\nmethods = ["independence"]\nreplicates = 30\n'


@pytest.fixture
def study(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("BEARWITNESS_SIGNING_KEY", str(tmp_path / "key"))
    table = tmp_path / "lists.csv"
    table.write_text(TABLE, encoding="utf-8")
    folder = settings.BEARWITNESS_STUDIES / "small"
    init_study(folder, [table], title="An invented study")
    with (folder / "study.toml").open("a", encoding="utf-8") as stream:
        stream.write(SETTINGS)
    return folder


def wait(folder, home, seconds=120):
    deadline = time.monotonic() + seconds
    while running.read_state(folder, home=home).state == running.RUNNING:
        assert time.monotonic() < deadline, "the run did not end"
        time.sleep(0.1)
    return running.read_state(folder, home=home)


def test_a_report_in_another_language_is_served_and_no_other_file(alice, study):
    output = study / "output"
    output.mkdir()
    (output / "report.ko.html").write_text("<p>한국어 보고서</p>", encoding="utf-8")
    (output / "report.secret.html").write_text("<p>no</p>", encoding="utf-8")
    served = alice.get("/studies/small/report.ko.html")
    assert "한국어 보고서" in b"".join(served).decode()
    assert "script-src" not in served["Content-Security-Policy"]
    for missing in ("report.zh-Hans.html", "report.secret.html", "report.ko.pdf"):
        assert alice.get(f"/studies/small/{missing}").status_code == 404


def test_run_open_download_and_verify(alice, study, home):
    assert "not run yet" in alice.get("/studies/").content.decode()
    assert alice.post("/studies/small/run/").status_code == 302
    assert wait(study, home).state == running.DONE, running.read_state(study, home=home)
    page = alice.get("/studies/small/").content.decode()
    assert running.read_state(study, home=home).digest in page

    report = alice.get("/studies/small/report.html")
    assert b"An invented study" in b"".join(report)
    assert "script-src" not in report["Content-Security-Policy"]
    assert b"".join(alice.get("/studies/small/report.pdf")).startswith(b"%PDF")
    assert alice.get("/studies/small/package.zip").status_code == 403  # see test_releases
    alice.post("/studies/small/prepare/")
    archive = zipfile.ZipFile(io.BytesIO(alice.get("/studies/small/package.zip").content))
    assert "DRAFT-NOT-PUBLISHED/small-package/bagit.txt" in archive.namelist()
    assert "signed by SHA256:" in alice.post("/studies/small/verify/").content.decode()

    (study / "output" / "package" / "bagit.txt").write_text("changed")
    assert alice.post("/studies/small/verify/").status_code == 400


def test_a_killed_run_is_told_apart_from_a_running_one(study, home):
    running.start_run(study, home=home)
    with pytest.raises(StudyBusy):
        running.start_run(study, home=home)
    (child,) = [c for c in running._children if c.poll() is None]
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert running.read_state(study, home=home).state == running.STOPPED
    running.start_run(study, home=home)
    assert wait(study, home).state == running.DONE


def test_a_run_that_fails_says_why(alice, study, home):
    with (study / "study.toml").open("a", encoding="utf-8") as stream:
        stream.write("unknown = 1\n")
    alice.post("/studies/small/run/")
    assert wait(study, home).state == running.FAILED
    assert "unknown key" in alice.get("/studies/small/").content.decode()


@pytest.mark.parametrize("name", ["..", "no-such", "%2e%2e", "..%2F..%2Fetc"])
def test_only_a_study_of_the_folder_can_be_asked_for(name, alice, study):
    assert alice.get(f"/studies/{name}/report.html").status_code == 404


def test_a_study_from_the_records_holds_who_consented(alice, hana, settings):
    actions.add_person(reader("alice"), said={"birth": "1980"})
    page = alice.post("/snapshot/", {"name": "ours"}, follow=True).content.decode()
    assert "1 people are in the snapshot, 1 were left out" in page
    frozen = settings.BEARWITNESS_STUDIES / "ours" / "frozen" / "casebook.csv"
    assert frozen.read_text(encoding="utf-8").count(hana.code_name) == 1


def test_a_snapshot_never_takes_another_study_over(alice, hana, study):
    before = (study / "study.toml").read_bytes()
    shown = alice.post("/snapshot/", {"name": "small"}).content.decode()
    assert "a study of other lists has this name" in shown
    assert (study / "study.toml").read_bytes() == before


def test_a_list_comes_in_once(alice, settings):
    content = b"id,name,sex,birth\n1,Fictional One,f,1990\n2,Fictional Two,m,199X\n3,x,?,nonsense\n"

    def send():
        file = io.BytesIO(content)
        file.name = "someone's name.csv"
        return alice.post(
            "/sources/import/", {"file": file, "name": "Harbour", "uses": ["analyse"]}, follow=True
        ).content.decode()

    first = send()
    assert "2 people added" in first
    assert "Row 4 was left out" in first
    assert "Fictional One" not in first
    assert "Nothing was added" in send()


def test_a_file_that_is_no_list_is_refused_in_words(alice):
    file = io.BytesIO(b"\x00\x01\x02")
    file.name = "x.exe"
    shown = alice.post("/sources/import/", {"file": file, "name": "Harbour"}).content.decode()
    assert "Send a CSV, XLSX or JSON file." in shown
