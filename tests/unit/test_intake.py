"""Files come in as they are, are sealed, and are understood row by row; what is not is named."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.errors import (
    BearwitnessError,
    EncodingUnknown,
    FileMissing,
    NotATable,
    RecordsRepeated,
    SealBroken,
    StudyInvalid,
)
from bearwitness.intake import (
    ListMapping,
    check_seals,
    guess_mapping,
    is_history_table,
    read_lists,
    read_rows,
    seal,
)
from bearwitness.intake.birth import read_birth

HEADER = "id,이름,sex,birth\n"
COLUMNS = {"record": "id", "names": "이름", "sex": "sex", "birth": "birth"}


def write(folder, text, name="list.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(folder, text, **settings):
    write(folder, text)
    mapping = ListMapping(name="list", file="list.csv", columns=COLUMNS, **settings)
    return read_lists(folder, [mapping])


@pytest.mark.parametrize(
    ("written", "edtf", "earliest", "latest"),
    [
        ("1978", "1978", 1978, 1978),
        ("1978년생", "1978", 1978, 1978),
        ("약 1978년", "1978~", 1976, 1980),
        ("about 1978", "1978~", 1976, 1980),
        ("1976-1979", "[1976..1979]", 1976, 1979),
        ("1970년대", "197X", 1970, 1979),
        ("197X", "197X", 1970, 1979),
        ("1978/5/2", "1978-05-02", 1978, 1978),
    ],
)
def test_births_are_read_as_people_write_them(written, edtf, earliest, latest):
    assert read_birth(written) == (edtf, earliest, latest)


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_births(text):
    found = read_birth(text)
    assert found is None or found[1] <= found[2]


def test_bad_rows_are_named_and_good_ones_kept_and_no_cell_is_quoted(tmp_path):
    found = read(
        tmp_path,
        HEADER
        + "1,리하나,여,1978\n,리두나,여,1978\n3,리세나,여,soon\n4,리네나,dragon,1978\n5,리오나\n",
    )
    assert found.members.column("record").to_pylist() == ["list/1"]
    named = {(r.row, r.column) for r in found.rejected}
    assert named == {(3, "id"), (4, "birth"), (5, "sex"), (6, "")}
    told = " ".join(r.reason for r in found.rejected)
    assert "soon" not in told
    assert "dragon" not in told


def test_what_a_list_calls_female_can_be_said(tmp_path):
    found = read(tmp_path, HEADER + "1,리하나,dragon,\n", sex_values={"Dragon": "female"})
    assert found.members.column("sex").to_pylist() == ["female"]


def test_the_original_stands_beside_what_was_read(tmp_path):
    found = read(tmp_path, HEADER + "1, 리하나  ,여,1978년생\n")
    said = {s["property"]: (s["value"], s["original"]) for s in found.statements.to_pylist()}
    assert said["이름"] == ("리하나", " 리하나  ")


def test_repeated_ids_refuse_the_file_with_the_rows(tmp_path):
    with pytest.raises(RecordsRepeated, match="2 and 4"):
        read(tmp_path, HEADER + "1,a,,\n2,b,,\n1,c,,\n")


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path):
    write(tmp_path, "id,name\n1,x\n")
    with pytest.raises(StudyInvalid, match="이름") as caught:
        read_lists(tmp_path, [ListMapping(name="list", file="list.csv", columns=COLUMNS)])
    assert "id, name" in caught.value.hint


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=9)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
def test_any_text_survives_the_way_through_csv(tmp_path_factory, rows):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([("id", "note"), *rows])
    path = write(tmp_path_factory.mktemp("csv"), stream.getvalue())
    wanted = [{"id": a, "note": b} for a, b in rows if (a + b).strip()]
    try:
        assert read_rows(path).rows == wanted
    except BearwitnessError:
        assert not wanted


@pytest.mark.parametrize("encoding", ["cp949", "euc-kr", "gb18030", "utf-16-le"])
def test_an_unmarked_encoding_is_never_guessed_wrongly(tmp_path, encoding):
    path = write(tmp_path, (HEADER + "1,리하나,여,1978\n").encode(encoding))
    with pytest.raises((EncodingUnknown, NotATable)):
        read_rows(path)
    assert read_rows(path, encoding=encoding).rows[0]["이름"] == "리하나"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,a\n1,2\n", "two columns"),
        ("a,,b\n1,2,3\n", "column 2 has no name"),
        ('{"records": 7}', "array"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(tmp_path, text, says):
    name = "list.json" if text.startswith("{") else "list.csv"
    with pytest.raises(NotATable, match=says):
        read_rows(write(tmp_path, text, name))


def test_usual_headers_are_understood_in_three_languages(tmp_path):
    for header in ("id,name,sex,birth", "번호,이름,성별,생년", "编号,姓名,性别,出生年"):
        rows = read_rows(write(tmp_path, header + "\n1,x,F,1978\n"))
        found = guess_mapping(rows, name="list", file="list.csv")
        assert set(found.columns) == {"record", "names", "sex", "birth"}


def test_tables_of_overlaps_are_told_from_lists_of_records(tmp_path):
    assert is_history_table(read_rows(write(tmp_path, "a,b,n\n1,0,7\n0,1,8\n1,1,3\n")))
    assert not is_history_table(read_rows(write(tmp_path, "id,name,x\n1,a,0\n0,b,1\n")))


def test_a_sealed_file_is_unchanged_and_any_change_is_found(tmp_path):
    original = write(tmp_path, HEADER + "1,a,,\n")
    frozen = tmp_path / "frozen"
    seal([original], frozen)
    assert (frozen / "list.csv").read_bytes() == original.read_bytes()
    check_seals(frozen)
    (frozen / "list.csv").write_bytes(original.read_bytes() + b" ")
    with pytest.raises(SealBroken, match=r"list\.csv"):
        check_seals(frozen)


def test_what_was_sealed_is_never_replaced_and_nothing_is_half_sealed(tmp_path):
    frozen = tmp_path / "frozen"
    seal([write(tmp_path, "one")], frozen)
    before = {p.name: p.read_bytes() for p in frozen.iterdir()}
    with pytest.raises(SealBroken, match="sealed already"):
        seal([write(tmp_path, "new", "new.csv"), write(tmp_path, "other")], frozen)
    with pytest.raises(FileMissing):
        seal([tmp_path / "new.csv", tmp_path / "none.csv"], frozen)
    assert {p.name: p.read_bytes() for p in frozen.iterdir()} == before


def test_an_unsealed_file_among_the_frozen_is_found(tmp_path):
    frozen = tmp_path / "frozen"
    seal([write(tmp_path, "one")], frozen)
    (frozen / "more.csv").write_text("added")
    with pytest.raises(SealBroken, match="never sealed"):
        check_seals(frozen)
