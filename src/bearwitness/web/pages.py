"""What the slices share: a form that calls one action, and pages of a list."""

from __future__ import annotations

import re
from functools import wraps

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from bearwitness.casebook import in_words, read_said_date
from bearwitness.casebook.rights import NOBODY, Reader, Right, check_may
from bearwitness.errors import BearwitnessError, InputError
from bearwitness.records.queries.shelves import PER_STRETCH, Stretch
from bearwitness.records.shelved import Bound
from bearwitness.web.said import in_one_line

PER_PAGE = 50
DATE_HELP = _(
    "As it was said: spring 2014, around 1998, between 1998 and 2000. Or EDTF: 1998~, 199X."
)
# Django's language codes, and the vocabularies' BCP 47 tags.
_TAGS = {"zh-hans": "zh-Hans"}


class ActionPage(FormView):
    """A form that calls one action. An error of ours is shown above the fields, which keep
    what was typed."""

    template_name = "web/form.html"
    title = submit = intro = done = ""
    right: Right | None = None  # the action's own; asked before the form is shown

    def act(self, form):
        """Call the action; give the address to go to, or what `redirect` takes."""
        raise NotImplementedError

    def form_valid(self, form):
        try:
            target, is_new = self.save(form)
        except BearwitnessError as error:
            return self.mend(form, error)
        if self.done and is_new:
            messages.success(self.request, self.done)
        return redirect(target)

    def save(self, form):
        """Where it led, and whether something was written now."""
        return self.act(form), True

    def mend(self, form, error):
        form.add_error(None, in_one_line(error))
        return self.form_invalid(form)

    def get_context_data(self, **context):
        facts = {"title": self.title, "submit": self.submit, "intro": self.intro}
        return super().get_context_data(**facts, back=self.back(), **context)

    def back(self) -> str:
        """Where `Cancel` leads."""
        return "/"

    def dispatch(self, request, *args, **kwargs):
        if self.right is not None:
            check_may(request.reader, self.right)
        return super().dispatch(request, *args, **kwargs)

    @property
    def reader(self) -> Reader:
        return self.request.reader


def need(right: Right):
    """A page that only those with this right are shown."""

    def wrap(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            check_may(request.reader, right)
            return view(request, *args, **kwargs)

        return checked

    return wrap


def rights(request):
    """For templates: `may.words` is whether the reader has that right; the teams they are in."""
    reader = getattr(request, "reader", NOBODY)
    return {"may": {right.value: right in reader.rights for right in Right}, "reader": reader}


def found(query, *args):
    """What a query gives, or the page that says there is nothing here: also of another team's."""
    try:
        return query(*args)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def bound_of(request) -> Bound:
    """From which row on the reader wants to see a list: `?before=` or `?after=` its number."""
    given = {key: request.GET.get(key, "") for key in ("before", "after")}
    return Bound(**{key: int(n) for key, n in given.items() if re.fullmatch("[0-9]{1,18}", n)})


def stretch_of(request, rows) -> Stretch:
    """A stretch of rows that the database has in the order of their numbers: counting none."""
    bound = bound_of(request)
    if bound.after is not None:
        found = list(rows.filter(pk__gt=bound.after).order_by("pk")[: PER_STRETCH + 1])
        if len(found) <= PER_STRETCH:
            bound = Bound()
    if bound.after is None:
        known = rows if bound.before is None else rows.filter(pk__lt=bound.before)
        found = list(known.order_by("-pk")[: PER_STRETCH + 1])
    return Stretch.cut(found, [row.pk for row in found], bound, PER_STRETCH)


def page_of(request, rows):
    """A page of a list that stays short, with how many there are."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def language_tag() -> str:
    code = get_language() or "en"
    return _TAGS.get(code, code)


class SaidDateField(forms.CharField):
    """A date as it was said. It is kept as EDTF, and shown again in the reader's language."""

    def __init__(self, **settings):
        settings.setdefault("max_length", 80)
        settings.setdefault("help_text", DATE_HELP)
        super().__init__(**settings)
        self.widget.attrs |= {"data-said-date": "", "autocomplete": "off"}

    def clean(self, value):
        said = super().clean(value)
        if not said:
            return ""
        try:
            return read_said_date(said).text
        except InputError as error:
            raise ValidationError(in_one_line(error).capitalize()) from error

    def prepare_value(self, value):
        return in_words(value, language_tag()) if value else value
