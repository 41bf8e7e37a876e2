"""Figures of a whole run: of estimates and of acts; what stays inside and what goes."""

import csv
import json

import pytest

from bearwitness.errors import StudyInvalid
from bearwitness.intake import seal
from bearwitness.pipeline import init_study, run_study
from bearwitness.release.figures import recompute

pytestmark = pytest.mark.usefixtures("signing_key")

WAIVED = """
[release]
threshold = 1
rounding = 1
threshold_reason = "Nobody in it exists."
"""
ESTIMATED = """
[[figures]]
id = "missed"
kind = "unseen"

[[figures]]
id = "on-a"
kind = "list_total"
list = "a"

[[figures]]
id = "share"
kind = "cited"
lower = 20
upper = 30
unit = "percent"
population = "people"
source = "Bureau 2023"

[[figures]]
id = "part"
kind = "composed"
formula = "all * share"
unit = "people"

[[figures]]
id = "part-missed"
kind = "composed"
formula = "missed / all"
unit = "percent"

[[figures]]
id = "all"
kind = "estimate"
unit = "people"
"""
ACTS = """
[acts]
file = "acts.csv"

[[figures]]
id = "returned"
kind = "count"
table = "acts"
of = { type = "detention/refoulement" }
"""


def rows_of(folder):
    path = folder / "output" / "package" / "data" / "figures.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


def numbers(row):
    ends = ("value", "lower", "upper")
    return [float(row[end]) if row[end] else None for end in ends]


def add(folder, text):
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8") + text
    path.write_text(text.replace("methods = [", 'headline = "stepwise"\nmethods = ['), "utf-8")


def test_what_is_not_known_of_an_estimate_is_carried_on(small_study):
    add(small_study, WAIVED + ESTIMATED)
    run_study(small_study)
    rows = rows_of(small_study)
    observed = numbers(rows["recorded"])[0]
    value, lower, upper = numbers(rows["all"])
    assert numbers(rows["missed"]) == [value - observed, lower - observed, upper - observed]
    assert numbers(rows["on-a"])[0] == 125
    part = numbers(rows["part"])
    assert 0.2 * lower < part[1] < 0.25 * value * 1.02 and part[0] < part[2] < 0.3 * upper
    assert "Not our own finding in it: share" in rows["part"]["caveats"]
    assert rows["part"]["recipe"] == "", "draws are not published, so nobody can repeat it"
    assert "HISTORIES sha256:" in rows["part"]["provenance"]


def test_an_estimate_and_its_unseen_are_drawn_as_one(small_study):
    """Their ratio is far better known than if one were high while the other is low."""
    add(small_study, WAIVED + ESTIMATED)
    run_study(small_study)
    rows = rows_of(small_study)
    observed = numbers(rows["recorded"])[0]
    _, lower, upper = numbers(rows["all"])
    ratio = numbers(rows["part-missed"])
    expected = [100 * (1 - observed / total) for total in (lower, upper)]
    assert ratio[1:] == pytest.approx(expected, abs=2)


def test_a_stratum_or_a_method_that_was_not_asked_for_is_refused(small_study):
    add(small_study, '\n[[figures]]\nid = "x"\nkind = "estimate"\nmethod = "chao"\n')
    with pytest.raises(StudyInvalid, match="'chao' is not among"):
        run_study(small_study)


def test_rows_that_were_counted_stay_inside_and_counts_come_out_again(small_study, tmp_path):
    drawn = tmp_path / "acts.csv"
    lines = ["act,person,type,date,place,source,recorded"]
    lines += [f"{n},SECRET-{n % 30},detention/refoulement,2015,,1,2016-01-01" for n in range(60)]
    drawn.write_text("\n".join(lines), encoding="utf-8")
    seal([drawn, small_study / "frozen" / "lists.csv"], tmp_path / "both")
    (small_study / "frozen").rename(tmp_path / "old")
    (tmp_path / "both").rename(small_study / "frozen")
    add(small_study, ACTS)
    run_study(small_study)
    rows = rows_of(small_study)
    assert numbers(rows["returned"])[0] == 30
    internal = small_study / "output" / "internal"
    way = json.loads((internal / "walk.json").read_text(encoding="utf-8"))
    counted = way["figure:returned:ACTS"]
    assert (counted["rows"], counted["people"]) == (60, 30)
    assert "SECRET" in (internal / "acts.csv").read_text(encoding="utf-8")
    for path in (small_study / "output" / "package").rglob("*"):
        assert not path.is_file() or b"SECRET" not in path.read_bytes(), path.name
    tables = {"histories.csv": {"on any list": numbers(rows["recorded"])[0]}}
    for row in rows.values():
        plain = dict(row) | dict(zip(("value", "lower", "upper"), numbers(row), strict=True))
        assert recompute(plain, tables) == ""


def test_a_register_of_claims_makes_a_study_by_itself(tmp_path):
    register = tmp_path / "claims.csv"
    register.write_text(
        "id,published,publisher,measure,population,low,high,unit,cites\n"
        "a,2019,Alpha,share,women of the valley,60,60,percent,\n"
        "b,2020,Beta,share,people of the valley,60,60,percent,a\n",
        encoding="utf-8",
    )
    folder = tmp_path / "study"
    (told,) = init_study(folder, [register], title="Claims", period="2019/2020", place="valley")
    assert "a register of claims; nobody is counted in it" in told
    run_study(folder)
    report = (folder / "output" / "report.html").read_text(encoding="utf-8")
    assert "population changed" in report and "Who repeats whom" in report
    assert not (folder / "output" / "internal" / "histories.csv").exists()
