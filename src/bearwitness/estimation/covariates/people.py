"""A table with one row a person: which lists hold them, and what is known of everybody."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bearwitness.errors import TableMismatch
from bearwitness.estimation.counting import histories_from_wide, read_flags
from bearwitness.estimation.covariates.learners import Labels, Learner, LogitLearner
from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories, read_histories

MOST_CATEGORIES = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Flags (people by lists, 0 or 1), features (people by columns), and the count of patterns.

    People stand in an order that the order of the rows has no part in. `digest` is of lists and
    covariates together.
    """

    lists: tuple[str, ...]
    flags: Labels
    features: Reals
    seen: Histories
    digest: str


def read_people(data: Any, lists: Sequence[str], covariates: Sequence[str]) -> People:
    """Read a dict of columns, a list of row dicts, or anything that speaks Arrow.

    Numbers and truth values are features as they are; text is a category, with one column for
    each value but the first. Raises TableMismatch for a column that is not there, a list that is
    not 0 or 1, or a covariate that is missing for somebody; ListConstant for a list with one value;
    CountInvalid for a person on no list.
    """
    table = _as_table(data)
    _check_columns(table, lists, covariates)
    wide = {name: table.column(name).to_pylist() for name in lists}
    seen = read_histories(histories_from_wide(wide, count=""))
    flags = np.column_stack(
        [read_flags(wide[name], where=f"column {name!r}") for name in lists]
    ).astype(np.int64)
    features = [column for name in covariates for column in _features(table, name)]
    matrix = np.column_stack(features) if features else np.zeros((len(flags), 0))
    order = np.lexsort(np.column_stack([matrix, flags]).T)
    return People(
        lists=tuple(lists),
        flags=flags[order],
        features=matrix[order],
        seen=seen,
        digest=_digest(table, [*lists, *covariates]),
    )


def cross_fit(
    people: People, labels: Labels, *, learner: Learner | None, folds: int, seed: int
) -> Reals:
    """The chance of each class 0, 1, ... for every person, learned from people of other folds.

    Each class is spread evenly over the folds. A class that no other fold holds has chance 0.
    """
    random = np.random.default_rng(seed)
    fold = np.empty(len(labels), dtype=np.int64)
    shuffled = random.permutation(len(labels))
    ordered = shuffled[np.argsort(labels[shuffled], kind="stable")]
    fold[ordered] = np.arange(len(labels)) % folds
    chances = np.zeros((len(labels), int(labels.max()) + 1))
    for part in range(folds):
        inside, outside = fold == part, fold != part
        fresh = copy.deepcopy(learner) if learner is not None else LogitLearner()
        fresh.fit(people.features[outside], labels[outside])
        classes = np.asarray(getattr(fresh, "classes_", np.unique(labels[outside])))
        chances[np.ix_(inside, classes)] = fresh.predict_proba(people.features[inside])
    return chances


def _as_table(data: Any) -> pa.Table:
    try:
        if isinstance(data, Mapping):
            return pa.table(dict(data))
        return pa.Table.from_pylist(data) if isinstance(data, list) else pa.table(data)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise TableMismatch(
            f"this cannot be read as a table of people ({type(data).__name__})",
            hint="Give a dict of columns, a list of row dicts, or a table that speaks Arrow.",
        ) from error


def _check_columns(table: pa.Table, lists: Sequence[str], covariates: Sequence[str]) -> None:
    for name in [*lists, *covariates]:
        if name not in table.column_names:
            raise TableMismatch(
                f"the table of people has no column {name!r}",
                hint=f"It has {', '.join(table.column_names)}.",
            )
    if not table.num_rows:
        raise TableMismatch("the table of people has no rows")


def _features(table: pa.Table, name: str) -> list[Reals]:
    column = table.column(name)
    numeric = any(
        test(column.type)
        for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    )
    values = column.to_pylist()
    missing = [value in (None, "") or str(value) == "nan" for value in values]
    if any(missing):
        raise TableMismatch(
            f"covariate {name!r} is missing for {sum(missing)} of {len(values)} people",
            hint="Leave the covariate out, write `unknown` as a category of its own, or impute.",
        )
    if numeric:
        return [np.array(values, dtype=float)]
    levels = sorted({str(value) for value in values})
    if len(levels) > MOST_CATEGORIES:
        raise TableMismatch(
            f"covariate {name!r} has {len(levels)} categories; {MOST_CATEGORIES} are the most",
            hint="Group them, or give numbers as numbers and not as text.",
        )
    texts = np.array([str(value) for value in values])
    return [(texts == level).astype(float) for level in levels[1:]]


def _digest(table: pa.Table, names: list[str]) -> str:
    columns = [table.column(name).to_pylist() for name in names]
    rows = sorted(json.dumps(row, default=str) for row in zip(*columns, strict=True))
    return hashlib.sha256("\n".join([json.dumps(names), *rows]).encode()).hexdigest()
