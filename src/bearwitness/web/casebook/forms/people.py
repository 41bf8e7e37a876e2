"""Who somebody is, what they agree to, what they tell."""

from __future__ import annotations

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import Name, NameKind, Use
from bearwitness.web.casebook.forms.fields import CODE_NAME, Day
from bearwitness.web.casebook.forms.labels import KIND_LABELS, LANGUAGES, USE_LABELS
from bearwitness.web.pages import SaidDateField


class PersonForm(forms.Form):
    name = forms.CharField(
        label=_("A name"),
        max_length=200,
        required=False,
        help_text=_("Optional. It is kept hidden; every screen shows a code name instead."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("What sort of name"), choices=[(k.value, v) for k, v in KIND_LABELS.items()]
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        required=False,
        choices=[
            ("", _("not known")),
            ("female", _("female")),
            ("male", _("male")),
            ("other", _("other")),
        ],
    )
    birth = SaidDateField(label=_("Birth"), required=False)
    origin = forms.CharField(label=_("Place of origin"), max_length=200, required=False)
    place = forms.CharField(label=_("Place of the events"), max_length=200, required=False)

    @property
    def names(self) -> list[Name]:
        text = self.cleaned_data["name"]
        kind = NameKind(self.cleaned_data["kind"])
        return [Name(text=text, kind=kind)] if text.strip() else []

    @property
    def said(self) -> dict[str, str]:
        return {key: self.cleaned_data[key].strip() for key in ("sex", "birth", "origin", "place")}


class EditPersonForm(PersonForm):
    why = forms.CharField(label=_("Why it is changed"), max_length=300, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ConsentForm(forms.Form):
    uses = forms.MultipleChoiceField(
        label=_("They said yes to"),
        choices=[(use.value, label) for use, label in USE_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick only what they said yes to. No use includes another."),
        error_messages={
            "required": _("Tick at least one use. Where the answer was no, enter nothing.")
        },
    )
    asked_by = forms.CharField(label=_("Asked by"), max_length=100)
    how = forms.ChoiceField(
        label=_("How"),
        choices=[("spoken", _("spoken")), ("written", _("written")), ("recorded", _("recorded"))],
    )
    language = forms.ChoiceField(label=_("In which language"), choices=LANGUAGES)
    scope = forms.CharField(
        label=_("Only in part"),
        max_length=200,
        required=False,
        help_text=_("What the yes is limited to: which partners, which part. Empty: no limit."),
    )
    given_at = Day(label=_("Given on"), initial=localdate)
    expires_at = Day(
        label=_("Until"), required=False, help_text=_("Empty: until they withdraw it.")
    )


class BeginConsentForm(ConsentForm):
    """As asked before the first word. Nothing ticked is an answer too; then an earlier yes has
    to be in force."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["uses"].required = False


class InterviewForm(forms.Form):
    held_on = SaidDateField(label=_("Held on"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    interviewer = forms.CharField(
        label=_("Interviewers"), max_length=200, help_text=_("Several: with commas between them.")
    )
    interpreter = forms.CharField(label=_("Interpreter"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    text = forms.CharField(
        label=_("What they told"), widget=forms.Textarea(attrs={"rows": 12}), max_length=1_000_000
    )


class NewInterviewForm(InterviewForm):
    recording = forms.CharField(
        label=_("Where the recording is kept"),
        max_length=200,
        required=False,
        help_text=_("A drive, a cupboard. Or seal the recording itself, on the source's page."),
    )
    field_order = ("held_on", "place", "interviewer", "interpreter", "language", "recording")


class BeginInterviewForm(forms.Form):
    """The first screen of an interview: whom, what they agree to, what they tell, in this order."""

    code_name = forms.RegexField(
        label=_("Code name, if we know them"),
        regex=CODE_NAME,
        required=False,
        help_text=_("Empty: a person is added, with what is known of them below."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.parts = {
            "person": PersonForm(data, prefix="person"),
            "consent": BeginConsentForm(data, prefix="consent"),
            "told": NewInterviewForm(data, prefix="told"),
        }

    def is_valid(self):
        valid = [part.is_valid() for part in self.parts.values()]
        return super().is_valid() and all(valid)

    @property
    def facts(self) -> dict:
        consent = dict(self.parts["consent"].cleaned_data)
        consent["uses"] = [Use(use) for use in consent["uses"]]
        facts = {"consent": consent, "told": self.parts["told"].cleaned_data}
        if self.cleaned_data["code_name"]:
            return facts
        return facts | {"names": self.parts["person"].names, "said": self.parts["person"].said}


class EditInterviewForm(InterviewForm):
    why = forms.CharField(label=_("Why it is changed"), max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class NameSearchForm(forms.Form):
    name = forms.CharField(
        label=_("Find by name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
