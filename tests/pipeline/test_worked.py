"""The worked studies: published rows come back, and the fictional truth lies in the interval."""

import re

import pytest

from bearwitness.pipeline import estimate_file, run_study
from bearwitness.pipeline.worked import PUBLISHED, copy_published, make_fictional

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
