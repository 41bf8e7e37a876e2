"""An invented population: numbers that point into the lexicon, one entry a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bearwitness.demo import lexicon

Numbers = NDArray[np.int64]
FIRST_BIRTH, LAST_BIRTH = 1938, 2004


def _characters() -> tuple[str, ...]:
    used = {syllable for pair in lexicon.GIVEN.values() for text in pair for syllable in text}
    return (*sorted(used), "")


SYLLABLES = _characters()  # the last one is empty: the second syllable of a one-syllable name
_OWN = tuple((hanzi, lexicon.SURNAME_PINYIN[hanzi]) for _, _, hanzi, _ in lexicon.SURNAMES)
ALIAS_SURNAMES = _OWN + lexicon.CHINESE_SURNAMES
ALIAS_GIVEN = (*lexicon.CHINESE_GIVEN["female"], *lexicon.CHINESE_GIVEN["male"], ("", ""))


@dataclass(frozen=True, kw_only=True)
class Population:
    """True traits of each person; `visible` is a mild trait that no list writes down."""

    surname: Numbers
    given: Numbers
    second: Numbers
    female: NDArray[np.bool_]
    birth: Numbers
    origin: Numbers
    place: Numbers
    alias: tuple[Numbers, Numbers, Numbers]
    visible: NDArray[np.float64]

    @property
    def size(self) -> int:
        return len(self.surname)

    def given_name(self, person: int) -> list[str]:
        """Its syllables: two, or one."""
        given = [SYLLABLES[self.given[person]], SYLLABLES[self.second[person]]]
        return [syllable for syllable in given if syllable]

    def name_in_china(self, person: int, script: int) -> tuple[str, str]:
        """Surname and given name; script 0 is Hanzi, 1 toneless pinyin."""
        surname, first, second = (int(numbers[person]) for numbers in self.alias)
        given = ALIAS_GIVEN[first][script] + ALIAS_GIVEN[second][script]
        return ALIAS_SURNAMES[surname][script], given

    @property
    def near(self) -> NDArray[np.bool_]:
        """Whether the person comes from near the Tumen river."""
        return np.array([row[4] for row in lexicon.ORIGINS])[self.origin]


def draw_population(size: int, rng: np.random.Generator) -> Population:
    female = rng.random(size) < 0.72
    birth = np.clip(rng.normal(1976, 11, size).round(), FIRST_BIRTH, LAST_BIRTH).astype(np.int64)
    surname = _choose([row[3] for row in lexicon.SURNAMES], size, rng)
    given, second = _draw_given(female, birth, rng)
    origin = _choose([row[3] for row in lexicon.ORIGINS], size, rng)
    return Population(
        surname=surname,
        given=given,
        second=second,
        female=female,
        birth=birth,
        origin=origin,
        place=_draw_place(origin, rng),
        alias=_draw_alias(surname, female, rng),
        visible=rng.normal(0, 0.25, size),
    )


def _choose(shares: list[int], size: int, rng: np.random.Generator) -> Numbers:
    edges = np.cumsum(shares) / sum(shares)
    return np.searchsorted(edges, rng.random(size), side="right").astype(np.int64)


def _draw_given(
    female: NDArray[np.bool_], birth: Numbers, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:
    number = {syllable: i for i, syllable in enumerate(SYLLABLES)}
    given, second = np.zeros((2, len(birth)), np.int64)
    for (sex, early), texts in lexicon.GIVEN.items():
        who = np.flatnonzero((female == (sex == "female")) & ((birth < 1975) == early))
        for target, text in zip((given, second), texts, strict=True):
            shares = [30 + 4 * (len(text) - i) for i in range(len(text))]
            numbers = np.array([number[syllable] for syllable in text])
            target[who] = numbers[_choose(shares, len(who), rng)]
    second[rng.random(len(birth)) < 0.07] = len(SYLLABLES) - 1
    return given, second


def _draw_place(origin: Numbers, rng: np.random.Generator) -> Numbers:
    near = np.array([row[4] for row in lexicon.ORIGINS])[origin]
    size = len(origin)
    from_near = _choose([row[3] for row in lexicon.PLACES], size, rng)
    from_far = _choose([row[4] for row in lexicon.PLACES], size, rng)
    return np.where(near, from_near, from_far)


def _draw_alias(
    surname: Numbers, female: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Numbers, Numbers, Numbers]:
    """Surname and given name in China: half keep their surname in Hanzi."""
    size, women = len(surname), len(lexicon.CHINESE_GIVEN["female"])
    chosen = len(_OWN) + rng.integers(0, len(lexicon.CHINESE_SURNAMES), size)
    first, second = (
        np.where(female, rng.integers(0, women, size), rng.integers(women, _LAST_GIVEN, size))
        for _ in range(2)
    )
    second = np.where(rng.random(size) < 0.2, _LAST_GIVEN, second)
    return np.where(rng.random(size) < 0.5, surname, chosen), first, second


_LAST_GIVEN = len(ALIAS_GIVEN) - 1
