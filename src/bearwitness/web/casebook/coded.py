from __future__ import annotations

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bearwitness.casebook.rights import Right
from bearwitness.records import actions, queries
from bearwitness.records.access import check_may_write, may_write
from bearwitness.web.casebook import forms
from bearwitness.web.casebook.interviews import goes_on_reading, show_interview
from bearwitness.web.casebook.shown import OfPerson, act_of, consents_of, person_of
from bearwitness.web.drafts import DraftedPage
from bearwitness.web.pages import bound_of, found, stretch_of


@require_safe
def acts(request):
    page = queries.newest(request.reader, "act", bound=bound_of(request))
    context = {"page": page, "acts": [act_of(act) for act in page]}
    return render(request, "web/casebook/acts.html", context)


def act(request, number):
    """GET shows who did what to whom; POST also the words that it rests on, which is audited."""
    shown = found(queries.act, request.reader, number)
    evidence = actions.read_evidence(request.reader, shown) if request.method == "POST" else None
    context = {
        "act": act_of(shown),
        "person": shown.person,
        "consents": consents_of(request.reader, shown.person),
        "perpetrators": forms.with_kind_words(queries.perpetrators(request.reader, shown)),
        "passages": queries.number_of_passages(request.reader, shown),
        "evidence": evidence,
        "may_change": may_write(request.reader, shown.person),
    }
    return render(request, "web/casebook/act.html", context)


class AddAct(OfPerson):
    right = Right.CODE
    form_class = forms.ActForm
    title, submit = gettext_lazy("Add an act"), gettext_lazy("Add")
    intro = gettext_lazy("What was done to this person, and who or what says so.")
    done = gettext_lazy("Added.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.person, "reader": self.reader}

    def act(self, form):
        added = actions.add_act(
            self.reader, self.person, source=form.cleaned_data["source"], **form.facts
        )
        return reverse("act", args=[added.pk])


class OfAct(DraftedPage):
    """A form about an act, with its person's consents beside it."""

    right = Right.CODE
    template_name = "web/casebook/person_form.html"
    submit, done = gettext_lazy("Add"), gettext_lazy("Added.")

    @cached_property
    def on_act(self):
        shown = found(queries.act, self.reader, self.kwargs["number"])
        check_may_write(self.reader, shown.person)
        return shown

    def draft_person(self):
        return self.on_act.person

    def get_context_data(self, **context):
        person = self.on_act.person
        facts = {"person": person, "consents": consents_of(self.reader, person)}
        return super().get_context_data(**context) | facts

    def back(self):
        return reverse("act", args=[self.on_act.pk])


class AddPerpetrator(OfAct):
    form_class = forms.PerpetratorForm
    title = gettext_lazy("Say who did it")

    def act(self, form):
        for perpetrator in form.perpetrators:
            actions.add_perpetrator(self.reader, self.on_act, perpetrator)
        return self.back()


class AddEvidence(OfAct):
    form_class = forms.EvidenceForm
    title = gettext_lazy("Say what it rests on")

    def act(self, form):
        for one in form.evidence:
            actions.add_evidence(self.reader, self.on_act, one)
        return self.back()


class GradeAct(OfAct):
    form_class = forms.ActGradeForm
    title, submit = gettext_lazy("Say how credible it is"), gettext_lazy("Save")
    done = gettext_lazy("Saved.")

    def get_initial(self):
        return {"credibility": self.on_act.credibility}

    def act(self, form):
        actions.grade_act(self.reader, self.on_act, **form.cleaned_data)
        return self.back()


class CodeAct(DraftedPage):
    """An act from marked words. The form stands beside the words; so does one to be mended."""

    form_class = forms.CodingForm
    right = Right.CODE
    title, done = gettext_lazy("Code an act"), gettext_lazy("Coded.")

    @cached_property
    def told(self):
        told = found(queries.interview, self.reader, self.kwargs["number"])
        check_may_write(self.reader, told.person)
        return told

    def get(self, request, *args, **kwargs):
        return redirect("interview", number=self.told.pk)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"person": self.told.person, "reader": self.reader}

    def draft_person(self):
        return self.told.person

    def act(self, form):
        _code(self.request, self.told, form)
        return goes_on_reading(self.request, self.told)

    def render_to_response(self, context):
        text = actions.read_interview(self.reader, self.told)
        drafted = {key: context[key] for key in ("draft_token", "drafts")}
        form = context["form"]
        return show_interview(self.request, self.told, text, coding=form, drafted=drafted)


def _code(request, told, form):
    """One act for each person it was done to: all of them, or none."""
    with transaction.atomic():
        people = [told.person, *(person_of(request, name) for name in form.also)]
        for person in people:
            facts = form.facts | {"evidence": form.evidence}
            actions.add_act(request.reader, person, source=told.source, **facts)


@require_safe
def events(request):
    page = queries.newest(request.reader, "event", bound=bound_of(request))
    return render(request, "web/casebook/events.html", {"page": page})


@require_safe
def event(request, number):
    shown = found(queries.event, request.reader, number)
    page = stretch_of(request, queries.acts(request.reader, event=shown))
    context = {"event": shown, "page": page, "acts": [act_of(act) for act in page]}
    return render(request, "web/casebook/event.html", context)


class AddEvent(DraftedPage):
    form_class = forms.EventForm
    right = Right.CODE
    title, submit = gettext_lazy("Add an event"), gettext_lazy("Add")
    intro = gettext_lazy("What happened at one place and time. Acts are then coded as part of it.")
    done = gettext_lazy("Added.")

    def act(self, form):
        added = actions.add_event(self.reader, **form.cleaned_data)
        return reverse("event", args=[added.pk])

    def back(self):
        return reverse("events")
