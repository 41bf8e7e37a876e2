"""By whom an act was done: a person, a group, a unit, or somebody who can only be described."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bearwitness.errors import InputError


class PerpetratorKind(StrEnum):
    PERSON = "person"
    GROUP = "group"
    UNIT = "unit"  # of a force or an office: it has a place in a chain of command
    UNKNOWN = "unknown"  # nobody knows who; what was seen of them is described


@dataclass(frozen=True, kw_only=True)
class Perpetrator:
    """Who did it and in which role, in words. `code_name` where they are a person on record."""

    kind: PerpetratorKind
    description: str = ""
    role: str = ""
    code_name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", PerpetratorKind(self.kind))
        for field in ("description", "role", "code_name"):
            object.__setattr__(self, field, " ".join(getattr(self, field).split()))
        if self.code_name and self.kind is not PerpetratorKind.PERSON:
            raise InputError(
                "only a person has a code name", hint="Choose 'person', or describe them in words."
            )
        if not (self.description or self.code_name):
            raise InputError(
                "a perpetrator is neither described nor named",
                hint="Say what is known: 'two men in uniform' is enough.",
            )
