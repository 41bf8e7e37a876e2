"""Strata of a study: one joint posterior in ESTIMATES, and nothing in print that betrays a few."""

import csv
import io

import pytest

from bearwitness.errors import StudyInvalid
from bearwitness.estimation import split_strata
from bearwitness.intake import seal
from bearwitness.pipeline import init_study, read_study, run_study
from bearwitness.pipeline.analyse import read_linked
from bearwitness.pipeline.strata import label_members
from bearwitness.release import Rules, safe_strata
from bearwitness.tables import MEMBERS, check

pytestmark = pytest.mark.usefixtures("signing_key")

PARTS = {
    "east": {"1,0,0": 61, "0,1,0": 47, "0,0,1": 52, "1,1,0": 24, "1,0,1": 27, "1,1,1": 13},
    "north": {"1,0,0": 80, "0,1,0": 60, "0,0,1": 71, "1,1,0": 31, "0,1,1": 33, "1,1,1": 17},
    "south": {"1,0,0": 40, "0,1,0": 31, "0,0,1": 36, "1,1,0": 22, "1,0,1": 20, "0,1,1": 19},
    "west": {"1,0,0": 3, "0,1,0": 2, "1,1,0": 1},
    "": {"1,0,0": 6, "0,1,1": 5},
}


@pytest.fixture
def study(tmp_path):
    lines = ["a,b,c,province,people"]
    lines += [f"{flags},{name},{n}" for name, part in PARTS.items() for flags, n in part.items()]
    table = tmp_path / "lists.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = tmp_path / "strata"
    seal([table], folder / "frozen")
    (folder / "study.toml").write_text(
        'title = "An invented study"\npopulation = "people"\nperiod = "2015"\nplace = "nowhere"\n'
        'date = "2026-11-24"\n[histories]\nfile = "lists.csv"\nstratum = "province"\n'
        '[estimation]\nmethods = ["independence", "chapman"]\nstrata = true\n',
        encoding="utf-8",
    )
    return folder


def rows(data):
    return list(csv.DictReader(io.StringIO(data)))


def test_a_run_estimates_strata_and_their_sum_and_keeps_them_all_inside(study):
    run_study(study)
    inside = rows((study / "output/internal/estimates.csv").read_text(encoding="utf-8"))
    strata = {row["stratum"]: row for row in inside if row["stratum"]}
    assert list(strata) == ["east", "north", "south", "west"]
    assert sum(int(row["observed"]) for row in strata.values()) == 701
    total = next(row for row in inside if "strata summed" in row["method"])
    assert (
        float(total["lower"])
        < sum(float(r["estimate"]) for r in strata.values())
        < float(total["upper"])
    )


def test_a_small_stratum_is_withheld_with_another_and_no_stratum_tells_its_count(study):
    run_study(study)
    package = study / "output" / "package" / "data"
    printed = rows((package / "estimates.csv").read_text(encoding="utf-8"))
    # West has six people; without the smallest of the others, the sum would betray its estimate.
    assert [row["stratum"] for row in printed if row["stratum"]] == ["east", "north"]
    assert all(not row["observed"] for row in printed if row["stratum"])
    text = (study / "output" / "report.html").read_text(encoding="utf-8")
    assert "west" not in text and "south" not in text
    assert "Estimates of 2 strata are withheld" in text
    assert "independence, strata summed" in text and "east (independence)" in text


def test_running_twice_gives_identical_digests(study):
    assert run_study(study).digest == run_study(study).digest


def test_what_tells_strata_apart_must_be_known(study):
    path = study / "study.toml"
    path.write_text(path.read_text().replace('stratum = "province"\n', ""), encoding="utf-8")
    with pytest.raises(StudyInvalid, match="which column"):
        read_study(study)


def people_study(tmp_path, strata):
    """Two lists of records with sex and place; who is who goes by name."""
    for name in ("one", "two"):
        lines = ["id,name,sex,place"]
        lines += [f"{i},Person {chr(65 + i)}{i},{'fm'[i % 2]},Town/{i % 2}" for i in range(8)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = tmp_path / "people"
    init_study(folder, [tmp_path / "one.csv", tmp_path / "two.csv"])
    with (folder / "study.toml").open("a", encoding="utf-8") as stream:
        stream.write(f"\n[estimation]\nmethods = ['independence']\nstrata = {strata}\n")
    return folder


def test_strata_of_records_come_from_sex_and_place_crossed(tmp_path):
    study = read_study(people_study(tmp_path, "'sex/place'"))
    linked = read_linked(study, lambda message: None)
    assert [name for name, _ in split_strata(linked.histories)] == ["female/Town 0", "male/Town 1"]


def test_strata_that_no_list_tells_are_refused(tmp_path):
    for wrong in ("'sex/age'", "'origin'", "true", "'sex/'"):
        folder = tmp_path / str(len(wrong))
        folder.mkdir(exist_ok=True)
        with pytest.raises(StudyInvalid, match="no list tells"):
            read_study(people_study(folder, wrong))
    with pytest.raises(StudyInvalid, match="should be bool or str"):
        read_study(people_study(tmp_path, "3"))


def test_labels_leave_empty_what_is_unknown():
    told = {"record": ["a/1", "a/2", "a/3"], "list": ["a"] * 3, "sex": ["female", None, None]}
    members = check(told | {"place": ["x/y", "z", None]}, MEMBERS)
    labels = label_members(members, ("sex", "place")).column("stratum").to_pylist()
    assert labels == ["female/x y", "/z", ""]


@pytest.mark.parametrize(
    ("observed", "printed"),
    [
        ({"a": 50, "b": 40}, "ab"),
        ({"a": 50, "b": 40, "c": 3}, "a"),  # b goes with c: the sum would betray c
        ({"a": 50, "b": 40, "c": 6, "d": 5}, "ab"),  # eleven people in two strata
        ({"a": 50, "b": 40, "c": 3, "d": 2}, "a"),  # five people are still too few
        ({"a": 50, "b": 3}, ""),
    ],
)
def test_strata_are_withheld_until_what_the_sum_leaves_is_no_small_group(observed, printed):
    assert safe_strata(observed, Rules()) == frozenset(printed)


def test_a_figure_of_a_stratum_states_its_estimate_and_never_the_people_observed_in_it(study):
    path = study / "study.toml"
    figures = "".join(
        f'\n[[figures]]\nid = "{name}"\nkind = "estimate"\nstratum = "{name}"\n'
        f'population = "people of the {name}"\n'
        for name in ("east", "west")
    )
    path.write_text(path.read_text() + "print_against_verdict = 'a test'\n" + figures)
    run_study(study)
    told = {r["id"]: r for r in rows((study / "output/package/data/figures.csv").read_text())}
    inside = rows((study / "output/internal/estimates.csv").read_text(encoding="utf-8"))
    east = next(row for row in inside if row["stratum"] == "east")
    assert float(told["east"]["value"]) == pytest.approx(float(east["estimate"]), rel=0.05)
    assert told["east"]["base"] == "people observed on 3 lists"
    assert told["west"]["value"] == told["west"]["lower"] == ""
    assert "withheld: a small stratum" in told["west"]["method"]
    path.write_text(path.read_text().replace('stratum = "west"', 'stratum = "sky"'))
    with pytest.raises(StudyInvalid, match="no estimate of the stratum 'sky'"):
        run_study(study)
