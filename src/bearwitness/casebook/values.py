"""Values without identity: a name as written, a date as well as it is known."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

from bearwitness.errors import InputError

_LONGEST_DATE = 80
DATE_HINT = (
    "Write what is known: 1998, 1998-03, 1998-03-14, 199X (the nineties), 1998~ (about 1998), "
    "[1998..2000] (one year of these), 1998-21 (spring 1998)."
)
# EDTF level 1 lets a qualifier follow any date, a season too; the library does not read that.
_DECEMBER, _SEASON = 12, timedelta(days=91)
_QUALIFIED_SEASON = re.compile(r"(\d{4}-2[1-4])[~?%]")
_PLAIN = re.compile(r"(?P<year>[12]\d{3})(?:(?P<about>~)|-(?P<part>\d\d)(?:-(?P<day>\d\d))?)?")
_SEASONS = range(21, 25)  # from spring, as EDTF numbers them

# ISO 15924 codes by the first word of the character's Unicode name.
_SCRIPTS = {"HANGUL": "Hang", "CJK": "Hani", "LATIN": "Latn", "CYRILLIC": "Cyrl"}
UNDETERMINED, HANGUL_AND_HAN = "Zyyy", "Kore"


class NameKind(StrEnum):
    """What sort of name it is."""

    GIVEN_AT_BIRTH = "given-at-birth"
    ALIAS = "alias"
    NAME_IN_CHINA = "name-in-china"
    RELIGIOUS = "religious"


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name as written. The script is an ISO 15924 code, found from the letters if not given."""

    text: str
    kind: NameKind = NameKind.GIVEN_AT_BIRTH
    script: str = ""

    def __post_init__(self) -> None:
        # The same syllable can be typed as one character or as three; NFC makes them one.
        text = " ".join(unicodedata.normalize("NFC", self.text).split())
        if not text:
            raise InputError("a name is empty", hint="Leave the row out, or write the name.")
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "kind", NameKind(self.kind))
        object.__setattr__(self, "script", self.script or detect_script(text))


def detect_script(text: str) -> str:
    """ISO 15924 code: Hang, Hani, Latn, Cyrl; Kore for Hangul with Han; Zyyy for all else."""
    letters = [c for c in unicodedata.normalize("NFC", text) if c.isalpha()]
    first_words = {unicodedata.name(c, "?").split("-")[0].split()[0] for c in letters}
    scripts = {_SCRIPTS.get(word, UNDETERMINED) for word in first_words}
    if scripts == {"Hang", "Hani"}:
        return HANGUL_AND_HAN
    return scripts.pop() if len(scripts) == 1 else UNDETERMINED


@dataclass(frozen=True, kw_only=True)
class When:
    """An EDTF date (ISO 8601-2) with its earliest and latest year and day; None for an open end."""

    text: str
    earliest: int | None
    latest: int | None
    first_day: date | None = field(default=None, compare=False)
    last_day: date | None = field(default=None, compare=False)

    @classmethod
    def read(cls, text: str) -> When:
        """Read EDTF. An approximate one (`~`) is widened by its precision. Raises InputError."""
        return _read(text.strip())

    def may_be_same_year(self, other: When) -> bool:
        """Whether some year fits both."""
        starts = [w.earliest for w in (self, other) if w.earliest is not None]
        ends = [w.latest for w in (self, other) if w.latest is not None]
        return not starts or not ends or max(starts) <= min(ends)


@lru_cache(maxsize=65536)  # the library takes milliseconds a date, and pages show many
def _read(text: str) -> When:
    return _plain(text) or _by_library(text)


def _plain(text: str) -> When | None:
    """The commonest forms in no time: a year, also an approximate one, a season, a month, a day.

    None for all others, and for a day that there is not: those are the library's. A test holds the
    two together.
    """
    found = _PLAIN.fullmatch(text)
    if not found:
        return None
    year, about = int(found["year"]), 1 if found["about"] else 0
    part = int(found["part"] or 0)
    try:
        if found["day"]:
            first = last = date(year, part, int(found["day"]))
        elif found["part"]:
            month, months = (3 * (part - 20), 3) if part in _SEASONS else (part, 1)
            first, last = date(year, month, 1), _day_before(year, month + months)
        else:
            first, last = date(year - about, 1, 1), date(year + about, 12, 31)
    except ValueError:
        return None
    return When(text=text, earliest=first.year, latest=last.year, first_day=first, last_day=last)


def _day_before(year: int, month: int) -> date:
    """The day before the first of a month; the thirteenth is January."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(days=1)


def _by_library(text: str) -> When:
    parsed = _parse(text)
    approximate = "~" in text or "%" in text
    ends = ("lower_fuzzy", "upper_fuzzy") if approximate else ("lower_strict", "upper_strict")
    moments = [getattr(parsed, end)() for end in ends]
    earliest, latest = (_year(moment) for moment in moments)
    if earliest is not None and latest is not None and earliest > latest:
        raise InputError("this period ends before it begins", hint="Swap its two dates.")
    try:
        first, last = (_day(moment) for moment in moments)
    except ValueError as error:  # the library reads a day that there is not: 30 February
        raise InputError("this is not a date that we can read", hint=DATE_HINT) from error
    first, last = _with_seasons(text, first, last)
    earliest, latest = (first.year if first else earliest), (last.year if last else latest)
    return When(text=text, earliest=earliest, latest=latest, first_day=first, last_day=last)


def _with_seasons(
    text: str, first: date | None, last: date | None
) -> tuple[date | None, date | None]:
    """A winter lasts into the next year's February: the library ends it with December. A season
    that is approximate is widened by a season, which the library does not read.
    """
    if last is not None and last.month == _DECEMBER and f"{last.year:04}-24" in text:
        last = date(last.year + 1, 3, 1) - timedelta(days=1)
    if _QUALIFIED_SEASON.fullmatch(text) and text[-1] in "~%" and first and last:
        first, last = first - _SEASON, last + _SEASON
    return first, last


def _parse(text: str) -> Any:
    season = _QUALIFIED_SEASON.fullmatch(text)
    try:
        if len(text) > _LONGEST_DATE:
            raise ValueError
        return parse_edtf(season[1] if season else text)
    except (EDTFParseException, ValueError, OverflowError) as error:
        # The library's message quotes the text, which may hold anything that was typed.
        raise InputError("this is not a date that we can read", hint=DATE_HINT) from error


def _day(moment: Any) -> date | None:
    return None if _year(moment) is None else date(*moment[:3])


def _year(moment: Any) -> int | None:
    if isinstance(moment, float):  # the library gives an infinity for an open end
        return None
    year = int(moment.tm_year)
    return year if 0 < year < 9999 else None
