from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet

from bearwitness.casebook.review import EDITABLE, State
from bearwitness.casebook.rights import RIGHTS, Reader, Right
from bearwitness.records.access import query, visible
from bearwitness.records.models import Act, Comment, Interview, Shelf
from bearwitness.records.queries.sources import interviews
from bearwitness.records.shelving import INTERVIEW


@query(Right.SEE)
def authors(reader: Reader, interview: Interview) -> frozenset[str]:
    """Who wrote it down and who coded its acts: none of them reviews it."""
    seen = Interview.objects.filter(visible(reader, "person__"), pk=interview.pk)
    acts = Act.objects.filter(source__interview__in=seen)
    wrote = seen.values_list("author", flat=True)
    return frozenset({*wrote, *acts.values_list("author", flat=True)} - {""})


@query(Right.REVIEW)
def to_review(reader: Reader) -> QuerySet[Interview]:
    """What waits for this reader to be reviewed: assigned to them or to nobody, never their own."""
    # By the shelves first: of all that is ready, little may be of the reader's teams.
    here = Shelf.objects.filter(
        shelf=f"{INTERVIEW}{State.READY.value}", audience__in=[0, *reader.teams]
    )
    ready = interviews(reader).filter(pk__in=here.values("number"), state=State.READY)
    ready = ready.filter(person__team__in=reader.teams)
    mine = Q(assigned_to=reader.name) | Q(assigned_to="")
    coded = Act.objects.filter(source=OuterRef("source"), author=reader.name)
    return ready.filter(mine, ~Exists(coded)).exclude(author=reader.name)


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
