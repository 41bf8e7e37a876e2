from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook.guesses import PASSWORD
from bearwitness.errors import NotPermitted
from bearwitness.records.signing_in import Try, check_not_locked
from bearwitness.web.said import in_one_line


def address_of(request) -> str:
    """Where a request comes from. Behind a proxy: the last address, which the proxy wrote."""
    said = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.BEARWITNESS_BEHIND_PROXY and said:
        return said.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


class SignInForm(AuthenticationForm):
    def clean(self):
        tried = Try(PASSWORD, self.cleaned_data.get("username") or "", address_of(self.request))
        try:
            check_not_locked()
            tried.count()
        except NotPermitted as error:
            raise ValidationError(in_one_line(error)) from error
        try:
            cleaned = super().clean()
        except ValidationError:
            tried.was_wrong()
            raise
        tried.was_right()
        return cleaned


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("From your code app, or one of your recovery codes."),
    )


class OwnPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
