"""Latent classes: likelihood, slope and prior twice; a plain Gibbs sampler; the gate."""

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from bearwitness.errors import StudyInvalid
from bearwitness.estimation import (
    Histories,
    LatentClass,
    Verdict,
    read_histories,
    sensitivity_curve,
)
from bearwitness.estimation.checks.assumption import unseen_without_highest
from bearwitness.estimation.latent.captures import (
    CENTRE,
    OF_BOTH,
    OF_CLASSES,
    OF_LISTS,
    OF_TABLES,
    Learned,
)
from bearwitness.estimation.latent.classes import about_classes, agrees, unseen_given
from bearwitness.estimation.latent.likelihood import Prior, Target
from bearwitness.estimation.latent.modes import modes_of
from bearwitness.estimation.latent.moves import PlainMove, compiled_move, sticks_of
from bearwitness.estimation.latent.patterns import Doubled, Listed, patterns_for
from bearwitness.estimation.latent.sampler import Groups, Sampler, spaced_evenly
from bearwitness.estimation.latent.slope import Slope

VECTORS = Path(__file__).parents[1] / "vectors"
TABLES = {
    name: table
    for part in ("capture_histories", "more_histories")
    for name, table in tomllib.loads((VECTORS / f"{part}.toml").read_text("utf-8")).items()
}
# Invented: three lists, few enough people that a plain sampler mixes.
SMALL = {"a": 30, "b": 22, "c": 17, "a+b": 11, "a+c": 8, "b+c": 6, "a+b+c": 5}
APART = {"a": 40, "b": 30, "c": 20}


def rows(counts, times=1):
    return {"pattern": list(counts), "count": [times * n for n in counts.values()]}


def seen_in(counts, times=1):
    return read_histories(rows(counts, times)).reordered()


def table_of(name):
    return TABLES[name]["counts"]


# The likelihood, written to be read.


def shares_of(breaks):
    """The stick-breaking of Manrique-Vallier (2016, eq. 3)."""
    left, shares = 1.0, []
    for part in breaks:
        shares.append(left * part)
        left *= 1 - part
    return shares


def probability(history, shares, capture):
    total = 0.0
    for share, chances in zip(shares, capture, strict=True):
        product = share
        for on, chance in zip(history, chances, strict=True):
            product *= chance if on else 1 - chance
        total += product
    return total


def plain_log_likelihood(counts, names, shares, capture):
    unseen = probability([0] * len(names), shares, capture)
    total = 0.0
    for pattern, people in counts.items():
        history = [name in pattern.split("+") for name in names]
        total += people * math.log(probability(history, shares, capture) / (1 - unseen))
    return total


def plain_log_prior(breaks, prior):
    """Of breaks and concentration, the concentration integrated by quadrature; captures flat."""
    shape, rate = prior.concentration

    def joint(alpha):
        density = alpha ** (shape - 1) * math.exp(-rate * alpha)
        for part in breaks[:-1]:
            density *= alpha * (1 - part) ** (alpha - 1)
        return density

    return math.log(quad(joint, 0, np.inf, epsabs=0, epsrel=1e-10, limit=500)[0])


parameters = st.integers(2, 5).flatmap(
    lambda classes: st.tuples(
        st.lists(st.floats(0.05, 0.95), min_size=classes - 1, max_size=classes - 1),
        st.lists(
            st.lists(st.floats(0.02, 0.98), min_size=3, max_size=3),
            min_size=classes,
            max_size=classes,
        ),
    )
)


def at(target, breaks, capture):
    sticks = np.log(-np.log1p(-np.array(breaks)))[:, None]
    chances = np.array(capture).T[..., None]
    return sticks, np.log(chances / (1 - chances))


@given(parameters)
@settings(max_examples=60, deadline=None)
def test_the_fast_likelihood_is_the_plain_one(drawn):
    breaks, capture = drawn
    seen = read_histories(rows(SMALL))
    target = Target(seen, Prior(classes=len(capture)), np.ones(1))
    parts = target.parts(*at(target, breaks, capture))
    plain = plain_log_likelihood(SMALL, seen.lists, shares_of([*breaks, 1.0]), capture)
    assert target.log_likelihood(parts)[0] == pytest.approx(plain, rel=1e-10)


def test_both_ways_through_the_patterns_agree():
    """Doubling fills patterns of nobody too; a list of patterns, those of somebody alone."""
    random = np.random.default_rng(1)
    odds, share = random.normal(size=(3, 4, 2)), random.random(size=(4, 2))
    seen = seen_in(SMALL)
    (all_cells, *doubled), (cells, *listed) = (
        way(seen, 4, 2, np.float64).fill(share, odds, np.exp(odds), np.exp(odds) + 1)
        for way in (Doubled, Listed)
    )
    assert all_cells[seen.patterns] == pytest.approx(cells)
    assert np.array(doubled) == pytest.approx(np.array(listed))
    assert sum(doubled) == pytest.approx(share)
    many = Histories(lists=tuple("abcdefghij"), patterns=np.array([1, 3]), people=np.ones(2))
    assert isinstance(patterns_for(seen, 4, 2, np.float64), Doubled)
    assert isinstance(patterns_for(many, 4, 2, np.float64), Listed)


@given(parameters, parameters)
@settings(max_examples=25, deadline=None)
def test_the_prior_is_sticks_of_beta_with_a_gamma_concentration(one, other):
    prior = Prior(classes=3, capture=(1.0, 1.0), concentration=(0.7, 0.4))
    target = Target(seen_in(SMALL), prior, np.ones(1))
    fast, plain = [], []
    for drawn_breaks, drawn_capture in (one, other):
        breaks, capture = (drawn_breaks * 2)[:2], (drawn_capture * 2)[:3]
        sticks, odds = at(target, breaks, capture)
        fast.append(target.log_prior(target.parts(sticks, odds), sticks, odds)[0])
        # d V / d log u = u (1 - V); d l / d log odds = l (1 - l); captures are uniform.
        change = sum(math.log(-math.log1p(-v) * (1 - v)) for v in breaks)
        change += sum(math.log(x * (1 - x)) for chances in capture for x in chances)
        plain.append(plain_log_prior([*breaks, 1.0], prior) + change)
    assert fast[0] - fast[1] == pytest.approx(plain[0] - plain[1], abs=1e-6)


def test_the_learned_prior_is_a_sum_of_normal_parts():
    """Of the table, the list, the class and both: written out as a covariance of each two odds."""
    lists, classes = 3, 4
    places = [(one, other) for one in range(lists) for other in range(classes)]
    covariance = [
        [
            OF_TABLES**2
            + OF_LISTS**2 * (one[0] == other[0])
            + OF_CLASSES**2 * (one[1] == other[1])
            + OF_BOTH**2 * (one == other)
            for other in places
        ]
        for one in places
    ]
    odds = np.random.default_rng(1).normal(-1, 2, size=(5, lists, classes))
    plain = multivariate_normal(np.full(len(places), CENTRE), covariance)
    theirs = plain.logpdf(odds.reshape(5, -1))
    learned = Learned(lists, classes, np.float64)
    ours = learned.log_density(odds.transpose(1, 2, 0), np.zeros((classes, 5)))
    assert np.diff(ours) == pytest.approx(np.diff(theirs))


@pytest.mark.parametrize("capture", [None, (1.0, 1.0), (0.5, 2.5)])
@pytest.mark.parametrize("way", [Doubled, Listed])
def test_the_slope_is_that_of_the_density(capture, way, monkeypatch):
    monkeypatch.setattr("bearwitness.estimation.latent.slope.patterns_for", way)
    random = np.random.default_rng(3)
    power = np.array([1.0, 0.3])
    prior, seen = Prior(classes=4, capture=capture), seen_in(SMALL)
    target, slope = Target(seen, prior, power), Slope(seen, prior, power, np.float64)
    sticks, odds = random.normal(size=(3, 2)), random.normal(size=(3, 4, 2))
    marks = random.normal(2, 1, size=(4, 2))

    def density(sticks, odds):
        parts = target.parts(sticks, odds)
        value = power * target.log_likelihood(parts) + target.log_mark(parts, marks)
        return value + target.log_prior(parts, sticks, odds)

    by_sticks, by_odds = slope(sticks, odds, marks)
    step = 1e-5
    for place in np.ndindex(3):
        shift = np.zeros_like(sticks)
        shift[place] = step
        found = (density(sticks + shift, odds) - density(sticks - shift, odds)) / (2 * step)
        assert found == pytest.approx(by_sticks[place], abs=1e-6, rel=1e-6)
    for place in np.ndindex(3, 4):
        shift = np.zeros_like(odds)
        shift[place] = step
        found = (density(sticks, odds + shift) - density(sticks, odds - shift)) / (2 * step)
        assert found == pytest.approx(by_odds[place], abs=1e-6, rel=1e-6)
    rough = Slope(seen, prior, power)
    single = rough(*(part.astype(np.float32) for part in (sticks, odds, marks)))
    assert single[0].dtype == single[1].dtype == np.float32
    assert single[0] == pytest.approx(by_sticks, abs=1e-3, rel=1e-4)
    assert single[1] == pytest.approx(by_odds, abs=1e-3, rel=1e-4)


def test_a_class_too_small_for_single_precision_leaves_slopes_numbers():
    """Were they none, no move from there would be taken, and chains would stay where they are."""
    slope = Slope(seen_in(SMALL), Prior(classes=4), np.ones(2))
    sticks = np.array([[5.0, -60.0], [5.0, 1.0], [5.0, 4.0]], np.float32)
    odds = np.full((3, 4, 2), -2.0, np.float32)
    odds[:, 1] = -60.0
    with np.errstate(all="ignore"):
        found = slope(sticks, odds, np.zeros((4, 2), np.float32))
    assert all(np.isfinite(part).all() for part in found)


def test_sticks_and_shares_are_each_other_undone_however_small_the_shares():
    sticks = np.array([[-40.0, 0.3], [2.0, -1.0], [-0.5, 5.0]])
    target = Target(seen_in(SMALL), Prior(classes=4), np.ones(2))
    log_share = target.parts(sticks, np.zeros((3, 4, 2))).log_share
    assert sticks_of(log_share) == pytest.approx(sticks, rel=1e-9)


# The sampler.


def test_without_a_table_it_draws_from_the_prior():
    """With next to no power all that is left is the prior, labels and all: relabelling keeps it."""
    random = np.random.default_rng(11)
    prior = Prior(classes=4, capture=(1.0, 1.0), concentration=(2.0, 1.0))
    sampler = Sampler(seen_in(SMALL), prior, chains=100, random=random)
    sampler._set_power(np.full_like(sampler.target.power, 1e-9))
    sampler.step[:] = 0.2
    sampler.run(40)
    trace = sampler.run(120)
    assert trace.accepted > 0.5
    alpha = random.gamma(2.0, 1.0, size=100_000)
    breaks = random.beta(1.0, alpha[:, None], size=(100_000, 3))
    direct = np.array(shares_of([*breaks.T, 1.0]))
    for label in range(4):
        ours = trace.share[:, label].ravel()
        # 12,000 draws, worth 1,000 at the least: 0.016 is one standard error at the median.
        for tail in (0.25, 0.5, 0.75):
            assert (ours < np.quantile(direct[label], tail)).mean() == pytest.approx(tail, abs=0.06)
    unseen = trace.missed[:, 0].ravel()
    chances = np.prod(1 - random.random((100_000, 3)), axis=1)
    assert (unseen < np.quantile(chances, 0.5)).mean() == pytest.approx(0.5, abs=0.06)


def plain_gibbs(counts, names, *, classes, chains, sweeps, random):
    """Labels and unseen people drawn, then shares, captures and concentration (2016, section 4).

    Arrays are chains by classes; the totals that come back are chains by sweeps.
    """
    cells = [(np.array([n in p.split("+") for n in names]), c) for p, c in counts.items()]
    observed = sum(counts.values())
    capture = random.random((chains, classes, len(names)))
    breaks = np.full((classes, chains), 0.5)
    breaks[-1] = 1.0
    alpha, totals = 1.0, []
    for _ in range(sweeps):
        shares = np.array(shares_of(breaks)).T
        missed = shares * np.prod(1 - capture, axis=2)
        unseen = random.negative_binomial(observed, 1 - missed.sum(axis=1))
        members = random.multinomial(unseen, missed / missed.sum(axis=1, keepdims=True))
        on = np.zeros(capture.shape)
        for history, people in cells:
            fits = shares * np.prod(np.where(history, capture, 1 - capture), axis=2)
            drawn = random.multinomial(people, fits / fits.sum(axis=1, keepdims=True))
            members = members + drawn
            on += drawn[..., None] * history
        capture = random.beta(1 + on, 1 + members[..., None] - on)
        after = members[:, ::-1].cumsum(axis=1)[:, ::-1] - members
        breaks = np.clip(random.beta(1 + members.T, alpha + after.T), 1e-12, 1 - 1e-12)
        breaks[-1] = 1.0
        alpha = random.gamma(0.25 + classes - 1, 1 / (0.25 - np.log1p(-breaks[:-1]).sum(axis=0)))
        totals.append(observed + unseen)
    return np.array(totals[sweeps // 4 :]).T


def test_it_agrees_with_a_plain_gibbs_sampler():
    answer = LatentClass(classes=3, capture=(1, 1), draws=2000).fit(rows(SMALL))
    random = np.random.default_rng(5)
    plain = plain_gibbs(SMALL, "abc", classes=3, chains=40, sweeps=800, random=random)
    halves = np.split(plain, 2)
    errors = answer.details["monte_carlo_error"]
    for name, tail in (("lower", 0.025), ("estimate", 0.5), ("upper", 0.975)):
        theirs = np.quantile(plain, tail)
        apart = abs(np.quantile(halves[0], tail) - np.quantile(halves[1], tail))
        assert abs(getattr(answer, name) - theirs) < 4 * errors[name] + 2 * apart + 1, name


@pytest.mark.parametrize(
    ("name", "reference", "size"),
    [
        # LCMCR 0.4.14, K = 10, four chains of a million sweeps pooled: limits, effective size
        # (tests/vectors/references.toml). `python -m docs.references` has every table.
        ("Korea", (124, 138, 203), 28771),
        ("HIV", (9365.975, 10930, 13061), 36433),
    ],
)
def test_it_agrees_with_the_reference_where_that_converges(name, reference, size):
    answer = LatentClass(capture=(1, 1), seed=3).fit(rows(table_of(name)))
    errors = answer.details["monte_carlo_error"]
    for part, tail, theirs in zip(
        ("lower", "estimate", "upper"), (0.025, 0.5, 0.975), reference, strict=True
    ):
        off = math.sqrt(tail * (1 - tail) / size)
        low, high = np.quantile(answer.draws, (tail - off, tail + off))
        error = math.hypot(errors[part], (high - low) / 2)
        assert abs(getattr(answer, part) - theirs) <= 4 * error + 1, part


def test_the_same_seed_gives_the_same_answer_and_another_another():
    quick = LatentClass(classes=2, chains=4, draws=250)
    answers = [replace(quick, seed=seed).fit(rows(SMALL)) for seed in (1, 1, 2)]
    assert answers[0] == answers[1]
    assert answers[0].details["rhat"] == answers[1].details["rhat"] != answers[2].details["rhat"]


# Compiled and plain.


@pytest.mark.parametrize("capture", [None, (1.0, 1.0), (0.5, 2.5)])
@pytest.mark.parametrize("name", ["Korea", "Kosovo", "UKdat_5"])
def test_compiled_moves_go_where_plain_ones_go(name, capture):
    """The same noise from the same states: every term of both, and which moves are taken."""
    pytest.importorskip("numba")
    seen, prior = seen_in(table_of(name)), Prior(capture=capture)
    sampler = Sampler(seen, prior, chains=5, random=np.random.default_rng(2))
    sampler.warm(12)  # still far from home, where differences would be largest
    plain = PlainMove(seen, sampler.target)
    plain.set_power(sampler.target.power)
    assert type(sampler.move) is not type(plain)
    for _ in range(5):
        noise = sampler._noise()
        with np.errstate(all="ignore"):
            (there, gain), (here, plain_gain) = (
                move(sampler.states, noise) for move in (sampler.move, plain)
            )
        chance, plain_chance = np.exp(np.minimum(gain, 0)), np.exp(np.minimum(plain_gain, 0))
        assert chance == pytest.approx(plain_chance, abs=0.01)
        sure = np.abs(np.exp(noise.log_uniform) - chance) > 0.01
        assert sure.mean() > 0.9
        for part in ("odds", "sticks", "log_likelihood", "seen", "seen_share", "log_missed"):
            ours, theirs = getattr(there, part)[..., sure], getattr(here, part)[..., sure]
            assert ours == pytest.approx(theirs, rel=2e-3, abs=2e-2), part
        shares = np.exp(there.log_share[..., sure]), np.exp(here.log_share[..., sure])
        assert shares[0] == pytest.approx(shares[1], rel=1e-2, abs=1e-6)
        assert there.without_highest[sure] == pytest.approx(here.without_highest[sure], rel=0.01)
        sampler.states = there


@pytest.mark.parametrize("capture", [None, (0.5, 2.5)])
def test_the_compiled_slope_is_the_exact_one_to_single_precision(capture):
    """At the far ends too, where a class is next to nobody, or nearly all of them are seen."""
    pytest.importorskip("numba")
    from bearwitness.estimation.latent.compiled import CompiledMove
    from bearwitness.estimation.latent.compiled_slope import new_block, slope

    random, width = np.random.default_rng(3), 7
    prior, seen = Prior(classes=4, capture=capture), seen_in(SMALL)
    target = Target(seen, prior, random.uniform(0.1, 1, size=width))
    sticks, odds = 3 * random.normal(size=(3, width)), 3 * random.normal(size=(3, 4, width))
    sticks[0, 0], sticks[1, 1] = -40.0, 4.0
    marks = random.normal(2, 1, size=(4, width))
    exact = Slope(seen, prior, target.power, np.float64)(sticks, odds, marks)
    block = new_block(3, 4, width)
    for room, values in zip(block, (sticks, odds, marks, target.power), strict=False):
        room[:] = values.reshape(room.shape)
    slope(block, CompiledMove(target, 80.0)._single)
    assert block.by_sticks.reshape(3, width) == pytest.approx(exact[0], abs=2e-3, rel=1e-3)
    assert block.by_odds.reshape(odds.shape) == pytest.approx(exact[1], abs=2e-3, rel=1e-3)


def test_without_a_compiler_the_answer_is_the_same_but_for_chance(monkeypatch):
    quick = LatentClass(classes=3, seed=5)
    compiled = quick.fit(rows(SMALL))
    monkeypatch.setattr("bearwitness.estimation.latent.moves.compiled_move", lambda: None)
    monkeypatch.setattr("bearwitness.estimation.latent.sampler.compiled_move", lambda: None)
    plain = quick.fit(rows(SMALL))
    for part in ("lower", "estimate", "upper"):
        error = math.hypot(*(x.details["monte_carlo_error"][part] for x in (compiled, plain)))
        assert abs(getattr(compiled, part) - getattr(plain, part)) <= 4 * error + 1


def test_groups_are_the_same_on_any_number_of_cores():
    """Each group draws by itself: what a group does does not depend on when others do it."""
    seen, random = seen_in(SMALL), np.random.default_rng
    together = Groups(seen, Prior(classes=3), chains=9, random=random(7))
    together.warm(10)
    trace = together.run(5)
    assert trace.share.shape == (5, 3, 9)
    if compiled_move() is None:
        return
    alone = Groups(seen, Prior(classes=3), chains=9, random=random(7)).samplers
    for sampler in reversed(alone):
        sampler.warm(10)
    last, first = (sampler.run(5) for sampler in reversed(alone))
    assert [first.seen.shape[1], last.seen.shape[1]] == [5, 4]
    assert (np.concatenate([first.seen, last.seen], axis=1) == trace.seen).all()


# The gate, and what is said.


def test_a_number_is_withheld_until_the_chains_agree():
    """Diabetes (Bruno et al. 1994) has two modes that chains move between slowly."""
    early = LatentClass(capture=(1, 1), draws=250).fit(rows(table_of("Diabetes")))
    assert (early.verdict, early.estimate, early.draws) == (Verdict.NO_ESTIMATE, None, None)
    assert "R-hat" in early.reasons[0] and not agrees(early.details)
    assert early.details["draws_of_each_chain"] == 250


def test_two_modes_are_told_with_their_weights():
    random = np.random.default_rng(1)
    logs = np.where(random.random((4, 2000)) < 0.3, 6.0, 8.0) + 0.2 * random.normal(size=(4, 2000))
    low, high = modes_of(1000 + np.exp(logs), 1000, 0.95)
    assert (low["weight"], high["weight"]) == pytest.approx((0.3, 0.7), abs=0.02)
    assert low["estimate"] == pytest.approx(1000 + math.exp(6), rel=0.02)
    assert high["estimate"] == pytest.approx(1000 + math.exp(8), rel=0.02)


@given(st.integers(0, 10_000), st.floats(0.05, 2.0))
@settings(max_examples=30, deadline=None)
def test_one_mode_is_one(seed, spread):
    logs = spread * np.random.default_rng(seed).normal(size=(4, 500))
    assert len(modes_of(100 + np.exp(5 + logs), 100, 0.95)) == 1


def test_nothing_caps_the_unseen():
    random = np.random.default_rng(1)
    chance = np.array([[1e-3], [1e-9], [1e-15]])
    drawn = unseen_given(np.repeat(chance, 4000, axis=1), 100, random)
    assert np.isfinite(drawn).all()
    # The mean of a negative binomial: n (1 - p) / p.
    assert drawn.mean(axis=0) == pytest.approx(100 / chance[:, 0], rel=0.02)
    # Where everybody is on some list, rounding may take the chance beyond one.
    assert (unseen_given(np.full((1, 9), 1 + 2e-15), 100, random) == 0).all()
    # 10,000 people each on one of three lists, six on two.
    thin = {"a": 4000, "b": 3000, "c": 3000, "a+b": 3, "a+c": 3}
    answer = LatentClass(classes=2, chains=4).fit(rows(thin))
    assert answer.details["share_beyond_20_times_observed"] > 0.9
    assert answer.verdict is Verdict.LOWER_BOUND_ONLY
    assert "no upper end" in answer.reasons[0]


def test_two_lists_get_a_lower_bound():
    answer = LatentClass().fit(rows({"a": 61, "b": 47, "a+b": 23}))
    assert (answer.verdict, answer.lower) == (Verdict.LOWER_BOUND_ONLY, 131)


def test_lists_that_share_nobody_are_refused():
    assert LatentClass().fit(rows(APART)).verdict is Verdict.NO_ESTIMATE


def test_the_sensitivity_curve_needs_no_more_than_the_answer():
    """The unseen at a ratio of one is odd over even products of the fitted counts, by draws."""
    seen = seen_in(SMALL)
    answer = LatentClass(classes=3).fit(seen)
    target = Target(seen, Prior(classes=3), np.ones(1))
    breaks, capture = [0.5, 0.4], [[0.3, 0.2, 0.1], [0.5, 0.6, 0.7], [0.1, 0.1, 0.2]]
    parts = target.parts(*at(target, breaks, capture))
    chances = [
        probability([cell >> bit & 1 for bit in range(3)], shares_of([*breaks, 1.0]), capture)
        for cell in range(1, 8)
    ]
    fitted = seen.observed * np.array(chances) / sum(chances)
    assert target.without_highest(parts)[0] == pytest.approx(unseen_without_highest(3, fitted))
    told = answer.details["unseen_at_odds_ratio_one"]
    curve = sensitivity_curve(None, answer)
    assert curve.at(1.0) == pytest.approx(seen.observed + told["estimate"])
    assert curve.lower[8] < curve.at(1.0) < curve.upper[8]
    # Three lists.
    assert any("the prior chooses between them" in caveat for caveat in answer.caveats)
    many = LatentClass(classes=2, chains=4, draws=250).fit(many_lists(9, 200, seed=1))
    with pytest.raises(StudyInvalid, match="does not fix the odds ratio"):
        sensitivity_curve(None, replace(many, estimate=200.0))


def test_people_hard_to_reach_are_taken_out_of_reachable():
    random = np.random.default_rng(2)
    sampler = Sampler(seen_in(SMALL), Prior(), chains=4, random=random)
    trace = sampler.run(4)
    object.__setattr__(trace, "share", np.tile([[0.5], [0.5]], (4, 1, 4)))
    object.__setattr__(trace, "missed", np.tile([[0.2], [0.99]], (4, 1, 4)))
    told = about_classes(trace, np.full((4, 4), 1000.0), 405, 0.95)
    # Of those unseen 0.495 in 0.595 are of the class with a 1 % chance.
    assert told["share_of_unseen_hard_to_reach"] == pytest.approx(0.495 / 0.595)
    assert told["reachable"][1] == pytest.approx(405 + 595 * 0.1 / 0.595)
    assert told["effective_classes"] == pytest.approx(2)


@pytest.mark.parametrize(
    "wrong",
    [{"classes": 1}, {"capture": (0.0, 1.0)}, {"chains": 2}, {"draws": 10}, {"level": 1.2}],
)
def test_settings_out_of_range_are_named(wrong):
    with pytest.raises(StudyInvalid):
        LatentClass(**wrong).fit(rows(SMALL))


# Sizes.


def test_times_fifty_the_numbers_stay_numbers():
    """Kosovo (Ball et al. 2002) times 50: 220,000 people."""
    seen = seen_in(table_of("Kosovo"), times=50)
    sampler = Sampler(seen, Prior(), chains=4, random=np.random.default_rng(1))
    sampler.warm(100)
    trace = sampler.run(50)
    totals = seen.observed / trace.seen
    assert np.isfinite(totals).all()
    assert 300_000 < np.median(totals) < 1_000_000
    assert trace.accepted > 0.5


def many_lists(lists, people, seed):
    """Three in ten are three to four times as likely to be found; one in fourteen on each list."""
    random = np.random.default_rng(seed)
    easy = random.random(people) < 0.3
    chance = np.where(easy[:, None], 0.12, 0.035) * random.uniform(0.4, 1.6, size=lists)
    on = random.random((people, lists)) < chance
    patterns, counts = np.unique(on @ (1 << np.arange(lists)), return_counts=True)
    return Histories(
        lists=tuple(f"list {number:02}" for number in range(lists)),
        patterns=patterns[patterns > 0],
        people=counts[patterns > 0].astype(float),
    ).sealed()


def test_thirty_lists_are_no_obstacle():
    seen = many_lists(30, 150, seed=4)
    answer = LatentClass(classes=3).fit(seen)
    assert answer.verdict is Verdict.ESTIMATE
    assert answer.lower <= 150 <= answer.upper


def test_a_prior_that_says_nearly_everybody_is_found_gets_no_number():
    """Beta(1, 1) on eight chances expects 0.4 % of people on no list, before any table."""
    answer = LatentClass(capture=(1, 1)).fit(many_lists(8, 300, seed=4))
    assert (answer.verdict, answer.estimate) == (Verdict.LOWER_BOUND_ONLY, None)
    assert answer.lower == answer.observed
    assert "99.6% of all people are on some list" in answer.reasons[-1]
    answer = LatentClass(capture=(1, 1), classes=2, chains=4, draws=250).fit(rows(SMALL))
    assert not any("before any table" in reason for reason in answer.reasons)


def test_powers_move_to_where_swaps_are_rare():
    ladder = np.geomspace(1, 0.1, 5)
    moved = spaced_evenly(ladder, np.array([0.8, 0.1, 0.8, 0.8]))
    assert (moved[0], moved[-1]) == pytest.approx((1, 0.1))
    gaps = np.diff(np.log(moved))
    assert (np.abs(gaps[1:3]) < np.log(10) / 4).all()
