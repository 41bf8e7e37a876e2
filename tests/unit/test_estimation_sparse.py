"""The averaged spike-and-slab models: against what is known exactly, and against a plain MCMC."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.errors import StudyInvalid
from bearwitness.estimation import Verdict
from bearwitness.estimation.contract import CLAIMS
from bearwitness.estimation.design import columns_of, in_order, model_matrix, pairs_of
from bearwitness.estimation.histories import read_histories
from bearwitness.estimation.loglinear.selection import hierarchical_models
from bearwitness.estimation.sparse.averaging import SparseBayes
from bearwitness.estimation.sparse.draws import spread_out, tail_shape
from bearwitness.estimation.sparse.models import Prior, Problem, climb

# Korean women held in sexual slavery in Palembang (Ball, Shin & Yang 2018): seven patterns, one of
# which (c and d without b) nobody had.
KOREA = {"b": 5, "c": 5, "d": 41, "b+c": 54, "b+d": 6, "b+c+d": 12}
THREE = {"a": 80, "b": 61, "c": 47, "a+b": 23, "a+c": 19, "b+c": 12, "a+b+c": 7}


def table(counts):
    return {"pattern": list(counts), "count": list(counts.values())}


def problem_of(counts, order=2, slab=2.0):
    seen = read_histories(table(counts)).reordered()
    lists = len(seen.lists)
    models = ((), (3,)) if lists == 2 else hierarchical_models(lists, order)
    columns = columns_of(lists, in_order({term for model in models for term in model}))
    prior = Prior(slab=slab, inclusion=(1.0, 1.0))
    return Problem(lists=lists, counts=seen.counts, columns=columns, prior=prior), models


@pytest.mark.parametrize("claim", CLAIMS)
def test_it_keeps_the_contract(claim):
    assert CLAIMS[claim](SparseBayes(draws=1000))


@pytest.mark.parametrize(("lists", "order"), [(3, 2), (4, 2), (4, 3), (5, 3)])
def test_the_prior_of_models_sums_to_one(lists, order):
    prior = Prior(slab=2.0, inclusion=(1.0, 3.0))
    logs = [prior.log_probability(m, lists, order) for m in hierarchical_models(lists, order)]
    assert np.exp(logs).sum() == pytest.approx(1)


@given(st.lists(st.integers(5, 400), min_size=3, max_size=3), st.floats(0.5, 4))
@settings(deadline=None, max_examples=30)
def test_two_lists_leave_their_interaction_exactly_where_the_prior_put_it(counts, slab):
    # With flat logs of three means, the log odds ratio enters the unseen only: the likelihood of
    # both models is the same function, and the log of the unseen is normal plus the log of a ratio.
    problem, models = problem_of(dict(zip(("a", "b", "a+b"), counts, strict=True)), slab=slab)
    modes = climb(problem, models, 2)
    np.testing.assert_allclose(modes.weights, [0.5, 0.5], rtol=1e-6)
    by_data = (1 / np.array(counts)).sum()
    np.testing.assert_allclose(modes.variance, [by_data, by_data + slab**2], rtol=1e-4)
    np.testing.assert_allclose(modes.from_prior, [0, slab**2], rtol=1e-3, atol=1e-9)


def test_two_lists_give_a_lower_bound_only():
    answer = SparseBayes(draws=1000).fit(table({"a": 300, "b": 200, "a+b": 100}))
    assert (answer.verdict, answer.lower) == (Verdict.LOWER_BOUND_ONLY, 600)
    assert "prior" in answer.reasons[0]


def plain_chain(counts, slab, *, chains=200, sweeps=25_000, seed=3):
    """Random-walk Metropolis, written to be read: an interaction left out follows its prior.

    Returns the intercepts (kept sweeps by chains) and the indicators of the pairs.
    """
    random = np.random.default_rng(seed)
    seen = read_histories(table(counts)).reordered()
    pairs = pairs_of(3)
    matrix = model_matrix(3, pairs)

    def log_likelihood(parameters, inside):
        switched = np.hstack([parameters[:, :4], parameters[:, 4:] * inside])
        logs = switched @ matrix.T
        return logs @ seen.counts - np.exp(logs).sum(axis=1)

    def log_prior_of_model(inside):
        # Uniform over the number of pairs, then over the pairs: 1/4, 1/12, 1/12, 1/4.
        return np.log(np.array([1 / 4, 1 / 12, 1 / 12, 1 / 4]))[inside.sum(axis=1)]

    parameters = np.zeros((chains, 7))
    parameters[:, 0] = np.log(10)
    inside = random.integers(0, 2, (chains, 3))
    current = log_likelihood(parameters, inside)
    intercepts, indicators = [], []
    widths = np.array([0.9, 0.7, 0.7, 0.7, 1.2, 1.2, 1.2])
    for sweep in range(sweeps):
        # Ridges couple the parameters: move along one corner of the design at a time.
        direction = random.standard_normal((chains, 7)) * widths * 0.35
        if sweep % 2:
            direction *= random.integers(0, 2, (chains, 7))
        moved = parameters + direction
        proposed = log_likelihood(moved, inside)
        prior = (parameters[:, 4:] ** 2 - moved[:, 4:] ** 2).sum(axis=1) / slab**2 / 2
        accept = np.log(random.random(chains)) < proposed - current + prior
        parameters[accept], current[accept] = moved[accept], proposed[accept]
        flipped = inside.copy()
        which = random.integers(0, 3, chains)
        flipped[np.arange(chains), which] ^= 1
        proposed = log_likelihood(parameters, flipped)
        gain = log_prior_of_model(flipped) - log_prior_of_model(inside)
        accept = np.log(random.random(chains)) < proposed - current + gain
        inside[accept], current[accept] = flipped[accept], proposed[accept]
        if sweep >= sweeps // 4:
            intercepts.append(parameters[:, 0].copy())
            indicators.append(inside.copy())
    return np.array(intercepts), np.array(indicators), seen


@pytest.mark.parametrize("counts", [KOREA, THREE], ids=["sparse", "plain"])
def test_a_plain_chain_over_models_and_parameters_agrees(counts):
    intercepts, inside, seen = plain_chain(counts, 2.0)
    answer = SparseBayes(draws=20_000).fit(table(counts))
    random = np.random.default_rng(5)
    totals = seen.observed + random.poisson(np.exp(intercepts))
    unseen = np.quantile(answer.draws, [0.1, 0.5, 0.9]) - seen.observed
    np.testing.assert_allclose(
        np.quantile(totals, [0.1, 0.5, 0.9]) - seen.observed, unseen, rtol=0.06, atol=1.01
    )
    named = [":".join(sorted(seen.lists[b] for b in range(3) if t >> b & 1)) for t in pairs_of(3)]
    expected = [answer.details["inclusion"][name] for name in named]
    np.testing.assert_allclose(inside.mean(axis=(0, 1)), expected, atol=0.03)


def test_the_answer_tells_what_it_rests_on():
    answer = SparseBayes(draws=1000).fit(table(KOREA))
    told = answer.details
    assert json.loads(json.dumps(told)) == told
    assert set(told["inclusion"]) == {"b:c", "b:d", "c:d"}
    assert told["models"] == 8 and 1 <= told["effective_models"] <= 8
    assert told["importance_effective_draws"] > 1000 and told["importance_pareto_k"] < 0.7
    assert answer.draws.shape == (1, 1000)
    assert answer.estimate == np.median(answer.draws)
    assert answer.draws.min() >= answer.observed


def test_a_pair_that_shares_nobody_has_a_finite_posterior():
    # Two thousand people, four independent lists, of which a and b never name the same person.
    chances = {"a": 0.2, "b": 0.15, "c": 0.2, "d": 0.25}
    counts = {}
    for cell in range(1, 16):
        on = [name for bit, name in enumerate(chances) if cell >> bit & 1]
        odds = np.prod([chances[name] / (1 - chances[name]) for name in on])
        if not {"a", "b"} <= set(on):
            counts["+".join(on)] = round(900 * odds)
    answer = SparseBayes(draws=2000).fit(table(counts))
    assert answer.verdict is Verdict.ESTIMATE
    assert np.isfinite(answer.draws).all()
    assert answer.details["inclusion"]["a:b"] > 0.99
    assert answer.lower < answer.observed + 900 < answer.upper


def test_lists_that_all_prefer_the_same_people_carry_a_caveat():
    # Manrique-Vallier (2016): 2,000 people in two classes, one of them easy to find.
    hard, easy = (0.033, 0.033, 0.099, 0.132, 0.033), (0.66, 0.825, 0.759, 0.99, 0.693)
    counts = {}
    for cell in range(1, 32):
        on = np.array([cell >> bit & 1 for bit in range(5)])
        classes = [
            np.prod(np.where(on, chances, 1 - np.array(chances))) for chances in (hard, easy)
        ]
        name = "+".join(n for n, flag in zip("abcde", on, strict=True) if flag)
        counts[name] = round(1800 * classes[0] + 200 * classes[1])
    answer = SparseBayes(draws=1000).fit(table(counts))
    assert any("easier to find" in caveat for caveat in answer.caveats)
    assert answer.lower > 2000
    assert not SparseBayes(draws=1000).fit(table(THREE)).caveats


def test_a_narrow_slab_comes_close_to_independence():
    from bearwitness.estimation import Independence

    sharp = SparseBayes(slab=0.1, inclusion=(1.0, 50.0)).fit(table(THREE))
    assert sharp.estimate == pytest.approx(Independence().fit(table(THREE)).estimate, rel=0.03)


def test_another_slab_is_told_from_the_same_draws_as_a_fit_with_it_says():
    told = SparseBayes().fit(table(KOREA))
    for slab, off in ((1.0, 0.03), (4.0, 0.1)):
        again = SparseBayes(slab=slab, seed=2).fit(table(KOREA))
        middle, low, _ = told.details["other_slabs"][f"{slab:g}"]
        assert middle == pytest.approx(again.estimate, rel=off)
        assert low == pytest.approx(again.lower, rel=0.03)
    # The upper end with a slab of 4 is thousands: the prior's, and the reader is told.
    assert told.details["other_slabs"]["4"][2] > 5 * told.upper
    assert any("the prior's spread of a log odds ratio, 2, shapes" in c for c in told.caveats)


def test_where_the_slab_decides_nothing_nothing_is_said():
    counts = {"a": 500, "b": 400, "c": 300, "a+b": 120, "a+c": 90, "b+c": 70, "a+b+c": 20}
    answer = SparseBayes().fit(table(counts))
    assert not any("prior's spread" in caveat for caveat in answer.caveats)


def test_lists_without_a_finite_maximum_under_independence_are_refused():
    # Everybody is on list a, so that no likelihood says how many it missed.
    answer = SparseBayes(draws=1000).fit(table({"a": 40, "a+b": 30, "a+c": 20, "a+b+c": 10}))
    assert answer.verdict is Verdict.NO_ESTIMATE and "maximum" in answer.reasons[0]


def test_seven_lists_have_too_many_models():
    seven = {"+".join("abcdefg"[:n]): 5 for n in range(1, 8)}
    answer = SparseBayes(draws=1000).fit(table(seven))
    assert answer.verdict is Verdict.NO_ESTIMATE and "too many models" in answer.reasons[0]


@pytest.mark.parametrize(
    "wrong",
    [{"order": 4}, {"slab": 0.0}, {"inclusion": (1.0,)}, {"inclusion": (0, 1)}, {"draws": 10}],
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(StudyInvalid):
        SparseBayes(**wrong)


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_the_shape_of_a_heavy_tail_is_found(shape):
    # Survival (1 + shape x)^(-1/shape): the log of a generalised Pareto variable as log weight.
    random = np.random.default_rng(1)
    values = ((1 - random.random(200_000)) ** -shape - 1) / shape
    assert tail_shape(np.log(values)) == pytest.approx(shape, abs=0.12)


def test_equal_weights_have_no_tail():
    assert tail_shape(np.zeros(1000)) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20).filter(lambda w: sum(w) > 0.1))
@settings(deadline=None)
def test_systematic_sampling_rounds_up_or_down(weights):
    share = np.array(weights) / sum(weights)
    found = np.bincount(spread_out(share, 100, np.random.default_rng(0)), minlength=len(share))
    assert (np.abs(found - 100 * share) <= 1 + 1e-9).all()
