"""Invented interviews of invented people: a way that never was, told in three languages.

Every sentence is put together from the few below. They say what happened and how it went on, and
nothing that would be hard to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bearwitness.demo import lexicon
from bearwitness.demo.population import (
    Population,
    draw_population,
)
from bearwitness.demo.romanise import romanise

LANGUAGES = ("ko", "zh", "en")
_LAST_BIRTH, _LAST_YEAR = 1992, 2023  # grown up when they leave, and told after it is over
_HANGUL, _HANZI, _LATIN = 0, 1, 2
_SPELLING = {"ko": _HANGUL, "zh": _HANZI, "en": _LATIN}
_SEASONS = {
    21: {"en": "the spring of {}", "ko": "{}년 봄", "zh": "{}年春天"},
    22: {"en": "the summer of {}", "ko": "{}년 여름", "zh": "{}年夏天"},
    23: {"en": "the autumn of {}", "ko": "{}년 가을", "zh": "{}年秋天"},
    24: {"en": "the winter of {}", "ko": "{}년 겨울", "zh": "{}年冬天"},
}
_YEAR = {"en": "{}", "ko": "{}년", "zh": "{}年"}
_ABOUT = {"en": "about {}", "ko": "{}년쯤", "zh": "{}年前后"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing that happened: a word of a vocabulary, EDTF, a place, and the sentence itself."""

    term: str
    date: str
    place: str
    sentence: str
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Testimony:
    """One invented person and what they are made to say. The text is the sentences of `steps`."""

    name: str
    romanised: str
    alias: str
    sex: str
    birth: str
    origin: str
    place: str
    held_on: str
    language: str
    steps: tuple[Told, ...]

    @property
    def text(self) -> str:
        opening = _OPENING[self.language].format(home=self.origin)
        return "\n\n".join([opening, *(step.sentence for step in self.steps)])


_OPENING = {
    "en": "[An invented interview.] I lived in {home} with my family.",
    "ko": "[지어낸 면담.] 나는 가족과 함께 {home}에서 살았다.",
    "zh": "[虚构的访谈。]我和家人住在{home}。",
}

# term, who did it, what is said: {when} and {where} are filled in. North: still at home's side.
_SAID: dict[str, tuple[str, str, dict[str, str]]] = {
    "promise": ("trafficking/deception", "a broker", {
        "en": "In {when} a woman at the market in {where} promised me work across the river.",
        "ko": "{when}에 {where} 장마당에서 한 여자가 강 건너에 일자리가 있다고 약속했다.",
        "zh": "{when}，{where}市场上一个女人答应给我介绍江对岸的工作。"}),
    "left": ("trajectory/left-home", "", {
        "en": "I left home in {when}.",
        "ko": "나는 {when}에 집을 떠났다.",
        "zh": "我在{when}离开了家。"}),
    "crossed": ("trajectory/crossed-border", "", {
        "en": "We crossed the river by night in {when}, near {where}.",
        "ko": "우리는 {when}에 {where} 근처에서 밤을 타 강을 건넜다.",
        "zh": "{when}，我们夜里在{where}附近过了江。"}),
    "crossed-again": ("trajectory/crossed-border", "", {
        "en": "In {when} I crossed the river a second time, alone, near {where}.",
        "ko": "{when}에 {where} 근처에서 혼자 다시 강을 건넜다.",
        "zh": "{when}，我独自一人在{where}附近第二次过江。"}),
    "sold": ("trajectory/sold", "a broker", {
        "en": "In {where} money was paid for me in {when}, and I was handed over.",
        "ko": "{when}에 {where}에서 나를 두고 돈이 오갔고 나는 넘겨졌다.",
        "zh": "{when}，在{where}有人为我付了钱，我被交给了别人。"}),
    "married": ("trafficking/forced-marriage", "a farmer's family", {
        "en": "From {when} I was kept in a village near {where} as a wife; I had not been asked.",
        "ko": "{when}부터 {where} 근처 마을에서 아내로 살아야 했다. 아무도 내게 묻지 않았다.",
        "zh": "从{when}起，我被留在{where}附近的村子里做妻子，没有人问过我。"}),
    "worked": ("trafficking/forced-labour", "the owner of a workshop", {
        "en": "From {when} I worked in a workshop in {where} and was paid nothing.",
        "ko": "{when}부터 {where}의 작업장에서 일했고 아무것도 받지 못했다.",
        "zh": "从{when}起，我在{where}的作坊里干活，一分钱也没拿到。"}),
    "child": ("trajectory/gave-birth", "", {
        "en": "My child was born in {when}.",
        "ko": "{when}에 아이가 태어났다.",
        "zh": "{when}，我的孩子出生了。"}),
    "arrested": ("trajectory/arrested", "the police", {
        "en": "In {when} police came to the house in {where} and took me along.",
        "ko": "{when}에 {where}의 집으로 경찰이 와서 나를 데려갔다.",
        "zh": "{when}，警察来到{where}的家里，把我带走了。"}),
    "returned": ("detention/refoulement", "border officials", {
        "en": "In {when} I was sent back over the bridge to {where}.",
        "ko": "{when}에 다리를 건너 {where} 쪽으로 돌려보내졌다.",
        "zh": "{when}，我被送过桥，遣返到{where}。"}),
    "questioned": ("trajectory/interrogated", "an office of state security", {
        "en": "In {where} I was questioned for three weeks in {when}.",
        "ko": "{when}에 {where}에서 삼 주 동안 조사를 받았다.",
        "zh": "{when}，我在{where}被审问了三个星期。"}),
    "camp": ("trajectory/imprisoned", "a labour camp", {
        "en": "After that, in {when}, I was in a camp near {where} for six months.",
        "ko": "그 뒤 {when}에 {where} 근처 단련대에서 여섯 달을 보냈다.",
        "zh": "之后在{when}，我在{where}附近的劳动营里待了六个月。"}),
    "freed": ("trajectory/released", "", {
        "en": "They let me go in {when}.",
        "ko": "{when}에 풀려났다.",
        "zh": "{when}，他们放了我。"}),
    "escaped": ("trajectory/escaped", "", {
        "en": "In {when} I got away from {where} with the help of a neighbour.",
        "ko": "{when}에 이웃의 도움으로 {where}에서 빠져나왔다.",
        "zh": "{when}，我在邻居的帮助下离开了{where}。"}),
    "safe": ("trajectory/arrived", "", {
        "en": "I arrived in {where} in {when}.",
        "ko": "나는 {when}에 {where}에 도착했다.",
        "zh": "我在{when}到达了{where}。"}),
}  # fmt: skip
_SAFE = (
    ("서울", "首尔", "Seoul"),
    ("방콕", "曼谷", "Bangkok"),
    ("울란바토르", "乌兰巴托", "Ulaanbaatar"),
)


def invent_testimonies(number: int = 48, *, seed: int = 20260101) -> list[Testimony]:
    """Equal seeds give equal testimonies; nobody in them exists."""
    random = np.random.default_rng(seed)
    people = draw_population(number, random)
    return [_testimony(people, person, random) for person in range(number)]


def _testimony(people: Population, person: int, random: np.random.Generator) -> Testimony:
    language = LANGUAGES[int(random.choice(3, p=[0.6, 0.15, 0.25]))]
    north, china = (
        _places(lexicon.ORIGINS, int(people.origin[person]), language),
        _places(lexicon.PLACES, int(people.place[person]), language),
    )
    surname = lexicon.SURNAMES[people.surname[person]][0]
    syllables = people.given_name(person)
    birth = min(int(people.birth[person]), _LAST_BIRTH)
    year = int(np.clip(birth + random.integers(19, 34), 1996, 2012))
    clock = _Clock(year, language, random)
    steps = tuple(_steps(bool(people.female[person]), north, china, clock))
    return Testimony(
        name=surname + "".join(syllables),
        romanised=_romanised(surname, syllables),
        alias="".join(people.name_in_china(person, 0)) if random.random() < 0.7 else "",
        sex="female" if people.female[person] else "male",
        birth=f"{birth}{'~' if random.random() < 0.3 else ''}",
        origin=north,
        place=china,
        held_on=f"{random.integers(2024, 2027)}-{random.integers(1, 11):02d}",
        language=language,
        steps=steps,
    )


def _places(rows: tuple[tuple[object, ...], ...], number: int, language: str) -> str:
    return str(rows[number][_SPELLING[language]])


def _romanised(surname: str, syllables: list[str]) -> str:
    first = lexicon.COMMON_LATIN.get(surname, romanise(surname, "northern").capitalize())
    return f"{first} {'-'.join(romanise(one, 'northern') for one in syllables).capitalize()}"


def _steps(female: bool, north: str, china: str, clock: _Clock) -> Iterator[Told]:
    """A way from home, to where somebody is safe or not yet."""
    if clock.random.random() < 0.6:
        yield clock.say("promise", north)
    yield clock.say("left", north)
    yield clock.say("crossed", north)
    if female:
        yield clock.say("sold", china)
        yield clock.say("married", china, later=0)
        if clock.random.random() < 0.5:
            yield clock.say("child", china)
    else:
        yield clock.say("worked", china)
    if clock.random.random() < 0.5:
        for key in ("arrested", "returned", "questioned"):
            yield clock.say(
                key, china if key == "arrested" else north, later=int(key == "arrested")
            )
        if clock.random.random() < 0.7:
            yield clock.say("camp", north, later=0)
        yield clock.say("freed", north)
        yield clock.say("crossed-again", north)
    yield clock.say("escaped", china)
    safe = _SAFE[int(clock.random.choice(3, p=[0.75, 0.15, 0.1]))]
    yield clock.say("safe", safe[_SPELLING[clock.language]])


class _Clock:
    """Goes forward by whole or half years, and says how well the time is remembered."""

    def __init__(self, year: int, language: str, random: np.random.Generator) -> None:
        self.half, self.language, self.random = 2 * year, language, random

    def say(self, key: str, place: str, *, later: int = 1) -> Told:
        term, by, sentences = _SAID[key]
        self.half = min(self.half + later * int(self.random.integers(1, 3)), 2 * _LAST_YEAR)
        date, when = self._when()
        sentence = sentences[self.language].format(when=when, where=place)
        return Told(term=term, date=date, place=place, sentence=sentence, by=by)

    def _when(self) -> tuple[str, str]:
        year, die = self.half // 2, self.random.random()
        if die < 0.6:
            season = (21 if self.half % 2 == 0 else 23) + int(self.random.integers(2))
            return f"{year}-{season}", _SEASONS[season][self.language].format(year)
        if die < 0.85:
            return str(year), _YEAR[self.language].format(year)
        return f"{year}~", _ABOUT[self.language].format(year)
