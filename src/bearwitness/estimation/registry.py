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
from bearwitness.estimation.covariates.doubly_robust import DoublyRobust
from bearwitness.estimation.covariates.many_lists import ManyListsRobust
from bearwitness.estimation.decomposable.averaging import Decomposable
from bearwitness.estimation.estimate import like
from bearwitness.estimation.latent.classes import LatentClass
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
        "latent-class": LatentClass,
    }
)


# These take a table with one row a person, lists and covariates, not HISTORIES.
PEOPLE_METHODS: Mapping[str, type[Any]] = MappingProxyType(
    {"doubly-robust": DoublyRobust, "many-lists-robust": ManyListsRobust}
)


def make_estimator(
    name: str, *, level: float = 0.95, replicates: int = 1000, seed: int = 1, **settings: Any
) -> Any:
    """The estimator called `name`, one of METHODS or PEOPLE_METHODS.

    Methods without a bootstrap have no use for `replicates` and `seed`. Raises StudyInvalid for
    an unknown method or setting, or one of PEOPLE_METHODS without `lists` and `covariates`.
    """
    methods = {**METHODS, **PEOPLE_METHODS}
    if name in PEOPLE_METHODS and not {"lists", "covariates"} <= set(settings):
        raise StudyInvalid(
            f"{name} needs one row a person, with lists and covariates; a table of overlaps has "
            "neither",
            hint=f"bearwitness estimate people.csv --method {name} --covariates age,sex",
        )
    if name not in methods:
        raise StudyInvalid(
            f"there is no method {name!r}",
            hint=f"{like(name, METHODS)}Methods: {', '.join(sorted(methods))}.",
        )
    known = [field.name for field in fields(methods[name])]
    for setting in settings:
        if setting not in known:
            raise StudyInvalid(
                f"{name} has no setting {setting!r}",
                hint=f"{like(setting, known)}Its settings: {', '.join(known)}.",
            )
    common = {"level": level, "replicates": replicates, "seed": seed}
    usable = {key: value for key, value in common.items() if key in known}
    try:
        return methods[name](**usable, **settings)
    except TypeError as error:
        raise StudyInvalid(
            f"a setting of {name} has a value of the wrong kind: "
            + ", ".join(f"{key}={value!r}" for key, value in settings.items()),
            hint="Numbers are numbers, not text; the reference page of the library lists each "
            "method's settings.",
        ) from error
