from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import Name, NameKind, Use
from bearwitness.casebook.perpetrators import Perpetrator, PerpetratorKind
from bearwitness.coding import Quote, load_vocabulary, vocabulary_names
from bearwitness.errors import InputError
from bearwitness.records import queries
from bearwitness.records.queries.sources import MOST_OFFERED
from bearwitness.web.pages import SaidDateField, language_tag
from bearwitness.web.said import in_one_line

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
PERPETRATOR_LABELS = {
    PerpetratorKind.PERSON: _("a person"),
    PerpetratorKind.GROUP: _("a group of people"),
    PerpetratorKind.UNIT: _("a unit of a force or an office"),
    PerpetratorKind.UNKNOWN: _("somebody unknown"),
}
PERPETRATOR_WORDS = {
    PerpetratorKind.PERSON: _("person"),
    PerpetratorKind.GROUP: _("group"),
    PerpetratorKind.UNIT: _("unit"),
    PerpetratorKind.UNKNOWN: _("unknown"),
}
CODE_NAME = re.compile("P-[0-9A-Z]{4,10}")
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
    given_at = _Day(label=_("Given on"), initial=localdate)
    expires_at = _Day(
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
    interviewer = forms.CharField(label=_("Interviewer"), max_length=100)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    text = forms.CharField(
        label=_("What they told"), widget=forms.Textarea(attrs={"rows": 12}), max_length=1_000_000
    )


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
            "told": InterviewForm(data, prefix="told"),
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


class PerpetratorForm(forms.Form):
    by_kind = forms.ChoiceField(
        label=_("Done by"),
        required=False,
        choices=[("", _("not said")), *((k.value, v) for k, v in PERPETRATOR_LABELS.items())],
    )
    by = forms.CharField(
        label=_("Who they are"),
        max_length=200,
        required=False,
        help_text=_("In words, or the code name of a person on record."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    by_role = forms.CharField(
        label=_("In which role"),
        max_length=100,
        required=False,
        help_text=_("For example: broker, buyer, border guard, interrogator."),
    )

    def clean(self):
        cleaned = super().clean()
        try:
            self.perpetrators = _perpetrators(cleaned)
        except InputError as error:
            raise ValidationError(in_one_line(error)) from error
        return cleaned


def _perpetrators(said) -> list[Perpetrator]:
    kind, words = said.get("by_kind") or "", said.get("by") or ""
    if not kind and not words:
        return []
    is_code = CODE_NAME.fullmatch(words) is not None
    return [
        Perpetrator(
            kind=PerpetratorKind(kind or ("person" if is_code else "unknown")),
            role=said.get("by_role") or "",
            **{"code_name" if is_code else "description": words},
        )
    ]


def with_kind_words(perpetrators):
    """The same rows, each saying its kind in the reader's language."""
    rows = list(perpetrators)
    for row in rows:
        row.kind_words = PERPETRATOR_WORDS[PerpetratorKind(row.kind)]
    return rows


class OfferedIterator(forms.models.ModelChoiceIterator):
    """The rows that are offered; any other of the queryset is taken as well."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from (self.choice(row) for row in self.field.offered)


class OfferingField(forms.ModelChoiceField):
    """A choice among very many rows: some are offered, and any is taken by its number."""

    iterator = OfferedIterator
    offered = ()


class _SaidActForm(PerpetratorForm):
    """What is said of an act, whatever it was coded from."""

    term = forms.ChoiceField(label=_("What was done"))
    date = SaidDateField(label=_("When"), required=False)
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    outcome = forms.CharField(label=_("With what outcome"), max_length=200, required=False)
    event = OfferingField(
        label=_("Part of the event"), queryset=None, required=False, empty_label=_("none")
    )
    event_number = forms.IntegerField(
        label=_("Or the number of an older event"),
        required=False,
        min_value=1,
        help_text=_("It stands at the end of the event's address."),
    )

    def __init__(self, *args, person, reader, **kwargs):
        super().__init__(*args, **kwargs)
        # No term stands first by itself: the first of a list would be chosen by oversight.
        self.fields["term"].choices = [("", "–"), *term_choices()]
        event = self.fields["event"]
        event.queryset = queries.events_for(reader, person)
        event.offered = queries.events_to_offer(reader, person)
        if len(event.offered) < MOST_OFFERED:  # all of them are offered
            del self.fields["event_number"]

    def clean_event_number(self):
        number = self.cleaned_data["event_number"]
        event = self.fields["event"].queryset.filter(pk=number).first()
        if number and event is None:
            raise ValidationError(_("There is no event of this number in the person's team."))
        if event is not None:
            self.cleaned_data["event"] = event
        return number

    @property
    def facts(self) -> dict:
        said = {key: self.cleaned_data[key] for key in ("date", "place", "outcome")}
        facts = {"term": self.cleaned_data["term"], "event": self.cleaned_data["event"]}
        return facts | {"said": said, "perpetrators": self.perpetrators}


class ActForm(_SaidActForm):
    source = OfferingField(
        label=_("Source"), queryset=None, empty_label=None, help_text=_("Who or what says so.")
    )
    source_number = forms.IntegerField(
        label=_("Or the number of an older document"),
        required=False,
        min_value=1,
        help_text=_("It stands at the end of the document's address."),
    )
    field_order = ("term", "date", "place", "by_kind", "by", "by_role", "outcome", "event",
                   "event_number")  # fmt: skip

    def __init__(self, *args, person, reader, **kwargs):
        super().__init__(*args, person=person, reader=reader, **kwargs)
        source = self.fields["source"]
        source.queryset = queries.sources_for(reader, person)
        source.offered = queries.sources_to_offer(reader, person)
        if len(source.offered) < MOST_OFFERED:
            del self.fields["source_number"]

    def clean_source(self):
        source = self.cleaned_data["source"]
        if source is None:
            raise ValidationError(_("Choose who or what says so."))
        return source

    def clean_source_number(self):
        number = self.cleaned_data["source_number"]
        source = self.fields["source"].queryset.filter(pk=number).first()
        if number and source is None:
            raise ValidationError(_("There is no document of this number that you can see."))
        if source is not None:
            self.cleaned_data["source"] = source
        return number


class CodingForm(_SaidActForm):
    quote = forms.CharField(
        label=_("The words that say so"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "data-quote": ""}),
        help_text=_("Mark them in the text, or copy them here exactly as they stand there."),
    )
    before = forms.CharField(
        required=False, max_length=200, widget=forms.HiddenInput(attrs={"data-before": ""})
    )
    also_to = forms.CharField(
        label=_("Also done to"),
        max_length=500,
        required=False,
        help_text=_("Code names with spaces between them: one act is added for each."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("quote", "before", "term", "date", "place", "by_kind", "by", "by_role")

    @property
    def quotes(self) -> list[Quote]:
        return [Quote(exact=self.cleaned_data["quote"], before=self.cleaned_data["before"])]

    @property
    def also(self) -> list[str]:
        return list(dict.fromkeys(self.cleaned_data["also_to"].replace(",", " ").split()))


class EventForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("Without a person's name: titles are shown on every screen."),
    )
    date = SaidDateField(label=_("When"), required=False)
    place = forms.CharField(label=_("Where"), max_length=200, required=False)


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
