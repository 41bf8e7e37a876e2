"""Synthetic rows: what the budget promises, what the attacks find, what the ledger refuses.

OpenDP draws from the system's secure source and takes no seed. Where a test rests on draws, a
right mechanism fails it in fewer than one of a million runs.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from bearwitness.errors import BudgetSpent, DisclosureUnsafe, InputError
from bearwitness.release.synthetic import (
    NOT_STATED,
    OTHER,
    Asked,
    Part,
    Plan,
    Spending,
    coarsen,
    make_synthetic,
    read_plans,
    run_attacks,
    spend,
    spent,
    statement_of,
)
from bearwitness.release.synthetic.attacks import Tried, weigh, wilson
from bearwitness.release.synthetic.budget import read_spendings
from bearwitness.release.synthetic.columns import band_labels, band_of
from bearwitness.release.synthetic.noise import (
    Purse,
    add_noise,
    choose_largest,
    least_seen,
    noise_scale,
    rho_within,
)
from bearwitness.release.synthetic.tree import draw_rows, measure_tree

RUNS = 8_000
SURE = sqrt(log(2e6 * 40) / (2 * RUNS))  # Hoeffding (1963), over 40 events, one in a million


def people(number: int, seed: int = 1, columns: int = 6) -> np.ndarray:
    """Invented people of four kinds, so that columns go together."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 4, number)
    return np.array([
        (kind * j + rng.integers(0, 2 + j % 3, number)) % 5 for j in range(1, columns + 1)
    ]).T  # fmt: skip


def parts_of(codes: np.ndarray) -> list[Part]:
    values = tuple("abcde")
    return [
        Part(plan=Plan(name=f"c{j}"), name=f"c{j}", values=values,
             cells=tuple(values[c] for c in codes[:, j]))
        for j in range(codes.shape[1])
    ]  # fmt: skip


def made_of(parts: list[Part], **asked: float):
    return make_synthetic(
        parts, Asked(**{"epsilon": 4.0, **asked}), tell=lambda _: None, pay=lambda: None
    )


# What the budget promises


def worst_loss(with_one: np.ndarray, without: np.ndarray, epsilon: float, delta: float) -> float:
    """By how much the likeliest of 40 events breaks P <= e^epsilon P' + delta, either way."""
    ends = np.quantile(np.concatenate([with_one, without]), np.linspace(0.02, 0.98, 20))
    chances = [((with_one >= e).mean(), (without >= e).mean()) for e in ends]
    chances += [(1 - p, 1 - q) for p, q in chances]
    broken = [p - SURE - (exp(epsilon) * (q + SURE) + delta) for p, q in chances]
    broken += [q - SURE - (exp(epsilon) * (p + SURE) + delta) for p, q in chances]
    return max(broken)


def noisy(count: int, rho: float) -> np.ndarray:
    return np.array([
        add_noise([count], purse=Purse(rho=1e9), rho=rho, what="a count")[0] for _ in range(RUNS)
    ])  # fmt: skip


def test_a_person_more_changes_no_outcome_beyond_the_budget():
    epsilon, delta = 0.5, 1e-3
    rho = rho_within(epsilon, delta)
    assert worst_loss(noisy(8, rho), noisy(7, rho), epsilon, delta) <= 0


def test_the_same_test_finds_a_mechanism_with_too_little_noise():
    epsilon, delta = 0.5, 1e-3
    rho = 100 * rho_within(epsilon, delta)
    assert worst_loss(noisy(8, rho), noisy(7, rho), epsilon, delta) > 0


def test_the_choice_of_columns_keeps_its_budget():
    epsilon, delta = 0.5, 1e-3
    rho = rho_within(epsilon, delta)

    def chosen(scores: list[float]) -> np.ndarray:
        picks = (
            choose_largest(scores, purse=Purse(rho=1e9), rho=rho, what="a choice")
            for _ in range(RUNS)
        )
        return np.fromiter(picks, float)

    assert worst_loss(chosen([10.0, 9.0, 9.0]), chosen([9.0, 10.0, 10.0]), epsilon, delta) <= 0


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 10), st.sampled_from([1e-3, 1e-6, 1e-9]))
def test_rho_is_at_least_what_the_published_bound_allows(epsilon: float, delta: float):
    """Bun & Steinke (2016), proposition 1.3: rho gives epsilon = rho + 2 sqrt(rho ln(1/delta))."""
    published = (sqrt(log(1 / delta) + epsilon) - sqrt(log(1 / delta))) ** 2
    rho = rho_within(epsilon, delta)
    assert published * 0.999 <= rho <= epsilon


def test_the_noise_is_as_wide_as_it_is_said_to_be():
    rho = 0.02
    drawn = noisy(0, rho)
    assert drawn.std() == pytest.approx(noise_scale(rho), rel=0.05)  # ten standard errors
    assert set(drawn) <= set(range(-100, 101))  # whole numbers


def test_everything_is_paid_from_one_purse_and_the_purse_is_emptied_once():
    made = made_of(parts_of(people(400)), epsilon=2.0, delta=1e-5)
    rho = made.guarantee["rho_of_zero_concentrated_differential_privacy"]
    assert rho == pytest.approx(rho_within(2.0, 1e-5), rel=1e-6)
    assert sum(made.guarantee["paid_for"].values()) == pytest.approx(rho)
    assert set(made.guarantee["paid_for"]) == {
        "every column by itself", "which columns go together", "two columns together",
    }  # fmt: skip


def test_a_purse_gives_no_more_than_it_holds():
    purse = Purse(rho=0.1)
    add_noise([1], purse=purse, rho=0.1, what="a count")
    with pytest.raises(BudgetSpent):
        add_noise([1], purse=purse, rho=0.1, what="another")


def test_a_value_that_one_person_has_is_never_shown():
    rng = np.random.default_rng(3)
    cells = [*rng.choice(["often", "also often"], 299), "rare"]
    part = Part(plan=Plan(name="c"), name="c", values=(), cells=tuple(cells))
    for _ in range(20):
        made = made_of([part, *parts_of(people(300, columns=2))], epsilon=8.0)
        assert made.guarantee["columns"]["c"] == ["also often", "often", OTHER, NOT_STATED]
        assert "rare" not in {row[0] for row in made.rows}


def test_the_count_from_which_a_value_is_shown_rises_with_less_budget():
    assert least_seen(0.01, 1e-6, 3) > least_seen(0.1, 1e-6, 3) > least_seen(0.1, 1e-3, 3) > 1


# What is measured comes back


def test_without_noise_the_tree_gives_back_counts_and_its_pairs():
    codes = people(2_000)
    tree = measure_tree(codes, [5] * 6, purse=Purse(rho=1e8), rho=1e8)
    rows = draw_rows(tree, 2_000, np.random.default_rng(1))
    for j in range(6):
        assert np.abs(np.bincount(rows[:, j], minlength=5)
                      - np.bincount(codes[:, j], minlength=5)).max() <= 5  # fmt: skip
    for a, b in tree.pairs:
        crossed = [np.bincount(t[:, a] * 5 + t[:, b], minlength=25) for t in (rows, codes)]
        assert np.abs(crossed[0] - crossed[1]).max() <= 6


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(2, 6), min_size=1, max_size=5), st.integers(0, 300), st.integers())
def test_rows_hold_only_declared_values_and_are_as_many_as_asked(sizes, number, seed):
    rng = np.random.default_rng(abs(seed))
    codes = np.array([rng.integers(0, size, 50) for size in sizes]).T
    tree = measure_tree(codes, sizes, purse=Purse(rho=0.1), rho=0.1)
    rows = draw_rows(tree, number, rng)
    assert rows.shape == (number, len(sizes))
    assert all((rows[:, j] < size).all() and (rows[:, j] >= 0).all()
               for j, size in enumerate(sizes))  # fmt: skip
    assert len(tree.pairs) == len(sizes) - 1


# Coarsening

bands = st.lists(st.integers(0, 120), min_size=1, max_size=6, unique=True).map(sorted)


@given(st.integers(-5, 200), bands)
def test_a_number_is_in_the_band_that_holds_it_and_in_no_other(number, lows):
    label = band_of(str(number), lows)
    assert label in band_labels(lows)
    if label.startswith("under"):
        assert number < lows[0]
    elif label.endswith("and over"):
        assert number >= lows[-1]
    else:
        low, high = map(int, label.split("-"))
        assert low <= number <= high


@given(st.text(max_size=8), bands)
def test_what_is_no_number_is_not_stated(text, lows):
    assert band_of(text, lows) in (*band_labels(lows), NOT_STATED)


@given(st.lists(st.sampled_from(["a", "b", "z", ""]), min_size=1, max_size=30))
def test_a_declared_column_holds_declared_values_whatever_the_rows_say(cells):
    plan = Plan(name="c", values=("a", "b"))
    (part,) = coarsen([{"c": cell} for cell in cells], [plan], lambda text, _: text)
    assert part.values == ("a", "b", OTHER, NOT_STATED)
    assert set(part.cells) <= set(part.values)


def test_several_values_become_a_yes_or_no_each():
    rows = [{"c": "a; b"}, {"c": "b"}, {"c": ""}]
    plan = Plan(name="c", kind="several", values=("a", "b"))
    found = coarsen(rows, [plan], lambda text, _: text)
    assert [(p.name, p.cells) for p in found] == [
        ("c=a", ("yes", "no", "no")), ("c=b", ("yes", "yes", "no")),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["id", "Full name", "case_number", "이름", "notes"])
def test_columns_that_name_people_are_left_out_unasked(name):
    (plan,) = read_plans({}, [name], standard={}, where="")
    assert plan.role == "left-out"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"role": "secret"}, "role 'secret' is none"),
        ({"kind": "number"}, "needs bands"),
        ({"kind": "several"}, "needs them named"),
        ({"bands": [30, 20], "kind": "number"}, "should rise"),
        ({"colour": "red"}, "unknown key 'colour'"),
    ],
)
def test_a_plan_that_cannot_be_followed_says_why(told, said):
    with pytest.raises(InputError, match=said):
        read_plans({"columns": {"c": told}}, ["c"], standard={}, where="plan.toml")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([str(n) + "x" for n in range(300)], "as many values as rows"),
        ([str(n % 40) for n in range(300)], "too many for a category"),
        (["a" * 61, "b"] * 10, "holds words"),
    ],
)
def test_a_column_that_tells_persons_apart_is_refused(cells, said):
    with pytest.raises(DisclosureUnsafe, match=said):
        coarsen([{"c": cell} for cell in cells], [Plan(name="c")], lambda text, _: text)


def test_too_few_people_no_column_and_a_budget_that_promises_nothing_are_refused():
    with pytest.raises(InputError, match="too few"):
        made_of(parts_of(people(199)))
    with pytest.raises(InputError, match="no column is left"):
        coarsen([{"id": "1"}], [Plan(name="id", role="left-out")], lambda text, _: text)
    for epsilon in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(InputError, match="above 0"):
            made_of(parts_of(people(300)), epsilon=epsilon)
    with pytest.raises(InputError, match="delta"):
        made_of(parts_of(people(300)), delta=0.5)


# The attacks


def test_rows_that_copy_people_raise_the_alarm_in_every_kind_of_attack():
    used, out = people(1_200, seed=1, columns=9), people(400, seed=2, columns=9)
    found = run_attacks(used, out, used, names=list("abcdefghi"), rng=np.random.default_rng(1))
    raised = {a.name for a in found if a.alarm}
    assert {"singling out", "copy", "linkability"} <= raised
    assert sum(name.startswith("inference") for name in raised) >= 3


def test_rows_of_other_people_raise_none():
    used, out, others = (people(n, seed=n, columns=9) for n in (1_200, 400, 1_201))
    found = run_attacks(used, out, others, names=list("abcdefghi"), rng=np.random.default_rng(1))
    assert [a.name for a in found if a.alarm] == []


def test_one_copied_row_in_five_is_found():
    used, out, others = (people(n, seed=n, columns=9) for n in (1_200, 400, 1_201))
    leaky = np.concatenate([used[:240], others[:960]])
    found = run_attacks(used, out, leaky, names=list("abcdefghi"), rng=np.random.default_rng(1))
    assert next(a for a in found if a.name == "copy").alarm


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_wilsons(drawn):
    hits, tries = drawn
    middle, half = wilson(hits, tries, NormalDist().inv_cdf(0.975))
    told = binomtest(hits, tries).proportion_ci(0.95, method="wilson")
    assert (middle - half, middle + half) == pytest.approx((told.low, told.high), abs=1e-9)


def test_risk_is_the_difference_as_a_share_of_what_was_left_to_learn():
    """Giomi et al. (2023), equation 1: (0.9 - 0.5) / (1 - 0.5) = 0.8, but for the correction."""
    found = weigh(Tried(name="a", about="b", hits=(9_000, 5_000), tries=10_000))
    assert found.risk == pytest.approx(0.8, abs=1e-3)
    assert found.lower < 0.8 < found.upper and found.alarm


def test_too_few_held_out_is_said():
    with pytest.raises(InputError, match="held out"):
        run_attacks(people(300), people(20), people(300), names=list("abcdef"),
                    rng=np.random.default_rng(1))  # fmt: skip


# The ledger


def spending(epsilon: float = 2.0, limit: float = 5.0, dataset: str = "harbour") -> Spending:
    return Spending(dataset=dataset, epsilon=epsilon, delta=1e-6, limit=limit,
                    recipient="Partner (fictional)", on="2026-11-25")  # fmt: skip


def test_budgets_add_up_by_dataset_until_the_limit(tmp_path):
    ledger = tmp_path / "ledger.jsonl"
    assert spend(ledger, spending()) == (2.0, 1e-6)
    assert spend(ledger, spending())[0] == 4.0
    assert spend(ledger, spending(dataset="plum"))[0] == 2.0
    with pytest.raises(BudgetSpent, match="4 of 5 was spent"):
        spend(ledger, spending())
    assert spent(read_spendings(ledger), "harbour") == (4.0, 2e-6)


def test_a_limit_may_fall_and_never_rise(tmp_path):
    ledger = tmp_path / "ledger.jsonl"
    spend(ledger, spending(1.0, limit=5.0))
    with pytest.raises(BudgetSpent, match="was set to 5"):
        spend(ledger, spending(1.0, limit=50.0))
    spend(ledger, spending(1.0, limit=3.0))
    with pytest.raises(BudgetSpent):
        spend(ledger, spending(1.0, limit=5.0))


def test_two_at_once_do_not_spend_what_is_there_for_one(tmp_path):
    ledger = tmp_path / "ledger.jsonl"

    def one(_: int) -> bool:
        try:
            spend(ledger, spending(2.0, limit=5.0))
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 2
    assert len(read_spendings(ledger)) == 2


def test_a_ledger_that_cannot_be_read_stops_everything(tmp_path):
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text('{"dataset": "harbour"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        spend(ledger, spending())


# What goes with the rows


def test_the_statement_says_what_is_promised_and_what_not():
    made = made_of(parts_of(people(400)))
    text = statement_of(made.guarantee)
    assert text.startswith("# Synthetic cases: no row is a person")
    assert "epsilon 4" in text and "must not be concluded" in text
    assert json.loads(json.dumps(made.guarantee))["statement"] == "No row is a person."


def test_the_same_people_give_other_rows_each_time():
    parts = parts_of(people(400))
    assert made_of(parts).rows != made_of(parts).rows


def test_counts_of_many_are_near_and_utility_says_how_near():
    made = made_of(parts_of(people(4_000)), epsilon=4.0)
    assert made.utility.mean_distance(1) < 0.03
    large = [e for e in made.utility.errors if e.ways == 1 and e.size == "200 and more"]
    assert large[0].share < 0.1
    assert sum(c.real for c in made.utility.cells if c.columns == "c0") == 4_000
