"""What a checker is told of two packages: everything that a reader would find different."""

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from bearwitness.release.changes import compare_packages


def package(folder, **files):
    for name, content in files.items():
        path = folder / "data" / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def table(header, rows):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue()


def test_a_figure_whose_value_moved_shows_both(tmp_path):
    old = package(tmp_path / "a", figures__csv=table(["id", "value"], [["n", "5"], ["gone", "1"]]))
    new = package(tmp_path / "b", figures__csv=table(["id", "value"], [["n", "6"], ["new", "2"]]))
    found = {one.id: one for one in compare_packages(old, new).figures}
    assert set(found) == {"n", "gone", "new"}
    assert (found["n"].before["value"], found["n"].after["value"]) == ("5", "6")
    assert found["n"].changed == ("value",)
    assert found["gone"].after is None
    assert found["new"].before is None


def test_only_another_digest_is_no_change_of_a_figure(tmp_path):
    header = ["id", "value", "provenance"]
    old = package(tmp_path / "a", figures__csv=table(header, [["n", "5", "HISTORIES sha256:1"]]))
    new = package(tmp_path / "b", figures__csv=table(header, [["n", "5", "HISTORIES sha256:2"]]))
    assert compare_packages(old, new).figures == ()


def test_settings_inputs_and_versions_are_told_apart(tmp_path):
    facts = {"seed": 1, "version": "1", "release": {"rounding": 5}, "digests": {"a.csv": "x"}}
    old = package(tmp_path / "a", provenance__json=json.dumps(facts))
    facts |= {"version": "2", "release": {"rounding": 10}, "digests": {"a.csv": "y"}}
    found = compare_packages(old, package(tmp_path / "b", provenance__json=json.dumps(facts)))
    assert {(s.name, s.before, s.after) for s in found.settings} == {
        ("version", "1", "2"),
        ("release.rounding", "5", "10"),
    }
    assert [one.name for one in found.inputs] == ["digests.a.csv"]


def test_the_first_package_of_a_study_is_all_new(tmp_path):
    new = package(tmp_path, figures__csv=table(["id", "value"], [["n", "5"]]))
    (figure,) = compare_packages(None, new).figures
    assert figure.before is None


CELL = st.text("abc+5 ", max_size=3)


@given(
    names=st.lists(st.text("abc", min_size=1, max_size=3), unique=True, min_size=1, max_size=6),
    old=st.lists(CELL, min_size=6, max_size=6),
    new=st.lists(CELL, min_size=6, max_size=6),
    kept=st.integers(0, 6),
)
def test_every_cell_that_differs_is_found_and_no_other(names, old, new, kept, tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    rows = [[name, value] for name, value in zip(names, old, strict=False)]
    later = [[name, value] for name, value in zip(names[:kept], new, strict=False)]
    before = package(folder / "a", histories__csv=table(["lists", "people"], rows))
    after = package(folder / "b", histories__csv=table(["lists", "people"], later))
    found = {
        (cell.row[0], cell.column): (cell.before, cell.after)
        for cell in compare_packages(before, after).cells
    }
    expected = {}
    was, now = dict(rows), dict(later)
    for name in names:
        if name not in now:
            expected |= {(name, "lists"): (name, None), (name, "people"): (was[name], None)}
        elif was[name] != now[name]:
            expected[name, "people"] = (was[name], now[name])
    assert found == expected
