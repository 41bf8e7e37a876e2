"""Approval in the browser: a release is prepared, checked and published by three people."""

from __future__ import annotations

import csv
from pathlib import Path

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bearwitness.casebook.approval import LOOKS, Made, Part, Standing, moves
from bearwitness.casebook.rights import Right, may
from bearwitness.errors import DisclosureUnsafe, NotPermitted
from bearwitness.pipeline import read_study
from bearwitness.pipeline.attacked import attack_again, enter_into_ledger
from bearwitness.pipeline.walked import Walk
from bearwitness.records import actions, queries
from bearwitness.records.kept import (
    PACKAGE,
    check_kept,
    compare_bases,
    current_run,
    kept_folder,
    package_digest,
)
from bearwitness.release.changes import compare_packages
from bearwitness.web.pages import found, need, stretch_of
from bearwitness.web.release.folders import folder_of
from bearwitness.web.release.words import (
    COLUMN_WORDS,
    LOOK_WORDS,
    MOVE_WORDS,
    STANDING_WORDS,
)
from bearwitness.web.release.zipped import send_package
from bearwitness.web.said import in_one_line

MOST_RELEASES = 5
WAITED_FOR = (Part.SECOND, Part.THIRD)
WHEN_BETRAYED = "Print less, or coarser, and run the study again."
ON_THEIR_WAY = (Standing.PREPARED.value, Standing.CHECKED.value)
MOST_CELLS = 200  # shown on the page; the rest stand in the package


class MoveForm(forms.Form):
    """What a move can need: a word of reason, and what was looked at."""

    to = forms.ChoiceField(choices=[(one.value, one.value) for one in Standing])
    reason = forms.CharField(max_length=500, required=False)
    looked = forms.MultipleChoiceField(choices=[(name, name) for name in LOOKS], required=False)


@require_safe
@need(Right.STUDIES)
def releases(request):
    page = stretch_of(request, queries.releases(request.reader))
    rows = [_row(request.reader, one) for one in page]
    return render(request, "web/release/releases.html", {"page": page, "releases": rows})


def waiting_for(reader):
    """The releases on their way that this reader can move on: no study has more than one."""
    rows = (_row(reader, one) for one in queries.releases(reader).filter(standing__in=ON_THEIR_WAY))
    return [row for row in rows if row["waits"]]


def releases_of(reader, study: str):
    """The last releases of one study, for its own page."""
    return [_row(reader, one) for one in queries.releases(reader, study=study)[:MOST_RELEASES]]


@require_POST
@need(Right.ANALYSE)
def prepare(request, name):
    folder = folder_of(name)
    attacked = attack_again(folder)
    if not attacked.holds:
        raise DisclosureUnsafe(attacked.why, where=folder.name, hint=WHEN_BETRAYED)
    walk = Walk(folder)
    rows = list(walk.every_row())
    snapshot = walk.snapshot
    prepared = actions.Prepared(
        study=folder.name,
        title=read_study(folder).title,
        output=walk.output,
        records=[row.key for row in rows],
        code_names={code for row in rows if (code := walk.code_name(row))},
        use=snapshot.get("use", ""),
        attack=attacked.to_json(),
    )
    made = actions.prepare_release(request.reader, prepared)
    messages.success(request, _("Prepared. Now somebody else checks it."))
    return redirect("release", number=made.pk)


@require_safe
@need(Right.STUDIES)
def release(request, number):
    return _show(request, found(queries.release, request.reader, number), MoveForm())


@require_POST
@need(Right.STUDIES)
def move(request, number):
    wanted = found(queries.release, request.reader, number)
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Http404
    said = form.cleaned_data
    try:
        with transaction.atomic():  # what cannot enter the ledger is not published either
            actions.move_release(
                request.reader, wanted, to=Standing(said["to"]), reason=said["reason"],
                looked=said["looked"],
            )  # fmt: skip
            if said["to"] == Standing.PUBLISHED:
                enter_into_ledger(folder_of(wanted.study))
    except NotPermitted as error:
        if _moves(request.reader, wanted):
            form.add_error(None, in_one_line(error))
            return _show(request, wanted, form)
        raise
    return redirect("release", number=wanted.pk)


@require_safe
@need(Right.STUDIES)
def package(request, number):
    """The kept package: a published one for all who read studies, another as a marked draft."""
    wanted = found(queries.release, request.reader, number)
    kept = check_kept(wanted.package_digest)
    return send_release(request, kept, wanted.study)


def send_release(request, package: Path, name: str):
    """Raises NotPermitted for a package that is not published, except to those who check it."""
    if not package.is_dir():
        raise Http404
    digest = package_digest(package)
    if queries.published_with(request.reader, digest):
        return send_package(package, name)
    prepared = queries.releases(request.reader, study=name).filter(package_digest=digest)
    is_own = prepared.filter(prepared_by=request.reader.name).exists()
    if not (is_own or (may(request.reader, Right.CHECK) and prepared.exists())):
        raise NotPermitted(
            "this package is not published",
            hint="Until it is, only who prepared it and who checks it are given a draft.",
        )
    return send_package(package, name, draft="for those who prepare and check a release")


def _show(request, wanted, form):
    reader, package = request.reader, kept_folder(wanted.package_digest) / PACKAGE
    before = queries.release_before(reader, wanted)
    changes = compare_packages(_package_of(before), package)
    ticked = form.data.getlist("looked") if form.is_bound else wanted.looked_at
    context = _row(reader, wanted) | {
        "before": before,
        "changes": changes,
        "figures": [(one, _in_words(one)) for one in changes.figures],
        "cells": changes.cells[:MOST_CELLS],
        "more_cells": max(len(changes.cells) - MOST_CELLS, 0),
        "base": compare_bases(before.package_digest, wanted.package_digest) if before else None,
        "now": queries.base_now(reader, wanted, on=localdate()),
        "verdicts": rows_of(package, "estimates"),
        "looks": [(name, LOOK_WORDS[name], name in ticked) for name in LOOKS],
        "form": form,
        "may_draft": may(reader, Right.CHECK) or wanted.prepared_by == reader.name,
    }
    return render(request, "web/release/release.html", context)


def _row(reader, wanted):
    """What the list and the page both say of a release."""
    standing = Standing(wanted.standing)
    is_open = wanted.standing in ON_THEIR_WAY
    is_stale = is_open and current_run(wanted.study) != wanted.run_digest
    offered = _moves(reader, wanted, is_stale=is_stale)
    return {
        "release": wanted,
        "standing": STANDING_WORDS[standing],
        "is_open": is_open,
        "is_stale": is_stale,
        "moves": offered,
        "waits": not is_stale and any(move.part in WAITED_FOR for _, move, _ in offered),
    }


def _moves(reader, wanted, *, is_stale=False):
    """Each move that the reader can make now: where it leads, the move, its words."""
    made = Made(prepared_by=wanted.prepared_by, checked_by=wanted.checked_by)
    offered = moves(reader, made, standing=Standing(wanted.standing), is_stale=is_stale)
    return [(to.value, move, MOVE_WORDS[move.name]) for to, move in offered.items()]


def _package_of(before):
    return kept_folder(before.package_digest) / PACKAGE if before else None


def _in_words(change):
    """What differs in a figure. That its sentences do is said only where its numbers do not."""
    numbers = {"value", "lower", "upper"} & set(change.changed)
    said = [c for c in change.changed if not (numbers and c in ("ko", "zh_hans", "statement"))]
    return list(dict.fromkeys(str(COLUMN_WORDS.get(c, c)) for c in said))


def rows_of(package: Path, name: str) -> list[dict[str, str]]:
    """The rows of a published table; none where the package has no such table."""
    path = package / "data" / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
