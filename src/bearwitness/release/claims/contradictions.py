"""Claims that cannot all hold, found by rule, each explained in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bearwitness.release.claims.register import Claim, Register

# Rules of this house.
NEAR = 0.1  # values this close, of one measure and one source, are taken for one figure told twice
NO_SOURCE = frozenset({"", "reports", "reportedly", "previous reports", "unstated", "unknown"})


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """`kind` is the rule's name; `claims` the ids it is about, the earlier first."""

    kind: str
    claims: tuple[str, ...]
    sentence: str


def find_contradictions(register: Register) -> list[Contradiction]:
    """Every contradiction by every rule, in the order of the rules and of publication.

    - *population changed*: a figure told again of other people;
    - *unit changed*, *measure changed*: told again in another unit or currency, or as another
      thing;
    - *part above whole*: more people in a part than in the whole it belongs to (`parts`);
    - *no first source*: a chain that ends with nobody.

    Whether a claim is told again is known where it cites another, and taken to be so where two
    have one source, one measure and values within a tenth of each other.
    """
    return [found for rule in RULES.values() for found in rule(register)]


def _population_changed(register: Register) -> Iterator[Contradiction]:
    for first, again in _retellings(register):
        if first.population != again.population:
            words = _words_changed(first.population, again.population)
            yield _found(
                "population changed",
                first,
                again,
                f"{_who(first)} said {first.value} of {first.population!r}; {_who(again)} says "
                f"{again.value} of {again.population!r}{words}",
            )


def _unit_changed(register: Register) -> Iterator[Contradiction]:
    for first, again in _retellings(register):
        if first.unit != again.unit and _shares_a_number(first, again):
            yield _found(
                "unit changed",
                first,
                again,
                f"the number stayed and its unit did not: {_who(first)} said {first.value}, "
                f"{_who(again)} says {again.value}",
            )


def _measure_changed(register: Register) -> Iterator[Contradiction]:
    for first, again in _retellings(register):
        if first.measure != again.measure and _shares_a_number(first, again):
            yield _found(
                "measure changed",
                first,
                again,
                f"what {_who(first)} called {first.measure!r} has become {again.measure!r} with "
                f"{_who(again)}",
            )


def _part_above_whole(register: Register) -> Iterator[Contradiction]:
    claims = [c for c in register.claims.values() if c.unit == "persons"]
    for part in claims:
        wholes = set(register.wholes(part.population))
        for whole in claims:
            if whole.population in wholes and (why := _exceeds(part, whole)):
                yield _found(
                    "part above whole",
                    whole,
                    part,
                    f"{part.population!r} are a part of {whole.population!r}, yet {_who(part)} "
                    f"says {part.value} of the part and {_who(whole)} {whole.value} of the "
                    f"whole: {why}",
                )


def _no_first_source(register: Register) -> Iterator[Contradiction]:
    for claim in register.claims.values():
        chain = register.chain(claim)
        last = chain[-1]
        if last is claim and last.attributed_to.casefold() in NO_SOURCE:
            yield Contradiction(
                kind="no first source",
                claims=(claim.id,),
                sentence=f"{_who(claim)} says {claim.value} and names no source that could be "
                f"asked ({claim.attributed_to or 'none'!r})",
            )
        elif last is claim and "later citation" in claim.note.casefold():
            yield Contradiction(
                kind="no first source",
                claims=(claim.id,),
                sentence=f"{claim.value}, said to be of {claim.attributed_to}, is known only "
                "through those who cite it",
            )


RULES: dict[str, Callable[[Register], Iterator[Contradiction]]] = {
    "population changed": _population_changed,
    "unit changed": _unit_changed,
    "measure changed": _measure_changed,
    "part above whole": _part_above_whole,
    "no first source": _no_first_source,
}


def _retellings(register: Register) -> Iterator[tuple[Claim, Claim]]:
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


def _exceeds(part: Claim, whole: Claim) -> str:
    if whole.high is None:
        return ""
    if part.low is not None and part.low > whole.high:
        return "both cannot be true"
    if part.low is None and part.high is not None and part.high > whole.high:
        return "the part is said to reach beyond the whole"
    return ""


def _words_changed(before: str, after: str) -> str:
    old, new = before.casefold().split(), after.casefold().split()
    lost = [word for word in old if word not in new]
    gained = [word for word in new if word not in old]
    if lost and not gained:
        return f": lost on the way: {_quoted(lost)}"
    if gained and not lost:
        return f": added on the way: {_quoted(gained)}"
    return ""


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _who(claim: Claim) -> str:
    return f"{claim.publisher} ({claim.published.rstrip('~?')})"


def _found(kind: str, first: Claim, again: Claim, sentence: str) -> Contradiction:
    return Contradiction(kind=kind, claims=(first.id, again.id), sentence=sentence)
