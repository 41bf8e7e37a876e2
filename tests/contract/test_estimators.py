"""Every method in the registry keeps the whole contract; and the contract can be broken."""

from dataclasses import dataclass, replace

import pytest

from bearwitness.estimation import METHODS, Independence, LogLinear, make_estimator
from bearwitness.estimation.contract import CLAIMS, check_estimator

FITTED = [make_estimator(name, replicates=200, seed=7) for name in sorted(METHODS)]
FITTED.append(make_estimator("loglinear"))


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("estimator", FITTED, ids=lambda e: type(e).__name__)
def test_every_method_keeps_the_contract(estimator, claim):
    assert CLAIMS[claim](estimator)


def test_a_model_with_interactions_keeps_it_too():
    # Two lists have no interaction of their own to give, so this one is held to three-list claims.
    model = LogLinear(interactions=(("a", "b"),))
    assert CLAIMS["the names of lists make no difference"](model)


@dataclass(frozen=True, kw_only=True)
class HalfAgain(Independence):
    """A wrong estimator: it forgets that the interval must hold the estimate."""

    def fit(self, histories):
        answer = super().fit(histories)
        return answer if answer.estimate is None else replace(answer, estimate=answer.upper * 2)


@dataclass(kw_only=True)
class Thawed:
    """A wrong estimator: its settings can change after it has answered."""

    level: float = 0.95

    def fit(self, histories):
        return Independence(level=self.level).fit(histories)


@dataclass(frozen=True, kw_only=True)
class ByName(Independence):
    """A wrong estimator: it treats a list better for its name."""

    def fit(self, histories):
        answer = super().fit(histories)
        if answer.estimate is None or "alpha" not in answer.lists:
            return answer
        return replace(answer, lower=float(answer.observed))


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [(HalfAgain(), "estimate <= upper"), (Thawed(), "frozen"), (ByName(), "names of lists")],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_wrong_estimator_is_found_out(wrong, claim):
    with pytest.raises(AssertionError, match=claim):
        check_estimator(wrong)
