"""The report obeys the verdict: a figure is stated, or stated as a bound, or withheld."""

from pathlib import Path

import pytest

from bearwitness.estimation import Estimate, compare, make_estimator
from bearwitness.estimation.checks.populations import POPULATIONS
from bearwitness.intake import seal
from bearwitness.pipeline import read_study, run_study
from bearwitness.pipeline.analyse import Answers
from bearwitness.pipeline.obey import bound_without, if_wrong, state, what_may_be_said
from bearwitness.release import Rules, protect_histories

STUDY = """
title = "A made population"
population = "made people"
period = "2020"
place = "nowhere"
date = "2026-11-24"

[histories]
file = "table.csv"

[estimation]
methods = ["independence"]
{more}

[[figures]]
id = "total"
kind = "estimate"
statement = "an estimated {{value}} people ({{lower}} to {{upper}})"
unit = "people"
"""
REASON = 'print_against_verdict = "a court asked for this very number"'


def make_study(folder, population, seed, more=""):
    seen = POPULATIONS[population].draw(seed)
    lines = [",".join([*seen.lists, "count"])]
    for cell, people in zip(seen.patterns.tolist(), seen.people.tolist(), strict=True):
        on = [str(cell >> bit & 1) for bit in range(len(seen.lists))]
        lines.append(",".join([*on, str(int(people))]))
    folder.mkdir(parents=True)
    table = folder / "table.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    seal([table], folder / "frozen")
    (folder / "study.toml").write_text(STUDY.format(more=more), encoding="utf-8")
    return folder


def answers_of(population, seed):
    seen = POPULATIONS[population].draw(seed)
    estimate = make_estimator("independence").fit(seen)
    return Answers(estimates=(estimate,), without=(), comparison=compare(seen))


def stated(tmp_path, population, more=""):
    study = read_study(make_study(tmp_path / "study", population, 311, more))
    answers = answers_of(population, 311)
    return state(study, answers, answers.estimates[0]), answers


def test_a_good_table_states_its_estimate(tmp_path):
    found, answers = stated(tmp_path, "independent")
    assert found.value == pytest.approx(answers.estimates[0].estimate, rel=0.02)
    assert not found.why


def test_a_lower_bound_is_rounded_down_and_says_why(tmp_path):
    found, answers = stated(tmp_path, "strong-heterogeneity")
    assert (found.value, found.upper) == (None, None)
    assert found.lower <= answers.comparison.lower < found.lower + 100
    assert found.why == f"lower bound only: {'; '.join(answers.comparison.reasons)}"


def test_no_estimate_states_nothing(tmp_path):
    found, _ = stated(tmp_path, "open")
    assert (found.value, found.lower, found.upper) == (None, None, None)
    assert "came and went" in found.why


def test_a_method_that_the_table_contradicts_states_no_estimate(tmp_path):
    # Independence on a table with two strong pairs; the table itself is good.
    found, answers = stated(tmp_path, "pairs")
    assert answers.comparison.verdict == "estimate"
    assert found.value is None
    assert "contradicts the model of independence" in found.why


def test_printing_against_the_verdict_takes_a_reason_and_prints_it(tmp_path):
    found, answers = stated(tmp_path, "strong-heterogeneity", REASON)
    assert found.value is not None
    study = read_study(tmp_path / "study")
    told = what_may_be_said(study, answers.comparison)
    assert told[0] == "Verdict: a lower bound only."
    assert any("Its reason: a court asked for this very number." in line for line in told)
    quiet = what_may_be_said(read_study(make_study(tmp_path / "b", "open", 1)), answers.comparison)
    assert not any("against the verdict" in line for line in quiet)


def test_an_estimate_that_is_printed_says_what_if_its_assumption_fails():
    estimate = answers_of("independent", 311).estimates[0]
    (told,) = if_wrong(estimate)
    twice = estimate.observed + 2 * estimate.unseen
    assert f"about {twice:,.0f} instead of {estimate.estimate:,.0f}" in told
    assert if_wrong(answers_of("nested", 311).estimates[0]) == ()


@pytest.mark.usefixtures("signing_key")
def test_the_report_and_the_package_hold_the_bound_and_not_the_estimate(tmp_path):
    folder = make_study(tmp_path / "study", "very-sparse", 312)
    run_study(folder)
    text = (folder / "output" / "report.html").read_text(encoding="utf-8")
    assert "At least" in text
    assert "(a lower bound only)" in text
    assert "an estimated" not in text
    assert "What may be said of the total" in text
    figures = (folder / "output" / "package" / "data" / "figures.csv").read_text(encoding="utf-8")
    line = next(line for line in figures.splitlines() if line.startswith("total,"))
    assert ",,1" in line or ",,2" in line  # no value, a lower end


def test_worked_studies_that_are_withheld_do_not_speak_of_an_estimate():
    shipped = Path(__file__).parents[2] / "studies"
    for name in ("uk-trafficking-2013", "palembang-1945"):
        assert not read_study(shipped / name).print_against_verdict
    assert "tribunal" in read_study(shipped / "kosovo-1999").print_against_verdict


def test_the_bound_without_a_list_does_not_tell_whom_that_list_alone_knows():
    found = Estimate(method="m", observed=57, level=0.95, assumption="", lists=("b",), lower=57.0)
    counts = [{"pattern": "a", "count": 3}, {"pattern": "b", "count": 57}]
    safe = protect_histories(counts, rules=Rules())
    assert bound_without(found, safe).lower is None
    waived = protect_histories(counts, rules=Rules(threshold=1, rounding=1))
    assert bound_without(found, waived).lower == 57
