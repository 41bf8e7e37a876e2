"""Published claims: who said what of whom, whom they repeat, and where they cannot all hold."""

from bearwitness.release.claims.contradictions import (
    NO_SOURCE,
    Contradiction,
    find_contradictions,
)
from bearwitness.release.claims.lineage import draw_lineage
from bearwitness.release.claims.register import Claim, Register, read_claims, read_parts

__all__ = [
    "NO_SOURCE",
    "Claim",
    "Contradiction",
    "Register",
    "draw_lineage",
    "find_contradictions",
    "read_claims",
    "read_parts",
]
