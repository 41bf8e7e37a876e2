"""All families on one page, and one verdict: on published tables and on populations we made."""

import json
import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import chi2

from bearwitness.cli import main
from bearwitness.errors import StudyInvalid
from bearwitness.estimation import Verdict, compare, make_estimator, read_histories
from bearwitness.estimation.checks.chances import classes, independent, referred
from bearwitness.estimation.checks.compare import weigh
from bearwitness.estimation.checks.evidence import FAMILIES
from bearwitness.estimation.checks.misfit import chance_of_misfit
from bearwitness.estimation.checks.populations import POPULATIONS, Part
from bearwitness.estimation.checks.rules import RULES, families_that_fit
from bearwitness.estimation.checks.verdict import judge
from bearwitness.estimation.registry import METHODS

ROOT = Path(__file__).parents[2]
TABLES = {
    name: table["counts"]
    for file in ("capture_histories.toml", "more_histories.toml")
    for name, table in tomllib.loads(
        (ROOT / "tests" / "vectors" / file).read_text(encoding="utf-8")
    ).items()
}


def table(name):
    return [{"pattern": p, "count": c} for p, c in TABLES[name].items()]


@lru_cache
def compared(name):
    return compare(table(name))


# What the verdict is on published tables. The page docs/explanation/the-verdict.md says the same.
PUBLISHED = {
    "Artificial_3": Verdict.LOWER_BOUND_ONLY,
    "Congenital": Verdict.ESTIMATE,
    "Diabetes": Verdict.LOWER_BOUND_ONLY,
    "HAV": Verdict.LOWER_BOUND_ONLY,
    "HIV": Verdict.ESTIMATE,
    "Korea": Verdict.LOWER_BOUND_ONLY,
    "Kosovo": Verdict.LOWER_BOUND_ONLY,
    "UKdat_5": Verdict.LOWER_BOUND_ONLY,
    "lesbian": Verdict.LOWER_BOUND_ONLY,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_verdict_on_published_tables(name):
    found = compared(name)
    assert found.verdict is PUBLISHED[name]
    assert bool(found.reasons) == (found.verdict is not Verdict.ESTIMATE)


def test_kosovo_hangs_on_one_list_and_is_told_so_with_the_numbers():
    found = compared("Kosovo")
    assert any("without list ABA the estimate is 7,123" in r for r in found.reasons)
    assert found.lower == found.bound.lower == pytest.approx(8193, abs=1)
    assert set(found.contradicted) == {"independence", "stepwise", "sparse-bayes"}
    assert "(decomposable)" in found.agreement


def test_the_uk_is_given_by_half_or_double_and_no_average_is_made_of_it():
    found = compared("UKdat_5")
    rules = {finding.rule.name for finding in found.judgement.findings}
    assert {"ratio of estimates", "swing over lists"} <= rules
    totals = {a.estimate for a in found.answers if a.estimate}
    numbers = {float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", found.agreement)}
    highest = max(totals)
    assert highest > 2 * min(totals)
    assert any(abs(n - highest) < 1 for n in numbers)
    assert not any(abs(n - np.mean(list(totals))) < 1 for n in numbers)


def test_hepatitis_gets_a_bound_that_is_true():
    # Chao et al. (2001): a later screen found about 545.
    found = compared("HAV")
    assert any("right for 0 lists of 3" in reason for reason in found.reasons)
    assert 271 < found.lower < 545


def test_answers_are_those_of_the_methods_and_every_family_is_there():
    found = compared("Kosovo")
    assert [a.method for a in found.answers] == [n for n in FAMILIES if n in METHODS]
    alone = make_estimator("decomposable").fit(table("Kosovo"))
    assert next(a for a in found.answers if a.method == "decomposable") == alone
    assert found.to_table().num_rows == len(found.answers) + 1
    assert found.bound.method == "chao"


def test_the_comparison_goes_to_json_and_to_words():
    found = compared("UKdat_5")
    plain = found.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False))["verdict"] == "lower bound only"
    words = found.summary()
    for answer in found.answers:
        assert answer.method in words
    assert words.startswith("Verdict: a lower bound only, at least ")


# Populations that we made. Rules were tuned on seeds 1 to 100; these are others.

FAST = tuple(name for name in FAMILIES if name != "latent-class")  # a second less each
HOLDS = ("independent", "pairs", "referral", "copied", "avoidance", "sparse")
FAILS = ("strong-heterogeneity", "shared-cases", "very-sparse", "open", "nested", "two-worlds")


@pytest.mark.parametrize("name", FAILS)
def test_designed_failures_get_no_estimate(name):
    found = compare(POPULATIONS[name].draw(301), methods=FAST)
    assert found.verdict is not Verdict.ESTIMATE
    assert found.lower is None or found.lower <= POPULATIONS[name].truth


def test_populations_whose_model_holds_seldom_lose_their_estimate():
    given = [
        compare(POPULATIONS[n].draw(seed), methods=FAST).verdict
        for n in HOLDS
        for seed in (301, 302)
    ]
    assert given.count(Verdict.ESTIMATE) >= 10  # of 12; one in fifty is lost


def test_two_kinds_of_people_on_good_lists_get_an_estimate_and_hard_to_find_ones_a_bound():
    # Five lists that each hold a fifth to a half of either kind; every method comes near the truth.
    chances = classes((0.5, 0.5), ((0.5, 0.4, 0.45, 0.5, 0.4), (0.25, 0.3, 0.2, 0.3, 0.25)))
    good = replace(
        POPULATIONS["independent"], name="classes", parts=(Part(people=3000, chances=chances),)
    )
    given = [compare(good.draw(seed)).verdict for seed in (301, 302)]
    assert Verdict.ESTIMATE in given
    hard = compare(POPULATIONS["two-classes"].draw(301))
    assert hard.verdict is Verdict.LOWER_BOUND_ONLY
    assert hard.lower < POPULATIONS["two-classes"].truth


def test_a_chain_of_referrals_is_told_by_its_pairs_or_held_back():
    # From a to b and on to c, each half of the time: the pairs mend it, stated or not.
    apart = independent((0.15, 0.10, 0.10, 0.12, 0.08))
    passed = referred(referred(apart, giver=0, taker=1, share=0.5), giver=1, taker=2, share=0.5)
    chain = replace(POPULATIONS["independent"], parts=(Part(people=3000, chances=passed),))
    stated = [("ngo", "police"), ("police", "hospital")]
    found = compare(chain.draw(301), referrals=stated, methods=FAST)
    assert found.answers[-1].lower <= chain.truth <= found.answers[-1].upper
    assert "independence" in found.contradicted


# Rules as data.


@pytest.fixture(scope="module")
def good():
    found = compare(POPULATIONS["independent"].draw(303), methods=FAST)
    assert found.verdict is Verdict.ESTIMATE
    return found.evidence


def test_each_rule_says_why_and_its_name_once():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.why.endswith(".") and rule.gives is not Verdict.ESTIMATE for rule in RULES)


def broken(evidence):
    return {finding.rule.name for finding in judge(evidence).findings}


def test_a_rule_is_broken_by_what_it_is_about_and_the_gravest_decides(good):
    few = replace(good, overlap=replace(good.overlap, on_several=12))
    assert broken(few) == {"people who carry the answer"}
    apart = replace(good, overlap=replace(good.overlap, parts=(("border", "ngo"), ("a", "b"))))
    assert broken(apart) == {"groups of lists"}
    assert judge(apart).verdict is Verdict.NO_ESTIMATE
    both = replace(few, order=replace(good.order, is_open=True))
    assert judge(both).verdict is Verdict.NO_ESTIMATE
    assert judge(both).reasons[0].startswith("lists that are neighbours")
    assert len(judge(both).reasons) == 2


def test_methods_that_the_table_contradicts_have_no_part_in_the_agreement(good):
    high = tuple(
        replace(a, estimate=9e4, lower=8e4, upper=1e5) if a.method == "bic" else a
        for a in good.answers
    )
    unequal = replace(good, answers=high)
    assert {"ratio of estimates", "intervals in common"} <= broken(unequal)
    told = weigh(None, unequal)
    assert told.agreement.startswith("No agreement: ")
    assert "(bic)" in told.agreement
    doubted = replace(unequal, misfits={**good.misfits, "bic": 1e-9})
    assert not broken(doubted)
    assert "bic" not in {a.method for a in families_that_fit(doubted)}


def test_a_list_that_decides_is_named(good):
    name, answer = good.without[0]
    off = replace(answer, estimate=1e4, lower=9e3, upper=2e4)
    moved = replace(good, without=((name, off), *good.without[1:]))
    assert "lists that decide" in broken(moved)
    assert any(f"without list {name}" in reason for reason in judge(moved).reasons)


# Referrals.


def test_a_stated_referral_questions_models_without_it_and_adds_one_with_it():
    seen = POPULATIONS["independent"].draw(304)
    found = compare(seen, referrals=[("ngo", "police")], methods=FAST)
    given = found.answers[-1]
    assert (given.method, given.model) == ("loglinear", ("ngo:police",))
    fitting = {a.method for a in families_that_fit(found.evidence)}
    assert "loglinear" in fitting
    assert not {"independence", "stepwise"} & fitting
    assert any("passed on from ngo to police" in w for w in found.warnings)
    with pytest.raises(StudyInvalid):
        compare(seen, referrals=[("ngo", "nobody")])


def test_two_lists_between_which_people_are_passed_on_bear_no_estimate():
    seen = POPULATIONS["two-lists"].draw(301)
    assert compare(seen).verdict is Verdict.ESTIMATE
    passed = compare(seen, referrals=[seen.lists])
    assert passed.verdict is Verdict.LOWER_BOUND_ONLY
    assert any("nothing can be estimated" in warning for warning in passed.warnings)


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"a": 5},
        {"a": 1},
        {"a": 40, "b": 30},
        {"a+b": 30},
        {"a+b": 9, "a": 4, "b": 3, "c": 5},
        {f"l{i:02d}": 3 + i for i in range(40)} | {"l00+l01+l39": 40},
    ],
)
def test_tables_that_nothing_can_be_done_with_get_a_verdict_with_reasons(counts):
    rows = {"pattern": list(counts), "count": list(counts.values())}
    found = compare(rows if counts else [])
    assert found.verdict is not Verdict.ESTIMATE
    assert found.reasons
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.summary()


# Fit to the patterns observed.


def test_the_chance_of_a_misfit_is_pearsons_where_no_pattern_is_rare():
    seen = read_histories(table("Kosovo")).reordered()
    answer = make_estimator("independence").fit(seen)
    on = np.array([[c >> b & 1 for b in range(4)] for c in seen.cells], dtype=float)
    # Maximum likelihood by scaling margins in turn, written to be read.
    fitted = np.ones(15)
    for _ in range(2000):
        for column in (*on.T, np.ones(15)):
            held = column > 0
            fitted[held] *= seen.counts[held].sum() / fitted[held].sum()
    misfit = ((seen.counts - fitted) ** 2 / fitted).sum()
    assert fitted.min() > 1
    assert chance_of_misfit(seen, answer) == pytest.approx(chi2.sf(misfit, 15 - 5), rel=1e-3)


def test_a_right_model_is_seldom_contradicted():
    chances = []
    for seed in range(201, 301):
        seen = POPULATIONS["independent"].draw(seed)
        chances.append(chance_of_misfit(seen, make_estimator("independence").fit(seen)))
    assert sum(chance < 0.05 for chance in chances) <= 14  # 5 expected; 14 has chance 1e-3
    assert min(chances) > 1e-5


# The command line.


def write(tmp_path, name):
    rows = TABLES[name]
    lists = sorted({n for p in rows for n in p.split("+")})
    lines = [",".join([*lists, "count"])]
    for pattern, count in rows.items():
        on = pattern.split("+")
        lines.append(",".join([*("1" if n in on else "0" for n in lists), str(count)]))
    path = tmp_path / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_the_command_line_compares_and_ends_as_the_verdict_says(tmp_path):
    kosovo = write(tmp_path, "Kosovo")
    done = CliRunner().invoke(main, ["compare", kosovo, "--referral", "HRW:OSCE"])
    assert done.exit_code == 40
    assert "passed on from HRW to OSCE" in done.output
    plain = CliRunner().invoke(main, ["compare", write(tmp_path, "HIV"), "--json"])
    assert plain.exit_code == 0
    assert json.loads(plain.output)["verdict"] == "estimate"
    bad = CliRunner().invoke(main, ["compare", kosovo, "--referral", "HRW"])
    assert bad.exit_code not in (0, 40)


def test_the_command_line_tells_what_an_answer_hangs_on(tmp_path):
    kosovo = write(tmp_path, "Kosovo")
    done = CliRunner().invoke(main, ["influence", kosovo])
    assert done.exit_code == 0
    assert "One person more on exactly" in done.output or "One person fewer" in done.output
    plain = CliRunner().invoke(main, ["influence", kosovo, "--method", "independence", "--json"])
    assert len(json.loads(plain.output)["cells"]) == 15


# The page.


def test_the_page_on_the_verdict_says_what_the_verdicts_are():
    page = (ROOT / "docs" / "explanation" / "the-verdict.md").read_text(encoding="utf-8")
    for name, verdict in PUBLISHED.items():
        row = re.search(rf"^\| {name}(?: \(.*?\))? \| \d \| ([a-z ]+?) \| ([\d,]*)", page, re.M)
        assert row[1] == verdict
        if row[2]:
            # Chains round differently on other machines: the page is held to a fortieth.
            told = int(row[2].replace(",", ""))
            assert told == pytest.approx(compared(name).lower, rel=0.025)
