"""How many people did no list reach? Capture histories in; an estimate, or a refusal, out.

An estimator is a frozen settings object. `fit` takes HISTORIES of one stratum and gives a new
`Estimate`. No database and no Django; numpy and scipy only.
"""

from __future__ import annotations

import bearwitness.estimation.drawing  # noqa: F401 - it tells Estimate how to be drawn
from bearwitness.estimation.bounds.chao import Chao
from bearwitness.estimation.bounds.coverage import SampleCoverage
from bearwitness.estimation.checks.assumption import SensitivityCurve, sensitivity_curve
from bearwitness.estimation.checks.calibration import Calibration, calibrate
from bearwitness.estimation.checks.compare import Comparison, compare
from bearwitness.estimation.checks.consistency import Consistency, internal_consistency
from bearwitness.estimation.checks.influence import (
    Influence,
    influence,
    leave_one_list_out,
    merge_two_lists,
)
from bearwitness.estimation.checks.order import OrderTest, order_in_time
from bearwitness.estimation.checks.overlap import Overlap, look_at_lists
from bearwitness.estimation.checks.populations import POPULATIONS, Population
from bearwitness.estimation.checks.repeats import ListRepeats, repeats_within_lists
from bearwitness.estimation.closed.behaviour import Behaviour
from bearwitness.estimation.closed.heterogeneity import Heterogeneity
from bearwitness.estimation.counting import capture_histories, histories_from_wide
from bearwitness.estimation.covariates.answer import RobustAnswer, answer_people
from bearwitness.estimation.covariates.doubly_robust import DoublyRobust
from bearwitness.estimation.covariates.many_lists import ManyListsRobust
from bearwitness.estimation.decomposable.averaging import Decomposable
from bearwitness.estimation.draws import draws_of
from bearwitness.estimation.estimate import Estimate, Estimator, Verdict
from bearwitness.estimation.histories import (
    CROSS,
    Histories,
    all_strata,
    read_histories,
    split_strata,
    without_draws,
)
from bearwitness.estimation.latent.classes import LatentClass
from bearwitness.estimation.loglinear.existence import ModelVerdict, assess_model
from bearwitness.estimation.loglinear.models import Aic, Bic, Independence, LogLinear, Stepwise
from bearwitness.estimation.notebook import CaptureHistories, gather_histories
from bearwitness.estimation.pictures.picture import Picture
from bearwitness.estimation.pooling.answer import StrataAnswer
from bearwitness.estimation.pooling.linkages import average_linkages, split_draws
from bearwitness.estimation.pooling.strata import fit_strata
from bearwitness.estimation.registry import METHODS, PEOPLE_METHODS, make_estimator
from bearwitness.estimation.sparse.averaging import SparseBayes
from bearwitness.estimation.two_lists import Chapman, LincolnPetersen

__all__ = [
    "CROSS",
    "METHODS",
    "PEOPLE_METHODS",
    "POPULATIONS",
    "Aic",
    "Behaviour",
    "Bic",
    "Calibration",
    "CaptureHistories",
    "Chao",
    "Chapman",
    "Comparison",
    "Consistency",
    "Decomposable",
    "DoublyRobust",
    "Estimate",
    "Estimator",
    "Heterogeneity",
    "Histories",
    "Independence",
    "Influence",
    "LatentClass",
    "LincolnPetersen",
    "ListRepeats",
    "LogLinear",
    "ManyListsRobust",
    "ModelVerdict",
    "OrderTest",
    "Overlap",
    "Picture",
    "Population",
    "RobustAnswer",
    "SampleCoverage",
    "SensitivityCurve",
    "SparseBayes",
    "Stepwise",
    "StrataAnswer",
    "Verdict",
    "all_strata",
    "answer_people",
    "assess_model",
    "average_linkages",
    "calibrate",
    "capture_histories",
    "compare",
    "draws_of",
    "fit_strata",
    "gather_histories",
    "histories_from_wide",
    "influence",
    "internal_consistency",
    "leave_one_list_out",
    "look_at_lists",
    "make_estimator",
    "merge_two_lists",
    "order_in_time",
    "read_histories",
    "repeats_within_lists",
    "sensitivity_curve",
    "split_draws",
    "split_strata",
    "without_draws",
]
