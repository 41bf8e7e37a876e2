"""Calibration: worlds like a table, and how often intervals hold their truth."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import fsolve

from bearwitness.cli import main
from bearwitness.errors import StudyInvalid
from bearwitness.estimation import Histories, make_estimator
from bearwitness.estimation.checks.calibration import calibrate
from bearwitness.estimation.checks.coverage import Coverage, added, tally
from bearwitness.estimation.checks.populations import POPULATIONS
from bearwitness.estimation.checks.worlds import (
    differing_people,
    normal,
    two_kinds,
    worlds_like,
)
from bearwitness.estimation.estimate import Estimate, Verdict

FAST = ("independence", "decomposable")


def sizes(histories):
    return [float(histories.people[histories.holds(name)].sum()) for name in histories.lists]


def answer(verdict=Verdict.ESTIMATE, **numbers):
    fixed = {"method": "m", "observed": 10, "level": 0.95, "assumption": "a", "lists": ("a", "b")}
    return Estimate(**fixed, verdict=verdict, **numbers)


@pytest.mark.parametrize("name", ["independent", "two-classes", "avoidance"])
def test_worlds_have_the_list_sizes_and_the_overlap_of_the_table(name):
    seen = POPULATIONS[name].draw(1)
    answers = [make_estimator(m, replicates=50).fit(seen) for m in ("stepwise", "decomposable")]
    worlds = worlds_like(seen, answers)
    assert len(worlds) >= 3
    cells = np.arange(2 ** len(seen.lists))
    for world in worlds:
        expected = world.expected
        assert expected[1:].sum() == pytest.approx(seen.observed, rel=0.002), world.name
        for bit, size in enumerate(sizes(seen)):
            assert expected[(cells >> bit & 1) == 1].sum() == pytest.approx(size, rel=0.002)


def test_the_world_of_a_method_has_the_total_that_it_said():
    seen = POPULATIONS["pairs"].draw(1)
    said = make_estimator("stepwise", replicates=50).fit(seen)
    world = next(
        w
        for w in worlds_like(seen, [said])
        if "stepwise" in w.holds_for and w.name != "independent lists"
    )
    assert world.truth == pytest.approx(said.estimate, abs=1)


@pytest.mark.parametrize("mixing", [two_kinds(), normal()])
def test_findability_is_solved_for_as_a_general_solver_does(mixing):
    """The rates by halving against all equations at once, by MINPACK."""
    seen = POPULATIONS["two-classes"].draw(1)
    total = 2500.0
    found = differing_people(seen, total, mixing)

    def expected(unknown):
        p = 1 / (1 + np.exp(-(unknown[:-1, None] + unknown[-1] * mixing.values)))
        some = 1 - np.prod(1 - p, axis=0)
        return np.append(total * p @ mixing.weights, total * some @ mixing.weights)

    target = np.append(sizes(seen), seen.observed)
    start = np.append(np.full(len(seen.lists), -4.0), 3.0)
    solved = fsolve(lambda x: np.log(expected(x) / target), start)
    p = 1 / (1 + np.exp(-(solved[:-1, None] + solved[-1] * mixing.values)))
    nobody = total * np.prod(1 - p, axis=0) @ mixing.weights
    everybody = total * np.prod(p, axis=0) @ mixing.weights
    assert found[0] == pytest.approx(nobody, rel=1e-6)
    assert found[-1] == pytest.approx(everybody, rel=1e-5)


def test_people_who_differ_cannot_make_lists_overlap_less_than_by_chance():
    seen = POPULATIONS["independent"].draw(1)
    assert differing_people(seen, 1.02 * seen.observed, normal()) is None


def test_a_method_covers_the_world_that_it_made_and_not_one_that_breaks_it():
    found = calibrate(POPULATIONS["pairs"].draw(1), methods=FAST, replicates=60)
    rows = {(row.world, row.method): row for row in found.rows}
    right = rows["independent lists", "independence"]
    assert right.holds
    assert abs(right.coverage.share - 0.95) < 3 * right.coverage.error
    assert abs(right.coverage.ratio - 1) < 0.02
    model = next(w for w, m in rows if w.startswith("model") and m == "decomposable")
    assert rows[model, "decomposable"].coverage.share > 0.85
    assert rows[model, "independence"].coverage.share < 0.2
    assert not rows[model, "independence"].holds
    assert found.short() == ()


def test_an_interval_that_is_too_short_is_named():
    found = calibrate(POPULATIONS["two-lists"].draw(1), methods=("chapman",), replicates=60)
    assert found.short() == ()
    rows = [replace(row, coverage=replace(row.coverage, covered=45)) for row in found.rows]
    assert replace(found, rows=tuple(rows)).short() == ("chapman",)


def test_the_same_seed_gives_the_same_and_the_answer_goes_to_json():
    table = POPULATIONS["avoidance"].draw(2)
    one, other = (calibrate(table, methods=FAST, replicates=20) for _ in range(2))
    assert one == other
    plain = one.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert one.to_table().num_rows == len(one.rows)
    for row in one.rows:
        assert f"{row.truth:,}" in one.summary()


def test_lists_that_share_nobody_leave_nothing_to_calibrate():
    apart = Histories.from_counts(("a", "b"), [40, 30, 0]).sealed()
    found = calibrate(apart, methods=FAST)
    assert found.rows == ()
    assert "nothing" in found.summary()


def test_too_few_replicates_and_unknown_methods_are_refused():
    with pytest.raises(StudyInvalid):
        calibrate(POPULATIONS["two-lists"].draw(1), replicates=5)
    with pytest.raises(StudyInvalid):
        calibrate(POPULATIONS["two-lists"].draw(1), methods=("magic",))


def test_answers_are_counted_by_verdict_and_by_where_the_truth_lies():
    answers = [
        answer(estimate=100.0, lower=90.0, upper=110.0),
        answer(estimate=80.0, lower=70.0, upper=90.0),
        answer(estimate=120.0, lower=101.0, upper=150.0),
        answer(Verdict.LOWER_BOUND_ONLY, lower=60.0, reasons=("r",)),
        answer(Verdict.LOWER_BOUND_ONLY, lower=160.0, reasons=("r",)),
        answer(Verdict.NO_ESTIMATE, reasons=("r",)),
    ]
    found = tally(answers, 100)
    assert (found.covered, found.below, found.above) == (1, 1, 1)
    assert (found.estimates, found.bounds, found.refusals) == (3, 2, 1)
    assert (found.bounds_true, found.ratio, found.width) == (1, 1.0, 0.2)
    assert found.share == pytest.approx(1 / 3)
    assert found.withheld == 0.5
    assert tally([answer(Verdict.NO_ESTIMATE, reasons=("r",))], 100).to_dict()["ratio"] is None


def test_batches_added_up_are_the_whole():
    batches = [tally([answer(estimate=e, lower=e - 5, upper=e + 5)], 100) for e in (90.0, 98.0)]
    empty = Coverage(estimates=0, bounds=1, refusals=2, covered=0, below=0, above=0, bounds_true=1,
                     ratio=float("nan"), width=float("nan"))  # fmt: skip
    whole = added([*batches, empty])
    assert (whole.studies, whole.estimates, whole.covered, whole.below) == (5, 2, 1, 1)
    assert whole.ratio == pytest.approx(0.94)


def test_the_error_of_a_coverage_is_never_zero():
    """Agresti & Coull (1998): 50 of 50 is not certainty; (52/54)(2/54)/54 under the root."""
    whole = tally([answer(estimate=100.0, lower=90.0, upper=110.0)] * 50, 100)
    assert whole.error == pytest.approx((52 / 54 * 2 / 54 / 54) ** 0.5)


def test_the_command_says_it_in_words(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(
        "a,b,c,count\n1,0,0,80\n0,1,0,61\n0,0,1,47\n1,1,0,23\n1,0,1,19\n0,1,1,12\n1,1,1,7\n"
    )
    asked = ["calibrate", str(file), "--methods", "independence", "--replicates", "20"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert "where it is right, its interval held the truth in" in done.output
    told = CliRunner().invoke(main, [*asked, "--json"])
    assert '"holds": true' in told.output
