"""A person's trajectory: the line of events, drawn over time and on a map of outlines."""

from __future__ import annotations

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bearwitness.casebook.places import find_places, name_in_full
from bearwitness.casebook.trajectory import Axis, Placed, Step, in_order
from bearwitness.records import queries
from bearwitness.web.casebook import maps
from bearwitness.web.casebook.shown import act_of, consents_of, person_of
from bearwitness.web.pages import language_tag

_LEAST_BAR = 1.2  # per cent of the line: a day must still be seen


@require_safe
def trajectory(request, code_name):
    person = person_of(request, code_name)
    acts = [act_of(act) for act in queries.acts(request.reader, person).reverse()]
    line = in_order(_step(number, act) for number, act in enumerate(acts))
    axis = Axis.over(line)
    rows = [_row(number, placed, axis) for number, placed in enumerate(line, start=1)]
    context = {
        "person": person,
        "consents": consents_of(request.reader, person),
        "rows": rows,
        "axis": axis,
        "years": _years(axis),
        "map": draw_map([(n, p) for n, p in enumerate(line, start=1) if p.step.place]),
    }
    return render(request, "web/casebook/trajectory.html", context)


def _step(number, act) -> Step:
    row = act["row"]
    when = row.date or (row.event.date if row.event else "")
    place = row.place or (row.event.place if row.event else "")
    known = find_places(place)
    return Step(
        key=str(row.pk),
        what=act["label"],
        when=when,
        place=known[0] if len(known) == 1 else None,
        where=place,
        told=number,
    )


def _row(number: int, placed: Placed, axis: Axis | None):
    step = placed.step
    bar = None
    if axis and step.is_dated:
        start = 100 * axis.share(placed.first, open_end=0.0)
        end = 100 * axis.share(placed.last, open_end=1.0)
        bar = {
            "x": round(min(start, 100 - _LEAST_BAR), 2),
            "width": round(max(end - start, _LEAST_BAR), 2),
            "kind": _kind(placed),
        }
    place = name_in_full(step.place, language_tag()) if step.place else step.where
    return {"number": number, "placed": placed, "step": step, "bar": bar, "place": place}


def _kind(placed: Placed) -> str:
    """How the bar is drawn: one moment, somewhere within, or open at an end."""
    if placed.first is None or placed.last is None:
        return "open"
    return "sharp" if (placed.last - placed.first).days <= 31 else "within"


def _years(axis: Axis | None):
    if axis is None:
        return []
    span = axis.end - axis.start
    return [{"year": y, "x": round(100 * (y - axis.start) / span, 2)} for y in axis.years(most=6)]


def draw_map(numbered: list[tuple[int, Placed]]):
    """Points in their order, joined; None where no step has a place that can be mapped.

    The border region where it holds them all, else everything from Bangkok to the Amur, cut down
    to the points. The ring round a point is how far off it may be; a dashed line says that the
    order is not known.
    """
    known = [(n, placed) for n, placed in numbered if placed.step.place.point]
    if not known:
        return None
    frame, outline = maps.around([placed.step.place for _, placed in known])
    spots: dict[tuple[float, float], dict] = {}
    joins, before = [], None
    for number, placed in known:
        drawn = maps.spot(frame, placed.step.place, language_tag())
        at = drawn["at"]
        spot = spots.setdefault(at, drawn)
        spot["numbers"] = f"{spot['numbers']}, {number}".lstrip(", ")
        if before and before != at:
            joins.append({"from": before, "to": at, "sure": placed.sure})
        before = at
    return maps.drawn(frame, list(spots.values())) | {"outline": outline, "joins": joins}
