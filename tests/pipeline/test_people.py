"""`bearwitness estimate` on one row a person, and with strata: end to end, and clear errors."""

import json
import subprocess
import sys

import numpy as np
import pytest

from bearwitness.errors import CountInvalid, StudyInvalid, TableMismatch
from bearwitness.estimation import RobustAnswer, StrataAnswer
from bearwitness.pipeline import estimate_file


def people(lists=3, size=2500):
    """Lists that are independent given x and sex, and all prefer the same people."""
    random = np.random.default_rng(0)
    x, woman = random.standard_normal(size), random.integers(0, 2, size)
    slopes = ((0.0, 0.8, 0.5), (0.1, 0.7, -0.5), (-0.2, 0.5, 0.2))[:lists]
    on = np.array([random.random(size) < 1 / (1 + np.exp(-(a + b * x + c * woman)))
                   for a, b, c in slopes]).T  # fmt: skip
    seen = on.any(axis=1)
    return on[seen].astype(int), x[seen], np.where(woman[seen] == 1, "f", "m")


def written(path, lists=3, extra=""):
    on, x, sex = people(lists)
    names = ",".join("abc"[:lists])
    lines = [f"{names},x,sex" + (f",{extra}" if extra else "")]
    for number, (flags, value, label) in enumerate(zip(on, x, sex, strict=True)):
        row = [*flags, f"{value:.4f}", label, *([f"case {number}"] if extra else [])]
        lines.append(",".join(map(str, row)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    command = [sys.executable, "-m", "bearwitness", "estimate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_two_lists_and_covariates_from_the_command_line(tmp_path):
    path = written(tmp_path / "people.csv", lists=2)
    done = run(path, "--method", "doubly-robust", "--covariates", "x,sex", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["lower"] <= 2500 <= told["upper"]
    assert told["settings"]["covariates"] == ["x", "sex"]


def test_many_lists_print_their_sensitivity_analysis_and_draw_it(tmp_path):
    path = written(tmp_path / "people.csv")
    picture, page = tmp_path / "a.svg", tmp_path / "a.html"
    done = run(path, "--method", "many-lists-robust", "--covariates", "x,sex", "--among", "a,b",
               "--plot", picture, "--html", page)  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "If the odds ratio that is assumed to be 1 were another:" in lines
    assert [line.split(":")[0].strip() for line in lines[-5:]] == ["0.25", "0.5", "1", "2", "4"]
    assert picture.stat().st_size and "odds ratio 4" in page.read_text(encoding="utf-8")


def test_two_of_three_lists_are_compared_with_every_other_pair(tmp_path):
    path = written(tmp_path / "people.csv", extra="id")
    answer = estimate_file(path, method="doubly-robust", covariates="x,sex", lists="a,b")
    assert isinstance(answer, RobustAnswer)
    assert list(answer.pairs) == ["a:b", "a:c", "b:c"]
    assert answer.answer.lists == ("a", "b", "c")
    assert answer.pairs["a:b"].estimate == answer.estimate


def test_a_row_may_stand_for_several_people(tmp_path):
    on, _, sex = people(2)
    rows = [f"{a},{b},{label}" for (a, b), label in zip(on, sex, strict=True)]
    single = tmp_path / "single.csv"
    single.write_text("a,b,sex\n" + "\n".join(rows) + "\n", encoding="utf-8")
    counted = tmp_path / "counted.csv"
    lines = [f"{row},{rows.count(row)}" for row in sorted(set(rows))]
    counted.write_text("a,b,sex,people\n" + "\n".join(lines) + "\n", encoding="utf-8")
    both = [estimate_file(p, method="doubly-robust", covariates="sex") for p in (single, counted)]
    assert both[0].answer == both[1].answer


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"covariates": ""}, "neither a list"),
        ({"covariates": "", "lists": "a,b"}, "needs covariates"),
        ({"covariates": "age"}, "no column 'age'"),
        ({"covariates": "x,sex"}, "compares two lists, and 3"),
        ({"covariates": "x"}, "'sex' is neither a list"),
        ({"covariates": "x,sex", "lists": "a,x"}, "named twice|neither 0 nor 1"),
        ({"covariates": "x,sex", "stratum": "sex"}, "has no strata"),
    ],
)
def test_columns_that_do_not_fit_are_refused_in_words(tmp_path, options, words):
    path = written(tmp_path / "people.csv")
    with pytest.raises((StudyInvalid, TableMismatch), match=words):
        estimate_file(path, method="doubly-robust", **options)


def test_a_method_for_tables_of_overlaps_has_no_use_for_covariates(tmp_path):
    with pytest.raises(StudyInvalid, match="no use for covariates"):
        estimate_file(tmp_path / "any.csv", method="stepwise", covariates="x")


def test_people_on_no_list_are_refused(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("a,b,x\n1,0,1\n0,1,2\n0,0,3\n", encoding="utf-8")
    with pytest.raises(CountInvalid, match="on no list"):
        estimate_file(path, method="doubly-robust", covariates="x")


def test_strata_from_the_command_line(tmp_path):
    on, _, sex = people()
    rows = [",".join(map(str, flags)) + f",{label}" for flags, label in zip(on, sex, strict=True)]
    rows[:40] = [row.rsplit(",", 1)[0] + "," for row in rows[:40]]
    path = tmp_path / "strata.csv"
    path.write_text("a,b,c,sex\n" + "\n".join(rows) + "\n", encoding="utf-8")
    page = tmp_path / "strata.html"
    done = run(path, "--method", "independence", "--stratum", "sex", "--html", page)
    assert done.returncode == 0, done.stderr
    for words in ("sum of strata", "without strata", "Warning:", "no known stratum", "To print:"):
        assert words in done.stdout
    assert "carried" not in done.stdout and "<table" in page.read_text(encoding="utf-8")
    answer = estimate_file(path, method="independence", stratum="sex")
    assert isinstance(answer, StrataAnswer)
    assert [part.stratum for part in answer.parts] == ["f", "m"]
    assert answer.estimate == answer.total.estimate
