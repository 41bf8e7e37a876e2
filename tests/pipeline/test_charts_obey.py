"""Charts print nothing that the tables withhold, nor does the data beside them."""

from __future__ import annotations

import csv
import re

import pytest

from bearwitness.pipeline import init_study, run_study

# Nearly everybody is on all three lists, so that intervals end at the very number observed: 437.
# Three people are on a alone: 437 less the 434 who are on b or c.
NARROW = "a,b,c,people\n1,0,0,3\n0,1,0,4\n0,0,1,6\n1,1,0,40\n1,0,1,44\n0,1,1,40\n1,1,1,300\n"
EXACT = {437, 434, 433, 431}  # in all, and without each list


@pytest.fixture(scope="module")
def charts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("narrow")
    table = folder / "lists.csv"
    table.write_text(NARROW, encoding="utf-8")
    init_study(folder / "study", [table], title="An invented study")
    settings = '\n[estimation]\nmethods = ["independence"]\nreplicates = 50\n'
    with (folder / "study" / "study.toml").open("a", encoding="utf-8") as stream:
        stream.write(settings)
    run_study(folder / "study", key_path=folder / "key")
    return folder / "study" / "output" / "package" / "data"


def numbers(path) -> set[int]:
    with path.open(encoding="utf-8") as stream:
        cells = [cell for row in list(csv.reader(stream))[1:] for cell in row[1:]]
    return {int(float(c.replace(",", ""))) for c in cells if re.fullmatch(r"[\d,.]+", c)}


@pytest.mark.parametrize("name", ["estimates", "leave-one-out", "lists"])
def test_no_chart_prints_an_exact_count_or_a_withheld_one(charts, name):
    shown = numbers(charts / "charts" / f"{name}.csv")
    assert shown and not shown & (EXACT | {3, 4, 6})


def test_two_lines_without_a_list_each_tell_of_no_small_group_by_their_difference(charts):
    """Their ends are as far apart as a group that may be shown, or not apart at all."""
    assert all(n % 10 == 0 for n in numbers(charts / "charts" / "leave-one-out.csv") - {435})


def test_the_table_of_estimates_ends_where_the_chart_does(charts):
    with (charts / "estimates.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    ends = {row[end] for row in rows for end in ("estimate", "lower", "upper", "observed")}
    assert all(float(end) % 5 == 0 for end in ends if end)


def test_small_groups_are_said_to_be_withheld(charts):
    text = (charts / "charts" / "lists.csv").read_text(encoding="utf-8")
    assert text.count("withheld") >= 3
    page = (charts / "report.html").read_text(encoding="utf-8")
    words = re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert not {int(n) for n in re.findall(r"(?<![\w.])\d{3}(?![\w.])", words)} & EXACT
