from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from bearwitness.errors import NotPermitted
from bearwitness.records.signing_in import check_may_try, note_failed, note_signed_in
from bearwitness.web.said import in_one_line

_BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><title>New tab</title></html>'


@login_not_required
@csrf_exempt  # whoever forges it signs somebody out; a refused token would keep them on the page
@require_POST
def leave(request):
    """Sign out and show nothing. What the browser holds of this site goes with it."""
    logout(request)
    response = redirect("blank")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@login_not_required
def blank(request):
    return HttpResponse(_BLANK)


class SignInForm(AuthenticationForm):
    def clean(self):
        name = self.cleaned_data.get("username") or ""
        try:
            check_may_try(name)
        except NotPermitted as error:
            raise ValidationError(in_one_line(error)) from error
        try:
            return super().clean()
        except ValidationError:
            note_failed(name)
            raise


class SignIn(LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        note_signed_in(form.get_user().get_username())
        return super().form_valid(form)


@login_not_required
@require_POST
def language(request):
    """Remember a language in this browser, until it is left quickly."""
    return set_language(request)


class ChangePassword(PasswordChangeView):
    template_name = "web/form.html"
    success_url = reverse_lazy("start")
    extra_context = {"title": _("Change your password"), "submit": _("Change"), "back": "/"}
