"""A casebook as it would stand in the records: rows of every table, a portion of people at a time.

Two thirds as many interviews as people, and 20 acts for every 3 people. All of it is invented.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bearwitness.demo import lexicon, telling
from bearwitness.demo.population import (
    Population,
    draw_population,
)
from bearwitness.demo.romanise import romanise

Row = tuple[Any, ...]

TEAMS = ("Plum", "Heron", "Lantern", "Harbour", "Birch", "Swallow", "Willow", "Pine", "Crane",
         "Reed")  # fmt: skip
_TEAM_SHARES = (26, 20, 16, 12, 10, 7, 4, 3, 1.5, 0.5)  # Reed only brought the first few cases
STAFF = 6  # in each team
FIRST_DAY = date(2015, 1, 5)

# The columns of each table's rows, in the order in which tables rest on one another.
COLUMNS: dict[str, tuple[str, ...]] = {
    "Source": ("id", "team_id", "is_open", "kind", "title", "list_name", "received_at"),
    "Person": ("id", "team_id", "is_open", "code_name", "sex", "birth", "origin"),
    "PersonName": ("id", "person_id", "source_id", "text", "script", "kind"),
    "Record": ("id", "source_id", "person_id", "ref", "sex", "birth", "origin", "place"),
    "Statement": ("id", "record_id", "property", "value", "original"),
    "Consent": ("id", "person_id", "use", "scope", "asked_by", "how", "language", "given_at",
                "expires_at", "withdrawn_at"),
    "Interview": ("id", "source_id", "person_id", "held_on", "place", "interviewer", "language",
                  "text", "author", "state", "assigned_to"),
    "Event": ("id", "team_id", "is_open", "title", "date", "place", "author"),
    "Act": ("id", "person_id", "event_id", "term", "date", "place", "source_id", "author"),
    "Involvement": ("id", "act_id", "kind", "description", "role"),
    "Evidence": ("id", "act_id", "source_id", "exact", "prefix", "suffix", "start", "end"),
}  # fmt: skip

_AROUND = 32  # as bearwitness.coding keeps it
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# (use, how many in a hundred said yes)
_YES = (("record", 100), ("analyse", 84), ("share-with-un", 46), ("publish-without-name", 38),
        ("share-with-courts", 22), ("share-with-partners", 12))  # fmt: skip
# Where an interview stands: (moves it made, out of a hundred)
_STANDS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("ready", "reviewed"), 78),
    (("ready", "sent-back", "ready", "reviewed"), 8),
    ((), 6),
    (("ready",), 5),
    (("ready", "sent-back"), 3),
)
_BROKERS = ("a broker in a dark jacket", "two men who spoke the language of the border",
            "a woman called aunt by all", "the family of the man")  # fmt: skip
_OFFICIALS = ("officers of a border unit", "a guard whose rank is not known", "county police")


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An interview went to another state: for its history."""

    interview: int
    origin: str
    to: str
    by: str
    day: date
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Portion:
    """Rows by table, as COLUMNS has them, numbered on from the portion before; moves by day."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    moves: list[Moved] = field(default_factory=list)


def staff_of(team: int) -> list[str]:
    """The invented colleagues of a team, by its place in TEAMS: who writes, codes and reviews."""
    return [f"{TEAMS[team].lower()}-{number}" for number in range(1, STAFF + 1)]


def invent(
    people: int, *, teams: Sequence[int], seed: int = 20260101, portion: int = 2000
) -> Iterator[Portion]:
    """Portions of a casebook of `people`. `teams` are the numbers of the teams of TEAMS.

    Equal seeds give equal casebooks.
    """
    writer = _Writer(people, teams, seed)
    yield writer.lists()
    for first in range(0, people, portion):
        yield writer.people(range(first, min(first + portion, people)))


class _Writer:
    """Counts the rows of each table, and writes person after person."""

    def __init__(self, people: int, teams: Sequence[int], seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.population: Population = draw_population(people, rng)
        self.size, self.teams = people, teams
        self.team_of = _draw_teams(people, rng)
        self.interviews, self.acts = _draw_load(people, rng)
        self.codes = _draw_codes(people, rng)
        self.dice = random.Random(seed)  # noqa: S311 - an invented casebook, not a secret
        self.last: dict[str, int] = defaultdict(int)
        self.documents: dict[int, int] = {}
        self.events: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        self.now = Portion()

    def add(self, table: str, *values: Any) -> int:
        number = self.last[table] = self.last[table] + 1
        self.now.rows[table].append((number, *values))
        return number

    def lists(self) -> Portion:
        """Each team's own list of people: sources 1 to the number of teams."""
        self.now = Portion()
        for team, name in zip(self.teams, TEAMS, strict=True):
            facts = ("own-list", "Our own casebook", f"fictional-{name.lower()}")
            self.add("Source", team, False, *facts, FIRST_DAY.isoformat())
        return self.now

    def people(self, numbers: range) -> Portion:
        self.now = Portion()
        for number in numbers:
            self.person(number)
        return self.now

    def person(self, number: int) -> None:
        dice, traits = self.dice, self.population
        team = int(self.team_of[number])
        is_open = dice.random() < 0.03
        day = FIRST_DAY + timedelta(days=int(4000 * number / self.size))
        origin = lexicon.ORIGINS[traits.origin[number]]
        place = lexicon.PLACES[traits.place[number]]
        born = int(traits.birth[number])
        sex, birth = "female" if traits.female[number] else "male", _said_year(born, dice)
        code = self.codes[number]
        person = self.add("Person", self.teams[team], is_open, code, sex, birth, origin[2])
        said = {"sex": sex, "birth": birth, "origin": origin[2], "place": place[2]}
        record = self.add("Record", team + 1, person, code, *said.values())
        for property, value in said.items():
            if value:
                self.add("Statement", record, property, value, value)
        names = self._names(number, dice)
        for text, script, kind in names:
            self.add("PersonName", person, team + 1, text, script, kind)
        life = _Life(person=person, team=team, is_open=is_open, code=code, born=born, day=day,
                     name=names[0][0], origin=origin, near=place)  # fmt: skip
        self._consents(life)
        self._tell(life, int(self.interviews[number]), int(self.acts[number]))

    def _names(self, number: int, dice: random.Random) -> list[tuple[str, str, str]]:
        traits = self.population
        surname = lexicon.SURNAMES[traits.surname[number]]
        given = "".join(traits.given_name(number))
        hangul = f"{surname[dice.random() < 0.3]}{given}"
        names = [(hangul, "Hang", "given-at-birth")]
        if dice.random() < 0.25:
            spelt = "-".join(romanise(syllable, "revised") for syllable in given).capitalize()
            first = romanise(surname[1], "revised").capitalize()
            names.append((f"{lexicon.COMMON_LATIN.get(surname[0], first)} {spelt}", "Latn",
                          "given-at-birth"))  # fmt: skip
        if dice.random() < 0.5:
            names.append(("".join(traits.name_in_china(number, 0)), "Hani", "name-in-china"))
        return names

    def _consents(self, life: _Life) -> None:
        dice, asked = self.dice, staff_of(life.team)[0]
        for use, share in _YES:
            if dice.random() * 100 >= share:
                continue
            ends = _later(life.day, 3650) if dice.random() < 0.1 else None
            ended = _later(life.day, 90) if dice.random() < 0.02 else None
            facts = ("", asked, "spoken", "ko", life.day.isoformat(), ends, ended)
            self.add("Consent", life.person, use, *facts)

    def _tell(self, life: _Life, interviews: int, acts: int) -> None:
        """The person's way, told in their interviews, or by a document where there are none."""
        steps = self._way(life, acts)
        if not interviews:
            source = self._document(life)
            for step in steps:
                self._act(life, step, source, staff_of(life.team)[2])
            return
        share = -(-len(steps) // interviews)
        for number in range(interviews):
            self._interview(life, steps[share * number : share * (number + 1)])

    def _document(self, life: _Life) -> int:
        """A file that tells of some forty people of the team."""
        known = self.documents.get(life.team)
        if known is None or self.dice.random() < 1 / 40:
            number = self.last["Source"] + 1
            facts = (self.teams[life.team], False, "document", f"Fictional file {number}", None)
            known = self.documents[life.team] = self.add("Source", *facts, life.day.isoformat())
        return known

    def _way(self, life: _Life, length: int) -> list[_Step]:
        """Steps of a life in their order, with a place each and a year that never goes back."""
        dice, chain = self.dice, [*telling.WAY["out"], *telling.WAY["there"]]
        while len(chain) + 3 < length:
            chain += telling.WAY["back"]
        chain += telling.WAY["away"]
        chosen = sorted(dice.sample(range(len(chain)), length))
        year = max(life.born + 15, 1994) + int(6 * dice.random())
        steps = []
        for position in chosen:
            year = min(year + (dice.random() < 0.4), life.day.year)
            away = dice.random() < 0.3
            place = lexicon.PLACES[int(dice.random() * len(lexicon.PLACES))] if away else life.near
            if chain[position] == "trajectory/left-home":
                place = life.origin
            steps.append(_Step(term=chain[position], year=year, place=place))
        return steps

    def _interview(self, life: _Life, steps: list[_Step]) -> None:
        dice = self.dice
        language = telling.LANGUAGES[bisect_right((0.55, 0.85), dice.random())]
        day = life.day + timedelta(days=int(60 * dice.random()))
        staff = staff_of(life.team)
        author, coder = staff[int(3 * dice.random())], staff[int(4 * dice.random())]
        text, spans = _write(life, steps, language, dice)
        stands = _stand(dice)
        state = stands[-1] if stands else "draft"
        source = self.add("Source", self.teams[life.team], life.is_open, "interview",
                          f"Interview with {life.code}", None, day.isoformat())  # fmt: skip
        place = lexicon.PLACES[int(dice.random() * len(lexicon.PLACES))][2]
        tag = language.split("-")[0]  # as the form has it
        facts = (day.isoformat(), place, author, tag, text, author, state, "")
        interview = self.add("Interview", source, life.person, *facts)
        for step, span in zip(steps, spans, strict=True):
            act = self._act(life, step, source, coder)
            self.add("Evidence", act, source, *span)
        before = "draft"
        for number, to in enumerate(stands):
            by = staff[5] if to in ("reviewed", "sent-back") else author
            reason = "Fictional: look at the dates again." if to == "sent-back" else ""
            when = day + timedelta(days=5 * number + 3)
            self.now.moves.append(Moved(interview=interview, origin=before, to=to, by=by,
                                        day=when, reason=reason))  # fmt: skip
            before = to

    def _act(self, life: _Life, step: _Step, source: int, coder: str) -> int:
        dice = self.dice
        when, place = _said_when(step.year, dice), step.place[2]
        event = None
        if dice.random() < 0.5:
            event = self._event(life.team, when, place, coder)
            if dice.random() < 0.5:
                when = place = ""  # as the event has them
        act = self.add("Act", life.person, event, step.term, when, place, source, coder)
        if dice.random() < 0.6:
            by_state = step.term in telling.BY_STATE
            kind, told = ("unit", _OFFICIALS) if by_state else ("unknown", _BROKERS)
            self.add("Involvement", act, kind, told[int(dice.random() * len(told))], "")
        return act

    def _event(self, team: int, when: str, place: str, author: str) -> int:
        """An event of the team: one in five acts begins a new one."""
        known = self.events[team]
        if not known or self.dice.random() < 0.2:
            facts = (f"Fictional event at {place}", when, place, author)
            known.append((self.add("Event", self.teams[team], False, *facts), when, place))
            del known[:-40]
        return known[int(self.dice.random() * len(known))][0]


@dataclass(frozen=True, kw_only=True)
class _Life:
    person: int
    team: int
    is_open: bool
    code: str
    born: int
    day: date  # when the team first wrote the person down
    name: str
    origin: tuple[Any, ...]
    near: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class _Step:
    term: str
    year: int
    place: tuple[Any, ...]


def _write(
    life: _Life, steps: list[_Step], language: str, dice: random.Random
) -> tuple[str, list[tuple[str, str, str, int, int]]]:
    """The words, and where each step's sentence stands: exact, prefix, suffix, start, end."""
    spelling = telling.SPELLING[language]
    opening = telling.OPENING[language].format(name=life.name, origin=life.origin[spelling])
    parts, ends = [opening], []
    length = len(opening)
    beside = telling.BESIDE[language]
    for number, step in enumerate(steps, start=1):
        told = telling.TOLD[step.term][language]
        sentence = f"{number}. " + told.format(year=step.year, place=step.place[spelling])
        ends.append((length + 1, length + 1 + len(sentence)))
        aside = beside[int(dice.random() * len(beside))]
        parts += [sentence, aside]
        length += len(sentence) + len(aside) + 2
    text = "\n".join(parts)
    return text, [
        (text[a:b], text[max(0, a - _AROUND) : a], text[b : b + _AROUND], a, b) for a, b in ends
    ]


def _later(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _said_year(year: int, dice: random.Random) -> str:
    die = dice.random()
    if die < 0.65:
        return str(year)
    if die < 0.85:
        return f"{year}~"
    return f"[{year - 1}..{year + 1}]" if die < 0.95 else ""


def _said_when(year: int, dice: random.Random) -> str:
    die, month = dice.random(), 1 + int(12 * dice.random())
    if die < 0.3:
        return str(year)
    if die < 0.55:
        return f"{year}-{month:02d}"
    if die < 0.7:
        return f"{year}-{21 + month % 4}"
    if die < 0.85:
        return f"{year}~"
    return f"{year}-{month:02d}-{1 + int(28 * dice.random()):02d}" if die < 0.95 else ""


def _stand(dice: random.Random) -> tuple[str, ...]:
    edges = list(accumulate(share for _, share in _STANDS))
    return _STANDS[bisect_right(edges, dice.random() * edges[-1])][0]


def _draw_teams(people: int, rng: np.random.Generator) -> NDArray[np.int64]:
    edges = np.cumsum(_TEAM_SHARES) / sum(_TEAM_SHARES)
    teams = np.searchsorted(edges, rng.random(people), side="right")
    late = np.arange(people) > people // 10
    return np.where(late & (teams == len(TEAMS) - 1), 0, teams)


def _draw_load(
    people: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Interviews and acts of each person: their sums are 2/3 and 20/3 of the people, rounded."""
    interviews = np.zeros(people, np.int64)
    once, all_of_them = (people * 3) // 5, (people * 2) // 3
    order = rng.permutation(people)
    interviews[order[:once]] = 1
    interviews[order[: all_of_them - once]] += 1
    weights = np.where(interviews == 0, 0.8, 1.0 + interviews)
    acts = rng.multinomial((people * 20) // 3, weights / weights.sum())
    return interviews, acts.astype(np.int64)


def _draw_codes(people: int, rng: np.random.Generator) -> list[str]:
    """Code names in the form of all others, each once."""
    codes: dict[str, None] = {}
    while len(codes) < people:
        for letters in rng.integers(0, len(_LETTERS), (people, 6)).tolist():
            codes["P-" + "".join(_LETTERS[letter] for letter in letters)] = None
    return list(codes)[:people]
