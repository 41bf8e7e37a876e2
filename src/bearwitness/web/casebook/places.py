"""Places: the tree of the gazetteer as far as something is recorded there, and the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bearwitness.casebook.places import (
    LANGUAGES,
    Place,
    find_places,
    gazetteer,
    within,
)
from bearwitness.casebook.wanted import Wanted
from bearwitness.records import queries
from bearwitness.records.queries import placed
from bearwitness.web.casebook import maps
from bearwitness.web.casebook.interviews import with_state_words
from bearwitness.web.casebook.shown import act_of
from bearwitness.web.pages import language_tag

KIND_WORDS = {
    "country": _("country"),
    "province": _("province"),
    "prefecture": _("prefecture"),
    "city": _("city"),
    "county": _("county"),
    "district": _("district"),
    "town": _("town"),
}
_IN_SHORT = 8
_MOST_SAID = 50  # places that the gazetteer does not know
_LEAST, _MOST = 0.35, 1.5  # radius of a spot, in heights of a letter


@dataclass(kw_only=True)
class Recorded:
    """What the reader sees of one place with all within it; `more` where counting stopped."""

    events: int = 0
    acts: int = 0
    interviews: int = 0
    more: set[str] = field(default_factory=set)

    def add(self, counts: Mapping[str, int]) -> None:
        for kind, number in counts.items():
            setattr(self, kind, getattr(self, kind) + min(number, placed.MOST_COUNTED))
            if number > placed.MOST_COUNTED:
                self.more.add(kind)


@require_safe
def places(request):
    counts = queries.counts_by_place(request.reader)
    known = {key: counted for key, counted in counts.items() if _place_of(key)}
    recorded = _with_what_holds_them(known)
    unknown = sorted(counts.keys() - known.keys())[:_MOST_SAID]
    said = queries.places_as_said(request.reader, unknown)
    context = {
        "tree": _tree("", recorded),
        "others": [
            {"said": said.get(key, key), "counts": _recorded(counts[key])} for key in unknown
        ],
        "maps": _maps(known),
        "most": placed.MOST_COUNTED,
    }
    return render(request, "web/casebook/places.html", context)


@require_safe
def place(request, place):
    shown = gazetteer().get(place)
    if shown is None:
        raise Http404
    reader, wanted = request.reader, Wanted(place=shown.names["en"])
    counts = queries.counts_by_place(reader)
    recorded = _with_what_holds_them({key: n for key, n in counts.items() if _place_of(key)})
    found = {"most": _IN_SHORT}
    told = queries.found_interviews(reader, wanted, **found)[:_IN_SHORT]
    context = {
        "place": _shown(shown, recorded.get(shown.id, Recorded())),
        "above": [_named(one) for one in reversed(within(shown)[1:])],
        "tree": _tree(shown.id, recorded),
        "asked": wanted.place,
        "events": queries.found_events(reader, wanted, **found)[:_IN_SHORT],
        "people": queries.found_people(reader, wanted, **found)[:_IN_SHORT],
        "told": with_state_words(told),
        "held": with_state_words(
            list(queries.interviews_held_at(reader, wanted.places, most=_IN_SHORT))
        ),
        "acts": [act_of(act) for act in queries.found_acts(reader, wanted, **found)[:_IN_SHORT]],
        "maps": _maps({}, around=shown),
    }
    return render(request, "web/casebook/place.html", context)


@cache
def _place_of(key: str) -> Place | None:
    """The place that a folded text is; of one name the place which holds the others of it."""
    meant = find_places(key)
    holding = [p for p in meant if all(p in within(other) for other in meant)]
    return holding[0] if holding else None


def _recorded(counts: Mapping[str, int]) -> Recorded:
    recorded = Recorded()
    recorded.add(counts)
    return recorded


def _with_what_holds_them(known: Mapping[str, Mapping[str, int]]) -> dict[str, Recorded]:
    """By id, each place and all that hold it with what is recorded of them."""
    recorded: dict[str, Recorded] = {}
    for key, counts in known.items():
        for holding in within(_place_of(key)):
            recorded.setdefault(holding.id, Recorded()).add(counts)
    return recorded


def _tree(parent: str, recorded: Mapping[str, Recorded]) -> list[dict]:
    """Places right below one that something is recorded of, each with those below it."""
    below = [place for place in gazetteer().values() if place.parent == parent]
    return [
        _shown(place, recorded[place.id]) | {"below": _tree(place.id, recorded)}
        for place in below
        if place.id in recorded
    ]


def _shown(place: Place, counts: Recorded) -> dict:
    """A place in the reader's language, with its names in the other two."""
    tag = language_tag()
    others = [{"tag": one, "text": place.name(one)} for one in LANGUAGES if one != tag]
    facts = {"kind": KIND_WORDS[place.kind], "counts": counts, "others": others}
    facts |= {"aliases": place.aliases, "point": place.point, "precision": place.precision}
    return _named(place) | facts


def _named(place: Place) -> dict:
    return {"id": place.id, "name": place.name(language_tag())}


def _maps(known: Mapping[str, Mapping[str, int]], *, around: Place | None = None) -> list[dict]:
    """The border region, then what lies beyond it; a spot is as large as events and acts are many.

    Of one place, only the map that shows it.
    """
    if around is not None:
        return [_map([around], {})] if around.point else []
    many: dict[str, int] = {}
    for key, counts in known.items():
        place = _place_of(key)
        many[place.id] = many.get(place.id, 0) + counts["events"] + counts["acts"]
    mapped = [place for place in gazetteer().values() if place.id in many and place.point]
    near = [place for place in mapped if maps.is_near(place)]
    far = [place for place in mapped if not maps.is_near(place)]
    return [_map(part, many) for part in (near, far) if part]


def _map(places: Iterable[Place], many: Mapping[str, int]) -> dict:
    places = sorted(places, key=lambda place: -many.get(place.id, 0))
    frame, outline = maps.around(places)
    spots = [
        maps.spot(frame, place, language_tag()) | {"id": place.id, "many": many.get(place.id, 0)}
        for place in places
    ]
    shown = maps.drawn(frame, spots, every_label=len(spots) == 1) | {"outline": outline}
    most = max(spot["many"] for spot in spots) or 1
    for spot in spots:
        share = (spot["many"] / most) ** 0.5  # the area says how many
        spot["size"] = round(shown["letters"] * (_LEAST + (_MOST - _LEAST) * share), 2)
    return shown
