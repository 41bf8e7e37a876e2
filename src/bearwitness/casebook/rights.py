"""Who may do what: roles give rights, teams give rows. A row is closed to everyone but its team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bearwitness.errors import NotPermitted


class Role(StrEnum):
    """What somebody does in the organisation. One account can have several."""

    DOCUMENTER = "documenter"
    CODER = "coder"
    ANALYST = "analyst"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that can be done. No right includes another."""

    SEE = "see"  # people under their code names, interviews without their words, acts
    NAMES = "names"
    WORDS = "words"
    RECORD = "record"
    CODE = "code"
    REVIEW = "review"
    ANALYSE = "analyse"
    STUDIES = "studies"
    CHECK = "check"
    PUBLISH = "publish"
    EXPORT = "export"
    AUDIT = "audit"
    ERASE = "erase"
    MANAGE = "manage"


# The one table of rights, each with its reason. Whatever is not here is forbidden.
RIGHTS: Mapping[Role, Mapping[Right, str]] = {
    Role.DOCUMENTER: {
        Right.SEE: "they return to people whom they know",
        Right.NAMES: "they have to find a person again by the name that is said",
        Right.WORDS: "they wrote them down",
        Right.RECORD: "it is their work",
        Right.CODE: "in a small team whoever asked also codes",
        Right.REVIEW: "a colleague reads what one wrote, never oneself",
        Right.EXPORT: "they hand a case over to those whom the person agreed to",
        Right.ERASE: "people turn to them when they want to be forgotten",
    },
    Role.CODER: {
        Right.SEE: "acts are done to somebody",
        Right.WORDS: "a coding rests on exact words",
        Right.CODE: "it is their work",
        Right.REVIEW: "a second coder reads what the first coded",
    },
    Role.ANALYST: {
        Right.SEE: "they have to know what a column rests on; they need neither names nor words",
        Right.ANALYSE: "it is their work",
        Right.EXPORT: "they count in other programs too, without names and words",
        Right.STUDIES: "they read what they ran",
        Right.CHECK: "who can count sees where a count is wrong; a colleague's, never one's own",
    },
    Role.PUBLISHER: {
        Right.STUDIES: "they write the report around the figures",
        Right.CHECK: "where one person counts, a publisher checks and another one publishes",
        Right.PUBLISH: "it is their work; they need no row of the casebook",
    },
    Role.AUDITOR: {
        Right.AUDIT: "it is their work; entries name rows and fields, never what they hold",
        Right.EXPORT: "whoever checks the audit from outside has to be given it",
    },
    Role.ADMINISTRATOR: {
        Right.MANAGE: "it is their work; who runs the machine need not read the cases",
        Right.ERASE: "the second person of an erasure can stand outside the team",
    },
}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who asks. `home` is the team that new rows belong to; None where there is none to choose.

    `every_team` is for whoever sits at the machine itself and could open the database file.
    """

    name: str
    teams: frozenset[int] = frozenset()
    roles: frozenset[Role] = frozenset()
    home: int | None = None
    every_team: bool = False
    rights: frozenset[Right] = field(init=False)

    def __post_init__(self) -> None:
        rights = {right for role in self.roles for right in RIGHTS[role]}
        object.__setattr__(self, "rights", frozenset(rights))


NOBODY = Reader(name="")
# The command line: it can read the database file anyway, so it says so in the audit instead.
LOCAL = Reader(name="command line", roles=frozenset(Role), every_team=True)


def check_may(reader: Reader, right: Right) -> None:
    """Raise NotPermitted unless one of the reader's roles gives this right."""
    if right not in reader.rights:
        holders = " or ".join(role for role in Role if right in RIGHTS[role])
        raise NotPermitted(
            f"your account does not have the right {right.value!r}",
            hint=f"Ask an administrator. It comes with the role {holders}.",
        )


def may(reader: Reader, right: Right) -> bool:
    return right in reader.rights


def may_see(reader: Reader, *, team: int, is_open: bool) -> bool:
    """Whether a row of this team is among those that the reader's queries give."""
    return reader.every_team or is_open or team in reader.teams


def check_may_change(reader: Reader, team: int) -> None:
    """Raise NotPermitted unless the row is of a team of the reader's. Open rows are read only."""
    if not may_change(reader, team):
        raise NotPermitted(
            "this belongs to another team, which opened it for reading only",
            hint="Ask somebody of that team to change it.",
        )


def may_change(reader: Reader, team: int) -> bool:
    return reader.every_team or team in reader.teams
