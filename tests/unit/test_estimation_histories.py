"""From rows to capture histories: what is refused, what is added up, what makes no difference."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import CountInvalid, ListConstant, TableMismatch
from bearwitness.estimation import (
    capture_histories,
    histories_from_wide,
    read_histories,
    split_strata,
)

SECRET = "Kim Fictional"


def counts_of(table):
    return dict(zip(table["pattern"].to_pylist(), table["count"].to_pylist(), strict=True))


def members(*rows):
    return [{"record": r, "list": name, "stratum": s} for r, name, s in rows]


def links(**person_of):
    return [{"record": r.replace("_", "/"), "person": p} for r, p in person_of.items()]


def test_people_are_counted_once_whatever_the_number_of_their_records():
    table = capture_histories(
        members(("a/1", "a", ""), ("a/2", "a", ""), ("b/1", "b", ""), ("b/2", "b", "")),
        links(a_1="a/1", a_2="a/1", b_1="a/1", b_2="b/2"),
    )
    assert counts_of(table) == {"a+b": 1, "b": 1}


def test_a_person_belongs_to_the_stratum_of_their_first_record_in_text_order():
    rows = members(("b/1", "b", "men"), ("a/1", "a", "women"), ("b/2", "b", "men"))
    table = capture_histories(rows, links(a_1="a/1", b_1="a/1", b_2="b/2"), stratum=True)
    assert [(s, counts_of(part)) for s, part in split_strata(table)] == [
        ("men", {"b": 1}),
        ("women", {"a+b": 1}),
    ]
    unstratified = capture_histories(rows, links(a_1="a/1", b_1="a/1", b_2="b/2"))
    assert [s for s, _ in split_strata(unstratified)] == [""]


def test_a_person_whose_first_record_tells_no_stratum_has_that_of_the_next_that_does():
    rows = members(("a/1", "a", ""), ("b/1", "b", "men"), ("b/2", "b", ""))
    table = capture_histories(rows, links(a_1="a/1", b_1="a/1", b_2="b/2"), stratum=True)
    assert [(s, counts_of(part)) for s, part in split_strata(table)] == [
        ("", {"b": 1}),
        ("men", {"a+b": 1}),
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["", "f", "m"]), st.integers(0, 5)),
        min_size=1,
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_counting_by_numbers_is_counting_person_by_person(rows, random):
    named = [(f"{name}/{i:02d}", name, stratum) for i, (name, stratum, _) in enumerate(rows)]
    table = [
        {"record": record, "person": f"p{rows[i][2] % (2 + draw)}", "draw": draw}
        for draw in (0, 1, 3)
        for i, (record, _, _) in enumerate(named)
    ]
    plain = {}
    for draw in (0, 1, 3):
        persons = {row["record"]: row["person"] for row in table if row["draw"] == draw}
        for person in set(persons.values()):
            own = sorted(row for row in named if persons[row[0]] == person)
            stratum = next((s for _, _, s in own if s), "")
            key = (draw, stratum, "+".join(sorted({name for _, name, _ in own})))
            plain[key] = plain.get(key, 0) + 1
    random.shuffle(named)
    random.shuffle(table)
    found = capture_histories(members(*named), table, stratum=True).to_pylist()
    assert {(r["draw"], r["stratum"], r["pattern"]): r["count"] for r in found} == plain


def test_a_column_can_tell_strata_apart_and_may_be_blank():
    columns = {"a": [1, 1, 0, 0], "b": [0, 1, 1, 1], "count": [4, 3, 2, 1]}
    labelled = columns | {"sex": ["f", None, " f ", "m"]}
    table = histories_from_wide(labelled, stratum="sex")
    assert [(s, counts_of(part)) for s, part in split_strata(table)] == [
        ("", {"a+b": 3}),
        ("f", {"a": 4, "b": 2}),
        ("m", {"b": 1}),
    ]
    with pytest.raises(TableMismatch, match="no column 'age'"):
        histories_from_wide(labelled, stratum="age")


def test_a_record_without_a_person_is_refused_by_row_and_not_by_name():
    with pytest.raises(TableMismatch, match="row 2") as refused:
        capture_histories(members(("a/1", "a", ""), (SECRET, "b", "")), links(a_1="a/1"))
    assert SECRET not in str(refused.value) + refused.value.hint


def test_links_of_several_draws_give_the_histories_of_each():
    rows = [("a/1", "a/1", 0), ("b/1", "a/1", 0), ("a/1", "a/1", 1), ("b/1", "b/1", 1)]
    two = [{"record": r, "person": p, "draw": d} for r, p, d in rows]
    table = capture_histories(members(("a/1", "a", ""), ("b/1", "b", "")), two)
    found = [(row["draw"], row["pattern"], row["count"]) for row in table.to_pylist()]
    assert found == [(0, "a+b", 1), (1, "a", 1), (1, "b", 1)]
    with pytest.raises(TableMismatch, match="more than one draw"):
        read_histories(table)


def test_equal_rows_are_added_together_and_rows_of_nobody_dropped():
    table = histories_from_wide(
        {"b": [1, 1, 0, 0, 0], "a": ["0", "0", "1", "1", "0"], "count": [2, 3.0, "7", 0, 0]}
    )
    assert counts_of(table) == {"a": 7, "b": 5}


def test_without_counts_each_row_is_one_person():
    table = histories_from_wide({"a": [1, 1, 0], "b": [True, True, True]} | {"b": [1, 0, 1]})
    assert counts_of(table) == {"a": 1, "a+b": 1, "b": 1}


@pytest.mark.parametrize(
    ("count", "problem"),
    [(-1, "negative"), ("2.5", "fractional"), ("", "missing"), (None, "missing"),
     (float("nan"), "missing"), (SECRET, "missing"), (float("inf"), "missing")],
)  # fmt: skip
def test_a_count_that_is_no_count_is_refused_at_its_row_and_column(count, problem):
    columns = {"a": [1, 0, 1], "b": [0, 1, 1], "people": [4, count, 2]}
    with pytest.raises(CountInvalid, match=problem) as refused:
        histories_from_wide(columns, count="people", where="t.csv")
    assert "t.csv, column 'people', row 2" in str(refused.value)
    assert SECRET not in str(refused.value) + refused.value.hint


def test_people_on_no_list_cannot_have_been_observed():
    columns = {"a": [1, 0, 0], "b": [0, 1, 0]}
    with pytest.raises(CountInvalid, match=r"row 3.*no list"):
        histories_from_wide(columns | {"count": [4, 5, 6]})
    assert counts_of(histories_from_wide(columns | {"count": [4, 5, 0]})) == {"a": 4, "b": 5}
    with pytest.raises(CountInvalid, match="no list"):
        read_histories({"pattern": ["a", "b", ""], "count": [4, 5, 6]})


@pytest.mark.parametrize("value", [0, 1])
def test_a_list_with_one_value_says_nothing_about_who_was_missed(value):
    with pytest.raises(ListConstant, match=r"'b'.*says nothing about who was missed"):
        histories_from_wide({"a": [1, 0], "b": [value, value], "c": [0, 1]})


@pytest.mark.parametrize("cell", ["2", "", None, "yes", SECRET, 0.5])
def test_a_cell_that_is_neither_0_nor_1_is_refused_without_quoting_it(cell):
    with pytest.raises(TableMismatch, match=r"column 'b', row 2.*neither 0 nor 1") as refused:
        histories_from_wide({"a": [1, 0], "b": [0, cell]})
    assert SECRET not in str(refused.value) + refused.value.hint


@pytest.mark.parametrize("columns", [{}, {"a": [1, 0]}, {"a": [1, 0], "count": [3, 4]}])
def test_fewer_than_two_lists_are_refused(columns):
    with pytest.raises(TableMismatch, match="two at least"):
        histories_from_wide(columns)


def test_a_plus_sign_in_a_list_name_would_make_patterns_ambiguous():
    with pytest.raises(TableMismatch, match="plus sign"):
        histories_from_wide({"a+b": [1, 0], "c": [0, 1]})
    with pytest.raises(TableMismatch, match="plus sign"):
        capture_histories(members(("a/1", "a+b", "")), links(a_1="a/1"))


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(TableMismatch, match="unequal"):
        histories_from_wide({"a": [1, 0], "b": [0, 1, 1]})


@pytest.mark.parametrize("pattern", ["b+a", "a+a", "a+", "+"])
def test_a_pattern_is_names_once_in_text_order(pattern):
    with pytest.raises(TableMismatch, match="row 1"):
        read_histories({"pattern": [pattern], "count": [3]})


@pytest.mark.parametrize("column", ["stratum", "draw"])
def test_several_strata_or_draws_are_never_silently_added(column):
    rows = {"pattern": ["a", "a"], "count": [3, 4]}
    values = {"stratum": ["men", "women"], "draw": [0, 1]}[column]
    with pytest.raises(TableMismatch, match=f"more than one {column}") as refused:
        read_histories(rows | {column: values})
    assert refused.value.hint


def test_seventeen_lists_can_be_read_and_not_spread_over_every_pattern():
    rows = {"pattern": [f"l{i:02}" for i in range(17)], "count": [1] * 17}
    seen = read_histories(rows)
    assert (seen.observed, len(seen.lists)) == (17, 17)
    with pytest.raises(TableMismatch, match="17 lists") as refused:
        seen.counts
    assert "latent-class" in refused.value.hint


def test_sixty_one_lists_are_too_many():
    rows = {"pattern": [f"l{i:02}" for i in range(61)], "count": [1] * 61}
    with pytest.raises(TableMismatch, match="61 lists"):
        read_histories(rows)


tables = st.integers(2, 4).flatmap(
    lambda lists: st.lists(st.integers(0, 50), min_size=2**lists - 1, max_size=2**lists - 1)
).filter(any)  # fmt: skip


def as_table(counts):
    names = "abcd"
    patterns = [
        "+".join(names[bit] for bit in range(4) if cell >> bit & 1)
        for cell in range(1, len(counts) + 1)
    ]
    return {"pattern": patterns, "count": counts}


@given(tables)
@settings(deadline=None)
def test_nobody_is_lost_between_the_table_and_the_array(counts):
    seen = read_histories(as_table(counts))
    assert seen.observed == sum(counts)
    again = read_histories(seen.to_table())
    assert (again.lists, again.counts.tolist()) == (seen.lists, seen.counts.tolist())


@given(tables)
@settings(deadline=None)
def test_turning_the_lists_about_keeps_every_pattern(counts):
    seen = read_histories(as_table(counts))
    assert seen.reordered().to_table().equals(seen.to_table())


@given(tables)
@settings(deadline=None)
def test_leaving_a_list_out_loses_only_those_whom_it_alone_saw(counts):
    seen = read_histories(as_table(counts))
    own = dict(zip(seen.to_table()["pattern"].to_pylist(), seen.to_table()["count"].to_pylist(),
                   strict=True))  # fmt: skip
    for name in seen.lists:
        assert seen.without(name).observed == seen.observed - own.get(name, 0)
        assert name not in seen.without(name).lists
