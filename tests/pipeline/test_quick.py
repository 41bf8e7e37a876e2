"""One file, one command: settings of a method, draws of a linkage, and what is said when wrong."""

import json
import subprocess
import sys

import pytest

from bearwitness.errors import StudyInvalid
from bearwitness.estimation import LogLinear
from bearwitness.pipeline.quick import estimate_file, read_histories, read_settings

COUNTS = {"1,0,0": 80, "0,1,0": 61, "0,0,1": 47, "1,1,0": 23, "1,0,1": 19, "0,1,1": 12, "1,1,1": 7}


def written(path, draws=(), header="a,b,c,count"):
    lines = [header]
    for draw in draws or (None,):
        for flags, count in COUNTS.items():
            shift = 0 if draw is None or flags != "1,1,0" else draw
            lines.append(("" if draw is None else f"{draw},") + f"{flags},{count + shift}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(command, *arguments):
    line = [sys.executable, "-m", "bearwitness", command, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_a_given_model_is_named_on_the_command_line(tmp_path):
    path = written(tmp_path / "t.csv")
    done = run("estimate", path, "--method", "loglinear", "--set", "interactions=a:b,a:c", "--json")
    plain = LogLinear(interactions=(("a", "b"), ("a", "c"))).fit(read_histories(path))
    told = json.loads(done.stdout)
    assert told["model"] == ["a:b", "a:c"]
    assert told["estimate"] == pytest.approx(plain.estimate)


def test_settings_are_read_as_numbers_sets_of_lists_and_words():
    told = read_settings(["order=3", "slab=0.5", "curve=darroch", "inclusion=[1, 2]",
                          "interactions=a:b,a:b:c", "saturated=true"])  # fmt: skip
    assert told == {"order": 3, "slab": 0.5, "curve": "darroch", "inclusion": (1, 2),
                    "interactions": (("a", "b"), ("a", "b", "c")), "saturated": True}  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "words"),
    [("order", "NAME=VALUE"), ("order=three", "wrong kind"), ("ordr=3", "Did you mean 'order'")],
)
def test_a_wrong_setting_is_told_in_words(tmp_path, setting, words):
    with pytest.raises(StudyInvalid) as told:
        estimate_file(written(tmp_path / "t.csv"), method="bic", settings=[setting])
    assert words in f"{told.value} {told.value.hint}"


def test_a_table_of_lists_may_hold_several_draws_of_the_linkage(tmp_path):
    path = written(tmp_path / "t.csv", draws=(1, 2, 3, 9), header="draw,a,b,c,count")
    histories = read_histories(path)
    assert (histories.linkages, histories.lists) == (4, ("a", "b", "c"))
    answer = estimate_file(path, method="independence")
    assert answer.details["variance"]["between_linkages"] >= 0
    alone = estimate_file(written(tmp_path / "one.csv"), method="independence")
    assert answer.observed != alone.observed or answer.estimate != alone.estimate
    # What is about one table looks at the best linkage instead of failing.
    for command in ("compare", "influence"):
        assert run(command, path).returncode in (0, 40)
