"""Release: safe tables, figures, the report, and a package that a stranger can check."""

from bearwitness.release.charts import Chart, Row, draw_forest, draw_lists
from bearwitness.release.content import Part, ReportContent, figures_placed, in_words
from bearwitness.release.crate import Described, describe
from bearwitness.release.csvfile import table_csv, write_csv
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
from bearwitness.release.figures import Figure, declare, recompute
from bearwitness.release.package import add_timestamp, pack, write_package
from bearwitness.release.report import Report, build_report
from bearwitness.release.signature import load_or_create_key
from bearwitness.release.site import Known, build_site
from bearwitness.release.table import Table
from bearwitness.release.told import tell_release
from bearwitness.release.verification import Verified, open_package, verify_package
from bearwitness.release.words import ENGLISH, LANGUAGES, Words

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "Chart",
    "Described",
    "Figure",
    "Known",
    "Part",
    "Report",
    "ReportContent",
    "Row",
    "Rules",
    "SafeHistories",
    "Table",
    "Verified",
    "Words",
    "add_timestamp",
    "attack",
    "build_report",
    "build_site",
    "check_safe",
    "declare",
    "describe",
    "draw_forest",
    "draw_lists",
    "figures_placed",
    "in_words",
    "load_or_create_key",
    "open_package",
    "pack",
    "protect_histories",
    "recompute",
    "round_count",
    "round_estimate",
    "safe_strata",
    "table_csv",
    "tell_release",
    "verify_package",
    "write_csv",
    "write_package",
]
