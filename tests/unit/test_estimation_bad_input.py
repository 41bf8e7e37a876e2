"""Bad input, to every method there is: a clear error, or an answer in words; never a bare crash.

What can be wrong with a table before any method sees it (a negative count, a history of people on
no list, one column) is in test_estimation_histories.py; here it is said once more through `fit`.
"""

from itertools import combinations

import numpy as np
import pytest

from bearwitness.errors import BearwitnessError, CountInvalid, ListConstant, TableMismatch
from bearwitness.estimation import METHODS, Verdict, histories_from_wide, make_estimator

# Enough to tell a crash from an answer, and no more: numbers are tested elsewhere.
FEW = {"replicates": 10, "draws": 1000}
TWO_LISTS_ONLY = ("chapman", "lincoln-petersen")


def estimator(method):
    known = METHODS[method].__dataclass_fields__
    if method == "latent-class":  # forty lists are seconds, not minutes
        return make_estimator(method, draws=250, classes=3)
    default = make_estimator(method)
    few = {name: least for name, least in FEW.items() if name in known}
    few = {name: least for name, least in few.items() if isinstance(getattr(default, name), int)}
    return make_estimator(method, **few)


def table(**counts):
    patterns = [name.replace("_", "+") for name in counts]
    return {"pattern": patterns, "count": list(counts.values())}


def many_lists(number):
    """Each list has people of its own, and shares some with the next and the one after it."""
    names = [f"l{i:02}" for i in range(number)]
    counts = dict.fromkeys(names, 20)
    counts |= {f"{a}_{b}": 5 for a, b in combinations(names, 2) if int(b[1:]) - int(a[1:]) <= 2}
    return table(**counts)


REFUSED = {
    "negative": (table(a=9, b=8, a_b=-1), CountInvalid, "negative"),
    "people on no list": (
        {"pattern": ["a", "b", "a+b", ""], "count": [9, 8, 7, 6]}, CountInvalid, "no list",
    ),
    "fractional": ({"pattern": ["a", "b", "a+b"], "count": [9, 8, 7.5]}, TableMismatch, "count"),
    "names out of order": ({"pattern": ["b+a"], "count": [9]}, TableMismatch, "text order"),
    "61 lists": (many_lists(61), TableMismatch, "60"),
    "two strata": (
        {"pattern": ["a", "b"], "count": [9, 8], "stratum": ["x", "y"]}, TableMismatch, "stratum",
    ),
}  # fmt: skip

SAYS_TOO_LITTLE = {
    "nobody": {"pattern": [], "count": []},
    "counts of zero": table(a=0, b=0, a_b=0),
    "one list": table(a=9),
    "one person": table(a=1),
    "one person on two lists": table(a_b=1),
    "apart": table(a=30, b=20, c=10),
    "one in common": table(a=30, b=20, a_b=1),
}

ODD = {
    "identical lists": table(a_b=40),
    "identical lists, and a third": table(a_b=40, c=30, a_b_c=12),
    "a list inside another": table(a=30, a_b=20),
    "a list inside another, and a third": table(a=30, a_b=20, c=25, a_c=9, a_b_c=6),
    "everybody on every list": table(a_b_c=50),
    "a list with one person": table(a=40, b=30, a_b=12, c=1),
    "very many people": table(a=40_000_000, b=30_000_000, c=20_000_000, a_b=12_000_000,
                              a_c=9_000_000, b_c=6_000_000, a_b_c=3_000_000),
    "forty lists": many_lists(40),
}  # fmt: skip


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("what", sorted(REFUSED))
def test_a_table_that_is_wrong_is_refused_with_a_sentence(method, what):
    wrong, error, word = REFUSED[what]
    with pytest.raises(error, match=word):
        estimator(method).fit(wrong)


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("what", sorted(SAYS_TOO_LITTLE))
def test_a_table_that_says_too_little_gets_no_number(method, what):
    answer = estimator(method).fit(SAYS_TOO_LITTLE[what])
    assert answer.verdict is not Verdict.ESTIMATE
    assert answer.estimate is None and answer.upper is None
    assert answer.reasons and all(reason.strip() for reason in answer.reasons)


@pytest.mark.parametrize("method", sorted(METHODS))
@pytest.mark.parametrize("what", sorted(ODD))
def test_an_odd_table_gets_a_finite_number_or_a_reason(method, what):
    try:
        answer = estimator(method).fit(ODD[what])
    except BearwitnessError as refusal:
        assert str(refusal) and refusal.hint
        return
    if answer.verdict is Verdict.ESTIMATE:
        numbers = (answer.observed, answer.lower, answer.estimate, answer.upper)
        assert np.isfinite(numbers).all()
        assert list(numbers) == sorted(numbers)
    else:
        assert answer.reasons
    assert f"{answer.observed:,}" in answer.summary()


def test_the_names_of_two_list_methods_are_right():
    for method in TWO_LISTS_ONLY:
        answer = estimator(method).fit(table(a=9, b=8, c=7, a_b=6))
        assert answer.verdict is Verdict.NO_ESTIMATE and "two" in " ".join(answer.reasons)


@pytest.mark.parametrize("columns", [{"a": [1, 0, 1]}, {"count": [3, 4]}, {}])
def test_fewer_than_two_columns_are_refused(columns):
    with pytest.raises(TableMismatch, match="two at least"):
        histories_from_wide(columns)


def test_an_empty_list_is_refused_before_any_method_sees_it():
    with pytest.raises(ListConstant):
        histories_from_wide({"a": [1, 0, 1], "b": [0, 1, 1], "c": [0, 0, 0]})
