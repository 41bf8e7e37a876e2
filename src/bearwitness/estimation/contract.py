"""What every estimator must keep to. Run `check_estimator` on your own.

The tables are invented. They hold two lists, three lists, and lists that share nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.tables import ESTIMATES, HISTORIES, check, digest

Counts = Mapping[str, int]

_NEW_NAMES = {"a": "zeta", "b": "mu", "c": "alpha"}
_APART = {"a": 40, "b": 30, "c": 20}
# Where a method asks for lists that hold most of the population between them.
_MUCH_SHARED = {"a": 31, "b": 27, "c": 24, "a+b": 52, "a+c": 47, "b+c": 43, "a+b+c": 90}
TABLES: Mapping[str, Counts] = MappingProxyType(
    {
        "two lists": {"a": 61, "b": 47, "a+b": 23},
        "three lists": {"a": 80, "b": 61, "c": 47, "a+b": 23, "a+c": 19, "b+c": 12, "a+b+c": 7},
    }
)


def check_estimator(estimator: Any) -> None:
    """Raise AssertionError, naming the claim, unless `estimator` keeps every one of CLAIMS."""
    for claim, holds in CLAIMS.items():
        if not holds(estimator):
            raise AssertionError(f"{type(estimator).__name__}: not so: {claim}")


def _as_table(counts: Counts) -> pa.Table:
    return check({"pattern": list(counts), "count": list(counts.values())}, HISTORIES)


def _answers(estimator: Any) -> list[tuple[pa.Table, Estimate]]:
    return [(table, estimator.fit(table)) for table in map(_as_table, TABLES.values())]


def _numbers(answer: Estimate) -> tuple[Any, ...]:
    return answer.verdict, answer.observed, answer.estimate, answer.lower, answer.upper


def _is_frozen(estimator: Any) -> bool:
    if not is_dataclass(estimator):
        return False
    name = fields(estimator)[0].name
    try:
        setattr(estimator, name, getattr(estimator, name))
    except FrozenInstanceError:
        return True
    return False


def _leaves_input(estimator: Any) -> bool:
    for counts in TABLES.values():
        table = _as_table(counts)
        before = digest(table, HISTORIES)
        estimator.fit(table)
        if digest(table, HISTORIES) != before:
            return False
    return True


def _is_deterministic(estimator: Any) -> bool:
    return all(estimator.fit(table) == answer for table, answer in _answers(estimator))


def _answers_some_table(estimator: Any) -> bool:
    """A method whose class says `bound = True` has an answer where it has a bound."""
    for counts in (*TABLES.values(), _MUCH_SHARED):
        answer = estimator.fit(_as_table(counts))
        if _is_bound(estimator) and "bound" in answer.details:
            return answer.verdict is Verdict.LOWER_BOUND_ONLY
        if answer.verdict is Verdict.ESTIMATE:
            return not _is_bound(estimator)
    return False


def _is_bound(estimator: Any) -> bool:
    return bool(getattr(estimator, "bound", False))


def _has_order(estimator: Any) -> bool:
    for _, answer in _answers(estimator):
        bound = answer.details.get("bound")
        told = asdict(answer) if answer.verdict is Verdict.ESTIMATE else bound
        if told and not (
            answer.observed <= told["lower"] <= told["estimate"] <= told["upper"]
            and answer.lower == told["lower"]
        ):
            return False
    return True


def _refuses_in_words(estimator: Any) -> bool:
    for _, answer in _answers(estimator):
        if (answer.verdict is Verdict.ESTIMATE) != (answer.estimate is not None):
            return False
        if answer.estimate is None and not answer.reasons:
            return False
    return True


def _refuses_apart(estimator: Any) -> bool:
    answer = estimator.fit(_as_table(_APART))
    return answer.verdict is Verdict.NO_ESTIMATE and answer.lower is None and bool(answer.reasons)


def _ignores_order(estimator: Any) -> bool:
    for counts in TABLES.values():
        turned = _as_table(dict(reversed(list(counts.items()))))
        if estimator.fit(turned) != estimator.fit(_as_table(counts)):
            return False
    return True


def _ignores_names(estimator: Any) -> bool:
    renamed = _renamed_estimator(estimator)
    for counts in TABLES.values():
        other = {_renamed(pattern): count for pattern, count in counts.items()}
        answers = renamed.fit(_as_table(other)), estimator.fit(_as_table(counts))
        if _numbers(answers[0]) != _numbers(answers[1]):
            return False
    return True


def _ignores_zeros(estimator: Any) -> bool:
    # The pattern a+c is not counted in this table; saying that nobody had it changes nothing.
    counts = {"a": 80, "b": 61, "c": 47, "a+b": 23, "b+c": 12, "a+b+c": 7}
    plain, padded = estimator.fit(_as_table(counts)), estimator.fit(_as_table(counts | {"a+c": 0}))
    return _numbers(plain) == _numbers(padded)


def _goes_to_json(estimator: Any) -> bool:
    for _, answer in _answers(estimator):
        plain = answer.to_dict()
        if json.loads(json.dumps(plain, allow_nan=False)) != plain:
            return False
    return True


def _goes_to_table(estimator: Any) -> bool:
    return all(
        check(answer.to_table(), ESTIMATES).num_rows == 1 for _, answer in _answers(estimator)
    )


def _names_its_input(estimator: Any) -> bool:
    return all(
        answer.input_digest == digest(table, HISTORIES) for table, answer in _answers(estimator)
    )


def _tells_all(estimator: Any) -> bool:
    return all(
        answer.assumption and answer.settings and f"{answer.observed:,}" in answer.summary()
        for _, answer in _answers(estimator)
    )


def _renamed(pattern: str) -> str:
    return "+".join(sorted(_NEW_NAMES[name] for name in pattern.split("+")))


def _renamed_estimator(estimator: Any) -> Any:
    given = getattr(estimator, "interactions", ())
    if not given:
        return estimator
    moved = tuple(tuple(_NEW_NAMES[name] for name in names) for names in given)
    return replace(estimator, interactions=moved)


CLAIMS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "settings are frozen": _is_frozen,
        "fitting leaves the table as it was": _leaves_input,
        "the same settings and table give the same answer": _is_deterministic,
        "there is a table that it gives an estimate for, or its bound": _answers_some_table,
        "observed <= lower <= estimate <= upper": _has_order,
        "a number comes with the verdict estimate; any other verdict with reasons": (
            _refuses_in_words
        ),
        "lists that share nobody are refused, with reasons": _refuses_apart,
        "the order of rows makes no difference": _ignores_order,
        "the names of lists make no difference": _ignores_names,
        "rows that count nobody make no difference": _ignores_zeros,
        "the answer goes to JSON and back unchanged": _goes_to_json,
        "the answer is one row of ESTIMATES": _goes_to_table,
        "the answer carries the digest of its table": _names_its_input,
        "the answer tells its assumption, its settings and who was observed": _tells_all,
    }
)
