"""From a file of people to a folder for a partner: what is in it, and when the answer is no."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

from bearwitness.cli import main
from bearwitness.demo import lexicon
from bearwitness.errors import ExtraMissing
from bearwitness.intake import htcds
from bearwitness.release.synthetic import making
from bearwitness.release.synthetic.noise import check_extra

PARTNER = "Partner (fictional)"
NAME = "Invented Person"


@pytest.fixture
def people(tmp_path):
    """A list of 600 invented people, one of them with a rare value."""
    rng = np.random.default_rng(1)
    origins = [str(row[2]) for row in lexicon.ORIGINS]
    path = tmp_path / "harbour.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "name", "sex", "birth", "origin", "route"])
        for number in range(600):
            route = "sky" if number == 7 else rng.choice(["river", "broker"])
            writer.writerow([
                f"H{number}", f"{NAME} {number}", rng.choice(["F", "남"]),
                int(rng.normal(1985, 8)), rng.choice(origins), route,
            ])  # fmt: skip
    return path


def run(path, *more, out="out", ledger="ledger.jsonl"):
    folder = path.parent
    return CliRunner().invoke(main, [
        "synthesise", str(path), "--epsilon", "4", "--for", PARTNER,
        "--out", str(folder / out), "--ledger", str(folder / ledger), *more,
    ])  # fmt: skip


def test_a_list_becomes_a_folder_to_share_and_one_to_keep(people):
    done = run(people)
    assert done.exit_code == 0, done.output
    out = people.parent / "out"
    assert {p.name for p in (out / "share").iterdir()} == {
        "README.md", "cases.csv", "cases.xlsx", "guarantee.json",
    }  # fmt: skip
    assert {p.name for p in (out / "internal").iterdir()} == {
        "attacks.csv", "report.html", "utility.csv",
    }  # fmt: skip
    assert "inference of sex" in done.output and "epsilon 4 of 10" in done.output
    assert "ALARM" not in done.output


def test_nothing_of_a_person_is_in_what_is_shared(people):
    run(people)
    share = people.parent / "out" / "share"
    text = (share / "cases.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert set(rows[0]) == {"sex", "birth", "origin", "route"}
    assert {row["birth"] for row in rows} <= set(
        "1950-1959 1960-1969 1970-1979 1980-1989 1990-1999 2000-2009".split()
    ) | {"under 1950", "2010 and over", "not stated"}
    everything = b"".join(path.read_bytes() for path in share.iterdir())
    assert NAME.encode() not in everything and b"sky" not in everything
    assert 400 < len(rows) < 800


def test_the_guarantee_is_stated_for_people_and_for_programs(people):
    run(people)
    share = people.parent / "out" / "share"
    facts = json.loads((share / "guarantee.json").read_text(encoding="utf-8"))
    assert (facts["epsilon"], facts["delta"], facts["for"]) == (4.0, 1e-6, PARTNER)
    assert facts["spent_on_this_dataset_in_all"] == {"epsilon": 4.0, "delta": 1e-6}
    assert facts["one_row_a_person"].startswith("taken on trust")
    assert "no row is a person" in (share / "README.md").read_text(encoding="utf-8")


def test_the_workbook_is_read_back_as_cases_of_the_standard(people):
    run(people)
    path = people.parent / "out" / "share" / "cases.xlsx"
    read = htcds.read_cases(path)
    assert read.problems == ()
    assert {v for c in read.cases for v in [c.values.get("prs_Gender")]} <= {
        "Feminine", "Masculine", "NonConforming", "NonSpecifiedUnknown", None,
    }  # fmt: skip
    assert any(c.values.get("prs_Birthdate") == "[1980..1989]" for c in read.cases)
    about = openpyxl.load_workbook(path)["About"]
    assert "No row is a person" in about["B2"].value


def test_what_is_spent_adds_up_over_files_of_one_dataset(people):
    assert run(people, out="a").exit_code == 0
    assert run(people, out="b").exit_code == 0
    third = run(people, out="c")
    assert third.exit_code == 58 and "goes beyond" in third.output
    assert not (people.parent / "c").exists()
    assert run(people, "--dataset", "other people", out="d").exit_code == 0


def test_one_row_of_each_person_is_used(people):
    twice = people.parent / "twice.csv"
    header, *rows = people.read_text(encoding="utf-8").splitlines()
    twice.write_text("\n".join([header, *rows, *rows]) + "\n", encoding="utf-8")
    done = run(twice, "--person", "id")
    assert "600 rows that repeat a person" in done.output
    assert len((people.parent / "out/share/cases.csv").read_text().splitlines()) < 800


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--epsilon", "0"], 10, "epsilon should be above 0"),
        (["--delta", "0.1"], 10, "delta should lie"),
        (["--person", "nobody"], 10, "no column 'nobody'"),
        (["--columns", "missing.toml"], 11, "no such file"),
        (["--held-out", "0.9"], 10, "held out"),
    ],
)
def test_what_cannot_be_followed_spends_nothing_and_writes_nothing(people, more, code, said):
    done = run(people, *more)
    assert done.exit_code == code and said in done.output
    assert not (people.parent / "out").exists()
    assert not (people.parent / "ledger.jsonl").exists()


def test_a_column_planned_in_a_file_is_used_as_it_says(people):
    plan = people.parent / "columns.toml"
    plan.write_text('[columns.route]\nrole = "left-out"\n[columns.birth]\nkind = "year"\n'
                    "bands = [1980]\n", encoding="utf-8")  # fmt: skip
    assert run(people, "--columns", str(plan)).exit_code == 0
    text = (people.parent / "out/share/cases.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "sex,birth,origin"
    assert {row["birth"] for row in csv.DictReader(io.StringIO(text))} <= {
        "under 1980", "1980 and over", "not stated",
    }  # fmt: skip


def test_a_folder_that_holds_something_is_left_alone(people):
    (people.parent / "out").mkdir()
    (people.parent / "out" / "mine.txt").write_text("mine", encoding="utf-8")
    done = run(people)
    assert done.exit_code == 10 and "not empty" in done.output


def test_an_alarm_keeps_everything_inside(people, monkeypatch):
    """A synthesiser that copies people: whatever promised them safety, they are not given away."""
    seen = {}

    def keep(codes, sizes, **budget):
        seen["rows"] = codes
        return measure(codes, sizes, **budget)

    measure = making.measure_tree
    monkeypatch.setattr(making, "measure_tree", keep)
    monkeypatch.setattr(making, "draw_rows", lambda *_: seen["rows"])
    plan = people.parent / "columns.toml"
    plan.write_text('[columns.birth]\nkind = "year"\nbands = '
                    f"{list(range(1950, 2020))}\n", encoding="utf-8")  # fmt: skip
    done = run(people, "--columns", str(plan))
    assert done.exit_code == 51 and "Nothing may be shared" in done.output
    assert [p.name for p in (people.parent / "out").iterdir()] == ["internal"]


def workbook(path, *, consent="TRUE", use=None, number=300):
    rng = np.random.default_rng(2)
    names = list(htcds.columns())
    exploited = ["ForcedMarriage", "ForcedLabour; ForcedMarriage"]
    rows = []
    for case in range(number):
        told = {
            "con_Consent": consent, "prs_FirstName": f"{NAME} {case}",
            "prs_Gender": rng.choice(["Feminine", "Masculine"]),
            "prs_Birthdate": str(rng.integers(1970, 2005)), "prs_Citizenship": "KP",
            "vic_TypeOfExploitation": rng.choice(exploited),
        }  # fmt: skip
        rows.append([str(case + 1), *(str(told.get(name, "")) for name in names)])
    about = {"written_on": date(2026, 11, 25).isoformat()} | ({"use": use} if use else {})
    with path.open("wb") as stream:
        htcds.write_cases(stream, rows, about)
    return path


def test_a_workbook_of_cases_becomes_one_of_synthetic_cases(tmp_path):
    path = workbook(tmp_path / "cases.xlsx", use="share-with-partners")
    done = run(path)
    assert done.exit_code == 0, done.output
    read = htcds.read_cases(tmp_path / "out" / "share" / "cases.xlsx")
    assert read.problems == ()
    assert any("ForcedMarriage" in c.values.get("vic_TypeOfExploitation", "") for c in read.cases)
    assert all("prs_FirstName" not in c.values for c in read.cases)


def test_cases_that_left_for_another_use_are_refused(tmp_path):
    done = run(workbook(tmp_path / "cases.xlsx", use="analyse"))
    assert done.exit_code == 71 and "not to be shared with partners" in done.output


def test_cases_without_consent_are_refused(tmp_path):
    done = run(workbook(tmp_path / "cases.xlsx", consent="FALSE"))
    assert done.exit_code == 71 and not (tmp_path / "out").exists()


def test_without_the_extra_it_is_said_what_to_install(people, monkeypatch):
    monkeypatch.setitem(sys.modules, "opendp.mod", None)
    with pytest.raises(ExtraMissing):
        check_extra()
    done = run(people)
    assert done.exit_code == 74 and "bearwitness[synthetic]" in done.output
