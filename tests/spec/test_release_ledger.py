"""What several releases give away together. Read these as what the ledger is for."""

import json

import numpy as np
import pytest
from tests.disclosed import generated

from bearwitness.errors import LedgerBroken
from bearwitness.release.disclosure import (
    DEFAULT_RULES,
    Entry,
    PrintedSum,
    Secret,
    append_to_ledger,
    find_betrayed,
    flat_hierarchy,
    link_levels,
    link_tables,
    make_problem,
    print_table,
    read_ledger,
    suppress,
)
from bearwitness.release.disclosure.cross import crossed_from_counts


def safe_entry(*tables, base="1", **said):
    """A release of these tables, each protected as it would be if it were the only one."""
    cells = link_tables(tables)
    levels = link_levels(cells, tables, [DEFAULT_RULES] * len(tables))
    problem = make_problem(cells, levels)
    hidden = suppress(problem, seconds=1).hidden
    printed = tuple(print_table(t, hidden[cells.where[t.name]], t.people, t.people) for t in tables)
    secret = Secret(
        keys=tuple(cells.keys[i] for i in levels.cells),
        counts=problem.values[levels.cells], levels=levels,
    )  # fmt: skip
    said = {"population": "invented people", "study": "s", "date": "2026-01-01"} | said
    return Entry(base=base, tables=printed, **said), secret


SEX, PLACE = flat_hierarchy("sex", ["female", "male"]), flat_hierarchy("place", ["x", "y", "z"])


def people(counts, name="by sex and place"):
    return crossed_from_counts(name, [SEX, PLACE], np.array(counts))


COUNTS = [[40, 25, 12], [31, 14, 3]]


def test_one_protected_release_gives_nothing_away():
    entry, secret = safe_entry(people(COUNTS))
    assert find_betrayed([entry], secret) == ()


def test_the_same_release_twice_gives_nothing_more_away():
    entry, secret = safe_entry(people(COUNTS))
    assert find_betrayed([entry, entry], secret) == ()


def test_three_people_more_are_caught_with_what_they_are():
    first, _ = safe_entry(people(COUNTS))
    more = [[40, 28, 12], [31, 14, 3]]
    second, secret = safe_entry(people(more), base="2", date="2026-06-01", added=3, withdrawn=0)
    found = find_betrayed([first, second], secret)
    known = {(one.key, one.low, one.high) for one in found if one.kind == "change"}
    assert ((("sex", "female"),), 3, 3) in known or ((("place", "y"),), 3, 3) in known
    both = next(one for one in found if one.kind == "change")
    assert len(both.tables) == 2, "it takes both releases"
    assert "place y" in " ".join(one.sentence for one in found)


def test_three_people_more_are_caught_where_the_release_does_not_say_so():
    first, _ = safe_entry(people(COUNTS))
    second, secret = safe_entry(people([[43, 25, 12], [31, 14, 3]]), base="2", date="2026-06-01")
    assert any(one.kind == "change" for one in find_betrayed([first, second], secret))


def test_a_change_of_many_people_is_no_betrayal():
    first, _ = safe_entry(people([[40, 35, 32], [31, 44, 33]]))
    second, secret = safe_entry(people([[60, 55, 52], [51, 64, 53]]), base="2", date="2026-06-01")
    assert find_betrayed([first, second], secret) == ()


def test_a_second_table_can_betray_the_first():
    first, secret = safe_entry(people(COUNTS))
    men = crossed_from_counts("by place", [PLACE], np.array([71, 39, 15]))
    shown = print_table(men, np.zeros(4, bool), men.people, men.people)
    hidden = {
        k for k, h in zip(people(COUNTS).keys, first.tables[0].high, strict=True) if h is None
    }
    number = PrintedSum(
        name="sentence 3 of the report",
        cells=((("place", "z"), ("sex", "female")),),
        low=12,
        high=12,
    )
    second = Entry(
        population="invented people", study="s", date="2026-02-01", base="1",
        tables=(shown,), sums=(number,),
    )  # fmt: skip
    assert (("place", "z"), ("sex", "male")) in hidden
    found = find_betrayed([first, second], secret)
    small = next(one for one in found if one.key == (("place", "z"), ("sex", "male")))
    assert (small.low, small.high) == (3, 3)
    assert any("sentence 3" in name for name in small.tables)


def test_generated_releases_of_one_base_stay_safe_together():
    table = generated(5, places=4, people=400)
    entry, secret = safe_entry(table)
    assert find_betrayed([entry, entry], secret) == ()


def test_the_ledger_reads_back_what_was_written(tmp_path):
    first, _ = safe_entry(people(COUNTS))
    second, _ = safe_entry(people(COUNTS), date="2026-02-01", added=0, withdrawn=0)
    for entry in (first, second):
        append_to_ledger(tmp_path, entry)
    assert read_ledger(tmp_path) == (first, second)


def test_a_ledger_holds_no_count_that_was_withheld(tmp_path):
    entry, _ = safe_entry(people(COUNTS))
    append_to_ledger(tmp_path, entry)
    (line,) = (tmp_path / "releases.jsonl").read_text().splitlines()
    table = json.loads(line)["entry"]["tables"][0]
    for low, high in zip(table["low"], table["high"], strict=True):
        assert high is not None or low in (0, 1)


@pytest.mark.parametrize("harm", ["change", "take out", "swap"])
def test_a_ledger_that_was_touched_is_found(tmp_path, harm):
    for date in ("2026-01-01", "2026-02-01", "2026-03-01"):
        append_to_ledger(tmp_path, safe_entry(people(COUNTS), date=date)[0])
    path = tmp_path / "releases.jsonl"
    lines = path.read_text().splitlines()
    if harm == "change":
        lines[1] = lines[1].replace('"threshold":10', '"threshold":11')
    elif harm == "take out":
        del lines[1]
    else:
        lines[1], lines[2] = lines[2], lines[1]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(LedgerBroken):
        read_ledger(tmp_path)
