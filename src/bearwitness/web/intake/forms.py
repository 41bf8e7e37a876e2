from __future__ import annotations

from pathlib import Path

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import Use
from bearwitness.web.casebook.forms import USE_LABELS

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".json")
MOST_BYTES = 50 * 1024 * 1024


class ListForm(forms.Form):
    file = forms.FileField(
        label=_("The list"),
        help_text=_("CSV, XLSX or JSON, one row per person, with a column `id`."),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    name = forms.CharField(
        label=_("Name of the list"),
        max_length=60,
        help_text=_("The organisation or effort that made it, never a person."),
    )
    uses = forms.MultipleChoiceField(
        label=_("Uses that its organisation asked every person on it for"),
        required=False,
        choices=[(use.value, label) for use, label in USE_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick nothing if you do not know: the people then stay out of every snapshot."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in SUFFIXES:
            raise ValidationError(_("Send a CSV, XLSX or JSON file."))
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 50 MB. Import it by command line."))
        return file


class CasesForm(ListForm):
    mailing_by = forms.ChoiceField(
        label=_("Whoever filled the address in went by"),
        choices=[("label", _("the labels, in the second row")), ("name", _("the field names"))],
        help_text=_(
            "In the standard's template the two disagree. It matters only where they still do."
        ),
    )
    leave_out = forms.BooleanField(
        label=_("Leave out rows with a cell that cannot be used"),
        required=False,
        help_text=_("Else nothing comes in, and the rows to correct are named."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("The workbook")
        self.fields["file"].help_text = _("XLSX, with the standard's field names in its first row.")
        self.fields["file"].widget.attrs["accept"] = ".xlsx"
        self.fields["uses"].choices = [
            (use.value, label) for use, label in USE_LABELS.items() if use is not Use.RECORD
        ]
        self.fields["uses"].label = _("Uses that whoever consented agreed to besides")
        self.fields["uses"].help_text = _(
            "Being recorded is agreed to where con_Consent is yes; these only if you know of them."
        )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() != ".xlsx":
            raise ValidationError(_("Send an XLSX file."))
        return super().clean_file()
