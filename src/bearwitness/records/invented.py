"""An invented casebook: invented people, written down by invented colleagues, as a real one is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from bearwitness.casebook import Name, NameKind, Use
from bearwitness.casebook.perpetrators import Perpetrator, PerpetratorKind
from bearwitness.casebook.review import State
from bearwitness.casebook.rights import LOCAL, Reader, Role
from bearwitness.coding import Quote
from bearwitness.demo.testimonies import Testimony, invent_testimonies
from bearwitness.records import actions
from bearwitness.records.access import reader_of
from bearwitness.records.models import Interview, Person, Team
from bearwitness.records.signing_in import NEVER, change_settings

PASSWORD = "invented-people-only"  # noqa: S105 - printed for everybody, protects nobody
OURS, THEIRS = "Plum (invented)", "Heron (invented)"
COLLEAGUES: dict[str, tuple[str, tuple[Role, ...]]] = {
    "alice": (OURS, (Role.DOCUMENTER,)),
    "bob": (OURS, (Role.DOCUMENTER,)),
    "dina": (OURS, (Role.CODER,)),
    "charlie": (THEIRS, (Role.DOCUMENTER,)),
    "ana": (OURS, (Role.ANALYST,)),
    "paul": ("", (Role.PUBLISHER,)),
    "audrey": ("", (Role.AUDITOR,)),
    "adam": ("", (Role.ADMINISTRATOR,)),
}
_USES = (
    (Use.RECORD, Use.ANALYSE, Use.PUBLISH_WITHOUT_NAME),
    (Use.RECORD, Use.ANALYSE),
    (Use.RECORD, Use.ANALYSE, Use.SHARE_WITH_PARTNERS, Use.PUBLISH_WITHOUT_NAME),
    (Use.RECORD,),
)
_STATES = (
    State.REVIEWED,
    State.REVIEWED,
    State.READY,
    State.REVIEWED,
    State.DRAFT,
    State.SENT_BACK,
)
_LANGUAGE_TAGS = {"ko": "ko", "zh": "zh-Hans", "en": "en"}
_SENT_BACK = "The date of the crossing and of the return do not go together: please ask again."


def write_invented_casebook(number: int = 48, *, told: Callable[[], object] = lambda: None) -> bool:
    """Colleagues, and the first `number` of the people whom they interviewed: all, or nothing
    where a casebook is there already, for invented people do not belong among others. `told` is
    called for each.
    """
    if Person.objects.exists() or get_user_model().objects.exists():
        return False
    with transaction.atomic():
        _write(number, told)
    return True


def _write(number: int, told: Callable[[], object]) -> None:
    readers = _hire()
    for place, testimony in enumerate(invent_testimonies()[:number]):
        writer = readers[("alice", "bob", "alice", "charlie")[place % 4]]
        interview = _write_down(writer, testimony, place)
        _review(readers, writer, interview, _STATES[place % len(_STATES)])
        told()


def _hire() -> dict[str, Reader]:
    teams: dict[str, Team] = {}
    readers = {}
    for name, (team, roles) in COLLEAGUES.items():
        if team and team not in teams:
            teams[team] = actions.add_team(LOCAL, team)
        held = [teams[team].pk] if team else []
        user, _ = actions.add_account(LOCAL, name=name, teams=held, roles=roles)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        change_settings(user, password_given=False, second_factor_by=NEVER)
        readers[name] = reader_of(user)
    return readers


def _write_down(reader: Reader, told: Testimony, place: int) -> Interview:
    today = date.today()
    asked = today - timedelta(days=20 + 3 * place)
    consent = {
        "uses": _USES[place % len(_USES)],
        "asked_by": reader.name.capitalize(),
        "how": "written" if place % 3 else "spoken",
        "language": _LANGUAGE_TAGS[told.language],
        "given_at": asked,
        "expires_at": today + timedelta(days=365) if place % 5 == 0 else None,
    }
    interview = actions.begin_interview(
        reader,
        names=list(_names(told)),
        said={"sex": told.sex, "birth": told.birth, "origin": told.origin, "place": told.place},
        consent=consent,
        told={
            "held_on": told.held_on,
            "interviewer": reader.name.capitalize(),
            "language": _LANGUAGE_TAGS[told.language],
            "text": told.text,
            "place": told.steps[-1].place,
        },
    )
    for step in told.steps:
        by = [Perpetrator(kind=PerpetratorKind.UNKNOWN, description=step.by)] if step.by else []
        actions.add_act(
            reader,
            interview.person,
            term=step.term,
            source=interview.source,
            said={"date": step.date, "place": step.place},
            perpetrators=by,
            evidence=[Quote(exact=step.sentence)],
        )
    return interview


def _names(told: Testimony):
    yield Name(text=told.name)
    yield Name(text=told.romanised, kind=NameKind.ALIAS)
    if told.alias:
        yield Name(text=told.alias, kind=NameKind.NAME_IN_CHINA)


def _review(readers: dict[str, Reader], writer: Reader, interview: Interview, to: State) -> None:
    """Hand in, and have it read, as far as it has come. Charlie is alone: nobody reads his."""
    if to is State.DRAFT:
        return
    actions.move_interview(writer, interview, to=State.READY)
    if to is State.READY or writer.name == "charlie":
        return
    reason = _SENT_BACK if to is State.SENT_BACK else ""
    actions.move_interview(readers["dina"], interview, to=to, reason=reason)
