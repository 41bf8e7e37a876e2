"""Every row of the reference packages: ours beside theirs, answered anew where no chance is."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from docs.reference_answers import answer
from docs.reference_rows import Ours, differences, rows, tables
from docs.references import (
    BY_RULE,
    EXPLAINED,
    OUTSIDE,
    PAGE,
    SAME,
    STORED,
    WITHIN,
    outcome,
    page,
)

SHARED = Path(__file__).parents[3] / "shared" / "data" / "capture-histories"
STORED_ANSWERS = json.loads(STORED.read_text(encoding="utf-8"))
ROWS = [(name, place, row) for name, place, _, row in rows()]
TABLES = {name: seen for name, _, seen, _ in rows()}


def has_chance(row):
    return row["package"] == "LCMCR" or row["what"].endswith("BCa") or row["what"] == "bayesthresh"


def stored(name, place):
    return Ours(**STORED_ANSWERS[f"{name} {place}"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not here")
def test_the_rows_are_those_that_were_measured():
    with (SHARED / "reference-results.csv").open(encoding="utf-8") as stream:
        measured = list(csv.DictReader(stream))
    assert len(measured) == len(ROWS) == 355
    by_table = {name: iter(table["rows"]) for name, table in tables().items()}
    for theirs in measured:
        row = next(by_table[theirs["dataset"]])
        assert row["package"] == theirs["package"]
        for name, column in (("estimate", "estimate"), ("lower", "lo"), ("upper", "hi")):
            assert row.get(name) == (float(theirs[column]) if theirs[column] else None)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not here")
@pytest.mark.parametrize("name", list(TABLES))
def test_the_tables_are_those_that_were_measured(name):
    with (SHARED / f"{name}.csv").open(encoding="utf-8") as stream:
        wide = list(csv.DictReader(stream))
    lists = [column for column in wide[0] if column != "count"]
    counts = {"".join(r[one] for one in lists): int(r["count"]) for r in wide if r["count"] != "0"}
    assert (tables()[name]["lists"], tables()[name]["counts"]) == (lists, counts)


@pytest.mark.parametrize("package", ["Rcapture", "dga", "SparseMSE", "MultipleSystemsEstimation"])
def test_rows_without_chance_come_out_as_the_page_says(package):
    for name, place, row in ROWS:
        if row["package"] != package or has_chance(row):
            continue
        # The widest grids of the graph average take seconds; they are the same code.
        if row.get("times", 0) * TABLES[name].observed > 50_000:
            continue
        ours, told = answer(TABLES[name], row), stored(name, place)
        assert outcome(ours, row) == outcome(told, row), (name, row["what"])
        assert outcome(ours, row) in (SAME, BY_RULE, EXPLAINED)
        if ours.estimate is not None:
            assert ours.estimate == pytest.approx(told.estimate, rel=1e-7)


def test_the_page_shows_what_is_stored():
    assert PAGE.read_text(encoding="utf-8") == page(STORED_ANSWERS)


def test_no_row_is_left_without_an_answer_or_a_reason():
    found = Counter(outcome(stored(name, place), row) for name, place, row in ROWS)
    assert found[OUTSIDE] == 0
    assert found[SAME] >= 227
    assert found[SAME] + found[BY_RULE] + found[WITHIN] + found[EXPLAINED] == 355


def test_a_difference_in_the_seventh_digit_is_none_and_one_in_the_fifth_is():
    row = {"estimate": 10356.518957, "se": 785.9}
    near, far = Ours(estimate=10356.52, more={"se": 785.94}), Ours(estimate=10356.8)
    assert differences(near, row) == {}
    assert differences(far, row) == {"estimate": pytest.approx(0.281, abs=1e-3)}
    assert differences(Ours(estimate=10356.52, more={"se": 786.1}), row)
