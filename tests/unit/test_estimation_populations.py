"""Designed populations: chances worked out in closed form against people followed one by one."""

import numpy as np
import pytest

from bearwitness.estimation import Verdict, make_estimator, read_histories, split_strata
from bearwitness.estimation.checks import chances
from bearwitness.estimation.checks.populations import POPULATIONS

PEOPLE = 200_000


def shares(flags):
    """Share of people with each pattern (people by lists of truth values), the empty one first."""
    patterns = flags @ (1 << np.arange(flags.shape[1]))
    return np.bincount(patterns, minlength=2 ** flags.shape[1]) / len(flags)


def close(found, expected):
    error = np.sqrt(expected * (1 - expected) / PEOPLE)
    return (np.abs(found - expected) <= 4.5 * error + 1e-9).all()


def found_at(random, rates):
    return random.random((PEOPLE, len(rates))) < np.array(rates)


@pytest.mark.parametrize("name", POPULATIONS)
def test_a_population_is_one_of_chances_and_draws_the_same_for_the_same_seed(name):
    population = POPULATIONS[name]
    for part in population.parts:
        assert part.chances.shape == (2 ** len(population.lists),)
        assert part.chances.min() >= 0
        assert part.chances.sum() == pytest.approx(1)
    drawn = population.draw(3)
    assert drawn.input_digest == population.draw(3).input_digest
    assert drawn.input_digest != population.draw(4).input_digest
    assert drawn.observed < population.truth == population.people
    assert not (population.is_failure and population.is_hidden)


@pytest.mark.parametrize("name", POPULATIONS)
def test_draws_are_on_average_what_is_expected(name):
    population = POPULATIONS[name]
    if population.unlinked or population.repeated:
        return
    drawn = np.mean([h.counts for h in population.draw_many(400, seed=2)], axis=0)
    expected = population.expected[1:]
    assert (np.abs(drawn - expected) <= 5 * np.sqrt(expected / 400) + 1e-9).all()


def test_a_case_passed_on_is_on_the_other_list_too():
    random = np.random.default_rng(1)
    flags = found_at(random, (0.15, 0.12, 0.1))
    flags[:, 1] |= flags[:, 0] & (random.random(PEOPLE) < 0.4)
    told = chances.referred(chances.independent((0.15, 0.12, 0.1)), 0, 1, 0.4)
    assert close(shares(flags), told)


def test_people_known_to_anybody_are_told_to_all():
    random = np.random.default_rng(2)
    flags = found_at(random, (0.1, 0.2, 0.1))
    flags[flags.any(axis=1) & (random.random(PEOPLE) < 0.3)] = True
    assert close(shares(flags), chances.shared_by_all(chances.independent((0.1, 0.2, 0.1)), 0.3))


def test_a_list_within_another_holds_none_but_its_people():
    random = np.random.default_rng(3)
    flags = found_at(random, (0.3, 0.2))
    inner = flags[:, 0] & (random.random(PEOPLE) < 0.6)
    told = chances.within(chances.independent((0.3, 0.2)), 0, 0.6)
    assert close(shares(np.column_stack([flags, inner])), told)


def test_people_who_come_and_go_year_by_year():
    random = np.random.default_rng(4)
    rates, leaving = (0.3, 0.2, 0.25), 0.4
    places = PEOPLE // 8  # each of them held by one person after another, who may leave
    found = []
    for _ in range(5 * places):
        flags = [0, 0, 0]
        for year, rate in enumerate(rates):
            flags[year] = int(random.random() < rate)
            if random.random() < leaving or year == 2:
                found.append(flags)
                flags = [0, 0, 0]
    flags = np.array(found)[:PEOPLE]
    assert len(flags) == PEOPLE
    assert close(shares(flags), chances.years(rates, leaving))


def test_findable_people_are_found_by_all_lists():
    random = np.random.default_rng(5)
    ability = random.standard_normal((PEOPLE, 1)) * 1.5
    logits = np.log(np.array([0.1, 0.2, 0.3]) / (1 - np.array([0.1, 0.2, 0.3])))
    flags = random.random((PEOPLE, 3)) < 1 / (1 + np.exp(-(logits + ability)))
    assert close(shares(flags), chances.logit_normal((0.1, 0.2, 0.3), 1.5))


def test_quasi_symmetry_has_one_odds_ratio_for_every_pair():
    told = chances.darroch((0.1, 0.2, 0.3), 0.5)
    for one, other in ((1, 2), (1, 4), (2, 4)):
        ratio = told[0] * told[one | other] / (told[one] * told[other])
        assert np.log(ratio) == pytest.approx(0.5)


def test_a_missed_link_counts_a_person_twice_and_no_record_more():
    clean, broken = POPULATIONS["independent"], POPULATIONS["missed-links"]
    tables = broken.draw_many(200)
    several = np.bitwise_count(np.arange(16)) > 1
    seen = broken.expected[1:].sum() + broken.unlinked * broken.expected[several].sum()
    records = (broken.expected * np.bitwise_count(np.arange(16))).sum()
    assert np.mean([t.observed for t in tables]) == pytest.approx(seen, rel=0.003)
    on_lists = [t.people @ np.bitwise_count(t.patterns) for t in tables]
    assert np.mean(on_lists) == pytest.approx(records, rel=0.003)
    assert clean.unlinked == 0


def test_strata_add_up_to_the_whole():
    population = POPULATIONS["strata"]
    parts = [read_histories(table) for _, table in split_strata(population.draw_strata(7))]
    whole = read_histories(population.draw(7).to_table())
    assert sum(part.counts for part in parts).tolist() == whole.counts.tolist()


def test_where_a_method_holds_its_answer_tends_to_the_truth():
    """The expected table, made large: what is left is bias. No method is asked for more."""
    from dataclasses import replace

    for population in POPULATIONS.values():
        for name in set(population.holds_for) & {"independence", "stepwise", "decomposable"}:
            part = population.parts[0]
            large = replace(population, parts=(replace(part, people=part.people * 100),))
            answer = make_estimator(name, replicates=10).fit(large.draw(1))
            assert answer.verdict is Verdict.ESTIMATE, (population.name, name)
            assert answer.estimate == pytest.approx(large.truth, rel=0.05), (population.name, name)


def test_there_are_enough_designs_of_each_kind():
    failures = [p for p in POPULATIONS.values() if p.is_failure]
    hidden = [p for p in POPULATIONS.values() if p.is_hidden]
    held = [p for p in POPULATIONS.values() if p.holds_for]
    assert len(failures) >= 6
    assert len(hidden) >= 4
    assert len(held) >= 8
