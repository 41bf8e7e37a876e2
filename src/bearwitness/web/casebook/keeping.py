"""Pages of what was: the history of a row, and erasures."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bearwitness.casebook.difference import difference
from bearwitness.casebook.rights import Right, check_may
from bearwitness.records import actions, queries
from bearwitness.records.history import KINDS
from bearwitness.web.casebook.shown import OfPerson
from bearwitness.web.pages import found, need, page_of

# What an erasure leaves behind, told before it is confirmed and afterwards.
REMAINS = (
    gettext_lazy("the code name, without anything about the person"),
    gettext_lazy(
        "which uses were consented to and when, so that what was done then can be answered for"
    ),
    gettext_lazy("who asked for the erasure, who confirmed it, when, and the reason they gave"),
    gettext_lazy(
        "the audit: who did what and when, with keyed digests of values, never the values"
    ),
    gettext_lazy(
        "sealed files as they came, if the person was on an imported list: those are not edited"
    ),
    gettext_lazy("releases that were given out, and backups, until they are made anew"),
)


class MomentForm(django_forms.Form):
    on = django_forms.DateField(
        label=gettext_lazy("As it was at the end of"),
        required=False,
        widget=django_forms.DateInput(attrs={"type": "date"}),
    )


def history(request, kind, number):
    """GET tells who changed which fields and why; POST what they held, which is audited."""
    if kind not in KINDS:
        raise Http404
    context = {"kind": kind, "number": number, "form": MomentForm()}
    if request.method != "POST":
        context["changes"] = found(queries.changes, request.reader, kind, number)
        return render(request, "web/casebook/history.html", context)
    form = MomentForm(request.POST)
    if form.is_valid() and (day := form.cleaned_data["on"]):
        context |= {"form": form, "day": day, **_as_it_was(request, kind, number, day)}
    versions = found(actions.read_history, request.reader, kind, number)
    context |= {"changes": [_shown(version) for version in versions], "open": True}
    return render(request, "web/casebook/history.html", context)


def _as_it_was(request, kind, number, day):
    at = datetime.combine(day, time.max, UTC)
    try:
        values = actions.read_values_at(request.reader, kind, number, at=at)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return {"was": None if values is None else sorted(values.items())}


def _shown(version):
    fields = [
        {"name": name, "parts": difference(_text(version.before.get(name)), _text(value))}
        for name, value in sorted(version.after.items())
    ]
    entry = version.entry
    facts = {"what": version.what, "at": entry.at, "by": entry.by, "why": version.why}
    return facts | {"fields": sorted(version.after), "differences": fields}


def _text(value) -> str:
    return "" if value is None else str(value)


@require_safe
@need(Right.ERASE)
def erasures(request):
    page = page_of(request, queries.erasures(request.reader))
    context = {"page": page, "remains": REMAINS}
    return render(request, "web/casebook/erasures.html", context)


class ErasureForm(django_forms.Form):
    reason = django_forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("Without a name: the reason stays when all else is gone."),
        widget=django_forms.Textarea(attrs={"rows": 2}),
    )


class AskErasure(OfPerson):
    form_class = ErasureForm
    right = Right.ERASE
    template_name = "web/casebook/ask_erasure.html"
    title, submit = gettext_lazy("Ask for an erasure"), gettext_lazy("Ask for it")
    done = gettext_lazy("Asked for. Nothing is erased until a second person confirms it.")

    def get_context_data(self, **context):
        return super().get_context_data(remains=REMAINS, **context)

    def act(self, form):
        actions.ask_erasure(self.reader, self.person, reason=form.cleaned_data["reason"])
        return reverse("erasures")


@require_POST
def decide_erasure(request, number):
    check_may(request.reader, Right.ERASE)
    asked = found(queries.erasure, request.reader, number)
    if request.POST.get("confirm") == "yes":
        actions.confirm_erasure(request.reader, asked)
        messages.success(request, _("Erased. What remains is stated on this page."))
    else:
        actions.drop_erasure(request.reader, asked)
        messages.success(request, _("Dropped. Nothing was erased."))
    return redirect("erasures")
