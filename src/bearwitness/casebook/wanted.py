"""What somebody looks for: words, and conditions on what they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from bearwitness.casebook.consent import Use
from bearwitness.casebook.places import find_places, fold_place, gazetteer, within
from bearwitness.casebook.review import State
from bearwitness.casebook.searched import Term, read_terms
from bearwitness.casebook.values import When
from bearwitness.errors import InputError

_LONGEST = 200
_OF_AN_ACT = ("act", "place", "period")
_OF_AN_INTERVIEW = ("state", "language", "held")


@dataclass(frozen=True)
class Wanted:
    """A search. Empty fields ask nothing. `period` and `held` are EDTF; `team` is its number.

    `act` is vocabulary/word, `place` a place in any spelling, which holds for all within it;
    the act, the place and the period have to be those of one act. `consent` is a use that the
    person has said yes to, as of today.
    """

    text: str = ""
    act: str = ""
    place: str = ""
    period: str = ""
    consent: str = ""
    state: str = ""
    language: str = ""
    held: str = ""
    team: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            if len(getattr(self, field.name)) > _LONGEST:
                raise InputError(
                    "this search is too long", hint="Write the few words that matter most."
                )
        if self.team:
            int(self.team)
        if self.consent:
            Use(self.consent)
        if self.state:
            State(self.state)
        if self.text.strip() and not self.terms:
            raise InputError(
                "there is no letter in what you search for", hint="Write a word or a name."
            )

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Wanted:
        """From a form, a session or a saved search; what is not known is left out.

        Raises InputError for a date that cannot be read, ValueError for another value that is no
        value of its field.
        """
        known = {field.name for field in fields(cls)}
        wanted = cls(**{k: str(v or "").strip() for k, v in said.items() if k in known})
        wanted.happened, wanted.told  # noqa: B018 - read now, not when it is asked for
        return wanted

    def said(self) -> dict[str, str]:
        """The fields that ask something, as JSON can hold them."""
        return {name: value for name, value in asdict(self).items() if value}

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        return read_terms(self.text)

    @cached_property
    def happened(self) -> When | None:
        return When.read(self.period) if self.period else None

    @cached_property
    def told(self) -> When | None:
        return When.read(self.held) if self.held else None

    @cached_property
    def places(self) -> frozenset[str]:
        """The folded spellings of the place and of all within it, as `fold_place` gives them."""
        known = {place.id for place in find_places(self.place)}
        held = [p for p in gazetteer().values() if known & {one.id for one in within(p)}]
        spellings = {fold_place(n) for p in held for n in (*p.names.values(), *p.aliases)}
        return frozenset(spellings | {fold_place(self.place)} - {""})

    @property
    def asks_more_than_words(self) -> bool:
        return bool(self.said().keys() - {"text"})

    @property
    def asks_of_acts(self) -> bool:
        return any(getattr(self, name) for name in _OF_AN_ACT)

    @property
    def asks_of_interviews(self) -> bool:
        return any(getattr(self, name) for name in _OF_AN_INTERVIEW)
