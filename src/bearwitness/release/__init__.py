"""Release: safe tables, figures, the report, and a package that a stranger can check."""

from bearwitness.release.charts import Row, draw_forest, draw_lists
from bearwitness.release.content import ReportContent, Table
from bearwitness.release.csvfile import write_csv
from bearwitness.release.disclosure import (
    Rules,
    SafeHistories,
    attack,
    check_safe,
    protect_histories,
    round_count,
    round_estimate,
    safe_strata,
)
from bearwitness.release.figures import Figure, declare
from bearwitness.release.package import Verified, verify_package, write_package
from bearwitness.release.report import Report, build_report
from bearwitness.release.signature import load_or_create_key

__all__ = [
    "Figure",
    "Report",
    "ReportContent",
    "Row",
    "Rules",
    "SafeHistories",
    "Table",
    "Verified",
    "attack",
    "build_report",
    "check_safe",
    "declare",
    "draw_forest",
    "draw_lists",
    "load_or_create_key",
    "protect_histories",
    "round_count",
    "round_estimate",
    "safe_strata",
    "verify_package",
    "write_csv",
    "write_package",
]
