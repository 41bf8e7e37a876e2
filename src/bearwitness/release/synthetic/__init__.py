"""Synthetic cases with a stated privacy budget: rows that are nobody, to share with partners."""

from bearwitness.release.synthetic.attacks import Attack, run_attacks
from bearwitness.release.synthetic.budget import (
    USUAL_LIMIT,
    Spending,
    check_budget,
    limit_of,
    read_spendings,
    spend,
    spent,
)
from bearwitness.release.synthetic.columns import NOT_STATED, OTHER, Part, Plan, coarsen, read_plans
from bearwitness.release.synthetic.making import Asked, Synthetic, make_synthetic
from bearwitness.release.synthetic.noise import check_extra
from bearwitness.release.synthetic.report import (
    attacks_csv,
    internal_page,
    statement_of,
    summary_of,
    utility_csv,
)

__all__ = [
    "NOT_STATED",
    "OTHER",
    "USUAL_LIMIT",
    "Asked",
    "Attack",
    "Part",
    "Plan",
    "Spending",
    "Synthetic",
    "attacks_csv",
    "check_budget",
    "check_extra",
    "coarsen",
    "internal_page",
    "limit_of",
    "make_synthetic",
    "read_plans",
    "read_spendings",
    "run_attacks",
    "spend",
    "spent",
    "statement_of",
    "summary_of",
    "utility_csv",
]
