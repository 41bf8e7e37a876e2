"""Strata of a study: what tells them apart, and which of their estimates may be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from bearwitness.estimation import CROSS, Estimate, StrataAnswer
from bearwitness.release import Rules, safe_strata
from bearwitness.tables import MEMBERS, check


def label_members(members: pa.Table, columns: Sequence[str]) -> pa.Table:
    """MEMBERS with the values of `columns`, crossed, as the stratum; as it was for none."""
    if not columns or tuple(columns) == ("stratum",):
        return members
    values = [members.column(name).to_pylist() for name in columns]
    labels = [
        CROSS.join((value or "").replace(CROSS, " ") for value in row)
        for row in zip(*values, strict=True)
    ]
    bare = CROSS * (len(columns) - 1)
    place = members.schema.get_field_index("stratum")
    told = pa.array(["" if label == bare else label for label in labels], pa.string())
    return check(members.set_column(place, "stratum", told), MEMBERS)


def printable_strata(strata: StrataAnswer, rules: Rules) -> tuple[Estimate, ...]:
    """The estimates of strata that may be printed, then their sum, without their reasons.

    Reasons tell of small counts, and a lower bound is the count of those observed. Sums over a
    part of crossed labels come along only where no stratum is withheld: otherwise what is withheld
    could be computed from them.
    """
    kept = safe_strata({part.stratum: part.observed for part in strata.parts}, rules)
    parts = tuple(part for part in strata.parts if part.stratum in kept)
    margins = strata.margins if len(parts) == len(strata.parts) else ()
    told = [replace(e, lower=e.lower if e.estimate else None) for e in (*parts, *margins)]
    return tuple(replace(e, reasons=()) for e in (*told, strata.total))


def strata_notes(strata: StrataAnswer, rules: Rules) -> list[str]:
    """What must be said of the strata printed, without a count of any of them."""
    printed = {estimate.stratum for estimate in printable_strata(strata, rules)}
    withheld = sum(part.stratum not in printed for part in strata.parts)
    notes = [f"{strata.total.method}: {strata.total.assumption}"]
    if withheld:
        notes.append(
            f"Estimates of {withheld} strata are withheld, because few people were observed there "
            "or because they would betray such a stratum; they are in the sum."
        )
    carried = [name for name in strata.carried if name in printed]
    if carried:
        notes.append(
            f"{', '.join(carried)}: too few people or overlaps for an estimate of their own; what "
            "is printed is what the other strata make likely."
        )
    if strata.details.get("agreement", {}).get("agree") is False:
        notes.append(
            "The strata add up to another number than all people taken as one: people of "
            "different strata are missed differently, so the sum is the better of the two."
            if strata.recommended == "total"
            else "The strata add up to another number than all people taken as one, and too much "
            "of the sum rests on small strata: neither number should be relied on."
        )
    return notes
