"""Three invented organisations write down some of an invented population, each in its own way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bearwitness.demo import lexicon
from bearwitness.demo.population import (
    Population,
    draw_population,
)
from bearwitness.demo.romanise import ends_in_sonorant, romanise

Row = dict[str, str]
COLUMNS = ("id", "name", "romanised", "alias", "sex", "birth", "origin", "place")


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Whom it reaches, on the log-odds scale, and how it writes names, births and places."""

    name: str
    reach: float
    women: float
    near: float
    young: float
    system: str
    surnames: int  # column of lexicon.SURNAMES: 0 as in the North, 1 as in the South
    places: int  # column of lexicon.PLACES and ORIGINS: which spelling
    aliases: str  # hanzi or pinyin
    sexes: tuple[str, str]
    twice: float = 0.012
    misspelt: float = 0.06


ORGANISATIONS = (
    Organisation(name="harbour", reach=-1.15, women=0.25, near=0.35, young=0.0,
                 system="revised", surnames=1, places=0, aliases="hanzi", sexes=("여", "남")),
    Organisation(name="lantern", reach=-0.85, women=0.3, near=-0.3, young=0.25,
                 system="northern", surnames=0, places=2, aliases="pinyin", sexes=("F", "M")),
    Organisation(name="plum", reach=-1.3, women=0.1, near=0.2, young=-0.25,
                 system="mccune", surnames=0, places=1, aliases="hanzi", sexes=("女", "男")),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Casebook:
    """Nobody in it exists. `truth` says which person each record is about; no list does."""

    size: int
    lists: dict[str, list[Row]]
    truth: list[tuple[str, int]]


def generate(size: int = 1500, *, seed: int = 20260101) -> Casebook:
    """Invent `size` people and three lists of some of them. Equal seeds give equal casebooks."""
    rng = np.random.default_rng(seed)
    population = draw_population(size, rng)
    lists: dict[str, list[Row]] = {}
    truth: list[tuple[str, int]] = []
    for organisation in ORGANISATIONS:
        people = _reached(population, organisation, rng)
        rows = _Scribe(population, organisation, rng).write(people)
        lists[organisation.name] = rows
        truth += [
            (f"{organisation.name}/{row['id']}", int(person))
            for row, person in zip(rows, people, strict=True)
        ]
    return Casebook(size=size, lists=lists, truth=truth)


def _reached(
    population: Population, organisation: Organisation, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Numbers of the people on the list, in the order of arrival; a few of them twice."""
    odds = (
        organisation.reach
        + organisation.women * population.female
        + organisation.near * population.near
        + organisation.young * (population.birth > 1980)
        + population.visible
    )
    on = np.flatnonzero(rng.random(population.size) < 1 / (1 + np.exp(-odds)))
    again = on[rng.random(len(on)) < organisation.twice]
    return rng.permutation(np.concatenate([on, again]))


class _Scribe:
    """Writes people down as one organisation does, with its spellings and its slips."""

    def __init__(
        self, population: Population, organisation: Organisation, rng: np.random.Generator
    ) -> None:
        self.people, self.style, self.rng = population, organisation, rng

    def write(self, people: NDArray[np.int64]) -> list[Row]:
        dice = self.rng.random((len(people), 8))
        prefix = self.style.name[0].upper()
        columns = (self._hangul, self._latin, self._alias, self._sex, self._birth, self._origin,
                   self._place)  # fmt: skip
        return [
            {"id": f"{prefix}-{number:06d}"}
            | self._cells(columns, int(person), dice[number - 1].tolist())
            for number, person in enumerate(people, start=1)
        ]

    def _cells(
        self, columns: tuple[Callable[[int, list[float]], str], ...], person: int, dice: list[float]
    ) -> Row:
        return {name: write(person, dice) for name, write in zip(COLUMNS[1:], columns, strict=True)}

    def _syllables(self, person: int) -> list[str]:
        people = self.people
        surname = lexicon.SURNAMES[people.surname[person]][self.style.surnames]
        return [str(surname), *people.given_name(person)]

    def _hangul(self, person: int, dice: list[float]) -> str:
        return "".join(self._syllables(person)) if dice[0] < 0.9 else ""

    def _latin(self, person: int, dice: list[float]) -> str:
        if dice[0] < 0.9 and dice[1] < 0.3:
            return ""  # those who wrote it in Hangul sometimes leave it at that
        surname, *given = self._syllables(person)
        north = lexicon.SURNAMES[self.people.surname[person]][0]
        first = romanise(surname, self.style.system).capitalize()
        if dice[2] < 0.4:
            first = lexicon.COMMON_LATIN.get(north, first)
        spelt = [romanise(given[0], self.style.system)]
        for before, syllable in itertools.pairwise(given):
            voiced = ends_in_sonorant(before)
            spelt.append(romanise(syllable, self.style.system, voiced=voiced))
        if dice[3] < self.style.misspelt:
            spelt[-1] = _slip(spelt[-1], dice[4])
        text = self._join(spelt, dice[5])
        return f"{text} {first}" if dice[6] < 0.1 else f"{first} {text}"

    def _join(self, spelt: list[str], die: float) -> str:
        if self.style.system == "northern":
            return " ".join(part.capitalize() for part in spelt)
        return ("-" if die < 0.5 else "").join(spelt).capitalize()

    def _alias(self, person: int, dice: list[float]) -> str:
        if dice[7] > 0.55:
            return ""
        if self.style.aliases == "hanzi":
            return "".join(self.people.name_in_china(person, 0))
        surname, given = self.people.name_in_china(person, 1)
        return f"{surname.capitalize()} {given.capitalize()}"

    def _sex(self, person: int, dice: list[float]) -> str:
        return self.style.sexes[0 if self.people.female[person] else 1]

    def _birth(self, person: int, dice: list[float]) -> str:
        year, die = int(self.people.birth[person]), dice[3]
        if die < 0.60:
            return str(year)
        if die < 0.78:
            return f"{year + int(dice[4] * 3) - 1}~"
        if die < 0.88:
            return f"[{year - int(dice[4] * 3)}..{year + 1}]"
        return f"{year // 10}X" if die < 0.94 else ""

    def _origin(self, person: int, dice: list[float]) -> str:
        return str(lexicon.ORIGINS[self.people.origin[person]][self.style.places])

    def _place(self, person: int, dice: list[float]) -> str:
        moved = dice[5] < 0.15
        number = self.people.place[person]
        return str(lexicon.PLACES[(number + moved) % len(lexicon.PLACES)][self.style.places])


def _slip(text: str, die: float) -> str:
    """One letter doubled or left out."""
    place = int(die * len(text))
    return text[:place] + text[place + 1 :] if die < 0.5 and len(text) > 2 else text + text[-1]
