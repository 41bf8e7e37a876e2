from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import Name, NameKind, Use
from bearwitness.coding import load_vocabulary, vocabulary_names
from bearwitness.records import queries
from bearwitness.web.pages import SaidDateField, language_tag

USE_LABELS = {
    Use.RECORD: _("Record: write down what they tell"),
    Use.ANALYSE: _("Analyse: count them in studies"),
    Use.SHARE_WITH_PARTNERS: _("Share with named partner organisations"),
    Use.SHARE_WITH_UN: _("Share with United Nations bodies"),
    Use.SHARE_WITH_COURTS: _("Share with courts"),
    Use.PUBLISH_WITHOUT_NAME: _("Publish without their name"),
    Use.PUBLISH_WITH_NAME: _("Publish with their name"),
}
USE_WORDS = {
    Use.RECORD: _("record"),
    Use.ANALYSE: _("analyse"),
    Use.SHARE_WITH_PARTNERS: _("share with partners"),
    Use.SHARE_WITH_UN: _("share with the UN"),
    Use.SHARE_WITH_COURTS: _("share with courts"),
    Use.PUBLISH_WITHOUT_NAME: _("publish without name"),
    Use.PUBLISH_WITH_NAME: _("publish with name"),
}
KIND_LABELS = {
    NameKind.GIVEN_AT_BIRTH: _("Given at birth"),
    NameKind.ALIAS: _("Alias"),
    NameKind.NAME_IN_CHINA: _("Name in China"),
    NameKind.RELIGIOUS: _("Religious name"),
}
LANGUAGES = [("ko", _("Korean")), ("zh", _("Chinese")), ("en", _("English")), ("und", _("Other"))]


class _Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


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
    given_at = _Day(label=_("Given on"), initial=localdate)
    expires_at = _Day(
        label=_("Until"), required=False, help_text=_("Empty: until they withdraw it.")
    )


class InterviewForm(forms.Form):
    held_on = SaidDateField(label=_("Held on"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    interviewer = forms.CharField(label=_("Interviewer"), max_length=100)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    text = forms.CharField(
        label=_("What they told"), widget=forms.Textarea(attrs={"rows": 12}), max_length=1_000_000
    )


class EditInterviewForm(InterviewForm):
    why = forms.CharField(label=_("Why it is changed"), max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ActForm(forms.Form):
    term = forms.ChoiceField(label=_("What was done"))
    date = SaidDateField(label=_("When"), required=False)
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    source = forms.ModelChoiceField(
        label=_("Source"), queryset=None, empty_label=None, help_text=_("Who or what says so.")
    )

    def __init__(self, *args, person, reader, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["term"].choices = term_choices()
        self.fields["source"].queryset = queries.sources_for(reader, person)

    def clean_source(self):
        source = self.cleaned_data["source"]
        if source is None:
            raise ValidationError(_("Choose who or what says so."))
        return source


class SourceForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("Without a person's name: titles are shown on every screen."),
    )
    received_at = _Day(label=_("Received on"), initial=localdate)


class NameSearchForm(forms.Form):
    name = forms.CharField(
        label=_("Find by name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def term_choices():
    """All shipped vocabularies' terms to code with, grouped by vocabulary and broader term."""
    tag = language_tag()
    groups = []
    for name in vocabulary_names():
        vocabulary = load_vocabulary(name)
        title = vocabulary.titles.get(tag, vocabulary.titles["en"])
        by_broader: dict[str, list] = {}
        for term in vocabulary.leaves():
            by_broader.setdefault(term.broader, []).append((term.id, term.label(tag)))
        for broader, terms in by_broader.items():
            above = f"{title}: {vocabulary.term(broader).label(tag)}" if broader else title
            groups.append((above, terms))
    return groups
