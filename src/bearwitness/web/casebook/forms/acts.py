"""What was done, by whom, and the words that say so."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook.perpetrators import Perpetrator, PerpetratorKind
from bearwitness.coding import Moment, Quote, read_time
from bearwitness.errors import InputError
from bearwitness.records import queries
from bearwitness.records.queries.sources import MOST_OFFERED
from bearwitness.web.casebook.forms.fields import (
    CODE_NAME,
    LongSelect,
    OfferingField,
    term_choices,
)
from bearwitness.web.casebook.forms.labels import PERPETRATOR_LABELS, PERPETRATOR_WORDS
from bearwitness.web.pages import SaidDateField
from bearwitness.web.said import in_one_line


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


class _SaidActForm(PerpetratorForm):
    """What is said of an act, whatever it was coded from."""

    term = forms.ChoiceField(label=_("What was done"), widget=LongSelect)
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
        events = queries.events_to_offer(reader, person)
        self._offer("event", events, of=queries.events_for(reader, person))

    def _offer(self, name, rows, *, of):
        field = self.fields[name]
        field.queryset, field.offered = of, rows
        if len(rows) < MOST_OFFERED:  # all of them are offered
            del self.fields[f"{name}_number"]

    def clean_event_number(self):
        unknown = _("There is no event of this number in the person's team.")
        return self._by_number("event", unknown)

    def _by_number(self, name, unknown):
        """A number that was typed stands before what was chosen from the offered rows."""
        number = self.cleaned_data[f"{name}_number"]
        row = self.fields[name].queryset.filter(pk=number).first()
        if number and row is None:
            raise ValidationError(unknown)
        if row is not None:
            self.cleaned_data[name] = row
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
        sources = queries.sources_to_offer(reader, person)
        self._offer("source", sources, of=queries.sources_for(reader, person))

    def clean_source(self):
        source = self.cleaned_data["source"]
        if source is None:
            raise ValidationError(_("Choose who or what says so."))
        return source

    def clean_source_number(self):
        unknown = _("There is no document of this number that you can see.")
        return self._by_number("source", unknown)


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
