"""How standings, moves, looks and steps of a walk are said on a page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bearwitness.casebook.approval import Standing
from bearwitness.casebook.walk import Step

STANDING_WORDS = {
    Standing.PREPARED: _("waits to be checked"),
    Standing.CHECKED: _("checked, waits to be published"),
    Standing.PUBLISHED: _("published"),
    Standing.SENT_BACK: _("sent back"),
    Standing.WITHDRAWN: _("withdrawn"),
}
MOVE_WORDS = {
    "check": _("I checked it"),
    "send back": _("Send back"),
    "take back": _("Take back"),
    "publish": _("Publish"),
    "withdraw": _("Withdraw"),
}
LOOK_WORDS = {
    "figures": _("Every figure that is new or has another value, and why"),
    "tables": _("Every cell that changed"),
    "base": _("Who joined and who left the base, and who withdrew consent"),
    "settings": _("Changed settings, methods and versions: each is meant"),
    "attack": _("The result of the attack"),
    "verdicts": _("No sentence says more than its verdict allows"),
    "report": _("The whole report, in every language that is printed"),
}
STEP_WORDS = {
    Step.FIGURE: _("The figure"),
    Step.TABLE: _("Its tables"),
    Step.RUN: _("The run"),
    Step.ROWS: _("Frozen rows"),
    Step.PERSON: _("The person"),
    Step.TOLD: _("Interviews and acts"),
    Step.WORDS: _("The words"),
}

# Columns of FIGURES, as a checker reads what differs. Sentences follow from the value.
COLUMN_WORDS = {
    "value": _("value"),
    "lower": _("interval"),
    "upper": _("interval"),
    "level": _("interval"),
    "step": _("rounding"),
    "statement": _("wording"),
    "ko": _("wording"),
    "zh_hans": _("wording"),
    "unit": _("unit"),
    "population": _("population"),
    "period": _("period"),
    "place": _("place"),
    "base": _("base"),
    "method": _("method"),
    "caveats": _("caveats"),
    "kind": _("kind"),
}
