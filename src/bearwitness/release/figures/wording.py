"""Numbers, units and sentences in the form of a language: English, Korean, Chinese."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import floor, isfinite, log10
from string import Formatter
from typing import Any

from bearwitness.release.figures.units import is_money, read_unit

LANGUAGES = ("en", "ko", "zh-Hans")
_MYRIADS = {"ko": (("억", 10**8), ("만", 10**4)), "zh-Hans": (("亿", 10**8), ("万", 10**4))}
_ROUND = 1000  # numbers of whole thousands are written with the words for ten thousand
Told = Mapping[str, str]  # a sentence by language; "en" is always there
PLACEHOLDERS = ("value", "lower", "upper", "unit", "level", "population", "period", "source")


@cache
def words() -> Mapping[str, Any]:
    """All of words.toml."""
    text = (files("bearwitness.release.figures") / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrase(section: str, key: str, language: str, **values: object) -> str:
    """A phrase of words.toml in a language, filled in."""
    return str(words()[section][key][language]).format(**values)


def tell(key: str, **values: object) -> Told:
    """A caveat or a method of words.toml in every language. A value can be a Told itself, or take
    the language and give what stands there.
    """
    known = words()["told"][key]
    return {
        language: known[language].format(
            **{name: _in(value, language) for name, value in values.items()}
        )
        for language in LANGUAGES
    }


def in_english(text: str) -> Told:
    """A sentence that is known in English only."""
    return {"en": text}


def _in(value: object, language: str) -> object:
    if isinstance(value, Mapping):
        return value.get(language, value["en"])
    return value(language) if callable(value) else value


def show_number(value: float | None, *, step: float = 1.0, language: str = "en") -> str:
    """A number as it is printed, to multiples of `step`: 131,000; 13만 1,000; 13.1万.

    Korean and Chinese count in ten thousands; whole thousands are written so. Other numbers, as
    of an exact count, keep their digits.
    """
    if value is None or not isfinite(value):
        return phrase("shapes", "unknown", language)
    rounded = round(value / step) * step
    decimals = max(0, -floor(log10(step) + 1e-9)) if step < 1 else 0
    if language == "en" or decimals or abs(rounded) < 10**4 or rounded % _ROUND:
        return f"{rounded:,.{decimals}f}"
    return _in_myriads(int(rounded), language)


def show_with_unit(
    value: float | None,
    unit: str,
    *,
    step: float = 1.0,
    language: str = "en",
    price_year: int | None = None,
) -> str:
    """A number with its unit: "131,000 people", "13만 1,000명", "13.1万人".

    A unit that words.toml does not know stands after the number as it is.
    """
    number = show_number(value, step=step, language=language)
    pattern = _pattern(unit, language, is_one=value == 1)
    money = next((part for part in unit.split(" per ") if is_money(part)), "")
    names = {"n": number, "year": price_year or "?"}
    names["money"] = words()["money"].get(money, {}).get(language, money)
    return pattern.format(**names).strip()


def _pattern(unit: str, language: str, *, is_one: bool) -> str:
    known = words()["units"].get(_key(unit))
    if known is None:
        return "{n} " + unit.replace("{", "").replace("}", "")
    if is_one and language in known.get("one", {}):
        return str(known["one"][language])
    return str(known[language])


def _key(unit: str) -> str:
    """The unit as words.toml calls it: singular, and with "money" for any currency."""
    if unit.strip() in ("percent", "times"):
        return unit.strip()
    parts = []
    for part in unit.split(" per "):
        is_currency = is_money(part)
        parts.append("money" if is_currency else str(read_unit(part)))
    return " per ".join(parts)


def _in_myriads(number: int, language: str) -> str:
    names = _MYRIADS[language]
    if language == "zh-Hans":
        name, size = next((n, s) for n, s in names if abs(number) >= s)
        return f"{number / size:.10g}{name}"
    sign, rest, parts = ("-" if number < 0 else ""), abs(number), []
    for name, size in names:
        if rest >= size:
            parts.append(f"{rest // size:,}{name}")
            rest %= size
    return sign + " ".join([*parts, *([f"{rest:,}"] if rest else [])])


class Shown:
    """A number in a statement: {value} is bare, {value:unit} has its unit."""

    def __init__(self, bare: str, with_unit: str) -> None:
        self.bare, self.with_unit = bare, with_unit

    def __format__(self, spec: str) -> str:
        if spec not in ("", "unit"):
            raise ValueError(f"{spec!r} is no way to show a number")
        return self.with_unit if spec else self.bare


def unknown_placeholder(statement: str) -> str:
    """What a statement holds that cannot be filled in; empty where there is nothing such."""
    try:
        for _, name, spec, _ in Formatter().parse(statement):
            if name is not None and (name not in PLACEHOLDERS or spec not in ("", "unit")):
                return f"{{{name}}}" if not spec else f"{{{name}:{spec}}}"
    except ValueError:
        return "a brace that does not close"
    return ""


def step_of(*ends: float | None) -> float:
    """To what a figure is rounded: the second digit of its interval's half width.

    1 for a narrow interval of whole numbers; the interval of a share can be finer.
    """
    low, high = (ends[0], ends[-1]) if ends else (None, None)
    width = (high - low) / 2 if low is not None and high is not None else 0.0
    if not isfinite(width) or width <= 0:
        return 1.0
    return float(10.0 ** (floor(log10(width)) - 1))


def exact_step(*values: float) -> float:
    """The step that prints all values as they are: 1 for whole numbers; to four decimals."""
    for decimals in range(5):
        if all(abs(round(value, decimals) - value) < 1e-9 for value in values):
            return float(10.0**-decimals)
    return 1e-4
