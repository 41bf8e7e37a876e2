"""R-hat and effective sizes: held against arviz-stats, and against chains whose worth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.estimation.latent.convergence import (
    bulk_size,
    quantile_error,
    quantile_size,
    rank_rhat,
    tail_size,
)

reference = pytest.importorskip("arviz_stats.base").array_stats


def chains_of(seed, rho, *, length=400, chains=4):
    """First-order autoregressions that begin in equilibrium."""
    random = np.random.default_rng(seed)
    draws = random.normal(size=(chains, length))
    draws[:, 0] /= np.sqrt(1 - rho**2)
    for step in range(1, length):
        draws[:, step] += rho * draws[:, step - 1]
    return draws


cases = st.tuples(
    st.integers(0, 10_000), st.sampled_from([-0.3, 0.0, 0.5, 0.9]), st.sampled_from([100, 401])
)


@given(cases)
@settings(max_examples=40, deadline=None)
def test_it_agrees_with_arviz_stats(case):
    seed, rho, length = case
    draws = np.exp(chains_of(seed, rho, length=length))
    assert rank_rhat(draws) == pytest.approx(float(reference.rhat(draws)), rel=1e-9)
    # Where the sum of autocorrelations ends differs by a term: a few parts in a hundred.
    ours, theirs = bulk_size(draws), float(reference.ess(draws, method="bulk"))
    assert ours == pytest.approx(theirs, rel=0.05, abs=1)
    theirs = float(reference.ess(draws, method="tail", prob=(0.05, 0.95)))
    assert tail_size(draws) == pytest.approx(theirs, rel=0.1)


@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.5, 0.9])
def test_the_error_of_a_quantile_agrees_with_arviz_stats(rho):
    # Theirs takes whole draws where ours lies between: alike where there are many.
    draws = np.exp(chains_of(2, rho, length=4000))
    error = float(reference.mcse(draws, method="quantile", prob=0.3))
    assert quantile_error(draws, 0.3) == pytest.approx(error, rel=0.05)


def test_ties_share_their_ranks():
    draws = np.round(chains_of(1, 0.5))
    assert rank_rhat(draws) == pytest.approx(float(reference.rhat(draws)), rel=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
def test_an_autoregression_is_worth_what_theory_says(rho):
    # (1 - rho) / (1 + rho) of its draws (Vehtari et al. 2021, section 3.2).
    draws = chains_of(7, rho, length=20_000)
    assert bulk_size(draws) == pytest.approx(draws.size * (1 - rho) / (1 + rho), rel=0.1)


def test_a_chain_apart_or_a_chain_wider_is_noticed():
    draws = chains_of(3, 0.2)
    assert rank_rhat(draws) < 1.01
    apart, wide = draws.copy(), draws.copy()
    apart[0] += 1.0
    wide[0] *= 3.0
    assert rank_rhat(apart) > 1.05
    assert rank_rhat(wide) > 1.05  # the means agree; the folded ranks do not


def test_chains_that_stand_still_never_agree():
    assert rank_rhat(np.array([[1.0] * 50, [2.0] * 50])) == np.inf


def test_the_error_of_a_quantile_is_the_spread_of_quantiles():
    many = [np.quantile(chains_of(seed, 0.5), 0.9) for seed in range(200)]
    one = np.mean([quantile_error(chains_of(seed, 0.5), 0.9) for seed in range(20)])
    assert one == pytest.approx(np.std(many), rel=0.2)
    assert quantile_size(chains_of(1, 0.0), 0.9) > 800
