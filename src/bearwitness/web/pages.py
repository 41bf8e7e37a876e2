"""What the slices share: a form that calls one action, and pages of a list."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.generic import FormView

from bearwitness.casebook import When
from bearwitness.errors import BearwitnessError, InputError

PER_PAGE = 50
# Django's language codes, and the vocabularies' BCP 47 tags.
_TAGS = {"zh-hans": "zh-Hans"}


class ActionPage(FormView):
    """A form that calls one action. An error of ours is shown above the fields, which keep
    what was typed."""

    template_name = "web/form.html"
    title = submit = intro = done = ""

    def act(self, form):
        """Call the action; give the address to go to, or what `redirect` takes."""
        raise NotImplementedError

    def form_valid(self, form):
        try:
            target = self.act(form)
        except BearwitnessError as error:
            form.add_error(None, f"{error}. {error.hint}".strip())
            return self.form_invalid(form)
        if self.done:
            messages.success(self.request, self.done)
        return redirect(target)

    def get_context_data(self, **context):
        facts = {"title": self.title, "submit": self.submit, "intro": self.intro}
        return super().get_context_data(**facts, back=self.back(), **context)

    def back(self) -> str:
        """Where `Cancel` leads."""
        return "/"

    @property
    def by(self) -> str:
        return self.request.user.get_username()


def page_of(request, rows):
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def language_tag() -> str:
    code = get_language() or "en"
    return _TAGS.get(code, code)


def check_date(text: str) -> None:
    """A form field's validator: EDTF, with a message that says how to write it."""
    try:
        When.read(text)
    except InputError as error:
        raise ValidationError(f"{error.message.capitalize()}. {error.hint}") from error
