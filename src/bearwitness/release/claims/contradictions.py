"""Claims that cannot all hold, found by rule, each explained in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bearwitness.release.claims.register import Claim, Plausible, Register
from bearwitness.release.words import ENGLISH, Words, mark

# Rules of this house.
NEAR = 0.1  # values this close, of one measure and one source, are taken for one figure told twice
_LITTLE = frozenset(
    ("a", "an", "and", "between", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
NO_SOURCE = frozenset({"", "reports", "reportedly", "previous reports", "unstated", "unknown"})


@dataclass(frozen=True)
class Piece:
    """A piece of what does not hold together: a sentence of ours, and what others said in it."""

    sentence: str
    said: Mapping[str, str]

    def __str__(self) -> str:
        return self.in_words(ENGLISH)

    def in_words(self, words: Words) -> str:
        """In a language; what others said only where the study has it in that language."""
        said = {name: words.said(text) for name, text in self.said.items()}
        return words.say(self.sentence, **said)


def say(sentence: str, **said: str) -> Piece:
    """A piece; `make words` puts its sentence into the catalogue."""
    return Piece(sentence, said)


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """`kind` is the rule's name; `claims` the ids it is about, the earlier first."""

    kind: str
    claims: tuple[str, ...]
    pieces: tuple[Piece, ...]

    @property
    def sentence(self) -> str:
        return self.in_words(ENGLISH)

    def in_words(self, words: Words) -> str:
        """What does not hold together, in a language."""
        return "; ".join(piece.in_words(words) for piece in self.pieces)


def find_contradictions(register: Register) -> list[Contradiction]:
    """Every contradiction by every rule, in the order of the rules and of publication.

    - *population changed*: a figure told again of other people;
    - *unit changed*, *measure changed*: told again in another unit or currency, or as another
      thing;
    - *part above whole*: more people in a part than in the whole it belongs to (`parts`);
    - *no first source*: a chain that ends with nobody;
    - *implausible implication*: an amount of money over a number of people told together with it
      (by the same source in the same year, or on the same page) that lies outside what such an
      amount a person is known to be elsewhere (`plausible`). An end that is left open is taken as
      told: whoever says "over 105" means about that.

    Whether a claim is told again is known where it cites another, and taken to be so where two
    have one source, one measure and values within a tenth of each other.
    """
    return [found for rule in RULES.values() for found in rule(register)]


def _population_changed(register: Register) -> Iterator[Contradiction]:
    for first, again in retellings(register):
        if first.population != again.population:
            yield _found(
                "population changed",
                (first, again),
                say(
                    "{who} said {value} of “{population}”",
                    who=_who(first), value=first.value, population=first.population,
                ),
                say(
                    "{who} says {value} of “{population}”",
                    who=_who(again), value=again.value, population=again.population,
                ),
                *_words_changed(first.population, again.population),
            )  # fmt: skip


def _unit_changed(register: Register) -> Iterator[Contradiction]:
    for first, again in retellings(register):
        if first.unit != again.unit and _shares_a_number(first, again):
            yield _found(
                "unit changed",
                (first, again),
                say("the number stayed and its unit did not"),
                say("{who} said {value}", who=_who(first), value=first.value),
                _says(again),
            )


def _measure_changed(register: Register) -> Iterator[Contradiction]:
    for first, again in retellings(register):
        if first.measure != again.measure and _shares_a_number(first, again):
            yield _found(
                "measure changed",
                (first, again),
                say(
                    "what {who} called “{measure}” has become “{now}” with {others}",
                    who=_who(first), measure=first.measure, now=again.measure, others=_who(again),
                ),
            )  # fmt: skip


def _part_above_whole(register: Register) -> Iterator[Contradiction]:
    claims = [c for c in register.claims.values() if c.unit == "persons"]
    for part in claims:
        wholes = set(register.wholes(part.population))
        for whole in claims:
            if whole.population in wholes and (why := _exceeds(part, whole)):
                yield _found(
                    "part above whole",
                    (whole, part),
                    say("“{part}” are a part of “{whole}”",
                        part=part.population, whole=whole.population),
                    say("{who} says {value} of the part", who=_who(part), value=part.value),
                    say("{who} says {value} of the whole", who=_who(whole), value=whole.value),
                    why,
                )  # fmt: skip


def _no_first_source(register: Register) -> Iterator[Contradiction]:
    for claim in register.claims.values():
        if claim.cites:
            continue
        if claim.attributed_to.casefold() in NO_SOURCE:
            told = say(
                "{who} says {value} and names no source that could be asked (“{source}”)",
                who=_who(claim), value=claim.value, source=claim.attributed_to or "none",
            )  # fmt: skip
            yield _found("no first source", (claim,), told)
        elif "later citation" in claim.note.casefold():
            told = say(
                "{value}, said to be of {source}, is known only through those who cite it",
                value=claim.value, source=claim.attributed_to,
            )  # fmt: skip
            yield _found("no first source", (claim,), told)


def _implausible(register: Register) -> Iterator[Contradiction]:
    for known in register.plausible:
        for money, people, share in _told_together(register, known):
            low, high = _per_person(money, people, share)
            if high < known.low or low > known.high:
                concerned = [say("of whom {value}", value=share.value)] if share else []
                yield _found(
                    "implausible implication",
                    (money, people, *([share] if share else [])),
                    _says(money),
                    _says(people),
                    *concerned,
                    say("in {unit} that is {value}", unit=known.unit, value=_ends(low, high)),
                    say(
                        "known elsewhere: {value} ({source})",
                        value=f"{known.low:,.0f}–{known.high:,.0f}", source=known.source,
                    ),
                )  # fmt: skip


def _says(claim: Claim) -> Piece:
    return say("{who} says {value}", who=_who(claim), value=claim.value)


def _told_together(
    register: Register, known: Plausible
) -> Iterator[tuple[Claim, Claim, Claim | None]]:
    """Amounts in the unit, times persons, with every number of people and share told with them."""
    claims = list(register.claims.values())
    unit = known.unit.replace(" per person", "")
    for money in (c for c in claims if c.unit == unit and _ends_of(c)):
        for people in (c for c in claims if c.unit == "persons" and _go_together(money, c)):
            shares = [c for c in claims if c.unit == "percent" and _is_share_of(c, people)]
            yield money, people, shares[0] if shares else None


def _go_together(one: Claim, other: Claim) -> bool:
    named = one.attributed_to.casefold() not in NO_SOURCE
    same_source = named and one.attributed_to == other.attributed_to
    return one.year == other.year and (same_source or one.publisher == other.publisher)


def _is_share_of(share: Claim, people: Claim) -> bool:
    return share.population == people.population and _go_together(share, people)


def _per_person(money: Claim, people: Claim, share: Claim | None) -> tuple[float, float]:
    (least, most), (fewest, many) = _ends_of(money), _ends_of(people)
    low, high = _ends_of(share) if share else (100.0, 100.0)
    return least / (many * high / 100), most / (fewest * low / 100)


def _ends_of(claim: Claim) -> tuple[float, float]:
    """Both ends; an open one is the other. Empty where there is no number."""
    low = claim.high if claim.low is None else claim.low
    high = claim.low if claim.high is None else claim.high
    return (low, high) if low and high else ()  # type: ignore[return-value]


def _ends(low: float, high: float) -> str:
    ends = [f"{round(x, 2 - len(str(int(x)))) if x >= 100 else x:,.0f}" for x in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"


RULES: dict[str, Callable[[Register], Iterator[Contradiction]]] = {
    mark("population changed"): _population_changed,
    mark("unit changed"): _unit_changed,
    mark("measure changed"): _measure_changed,
    mark("part above whole"): _part_above_whole,
    mark("no first source"): _no_first_source,
    mark("implausible implication"): _implausible,
}


def retellings(register: Register) -> Iterator[tuple[Claim, Claim]]:
    """Each claim that tells another again, with the one it cites, or else the first told."""
    before: list[Claim] = []
    for claim in register.claims.values():
        if claim.cites:
            yield register.claims[claim.cites], claim
        elif first := next((c for c in before if _is_one_figure(c, claim)), None):
            yield first, claim
        before.append(claim)


def _is_one_figure(first: Claim, again: Claim) -> bool:
    named = first.attributed_to and first.attributed_to.casefold() not in NO_SOURCE
    alike = first.attributed_to == again.attributed_to and first.measure == again.measure
    return bool(named and alike and first.unit == again.unit and _is_near(first, again))


def _is_near(first: Claim, again: Claim) -> bool:
    pairs = ((first.low, again.low), (first.high, again.high))
    return any(a is not None and b is not None and _close(a, b) for a, b in pairs)


def _shares_a_number(first: Claim, again: Claim) -> bool:
    numbers = {first.low, first.high} & {again.low, again.high}
    return bool(numbers - {None})


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= NEAR * max(abs(a), abs(b))


def _exceeds(part: Claim, whole: Claim) -> Piece | None:
    if whole.high is None:
        return None
    if part.low is not None and part.low > whole.high:
        return say("both cannot be true")
    if part.low is None and part.high is not None and part.high > whole.high:
        return say("the part is said to reach beyond the whole")
    return None


def _words_changed(before: str, after: str) -> tuple[Piece, ...]:
    """What became of the words; empty where the two have too little in common to say."""
    old, new = _words(before), _words(after)
    lost = [word for word in old if word not in new]
    gained = [word for word in new if word not in old]
    if lost and not gained:
        return (say("lost on the way: {words}", words=_quoted(lost)),)
    if gained and not lost:
        return (say("added on the way: {words}", words=_quoted(gained)),)
    if len(set(old) & set(new)) > max(len(lost), len(gained)):
        return (say("{words} has become {now}", words=_quoted(lost), now=_quoted(gained)),)
    return ()


def _words(population: str) -> list[str]:
    """Its words in their order, without what stands in brackets, and without little words."""
    bare = re.sub(r"\(.*?\)", "", population.casefold())
    return [word for word in re.findall(r"[\w'-]+", bare) if word not in _LITTLE]


def _quoted(words: list[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _who(claim: Claim) -> str:
    return f"{claim.publisher} ({claim.published.rstrip('~?')})"


def _found(kind: str, claims: tuple[Claim, ...], *pieces: Piece) -> Contradiction:
    return Contradiction(kind=kind, claims=tuple(claim.id for claim in claims), pieces=pieces)
