"""What is typed finds what it should: in three scripts, by few letters, a place in any spelling."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.casebook.searched import MOST_TERMS, Term, marks, passages, read_terms, spread
from bearwitness.casebook.wanted import Wanted
from bearwitness.errors import InputError


def finds(typed, text):
    held = spread(text)
    return all(any(p in held for p in term.patterns) for term in read_terms(typed))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("가", "나가다"),
        ("하나", "가상하나에서"),
        ("인신매매", "인신 매매"),
        ("인신 매매", "인신매매"),
        ("王芳", "她叫王芳。"),
        ("lark", "Lark Street"),
        ("LARK str", "on lark street"),
        ('"lark str"', "Lark-Street"),
        ("li", "Li said"),
        ("2014년", "2014 년 봄"),
        ("Hoeryŏng", "she left 회령"),
        ("회령", "from hoeryong city"),
        ("cafe", "the Café"),
        ("ｌａｒｋ", "lark"),
        (unicodedata.normalize("NFD", "하나"), "하나"),
        ("하나", unicodedata.normalize("NFD", "하나")),
    ],
)
def test_it_is_found(typed, text):
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("man", "a woman"),
        ("li", "Lima"),
        ("하나", "하. 나"),
        ("하나", "하다 나다"),
        ('"street lark"', "Lark Street"),
        ("lark 없다", "lark"),
    ],
)
def test_it_is_not_found(typed, text):
    assert not finds(typed, text)


# Letters that fold to none, to two, to themselves; spaces, punctuation, two scripts.
LETTERS = st.text(alphabet="aqlß½ŏÉ 가상\u1112王 ,.\u200d\u0301ﬁ", max_size=14)


@given(LETTERS, LETTERS)
def test_what_the_index_finds_is_what_is_marked(typed, text):
    if not spread(typed):
        return
    text = unicodedata.normalize("NFC", text)
    term = Term(spellings=(typed,))
    found = marks(text, [term])
    assert bool(found) == any(pattern in spread(text) for pattern in term.patterns)
    assert all(0 <= start < end <= len(text) for start, end in found)


@given(st.text(max_size=60))
def test_any_text_is_spread_once_and_for_all_and_no_pattern_is_too_short_for_the_index(text):
    held = spread(text)
    assert set(held) <= {" "} | {c for c in held if c.isalnum()}
    assert len(read_terms(text)) <= MOST_TERMS
    assert all(len(p) >= 3 for term in read_terms(text) for p in term.patterns)


def test_passages_are_the_text_itself_with_what_stands_around():
    text = "Before. " * 20 + "Fictional Lark Street in 회령 시장. " + "After. " * 20 + "Lark."
    first, last = passages(text, read_terms("lark 시장"))
    assert [piece for piece, wanted in first if wanted] == ["Lark", "시장"]
    assert "".join(piece for piece, _ in first).strip("… ") in text
    assert [piece for piece, wanted in last if wanted] == ["Lark"]
    assert passages(text, read_terms("nowhere")) == []


def test_a_place_holds_for_all_within_it_in_every_spelling():
    wanted = Wanted(place="Yanbian")
    assert {"연길", "延吉", "yanji"} <= wanted.places
    assert Wanted(place="Nowhere Town").places == {"nowhere"}


def test_a_search_is_read_from_a_form_and_given_back():
    said = {"text": " 리 ", "act": "", "period": "2014-21", "csrf": "x", "state": "draft"}
    wanted = Wanted.read(said)
    assert wanted.said() == {"text": "리", "period": "2014-21", "state": "draft"}
    assert Wanted.read(wanted.said()) == wanted
    for bad in ({"text": "!?"}, {"text": "x" * 300}, {"period": "soon"}):
        with pytest.raises(InputError):
            Wanted.read(bad)
    with pytest.raises(ValueError, match="publicly"):
        Wanted.read({"consent": "publicly"})
