from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from bearwitness.casebook.review import EDITABLE, State
from bearwitness.casebook.rights import RIGHTS, Reader, Right
from bearwitness.records.access import own, query, visible
from bearwitness.records.models import Act, Comment, Interview
from bearwitness.records.queries.sources import interviews
from bearwitness.records.shelved import Bound, interview_shelves, numbers_on

_NEAR = 200  # of what is ready, the newest, which are looked through first


@query(Right.SEE)
def authors(reader: Reader, interview: Interview) -> frozenset[str]:
    """Who wrote it down and who coded its acts: none of them reviews it."""
    seen = Interview.objects.filter(visible(reader, "person__"), pk=interview.pk)
    acts = Act.objects.filter(source__interview__in=seen)
    wrote = seen.values_list("author", flat=True)
    return frozenset({*wrote, *acts.values_list("author", flat=True)} - {""})


@query(Right.REVIEW)
def to_review(reader: Reader, *, most: int) -> list[Interview]:
    """What waits for this reader to be reviewed, the newest first: assigned to them or to nobody,
    never their own."""
    mine = Q(assigned_to=reader.name) | Q(assigned_to="")
    coded = Act.objects.filter(source=OuterRef("source"), author=reader.name)
    rows = _ready(reader).filter(mine, ~Exists(coded)).exclude(author=reader.name)
    near = numbers_on(reader, interview_shelves(State.READY), bound=Bound(), most=_NEAR)
    found = list(rows.filter(pk__in=near)[:most])
    return found if len(found) == most or len(near) < _NEAR else list(rows[:most])


def _ready(reader: Reader) -> QuerySet[Interview]:
    """What is ready in the reader's own teams: nobody reviews what another team opened."""
    ready = interviews(reader).filter(state=State.READY)
    return ready if reader.every_team else ready.filter(person__team__in=reader.teams)


@query(Right.REVIEW)
def who_reviews_what(reader: Reader) -> dict[str, int]:
    """How many interviews of the reader's teams wait for whom; "" for those given to nobody."""
    waiting = _ready(reader).order_by().values_list("assigned_to")
    return dict(waiting.annotate(n=Count("pk")).order_by("-n", "assigned_to"))


@query(Right.REVIEW)
def who_has_to_finish_what(reader: Reader) -> dict[str, dict[str, int]]:
    """By author, how many interviews of the reader's teams are drafts, and how many were sent
    back. The account is not known of those that came in with a list."""
    open_ones = interviews(reader).filter(own(reader, "person__"), state__in=EDITABLE)
    counted = open_ones.order_by().values_list("author", "state").annotate(n=Count("pk"))
    found: dict[str, dict[str, int]] = {}
    for author, state, number in counted:
        found.setdefault(author, {})[state] = number
    return found


@query(Right.REVIEW)
def waiting_for(reader: Reader, name: str, *, most: int) -> list[Interview]:
    """What waits for the account of this name, or for anybody where it is empty, the first to be
    written down first."""
    return list(_ready(reader).filter(assigned_to=name).order_by("pk")[:most])


@query(Right.CODE)
def to_finish(reader: Reader) -> QuerySet[Interview]:
    """What this reader wrote and has not handed in, what was sent back first."""
    mine = interviews(reader).filter(author=reader.name, state__in=EDITABLE)
    return mine.order_by("-state", "-id")


@query(Right.SEE)
def comments(reader: Reader, interview: Interview) -> QuerySet[Comment]:
    return interview.comments.filter(visible(reader, "interview__person__"))


@query(Right.CODE)
def colleagues_who_review(reader: Reader) -> QuerySet:
    """Accounts of the reader's teams that may review; not every one of them every interview."""
    roles = [role for role, rights in RIGHTS.items() if Right.REVIEW in rights]
    found = get_user_model().objects.filter(is_active=True, roles_held__role__in=roles)
    found = found.filter(memberships__team__in=sorted(reader.teams))
    return found.distinct().order_by("username")


@query(Right.CODE)
def reviewers(reader: Reader, interview: Interview) -> QuerySet:
    """Accounts of the interview's team that may review it."""
    roles = [role for role, rights in RIGHTS.items() if Right.REVIEW in rights]
    team = interview.person.team_id
    found = get_user_model().objects.filter(is_active=True, roles_held__role__in=roles)
    found = found.filter(memberships__team=team).exclude(username__in=authors(reader, interview))
    return found.distinct().order_by("username")
