"""How many people did no list reach? Capture histories in; an estimate, or a refusal, out.

An estimator is a frozen settings object. `fit` takes HISTORIES of one stratum and gives a new
`Estimate`. No database and no Django; numpy and scipy only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.assumption import SensitivityCurve, sensitivity_curve
from bearwitness.estimation.decomposable import Decomposable
from bearwitness.estimation.doubly_robust import DoublyRobust
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.existence import ModelVerdict, assess_model
from bearwitness.estimation.histories import (
    Histories,
    capture_histories,
    histories_from_wide,
    read_histories,
    split_strata,
    without_draws,
)
from bearwitness.estimation.linkages import average_linkages, split_draws
from bearwitness.estimation.loglinear import Aic, Bic, Independence, LogLinear, Stepwise
from bearwitness.estimation.many_lists_robust import ManyListsRobust
from bearwitness.estimation.sensitivity import Estimator, leave_one_list_out, merge_two_lists
from bearwitness.estimation.sparse_bayes import SparseBayes
from bearwitness.estimation.two_lists import Chapman, LincolnPetersen

METHODS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "lincoln-petersen": LincolnPetersen,
        "chapman": Chapman,
        "independence": Independence,
        "loglinear": LogLinear,
        "aic": Aic,
        "bic": Bic,
        "stepwise": Stepwise,
        "decomposable": Decomposable,
        "sparse-bayes": SparseBayes,
    }
)

__all__ = [
    "METHODS",
    "Aic",
    "Bic",
    "Chapman",
    "Decomposable",
    "DoublyRobust",
    "Estimate",
    "Estimator",
    "Histories",
    "Independence",
    "LincolnPetersen",
    "LogLinear",
    "ManyListsRobust",
    "ModelVerdict",
    "SensitivityCurve",
    "SparseBayes",
    "Stepwise",
    "Verdict",
    "assess_model",
    "average_linkages",
    "capture_histories",
    "histories_from_wide",
    "leave_one_list_out",
    "make_estimator",
    "merge_two_lists",
    "read_histories",
    "sensitivity_curve",
    "split_draws",
    "split_strata",
    "without_draws",
]


def make_estimator(
    name: str, *, level: float = 0.95, replicates: int = 1000, seed: int = 1, **settings: Any
) -> Any:
    """The estimator called `name`, one of METHODS.

    Methods without a bootstrap have no use for `replicates` and `seed`. Raises StudyInvalid for
    an unknown method or setting.
    """
    if name not in METHODS:
        raise StudyInvalid(
            f"there is no method {name!r}", hint=f"Methods: {', '.join(sorted(METHODS))}."
        )
    known = [field.name for field in fields(METHODS[name])]
    for setting in settings:
        if setting not in known:
            raise StudyInvalid(
                f"{name} has no setting {setting!r}", hint=f"Its settings: {', '.join(known)}."
            )
    common = {"level": level, "replicates": replicates, "seed": seed}
    usable = {key: value for key, value in common.items() if key in known}
    return METHODS[name](**usable, **settings)
