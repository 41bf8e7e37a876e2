from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bearwitness.errors import NotPermitted
from bearwitness.web.entry.views import check_password
from bearwitness.web.said import in_one_line

_COLOURS = {
    "": _("as the computer has them"),
    "light": _("light"),
    "dark": _("dark"),
}
_SIZES = {
    "": _("usual"),
    "large": _("large"),
    "larger": _("larger"),
}
_AS_BROWSER = ("", _("as the browser says"))


class PagesForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"), choices=[_AS_BROWSER, *settings.LANGUAGES], required=False
    )
    colours = forms.ChoiceField(label=_("Colours"), choices=_COLOURS.items(), required=False)
    text_size = forms.ChoiceField(label=_("Text size"), choices=_SIZES.items(), required=False)


class PasswordForm(PasswordChangeForm):
    """Guessing at the old password waits as guessing at the sign-in does."""

    def __init__(self, request, *args, **kwargs):
        super().__init__(request.user, *args, **kwargs)
        self.request = request
        self.fields["old_password"].label = _("Password until now")

    def clean_old_password(self):
        old = self.cleaned_data["old_password"]
        try:
            check_password(self.request, self.user, old)
        except NotPermitted as error:
            raise ValidationError(in_one_line(error)) from error
        return old

    def clean(self):
        cleaned = super().clean()
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password1", ValidationError(_("This is the one until now.")))
        return cleaned


class CodeAppForm(forms.Form):
    code = forms.CharField(
        label=_("The code that the app shows now"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("What you call it"),
        max_length=60,
        help_text=_("For example: the blue key. It is for you alone."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
