from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import Name, NameKind, Use
from bearwitness.casebook.grades import Credibility, Reliability
from bearwitness.casebook.perpetrators import Perpetrator, PerpetratorKind
from bearwitness.coding import Moment, Quote, load_vocabulary, read_time, vocabulary_names
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
# The Admiralty code's own words: NATO AJP-2.1, STANAG 2511.
RELIABILITY_WORDS = {
    Reliability.COMPLETELY: _("completely reliable"),
    Reliability.USUALLY: _("usually reliable"),
    Reliability.FAIRLY: _("fairly reliable"),
    Reliability.NOT_USUALLY: _("not usually reliable"),
    Reliability.UNRELIABLE: _("unreliable"),
    Reliability.UNKNOWN: _("reliability cannot be judged"),
}
CREDIBILITY_WORDS = {
    Credibility.CONFIRMED: _("confirmed by other sources"),
    Credibility.PROBABLE: _("probably true"),
    Credibility.POSSIBLE: _("possibly true"),
    Credibility.DOUBTFUL: _("doubtful"),
    Credibility.IMPROBABLE: _("improbable"),
    Credibility.UNKNOWN: _("truth cannot be judged"),
}
MOST_BYTES = 500 * 1024 * 1024
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


class EvidenceForm(forms.Form):
    """Words of the source, or a stretch of its recording."""

    quote = forms.CharField(
        label=_("The words that say so"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-quote": ""}),
        help_text=_("Mark them in the text, or copy them here exactly as they stand there."),
    )
    begins = forms.CharField(
        label=_("In the recording from"),
        max_length=20,
        required=False,
        help_text=_("As its player shows it: 12:34, or 1:02:03."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ends = forms.CharField(
        label=_("until"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self):
        said = super().clean()
        self.evidence = []
        if quote := said.get("quote"):
            self.evidence.append(Quote(exact=quote, before=said.get("before") or ""))
        if said.get("begins") or said.get("ends"):
            try:
                begins = read_time(said.get("begins") or said["ends"])
                ends = read_time(said.get("ends") or said["begins"])
                self.evidence.append(Moment(start=begins, end=ends))
            except InputError as error:
                raise ValidationError(in_one_line(error)) from error
        if not self.evidence and not self.errors:
            raise ValidationError(_("Give the words that say so, or a time in the recording."))
        return said


class CodingForm(EvidenceForm, _SaidActForm):
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
    field_order = ("quote", "before", "begins", "ends", "term", "date", "place", "by_kind", "by")

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
    received_at = _Day(label=_("Received on"), initial=localdate)
    file = forms.FileField(
        label=_("The file as it came"),
        required=False,
        help_text=_("It is sealed by its digest and never changed. It leaves as a download only."),
    )
    field_order = ("kind", "title", "received_at", "file", "address", "kept_where", "text")

    def clean_file(self):
        return _kept(self.cleaned_data["file"])


class EditSourceForm(_AboutSource):
    why = forms.CharField(label=_("Why it is changed"), max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("title", "address", "kept_where", "text")

    def __init__(self, *args, without=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name in without:
            del self.fields[name]


class OriginalForm(forms.Form):
    file = forms.FileField(
        label=_("The file as it came"),
        help_text=_("It is sealed by its digest and never changed. It leaves as a download only."),
    )

    def clean_file(self):
        return _kept(self.cleaned_data["file"])


def _kept(file):
    if file is not None and file.size > MOST_BYTES:
        raise ValidationError(_("This file is larger than 500 MB. Say where it is kept instead."))
    return file


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
