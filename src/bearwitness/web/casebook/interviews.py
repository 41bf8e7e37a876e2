from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bearwitness.casebook.review import EDITABLE, State, Who, moves
from bearwitness.casebook.rights import Right, may
from bearwitness.coding import segments
from bearwitness.records import actions, queries
from bearwitness.records.access import check_may_write, may_write
from bearwitness.records.anchoring import span_of
from bearwitness.web.casebook import forms
from bearwitness.web.casebook.shown import OfPerson, act_of, consents_of, person_of
from bearwitness.web.drafts import DraftedPage, EditPage, new_token
from bearwitness.web.pages import bound_of, found

STATE_WORDS = {
    State.DRAFT: gettext_lazy("draft"),
    State.READY: gettext_lazy("ready for review"),
    State.REVIEWED: gettext_lazy("reviewed"),
    State.SENT_BACK: gettext_lazy("sent back"),
}
_READING = "reading"  # in a session: the interview whose words are shown once more
MOVE_WORDS = {
    "hand in": gettext_lazy("Hand in for review"),
    "take back": gettext_lazy("Take back"),
    "approve": gettext_lazy("Approve"),
    "send back": gettext_lazy("Send back"),
    "reopen": gettext_lazy("Reopen"),
}


def with_state_words(interviews):
    """The same interviews, each saying its state in the reader's language."""
    for interview in interviews:
        interview.state_words = STATE_WORDS[State(interview.state)]
    return interviews


@require_safe
def interviews(request):
    state = request.GET.get("state", "")
    known = state if state in set(State) else ""
    page = queries.newest(request.reader, "interview", state=known, bound=bound_of(request))
    with_state_words(page.rows)
    context = {"page": page, "states": STATE_WORDS.items(), "state": state}
    return render(request, "web/casebook/interviews.html", context)


def interview(request, number):
    """GET tells what kind of words these are; POST shows them, which is audited.

    After an act was coded in them they are shown once more, by GET: nothing can be sent twice.
    """
    shown = found(queries.interview, request.reader, number)
    goes_on = request.session.pop(_READING, None) == number
    is_read = request.method == "POST" or (goes_on and may(request.reader, Right.WORDS))
    text = actions.read_interview(request.reader, shown) if is_read else None
    return show_interview(request, shown, text)


def goes_on_reading(request, shown):
    """Where to go after something was written beside the words: the words again."""
    request.session[_READING] = shown.pk
    return reverse("interview", args=[shown.pk])


def show_interview(request, shown, text, *, coding=None, drafted=None):
    """`coding` is a form to be mended or gone on with, and `drafted` what its page says of its
    draft; a new one is shown without them."""
    reader = request.reader
    editable = State(shown.state) in EDITABLE and may_write(reader, shown.person)
    context = {
        "interview": with_state_words([shown])[0],
        "person": shown.person,
        "text": text,
        "consents": consents_of(reader, shown.person),
        "acts": [act_of(act) for act in queries.acts_from(reader, shown)],
        "editable": editable,
        **_review(reader, shown, is_read=text is not None),
    }
    if editable and may(reader, Right.CODE):
        page = reverse("code-act", args=[shown.pk])
        context |= {"draft_page": page, "drafts": queries.drafts(reader, page=page)}
    if text is not None:
        context["comments"] = queries.comments(reader, shown)
        passages = list(queries.passages(reader, shown))
        context["pieces"] = segments(text, [span_of(row) for row in passages])
        if editable and may(reader, Right.CODE):
            form = forms.CodingForm(person=shown.person, reader=reader)
            context |= {"coding": coding or form, "draft_token": new_token()}
    return render(request, "web/casebook/interview.html", context | (drafted or {}))


def _review(reader, shown, *, is_read):
    """What this reader can do with an interview now, and whom it could be given to.

    Whoever decides about somebody else's words is offered that beside the words only.
    """
    if not may_write(reader, shown.person):
        return {}
    open_moves = moves(reader, queries.authors(reader, shown), state=State(shown.state))
    if not is_read:
        open_moves = {to: m for to, m in open_moves.items() if m.who is Who.AUTHOR}
    offered = [
        {"to": to.value, "label": MOVE_WORDS[move.name], "needs_reason": move.needs_reason}
        for to, move in open_moves.items()
    ]
    hands_in = State.READY in open_moves and may(reader, Right.CODE)
    return {
        "moves": offered,
        "asks_reason": any(move.needs_reason for move in open_moves.values()),
        "reviewers": queries.reviewers(reader, shown) if hands_in else (),
    }


def _changeable(request, number):
    shown = found(queries.interview, request.reader, number)
    check_may_write(request.reader, shown.person)
    return shown


@require_POST
def move_interview(request, number):
    shown = _changeable(request, number)
    if request.POST.get("to") not in set(State):
        raise Http404
    actions.move_interview(
        request.reader,
        shown,
        to=State(request.POST["to"]),
        reason=request.POST.get("reason", "")[:5000],
        reviewer=request.POST.get("reviewer", ""),
    )
    words = STATE_WORDS[State(shown.state)]
    messages.success(request, _("It is now: %(state)s.") % {"state": words})
    return redirect("interview", number=number)


@require_POST
def add_comment(request, number):
    shown = _changeable(request, number)
    actions.add_comment(request.reader, shown, request.POST.get("text", "")[:5000])
    return redirect(goes_on_reading(request, shown))


class AddInterview(OfPerson):
    form_class = forms.NewInterviewForm
    right = Right.RECORD
    title, submit = gettext_lazy("Write down an interview"), gettext_lazy("Add")
    done = gettext_lazy("Added as a draft. Hand it in when it is whole.")

    def act(self, form):
        added = actions.add_interview(self.reader, self.person, **form.cleaned_data)
        return reverse("interview", args=[added.pk])


class BeginInterview(DraftedPage):
    form_class = forms.BeginInterviewForm
    right = Right.RECORD
    template_name = "web/casebook/begin_interview.html"
    title, submit = gettext_lazy("New interview"), gettext_lazy("Keep it as a draft")
    intro = gettext_lazy("Ask for consent first. Without a yes to being recorded nothing is kept.")
    done = gettext_lazy("Kept as a draft. Hand it in when it is whole.")

    def get_initial(self):
        return {"code_name": self.request.GET.get("code", "")}

    def draft_person(self):
        code_name = self.request.POST.get("code_name", "")
        return queries.people(self.reader).filter(code_name=code_name).first()

    def act(self, form):
        code_name = form.cleaned_data["code_name"]
        person = person_of(self.request, code_name) if code_name else None
        added = actions.begin_interview(self.reader, person=person, **form.facts)
        return reverse("interview", args=[added.pk])

    def back(self):
        return reverse("interviews")


class EditInterview(EditPage):
    """GET tells what kind of words these are; POST with `open` shows them in the form."""

    form_class = forms.EditInterviewForm
    right = Right.RECORD
    template_name = "web/casebook/person_form.html"
    title, submit = gettext_lazy("Edit the interview"), gettext_lazy("Save")
    intro = gettext_lazy("What it was before is kept, with who changed it and why.")
    done = gettext_lazy("Saved.")

    @cached_property
    def interview(self):
        return _changeable(self.request, self.kwargs["number"])

    def get(self, request, *args, **kwargs):
        return render(request, "web/casebook/before_words.html", self.get_context_data(form=None))

    def post(self, request, *args, **kwargs):
        if "open" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.form_class(initial=super().get_initial())
        return self.render_to_response(self.get_context_data(form=form))

    def get_initial(self):
        return {}  # the words are read, which is audited, only where they are shown

    def stored_row(self):
        return self.interview

    def stored_values(self):
        fields = ("held_on", "place", "interviewer", "interpreter", "language")
        values = {field: getattr(self.interview, field) for field in fields}
        return values | {"text": self._words}

    @cached_property
    def _words(self):
        return actions.read_interview(self.reader, self.interview)

    def draft_person(self):
        return self.interview.person

    def show_typed(self, form):
        actions.read_interview(self.reader, self.interview)  # a draft holds its words
        return super().show_typed(form)

    def act(self, form):
        said = dict(form.cleaned_data)
        why, seen = said.pop("why"), said.pop("seen")
        actions.edit_interview(self.reader, self.interview, said=said, why=why, seen=seen)
        return self.back()

    def get_context_data(self, **context):
        person = self.interview.person
        facts = {"person": person, "consents": consents_of(self.reader, person)}
        return super().get_context_data(**facts | context)

    def back(self):
        return reverse("interview", args=[self.interview.pk])
