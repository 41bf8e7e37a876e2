"""Every figure of a study, in the order of its declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bearwitness.errors import DisclosureUnsafe
from bearwitness.pipeline.figures.cited import make_cited
from bearwitness.pipeline.figures.composed import make_composed
from bearwitness.pipeline.figures.counted import make_count, make_rate, make_share
from bearwitness.pipeline.figures.dated import (
    make_before_after,
    make_quantile,
    make_sequence_share,
)
from bearwitness.pipeline.figures.estimated import (
    make_estimate,
    make_list_total,
    make_observed,
    make_unseen,
)
from bearwitness.pipeline.figures.given import Given, Made
from bearwitness.release import Rules
from bearwitness.release.figures import Declaration

MAKERS: Mapping[str, Callable[[Given, Declaration], Made]] = {
    "share": make_share,
    "sequence_share": make_sequence_share,
    "rate": make_rate,
    "quantile": make_quantile,
    "estimate": make_estimate,
    "unseen": make_unseen,
    "list_total": make_list_total,
    "before_after": make_before_after,
    "cited": make_cited,
}


def make_figures(given: Given) -> dict[str, Made]:
    """Make every figure that study.toml declares.

    Raises StudyInvalid, FigureUnknown, and DisclosureUnsafe where two figures together betray a
    small group.
    """
    declared = given.study.declared()
    named = {one.id: one for one in declared}
    made: dict[str, Made] = {}
    for one in declared:
        if one.kind == "composed":
            made[one.id] = make_composed(given, one, named, made)
        elif one.kind == "count":
            made[one.id] = (make_count if "table" in one.told else make_observed)(given, one)
        else:
            made[one.id] = MAKERS[one.kind](given, one)
    _check_differences(made, given.rules)
    return {entry["id"]: made[entry["id"]] for entry in given.study.figures}


def _check_differences(made: Mapping[str, Made], rules: Rules) -> None:
    """Two groups of which one is a part of the other must differ by nobody, or by enough.

    Raises DisclosureUnsafe, naming both figures: whoever has them can compute who is left over.
    """
    if rules.is_waived:
        return
    groups = [(name, group) for name, one in made.items() for group in one.groups]
    for larger, whole in groups:
        for smaller, part in groups:
            if part < whole and len(whole - part) < rules.threshold:
                raise DisclosureUnsafe(
                    f"the figures {smaller!r} and {larger!r} differ by fewer than "
                    f"{rules.threshold} people or acts: whoever has both can compute them",
                    where="study.toml [[figures]]",
                    hint="Leave one of them out, or count both in groups that differ by more.",
                )
