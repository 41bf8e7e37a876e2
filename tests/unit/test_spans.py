"""Words are found where they stand, in one place or not at all, and found again after a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.coding import Moment, Quote, anchor, locate, segments
from bearwitness.errors import InputError

TEXT = "She paid him.\n\nThen she paid the guard, and she paid the driver. 그녀는 돈을 냈다."


def test_words_are_found_however_a_browser_copied_the_line_ends():
    span = locate(TEXT, Quote(exact="paid him. Then  she"))
    assert span.exact == "paid him.\n\nThen she"
    assert TEXT[span.start : span.end] == span.exact


def test_words_that_stand_several_times_are_asked_to_be_longer_or_told_apart_by_what_is_before():
    with pytest.raises(InputError, match="3 times") as refused:
        locate(TEXT, Quote(exact="paid"))
    assert "more words" in refused.value.hint
    span = locate(TEXT, Quote(exact="paid", before="the guard, and she "))
    assert TEXT[span.end :].startswith(" the driver")


def test_words_that_overlap_themselves_are_not_taken_for_one_place():
    with pytest.raises(InputError, match="2 times"):
        locate("na na na", Quote(exact="na na"))


@pytest.mark.parametrize("exact", ["paid nobody", "", "   ", "she paid ."])
def test_words_that_are_not_there_are_refused_and_not_quoted_back(exact):
    with pytest.raises(InputError) as refused:
        locate(TEXT, Quote(exact=exact))
    assert "nobody" not in str(refused.value) + refused.value.hint


def test_hangul_typed_letter_by_letter_is_found():
    import unicodedata

    span = locate(TEXT, Quote(exact=unicodedata.normalize("NFD", "돈을 냈다")))
    assert span.exact == "돈을 냈다"


WORDS = st.text(alphabet="ab \n가", min_size=1, max_size=40)


@given(text=WORDS, data=st.data())
def test_any_part_of_a_text_is_found_at_its_place_once_it_is_told_what_stands_before(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    try:
        span = locate(text, Quote(exact=text[start:end], before=text[:start]))
    except InputError:
        return  # blank, or not told apart by its letters
    assert "".join(span.exact.split()) == "".join(text[start:end].split())
    assert text[span.start : span.end] == span.exact
    assert text[: span.start].endswith(span.prefix)
    assert text[span.end :].startswith(span.suffix)


@given(before=st.text(alphabet="xyz \n", max_size=60))
def test_a_span_is_anchored_again_when_the_text_before_it_changes(before):
    span = locate(TEXT, Quote(exact="the guard"))
    moved = anchor(before + TEXT, span)
    assert moved.start == span.start + len(before)
    assert moved.exact == span.exact


def test_of_several_places_the_one_with_the_same_surroundings_is_meant():
    span = locate(TEXT, Quote(exact="paid", before="guard, and she"))
    moved = anchor("At first nobody paid. " + TEXT, span)
    assert moved.start == span.start + len("At first nobody paid. ")


def test_an_anchor_whose_words_are_gone_is_refused():
    span = locate(TEXT, Quote(exact="the guard"))
    with pytest.raises(InputError, match="no longer has"):
        anchor(TEXT.replace("guard", "soldier"), span)


@given(text=WORDS, cuts=st.lists(st.integers(0, 40), max_size=4))
def test_pieces_put_together_are_the_text(text, cuts):
    spans = []
    for cut in cuts:
        try:
            spans.append(locate(text, Quote(exact=text[cut : cut + 5], before=text[:cut])))
        except InputError:
            continue
    pieces = segments(text, spans)
    assert "".join(piece for piece, _ in pieces) == text
    for number, span in enumerate(spans):
        assert "".join(piece for piece, over in pieces if number in over) == span.exact


def test_a_span_travels_as_a_web_annotation():
    quote, place = locate(TEXT, Quote(exact="the guard")).selectors()
    assert (quote["type"], quote["exact"]) == ("TextQuoteSelector", "the guard")
    assert TEXT[place["start"] : place["end"]] == "the guard"


def test_a_stretch_of_time_does_not_end_before_it_begins():
    with pytest.raises(InputError):
        Moment(start=10, end=3)
