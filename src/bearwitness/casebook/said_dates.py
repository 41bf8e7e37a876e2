"""Dates as people say them, in three languages, read as EDTF: "spring 2014", "1998년경".

What is read is shown back before it is kept: `in_words` says an EDTF date in the three languages,
and reading that gives the same date again.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from bearwitness.casebook.values import DATE_HINT, When
from bearwitness.errors import InputError

_MONTHS = "january february march april may june july august september october november december"
_SEASONS = {
    "21": ("spring", "봄", "春"),
    "22": ("summer", "여름", "夏"),
    "23": ("autumn", "가을", "秋"),
    "24": ("winter", "겨울", "冬"),
}
_ALSO = {"fall": "23", "autumn": "23"}
_HAN_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HAN_NUMBERS |= {"十": 10, "十一": 11, "十二": 12}
_JUCHE_ZERO = 1911  # Juche 1 is 1912: the calendar of documents issued in the North from 1997
_YEAR_TURNS = 30  # 98년 is 1998 and 14년 is 2014

# A span of a date is said as one; these are its thirds.
_PARTS = {"early": 0, "초": 0, "초반": 0, "初": 0, "上旬": 0, "초순": 0, "beginning of": 0}
_PARTS |= {"mid": 1, "mid-": 1, "middle of": 1, "중반": 1, "중순": 1, "中": 1, "中旬": 1}
_PARTS |= {"late": 2, "end of": 2, "말": 2, "후반": 2, "하순": 2, "底": 2, "末": 2, "下旬": 2}
_THIRDS = {
    "decade": (("0", "3"), ("4", "6"), ("7", "9")),
    "year": (("-01", "-04"), ("-05", "-08"), ("-09", "-12")),
    "month": (("-01", "-10"), ("-11", "-20"), ("-21", "")),
}

# How one or two dates are put in relation, tried in this order. `a` and `b` are dates.
_FORMS: tuple[tuple[str, str], ...] = (
    ("between", r"(?:some ?time )?between (?P<a>.+) and (?P<b>.+)"),
    ("between", r"(?P<a>.+?)(?:에서|부터|과|와) ?(?P<b>.+?) ?사이(?:에)?"),
    ("between", r"(?P<a>.+?)(?:到|至|和|与)(?P<b>.+?)之间"),
    ("span", r"from (?P<a>.+) (?:to|until) (?P<b>.+)"),
    ("span", r"(?P<a>.+?)(?:부터|에서) (?P<b>.+?)까지"),
    ("span", r"(?:从|自)?(?P<a>.+?)(?:到|至)(?P<b>.+)"),
    ("span", r"(?P<a>.+?) ?(?:–|—|~| - | to ) ?(?P<b>.+)"),
    ("span", r"(?P<a>\d{4})-(?P<b>\d{4})"),
    ("about", r"(?:around|about|circa|ca\.?|c\.|approximately|roughly|~) ?(?P<a>.+)"),
    ("about", r"(?:약|대략) ?(?P<a>.+)"),
    ("about", r"(?P<a>.+?) ?(?:경|쯤|무렵|께)(?:에)?"),
    ("about", r"(?:大约|大概|约) ?(?P<a>.+)"),
    ("about", r"(?P<a>.+?) ?(?:左右|前后|上下)"),
    ("maybe", r"(?:maybe|perhaps|possibly|probably) (?P<a>.+)"),
    ("maybe", r"(?:아마도|아마) (?P<a>.+)"),
    ("maybe", r"(?:可能|也许|或许)(?:是)?(?P<a>.+)"),
    ("maybe", r"(?P<a>.+) ?\?"),
    ("before", r"(?:before|prior to) (?P<a>.+)"),
    # 이전 and 以前 hold the date itself, 전 and 之前 do not; so with 이후, 以后 and 후, 之后.
    ("until", r"(?:by|no later than|until|up to) (?P<a>.+)"),
    ("until", r"(?P<a>.+?) ?(?:까지|이전(?:에)?)"),
    ("until", r"(?P<a>.+?)以前"),
    ("before", r"(?P<a>.+?) ?전(?:에)?"),
    ("before", r"(?P<a>.+?)(?:之前|前)"),
    ("until", r"(?:截至|到)(?P<a>.+)"),
    ("onward", r"(?P<a>.+) or later"),
    ("onward", r"(?P<a>.+?) ?이후(?:에)?"),
    ("onward", r"(?P<a>.+?)以后"),
    ("after", r"after (?P<a>.+)"),
    ("after", r"(?P<a>.+?) ?(?:후|뒤)(?:에)?"),
    ("after", r"(?P<a>.+?)(?:之后|后)"),
    ("since", r"(?:since|from) (?P<a>.+?)(?: onwards?| on)?"),
    ("since", r"(?P<a>.+?)부터"),
    ("since", r"(?:自)?(?P<a>.+?)(?:以来|起)"),
    ("during", r"(?:in|on|during|at the time of|when) (?P<a>.+)"),
    ("during", r"(?P<a>.+?) ?(?:때|동안|당시|에)"),
    ("during", r"(?P<a>.+?)(?:期间|时候|时)"),
)
_UNKNOWN = {"unknown", "not known", "모름", "모른다", "알 수 없음", "不知道", "不详", "未知"}


def read_said_date(text: str) -> When:
    """Read EDTF, or what people say: "around 1998", "2014년 봄", "封关前". Raises InputError.

    "Before 1998" ends with 1997, "by 1998" with 1998. An event that many people date by
    stands for its own date. Lunar dates are refused: they fall in another month each year.
    """
    said = _plain(text)
    try:
        return When.read(text.strip())
    except InputError:
        pass_on = _date(said)
    if pass_on is None:
        raise InputError(_why(said), hint=_hint())
    return When.read(pass_on)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(text.replace("，", ",").split()).strip(" .,")


def _why(said: str) -> str:
    if re.search(r"음력|农历|阴历|lunar", said):
        return "a lunar date cannot be read: in the usual calendar it falls on another day"
    return "this is not a date that we can read"


def _hint() -> str:
    return f'Write it as it was said: "spring 2014", "2014년 봄", "1998年左右". Or: {DATE_HINT}'


def _date(said: str) -> str | None:
    if said in _UNKNOWN:
        return "XXXX"
    found = _landmark(said) or _moment(said)
    return found or next(_related(said), None)


def _related(said: str) -> Iterator[str]:
    """Every reading of the text as one date put in relation to others, or to nothing."""
    for form, pattern in _FORMS:
        match = re.fullmatch(pattern, said)
        if not match:
            continue
        parts = [_date(part.strip(" ,")) for part in match.groups()]
        dates = [part for part in parts if part]
        if len(dates) == len(parts) and (made := _RELATIONS[form](*dates)):
            yield made


def _between(a: str, b: str) -> str | None:
    return f"[{a}..{b}]" if _is_plain(a) and _is_plain(b) else None


def _span(a: str, b: str) -> str | None:
    return f"{a}/{b}" if _is_plain(a) and _is_plain(b) else None


def _about(a: str) -> str | None:
    return _qualified(a, "~", "?")


def _maybe(a: str) -> str | None:
    return _qualified(a, "?", "~")


def _qualified(a: str, mark: str, other: str) -> str | None:
    """Approximate `~`, uncertain `?`, both `%`."""
    if re.fullmatch(r"[\dX-]+", a):
        return a + mark
    return a[:-1] + "%" if re.fullmatch(rf"[\dX-]+\{other}", a) else None


def _before(a: str) -> str | None:
    first = re.match(r"\[?([\d-]+)", _without_season(a, 0))
    return f"[..{_neighbour(first[1], -1)}]" if first else None


def _until(a: str) -> str | None:
    return f"[..{_without_season(a, 1)}]" if _is_plain(a) else None


def _after(a: str) -> str | None:
    last = re.search(r"([\d-]+)\]?$", _without_season(a, 1))
    return f"[{_neighbour(last[1], 1)}..]" if last else None


def _onward(a: str) -> str | None:
    return f"[{_without_season(a, 0)}..]" if _is_plain(a) else None


def _since(a: str) -> str | None:
    return f"{_without_season(a, 0)}/.." if _is_plain(a) else None


def _during(a: str) -> str:
    return a


_RELATIONS: dict[str, Callable[..., str | None]] = {
    "between": _between,
    "span": _span,
    "about": _about,
    "maybe": _maybe,
    "before": _before,
    "until": _until,
    "onward": _onward,
    "after": _after,
    "since": _since,
    "during": _during,
}


def _is_plain(edtf: str) -> bool:
    """A year, month, day or season, as both ends of a span must be."""
    return bool(re.fullmatch(r"\d{4}(-\d\d){0,2}", edtf))


def _without_season(edtf: str, end: int) -> str:
    """A season as its first or last month; a decade as its first or last year."""
    season = re.fullmatch(r"(\d{4})-(2[1-4])", edtf)
    if season:
        first = {"21": 3, "22": 6, "23": 9, "24": 12}[season[2]]
        year, month = int(season[1]), first + 2 * end
        return f"{year + (month > 12)}-{(month - 1) % 12 + 1:02}"
    return edtf.replace("X", "09"[end]) if "X" in edtf else edtf


def _neighbour(edtf: str, step: int) -> str:
    """The year, month or day just before or after."""
    from datetime import date, timedelta

    parts = [int(part) for part in edtf.split("-")]
    if len(parts) == 1:
        return f"{parts[0] + step:04}"
    if len(parts) == 2:
        months = parts[0] * 12 + parts[1] - 1 + step
        return f"{months // 12:04}-{months % 12 + 1:02}"
    return (date(*parts) + timedelta(days=step)).isoformat()


def _landmark(said: str) -> str | None:
    for word, date in _landmarks():
        if said == word or said == word.removeprefix("the "):
            return date
    return None


@cache
def _landmarks() -> tuple[tuple[str, str], ...]:
    text = (files("bearwitness.casebook") / "landmarks.toml").read_text(encoding="utf-8")
    entries = [entry for entry in tomllib.loads(text).values() if isinstance(entry, dict)]
    return tuple((_plain(word), entry["date"]) for entry in entries for word in entry["words"])


_SEASON_WORDS = {w: code for code, words in _SEASONS.items() for w in words} | _ALSO
_MONTH_NUMBER = {name[:3]: n for n, name in enumerate(_MONTHS.split(), 1)}
_EN_MONTH = "(?P<month>" + "|".join(f"{n[:3]}(?:{n[3:]})?" for n in _MONTHS.split()) + r")\.?"
_EN_SEASON = "(?P<season>spring|summer|autumn|fall|winter)"
_YEAR = r"(?P<year>\d{4})"
_CJK_YEAR = r"(?:(?:주체|主体) ?(?P<juche>\d{1,3})|(?P<year>\d{4}|\d\d)) ?(?:년|年)"
_CJK_MONTH = r"(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九]) ?(?:월|月)"
_EARLY = r"(?P<part>early|mid|mid-|late|beginning of|middle of|end of) ?(?:in )?"
_CJK_EARLY = r"(?P<part>초반|초순|초|중반|중순|후반|하순|말|上旬|中旬|下旬|初|中|底|末)"
# Whole texts that name one moment, the narrower first.
_MOMENTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_EN_MONTH},? {_YEAR}",
        rf"{_EN_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}",
        rf"{_YEAR}[./-](?P<month>\d{{1,2}})[./-](?P<day>\d{{1,2}})",
        rf"(?:{_EARLY})?{_EN_MONTH},?(?: of)? {_YEAR}",
        rf"(?:the )?{_EN_SEASON},?(?: of)? {_YEAR}",
        rf"{_YEAR},? {_EN_SEASON}",
        rf"{_YEAR},? {_EN_MONTH}",
        rf"{_YEAR}[./](?P<month>\d{{1,2}})",
        rf"(?:{_EARLY})?(?:the )?(?P<decade>\d{{3}})0'?s",
        rf"(?:{_EARLY}){_YEAR}",
        r"'(?P<year>\d\d)",
        _YEAR,
        rf"{_CJK_YEAR} ?{_CJK_MONTH} ?(?P<day>\d{{1,2}}) ?(?:일|日|号)",
        rf"{_CJK_YEAR} ?{_CJK_MONTH} ?{_CJK_EARLY}?",
        rf"{_CJK_YEAR} ?(?P<season>봄|여름|가을|겨울|春|夏|秋|冬)(?:철|天|季)?",
        rf"(?P<decade>\d{{3}}|\d)0 ?(?:년대|年代) ?{_CJK_EARLY}?",
        rf"{_CJK_YEAR} ?{_CJK_EARLY}?",
    )
)
_ENGLISH_DECADES = {
    word: str(n) for n, word in enumerate(("fifties", "sixties", "seventies", "eighties"), 5)
} | {"nineties": "9"}


def _moment(said: str) -> str | None:
    words = re.fullmatch(rf"(?:{_EARLY})?(?:the )?(?P<word>\w+ties)", said)
    if words and words["word"] in _ENGLISH_DECADES:
        return _third(f"19{_ENGLISH_DECADES[words['word']]}X", words["part"])
    for pattern in _MOMENTS:
        match = pattern.fullmatch(said)
        if match:
            return _edtf({k: v for k, v in match.groupdict().items() if v})
    return None


def _edtf(found: dict[str, str]) -> str | None:
    part = found.get("part", "")
    if "decade" in found:
        century = "" if len(found["decade"]) == 3 else ("20" if found["decade"] in "01" else "19")
        return _third(f"{century}{found['decade']}X", part)
    year = _JUCHE_ZERO + int(found["juche"]) if "juche" in found else _whole_year(found["year"])
    if "season" in found:
        return f"{year}-{_SEASON_WORDS[found['season']]}"
    if "month" not in found:
        return _third(f"{year}", part)
    month = _month(found["month"])
    if not 1 <= month <= 12:
        return None
    if "day" in found:
        day = int(found["day"])
        return f"{year}-{month:02}-{day:02}" if 1 <= day <= monthrange(year, month)[1] else None
    return _third(f"{year}-{month:02}", part)


def _whole_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < _YEAR_TURNS else 1900)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _HAN_NUMBERS.get(text) or _MONTH_NUMBER[text[:3]]


def _third(edtf: str, part: str | None) -> str:
    """Early, in the middle of, late in: one of the days, months or years of that third."""
    if not part:
        return edtf
    kind = "decade" if "X" in edtf else "month" if "-" in edtf else "year"
    first, last = _THIRDS[kind][_PARTS[part.strip()]]
    stem = edtf.rstrip("X")
    if kind == "month" and not last:
        last = f"-{monthrange(*map(int, edtf.split('-')))[1]}"
    return f"[{stem}{first}..{stem}{last}]"
