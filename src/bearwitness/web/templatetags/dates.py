"""Dates in the language of the page."""

from django import template

from bearwitness.casebook import in_words as words
from bearwitness.web.pages import language_tag

register = template.Library()


@register.filter
def in_words(edtf):
    """`{{ person.birth|in_words }}`: "spring 2014" for 2014-21."""
    return words(edtf, language_tag()) if edtf else ""
