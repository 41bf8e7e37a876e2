"""Where it was said, the file as it came, and how good it is."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from bearwitness.web.casebook.forms.fields import Day
from bearwitness.web.casebook.forms.labels import CREDIBILITY_WORDS, RELIABILITY_WORDS

MOST_BYTES = 500 * 1024 * 1024


class OriginalField(forms.FileField):
    def __init__(self, **settings):
        help_text = _("It is sealed by its digest and never changed. It leaves as a download only.")
        super().__init__(label=_("The file as it came"), help_text=help_text, **settings)

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file is not None and file.size > MOST_BYTES:
            told = _("This file is larger than 500 MB. Say where it is kept instead.")
            raise ValidationError(told)
        return file


def _grades(words):
    return [
        ("", _("not judged yet")),
        *((key.value, f"{key} – {word}") for key, word in words.items()),
    ]


class GradesForm(forms.Form):
    """The Admiralty code: two judgements, each made without regard to the other."""

    reliability = forms.ChoiceField(
        label=_("How reliable the source is"),
        required=False,
        help_text=_("From what is known of its past, whatever it says here."),
    )
    credibility = forms.ChoiceField(
        label=_("How credible what it says is"),
        required=False,
        help_text=_("From what others say, whoever says it here."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reliability"].choices = _grades(RELIABILITY_WORDS)
        self.fields["credibility"].choices = _grades(CREDIBILITY_WORDS)


class _AboutSource(GradesForm):
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("Without a person's name: titles are shown on every screen."),
    )
    address = forms.CharField(
        label=_("Address of the page"),
        max_length=500,
        required=False,
        help_text=_("It is shown as text. Opening it would tell its owner that you look."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    kept_where = forms.CharField(
        label=_("Where the original or the recording is kept"),
        max_length=200,
        required=False,
        help_text=_("If it is not sealed here: a drive, a cupboard, a partner."),
    )
    text = forms.CharField(
        label=_("Its text"),
        max_length=1_000_000,
        required=False,
        help_text=_("What it says in words, a translation, or a transcript: acts can rest on it."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    @property
    def said(self) -> dict[str, str]:
        fields = ("address", "kept_where", "text", "reliability", "credibility")
        return {name: self.cleaned_data[name] for name in fields if name in self.fields}


class SourceForm(_AboutSource):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("document", _("document")), ("web-page", _("web page"))]
    )
    received_at = Day(label=_("Received on"), initial=localdate)
    file = OriginalField(required=False)
    field_order = ("kind", "title", "received_at", "file", "address", "kept_where", "text")


class EditSourceForm(_AboutSource):
    why = forms.CharField(label=_("Why it is changed"), max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("title", "address", "kept_where", "text")

    def __init__(self, *args, without=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name in without:
            del self.fields[name]


class OriginalForm(forms.Form):
    file = OriginalField()


class ActGradeForm(forms.Form):
    credibility = forms.ChoiceField(
        label=_("How credible this is"),
        required=False,
        help_text=_("Where it differs from the rest of what the source says."),
    )
    why = forms.CharField(label=_("Why it is changed"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credibility"].choices = _grades(CREDIBILITY_WORDS)
