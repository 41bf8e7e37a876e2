"""Forms that are kept while they are written. `drafts.js` sends what stands in a form to the
form's own page, so that whoever may not save it may not keep it either."""

from __future__ import annotations

import re
import secrets

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.forms.utils import ErrorDict
from django.http import Http404, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook.difference import difference
from bearwitness.errors import BearwitnessError, EditConflict
from bearwitness.records import actions, queries
from bearwitness.records.audit import version_of
from bearwitness.records.history import versions_of
from bearwitness.web.pages import ActionPage
from bearwitness.web.said import said

_TOKEN = re.compile("[A-Za-z0-9_-]{16,40}")
_OURS = ("csrfmiddlewaretoken", "draft", "draft_token")


def new_token() -> str:
    return secrets.token_urlsafe(16)


class DraftedPage(ActionPage):
    """An action page whose form is kept as a draft, offered again, and saved once."""

    def post(self, request, *args, **kwargs):
        asked = request.POST.get("draft", "")
        if asked == "keep":
            return self._keep()
        if asked == "open":
            return self._open()
        if asked == "drop":
            actions.drop_draft(self.reader, self.token)
            messages.success(request, _("The draft was thrown away."))
            return redirect(self.draft_page)
        return super().post(request, *args, **kwargs)

    @cached_property
    def token(self) -> str:
        """Of this opening of the form. Whatever else is sent in its place counts as a new one."""
        sent = self.request.POST.get("draft_token", "")
        return sent if _TOKEN.fullmatch(sent) else new_token()

    @property
    def draft_page(self) -> str:
        return self.request.path

    def draft_person(self):
        """Whom the draft is about, if that is known: their erasure takes it away as well."""
        return getattr(self, "person", None)

    def is_overtaken(self) -> bool:
        """Whether somebody else saved what this form changes since it was opened."""
        return False

    def _keep(self):
        fields = {k: v for k, v in self.request.POST.lists() if k not in _OURS}
        facts = {"page": self.draft_page, "person": self.draft_person()}
        try:
            actions.keep_draft(self.reader, self.token, fields, **facts)
        except BearwitnessError as error:
            return JsonResponse({"kept": False, "said": f"{said(error.message)}."}, status=400)
        return JsonResponse({"kept": True, "overtaken": self.is_overtaken()})

    def _open(self):
        try:
            fields = actions.open_draft(self.reader, self.token, page=self.draft_page)
        except ObjectDoesNotExist as error:
            raise Http404 from error
        form = self.form_class(**self.get_form_kwargs() | {"data": as_sent(fields), "files": None})
        return self.show_typed(unjudged(form))

    def show_typed(self, form):
        """The page with a form as it was typed so far."""
        return self.render_to_response(self.get_context_data(form=form, is_draft=True))

    def save(self, form):
        def write():
            return self.act(form)

        target, is_new = actions.save_once(self.reader, self.token, write, page=self.draft_page)
        if not is_new:
            messages.info(self.request, _("This was saved already. It was not written twice."))
        return target, is_new

    def get_context_data(self, **context):
        waiting = queries.drafts(self.reader, page=self.draft_page)
        facts = {"drafts": waiting.exclude(token=self.token), "draft_token": self.token}
        return super().get_context_data(**facts | {"draft_page": self.draft_page} | context)


class EditPage(DraftedPage):
    """A form over what is stored, with a hidden field `seen`: the version that it began from.

    Where somebody else saved meanwhile nothing is written; both are shown, and the next save is
    made knowing theirs.
    """

    def stored_row(self):
        raise NotImplementedError

    def stored_values(self) -> dict[str, str]:
        """What is stored now, by field of the form, as the form would show it."""
        raise NotImplementedError

    def is_overtaken(self) -> bool:
        seen = self.request.POST.get("seen", "")
        return seen.isdecimal() and int(seen) != version_of(self.stored_row())

    def get_initial(self):
        return {**self.stored_values(), "seen": version_of(self.stored_row())}

    def show_typed(self, form):
        if str(form["seen"].value()) != str(version_of(self.stored_row())):
            return self.show_both(form)
        return super().show_typed(form)

    def mend(self, form, error):
        if isinstance(error, EditConflict):
            return self.show_both(form)
        return super().mend(form, error)

    def show_both(self, form):
        data = form.data.copy()
        data["seen"] = str(version_of(self.stored_row()))
        mine = unjudged(self.form_class(**self.get_form_kwargs() | {"data": data}))
        last = versions_of(self.stored_row()).first()
        differing = list(self._differing(mine))
        conflict = {"by": last.entry.by, "at": last.entry.at, "fields": differing}
        context = self.get_context_data(form=mine, conflict=conflict, is_draft=True)
        return self.render_to_response(context, status=409)

    def _differing(self, mine):
        """The label of each field that differs, with what is only in theirs and only in ours."""
        for name, stored in self.stored_values().items():
            field, typed = mine.fields[name], mine[name].data
            theirs, yours = _told(field, stored), _told(field, typed)
            if theirs != yours:
                yield mine[name].label, difference(theirs, yours)


def _told(field, value) -> str:
    """A value as the form shows it. Line ends are those of whoever typed them: they are alike."""
    if choices := getattr(field, "choices", ()):
        return str(dict(choices).get(value, value))
    return "\n".join(str(field.prepare_value(value) or "").splitlines())


def as_sent(fields) -> QueryDict:
    """The fields of a draft as if a browser had sent them now."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data


def unjudged(form):
    """The same form, without a word yet on what is missing or cannot be read in it."""
    for part in (form, *getattr(form, "parts", {}).values()):
        part._errors = ErrorDict()  # else a form with data is judged when it is shown
    return form


def with_titles(drafts):
    """The same drafts, each saying of which form it is."""
    rows = list(drafts)
    for row in rows:
        try:
            row.title = resolve(row.page).func.view_class.title
        except (Resolver404, AttributeError):
            row.title = _("A form")
    return rows
