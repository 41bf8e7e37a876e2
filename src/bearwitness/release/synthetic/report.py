"""The two reports that stay inside, and the sentences that go with the rows."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import pyarrow as pa
from jinja2 import Environment

from bearwitness.release.csvfile import write_csv
from bearwitness.release.synthetic.attacks import ALARM, Attack
from bearwitness.release.synthetic.making import Synthetic
from bearwitness.release.synthetic.utility import Utility

INTERNAL = "Internal: it holds counts of real people. Do not share it."
NOT_TO_CONCLUDE = (
    "Nothing about one person, and nothing from one row: no row is a person.",
    "Nothing from counts smaller than the half widths stated with the rows; rare values and "
    "combinations come and go by chance, and a combination that is absent may well exist.",
    "Nothing about three columns at once that the pairs measured together do not carry: other "
    "columns go together only by way of those.",
    "No test of significance as if the rows were people: the noise is not in their number.",
    "No estimate of how many people there are in all: overlaps between lists are not kept.",
)


def statement_of(guarantee: dict[str, Any]) -> str:
    """What the recipient reads first."""
    widths = guarantee["half_width_95"]
    lines = [
        "# Synthetic cases: no row is a person",
        "",
        "These rows were drawn from noisy counts. Nobody's row is in them, and no row stands for "
        "somebody. Whether any one person was among those counted changes what is likely to be "
        f"here by a factor of e^{guarantee['epsilon']:g} at most, but for a chance of "
        f"{guarantee['delta']:g} (differential privacy, epsilon {guarantee['epsilon']:g}).",
        "",
        f"- Of all counts of one value, 95 in 100 lie within {widths['count_of_a_value']:g} people "
        "of the real one, as far as the noise goes.",
        f"- {guarantee['share_held_out']:.0%} of the people were left out by lot, and counts "
        f"scaled up again. By that, {guarantee['off_by_holding_out']} may be off.",
    ]
    pairs = [f"{a} with {b}" for a, b in guarantee["measured_together"]]
    if pairs:
        lines += [
            "- Counts of two values that were measured together lie within "
            f"{widths['count_of_two_values_measured_together']:g}.",
            f"- Measured together: {'; '.join(pairs)}.",
        ]
    lines += ["", "## What must not be concluded", ""]
    lines += [f"- {sentence}" for sentence in NOT_TO_CONCLUDE]
    lines += ["", "guarantee.json says the same for programs.", ""]
    return "\n".join(lines)


def utility_csv(utility: Utility) -> bytes:
    """Every count, real and synthetic. Internal."""
    return write_csv(pa.Table.from_pylist([
        {"columns": c.columns, "values": c.values, "real": c.real, "synthetic": c.synthetic,
         "difference": c.synthetic - c.real}
        for c in utility.cells
    ]))  # fmt: skip


def attacks_csv(attacks: Sequence[Attack]) -> bytes:
    """Every attack with its tries, successes and risk. Internal."""
    return write_csv(pa.Table.from_pylist([
        {"attack": a.name, "what": a.about, "tries": a.tries, "on_people_used": a.used,
         "on_people_held_out": a.held_out, "risk": a.risk, "lower": a.lower, "upper": a.upper,
         "alarm": a.alarm}
        for a in attacks
    ]))  # fmt: skip


def internal_page(made: Synthetic) -> bytes:
    """Utility and attacks as one HTML page that needs nothing from outside. Internal."""
    text = (files("bearwitness.release.synthetic") / "internal.html").read_text(encoding="utf-8")
    page = Environment(autoescape=True).from_string(text)
    distances = sorted(made.utility.distances.items(), key=lambda item: -item[1])
    return page.render(
        internal=INTERNAL,
        guarantee=made.guarantee,
        errors=made.utility.errors,
        singles=[d for d in distances if " x " not in d[0]],
        pairs=[d for d in distances if " x " in d[0]],
        attacks=made.attacks,
        alarm=ALARM,
        raised=[a for a in made.attacks if a.alarm],
        conclude=NOT_TO_CONCLUDE,
    ).encode()


def summary_of(made: Synthetic) -> str:
    """Utility and attacks in a few lines, for a terminal."""
    utility = made.utility
    lines = [
        f"rows                 {len(made.rows):,}",
        f"off by value         {utility.mean_distance(1):.1%} of people, mean of columns",
        f"off by two values    {utility.mean_distance(2):.1%} of people, mean of pairs",
        "",
        f"{'attack':34} {'used':>7} {'held out':>9}   risk (95 % interval)",
    ]
    for a in made.attacks:
        shown = f"{a.risk:6.1%} ({max(a.lower, 0):.1%} to {max(a.upper, 0):.1%})"
        rates = f"{a.used / a.tries:>7.1%} {a.held_out / a.tries:>9.1%}"
        lines.append(f"{a.name[:34]:34} {rates}   {shown}{'  ALARM' if a.alarm else ''}")
    return "\n".join(lines)
