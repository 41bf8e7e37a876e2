"""Figures of a package, in the language of the page."""

from django import template

from bearwitness.pipeline.walked import as_printed, sentence_of
from bearwitness.web.pages import language_tag

register = template.Library()


@register.filter
def big(row):
    """`{{ figure|big }}`: "1,500 people (1,200 to 1,900)"; that none is stated, where none is."""
    return as_printed(row).big(language_tag())


@register.filter
def sentence(row):
    """The whole sentence, as the report has it."""
    return sentence_of(row, language_tag())
