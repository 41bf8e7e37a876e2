"""A span of text: the exact words that a coding rests on, found in the text they come from.

As the W3C Web Annotation Data Model has it (Recommendation, 23 February 2017, 4.2.4 and 4.2.5):
the quote with what stands before and after it, and its position, so that either finds the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bearwitness.errors import InputError

_AROUND = 32  # characters kept before and after; our own choice


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words as somebody marked or pasted them, and what stood before them where that is known."""

    exact: str
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A stretch of a recording, in seconds from its beginning."""

    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise InputError("this stretch of time ends before it begins", hint="Swap its ends.")


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where words stand in a text: from character `start` up to, not including, `end`."""

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int

    def selectors(self) -> list[dict[str, Any]]:
        """The span as the two selectors of a Web Annotation."""
        around = {"exact": self.exact, "prefix": self.prefix, "suffix": self.suffix}
        place = {"start": self.start, "end": self.end}
        return [
            {"type": "TextQuoteSelector", **around},
            {"type": "TextPositionSelector", **place},
        ]


def locate(text: str, quote: Quote) -> Span:
    """The one place where the quote stands. Raises InputError where there is none, or several.

    White space counts as white space, however much of it: a browser copies line ends in its own
    way. All else must be exact.
    """
    found = list(_places(text, quote.exact))
    if len(found) > 1 and quote.before.strip():
        found = [place for place in found if _ends_with(text[: place[0]], quote.before)] or found
    if not found:
        raise InputError(
            "these words do not stand in the text",
            hint="Copy them from the text as they are, without adding or leaving out a word.",
        )
    if len(found) > 1:
        raise InputError(
            f"these words stand in the text {len(found)} times",
            hint="Take a few more words before or after, so that only one place has them.",
        )
    return _span(text, *found[0])


def anchor(text: str, span: Span) -> Span:
    """The same words in a text that was changed elsewhere. Raises InputError if they are gone.

    Where the words stand several times, the place with the same surroundings is meant.
    """
    places = list(_places(text, span.exact))
    if len(places) > 1:
        alike = [place for place in places if _span(text, *place).prefix == span.prefix]
        same = [place for place in places if _span(text, *place).suffix == span.suffix]
        both = [place for place in alike if place in same]
        places = both or alike or same or places
    if len(places) != 1:
        raise InputError(
            "an act rests on words that this text no longer has, or has more than once",
            hint="Leave those words as they are, or take the act's evidence away first.",
        )
    return _span(text, *places[0])


def segments(text: str, spans: Sequence[Span]) -> list[tuple[str, tuple[int, ...]]]:
    """The text in pieces, each with the positions in `spans` of those that cover it."""
    ends = sorted({0, len(text)} | {edge for s in spans for edge in (s.start, s.end)})
    return [
        (text[a:b], tuple(i for i, s in enumerate(spans) if s.start <= a and b <= s.end))
        for a, b in pairwise(ends)
    ]


def _places(text: str, exact: str) -> Iterator[tuple[int, int]]:
    for form in dict.fromkeys((exact, unicodedata.normalize("NFC", exact))):
        words = form.split()
        if not words:
            return
        # Looking ahead finds places that overlap as well.
        pattern = re.compile("(?=(" + r"\s+".join(map(re.escape, words)) + "))")
        found = [match.span(1) for match in pattern.finditer(text)]
        if found:
            yield from found
            return


def _ends_with(text: str, before: str) -> bool:
    return "".join(text.split()).endswith("".join(before.split()))


def _span(text: str, start: int, end: int) -> Span:
    return Span(
        exact=text[start:end],
        prefix=text[max(0, start - _AROUND) : start],
        suffix=text[end : end + _AROUND],
        start=start,
        end=end,
    )
