from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from bearwitness.casebook.rights import Right, Role
from bearwitness.records import actions, queries
from bearwitness.web.accounts import forms
from bearwitness.web.entry.words import KIND_WORDS
from bearwitness.web.pages import ActionPage, found, need, page_of


@require_safe
@need(Right.MANAGE)
def accounts(request):
    page = page_of(request, queries.accounts(request.reader))
    for user in page:
        user.role_words = [forms.ROLE_WORDS[Role(held.role)] for held in user.roles_held.all()]
    context = {"page": page, "teams": queries.teams(request.reader)}
    return render(request, "web/accounts/accounts.html", context)


class _AccountPage(ActionPage):
    right = Right.MANAGE

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"teams": queries.teams(self.reader)}

    def back(self):
        return reverse("accounts")


class AddAccount(_AccountPage):
    form_class = forms.NewAccountForm
    title, submit = gettext_lazy("Make an account"), gettext_lazy("Make")
    intro = gettext_lazy("The first password is made for you and shown once, on the next page.")

    def act(self, form):
        name = form.cleaned_data["name"]
        user, password = actions.add_account(self.reader, name=name, **form.facts)
        _show_password(self.request, user, password)
        return self.back()


class EditAccount(_AccountPage):
    form_class = forms.AccountForm
    submit, done = gettext_lazy("Save"), gettext_lazy("Saved. It holds from their next click.")
    template_name = "web/accounts/account.html"

    @cached_property
    def account(self):
        return found(queries.account, self.reader, self.kwargs["number"])

    @property
    def title(self):
        return _("Account of %(name)s") % {"name": self.account.get_username()}

    def get_initial(self):
        return {
            "teams": [m.team_id for m in self.account.memberships.all()],
            "roles": [held.role for held in self.account.roles_held.all()],
        }

    def get_context_data(self, **context):
        entry = queries.entry_of(self.reader, self.account)
        entry["words"] = [KIND_WORDS[kind] for kind in entry["kinds"]]
        return super().get_context_data(account=self.account, entry=entry, **context)

    def act(self, form):
        actions.change_account(self.reader, self.account, **form.facts)
        return self.back()


@require_POST
@need(Right.MANAGE)
def new_password(request, number):
    user = found(queries.account, request.reader, number)
    _show_password(request, user, actions.new_password(request.reader, user))
    return redirect("accounts")


@require_POST
@need(Right.MANAGE)
def end_account(request, number):
    actions.end_account(request.reader, found(queries.account, request.reader, number))
    messages.success(request, _("Ended. Whoever was signed in with it is signed out."))
    return redirect("accounts")


@require_POST
@need(Right.MANAGE)
def lift_wait(request, number):
    actions.lift_wait(request.reader, found(queries.account, request.reader, number))
    messages.success(request, _("They can try again at once."))
    return redirect("account", number)


class ResetSecondFactors(ActionPage):
    right = Right.MANAGE
    form_class = forms.WhyForm
    submit = gettext_lazy("Take them away")
    done = gettext_lazy("Done. They sign in with the password alone, and set up a new one.")
    intro = gettext_lazy(
        "For a colleague who lost telephone and recovery codes. Be sure that it is them who asks: "
        "meet them, or call a number that you had before. All their sessions end."
    )

    @cached_property
    def account(self):
        return found(queries.account, self.reader, self.kwargs["number"])

    @property
    def title(self):
        return _("Second factors of %(name)s") % {"name": self.account.get_username()}

    def get_context_data(self, **context):
        return super().get_context_data(account=self.account, **context)

    def act(self, form):
        actions.reset_second_factors(self.reader, self.account, why=form.cleaned_data["why"])
        return self.back()

    def back(self):
        return reverse("account", args=[self.account.pk])


class LockCasebook(ActionPage):
    right = Right.MANAGE
    form_class = forms.WhyForm
    title, submit = gettext_lazy("Lock the whole casebook"), gettext_lazy("Lock it now")
    intro = gettext_lazy(
        "Everybody is signed out at once, you too, and nobody can sign in. It is opened again at "
        "the computer that it runs on, with the command: bearwitness unlock. Whoever holds that "
        "computer can still read its disk: what protects it is that the disk is encrypted and the "
        "computer switched off."
    )

    def act(self, form):
        actions.lock_casebook(self.reader, why=form.cleaned_data["why"])
        logout(self.request)
        return "login"

    def back(self):
        return reverse("accounts")


def _show_password(request, user, password):
    said = _("%(name)s signs in with this password, shown this once: %(password)s")
    messages.success(request, said % {"name": user.get_username(), "password": password})


class AddTeam(ActionPage):
    form_class = forms.TeamForm
    right = Right.MANAGE
    title, submit = gettext_lazy("Make a team"), gettext_lazy("Make")
    intro = gettext_lazy("What a team records is closed to everybody who is not in it.")
    done = gettext_lazy("Made. Put somebody in it.")

    def act(self, form):
        actions.add_team(self.reader, form.cleaned_data["name"])
        return self.back()

    def back(self):
        return reverse("accounts")


@require_POST
def choose_team(request):
    """The team that what this account adds belongs to, until it signs out."""
    chosen = request.POST.get("team", "")
    if not chosen.isdecimal() or int(chosen) not in request.reader.teams:
        raise Http404
    request.session["team"] = int(chosen)
    return redirect("start")
