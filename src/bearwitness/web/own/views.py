"""What people keep of their own: how pages look, the password, second factors, sessions."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bearwitness.errors import BearwitnessError
from bearwitness.records import actions, queries
from bearwitness.records import second_factors as factors
from bearwitness.web.entry.passkeys import read_credential, where_passkeys_work
from bearwitness.web.entry.standing import (
    PASSWORD_GIVEN,
    factor_by,
    keep_pages,
    note_factors,
    prove,
)
from bearwitness.web.entry.views import proved
from bearwitness.web.own import forms
from bearwitness.web.pages import ActionPage
from bearwitness.web.said import in_one_line

_SECRET = "code_app_secret"  # noqa: S105 - where it waits, encrypted, until a code is shown


@require_http_methods(["GET", "POST"])
def settings_page(request):
    kept = getattr(request.user, "own_settings", None)
    initial = {name: getattr(kept, name, "") for name in ("language", "colours", "text_size")}
    form = forms.PagesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        kept = actions.keep_settings(request.reader, request.user, **form.cleaned_data)
        keep_pages(request.session, kept)
        return redirect("settings")
    own = queries.own_second_factors(request.reader, request.user)
    context = {
        "form": form,
        "factors": [factor for factor in own if factor.kind != factors.RECOVERY],
        "recovery": next((factor for factor in own if factor.kind == factors.RECOVERY), None),
        "has_code_app": any(factor.kind == factors.CODE_APP for factor in own),
        "sessions": queries.own_sessions(request.reader, request.user),
        "this": request.session.session_key,
    }
    return render(request, "web/own/settings.html", context)


@require_safe
def second_factor(request):
    """Where somebody is led who needs one: what there is to choose, and until when."""
    by = factor_by(request)
    may_wait = by is None or by > datetime.now(UTC)
    context = {"may_wait": may_wait, "passkeys_elsewhere": where_passkeys_work(request)}
    return render(request, "web/own/second_factor.html", context)


class Password(ActionPage):
    form_class = forms.PasswordForm
    submit = gettext_lazy("Change")
    done = gettext_lazy("Changed. You are signed out everywhere else.")

    @property
    def title(self):
        if self.request.session.get(PASSWORD_GIVEN):
            return _("Choose a password of your own")
        return _("Change your password")

    @property
    def intro(self):
        if self.request.session.get(PASSWORD_GIVEN):
            return _("Somebody else knows the one that you signed in with.")
        return ""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def act(self, form):
        user, session = self.request.user, self.request.session
        actions.change_own_password(
            self.reader, user, form.cleaned_data["new_password1"], session=session.session_key
        )
        update_session_auth_hash(self.request, user)
        session[PASSWORD_GIVEN] = False
        prove(self.request)
        return "second-factor" if factor_by(self.request) else "settings"

    def back(self):
        return reverse("settings")


@method_decorator(proved, name="dispatch")
class AddCodeApp(ActionPage):
    form_class = forms.CodeAppForm
    title, submit = gettext_lazy("Set up a code app"), gettext_lazy("It shows this code")
    template_name = "web/own/code_app.html"

    def get_context_data(self, **context):
        secret = self.request.session.setdefault(_SECRET, factors.new_secret())
        shown = factors.shown_secret(self.request.user, secret)
        return super().get_context_data(shown=shown, **context)

    def act(self, form):
        secret = self.request.session.get(_SECRET) or factors.new_secret()
        code = form.cleaned_data["code"]
        codes = actions.add_code_app(self.reader, self.request.user, secret=secret, code=code)
        self.request.session.pop(_SECRET, None)
        note_factors(self.request)
        return codes

    def form_valid(self, form):
        try:
            return show_codes(self.request, self.act(form))
        except BearwitnessError as error:
            form.add_error("code", in_one_line(error))
            return self.form_invalid(form)

    def back(self):
        return reverse("settings")


def show_codes(request, codes):
    """Recovery codes stand in this one answer and nowhere else."""
    messages.success(request, _("Set up. It is asked for at the next sign-in."))
    if not codes:
        return redirect("settings")
    return render(request, "web/own/codes.html", {"codes": codes})


@proved
@require_http_methods(["GET", "POST"])
def add_passkey(request):
    form = forms.PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            credential = read_credential(request.POST.get("credential", ""))
            facts = {"name": form.cleaned_data["name"], "credential": credential}
            codes = actions.add_passkey(request.reader, request.user, **facts)
            note_factors(request)
            return show_codes(request, codes)
        except BearwitnessError as error:
            form.add_error(None, in_one_line(error))
    elsewhere = where_passkeys_work(request)
    options = None if elsewhere else factors.passkey_to_make(request.user)
    context = {"form": form, "passkeys_elsewhere": elsewhere, "passkey": options}
    return render(request, "web/own/passkey.html", context)


@proved
@require_http_methods(["GET", "POST"])
def recovery_codes(request):
    if request.method == "POST":
        codes = actions.new_recovery_codes(request.reader, request.user)
        return render(request, "web/own/codes.html", {"codes": codes})
    own = queries.own_second_factors(request.reader, request.user)
    left = sum(factor.left for factor in own)
    return render(request, "web/own/recovery.html", {"left": left, "own": own})


@proved
@require_POST
def remove_second_factor(request, number):
    try:
        actions.remove_second_factor(request.reader, request.user, number)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    note_factors(request)
    messages.success(request, _("Removed. It is not asked for any more."))
    return redirect("settings")


@require_POST
def end_sessions(request):
    key = request.session.session_key
    ended = actions.end_own_sessions(request.reader, request.user, session=key)
    said = ngettext("%(n)s other session has ended.", "%(n)s other sessions have ended.", ended)
    messages.success(request, said % {"n": ended})
    return redirect("settings")
