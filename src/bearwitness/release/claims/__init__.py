"""Published claims: who said what of whom, whom they repeat, and where they cannot all hold."""

from bearwitness.release.claims.contradictions import (
    NO_SOURCE,
    Contradiction,
    find_contradictions,
)
from bearwitness.release.claims.lineage import draw_lineage, draw_lineages
from bearwitness.release.claims.register import (
    COLUMNS,
    NEEDED,
    Claim,
    Plausible,
    Register,
    read_claims,
    read_parts,
    read_plausible,
)

__all__ = [
    "COLUMNS",
    "NEEDED",
    "NO_SOURCE",
    "Claim",
    "Contradiction",
    "Plausible",
    "Register",
    "draw_lineage",
    "draw_lineages",
    "find_contradictions",
    "read_claims",
    "read_parts",
    "read_plausible",
]
