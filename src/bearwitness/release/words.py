"""The words of a report in its language: our own sentences, and those of the study.

Our sentences come out of estimators, rules and tables in English, most with names and numbers in
them. A catalogue (gettext, kept by `make words`) holds each once, what is put into it as {0}, {1};
here they are known again and said in the language of the report. What the study says itself, its
title or the names of its lists, stands in hand/words.LANGUAGE.toml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

LANGUAGES: Mapping[str, str] = {"en": "English", "ko": "한국어", "zh-Hans": "简体中文"}
_FULL_STOP = {"zh-Hans": "。"}
_JOINTS: Mapping[str, Mapping[str, str]] = {
    " + ": {},
    " / ": {},
    "; ": {"zh-Hans": "；"},
    ": ": {"zh-Hans": "："},
    ", ": {"zh-Hans": "，"},
}
# A sentence with few words of its own would be seen in any other: what is put into it is short.
_OWN_LETTERS, _FEW_WORDS = 8, 3
_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_HOLE = re.compile(r"\{(\w*)[^{}]*\}")
_DATES = {
    "en": ("{year}", "{month} {year}", "{day} {month} {year}", "{0} to {1}"),
    "ko": ("{year}년", "{year}년 {month}월", "{year}년 {month}월 {day}일", "{0}부터 {1}까지"),
    "zh-Hans": ("{year}年", "{year}年{month}月", "{year}年{month}月{day}日", "{0}至{1}"),
}
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def mark(text: str) -> str:
    """The same text; `make words` puts it into the catalogue."""
    return text


# Headers of tables, columns of lists, and what is put together of few words.
FEW = (
    mark("method"), mark("estimate"), mark("from"), mark("to"), mark("verdict"), mark("standing"),
    mark("lists"), mark("what"), mark("value"), mark("which"), mark("seed"), mark("stratum"),
    mark("lower bound only"), mark("no interval"), mark("as published"), mark("half"),
    mark("twice"), mark("lower"), mark("upper"), mark("period"), mark("place"), mark("names"),
    mark("aliases"), mark("sex"), mark("birth"), mark("origin"), mark("all on {0}"),
    mark("{0} lists"), mark("cited from {0}"), mark("{0} % bootstrap interval"),
    mark("dependence between {0}"), mark("Because {0}."), mark("Ask: {0}."), mark("{0} or {1}"),
    mark("{0} or the {1}"), mark("rounded to {0}"), mark("{0} and {1}"), mark("{0} people"),
    mark("{0} people observed on {1} lists"), mark("estimate by {0}"), mark("figure {0}"),
    mark("estimate by {0} ({1})"), mark("as the estimate by {0}, less the people observed"),
    mark("Population"), mark("Period"), mark("Place"), mark("Base"), mark("Method"),
    mark("People in all, by method and stratum"), mark("count"),
    mark("all"), mark("not stated"), mark("other"), mark("female"), mark("male"), mark("age"),
    mark("people"), mark("under {0}"), mark("{0} and over"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language, with what the study says in it (English to that language)."""

    language: str = "en"
    own: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str, **values: object) -> str:
        """A sentence of ours with its values in it, in this language."""
        return _catalogue(self.language).gettext(text).format_map(values) if text else ""

    def said(self, text: str) -> str:
        """What somebody said in English, in this language; in English where it is not known."""
        if self.language == "en" or not text.strip():
            return text
        told = self._known(text) or self._with_parts(text) or self._in_pieces(text) or text
        # A space stands between Chinese and Latin letters, none between Chinese ones.
        return _BETWEEN_CHINESE.sub("", told) if self.language == "zh-Hans" else told

    def day(self, date: str) -> str:
        """A date or an interval of two (EDTF), as the language writes it; else as it stands."""
        ends = [self._one_day(part) for part in date.split("/")]
        if None in ends or len(ends) > 2:
            return date
        return ends[0] or date if len(ends) == 1 else _DATES[self.language][3].format(*ends)

    def _one_day(self, date: str) -> str | None:
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", date):
            return None
        parts = date.split("-")
        numbers = [int(part) for part in parts]
        if not 1 <= (numbers[1] if len(numbers) > 1 else 1) <= len(_MONTHS):
            return None  # a season: EDTF numbers them on from the months
        if self.language == "en" and len(numbers) > 1:
            months: tuple[object, ...] = (_MONTHS[numbers[1] - 1],)
        else:
            months = tuple(numbers[1:2])
        names = dict(
            zip(("year", "month", "day"), (numbers[0], *months, *numbers[2:]), strict=False)
        )
        return _DATES[self.language][len(parts) - 1].format(**names)

    def _known(self, text: str) -> str | None:
        bare = text[:-1] if text.endswith(".") else text
        stop = _FULL_STOP.get(self.language, ".")
        for said in dict.fromkeys((text, bare, f"{bare}.")):
            found = self.own.get(said) or _catalogue(self.language).gettext(said)
            if found and found != said:
                return found if said == text else found + stop if said == bare else found[:-1]
        return None

    def _with_parts(self, text: str) -> str | None:
        bare = text[:-1] if text.endswith(".") else text
        for pattern, sentence, is_short in _patterns():
            for said in dict.fromkeys((text, bare, f"{bare}.")):
                found = pattern.fullmatch(said)
                if not found or (is_short and _are_long(found.groups())):
                    continue
                told = _catalogue(self.language).gettext(sentence)
                if told == sentence:
                    continue
                values = dict(zip(_HOLE.findall(sentence), found.groups(), strict=True))
                put = {name: self.said(part) for name, part in values.items()}
                whole = _filled(told, put)
                stop = _FULL_STOP.get(self.language, ".")
                return whole if said == text else whole + stop if said == bare else whole[:-1]
        return None

    def _in_pieces(self, text: str) -> str | None:
        """Sentences one after another, then reasons with semicolons, then what precedes a colon."""
        sentences = re.split(r"(?<=[a-z)%]\.) (?=[A-Z])", text)
        for size in range(len(sentences) - 1, 0, -1):
            # A sentence of the catalogue may be several of these.
            first, rest = " ".join(sentences[:size]), " ".join(sentences[size:])
            told = self._known(first) or self._with_parts(first)
            if told or size == 1:
                joint = "" if self.language == "zh-Hans" else " "
                return (told or first) + joint + self.said(rest)
        for joint, in_language in _JOINTS.items():
            pieces = text.split(joint) if joint != ": " else text.split(joint, 1)
            spoken = [self.said(piece) for piece in pieces] if len(pieces) > 1 else pieces
            if spoken != pieces:
                # Chinese tells words of a row apart by another comma than clauses.
                is_row = self.language == "zh-Hans" and joint == ", " and max(map(len, spoken)) < 8
                return ("、" if is_row else in_language.get(self.language, joint)).join(spoken)
        return None


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: values[hole[1]], sentence)


def _are_long(parts: tuple[str, ...]) -> bool:
    return any(len(part.split()) > _FEW_WORDS for part in parts)


ENGLISH = Words()


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    folder = files("bearwitness.release") / "locale" / language.replace("-", "_")
    with (folder / "LC_MESSAGES" / "report.mo").open("rb") as stream:
        return GNUTranslations(stream)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    """Sentences into which something is put, those with most words of their own first."""
    place = files("bearwitness.release") / "locale" / "sentences.json"
    sentences = json.loads(place.read_text(encoding="utf-8"))
    found = []
    for sentence in sorted(sentences, key=_own_letters, reverse=True):
        texts = map(re.escape, _HOLE.split(sentence)[::2])
        pattern = re.compile("(.*?)".join(texts))
        is_short = sentence.startswith("{") and _own_letters(sentence) < _OWN_LETTERS
        found.append((pattern, sentence, is_short))
    return tuple(found)


def _own_letters(sentence: str) -> int:
    return sum(letter.isalpha() for letter in _HOLE.sub("", sentence))
