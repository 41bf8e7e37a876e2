"""Every shipped vocabulary can be coded with in three languages, and says where it comes from."""

import re

import pytest

from bearwitness.coding import load_vocabulary, vocabulary_names
from bearwitness.coding.vocabulary import LANGUAGES
from bearwitness.errors import InputError

TERMS = [(name, term) for name in vocabulary_names() for term in load_vocabulary(name).terms]


def test_the_design_names_these_and_they_are_shipped():
    assert {"detention", "trafficking", "trajectory", "violence"} <= set(vocabulary_names())


@pytest.mark.parametrize(("name", "term"), TERMS, ids=lambda value: getattr(value, "id", ""))
def test_a_term_has_label_and_definition_in_each_language_in_its_own_letters(name, term):
    letters = {"en": r"[A-Za-z]", "ko": r"[\uac00-\ud7a3]", "zh-Hans": r"[\u4e00-\u9fff]"}
    for language in LANGUAGES:
        for text in (term.labels[language], term.definitions[language]):
            assert re.search(letters[language], text)
    assert term.definitions["en"].endswith(".")
    known = {other.id for other in load_vocabulary(name).terms}
    assert not term.broader or term.broader in known - {term.id}


@pytest.mark.parametrize("name", vocabulary_names())
def test_no_two_terms_of_a_vocabulary_have_one_label(name):
    vocabulary = load_vocabulary(name)
    for language in LANGUAGES:
        labels = [term.label(language).casefold() for term in vocabulary.terms]
        assert len(set(labels)) == len(labels)
    assert re.fullmatch(r"\d+\.\d+\.\d+", vocabulary.version)
    assert vocabulary.source


def test_an_unknown_vocabulary_or_term_is_refused():
    with pytest.raises(InputError, match="no such vocabulary"):
        load_vocabulary("gossip")
    with pytest.raises(InputError, match="no such term"):
        load_vocabulary("trajectory").term("trajectory/flown")
