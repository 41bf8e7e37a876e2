"""Searches that reveal something by what they find. Each is audited, with a digest of its words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

from django.db.models import Q

from bearwitness.casebook import Name, When
from bearwitness.casebook.rights import Reader, Right, may
from bearwitness.casebook.searched import passages, spread
from bearwitness.casebook.wanted import Wanted
from bearwitness.records.access import action, visible
from bearwitness.records.audit import audited
from bearwitness.records.models import FindableName, Interview, NameKey, Person
from bearwitness.records.name_keys import keys_of
from bearwitness.records.queries import finding

_YEARS_APART = 2  # our own rule: people miscount an age by a year or two, seldom by more
_MOST_SIMILAR = 10
_OF = {
    "people": finding.found_people,
    "interviews": finding.found_interviews,
    "acts": finding.found_acts,
    "events": finding.found_events,
}


@action(Right.SEE)
def search(
    reader: Reader,
    wanted: Wanted,
    *,
    of: Iterable[str] = tuple(_OF),
    before: int | None = None,
    most: int = 25,
) -> dict[str, list[Any]]:
    """What is found, by kind: people, named (people by their names), interviews, acts, events.

    One row more than `most` says that there are more. Kinds that the reader has no right to
    search are absent. A search reveals what it finds: audited, with digests of what was typed.
    """
    with audited(reader) as write:
        write.note("search", None, wanted.said())
    found = {}
    for kind in of:
        if kind == "interviews" and wanted.terms and not may(reader, Right.WORDS):
            continue
        found[kind] = _OF[kind](reader, wanted, before=before, most=most)
    if "people" in found and wanted.terms and may(reader, Right.NAMES) and before is None:
        found["named"] = finding.people_named(reader, wanted)
    return found


@action(Right.NAMES)
def find_by_name(reader: Reader, text: str) -> list[Person]:
    """People of this name in any script and spelling, the surest first; see `people_named`.

    A search reveals whose name it is: audited.
    """
    text = " ".join(normalize("NFC", text).split())[:200]
    with audited(reader) as write:
        write.note("find_by_name", None, {"name": text})
    return finding.people_named(reader, Wanted(text=text)) if spread(text) else []


@action(Right.WORDS)
def read_passages(
    reader: Reader, wanted: Wanted, interviews: Iterable[int]
) -> dict[int, list[list[tuple[str, bool]]]]:
    """By interview, the passages in which the terms stand, in pieces: (words, searched for?).

    They are a person's words: that they were read is audited for each interview.
    """
    rows = Interview.objects.filter(visible(reader, "person__"), pk__in=list(interviews))
    found = {}
    with audited(reader) as write:
        for row in rows.order_by("-pk").prefetch_related("comments"):
            write.note("read_passages", row, wanted.said())
            texts = [row.text, *(comment.text for comment in row.comments.all())]
            found[row.pk] = [one for text in texts for one in passages(text, wanted.terms)]
    return found


@action(Right.NAMES)
def similar_people(reader: Reader, names: Iterable[Name], *, birth: str = "") -> list[Person]:
    """People of the reader's own teams who may be the one about to be added: a name with the same
    key, births that may be near. Empty where no name was given. Audited as a search by name."""
    texts = [name.text for name in names]
    if not texts:
        return []
    with audited(reader) as write:
        write.note("similar_people", None, {"names": texts})
    keys = {key for text in texts for key in keys_of(text) if key[0] in "kp"}
    named = Q(pk__in=NameKey.objects.filter(key__in=sorted(keys)).values("person_id"))
    same = FindableName.objects.filter(text__in=[t for t in map(spread, texts) if t])
    named |= Q(pk__in=same.values("person_id"))
    own = Q() if reader.every_team else Q(team__in=sorted(reader.teams))
    rows = Person.objects.filter(own, named, erased_at=None).order_by("-id")
    near = (person for person in rows.iterator() if _may_be_near(person.birth, birth))
    return [person for person, _ in zip(near, range(_MOST_SIMILAR), strict=False)]


def _may_be_near(one: str, other: str) -> bool:
    """Whether two births can be within a few years; a birth that is not known is near to any."""
    if not one or not other:
        return True
    a, b = When.read(one), When.read(other)
    starts = [w.earliest for w in (a, b) if w.earliest is not None]
    ends = [w.latest for w in (a, b) if w.latest is not None]
    return not starts or not ends or max(starts) - min(ends) <= _YEARS_APART
