"""Maps of a study: whom they count, and that they say nothing that its tables withhold."""

from __future__ import annotations

import csv
from types import SimpleNamespace

import pyarrow as pa
import pytest

from bearwitness.errors import StudyInvalid
from bearwitness.pipeline import run_study
from bearwitness.pipeline.maps import count_places, draw_maps
from bearwitness.pipeline.worked import make_fictional
from bearwitness.release import Words


def members(*rows: tuple[str, str | None]) -> pa.Table:
    records = [f"r{n}" for n in range(len(rows))]
    return pa.table({"record": records, "place": [place for _, place in rows]})


def links(*rows: tuple[str, str | None]) -> pa.Table:
    return pa.table({
        "record": [f"r{n}" for n in range(len(rows))],
        "person": [person for person, _ in rows],
        "draw": [0] * len(rows),
    })  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "counted"),
    [
        ([("a", "연길"), ("a", "Yanji"), ("b", "延吉")], {"yanji": 2}),
        ([("a", "Yanji"), ("a", "Tumen")], {"yanbian": 1}),
        ([("a", "Yanji"), ("a", "Hoeryong")], {"": 1}),
        ([("a", None), ("b", "nowhere that is known")], {"": 2}),
    ],
)
def test_each_person_is_counted_once_where_all_their_records_agree(rows, counted):
    assert dict(count_places(members(*rows), links(*rows), column="place")) == counted


def test_a_map_of_what_is_no_place_is_refused():
    study = SimpleNamespace(
        maps=({"id": "m", "column": "sex"},), lists=({"columns": {"sex": "sex"}},), name="s"
    )
    with pytest.raises(StudyInvalid, match="no list tells 'sex' as a place"):
        draw_maps(study, None, Words())


def test_the_maps_of_the_fictional_study_are_numbers_of_its_tables(tmp_path, signing_key):
    folder = make_fictional(tmp_path, size=400)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('["bic", "stepwise", "independence"]', '["bic"]')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    run_study(folder)
    data = folder / "output" / "package" / "data"
    for column, table in (("origin", "from-where"), ("place", "who-and-where")):
        drawn = rows(data / "charts" / f"map-{column}.csv")
        printed = rows(data / "tables" / f"{table}.csv")
        alone = {(next(iter(row.values())), row["all"]) for row in printed}
        assert drawn and {(r["place"], r["people"].replace(",", "")) for r in drawn} <= alone


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
