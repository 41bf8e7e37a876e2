"""Bad input, as people send it: each a clear error with its own exit code, never a traceback."""

import json
import zipfile

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from bearwitness.cli import main

GOOD = "a,b,count\n1,0,60\n0,1,45\n1,1,30\n"


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def estimate(path, *more):
    return run("estimate", path, "--replicates", 20, *more)


def write(tmp_path, content, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ("", 12, "empty"),
        ("a,b,count\n", 12, ""),
        (GOOD.replace("45", "-45"), 17, "row 3"),
        (GOOD.replace("45", "4.5"), 17, "row 3"),
        (GOOD.replace("45", ""), 17, "row 3"),
        ("a,b,count\n1,0,60\n1,1,45\n", 18, "'a'"),
        (GOOD.replace("0,1,45", "2,1,45"), 20, "row 3"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", 14, ""),
    ],
    ids=["empty", "header only", "negative", "fraction", "no count", "constant", "two", "binary"],
)
def test_a_bad_table_is_an_error_that_says_where(tmp_path, content, code, says):
    done = estimate(write(tmp_path, content))
    assert done.exit_code == code, done.output
    assert says in done.output
    assert "Traceback" not in done.output


def test_a_missing_file(tmp_path):
    assert estimate(tmp_path / "none.csv").exit_code == 11


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_marked_encodings_are_read(tmp_path, encoding):
    done = estimate(write(tmp_path, GOOD.encode(encoding)), "--json")
    assert json.loads(done.stdout)["observed"] == 135


@pytest.mark.parametrize(("encoding", "word"), [("cp949", "사람수"), ("gb18030", "人数统计")])
def test_unmarked_encodings_are_detected_or_refused_with_the_hint(tmp_path, encoding, word):
    table = GOOD.replace("a,b", f"{word},{word}2").encode(encoding)
    path = write(tmp_path, table)
    told = estimate(path, "--encoding", encoding, "--json")
    assert json.loads(told.stdout)["observed"] == 135
    done = estimate(path)
    assert done.exit_code in (0, 13)
    if done.exit_code:
        assert "encoding" in done.output


def test_merged_cells_are_refused_naming_the_range(tmp_path):
    book = Workbook()
    for row in GOOD.split():
        book.active.append(row.split(","))
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "merged.xlsx")
    done = estimate(tmp_path / "merged.xlsx")
    assert done.exit_code == 15
    assert "A2:A3" in done.output


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    book = Workbook()
    book.active.append([1])
    book.save(path)
    with zipfile.ZipFile(path) as source:
        parts = {i.filename: source.read(i) for i in source.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name, content in parts.items():
            if name.endswith("sheet1.xml"):
                with target.open(name, "w", force_zip64=True) as stream:
                    for _ in range(2048):  # two gigabytes of nothing, two megabytes on disk
                        stream.write(b" " * (1 << 20))
            else:
                target.writestr(name, content)
    done = estimate(path)
    assert done.exit_code == 16, done.output
    assert "Traceback" not in done.output


def test_repeated_record_ids_refuse_the_file_naming_the_rows(tmp_path):
    table = write(tmp_path, "id,name\nx1,Invented One\nx1,Invented Two\n")
    run("init", tmp_path / "study", table)
    done = run("run", tmp_path / "study")
    assert done.exit_code == 19
    assert "2" in done.output
    assert "3" in done.output
    assert "Invented" not in done.output


def test_a_formula_is_kept_as_text_and_escaped_on_the_way_out(tmp_path):
    import pyarrow as pa

    from bearwitness.intake import read_rows
    from bearwitness.release import write_csv

    cell = "=cmd|' /C calc'!A0"
    rows = read_rows(write(tmp_path, f'id,name\nx1,"{cell}"\n'))
    assert rows.rows[0]["name"] == cell
    assert b"'=cmd" in write_csv(pa.table({"name": [cell]}))


def test_an_unknown_method_names_the_known_ones(tmp_path):
    done = estimate(write(tmp_path, GOOD), "--method", "magic")
    assert done.exit_code == 31
    assert "stepwise" in done.output


def test_a_refusal_is_an_answer_with_its_reason_and_its_own_exit_code(tmp_path):
    apart = GOOD.replace("1,1,30", "1,1,0")
    done = estimate(write(tmp_path, apart), "--json")
    assert done.exit_code == 40
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "no estimate"
    assert answer["estimate"] is None
    assert answer["reasons"]


def test_json_holds_what_a_script_wants(tmp_path):
    answer = json.loads(estimate(write(tmp_path, GOOD), "--method", "chapman", "--json").stdout)
    wanted = {"method", "observed", "estimate", "lower", "upper", "level", "verdict"}
    assert wanted <= answer.keys()
    assert answer["lower"] <= answer["estimate"] <= answer["upper"]


def test_study_toml_with_an_unknown_key(tmp_path):
    run("init", tmp_path / "study", write(tmp_path, GOOD))
    with (tmp_path / "study" / "study.toml").open("a") as stream:
        stream.write("\n[linkages]\nthreshold = 0.5\n")
    done = run("run", tmp_path / "study")
    assert done.exit_code == 31
    assert "linkages" in done.output
