"""What is told of a change is exactly the change."""

from hypothesis import given
from hypothesis import strategies as st

from bearwitness.casebook.difference import Part, difference

TEXT = st.text(alphabet="ab 가.\n", max_size=60)


@given(before=TEXT, after=TEXT)
def test_without_what_came_it_is_the_old_text_and_without_what_went_the_new(before, after):
    parts = difference(before, after)
    assert "".join(text for part, text in parts if part is not Part.NEW) == before
    assert "".join(text for part, text in parts if part is not Part.GONE) == after
    assert all(text for _, text in parts)


def test_words_are_not_torn():
    assert difference("in the spring of 2014", "in the autumn of 2014") == [
        (Part.SAME, "in the "),
        (Part.GONE, "spring"),
        (Part.NEW, "autumn"),
        (Part.SAME, " of 2014"),
    ]


def test_a_long_text_is_compared_by_lines():
    before = "word word\n" * 4_000
    parts = difference(before, before + "new line\n")
    assert parts[-1] == (Part.NEW, "new line\n")
