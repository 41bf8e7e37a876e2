"""Searches that reveal something by what they find. Each is audited, with a digest of its words."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

from django.db.models import Q, QuerySet

from bearwitness.casebook import Name, When
from bearwitness.casebook.rights import Reader, Right
from bearwitness.records.access import action, visible
from bearwitness.records.audit import audited
from bearwitness.records.models import NameKey, Person, PersonName
from bearwitness.records.name_keys import keys_of, keys_to_find

MOST_FOUND = 50  # more than that is no answer to who somebody is
_YEARS_APART = 2  # our own rule: people miscount an age by a year or two, seldom by more
_MOST_SIMILAR = 10


@action(Right.NAMES)
def find_by_name(reader: Reader, text: str) -> list[Person]:
    """People of this name in any script and spelling, at most `MOST_FOUND`, the surest first.

    First the very text, then names with the same key (Ri, Lee and 리), then names that hold the
    text. A search reveals whose name it is: audited.
    """
    text = " ".join(normalize("NFC", text).split())
    with audited(reader) as write:
        write.note("find_by_name", None, {"name": text})
    if not text:
        return []
    exact = PersonName.objects.filter(text__iexact=text).values("person")
    keyed = _with_key(keys_to_find(text))
    holding = PersonName.objects.filter(text__icontains=text).values("person")
    found: dict[int, Person] = {}
    for named in (exact, keyed, holding):
        if len(found) < MOST_FOUND:
            rows = Person.objects.filter(visible(reader), pk__in=named).order_by("-id")
            found |= {p.pk: p for p in rows[: 2 * MOST_FOUND] if p.pk not in found}
    return list(found.values())[:MOST_FOUND]


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
    named = Q(pk__in=_with_key(keys))
    named |= Q(pk__in=PersonName.objects.filter(text__in=texts).values("person"))
    own = Q() if reader.every_team else Q(team__in=sorted(reader.teams))
    rows = Person.objects.filter(own, named, erased_at=None).order_by("-id")
    near = (person for person in rows.iterator() if _may_be_near(person.birth, birth))
    return [person for person, _ in zip(near, range(_MOST_SIMILAR), strict=False)]


def _with_key(keys: Iterable[str]) -> QuerySet:
    return NameKey.objects.filter(key__in=sorted(keys)).values("name__person")


def _may_be_near(one: str, other: str) -> bool:
    """Whether two births can be within a few years; a birth that is not known is near to any."""
    if not one or not other:
        return True
    a, b = When.read(one), When.read(other)
    starts = [w.earliest for w in (a, b) if w.earliest is not None]
    ends = [w.latest for w in (a, b) if w.latest is not None]
    return not starts or not ends or max(starts) - min(ends) <= _YEARS_APART
