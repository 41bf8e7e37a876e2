from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook.review import TRANSITIONS
from bearwitness.records import queries
from bearwitness.web.casebook.forms import LANGUAGES, term_choices
from bearwitness.web.casebook.interviews import STATE_WORDS
from bearwitness.web.pages import SaidDateField
from bearwitness.web.together.shown import FIELD_WORDS, MOST_EVENTS

MARKED, ALL = "marked", "all"
_NONE = ("", "–")


class ManyForm(forms.Form):
    """The new value, why, and of which rows."""

    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        min_length=5,
        help_text=_("Kept with every row. Without a name."),
    )
    scope = forms.ChoiceField(
        label=_("Which rows"),
        choices=[(MARKED, _("those marked below")), (ALL, _("all of the filter"))],
        widget=forms.RadioSelect,
        initial=MARKED,
    )
    field_order = ("value", "why", "scope")

    def __init__(self, *args, field, reader, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["value"] = _value_field(field, reader)
        self.order_fields(self.field_order)


def _value_field(field, reader):
    label = FIELD_WORDS[field]
    if field == "date":
        return SaidDateField(label=label, required=False)
    choices = _choices(field, reader)
    if choices is None:
        return forms.CharField(label=label, max_length=200, required=False)
    required = field not in ("sex", "assigned_to", "event")
    return forms.ChoiceField(label=label, choices=choices, required=required)


def _choices(field, reader):
    """What can be chosen for a field; None where it is written."""
    choices = _CHOICES.get(field)
    return choices(reader) if choices else None


def _states(reader):
    reached = dict.fromkeys(to for _origin, to in TRANSITIONS)
    return [_NONE, *((to.value, STATE_WORDS[to]) for to in reached)]


def _reviewers(reader):
    names = [user.get_username() for user in queries.colleagues_who_review(reader)]
    return [("", _("anybody in the team")), *((name, name) for name in names)]


def _events(reader):
    return [("", _("none")), *((str(e.pk), e.title) for e in queries.events(reader)[:MOST_EVENTS])]


_CHOICES = {
    "team": lambda reader: [_NONE, *((str(t.pk), t.name) for t in queries.my_teams(reader))],
    "open": lambda reader: [("no", _("no")), ("yes", _("yes"))],
    "sex": lambda reader: [
        _NONE,
        ("female", _("female")),
        ("male", _("male")),
        ("other", _("other")),
    ],
    "state": _states,
    "assigned_to": _reviewers,
    "language": lambda reader: LANGUAGES,
    "term": lambda reader: [_NONE, *term_choices()],
    "event": _events,
}
