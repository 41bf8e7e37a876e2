"""How far a source is to be trusted, and how far what it says: two judgements, made apart.

The Admiralty code, as in NATO AJP-2.1 (Allied Joint Doctrine for Intelligence Procedures) and
STANAG 2511. A letter and a figure, each judged without regard to the other: a reliable source can
say something improbable. F and 6 mean "cannot be judged", not "bad". Nothing stands for "nobody
has judged yet", which is neither.
"""

from __future__ import annotations

from enum import StrEnum


class Reliability(StrEnum):
    """Of the source, from what is known of its past."""

    COMPLETELY = "A"
    USUALLY = "B"
    FAIRLY = "C"
    NOT_USUALLY = "D"
    UNRELIABLE = "E"
    UNKNOWN = "F"


class Credibility(StrEnum):
    """Of what is said, from what others say."""

    CONFIRMED = "1"
    PROBABLE = "2"
    POSSIBLE = "3"
    DOUBTFUL = "4"
    IMPROBABLE = "5"
    UNKNOWN = "6"


def grade(reliability: str, credibility: str) -> str:
    """Both in two characters: B2. What was not judged is a dash: B–, –2; neither: empty."""
    if not reliability and not credibility:
        return ""
    return f"{reliability or '–'}{credibility or '–'}"
