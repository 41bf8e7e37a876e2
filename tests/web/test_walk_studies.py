"""Every figure of every study that is shipped walks back, as far as there is something to walk to.

Each study is run with few replicates and draws: that changes its estimates, not its way back.
"""

import re
import shutil
from pathlib import Path

import pytest
import tomlkit
from django.urls import reverse
from tests.cast import account
from tests.web.test_pages import body

from bearwitness.intake import read_rows
from bearwitness.pipeline import run_study
from bearwitness.pipeline.walk import ALL, PATTERN
from bearwitness.pipeline.walked import Walk
from bearwitness.pipeline.worked import make_fictional

STUDIES = Path(__file__).parents[2] / "studies"
NAMES = sorted(path.name for path in STUDIES.iterdir() if (path / "study.toml").is_file())
FEWER = {"replicates": 20}


def lighten(folder):
    path = folder / "study.toml"
    told = tomlkit.parse(path.read_text(encoding="utf-8"))
    if "estimation" in told:
        told["estimation"] |= FEWER
    if "linkage" in told:
        told["linkage"]["draws"] = 2
    path.write_text(tomlkit.dumps(told), encoding="utf-8")


@pytest.fixture(scope="module", params=NAMES)
def made(request, tmp_path_factory):
    """A study that was run, in a folder of its own."""
    into = tmp_path_factory.mktemp("studies")
    if request.param == "border-fictional":
        folder = make_fictional(into, size=300)
    else:
        folder = Path(shutil.copytree(STUDIES / request.param, into / request.param))
    lighten(folder)
    run_study(folder, key_path=into / "key")
    return folder


@pytest.fixture
def client(made, settings, client, db):
    settings.BEARWITNESS_STUDIES = made.parent
    client.force_login(account("ana"))
    return client


def test_every_figure_walks_to_its_rows_or_its_source(made, client):
    walk = Walk(made)
    assert walk.figures
    for name in walk.figures:
        shown = body(client.get(reverse("walk-figure", args=[made.name, name])))
        assert "no longer agrees" not in shown, name
        for table in walk.published_for(name):
            assert f"/tables/{table}/" in shown
            page = client.get(reverse("walk-table", args=[made.name, table]))
            assert page.status_code == 200
            assert "no longer agrees" not in body(page)
        assert walk.counts_of(name) or ends_early(walk, name, shown), name
    for step in ("walk-run", "walk-rows"):
        page = body(client.get(reverse(step, args=[made.name])))
        assert "no longer agrees" not in page
        assert "agrees" in page


def ends_early(walk, name, shown):
    """Cited figures end at their source, a table of overlaps at its sealed file."""
    is_cited = not walk.tables_of(name)
    assert is_cited == ("it is not our finding" in shown)
    return is_cited or not walk.counts


def test_every_count_leads_to_pages_of_rows(made, client):
    for count in Walk(made).counts.values():
        at = reverse("walk-rows", args=[made.name]) + f"?of={count.name.replace('+', '%2B')}"
        seen = 0
        while at:
            shown = body(client.get(at))
            seen += len(re.findall(r"<th scope=\"row\">", shown))
            following = re.search(r'href="\?([^"]*)">Next', shown)
            at = reverse("walk-rows", args=[made.name]) + "?" + following[1] if following else ""
            at = at.replace("&amp;", "&")
        assert seen == count.rows


def test_the_people_of_all_patterns_are_the_people_observed(made):
    walk = Walk(made)
    patterns = [c for c in walk.counts.values() if c.kind == PATTERN]
    histories = made / "output" / "internal" / "histories.csv"
    if not patterns:
        return
    rows = [line.split(",") for line in histories.read_text(encoding="utf-8").splitlines()[1:]]
    best = {}
    for _, pattern, count, draw in rows:
        if draw == "0":
            best[pattern] = best.get(pattern, 0) + int(count)
    assert {c.label: c.people for c in patterns} == best


def test_each_row_stands_where_the_walk_says(made):
    """Read the sealed files once more, and find each record in exactly its row."""
    walk, files = Walk(made), {}
    lists = walk.counts.get(f"{ALL}:MEMBERS")
    if lists is None:
        return
    found = 0
    for stand in walk.every_row():
        name, _, record = stand.key.partition("/")
        if not record:
            continue
        if stand.file not in files:
            rows = read_rows(made / "frozen" / stand.file)
            files[stand.file] = dict(zip(rows.numbers, rows.rows, strict=True))
        assert record in files[stand.file][stand.row].values(), name
        found += 1
    assert found == lists.rows
