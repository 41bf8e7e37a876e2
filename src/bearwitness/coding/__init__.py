"""Controlled vocabularies: versioned data files with labels and definitions in three languages."""

from bearwitness.coding.vocabulary import Term, Vocabulary, load_vocabulary, vocabulary_names

__all__ = ["Term", "Vocabulary", "load_vocabulary", "vocabulary_names"]
