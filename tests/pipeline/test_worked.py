"""The worked studies: published rows come back, and the fictional truth lies in the interval."""

import csv
import re
import tomllib

import pytest

from bearwitness.demo.acts import IMPRISONED, WITHIN_A_MONTH
from bearwitness.pipeline import estimate_file, run_study
from bearwitness.pipeline.worked import CITED, PUBLISHED, copy_published, make_fictional
from bearwitness.release.figures import recompute

# SparseMSE 2.0.1 stepwise, p < 0.02, as measured for ../shared/ESTIMATION.md, section 5.
STEPWISE = {
    "palembang-1945": 268.777778,
    "uk-trafficking-2013": 11312.990289,
    "kosovo-1999": 14341.6638,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_shipped_table_gives_the_reference_row(tmp_path, name):
    (table,) = (copy_published(tmp_path, name) / "frozen").glob("*.csv")
    assert estimate_file(table, replicates=20).estimate == pytest.approx(STEPWISE[name], rel=1e-6)


@pytest.mark.usefixtures("signing_key")
def test_the_red_zone_study_says_of_every_figure_that_it_is_not_ours(tmp_path):
    """A study without lists. What it finds in the real register is what its issue asks for."""
    folder = copy_published(tmp_path, CITED)
    run_study(folder)
    data = folder / "output" / "package" / "data"
    with (data / "figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["id"]: row for row in csv.DictReader(stream)}
    statements = (folder / "output" / "report.html").read_text(encoding="utf-8")
    declared = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))["figures"]
    assert set(rows) == {one["id"] for one in declared}
    assert {row["kind"] for row in rows.values()} == {"cited", "composed"}
    for row in rows.values():
        assert "[인용한 것이며 우리의 조사 결과가 아님]" in row["ko"]
        assert "并非我们的结论" in row["zh_hans"]
        assert recompute(numbers(row), {}) == ""
    people, each = rows["in-the-sex-trade"], rows["revenue-a-person"]
    assert [float(people[end]) for end in ("lower", "upper")] == [110_000, 154_000]
    assert [float(each[end]) for end in ("value", "lower", "upper")] == [800, 680, 950]
    assert "105,000 people and 160,000 people" in people["caveats"]
    told = statements.replace("&#x27;", "'").replace("&#39;", "'")
    for said in (
        "lost on the way: “female”",
        "105,000,000 GBP per year",
        "both cannot be true",
        "of “North Korean women”",
        "in USD per person per year that is 660–1,000",
        "Who repeats whom",
    ):
        assert said in told, said
    claims = (data / "claims.csv").read_text(encoding="utf-8")
    assert (
        claims.count("\n") == 32 and "lost on the way" in (data / "contradictions.csv").read_text()
    )


def numbers(row):
    """A row of figures.csv with its numbers as numbers."""
    found = dict(row)
    for name in ("value", "lower", "upper", "step"):
        found[name] = float(row[name]) if row[name] else None
    return found


@pytest.mark.usefixtures("signing_key")
def test_the_fictional_study_covers_its_truth_and_names_nobody(tmp_path):
    folder = make_fictional(tmp_path, size=600)
    run_study(folder)
    text = (folder / "output" / "report.html").read_text(encoding="utf-8")
    assert "The truth is 600 people" in re.sub(r"<[^>]+>", "", text)
    assert "Fictional" in text
    rows = (folder / "output" / "internal" / "estimates.csv").read_text().splitlines()
    estimates = [row.split(')",')[-1].split(",") for row in rows if row.startswith(',"bic')]
    _, _, lower, upper = map(float, estimates[0][:4])
    assert lower < 600 < upper
    told = {row["id"]: row for row in csv.DictReader(
        (folder / "output" / "package" / "data" / "figures.csv").open(encoding="utf-8")
    )}  # fmt: skip
    soon = [float(told["imprisoned-soon"][end]) for end in ("lower", "upper")]
    assert soon[0] < 100 * IMPRISONED * WITHIN_A_MONTH < soon[1] + 5
    names = {
        name
        for line in (folder / "output" / "internal" / "members.csv").read_text().splitlines()[1:]
        for name in line.split('""')[1:2]
        if len(name) > 2
    }
    assert names
    for path in (folder / "output" / "package").rglob("*"):
        if path.is_file() and path.suffix != ".pdf":
            content = path.read_text(encoding="utf-8")
            assert not any(name in content for name in names), path.name
