"""Averaging over decomposable graphs: counted, exact, and the same as the published package."""

import csv
import math
import re
import tomllib
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gammaln

from bearwitness.estimation import (
    Decomposable,
    Verdict,
    histories_from_wide,
    leave_one_list_out,
    merge_two_lists,
    read_histories,
)
from bearwitness.estimation.decomposable.graphs import decomposable_graphs
from bearwitness.estimation.decomposable.likelihood import Table, log_gamma_rise
from bearwitness.estimation.decomposable.posterior import (
    find_posterior,
    likely_graphs,
    weigh_graphs,
)
from bearwitness.estimation.histories import Histories

TABLES = tomllib.loads(
    (Path(__file__).parents[1] / "vectors" / "capture_histories.toml").read_text(encoding="utf-8")
)
SHARED = Path(__file__).parents[3] / "shared" / "data" / "capture-histories"


@pytest.mark.parametrize(
    ("lists", "graphs"), [(2, 2), (3, 8), (4, 61), (5, 822), (6, 18154), (7, 617675)]
)
def test_there_are_as_many_graphs_as_labelled_chordal_graphs(lists, graphs):
    # OEIS A058862.
    assert decomposable_graphs(lists).shape == (graphs, 2**lists)


def dirichlet(counts, weight):
    """Log probability of a sequence of people, one cell's prior being `weight`."""
    counts = np.asarray(counts, dtype=float)
    prior = weight * len(counts)
    return (
        gammaln(prior)
        - gammaln(prior + counts.sum())
        + (gammaln(weight + counts) - gammaln(weight)).sum()
    )


def margin(cells, which, size):
    """Counts of the table over the lists in `which`, from counts by 0/1 history."""
    found = dict.fromkeys(product((0, 1), repeat=len(which)), 0.0)
    for history, count in cells.items():
        found[tuple(history[bit] for bit in which)] += count
    return list(found.values()), 2.0 ** (size - len(which))


@pytest.mark.parametrize("unseen", [0, 7, 150])
def test_marginal_likelihoods_are_products_of_dirichlets_over_cliques_and_separators(unseen):
    # The path a - b - c, written out; the cells hold invented counts.
    cells = {(1, 0, 0): 40, (0, 1, 0): 31, (0, 0, 1): 22, (1, 1, 0): 9, (1, 0, 1): 4, (0, 1, 1): 8,
             (1, 1, 1): 3, (0, 0, 0): unseen}  # fmt: skip
    by_hand = 0.0
    for which, sign in (((0, 1), 1), ((1, 2), 1), ((1,), -1)):
        counts, cells_each = margin(cells, which, 3)
        by_hand += sign * dirichlet(counts, 0.125 * cells_each)
    rows = [{"pattern": "+".join(n for n, on in zip("abc", h, strict=True) if on), "count": c}
            for h, c in cells.items() if any(h)]  # fmt: skip
    table = Table(read_histories(rows), 0.125)
    path = np.zeros(8)
    path[[0b011, 0b110, 0b010]] = (1, 1, -1)
    graphs = decomposable_graphs(3).toarray()
    assert (graphs == path).all(axis=1).any()
    assert path @ table.terms(np.array([float(unseen)])) == pytest.approx(by_hand, rel=1e-12)


def reference_rows():
    path = SHARED / "reference-results.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["package"] == "dga"]
    return [
        row for row in rows if "bma.cr" in row["settings"] and "logprior=-log N" in row["settings"]
    ]


@pytest.mark.skipif(not reference_rows(), reason="../shared is not here")
def test_every_row_of_the_published_package_is_reproduced():
    checked = 0
    for row in reference_rows():
        settings = row["settings"]
        weight = float(re.search(r"delta=([\d.]+)", settings)[1])
        times = re.search(r"Nmissing=1:(\d+)n", settings)
        path = SHARED / f"{row['dataset']}.csv"
        if not times or not path.is_file():
            continue
        with path.open(encoding="utf-8") as stream:
            wide = list(csv.DictReader(stream))
        seen = read_histories(histories_from_wide({k: [r[k] for r in wide] for k in wide[0]}))
        if seen.observed * int(times[1]) > 100_000:
            continue
        table = Table(seen, weight)
        unseen = np.arange(1.0, int(times[1]) * seen.observed + 1)
        graphs = likely_graphs(table, np.unique(np.geomspace(1, unseen[-1], 80).round()))
        posterior = weigh_graphs(table, unseen, graphs)
        density = posterior.density(saturated="dropped" not in settings)
        found = posterior.quantiles(density, np.array([0.5, 0.025, 0.975])) + seen.observed
        expected = [float(row[name]) for name in ("estimate", "lo", "hi")]
        # The package adds up floating-point weights in another order: one person, on a boundary.
        assert found == pytest.approx(expected, abs=1.0), f"{row['dataset']}: {settings}"
        checked += 1
    assert checked > 40


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # dga 2.0.2 on the same prior, all whole numbers to 30 n (shared/ESTIMATION.md, section 8).
        ("Kosovo", (12595, 9827, 16544)),
        ("UKdat_5", (22990, 10387, 33510)),
    ],
)
def test_the_grid_of_its_own_agrees_with_every_whole_number(name, expected):
    answer = Decomposable().fit(
        TABLES[name]["histories"] if "histories" in TABLES[name] else rows_of(name)
    )
    assert (answer.estimate, answer.lower, answer.upper) == pytest.approx(expected, rel=2e-4)


def rows_of(name):
    return [{"pattern": p, "count": c} for p, c in TABLES[name]["counts"].items()]


def test_the_complete_graph_takes_over_and_the_answer_says_so():
    # Times 50, Kosovo's table prefers the graph that says nothing about the unseen.
    many = [row | {"count": 50 * row["count"]} for row in rows_of("Kosovo")]
    answer = Decomposable(saturated=True).fit(many)
    assert answer.details["probability_of_saturated"] > 0.5
    assert answer.verdict is Verdict.LOWER_BOUND_ONLY
    assert "complete graph" in answer.reasons[0]


def test_the_search_reaches_for_the_complete_graph_where_that_is_let_in():
    # HAV (Chao et al. 2001): the complete graph has most of the posterior, and the longest tail.
    rows = rows_of("HAV")
    without, with_it = (Decomposable(saturated=flag).fit(rows).details for flag in (False, True))
    assert with_it["largest_unseen_searched"] > 100 * without["largest_unseen_searched"]
    assert with_it["with_saturated"][2] > 1.3 * without["with_saturated"][2]
    assert with_it["without_saturated"] == pytest.approx(without["without_saturated"], abs=1)
    assert with_it["mass_at_edge"] < 1e-5


def test_more_lists_than_allowed_are_refused_with_a_way_out():
    names = "abcdefgh"
    rows = [{"pattern": name, "count": 20} for name in names]
    rows += [{"pattern": f"{a}+{b}", "count": 5} for a, b in pairwise(names)]
    answer = Decomposable().fit(rows)
    assert answer.verdict is Verdict.NO_ESTIMATE
    assert "stepwise" in answer.reasons[0]


def test_omitting_and_merging_lists_shows_what_the_answer_hangs_on():
    # UK, six lists (Silverman 2014). Totals from a prototype on the same prior, 2026
    # (shared/ESTIMATION.md, section 7), to the whole person up to its coarser grid.
    without = dict(leave_one_list_out(Decomposable(), rows_of("UKdat")))
    merged = dict(merge_two_lists(Decomposable(), rows_of("UKdat")))
    assert (len(without), len(merged)) == (6, 15)
    assert without["GO"].estimate == pytest.approx(9256, rel=1e-3)
    assert without["NCA"].estimate == pytest.approx(23920, rel=1e-3)
    assert merged["NCA/PF"].estimate == pytest.approx(22991, rel=1e-3)
    assert {answer.observed for answer in merged.values()} == {2744}


def test_merging_the_two_lists_of_the_police_gives_the_published_table_of_five():
    six = read_histories(rows_of("UKdat")).merged("PF", "NCA")
    five = read_histories(rows_of("UKdat_5"))
    renamed = {row["pattern"].replace("PF/NCA", "PFNCA"): row["count"]
               for row in six.to_table().to_pylist()}  # fmt: skip
    assert renamed == {row["pattern"]: row["count"] for row in five.to_table().to_pylist()}


def test_a_table_that_only_the_complete_graph_explains_gets_a_lower_bound():
    """A coverage study came upon it: all other graphs fell below the likeliest by exp(-60)."""
    counts = {"a": 300, "b": 300, "c": 300, "a+b": 20, "a+c": 20, "b+c": 20, "a+b+c": 900}
    for times in (1, 50):
        table = {"pattern": list(counts), "count": [times * n for n in counts.values()]}
        answer = Decomposable().fit(table)
        assert answer.verdict is Verdict.LOWER_BOUND_ONLY
        assert answer.details["probability_of_saturated"] > 0.99
        assert answer.details["without_saturated"][1] >= answer.observed


@pytest.mark.parametrize("start", [0.03125, 3.5, 999_999.75, 1_000_000.25, 1e9 + 0.5, 1e12 + 0.5])
@pytest.mark.parametrize("rise", [1, 27, 3000])
def test_the_rise_of_log_gamma_keeps_its_digits_where_both_logs_are_huge(start, rise):
    # gamma(start + rise) / gamma(start) is the product of start, start + 1, ... start + rise - 1.
    exact = math.fsum(math.log(start + step) for step in range(rise))
    found = log_gamma_rise(np.array([start]), np.array(float(rise)))[0]
    assert found == pytest.approx(exact, rel=1e-13, abs=2e-9)


@pytest.mark.parametrize(("name", "times"), [("Kosovo", 1), ("Kosovo", 50), ("Kosovo", 1000),
                                             ("UKdat_5", 50)])  # fmt: skip
def test_narrow_peaks_of_large_tables_are_found_and_no_graph_is_lost(name, times):
    # Every graph, unpruned, on a grid ten times as fine where the posterior is.
    seen = read_histories(rows_of(name))
    table = Table(Histories.from_counts(seen.lists, seen.counts * times), 0.5 ** len(seen.lists))
    found = find_posterior(table)
    tails = np.array([0.025, 0.5, 0.975])
    lower, _, upper = found.quantiles(found.others, np.array([1e-6, 0.5, 1 - 1e-6]))
    fine = np.geomspace(max(lower / 2, 1), min(upper * 2, found.unseen[-1]), 50_000).round()
    everything = np.arange(decomposable_graphs(table.lists).shape[0])
    plain = weigh_graphs(table, np.unique(np.r_[found.unseen, fine]), everything)
    expected = plain.quantiles(plain.others, tails)
    np.testing.assert_allclose(found.quantiles(found.others, tails), expected, rtol=1e-4)
    likely = plain.probabilities[found.graphs]
    assert likely[:-1].sum() >= (1 - 1e-9) * plain.probabilities[:-1].sum()


def exact_posterior(cells, lists, unseen):
    """Log posterior of every graph and number of unseen, by loops over cliques and separators."""
    whole = {h: c for h, c in cells.items() if any(h)}
    observed = sum(whole.values())
    weight = 0.5**lists
    logs = []
    for row in decomposable_graphs(lists).toarray():
        graph = []
        for missed in unseen:
            full = whole | {(0,) * lists: missed}
            total = gammaln(observed + missed + 1) - gammaln(missed + 1)
            total -= math.log(observed + missed)
            for which in np.flatnonzero(row):
                members = [bit for bit in range(lists) if which >> bit & 1]
                counts, merged = margin(full, members, lists)
                total += row[which] * dirichlet(counts, weight * merged)
            graph.append(total)
        logs.append(graph)
    return np.array(logs)


def test_the_fast_sum_over_graphs_agrees_with_a_plain_one_on_every_whole_number():
    counts = (0, 9, 7, 3, 11, 2, 4, 1)
    cells = dict(zip(product((0, 1), repeat=3), counts, strict=True))
    rows = [{"pattern": "+".join(n for n, on in zip("abc", h, strict=True) if on), "count": c}
            for h, c in cells.items() if c]  # fmt: skip
    unseen = np.arange(0.0, 400.0)
    logs = exact_posterior(cells, 3, unseen)
    weights = np.exp(logs - logs.max())
    table = Table(read_histories(rows), 0.125)
    found = weigh_graphs(table, unseen, np.arange(8))
    np.testing.assert_allclose(found.probabilities, weights.sum(axis=1) / weights.sum(), rtol=1e-9)
    shares = weights[:-1].sum(axis=0)
    np.testing.assert_allclose(found.others / found.others.sum(), shares / shares.sum(), rtol=1e-9)
