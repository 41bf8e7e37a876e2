from __future__ import annotations

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook.rights import Role

ROLE_LABELS = {
    Role.DOCUMENTER: _("Documenter: records people, interviews and consents; may see names"),
    Role.CODER: _("Coder: reads interviews, codes acts, reviews"),
    Role.ANALYST: _("Analyst: takes snapshots and runs studies; sees neither names nor words"),
    Role.PUBLISHER: _("Publisher: reads studies and gives packages out"),
    Role.AUDITOR: _("Auditor: reads and checks the audit"),
    Role.ADMINISTRATOR: _("Administrator: makes accounts and teams"),
}
ROLE_WORDS = {
    Role.DOCUMENTER: _("documenter"),
    Role.CODER: _("coder"),
    Role.ANALYST: _("analyst"),
    Role.PUBLISHER: _("publisher"),
    Role.AUDITOR: _("auditor"),
    Role.ADMINISTRATOR: _("administrator"),
}


class AccountForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=[(role.value, label) for role, label in ROLE_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Give as few as the work needs."),
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What a team records is closed to everybody who is not in it."),
    )

    def __init__(self, *args, teams, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["teams"].queryset = teams

    @property
    def facts(self) -> dict:
        return {
            "teams": [team.pk for team in self.cleaned_data["teams"]],
            "roles": [Role(role) for role in self.cleaned_data["roles"]],
        }


class NewAccountForm(AccountForm):
    name = forms.CharField(
        label=_("Name to sign in with"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("It stands in the audit beside everything that they do."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "roles", "teams")


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name of the team"), max_length=60)


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("It is kept with what was done, and read by whoever asks later."),
    )
