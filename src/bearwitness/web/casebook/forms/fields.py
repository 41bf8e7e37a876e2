"""Fields that more than one form has."""

from __future__ import annotations

import re

from django import forms
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from bearwitness.coding import load_vocabulary, vocabulary_names
from bearwitness.web.pages import language_tag

CODE_NAME = re.compile("P-[0-9A-Z]{4,10}")


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LongSelect(forms.Select):
    """A choice among many: written as one string, where Django renders a template an option."""

    def render(self, name, value, attrs=None, renderer=None):
        widget = self.get_context(name, value, attrs)["widget"]
        parts = []
        for label, options, _ in widget["optgroups"]:
            within = "".join(map(_option, options))
            if label:
                within = f'<optgroup label="{conditional_escape(label)}">{within}</optgroup>'
            parts.append(within)
        facts = flatatt({"name": widget["name"], **widget["attrs"]})
        # Each label and value was escaped where it was written.
        return format_html("<select{}>{}</select>", facts, mark_safe("".join(parts)))  # noqa: S308


def _option(option) -> str:
    value, label = conditional_escape(option["value"]), conditional_escape(option["label"])
    return f'<option value="{value}"{flatatt(option["attrs"])}>{label}</option>'


class OfferedIterator(forms.models.ModelChoiceIterator):
    """The rows that are offered; any other of the queryset is taken as well."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from (self.choice(row) for row in self.field.offered)


class OfferingField(forms.ModelChoiceField):
    """A choice among very many rows: some are offered, and any is taken by its number."""

    iterator = OfferedIterator
    widget = LongSelect
    offered = ()


def term_choices():
    """All shipped vocabularies' terms to code with, grouped by vocabulary and broader term."""
    tag = language_tag()
    groups = []
    for name in vocabulary_names():
        vocabulary = load_vocabulary(name)
        title = vocabulary.title(tag)
        by_broader: dict[str, list] = {}
        for term in vocabulary.leaves():
            by_broader.setdefault(term.broader, []).append((term.id, term.label(tag)))
        for broader, terms in by_broader.items():
            above = f"{title}: {vocabulary.term(broader).label(tag)}" if broader else title
            groups.append((above, terms))
    return groups
