"""study.toml is read strictly: a typing mistake is an error with a hint, never a silent default."""

import pytest

from bearwitness.errors import StudyInvalid
from bearwitness.pipeline.study import read_study

WHOLE = """
title = "A title"
population = "people"
period = "2020"
place = "somewhere"
date = "2026-01-31"
[histories]
file = "table.csv"
"""


def write(folder, text):
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_whole_study_is_read(tmp_path):
    study = read_study(write(tmp_path, WHOLE))
    assert study.title == "A title"
    assert study.headline == "stepwise"


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        (WHOLE.replace("title =", "titel ="), "unknown key 'titel'", "Did you mean 'title'"),
        (WHOLE + 'sheeet = "x"', "unknown key 'sheeet'", "Did you mean 'sheet'"),
        (WHOLE.replace('place = "somewhere"', ""), "place is missing", ""),
        (WHOLE.replace('"2020"', "2020"), "period should be str", ""),
        (WHOLE.replace("2026-01-31", "yesterday"), "YYYY-MM-DD", "clock"),
        (WHOLE.partition("[histories]")[0], "either", "Keep the one"),
        (WHOLE + '[estimation]\nheadline = "bic"\nmethods = ["stepwise"]', "not among", ""),
        (WHOLE + "[estimation]\nlevel = 95.0", "between 0.5 and 1", ""),
        ("title = ", "not TOML", ""),
    ],
)
def test_what_is_wrong_is_said_with_the_key(tmp_path, text, says, hint):
    with pytest.raises(StudyInvalid, match=says) as caught:
        read_study(write(tmp_path, text))
    assert hint in caught.value.hint
    assert caught.value.exit_code == 31


def test_a_folder_without_study_toml_is_refused(tmp_path):
    with pytest.raises(StudyInvalid, match=r"no study\.toml"):
        read_study(tmp_path)
