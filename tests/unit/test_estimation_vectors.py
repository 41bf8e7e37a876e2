"""The numbers of published papers and reference packages, found again."""

import csv
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from bearwitness.estimation import (
    LogLinear,
    Stepwise,
    assess_model,
    histories_from_wide,
    make_estimator,
    read_histories,
)
from bearwitness.estimation.intervals import acceleration, replicate
from bearwitness.estimation.loglinear.criterion import (
    rank_models,
)
from bearwitness.estimation.loglinear.models import Aic
from bearwitness.estimation.loglinear.selection import (
    choose_stepwise,
    hierarchical_models,
)

ROOT = Path(__file__).parents[2]
VECTORS = tomllib.loads((ROOT / "tests/vectors/capture_histories.toml").read_text("utf-8"))
EXPECTED = [(name, claim) for name, data in VECTORS.items() for claim in data["expected"]]
MODELS = VECTORS["Artificial_3"]["models"]
SHARED = ROOT.parent / "shared" / "data" / "capture-histories"


def table(name):
    counts = VECTORS[name]["counts"]
    return {"pattern": list(counts), "count": list(counts.values())}


def title(claim):
    return f"{claim[0]}-{claim[1]['method']}-{claim[1].get('settings', {}).get('order', '')}"


@pytest.mark.parametrize(("name", "claim"), EXPECTED, ids=[title(entry) for entry in EXPECTED])
def test_the_point_estimate_and_the_model_are_those_of_the_source(name, claim):
    settings = claim.get("settings", {})
    answer = make_estimator(claim["method"], replicates=10, **settings).fit(table(name))
    assert answer.estimate == pytest.approx(claim["estimate"], rel=1e-8), claim["source"]
    if "model" in claim:
        assert list(answer.model) == claim["model"]
    if "lower" in claim:
        # The reference stops its fit at a deviance change of 1e-8, we go on: hence the tolerance.
        assert answer.lower == pytest.approx(claim["lower"], rel=2e-5)
        assert answer.upper == pytest.approx(claim["upper"], rel=3e-5)


@pytest.mark.parametrize("name", [n for n, c in EXPECTED if "acceleration" in c])
def test_the_acceleration_of_bca_is_that_of_sparsemse(name):
    claim = next(c for n, c in EXPECTED if n == name and "acceleration" in c)
    seen = read_histories(table(name)).reordered()
    lists = len(seen.lists)
    drawn = replicate(
        seen,
        lambda many: many.sum(axis=1) + choose_stepwise(lists, many, p=0.02).unseen,
        count=10,
        seed=1,
    )
    assert acceleration(drawn) == pytest.approx(claim["acceleration"], abs=5.1e-6)


@pytest.mark.parametrize(
    "model",
    MODELS,
    ids=lambda m: "+".join(":".join(i) for i in m["interactions"]) or "main effects",
)
def test_which_models_of_the_constructed_table_have_an_answer(model):
    verdict = assess_model(table("Artificial_3"), model["interactions"])
    assert verdict.identifiable == model["identifiable"]
    if model["identifiable"]:
        assert verdict.exists == model["exists"]
    fitted = LogLinear(interactions=model["interactions"]).fit(table("Artificial_3"))
    assert (fitted.estimate is not None) == (model["exists"] and model["identifiable"])
    assert verdict.usable or fitted.reasons == (verdict.reason,)


def shared_rows(package, setting):
    if not SHARED.is_dir():
        return []
    with (SHARED / "reference-results.csv").open(encoding="utf-8") as stream:
        rows = [r for r in csv.DictReader(stream) if r["package"] == package]
    return [r for r in rows if setting in r["settings"]]


def shared_table(name):
    with (SHARED / f"{name}.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return histories_from_wide({column: [row[column] for row in rows] for column in rows[0]})


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reference results are not here")
def test_every_stepwise_row_of_the_reference_results():
    rows = shared_rows("SparseMSE", "estimatepopulation.0")
    assert len(rows) == 13
    for row in rows:
        seen = read_histories(shared_table(row["dataset"])).reordered()
        choice = choose_stepwise(len(seen.lists), seen.counts[None, :], p=0.02)
        total = seen.observed + choice.unseen[0]
        assert total == pytest.approx(float(row["estimate"]), rel=1e-8), row["dataset"]
        selected = re.search(r"selected: ([^;]*)", row["settings"])[1]
        assert len(choice.terms[0]) == selected.count(":"), row["dataset"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reference results are not here")
def test_every_bic_row_of_the_reference_results_and_its_count_of_usable_models():
    rows = shared_rows("MultipleSystemsEstimation", "no interval")
    assert len(rows) == 9
    for row in rows:
        seen = read_histories(shared_table(row["dataset"])).reordered()
        lists = len(seen.lists)
        # The reference allows interactions of three lists where there are five.
        models = hierarchical_models(lists, min(lists - 1, 3))
        ranked, unseen = rank_models(
            lists, seen.counts[None, :], models, penalty=np.log(seen.observed), keep=len(models)
        )
        total = seen.observed + unseen[0, ranked[0][0]]
        assert total == pytest.approx(float(row["estimate"]), rel=1e-8), row["dataset"]
        usable = int(re.search(r"(\d+) admissible", row["settings"])[1])
        assert len(ranked[0]) == usable, row["dataset"]


def test_the_bootstrap_of_the_uk_table_is_about_that_of_sparsemse():
    # SparseMSE 2.0.1, 1,000 resamples: median 11,974.7. The draws differ; the median hardly does.
    seen = read_histories(table("UKdat_5")).reordered()
    drawn = replicate(
        seen,
        lambda many: many.sum(axis=1) + choose_stepwise(5, many, p=0.02).unseen,
        count=400,
        seed=3,
    )
    assert drawn.failed == 0
    assert np.median(drawn.bootstrap) == pytest.approx(11974.7, rel=0.03)


def test_more_is_drawn_where_a_limit_asks_for_it():
    # The corrected lower limit of this table is near the least of 300 draws.
    answer = Stepwise(replicates=300).fit(table("UKdat_5"))
    plain = Stepwise(replicates=300, interval="percentile").fit(table("UKdat_5"))
    assert answer.details["replicates"] > plain.details["replicates"] == 300
    assert answer.draws.shape == (1, answer.details["replicates"])
    assert answer.lower < plain.lower
    assert not any("BCa" in caveat for caveat in answer.caveats)


def rows_of(setting):
    return [pytest.param(row, id=row["dataset"]) for row in shared_rows("Rcapture", setting)]


@pytest.mark.parametrize("row", rows_of("closedpCI.t Mt"))
def test_the_profile_interval_is_that_of_rcapture(row):
    answer = LogLinear(interval="profile").fit(shared_table(row["dataset"]))
    expected = [float(row[name]) for name in ("estimate", "lo", "hi")]
    found = [answer.details["profile_maximum"], answer.lower, answer.upper]
    assert found == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize("row", rows_of("best AIC"))
def test_the_model_of_lowest_aic_is_that_of_rcapture(row):
    order = int(re.search(r"maxorder=(\d)", row["settings"])[1])
    answer = Aic(order=order, replicates=10).fit(shared_table(row["dataset"]))
    assert answer.estimate == pytest.approx(float(row["estimate"]), rel=1e-6)
