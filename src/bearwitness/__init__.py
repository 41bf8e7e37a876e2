"""From testimony to figures that can be defended, without exposing anyone.

    import bearwitness as bw
    histories = bw.read_histories("table.csv")
    estimate = histories.fit("stepwise")
    print(estimate.summary())
    estimate.plot("sensitivity").save("sensitivity.svg")

Importing this loads neither Django nor a database; each name is loaded when it is first used.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "bearwitness.estimation": (
        "METHODS",
        "Aic",
        "Bic",
        "CaptureHistories",
        "Chao",
        "Chapman",
        "Decomposable",
        "DoublyRobust",
        "Estimate",
        "Heterogeneity",
        "Independence",
        "LincolnPetersen",
        "LogLinear",
        "ManyListsRobust",
        "SampleCoverage",
        "SparseBayes",
        "Stepwise",
        "Verdict",
        "assess_model",
        "average_linkages",
        "capture_histories",
        "draws_of",
        "histories_from_wide",
        "leave_one_list_out",
        "make_estimator",
        "merge_two_lists",
        "sensitivity_curve",
    ),
    "bearwitness.pipeline": ("read_histories", "read_study", "run_study"),
    "bearwitness.release": ("verify_package",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605 - made from the table above, so that it cannot differ


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'bearwitness' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
