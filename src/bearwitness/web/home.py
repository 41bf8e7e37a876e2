"""The first page: what waits for me, how the work stands, what came last."""

from __future__ import annotations

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from bearwitness.casebook.rights import Right, may
from bearwitness.records import queries
from bearwitness.web.casebook.interviews import STATE_WORDS, with_state_words
from bearwitness.web.drafts import with_titles

_MOST = 8
# Where those begin who see no case: the first page that they have the right to.
_STARTS = ((Right.STUDIES, "studies"), (Right.AUDIT, "audit"), (Right.MANAGE, "accounts"))


@require_safe
def start(request):
    reader = request.reader
    if may(reader, Right.SEE):
        return render(request, "web/home.html", _work(reader))
    for right, page in _STARTS:
        if may(reader, right):
            return redirect(page)
    return redirect("settings")


def _work(reader):
    counts = queries.counts_by_state(reader)
    context = {
        "counts": [{"state": s, "words": STATE_WORDS[s], "n": n} for s, n in counts.items()],
        "recent": with_state_words(queries.newest(reader, "interview", most=_MOST).rows),
    }
    context["drafts"] = with_titles(queries.drafts(reader)[:_MOST])
    if len(reader.teams) > 1:
        context["teams"] = queries.my_teams(reader)
    if may(reader, Right.REVIEW):
        context["to_review"] = with_state_words(queries.to_review(reader, most=_MOST))
    if may(reader, Right.CODE):
        context["to_finish"] = with_state_words(list(queries.to_finish(reader)[:_MOST]))
    return context
