"""No table leads to a person: cross, rules, suppress or round or perturb, attack, ledger."""

from bearwitness.release.disclosure.attack import Bounds, System, find_bounds, find_exposed
from bearwitness.release.disclosure.cross import Crossed, cross
from bearwitness.release.disclosure.hierarchy import Hierarchy, flat_hierarchy, make_hierarchy
from bearwitness.release.disclosure.histories import (
    Rules,
    SafeHistories,
    attack,
    check_safe,
    protect_histories,
    safe_strata,
)
from bearwitness.release.disclosure.knowledge import Exposure, Secret, find_betrayed, know_of
from bearwitness.release.disclosure.ledger import append_to_ledger, ledger_head, read_ledger
from bearwitness.release.disclosure.linked import Cells, link_levels, link_tables
from bearwitness.release.disclosure.printed import (
    Entry,
    PrintedSum,
    PrintedTable,
    print_table,
    show_key,
)
from bearwitness.release.disclosure.problem import Problem, make_problem
from bearwitness.release.disclosure.rounding import round_count, round_estimate
from bearwitness.release.disclosure.rules import DEFAULT_RULES, CellRule, Levels
from bearwitness.release.disclosure.suppress import Suppression, suppress

__all__ = [
    "DEFAULT_RULES",
    "Bounds",
    "CellRule",
    "Cells",
    "Crossed",
    "Entry",
    "Exposure",
    "Hierarchy",
    "Levels",
    "PrintedSum",
    "PrintedTable",
    "Problem",
    "Rules",
    "SafeHistories",
    "Secret",
    "Suppression",
    "System",
    "append_to_ledger",
    "attack",
    "check_safe",
    "cross",
    "find_betrayed",
    "find_bounds",
    "find_exposed",
    "flat_hierarchy",
    "know_of",
    "ledger_head",
    "link_levels",
    "link_tables",
    "make_hierarchy",
    "make_problem",
    "print_table",
    "protect_histories",
    "read_ledger",
    "round_count",
    "round_estimate",
    "safe_strata",
    "show_key",
    "suppress",
]
