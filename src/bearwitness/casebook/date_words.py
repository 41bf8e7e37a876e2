"""EDTF dates in words, in English, Korean and Chinese: 2014-21 is "spring 2014", "2014년 봄"."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_SEASONS = {
    "en": ("spring", "summer", "autumn", "winter"),
    "ko": ("봄", "여름", "가을", "겨울"),
    "zh-Hans": ("春", "夏", "秋", "冬"),
}
_POINTS: Mapping[str, Mapping[str, str]] = {
    "en": {"year": "{y}", "decade": "the {y}s", "season": "{s} {y}", "month": "{month} {y}",
           "day": "{d} {month} {y}"},
    "ko": {"year": "{y}년", "decade": "{y}년대", "season": "{y}년 {s}", "month": "{y}년 {m}월",
           "day": "{y}년 {m}월 {d}일"},
    "zh-Hans": {"year": "{y}年", "decade": "{y}年代", "season": "{y}年{s}", "month": "{y}年{m}月",
                "day": "{y}年{m}月{d}日"},
}  # fmt: skip
_RELATIONS: Mapping[str, Mapping[str, str]] = {
    "en": {"about": "about {a}", "maybe": "perhaps {a}", "both": "perhaps about {a}",
           "between": "between {a} and {b}", "until": "by {a}", "onward": "{a} or later",
           "span": "from {a} to {b}", "since": "since {a}", "unknown": "unknown"},
    "ko": {"about": "{a}경", "maybe": "아마 {a}", "both": "아마 {a}경",
           "between": "{a}에서 {b} 사이", "until": "{a} 이전", "onward": "{a} 이후",
           "span": "{a}부터 {b}까지", "since": "{a}부터", "unknown": "모름"},
    "zh-Hans": {"about": "{a}左右", "maybe": "可能{a}", "both": "可能{a}左右",
                "between": "{a}到{b}之间", "until": "{a}以前", "onward": "{a}以后",
                "span": "从{a}到{b}", "since": "自{a}起", "unknown": "不详"},
}  # fmt: skip

_POINT = r"\d{3}X|\d{4}(?:-\d\d){0,2}"
_SHAPES = (
    ("about", rf"(?P<a>{_POINT})~"),
    ("maybe", rf"(?P<a>{_POINT})\?"),
    ("both", rf"(?P<a>{_POINT})%"),
    ("between", rf"\[(?P<a>{_POINT})\.\.(?P<b>{_POINT})\]"),
    ("until", rf"\[\.\.(?P<a>{_POINT})\]"),
    ("onward", rf"\[(?P<a>{_POINT})\.\.\]"),
    ("span", rf"(?P<a>{_POINT})/(?P<b>{_POINT})"),
    ("since", rf"(?P<a>{_POINT})/\.\."),
    ("unknown", "XXXX"),
)


def in_words(edtf: str, language: str = "en") -> str:
    """The date in `language`: "en", "ko" or "zh-Hans". A rarer form of EDTF comes back as it is."""
    if re.fullmatch(_POINT, edtf):
        return _point(edtf, language)
    for relation, shape in _SHAPES:
        match = re.fullmatch(shape, edtf)
        if match:
            parts = {name: _point(part, language) for name, part in match.groupdict().items()}
            return _RELATIONS[language][relation].format(**parts)
    return edtf


def _point(edtf: str, language: str) -> str:
    forms = _POINTS[language]
    if edtf.endswith("X"):
        return forms["decade"].format(y=edtf[:3] + "0")
    year, *rest = edtf.split("-")
    if not rest:
        return forms["year"].format(y=year)
    number = int(rest[0])
    if number > 20:
        return forms["season"].format(y=year, s=_SEASONS[language][number - 21])
    words = {"y": year, "m": number, "month": _MONTHS[number - 1]}
    if len(rest) == 1:
        return forms["month"].format(**words)
    return forms["day"].format(d=int(rest[1]), **words)
