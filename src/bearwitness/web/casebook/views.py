from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bearwitness.casebook import NameKind, Use, in_words, read_said_date
from bearwitness.casebook.rights import Right, check_may, may
from bearwitness.errors import InputError
from bearwitness.records import actions, queries
from bearwitness.records.access import may_write
from bearwitness.records.audit import verify_audit
from bearwitness.records.history import verify_history
from bearwitness.web.casebook import forms
from bearwitness.web.casebook.shown import OfPerson, act_of, consents_of, person_of
from bearwitness.web.drafts import DraftedPage, EditPage
from bearwitness.web.leaving.shown import with_export_words
from bearwitness.web.pages import bound_of, language_tag, need, page_of, stretch_of
from bearwitness.web.said import said


@require_safe
def people(request):
    code_name = request.GET.get("code", "")
    if code_name:
        page = stretch_of(request, queries.people(request.reader, code_name=code_name))
    else:
        page = queries.newest(request.reader, "person", bound=bound_of(request))
    context = {"page": page, "code": code_name}
    return render(request, "web/casebook/people.html", context | {"search": forms.NameSearchForm()})


@require_POST
def find_by_name(request):
    form = forms.NameSearchForm(request.POST)
    check_may(request.reader, Right.NAMES)
    named = []
    if form.is_valid():
        named = actions.find_by_name(request.reader, form.cleaned_data["name"])
    shown = {person.pk: person for person in queries.people_among(request.reader, named)}
    people = [shown[person.pk] for person in named]  # the surest first
    context = {"page": page_of(request, people), "search": forms.NameSearchForm(), "searched": True}
    return render(request, "web/casebook/people.html", context)


@require_safe
def person(request, code_name):
    return _show_person(request, person_of(request, code_name))


@require_POST
def show_names(request, code_name):
    shown = person_of(request, code_name)
    names = actions.show_names(request.reader, shown)
    for name in names:
        name.label = forms.KIND_LABELS[NameKind(name.kind)]
    return _show_person(request, shown, names=names)


@require_POST
def open_person(request, code_name):
    person = person_of(request, code_name)
    if request.POST.get("open") == "yes":
        actions.open_person(request.reader, person)
        messages.success(request, _("Every team can read this person's rows now."))
    else:
        actions.close_person(request.reader, person)
        messages.success(request, _("Closed to all other teams again."))
    return redirect("person", code_name=person.code_name)


def _show_person(request, person, names=None):
    context = {
        "person": person,
        "names": names,
        "consents": consents_of(request.reader, person),
        "acts": [act_of(act) for act in queries.acts(request.reader, person)],
        "interviews": queries.interviews(request.reader, person),
        "records": queries.records_of(request.reader, person),
        "exports": with_export_words(list(queries.handed_out(request.reader, person))),
        "releases": list(queries.releases_with(request.reader, person)),
        "may_change": may_write(request.reader, person),
    }
    return render(request, "web/casebook/person.html", context)


class AddPerson(DraftedPage):
    right = Right.RECORD
    form_class = forms.PersonForm
    title, submit = gettext_lazy("Add a person"), gettext_lazy("Add")
    intro = gettext_lazy("Write only what you need. The person gets a code name.")
    done = gettext_lazy("Added. Enter what they said yes to before anything else.")

    template_name = "web/casebook/add_person.html"

    def form_valid(self, form):
        """Ask first whether it is somebody whom the teams know; a second click says it is not."""
        similar = []
        if self.request.POST.get("another") != "yes" and may(self.reader, Right.NAMES):
            birth = form.said["birth"]
            similar = actions.similar_people(self.reader, form.names, birth=birth)
        if similar:
            return self.render_to_response(self.get_context_data(form=form, similar=similar))
        return super().form_valid(form)

    def act(self, form):
        person = actions.add_person(self.reader, names=form.names, said=form.said)
        return reverse("person", args=[person.code_name])

    def back(self):
        return reverse("people")


class EditPerson(EditPage, OfPerson):
    form_class = forms.EditPersonForm
    title, submit = gettext_lazy("Edit"), gettext_lazy("Save")
    intro = gettext_lazy("Names are added, never replaced. Earlier values stay as statements.")
    done = gettext_lazy("Saved.")

    def stored_row(self):
        return queries.own_record(self.reader, self.person)

    def stored_values(self):
        record = self.stored_row() or self.person
        fields = ("sex", "birth", "origin", "place")
        return {field: getattr(record, field, "") for field in fields}

    def act(self, form):
        facts = {"why": form.cleaned_data["why"], "seen": form.cleaned_data["seen"]}
        actions.edit_person(self.reader, self.person, names=form.names, said=form.said, **facts)
        return self.back()


class GiveConsent(OfPerson):
    form_class = forms.ConsentForm
    title, submit = gettext_lazy("Enter a consent"), gettext_lazy("Enter")
    done = gettext_lazy("Entered.")

    def act(self, form):
        facts = dict(form.cleaned_data)
        uses = [Use(use) for use in facts.pop("uses")]
        actions.give_consent(self.reader, self.person, uses=uses, **facts)
        return self.back()


@require_POST
def read_date(request):
    """How a date that was typed would be kept. It travels in the body: a date can point at
    somebody."""
    try:
        edtf = read_said_date(request.POST.get("said", "")).text
    except InputError as error:
        return HttpResponse(f"{said(error.message)}.", content_type="text/plain; charset=utf-8")
    words = in_words(edtf, language_tag())
    text = words if words == edtf else f"{words} = {edtf}"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_POST
def withdraw_consent(request, code_name):
    person = person_of(request, code_name)
    use = request.POST.get("use", "")
    if use not in set(Use):
        raise Http404
    actions.withdraw_consent(request.reader, person, use=Use(use))
    messages.success(request, _("Withdrawn. No later snapshot will hold this person for that use."))
    return redirect("person", code_name=person.code_name)


@need(Right.AUDIT)
def audit(request):
    """GET lists the entries; POST follows the chain from the first to the last."""
    whole = None
    if request.method == "POST":
        whole = verify_audit()
        verify_history()
    page = stretch_of(request, queries.audit_entries(request.reader))
    return render(request, "web/casebook/audit.html", {"page": page, "whole": whole})
