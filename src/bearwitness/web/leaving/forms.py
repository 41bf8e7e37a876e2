from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook.leaving import USES_OUT
from bearwitness.casebook.rights import Right, may
from bearwitness.intake import Format
from bearwitness.web.casebook.forms import USE_LABELS

KIND_LABELS = {
    Format.XLSX: _("Excel workbook (.xlsx)"),
    Format.CSV: _("CSV, for any program (.csv)"),
    Format.JSON: _("JSON (.json)"),
}


class ExportForm(forms.Form):
    """What is asked of whoever takes a list out. Of a list that is about nobody, no use."""

    use = forms.ChoiceField(
        label=_("What the file is for"),
        choices=[("", "–"), *((use.value, USE_LABELS[use]) for use in USES_OUT)],
        help_text=_("Only people who agreed to exactly that are in it."),
    )
    recipient = forms.CharField(
        label=_("For which organisation"),
        max_length=200,
        help_text=_("Kept, so that they can be told when somebody withdraws."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of file"),
        choices=[(kind.value, label) for kind, label in KIND_LABELS.items()],
    )
    names = forms.BooleanField(
        label=_("With real names, and who asked and wrote"),
        required=False,
        help_text=_("Without this, code names only. Not for every use; it is kept in the audit."),
    )
    words = forms.BooleanField(
        label=_("With the words of interviews"),
        required=False,
        help_text=_("They can describe violence, and they can name people."),
    )
    rows = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, wanted, reader, **kwargs):
        super().__init__(*args, **kwargs)
        if not wanted.about_people:
            del self.fields["use"]
        if not (wanted.has_names and may(reader, Right.NAMES)):
            del self.fields["names"]
        if not (wanted.has_words and may(reader, Right.WORDS)):
            del self.fields["words"]

    def clean_rows(self):
        """The numbers of marked rows, or None for the whole list."""
        numbers = self.cleaned_data["rows"].split()
        return [int(n) for n in numbers if n.isdecimal()] if numbers else None
