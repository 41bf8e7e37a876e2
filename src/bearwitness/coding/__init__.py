"""Controlled vocabularies in three languages, and the spans of text that a coding rests on."""

from bearwitness.coding.moments import read_time, time_in_words
from bearwitness.coding.spans import Moment, Quote, Span, anchor, locate, segments
from bearwitness.coding.vocabulary import (
    Term,
    Vocabulary,
    load_vocabulary,
    vocabulary_names,
    vocabulary_of,
)

__all__ = [
    "Moment",
    "Quote",
    "Span",
    "Term",
    "Vocabulary",
    "anchor",
    "load_vocabulary",
    "locate",
    "read_time",
    "segments",
    "time_in_words",
    "vocabulary_names",
    "vocabulary_of",
]
