"""From a printed figure back to the words, one step a page, each checked against the reader.

The order of the decorators is the order of what is asked: the right first, so that whoever lacks
it learns nothing, not even whether there is such a study.
"""

from __future__ import annotations

import re

from django.http import Http404
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from bearwitness.casebook import Use
from bearwitness.casebook.rights import RIGHTS, Role, may
from bearwitness.casebook.walk import STEPS, Step
from bearwitness.errors import FigureUnknown, StudyInvalid
from bearwitness.pipeline.walked import Walk
from bearwitness.records import queries
from bearwitness.records.granting import uses_granted
from bearwitness.records.walking import (
    acts_then_and_now,
    interviews_to_walk,
    open_to_walk,
    records_then_and_now,
    spans_to_walk,
)
from bearwitness.web.casebook.interviews import with_state_words
from bearwitness.web.casebook.shown import act_of, person_of
from bearwitness.web.pages import found, need
from bearwitness.web.release.folders import folder_of
from bearwitness.web.release.words import STEP_WORDS
from bearwitness.web.said import said

MOST_RELEASES = 10  # in which a figure is said to have been printed


def need_step(step: Step):
    """A page of the walk: it needs the first step's right and its own."""

    def wrap(view):
        return need(STEPS[Step.FIGURE].right)(need(STEPS[step].right)(view))

    return wrap


@require_safe
@need_step(Step.FIGURE)
def figures(request, name):
    walk = _walk(name)
    context = {"figures": [(one, _bonds_hold(walk, one)) for one in walk.figures.values()]}
    return _show(request, "figures", name, Step.FIGURE, context)


@require_safe
@need_step(Step.FIGURE)
def figure(request, name, figure):
    walk = _walk(name)
    try:
        row = walk.figure(figure)
    except FigureUnknown as error:
        raise Http404 from error
    context = {
        "figure": row,
        "bonds": walk.figure_bonds(figure),
        "tables": walk.published_for(figure),
        "is_cited": not walk.tables_of(figure),
        "printed": _printed(request, walk, name, figure),
    }
    return _show(request, "figure", name, Step.FIGURE, context)


@require_safe
@need_step(Step.TABLE)
def table(request, name, table):
    walk = _walk(name)
    try:
        shown = walk.table(table)
    except FigureUnknown as error:
        raise Http404 from error
    context = {"table": shown, "bonds": walk.table_bonds(table), "tables": walk.published}
    return _show(request, "table", name, Step.TABLE, context)


@require_safe
@need_step(Step.RUN)
def made_from(request, name):
    walk = _walk(name)
    context = {
        "run": walk.run,
        "bonds": walk.run_bonds(),
        "settings": list(_flat("", walk.run.settings)),
        "tables": walk.run.tables.items(),
    }
    return _show(request, "made_from", name, Step.RUN, context)


@require_safe
@need_step(Step.ROWS)
def rows(request, name):
    """What was counted; with `?of=` the frozen rows of one count."""
    walk, of = _walk(name), request.GET.get("of", "")
    figure = request.GET.get("figure", "")
    counts = walk.counts_of(figure) if figure in walk.figures else list(walk.counts.values())
    context = {"counts": counts, "files": _sealed(walk), "figure": figure}
    if of:
        if of not in walk.counts:
            raise Http404
        at = request.GET.get("at", "")
        page = walk.rows(walk.counts[of], at=int(at) if re.fullmatch("[0-9]{1,15}", at) else None)
        context |= {"count": walk.counts[of], "page": page, "bonds": walk.row_bonds()}
        context["rows"] = _with_people(request.reader, walk, page.rows)
    return _show(request, "rows", name, Step.ROWS, context)


@require_safe
@need_step(Step.PERSON)
def person(request, name, code_name):
    walk, shown = _walk(name), person_of(request, code_name)
    context = {
        "person": shown,
        "stands": records_then_and_now(request.reader, shown, walk.folder / "frozen"),
        "agrees": _use_of(walk) in uses_granted(shown, on=localdate()),
    }
    return _show(request, "person", name, Step.PERSON, context)


@require_safe
@need_step(Step.TOLD)
def told(request, name, code_name):
    walk, shown = _walk(name), person_of(request, code_name)
    asked = {"use": _use_of(walk), "on": localdate()}
    interviews = interviews_to_walk(request.reader, shown, **asked)
    frozen = walk.folder / "frozen"
    acts = [
        {"stands": one, "act": act_of(one.row) if one.row else None}
        for one in acts_then_and_now(request.reader, shown, frozen, **asked)
    ]
    later = {one["act"]["row"].pk for one in acts if one["act"]}
    context = {
        "person": shown,
        "interviews": with_state_words(interviews),
        "acts": acts,
        "others": [act_of(a) for a in queries.acts(request.reader, shown) if a.pk not in later],
    }
    return _show(request, "told", name, Step.TOLD, context)


@require_http_methods(["GET", "HEAD", "POST"])
@need_step(Step.WORDS)
def words(request, name, number):
    """GET says what stands behind the button; POST shows the words, which is audited."""
    walk, act = _walk(name), found(queries.act, request.reader, number)
    context = {"act": act_of(act), "person": act.person}
    context["passages"] = queries.number_of_passages(request.reader, act)
    if request.method == "POST":
        context["spans"] = spans_to_walk(request.reader, act, use=_use_of(walk), on=localdate())
    return _show(request, "words", name, Step.WORDS, context)


def _walk(name: str) -> Walk:
    """The walk of a study that was run; there is none before."""
    try:
        return Walk(folder_of(name))
    except StudyInvalid as error:
        raise Http404 from error


def _show(request, page, name, step, context):
    facts = {"name": name, "step": step, "steps": _steps(request.reader, step)}
    return render(request, f"web/release/walk_{page}.html", context | facts)


def _steps(reader, here):
    """The whole way, each step with whether the reader may take it, and else what it needs."""
    order = list(STEPS)
    return [
        {
            "words": STEP_WORDS[step],
            "is_here": step is here,
            "is_behind": order.index(step) < order.index(here),
            "may": may(reader, STEPS[step].right),
            "right": said(STEPS[step].right.value),
            "holders": [gettext(role.value) for role in Role if STEPS[step].right in RIGHTS[role]],
        }
        for step in order
    ]


def _printed(request, walk, name, figure):
    """In which releases the figure was printed, with what value, and whether by this same run."""
    shown = queries.releases(request.reader, study=name).filter(published_at__isnull=False)
    return [
        {"release": one, "is_this_run": one.run_digest == walk.run.digest}
        for one in shown[:MOST_RELEASES]
    ]


def _bonds_hold(walk, figure):
    return all(bond.holds for bond in walk.figure_bonds(figure["id"]))


def _sealed(walk):
    """The sealed inputs: where the walk ends for lists that came as files."""
    frozen = [name for name in walk.run.inputs if name.startswith("frozen/")]
    return [walk.sealed_bond(name.removeprefix("frozen/")) for name in frozen]


def _with_people(reader, walk, page):
    """Each row with its code name, and whether the reader can walk on to that person."""
    codes = {row: walk.code_name(row) for row in page}
    walkable = set()
    if any(codes.values()):
        wanted = {code for code in codes.values() if code}
        walkable = open_to_walk(reader, wanted, use=_use_of(walk), on=localdate())
    return [(row, codes[row], codes[row] in walkable) for row in page]


def _use_of(walk) -> Use:
    """For which use the rows were frozen; the walk goes on under the same one."""
    return Use(walk.snapshot.get("use", Use.ANALYSE.value))


def _flat(name, value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), below)
    else:
        yield name, ", ".join(map(str, value)) if isinstance(value, list) else value
