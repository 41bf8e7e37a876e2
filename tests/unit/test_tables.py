"""One door for tables: whatever library made the rows, equal rows give one digest."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.errors import TableMismatch
from bearwitness.tables import ESTIMATES, HISTORIES, LINKS, MEMBERS, SCHEMAS, check, digest

ROWS = {"pattern": ["a", "b", "a+b"], "count": [3, 5, 2]}


def as_duckdb(rows):
    return duckdb.from_arrow(pa.table(rows))


@pytest.mark.parametrize("make", [dict, pa.table, pl.DataFrame, pd.DataFrame, as_duckdb])
def test_every_library_gives_the_same_digest(make):
    assert digest(make(ROWS), HISTORIES) == digest(ROWS, HISTORIES)


def test_missing_values_are_the_same_from_every_library():
    rows = {"method": ["bic"], "observed": [5], "level": [0.95], "verdict": ["no estimate"]}
    with_nan = pd.DataFrame(rows | {"estimate": [float("nan")]})
    assert digest(with_nan, ESTIMATES) == digest(rows, ESTIMATES)


def test_chunks_slices_and_metadata_do_not_change_the_digest():
    table = pa.table(ROWS)
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    marked = table.replace_schema_metadata({"made": "elsewhere"})
    assert digest(chunked, HISTORIES) == digest(marked, HISTORIES) == digest(ROWS, HISTORIES)


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.dictionaries(text, text, min_size=1, max_size=8), st.randoms())
def test_the_order_of_rows_does_not_change_the_digest(links, random):
    rows = [{"record": k, "person": v} for k, v in links.items()]
    shuffled = random.sample(rows, len(rows))
    assert digest(shuffled, LINKS) == digest(rows, LINKS)


@given(st.lists(st.integers(0, 99), min_size=3, max_size=3))
def test_a_changed_count_changes_the_digest(counts):
    other = [counts[0] + 1, *counts[1:]]
    assert digest(ROWS | {"count": counts}, HISTORIES) != digest(ROWS | {"count": other}, HISTORIES)


def test_text_cannot_be_moved_between_columns_unseen():
    assert digest({"record": ['a","b'], "person": ["c"]}, LINKS) != digest(
        {"record": ["a"], "person": ['b","c']}, LINKS
    )


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"pattern": ["a"]}, "needs a column 'count'"),
        (ROWS | {"colour": ["x", "y", "z"]}, "unknown column 'colour'"),
        ({"pattern": ["a", "a"], "count": [1, 2]}, "more than one row"),
        ({"pattern": ["a", None], "count": [1, 2]}, "empty in row 2"),
        ({"pattern": ["a"], "count": ["many"]}, "should be int64"),
        (7, "cannot be read"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_table_and_column(rows, says):
    with pytest.raises(TableMismatch, match=says):
        check(rows, HISTORIES)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_an_empty_table_passes_its_own_door(schema):
    assert check(schema.empty(), schema).schema == schema.arrow
    assert schema.key, "without a key no row can be told from another"


def test_names_can_never_be_published():
    hidden = {c.name for c in MEMBERS.columns if not c.publishable}
    assert {"names", "aliases", "record", "birth"} <= hidden
