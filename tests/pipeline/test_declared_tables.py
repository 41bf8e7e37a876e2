"""Declared tables, end to end: study.toml to report, ledger, publishing, a second release."""

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from bearwitness.cli import main
from bearwitness.errors import DisclosureUnsafe, StudyInvalid
from bearwitness.intake import seal
from bearwitness.pipeline.analyse import read_linked
from bearwitness.pipeline.declared import _by_gazetteer, declare_tables
from bearwitness.pipeline.released import entry_of, publish_study
from bearwitness.pipeline.run import run_study
from bearwitness.pipeline.study import read_study
from bearwitness.pipeline.tabulated import tabulate

STUDY = """
title = "Invented"
population = "invented people"
period = "2019"
place = "nowhere"
date = "{date}"
fictional = true
[estimation]
methods = ["independence"]
replicates = 20
[linkage]
draws = 2
[release]
threshold = 10
rounding = {rounding}
{lists}
[[tables]]
name = "who"
dimensions = ["sex", "place"]
{table}
"""
LIST = """
[[lists]]
name = "{name}"
file = "{name}.csv"
[lists.columns]
record = "id"
names = ["name"]
sex = "sex"
place = "place"
birth = "birth"
"""
PLACES = ("Yanji", "Tumen", "Dandong", "Harbin")


def people(count, *, more=()):
    """Invented people of both sexes and four places, a few of them in each kind of cell."""
    found = []
    for i in range(count):
        sex = "female" if i % 3 else "male"
        place = PLACES[0 if i % 2 else 1 if i % 5 else 2 if i % 4 else 3]
        found.append((f"Person Number{i:04d}", sex, place, str(1950 + i % 45)))
    return [*found, *more]


def make_study(folder, rows, *, table="", rounding=1, date="2026-01-01"):
    drawn = folder / "drawn"
    drawn.mkdir(parents=True)
    for name, start in (("a", 0), ("b", 1), ("c", 2)):
        with (drawn / f"{name}.csv").open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["id", "name", "sex", "place", "birth"])
            kept = [row for i, row in enumerate(rows) if i % 3 == start or i % 7 == start]
            writer.writerows([i, *row] for i, row in enumerate(kept))
    shutil.rmtree(folder / "frozen", ignore_errors=True)
    seal(sorted(drawn.iterdir()), folder / "frozen")
    shutil.rmtree(drawn)
    (folder / "hand").mkdir(exist_ok=True)
    (folder / "hand" / "report.md").write_text("{{table:who}}\n")
    lists = "".join(LIST.format(name=name) for name in "abc")
    text = STUDY.format(date=date, rounding=rounding, lists=lists, table=table)
    (folder / "study.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = make_study(tmp_path_factory.mktemp("declared") / "study", people(330))
    run_study(folder, key_path=folder / "key")
    return folder


def tabulated(folder):
    """The tables without what else a run makes."""
    study = read_study(folder)
    return tabulate(study, read_linked(study, str), str)


def printed(folder):
    path = folder / "output" / "package" / "data" / "cells" / "who.csv"
    with path.open() as stream:
        return {(r["sex"], r["place"]): r["people"] for r in csv.DictReader(stream)}


def test_a_declared_table_is_in_the_package_and_the_report(study):
    cells = printed(study)
    assert ("all", "all") in cells
    assert "" in cells.values(), "small cells are withheld"
    assert all(not n or int(n) == 0 or int(n) >= 10 for n in cells.values())
    page = (study / "output" / "report.html").read_text()
    assert "People by sex and place" in page
    assert "Withheld are groups of fewer than 10 people" in page


def test_what_an_attacker_learns_is_shown_by_printed_categories(study):
    done = CliRunner().invoke(main, ["disclosure", str(study), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["betrayed"] == []
    assert any(one["table"] == "who" and "place" in one["cell"] for one in told["cells"])
    assert "Person" not in done.output


def test_publishing_is_written_down_once_and_three_more_people_are_then_caught(study, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(study, folder)
    done = CliRunner().invoke(main, ["publish", str(folder)])
    assert done.exit_code == 0, done.output
    with pytest.raises(StudyInvalid, match="already"):
        publish_study(folder)
    run_study(folder, key_path=folder / "key")  # the same again betrays nothing
    more = [(f"Newcomer Strange{i}{c}", "female", "Yanji", "1990") for i, c in enumerate("xyz")]
    make_study(folder, people(330, more=more), date="2026-06-01")
    with pytest.raises(DisclosureUnsafe, match="came or went") as caught:
        run_study(folder, key_path=folder / "key")
    assert "2026-01-01" in str(caught.value) and "2026-06-01" in str(caught.value)
    assert "Newcomer" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('dimensions = ["sexx"]', "no column 'sexx'"),
        ("dimensions = []", "one at least"),
        ('method = "blur"', "method 'blur' is not known"),
        ('rules = [{ kind = "people", limit = 5 }]', "lacks its reason"),
        ('rules = [{ kind = "folk", limit = 5, reason = "r" }]', "no rule is called 'folk'"),
        (
            'rules = [{ kind = "people", limit = 5, reason = "r", dimension = "age" }]',
            "no dimension",
        ),
        ('rules = [{ kind = "people", limit = 5, because = "r" }]', "unknown key 'because'"),
        ("dimension = 3", "unknown key 'dimension'"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_what_to_do(tmp_path, table, said):
    folder = make_study(tmp_path / "s", people(12), table=table)
    path = folder / "study.toml"
    if table.startswith("dimensions"):
        path.write_text(path.read_text().replace('dimensions = ["sex", "place"]\n', ""))
    with pytest.raises(StudyInvalid, match=said) as caught:
        declare_tables(read_study(folder))
    assert "study.toml" in caught.value.where


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('hierarchies = { place = { Yanji = "Tumen", Tumen = "Yanji" } }', "runs in a circle"),
        ('hierarchies = { place = "places.csv" }', "has two parents"),
        ('dimensions = ["age"]', "needs bands"),
    ],
)
def test_a_hierarchy_that_is_none_is_refused(tmp_path, table, said):
    folder = make_study(tmp_path / "s", people(60), table=table)
    (folder / "hand" / "places.csv").write_text("child,parent\nYanji,A\nYanji,B\nTumen,A\n")
    path = folder / "study.toml"
    if table.startswith("dimensions"):
        path.write_text(path.read_text().replace('dimensions = ["sex", "place"]\n', ""))
    with pytest.raises(StudyInvalid, match=said):
        tabulated(folder)


@pytest.mark.parametrize("method", ["round", "perturb"])
def test_other_methods_print_every_cell(tmp_path, monkeypatch, method):
    monkeypatch.setenv("BEARWITNESS_CELL_SECRET", str(tmp_path / "secret"))
    folder = make_study(
        tmp_path / "s", people(330), table=f'method = "{method}"\nbase = 5', rounding=5
    )
    (table,) = tabulated(folder).tables
    assert None not in table.shown
    assert any(n % 5 for n in table.shown) == (method == "perturb")


def test_equal_inputs_give_equal_tables(study, tmp_path):
    before = (study / "output" / "package" / "data" / "cells" / "who.csv").read_bytes()
    folder = make_study(tmp_path / "again", people(330))
    assert tabulated(folder).files()["cells/who.csv"] == before


FIGURES = """
[[figures]]
id = "women"
kind = "count"
table = "members"
where = { sex = "female" }
statement = "{value} women"
unit = "people"
"""


def test_a_figure_in_a_sentence_is_in_the_ledger_as_a_sum_of_cells(tmp_path):
    folder = make_study(tmp_path / "s", people(120))
    path = folder / "study.toml"
    path.write_text(path.read_text() + FIGURES)
    study = read_study(folder)
    linked = read_linked(study, str)
    linked = replace(linked, tabulated=tabulate(study, linked, str))
    women = {r["record"] for r in linked.members.to_pylist() if r["sex"] == "female"}
    persons = {
        r["person"] for r in linked.links.to_pylist() if r["draw"] == 0 and r["record"] in women
    }
    group = frozenset(f"MEMBERS:people:{person}" for person in persons)
    entry = entry_of(study, linked, safe=None, groups={"women": (group,)})
    own, cells = entry.sums
    assert own.cells == ((("figure", "women"),),)
    assert {dict(key)["sex"] for key in cells.cells} == {"female"}
    assert (cells.low, cells.high) == (len(group), len(group))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_table_has_the_same_order_in_every_process(seed):
    # A set of texts has another order in each process; the digest of a package must not.
    said = (
        "from bearwitness.pipeline.declared import _by_gazetteer as tree; print(tree('place', {}))"
    )
    places = ["Musan", "Hyesan", "Sinuiju", "Yanji", "Hoeryong", "Chongjin", "Dandong", "Onsong"]
    found = subprocess.run(
        [sys.executable, "-c", said.format(places)],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == f"{_by_gazetteer('place', places)}\n"
