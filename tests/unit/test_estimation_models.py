"""Models, their fit, and whether they have an answer: properties that hold on every table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, linprog
from scipy.special import gammaln

from bearwitness.errors import StudyInvalid, TableMismatch
from bearwitness.estimation import (
    Bic,
    Chapman,
    Independence,
    LincolnPetersen,
    LogLinear,
    Stepwise,
    Verdict,
    assess_model,
    leave_one_list_out,
    make_estimator,
    read_histories,
)
from bearwitness.estimation.design import (
    active_cells,
    columns_of,
    model_matrix,
    overlaps,
    pairs_of,
    split_empty,
)
from bearwitness.estimation.intervals import Replicates, bootstrap_interval
from bearwitness.estimation.loglinear.criterion import (
    choose_lowest,
    rank_models,
    search_models,
)
from bearwitness.estimation.loglinear.dense import fit_dense
from bearwitness.estimation.loglinear.duality import misfit_bounds
from bearwitness.estimation.loglinear.existence import verdict_on
from bearwitness.estimation.loglinear.fit import fit_poisson, twice_negative_log_likelihood
from bearwitness.estimation.loglinear.samples import gather_samples
from bearwitness.estimation.loglinear.selection import (
    hierarchical_models,
)

MODELS = {lists: hierarchical_models(lists, lists) for lists in (2, 3, 4)}


def table(**counts):
    patterns = [name.replace("_", "+") for name in counts]
    return {"pattern": patterns, "count": list(counts.values())}


@st.composite
def tables_with_models(draw, fewest=0):
    lists = draw(st.integers(3, 4))
    cells = 2**lists - 1
    counts = draw(st.lists(st.integers(fewest, 30), min_size=cells, max_size=cells))
    return lists, np.array(counts, dtype=float), draw(st.sampled_from(MODELS[lists]))


def test_there_are_as_many_hierarchical_models_as_are_known():
    # Counts as in the reference packages: 8 and 113; 6,893 for five lists.
    assert [len(MODELS[lists]) for lists in (2, 3, 4)] == [1, 8, 113]
    assert len(hierarchical_models(5, 5)) == 6893
    assert len(hierarchical_models(5, 2)) == 2**10


@given(tables_with_models(fewest=1))
@settings(deadline=None)
def test_a_fit_reproduces_the_sufficient_statistics(drawn):
    lists, counts, terms = drawn
    active = active_cells(lists, ())[None, :]
    fits = fit_poisson(columns_of(lists, terms), counts[None, :], active)
    assert fits.converged[0]
    matrix = model_matrix(lists, terms)
    np.testing.assert_allclose(fits.fitted[0] @ matrix, counts @ matrix, rtol=1e-7)


@given(tables_with_models())
@settings(max_examples=200, deadline=None)
def test_a_fit_that_is_certain_of_a_maximum_agrees_with_the_linear_programme(drawn):
    lists, counts, terms = drawn
    shared = overlaps(counts, terms, lists)
    finite, empty = split_empty(terms, [t for t, n in zip(terms, shared, strict=True) if not n])
    verdict = verdict_on(lists, finite, empty, (counts > 0).tobytes())
    fits = fit_poisson(
        columns_of(lists, finite), counts[None, :], active_cells(lists, empty)[None, :]
    )
    if verdict.identifiable:
        assert bool(fits.certain[0]) <= verdict.exists
        assert bool(fits.converged[0]) >= verdict.exists


@given(st.lists(st.integers(2, 60), min_size=7, max_size=7))
@settings(deadline=None)
def test_independence_is_the_root_that_darroch_gives(counts):
    # Darroch (1958): with independent lists, 1 - n/N is the product of 1 - n_i/N.
    cells = np.arange(1, 8)
    observed, sizes = sum(counts), [sum(np.array(counts)[cells >> b & 1 == 1]) for b in range(3)]
    names = ["a", "b", "a+b", "c", "a+c", "b+c", "a+b+c"]
    total = Independence().fit({"pattern": names, "count": counts}).estimate
    root = brentq(
        lambda n: 1 - observed / n - np.prod([1 - size / n for size in sizes]), observed, 1e9
    )
    assert total == pytest.approx(root, rel=1e-6)


@given(st.integers(1, 99), st.integers(1, 99), st.integers(5, 99))
@settings(deadline=None)
def test_two_independent_lists_are_lincoln_petersen(a, b, both):
    counts = table(a=a, b=b, a_b=both)
    lincoln = LincolnPetersen().fit(counts).estimate
    assert lincoln == pytest.approx((a + both) * (b + both) / both)
    assert Independence().fit(counts).estimate == pytest.approx(lincoln, rel=1e-8)
    assert Chapman().fit(counts).estimate <= lincoln


def test_chapman_by_hand():
    # n1 = 100, n2 = 80, m = 20: 101 x 81 / 21 - 1; variance (Seber 1970) as written out here.
    answer = Chapman().fit(table(a=80, b=60, a_b=20))
    assert answer.estimate == pytest.approx(8181 / 21 - 1)
    variance = 101 * 81 * 80 * 60 / (21**2 * 22)
    unseen = answer.estimate - 160
    spread = np.exp(1.959963984540054 * np.sqrt(np.log(1 + variance / unseen**2)))
    assert (answer.lower, answer.upper) == pytest.approx(
        (160 + unseen / spread, 160 + unseen * spread)
    )


def test_the_interaction_of_all_lists_is_never_identifiable():
    counts = table(a=9, b=8, c=7, a_b=6, a_c=5, b_c=4, a_b_c=3)
    assert not assess_model(counts, [("a", "b", "c")]).identifiable
    assert LogLinear(interactions=(("a", "b", "c"),)).fit(counts).verdict is Verdict.NO_ESTIMATE
    assert not assess_model(table(a=9, b=8, a_b=7), [("a", "b")]).identifiable


def test_an_interaction_brings_its_parts_and_must_be_of_lists_that_are_there():
    counts = table(a=9, b=8, c=7, d=9, a_b=6, a_c=5, b_c=4, a_b_c=3, a_d=3, b_d=2, c_d=1)
    answer = LogLinear(interactions=(("b", "a", "c"),)).fit(counts)
    assert answer.model == ("a:b", "a:c", "b:c", "a:b:c")
    for wrong in (("a",), ("a", "z")):
        with pytest.raises(TableMismatch, match="cannot be modelled"):
            assess_model(counts, [wrong])


def test_a_saturated_model_says_that_nothing_could_show_it_wrong():
    counts = table(a=30, b=28, c=27, a_b=16, a_c=15, b_c=14, a_b_c=13)
    every = LogLinear(interactions=(("a", "b"), ("a", "c"), ("b", "c"))).fit(counts)
    assert any("fits whatever was observed" in caveat for caveat in every.caveats)
    # Without the interaction of all lists: N0 = odd cells multiplied over even ones multiplied.
    assert every.unseen == pytest.approx(30 * 28 * 27 * 13 / (16 * 15 * 14))


def test_settings_out_of_range_are_refused_when_they_are_made():
    for wrong in (
        lambda: Independence(level=95),
        lambda: Stepwise(p=0.6),
        lambda: Stepwise(replicates=1),
        lambda: Stepwise(interval="wald"),
        lambda: Bic(top=0),
        lambda: make_estimator("stepwize"),
        lambda: make_estimator("stepwise", prior=1),
    ):
        with pytest.raises(StudyInvalid):
            wrong()


def many_lists(names):
    return dict.fromkeys(names, 20) | {f"{a}_{b}": 5 for a in names for b in names if a < b}


def test_bic_says_that_it_searched_or_that_there_are_too_many_models():
    answer = Bic(replicates=10, top=5).fit(table(**many_lists("abcdefg")))
    assert answer.verdict is Verdict.ESTIMATE
    assert any("it did not meet" in caveat for caveat in answer.caveats)
    refused = Bic(replicates=10).fit(table(**many_lists("abcdefghi")))
    assert refused.verdict is Verdict.NO_ESTIMATE
    assert "choose stepwise" in refused.reasons[0]


def test_the_search_meets_the_best_of_all_models_of_pairs():
    counts = table(a=40, b=30, c=20, d=35, a_b=16, a_c=9, b_c=8, c_d=11, a_d=3, a_b_c=7, b_d=4)
    seen = read_histories(counts).reordered()
    met = search_models(4, seen.counts, 2, penalty=2.0, width=5)
    best = []
    for models in (met, hierarchical_models(4, 2)):
        ranked, _ = rank_models(4, seen.counts[None, :], models, penalty=2.0, keep=1)
        best.append(models[ranked[0][0]])
    assert best[0] == best[1]


@given(tables_with_models(fewest=1), st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_a_bound_by_duality_is_never_above_what_the_fit_gives(drawn, seed):
    lists, counts, terms = drawn
    many = np.random.default_rng(seed).poisson(counts, (6, len(counts))).astype(float)
    many = many[(overlaps(many, terms, lists) > 0).all(axis=1)]
    columns, active = columns_of(lists, terms), active_cells(lists, ())
    samples = gather_samples(lists, many, terms)
    inside = np.ones((1, len(terms)), dtype=bool)
    near = fit_poisson(columns, counts[None, :], active[None, :])
    bounds = misfit_bounds(samples, inside, near)[:, 0]
    fits = fit_poisson(columns, many, np.repeat(active[None, :], len(many), axis=0))
    assert (bounds <= twice_negative_log_likelihood(many, fits.fitted)).all()
    # On the table itself the bound is the value.
    own = misfit_bounds(gather_samples(lists, counts[None, :], terms), inside, near)[0, 0]
    value = twice_negative_log_likelihood(counts[None, :], near.fitted)[0]
    assert own == pytest.approx(value, abs=1e-5)


def test_models_left_unfitted_by_their_bounds_make_no_difference():
    counts = table(a=40, b=30, c=20, d=35, a_b=16, a_c=9, b_c=8, c_d=11, a_d=3, a_b_c=7, b_d=4)
    seen = read_histories(counts).reordered()
    shares = seen.counts / seen.observed
    many = np.random.default_rng(3).multinomial(seen.observed, shares, 100).astype(float)
    models = hierarchical_models(4, 3)
    penalty = np.log(seen.observed)
    ranked, unseen = rank_models(4, many, models, penalty=penalty, keep=1)
    found = choose_lowest(4, many, models, penalty=penalty)
    assert found.terms == tuple(models[order[0]] for order in ranked)
    expected = [row[order[0]] for row, order in zip(unseen, ranked, strict=True)]
    np.testing.assert_allclose(found.unseen, expected, rtol=1e-12)
    assert len(set(found.terms)) > 5


def test_a_profile_interval_ends_where_the_likelihood_ratio_says():
    # Two lists: the profile is that of the overlap alone; its ends as a plain search finds them.
    counts = np.array([80.0, 60.0, 20.0])

    def profile(total):
        shares = np.array([100 / total, 80 / total])
        away = total - 160
        return (
            gammaln(total + 1)
            - gammaln(away + 1)
            + counts
            @ np.log(
                [shares[0] * (1 - shares[1]), shares[1] * (1 - shares[0]), shares[0] * shares[1]]
            )
            + away * np.log((1 - shares[0]) * (1 - shares[1]))
        )

    answer = LogLinear(interval="profile").fit(table(a=80, b=60, a_b=20))
    best = answer.details["profile_maximum"]
    for end in (answer.lower, answer.upper):
        assert 2 * (profile(best) - profile(end)) == pytest.approx(3.841458821, rel=1e-5)


@given(tables_with_models(fewest=1))
@settings(max_examples=50, deadline=None)
def test_two_ways_to_the_maximum_agree(drawn):
    lists, counts, terms = drawn
    fast = fit_poisson(columns_of(lists, terms), counts[None, :], active_cells(lists, ())[None, :])
    plain = fit_dense(model_matrix(lists, terms), counts)
    assert plain.converged
    np.testing.assert_allclose(plain.fitted, fast.fitted[0], rtol=1e-6)
    np.testing.assert_allclose(plain.parameters, fast.parameters[0], atol=1e-6)


def test_the_details_say_how_strong_an_interaction_is_and_who_carries_it():
    answer = LogLinear(interactions=(("b", "c"),)).fit(table(a=30, b=8, c=9, a_b=5, a_c=4, b_c=12))
    carried = answer.details["interactions"]["b:c"]
    assert carried["people"] == 12
    assert carried["log_odds_ratio"] > 0


@pytest.mark.parametrize("method", ["independence", "loglinear", "stepwise", "bic"])
@pytest.mark.parametrize(
    "counts",
    [
        {"a": 9},
        {"a": 1},
        {"a_b": 40},
        {"a": 30, "a_b": 20},
        {"a": 30, "b": 20},
        {"a": 1, "b": 1, "a_b": 1},
        {"a": 1, "b": 1, "c": 1},
    ],
    ids=["one list", "one person", "identical lists", "a list inside", "apart", "three", "no pair"],
)
def test_a_table_that_says_too_little_gets_an_answer_in_words(method, counts):
    replicates = {"replicates": 10} if method in ("stepwise", "bic") else {}
    answer = make_estimator(method, **replicates).fit(table(**counts))
    assert answer.reasons or answer.caveats
    assert answer.estimate is None or answer.estimate >= answer.observed


def test_leaving_a_list_out_is_the_same_method_on_what_the_others_saw():
    counts = table(a=40, b=30, c=20, a_b=16, a_c=9, b_c=8, a_b_c=7)
    answers = dict(leave_one_list_out(LogLinear(interactions=(("a", "b"),)), counts))
    assert list(answers) == ["a", "b", "c"]
    assert answers["c"].model == ("a:b",)
    assert answers["c"].verdict is Verdict.NO_ESTIMATE
    two = Independence().fit(table(b=30 + 16, c=20 + 9, b_c=8 + 7))
    assert answers["a"].estimate == pytest.approx(two.estimate)
    assert answers["a"].observed == two.observed


def test_failed_replicates_are_counted_out_loud_and_the_interval_holds_the_estimate():
    drawn = np.r_[np.linspace(200, 300, 990), np.full(10, np.nan)]
    replicates = Replicates(bootstrap=drawn, jackknife=np.ones(3), weights=np.ones(3))
    for kind in ("percentile", "bca"):
        outside = bootstrap_interval(150.0, replicates, level=0.95, kind=kind)
        assert outside.lower == 150.0
        assert any("10 of 1000" in caveat for caveat in outside.caveats)
        assert any("widened" in caveat for caveat in outside.caveats)


def test_too_few_replicates_for_the_level_are_said_to_be_so():
    replicates = Replicates(
        bootstrap=np.linspace(200, 300, 50), jackknife=np.ones(3), weights=np.ones(3)
    )
    answer = bootstrap_interval(250.0, replicates, level=0.95, kind="percentile")
    assert any("too few" in caveat for caveat in answer.caveats)


def test_bca_without_bias_or_acceleration_is_the_percentile_interval():
    # Efron & Tibshirani (1993), section 14.3: both corrections zero give back the percentiles.
    even = Replicates(
        bootstrap=np.linspace(200, 300, 1001), jackknife=np.array([1.0, 1.0]), weights=np.ones(2)
    )
    bca = bootstrap_interval(250.0, even, level=0.9, kind="bca")
    assert (bca.lower, bca.upper) == pytest.approx((205.0, 295.0))


def test_the_independence_interval_covers_the_truth_about_as_often_as_it_says():
    # 2,000 people, three independent lists. 300 tables: 95% give or take 2.5 (two errors).
    random, truth, covered = np.random.default_rng(20), 2000, 0
    cells = np.arange(8)
    shares = np.prod(
        [np.where(cells >> bit & 1, p, 1 - p) for bit, p in enumerate((0.2, 0.3, 0.15))], axis=0
    )
    names = ["a", "b", "a+b", "c", "a+c", "b+c", "a+b+c"]
    for drawn in random.multinomial(truth, shares, 300):
        answer = Independence().fit({"pattern": names, "count": drawn[1:]})
        covered += answer.lower <= truth <= answer.upper
    assert 0.92 <= covered / 300 <= 0.98


def test_a_search_over_pairs_finds_the_pair_that_was_put_in():
    # Lists b and c copy from each other: half of those on b are put on c as well.
    counts = table(a=400, b=100, c=100, a_b=40, a_c=40, b_c=160, a_b_c=60)
    for method in (Stepwise(replicates=10), Bic(replicates=10)):
        assert "b:c" in method.fit(counts).model
    assert len(pairs_of(3)) == 3


@given(tables_with_models())
@settings(max_examples=200, deadline=None)
def test_the_quick_test_of_existence_never_contradicts_the_linear_programme(drawn):
    # The programme in its dual form: a direction that no observed pattern feels, that some empty
    # pattern feels, and along which no expected count rises (Fienberg & Rinaldo 2012).
    lists, counts, terms = drawn
    matrix = model_matrix(lists, terms)
    seen = counts > 0
    outward = linprog(
        matrix[~seen].sum(axis=0),
        A_ub=np.vstack([matrix[~seen], -matrix[~seen]]),
        b_ub=np.r_[np.zeros((~seen).sum()), np.ones((~seen).sum())],
        A_eq=matrix[seen],
        b_eq=np.zeros(seen.sum()),
        bounds=(None, None),
    )
    has_maximum = outward.fun is not None and outward.fun > -1e-7
    verdict = verdict_on(lists, terms, (), seen.tobytes())
    assert verdict.exists == has_maximum
