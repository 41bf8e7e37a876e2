"""Strata that add up: the sum of the parts is the total, in every draw and in every world."""

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import StudyInvalid, TableMismatch
from bearwitness.estimation import (
    Chao,
    Decomposable,
    Independence,
    LogLinear,
    Stepwise,
    Verdict,
    average_linkages,
    fit_strata,
)
from bearwitness.estimation.histories import all_strata
from bearwitness.estimation.pooling.labels import margins_of, read_labelled
from bearwitness.estimation.pooling.partial import SLOPE_SCALE, Unit, pool
from bearwitness.tables import ESTIMATES, HISTORIES, check, digest

ODDS = np.log(np.array([0.3, 0.25, 0.2]) / (1 - np.array([0.3, 0.25, 0.2])))


def people(random, size, shift=0.0, lists="abc"):
    """Counts by pattern of `size` people whose log odds of being on each list are moved alike."""
    on = random.random((size, len(lists))) < 1 / (1 + np.exp(-(ODDS[: len(lists)] + shift)))
    counts = Counter("+".join(lists[i] for i in np.flatnonzero(row)) for row in on)
    counts.pop("", None)
    return counts


def rows(strata, **more):
    return [
        {"stratum": name, "pattern": pattern, "count": count} | more
        for name, counts in strata.items()
        for pattern, count in counts.items()
    ]


def made(seed=1, *, sizes=(500, 400, 300, 200), spread=0.3):
    random = np.random.default_rng(seed)
    return {
        f"s{i}": people(random, size, spread * random.standard_normal())
        for i, size in enumerate(sizes)
    }


def numbers(answer):
    return [(e.stratum, e.estimate, e.lower, e.upper) for e in (*answer.parts, answer.total)]


@pytest.mark.parametrize("estimator", [Independence(), Stepwise(replicates=60), Decomposable()])
@pytest.mark.parametrize("pooled", [True, False])
def test_the_total_is_the_sum_of_the_parts_in_every_draw(estimator, pooled):
    answer = fit_strata(estimator, rows(made()), pool=pooled)
    added = sum(part.draws for part in answer.parts)
    assert answer.total.draws == pytest.approx(added)
    assert answer.total.observed == sum(part.observed for part in answer.parts)
    ends = np.quantile(added, [0.025, 0.5, 0.975])
    assert (answer.total.lower, answer.total.estimate, answer.total.upper) == pytest.approx(ends)


def test_one_stratum_is_the_plain_fit():
    one = rows({"s": made()["s0"]})
    answer = fit_strata(Decomposable(), one)
    plain = Decomposable().fit(one)
    for told in (*answer.parts, answer.total, answer.whole):
        assert (told.estimate, told.lower, told.upper) == (plain.estimate, plain.lower, plain.upper)


def test_without_pooling_each_part_is_its_own_plain_fit():
    strata = made()
    answer = fit_strata(Stepwise(replicates=60), rows(strata), pool=False)
    for part in answer.parts:
        plain = Stepwise(replicates=60).fit(rows({part.stratum: strata[part.stratum]}))
        assert (part.estimate, part.lower, part.upper) == (plain.estimate, plain.lower, plain.upper)


def test_the_whole_is_the_answer_without_strata():
    table = rows(made())
    answer = fit_strata(Independence(), table)
    plain = Independence().fit(all_strata(table))
    assert answer.whole.estimate == plain.estimate
    assert answer.whole.input_digest == digest(check(table, HISTORIES), HISTORIES)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(28)), st.permutations(["s0", "s1", "s2", "s3"]))
def test_neither_the_order_of_rows_nor_the_names_of_strata_matter(order, names):
    table = rows(made())
    renamed = [dict(table[i]) for i in order if i < len(table)]
    for row in renamed:
        row["stratum"] = names[int(row["stratum"][1])]
    one, other = fit_strata(Independence(), table), fit_strata(Independence(), renamed)
    # Sums are taken in text order of the names, so the last digits of a float may differ.
    assert numbers(one)[-1][1:] == pytest.approx(numbers(other)[-1][1:], rel=1e-12)
    by_name = {part.stratum: part.estimate for part in other.parts}
    for part in one.parts:
        assert by_name[names[int(part.stratum[1])]] == part.estimate


def test_draws_of_equal_strata_are_not_the_same_draws():
    same = made()["s0"]
    answer = fit_strata(Decomposable(), rows({"x": same, "y": same}))
    one, other = (part.draws.ravel() for part in answer.parts)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.06  # 4,000 draws: 0.016 is one standard error
    assert np.ptp(answer.total.draws) < np.ptp(one) + np.ptp(other)


def test_a_thin_stratum_is_a_lower_bound_by_itself_and_carried_among_others():
    strata = made() | {"thin": {"a": 1, "b+c": 1}}
    alone = fit_strata(Independence(), rows(strata), pool=False)
    thin = next(part for part in alone.parts if part.stratum == "thin")
    assert (thin.verdict, thin.lower) == (Verdict.LOWER_BOUND_ONLY, 2)
    assert alone.total.verdict is Verdict.LOWER_BOUND_ONLY
    assert alone.total.lower > sum(p.lower for p in alone.parts)  # sums vary less than parts
    assert alone.recommended == "whole"
    among = fit_strata(Independence(), rows(strata))
    thin = next(part for part in among.parts if part.stratum == "thin")
    assert among.carried == ("thin",)
    assert thin.lower == 2 and thin.upper > 6 > thin.estimate
    assert "the others carry it" in thin.caveats[-1]
    assert "thin" in " ".join(among.warnings)
    assert among.total.estimate is not None


def test_thin_strata_cover_and_add_up_where_strata_are_exchangeable():
    sizes, covered, total, carried = (500, 300, 200, 40, 20, 12), [], [], 0
    for seed in range(40):
        answer = fit_strata(Independence(), rows(made(seed, sizes=sizes)), seed=seed)
        thin = [part for part in answer.parts if part.stratum in ("s3", "s4", "s5")]
        truth = dict(zip(("s3", "s4", "s5"), sizes[3:], strict=True))
        covered += [p.lower <= truth[p.stratum] <= p.upper for p in thin if p.estimate]
        total.append(answer.total.lower <= sum(sizes) <= answer.total.upper)
        carried += len(answer.carried)
    assert carried > 40  # most of the two thinnest
    assert len(covered) >= 110
    assert np.mean(covered) >= 0.87  # 120 at 0.95: three standard errors below
    assert np.mean(total) >= 0.85


def test_strata_that_are_missed_differently_are_warned_of_and_the_sum_is_right():
    random = np.random.default_rng(4)
    strata = {"easy": people(random, 2000, 1.2), "hard": people(random, 2000, -1.0)}
    answer = fit_strata(Independence(), rows(strata))
    assert answer.whole.upper < 4000 and answer.total.lower <= 4000 <= answer.total.upper
    assert "parts and whole disagree" in answer.warnings[0]
    assert answer.recommended == "total" and answer.details["agreement"]["agree"] is False


def test_strata_that_are_missed_alike_are_rarely_warned_of():
    warned = [
        not fit_strata(Independence(), rows(made(seed, spread=0.0)), pool=False).details[
            "agreement"
        ]["agree"]
        for seed in range(40)
    ]
    assert np.mean(warned) <= 0.125  # at most 5 % of the time: 6 or more of 40 in 1 of 60


def test_crossed_strata_have_sums_over_each_part():
    strata = made()
    named = dict(zip(("f/2015", "f/2016", "m/2015", "m/2016"), strata.values(), strict=True))
    answer = fit_strata(Independence(), rows(named))
    draws = {part.stratum: part.draws for part in answer.parts}
    sums = {margin.stratum: margin.draws for margin in answer.margins}
    assert list(sums) == ["f/*", "m/*", "*/2015", "*/2016"]
    assert sums["f/*"] == pytest.approx(draws["f/2015"] + draws["f/2016"])
    assert sums["*/2016"] == pytest.approx(draws["f/2016"] + draws["m/2016"])
    assert sums["f/*"] + sums["m/*"] == pytest.approx(answer.total.draws)


def test_labels_of_unequal_parts_have_no_margins():
    assert margins_of(["f", "m"]) == {} == margins_of(["f/2015", "m"])


def test_unknown_labels_are_allocated_by_the_shares_at_their_pattern():
    known = {"x": {"a": 900, "b": 1, "a+b": 40}, "y": {"a": 100, "b": 999, "a+b": 60}}
    table = rows(known | {"": {"a": 300, "b": 200}})
    labelled = read_labelled(check(table, HISTORIES))
    random = np.random.default_rng(0)
    drawn = np.mean([labelled.draw(random) for _ in range(300)], axis=0)
    place = {name: labelled.names.index(name) for name in "xy"}
    a, b = labelled.patterns.index("a"), labelled.patterns.index("b")
    assert drawn[place["x"], a] == pytest.approx(900 + 270, abs=4)
    assert drawn[place["y"], b] == pytest.approx(999 + 199.5, abs=2)
    assert drawn.sum() == 2100 + 500


def test_an_empty_part_of_a_label_is_filled_only_by_strata_that_fit():
    known = {"f/1": {"a": 50}, "f/2": {"a": 50}, "m/1": {"a": 900}}
    labelled = read_labelled(check(rows(known | {"f/": {"a": 40}}), HISTORIES))
    drawn = labelled.draw(np.random.default_rng(0))
    assert drawn[labelled.names.index("m/1")].sum() == 900
    assert drawn.sum() == 1040


def test_unknown_labels_widen_the_parts_and_leave_nobody_out():
    strata = made(3, sizes=(800, 800))
    full = fit_strata(Independence(), rows(strata))
    blank = {name: Counter() for name in (*strata, "")}
    random = np.random.default_rng(9)
    for name, counts in strata.items():
        for pattern, count in counts.items():
            lost = int(random.binomial(count, 0.4))
            blank[name][pattern] += count - lost
            blank[""][pattern] += lost
    answer = fit_strata(Independence(), rows(blank))
    assert answer.total.observed == full.total.observed
    assert "no known stratum" in " ".join(answer.warnings)
    assert "missing at random" in answer.total.assumption
    for part, known in zip(answer.parts, full.parts, strict=True):
        assert part.estimate == pytest.approx(known.estimate, rel=0.12)
        assert np.log(part.upper / part.lower) > np.log(known.upper / known.lower)
    assert answer.total.details["variance"]["between_labels"] >= 0
    assert answer.total.estimate == pytest.approx(full.total.estimate, rel=0.05)


def test_strata_and_linkages_go_together_in_one_call():
    random = np.random.default_rng(5)
    tables = []
    for draw in range(6):
        strata = {"x": people(random, 600), "y": people(random, 400), "": people(random, 60)}
        tables += rows(strata, draw=draw)
    answer = fit_strata(Independence(), tables)
    variance = answer.total.details["variance"]
    assert variance["between_linkages"] > 0
    assert variance["total"] == variance["within_linkage"] + variance["between_linkages"]
    together = average_linkages(Independence(), all_strata(tables))
    assert answer.whole.estimate == together.estimate
    assert [part.stratum for part in answer.parts] == ["x", "y"]


def test_a_stratum_that_a_list_did_not_reach_says_so_and_a_given_model_loses_it():
    strata = made() | {"far": people(np.random.default_rng(6), 400, lists="ab")}
    model = LogLinear(interactions=(("a", "c"),))
    answer = fit_strata(model, rows(strata))
    assert any(w.startswith("far: c has nobody there") for w in answer.warnings)
    far = next(part for part in answer.parts if part.stratum == "far")
    assert far.lists == ("a", "b") and far.estimate is not None


def test_a_stratum_that_a_list_did_not_reach_is_not_carried():
    strata = made() | {"far": Counter({"a": 40})}
    answer = fit_strata(Independence(), rows(strata))
    far = next(part for part in answer.parts if part.stratum == "far")
    assert far.estimate is None and answer.carried == ()


def test_bounds_of_strata_add_up_to_a_bound():
    answer = fit_strata(Chao(), rows(made()))
    assert answer.total.verdict is Verdict.LOWER_BOUND_ONLY
    assert answer.total.lower == pytest.approx(sum(part.lower for part in answer.parts))


def test_the_answer_goes_to_json_and_to_a_table():
    answer = fit_strata(Independence(), rows(made()))
    plain = answer.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    table = check(answer.to_table(), ESTIMATES)
    assert table.column("stratum").to_pylist() == ["s0", "s1", "s2", "s3", "", ""]
    text = answer.summary()
    assert "sum of strata" in text and "without strata" in text and "exchangeable" in text


def test_bad_labels_and_settings_are_refused_in_words():
    with pytest.raises(TableMismatch, match="stands for all"):
        fit_strata(Independence(), rows({"f/*": {"a": 3}, "m/1": {"b": 3}}))
    with pytest.raises(StudyInvalid, match="imputations"):
        fit_strata(Independence(), rows(made()), imputations=1)


def unit(place, centre, error, observed=1e6, seed=0):
    logs = centre + error * np.random.default_rng(seed + place).standard_normal(40_000)
    return Unit(
        members=(place,), weights=np.ones(1), observed=observed, unseen=observed * np.exp(logs)
    )


def test_pooling_is_the_normal_model_written_plainly():
    # Many people, so that counting adds nothing: posterior means by brute force over two grids.
    told, errors = np.array([0.0, 0.4, 1.0, -0.3]), np.array([0.1, 0.3, 0.6, 0.2])
    units = [unit(i, m, e) for i, (m, e) in enumerate(zip(told, errors, strict=True))]
    pooled = pool(units, np.full(4, 1e6), count=40_000, random=np.random.default_rng(1))
    found = np.log(pooled.unseen / 1e6).mean(axis=1)
    centres, spreads = np.linspace(-6, 6, 601), np.geomspace(1e-3, 30, 500)
    weights, means = np.zeros((500, 601)), np.zeros((4, 500, 601))
    for row, spread in enumerate(spreads):
        prior = (1 + spread**2 / 4) ** -2.5
        variance = errors**2 + spread**2
        away = told[:, None] - centres
        density = np.exp(-(away**2) / (2 * variance[:, None])) / np.sqrt(variance[:, None])
        weights[row] = prior * density.prod(axis=0) * spread  # geometric grid
        means[:, row] = (told * spread**2)[:, None] / variance[:, None] + (errors**2 / variance)[
            :, None
        ] * centres
    plain = (means * weights).sum(axis=(1, 2)) / weights.sum()
    assert found == pytest.approx(plain, abs=0.03)


def test_the_line_through_the_strata_is_the_model_written_plainly():
    # As above with strata of unlike sizes: brute force over spread, mean and slope.
    told, errors = np.array([0.1, -0.3, 0.9, 1.6]), np.array([0.1, 0.2, 0.3, 0.6])
    observed = 1e8 * np.exp([2.0, 1.0, -1.0, -2.0])
    units = [
        unit(i, m, e, observed=n)
        for i, (m, e, n) in enumerate(zip(told, errors, observed, strict=True))
    ]
    pooled = pool(units, observed, count=40_000, random=np.random.default_rng(1))
    found = np.log(pooled.unseen / observed[:, None]).mean(axis=1)
    size = np.log(observed) - np.median(np.log(observed))
    spreads = np.geomspace(1e-3, 30, 120)[:, None, None]
    centres, slopes = np.linspace(-5, 5, 201)[:, None], np.linspace(-1.5, 1.5, 101)
    weights = (1 + spreads**2 / 4) ** -2.5 * spreads * np.exp(-((slopes / SLOPE_SCALE) ** 2) / 2)
    lines = [centres + slopes * z for z in size]
    for one, error, line in zip(told, errors, lines, strict=True):
        variance = error**2 + spreads**2
        weights = weights * np.exp(-((one - line) ** 2) / (2 * variance)) / np.sqrt(variance)
    for place, (one, error, line) in enumerate(zip(told, errors, lines, strict=True)):
        variance = error**2 + spreads**2
        mean = (one * spreads**2 + error**2 * line) / variance
        assert found[place] == pytest.approx((mean * weights).sum() / weights.sum(), abs=0.03)
    assert pooled.slope < -0.1  # the smaller, the more are missed


def test_strata_far_apart_and_well_known_keep_their_own_answer():
    units = [unit(i, m, 0.02) for i, m in enumerate((-2.0, 0.0, 2.0))]
    pooled = pool(units, np.full(3, 1e6), count=4000, random=np.random.default_rng(1))
    assert pooled.weight.max() < 0.01
    middles = np.median(np.log(pooled.unseen / 1e6), axis=1)
    assert middles == pytest.approx([-2, 0, 2], abs=0.01)


def test_strata_taken_together_keep_what_is_known_of_them_together():
    # Three units say 0; two thin strata taken together say 2, which their mean must keep.
    units = [unit(i, 0.0, 0.1) for i in range(3)]
    both = unit(3, 2.0, 0.05)
    units.append(
        Unit(members=(3, 4), weights=np.array([0.5, 0.5]), observed=1e6, unseen=both.unseen)
    )
    pooled = pool(units, np.full(5, 1e6), count=20_000, random=np.random.default_rng(1))
    odds = np.log(pooled.unseen[3:] / 1e6)
    assert np.median(odds.mean(axis=0)) == pytest.approx(2.0, abs=0.05)
    assert odds.mean(axis=0).std() < 0.1 < odds[0].std()
