"""Who reviews what, in the reader's own teams."""

from __future__ import annotations

from django.shortcuts import render

from bearwitness.casebook.review import State
from bearwitness.casebook.rights import Right
from bearwitness.records import queries
from bearwitness.web.casebook.interviews import with_state_words
from bearwitness.web.pages import need

_MOST = 50
NOBODY = "0"  # in the address, where else an account's number stands


@need(Right.REVIEW)
def reviews(request):
    """What waits for whom; of one account, and of nobody, also which interviews, oldest first."""
    reader = request.reader
    colleagues = list(queries.colleagues_who_review(reader))
    waits = queries.who_reviews_what(reader)
    unfinished = queries.who_has_to_finish_what(reader)
    context = {
        "rows": [_row(user, waits, unfinished) for user in colleagues],
        "unassigned": waits.get("", 0),
        "elsewhere": sum(waits.values()) - waits.get("", 0),
        "nobody": NOBODY,
    }
    context["elsewhere"] -= sum(row["waits"] for row in context["rows"])
    asked = request.GET.get("of", "")
    of = {str(user.pk): user.get_username() for user in colleagues} | {NOBODY: ""}
    if asked in of:
        waiting = queries.waiting_for(reader, of[asked], most=_MOST)
        context |= {"of": of[asked], "waiting": with_state_words(waiting), "asked": asked}
    return render(request, "web/casebook/reviews.html", context)


def _row(user, waits, unfinished):
    states = unfinished.get(user.get_username(), {})
    facts = {"number": str(user.pk), "name": user.get_username()}
    facts |= {"drafts": states.get(State.DRAFT, 0), "sent_back": states.get(State.SENT_BACK, 0)}
    return facts | {"waits": waits.get(user.get_username(), 0)}
