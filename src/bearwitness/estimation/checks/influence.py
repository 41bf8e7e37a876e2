"""What the answer hangs on: the same method without each list in turn."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from bearwitness.estimation.estimate import Estimate, Estimator
from bearwitness.estimation.histories import read_histories


def leave_one_list_out(estimator: Estimator, histories: Any) -> list[tuple[str, Estimate]]:
    """The answer without each list, in text order of the lists.

    People whom only that list saw become unobserved, so all answers are about one population: a
    large change says that the answer hangs on that list. Interactions of a given model go with
    their list.
    """
    seen = read_histories(histories)
    answers = []
    for name in sorted(seen.lists):
        shrink = getattr(estimator, "without", None)
        smaller = shrink(name) if shrink else estimator
        answers.append((name, smaller.fit(seen.without(name).to_table())))
    return answers


def merge_two_lists(estimator: Estimator, histories: Any) -> list[tuple[str, Estimate]]:
    """The answer with each two lists taken as one, named `first/second`, in text order.

    Nobody is lost, so a large change says that the answer hangs on how these two overlap.
    Interactions of a given model go with both lists.
    """
    seen = read_histories(histories)
    answers = []
    for first, second in combinations(sorted(seen.lists), 2):
        smaller = estimator
        for name in (first, second):
            shrink = getattr(smaller, "without", None)
            smaller = shrink(name) if shrink else smaller
        answer = smaller.fit(seen.merged(first, second).to_table())
        answers.append((f"{first}/{second}", answer))
    return answers
