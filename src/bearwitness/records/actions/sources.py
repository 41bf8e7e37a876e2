from __future__ import annotations

from datetime import date

from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import NotPermitted
from bearwitness.records.access import action
from bearwitness.records.audit import Writing, audited
from bearwitness.records.models import Source, Team

OWN_LIST = "casebook"
FIRST_TEAM = "First team"


@action(Right.RECORD)
def add_source(
    reader: Reader, *, kind: str, title: str, received_at: date, original: str | None = None
) -> Source:
    """Add a source. `original` is the SHA-256 of its sealed file."""
    source = Source(
        team_id=home_team(reader),
        kind=Source.Kind(kind),
        title=title,
        received_at=received_at,
        original=original,
    )
    with audited(reader) as write:
        return write.add("add_source", source)


def home_team(reader: Reader) -> int:
    """The team that what this reader adds belongs to. Raises NotPermitted where there is none."""
    team = reader.home
    if team is None and reader.every_team:
        with audited(reader) as write:
            team = first_team(write).pk
    if team is None:
        raise NotPermitted(
            "you are in no team, and what is added has to belong to one",
            hint="Ask an administrator to put you in a team.",
        )
    return team


def first_team(write: Writing) -> Team:
    """The oldest team; made where there is none."""
    return Team.objects.order_by("pk").first() or write.add("add_team", Team(name=FIRST_TEAM))


def own_list(write: Writing, team: int) -> Source:
    """The list of people whom a team recorded itself; made when it is first needed."""
    known = Source.objects.filter(team=team, kind=Source.Kind.OWN_LIST).first()
    if known:
        return known
    taken = Source.objects.filter(list_name=OWN_LIST).exists()
    source = Source(
        team_id=team,
        kind=Source.Kind.OWN_LIST,
        title="Our own casebook",
        list_name=f"{OWN_LIST}-{team}" if taken else OWN_LIST,
        received_at=date.today(),
    )
    return write.add("add_source", source)
