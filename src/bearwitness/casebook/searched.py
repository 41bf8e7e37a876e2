"""What is typed into the search box, and the form in which texts are searched.

A text is *spread* before it is indexed: folded (no case, no marks, no full-width forms), words
apart by one space, and every Korean or Chinese character between two `q`. An index of groups of
three letters then finds one character or two as well as ten, in either database:

    회령 시장, Lark Street  ->  " q회q령q시q장q lark street "
    회령                    ->  "q회q령q"

Korean and Chinese are found anywhere, whatever the spaces (인신매매, 인신 매매). Words in letters
are found by their beginning, so that "man" does not find "woman"; one or two letters as a whole
word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bearwitness.casebook.places import find_places

MOST_TERMS = 8
_CJK = "\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
_BREAK = "|"  # punctuation: no Korean or Chinese word goes on behind it
_RUN = re.compile(f"[{_CJK}]+")
_SPACES_WITHIN = re.compile(f"(?<=[{_CJK}]) +(?=[{_CJK}])")
_TYPED = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
_LETTER = f"[^ {_BREAK}{_CJK}]"
_AROUND = 70  # characters on either side of what was found
_SHORT = 2  # letters: shorter than the groups of the index


class _Folds(dict[int, str]):
    """How each character is folded, worked out when it is first met."""

    def __missing__(self, number: int) -> str:
        self[number] = folded = _fold(chr(number))
        return folded


def _fold(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if _is_base(c))
    folded = unicodedata.normalize("NFKC", bare).casefold()
    return "".join(c if c.isalnum() else _BREAK for c in folded) or _BREAK


def _is_base(character: str) -> bool:
    return not unicodedata.combining(character)


_FOLDS = _Folds()


def spread(text: str) -> str:
    """The form that is indexed. Empty for a text without letters."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLDS)
    folded = _SPACES_WITHIN.sub("", folded).replace(_BREAK, " ")
    words = _RUN.sub(lambda run: f" q{'q'.join(run[0])}q ", folded).split()
    return f" {' '.join(words)} " if words else ""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One thing that has to stand in a text: any of `spellings`, of which the first was typed."""

    spellings: tuple[str, ...]

    @property
    def patterns(self) -> tuple[str, ...]:
        """What a spread text has to hold, one of them. Never shorter than three characters."""
        return tuple(dict.fromkeys(map(_pattern, self.spellings)))


def read_terms(text: str) -> tuple[Term, ...]:
    """The terms of what was typed: words, and "words in quotes" as they follow one another.

    All of them have to be found. A place stands for itself in every spelling that we know.
    """
    if _is_place(text):
        return (Term(spellings=_spellings(text)),)
    parts = (one or two or three for one, two, three in _TYPED.findall(text))
    terms = (Term(spellings=_spellings(part)) for part in parts if spread(part))
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]


def _is_place(text: str) -> bool:
    return bool(spread(text)) and bool(find_places(text))


def _spellings(text: str) -> tuple[str, ...]:
    known = find_places(text)
    names = (name for place in known for name in (*place.names.values(), *place.aliases))
    return tuple(dict.fromkeys((text.strip(), *(name for name in names if spread(name)))))


def _pattern(text: str) -> str:
    """The part of a spread text that says that `text` is in it."""
    whole = spread(text)
    words = whole.split()
    start = "" if _is_run(words[0]) else " "
    end = " " if not _is_run(words[-1]) and len(words[-1]) <= _SHORT else ""
    return start + whole.strip() + end


def _is_run(word: str) -> bool:
    return bool(_RUN.search(word))


def marks(text: str, terms: Iterable[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in an NFC text, as (start, end); in order, and none overlaps.

    It gives a place for a term just when the text, spread, holds one of the term's patterns.
    """
    folds = [_FOLDS[ord(c)] for c in text]
    folded = "".join(folds)
    places = [number for number, fold in enumerate(folds) for _ in fold]
    patterns = {pattern for term in terms for pattern in term.patterns}
    found = [
        (places[match.start()], places[match.end() - 1] + 1)
        for pattern in patterns
        for match in _expression(pattern).finditer(folded)
    ]
    return list(_joined(sorted(found)))


def passages(text: str, terms: Iterable[Term], *, most: int = 3) -> list[list[tuple[str, bool]]]:
    """The first places where the terms stand, each in pieces with what stands around them.

    A piece is (words, whether they were searched for). Empty where no term stands in the text.
    """
    text = unicodedata.normalize("NFC", text)
    spans = marks(text, terms)
    near = [(max(0, start - _AROUND), min(len(text), end + _AROUND)) for start, end in spans]
    windows = list(_joined(near))[:most]
    return [list(_pieces(text, window, spans)) for window in windows]


def _pieces(
    text: str, window: tuple[int, int], spans: Iterable[tuple[int, int]]
) -> Iterator[tuple[str, bool]]:
    at, end = window
    if at > 0:
        yield "… ", False
    for first, last in spans:
        if at <= first and last <= end:
            yield text[at:first], False
            yield text[first:last], True
            at = last
    yield text[at:end] + (" …" if end < len(text) else ""), False


def _expression(pattern: str) -> re.Pattern[str]:
    """The same as a pattern, for a text that is folded but not spread."""
    words = pattern.split()
    parts = [_word(words[0])]
    for before, word in pairwise(words):
        runs = _is_run(before), _is_run(word)
        gap = (
            f" *[{_BREAK}][ {_BREAK}]*" if all(runs) else f"[ {_BREAK}]{'*' if any(runs) else '+'}"
        )
        parts += [gap, _word(word)]
    start = f"(?<!{_LETTER})" if pattern.startswith(" ") else ""
    end = f"(?!{_LETTER})" if pattern.endswith(" ") else ""
    return re.compile(start + "".join(parts) + end)


def _word(word: str) -> str:
    return " *".join(word[1:-1].split("q")) if _is_run(word) else re.escape(word)


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    held: tuple[int, int] | None = None
    for start, end in spans:
        if held and start <= held[1]:
            held = held[0], max(held[1], end)
            continue
        if held:
            yield held
        held = start, end
    if held:
        yield held
