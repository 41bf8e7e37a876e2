"""The methods by name: what study.toml and the command line may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.bounds.chao import Chao
from bearwitness.estimation.bounds.coverage import SampleCoverage
from bearwitness.estimation.closed.heterogeneity import Heterogeneity
from bearwitness.estimation.decomposable.averaging import Decomposable
from bearwitness.estimation.estimate import like
from bearwitness.estimation.loglinear.models import Aic, Bic, Independence, LogLinear, Stepwise
from bearwitness.estimation.sparse.averaging import SparseBayes
from bearwitness.estimation.two_lists import Chapman, LincolnPetersen

METHODS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "lincoln-petersen": LincolnPetersen,
        "chapman": Chapman,
        "chao": Chao,
        "sample-coverage": SampleCoverage,
        "heterogeneity": Heterogeneity,
        "independence": Independence,
        "loglinear": LogLinear,
        "aic": Aic,
        "bic": Bic,
        "stepwise": Stepwise,
        "decomposable": Decomposable,
        "sparse-bayes": SparseBayes,
    }
)


def make_estimator(
    name: str, *, level: float = 0.95, replicates: int = 1000, seed: int = 1, **settings: Any
) -> Any:
    """The estimator called `name`, one of METHODS.

    Methods without a bootstrap have no use for `replicates` and `seed`. Raises StudyInvalid for
    an unknown method or setting.
    """
    if name not in METHODS:
        raise StudyInvalid(
            f"there is no method {name!r}",
            hint=f"{like(name, METHODS)}Methods: {', '.join(sorted(METHODS))}.",
        )
    known = [field.name for field in fields(METHODS[name])]
    for setting in settings:
        if setting not in known:
            raise StudyInvalid(
                f"{name} has no setting {setting!r}",
                hint=f"{like(setting, known)}Its settings: {', '.join(known)}.",
            )
    common = {"level": level, "replicates": replicates, "seed": seed}
    usable = {key: value for key, value in common.items() if key in known}
    return METHODS[name](**usable, **settings)
