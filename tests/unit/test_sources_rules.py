"""Rules of sources without a database: grades, times in a recording, files that may be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.casebook.grades import Credibility, Reliability, grade
from bearwitness.coding import read_time, time_in_words
from bearwitness.errors import InputError
from bearwitness.intake import check_may_keep, name_to_leave_with
from bearwitness.intake.arriving import ACTS_IN_A_BROWSER, RUNS


def test_the_admiralty_code_has_six_letters_and_six_figures():
    """NATO AJP-2.1 and STANAG 2511: A to F for the source, 1 to 6 for what it says."""
    assert "".join(Reliability) == "ABCDEF"
    assert "".join(Credibility) == "123456"


@pytest.mark.parametrize(
    ("reliability", "credibility", "shown"),
    [("B", "2", "B2"), ("", "", ""), ("A", "", "A–"), ("", "6", "–6")],
)
def test_what_nobody_judged_is_not_shown_as_cannot_be_judged(reliability, credibility, shown):
    assert grade(reliability, credibility) == shown


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("0:07", 7), ("12:34", 754), ("1:02:03", 3723), ("95", 95), ("1:01.5", 61.5)],
)
def test_a_time_is_read_as_a_player_shows_it(said, seconds):
    assert read_time(said) == seconds


@pytest.mark.parametrize("said", ["", "soon", "1:60", "1:2:3:4", "-5", "1:61:00", "１２", "12.5.1"])
def test_anything_else_is_no_time(said):
    if said == "１２":  # full-width digits are digits to Python and to a Korean keyboard
        assert read_time(said) == 12
        return
    with pytest.raises(InputError, match="not a time"):
        read_time(said)


@given(st.integers(0, 359_999_000))
def test_a_time_that_is_shown_is_read_as_itself(milliseconds):
    seconds = milliseconds / 1000
    assert read_time(time_in_words(seconds)) == pytest.approx(seconds, abs=1e-6)


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.mark.parametrize(
    ("name", "begins", "ending"),
    [
        ("photo.PNG", PNG, "png"),
        ("../../etc/passwd", b"root:x", "bin"),
        ("..\\..\\windows\\win.ini", b"[fonts]", "ini"),
        ("letter.tar.gz\x00.png", PNG, "png"),
        ("진술서.pdf", b"%PDF-1.7", "pdf"),
        ("no ending", b"words", "bin"),
        ("\u202egnp.exe.txt", b"words", "txt"),
        ("voice.m4a", b"\x00\x00\x00 ftypM4A ", "m4a"),
        ("statement.docx", b"PK\x03\x04....", "docx"),
        ("page.html", b"<html>", "html"),
    ],
)
def test_of_a_name_only_a_plain_ending_is_kept(name, begins, ending):
    assert check_may_keep(name, begins) == ending


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("photo.png", b"<!doctype html><script>"),
        ("photo.jpg", b"<svg onload=alert(1)>"),
        ("paper.pdf", b"PK\x03\x04"),
        ("letter.docx", b"%PDF-1.7"),
        ("voice.mp3", b"MZ\x90\x00"),
        ("notes.txt", b"\x7fELF\x02"),
        ("run.exe", b"words"),
        ("open.LNK", b"words"),
        ("nothing.pdf", b""),
    ],
)
def test_a_file_that_is_not_what_its_name_says_or_that_runs_is_refused(name, begins):
    with pytest.raises(InputError):
        check_may_keep(name, begins)


@pytest.mark.parametrize("ending", sorted(ACTS_IN_A_BROWSER))
def test_what_a_browser_would_act_on_leaves_as_text(ending):
    assert name_to_leave_with("source-1", ending) == f"source-1.{ending}.txt"
    assert not ACTS_IN_A_BROWSER & RUNS
