"""The formula of a composed figure: other figures, numbers, + - * / and brackets.

A formula is read once and worked out in any arithmetic: of numbers, of draws, of units, of
intervals, of bounds on distributions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bearwitness.errors import StudyInvalid

T = TypeVar("T")
_WORDS = re.compile(r"\(|\)|[^\s()]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SIGNS = {"+": "+", "-": "-", "−": "-", "*": "*", "×": "*", "/": "/", "÷": "/"}
HINT = "Write figures' ids, numbers, + - * / and brackets, with spaces around each sign."


class Arithmetic(Protocol[T]):
    """What a formula is worked out in: one operation for each sign, and numbers."""

    def number(self, value: float) -> T: ...

    def combine(self, sign: str, left: T, right: T) -> T: ...


@dataclass(frozen=True)
class Number:
    value: float

    def names(self) -> Iterator[str]:
        yield from ()

    def work_out(self, parts: Mapping[str, T], arithmetic: Arithmetic[T]) -> T:
        return arithmetic.number(self.value)

    def put(self, known: Mapping[str, Formula]) -> Formula:
        return self


@dataclass(frozen=True)
class Part:
    name: str

    def names(self) -> Iterator[str]:
        yield self.name

    def work_out(self, parts: Mapping[str, T], arithmetic: Arithmetic[T]) -> T:
        return parts[self.name]

    def put(self, known: Mapping[str, Formula]) -> Formula:
        """The same with other formulas in the place of the figures that they compose."""
        return known.get(self.name, self)


@dataclass(frozen=True)
class Combined:
    sign: str
    left: Formula
    right: Formula

    def names(self) -> Iterator[str]:
        yield from self.left.names()
        yield from self.right.names()

    def work_out(self, parts: Mapping[str, T], arithmetic: Arithmetic[T]) -> T:
        left = self.left.work_out(parts, arithmetic)
        return arithmetic.combine(self.sign, left, self.right.work_out(parts, arithmetic))

    def put(self, known: Mapping[str, Formula]) -> Formula:
        return Combined(self.sign, self.left.put(known), self.right.put(known))


Formula = Number | Part | Combined


def read_formula(text: str, *, where: str = "") -> Formula:
    """Read a formula; * and / bind before + and -, as at school. Raises StudyInvalid."""
    words = _WORDS.findall(text)
    found, left = _sum(words, where)
    if left:
        raise _unreadable(where, left[0])
    return found


def _sum(words: list[str], where: str) -> tuple[Formula, list[str]]:
    return _chain(words, "+-", _product, where)


def _product(words: list[str], where: str) -> tuple[Formula, list[str]]:
    return _chain(words, "*/", _atom, where)


def _chain(
    words: list[str],
    signs: str,
    read: Callable[[list[str], str], tuple[Formula, list[str]]],
    where: str,
) -> tuple[Formula, list[str]]:
    found, words = read(words, where)
    while words and _SIGNS.get(words[0], "?") in signs:
        sign = _SIGNS[words[0]]
        right, words = read(words[1:], where)
        found = Combined(sign, found, right)
    return found, words


def _atom(words: list[str], where: str) -> tuple[Formula, list[str]]:
    if not words:
        raise _unreadable(where, "the end")
    word, rest = words[0], words[1:]
    if word == "(":
        found, rest = _sum(rest, where)
        if not rest or rest[0] != ")":
            raise _unreadable(where, "a bracket that does not close")
        return found, rest[1:]
    if _NAME.fullmatch(word):
        return Part(word), rest
    try:
        return Number(float(word)), rest
    except ValueError as error:
        raise _unreadable(where, word) from error


def _unreadable(where: str, what: str) -> StudyInvalid:
    return StudyInvalid(f"the formula cannot be read at {what!r}", where=where, hint=HINT)


def told_formula(formula: Formula) -> str:
    """The formula as it is read again, with the brackets that it needs."""
    if isinstance(formula, Number):
        return f"{formula.value:g}"
    if isinstance(formula, Part):
        return formula.name
    left, right = told_formula(formula.left), told_formula(formula.right)
    if formula.sign in "*/" and _is_sum(formula.left):
        left = f"({left})"
    if (_is_sum(formula.right) and formula.sign != "+") or (
        isinstance(formula.right, Combined) and formula.sign == "/"
    ):
        right = f"({right})"
    return f"{left} {formula.sign} {right}"


def _is_sum(formula: Formula) -> bool:
    return isinstance(formula, Combined) and formula.sign in "+-"
