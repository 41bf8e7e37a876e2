"""In: a name and a password, then a code or a passkey; or a passkey alone. And out."""

from __future__ import annotations

import time
from functools import wraps

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from bearwitness.casebook.guesses import PASSWORD, SECOND_FACTOR
from bearwitness.errors import NotPermitted
from bearwitness.records import actions
from bearwitness.records import second_factors as factors
from bearwitness.records.access import reader_of
from bearwitness.records.audit import audited
from bearwitness.records.signing_in import Try, entering, note_left
from bearwitness.web.entry.forms import CodeForm, OwnPasswordForm, SignInForm, address_of
from bearwitness.web.entry.passkeys import read_credential, where_passkeys_work
from bearwitness.web.entry.standing import (
    PAGES,
    factor_by,
    is_proved,
    keep_pages,
    prove,
)
from bearwitness.web.said import in_one_line

_BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><title>New tab</title></html>'
_HALF_IN, _HALF_IN_LASTS = "half_in", 10 * 60
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        user, goes_to = form.get_user(), self.get_redirect_url()
        if not factors.has_second_factor(user):
            return enter(self.request, user, proof="password", goes_to=goes_to)
        self.request.session.cycle_key()
        half = {"user": user.pk, "at": time.time(), "next": goes_to}
        self.request.session[_HALF_IN] = half | {"hash": user.get_session_auth_hash()}
        return redirect("second-step")

    def get_context_data(self, **context):
        elsewhere = where_passkeys_work(self.request)
        return super().get_context_data(**context, passkeys_elsewhere=elsewhere)


def enter(request, user, *, proof: str, goes_to: str = ""):
    """The one way in: a session, audited, or neither. Then what has to be done first."""
    chosen = request.COOKIES.get("language", "")
    with entering(user, proof=proof):
        request.session.pop(_HALF_IN, None)
        login(request, user, backend=_BACKEND)
        request.session.save()
    if not request.session[PAGES].get("language") and chosen:
        _keep_language(request, user, chosen)
    request.reader = reader_of(user)
    return redirect("second-factor" if factor_by(request) else goes_to or "start")


@login_not_required
@require_http_methods(["GET", "POST"])
def second_step(request):
    """The password was right. Nobody is signed in yet."""
    user = _half_in(request)
    if user is None:
        return redirect("login")
    context = {"form": CodeForm(), "title": _("One more proof"), "next": ""}
    if request.method == "POST":
        try:
            proof = check_factor(request, user)
            return enter(request, user, proof=proof, goes_to=request.session[_HALF_IN]["next"])
        except NotPermitted as error:
            context["problem"] = in_one_line(error)
    return render(request, "web/entry/prove.html", context | _passkey_facts(request, user))


def _half_in(request):
    half = request.session.get(_HALF_IN)
    if half is None or time.time() - half["at"] > _HALF_IN_LASTS:
        return None
    user = get_user_model().objects.filter(pk=half["user"], is_active=True).first()
    if user and constant_time_compare(user.get_session_auth_hash(), half["hash"]):
        return user
    return None


def check_factor(request, user) -> str:
    """Look at the code or the passkey that was sent; give which it was. Raises NotPermitted."""
    tried = Try(SECOND_FACTOR, user.get_username(), address_of(request))
    tried.count()
    try:
        if credential := request.POST.get("credential"):
            factors.check_passkey(read_credential(credential), user)
            kind = "passkey"
        else:
            with audited(user.get_username()):
                kind = factors.check_code(user, request.POST.get("code", ""))
    except NotPermitted:
        tried.was_wrong()
        raise
    tried.was_right()
    return kind


def _passkey_facts(request, user) -> dict:
    """What the page needs to ask for a passkey, where there is one and the address will do."""
    if not factors.has_second_factor(user, factors.PASSKEY):
        return {}
    if elsewhere := where_passkeys_work(request):
        return {"passkeys_elsewhere": elsewhere}
    return {"passkey": factors.passkey_to_use(user)}


@login_not_required
@require_http_methods(["GET", "POST"])
def passkey_sign_in(request):
    """GET asks, POST answers. Nothing is guessed here, so a name that waits does not wait."""
    if request.method == "GET":
        return JsonResponse(factors.passkey_to_use())
    try:
        user = _owner_of_passkey(request)
        return enter(request, user, proof="passkey", goes_to=_safe_next(request))
    except NotPermitted as error:
        context = {"form": SignInForm(request), "problem": in_one_line(error)}
        return render(request, "registration/login.html", context)


def _owner_of_passkey(request):
    tried = Try(SECOND_FACTOR, "", address_of(request))
    tried.count()
    try:
        user = factors.check_passkey(read_credential(request.POST.get("credential", "")))
        if not user.is_active:
            raise NotPermitted("this passkey is not known here", hint="Try again, or use a code.")
    except NotPermitted:
        tried.was_wrong()
        raise
    tried.was_right()
    return user


def _safe_next(request) -> str:
    said = request.POST.get("next") or request.GET.get("next") or ""
    is_here = url_has_allowed_host_and_scheme(
        said, {request.get_host()}, require_https=request.is_secure()
    )
    return said if is_here else ""


def proved(view):
    """A page for which they prove again that it is them: whoever finds a screen open cannot."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if is_proved(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else reverse("settings")
        return redirect(f"{reverse('confirm')}?next={back}")

    return checked


@require_http_methods(["GET", "POST"])
def confirm(request):
    """A second factor where there is one, else the password."""
    user, has_factor = request.user, factors.has_second_factor(request.user)
    form = (CodeForm if has_factor else OwnPasswordForm)()
    context = {"form": form, "title": _("Is it you?"), "next": _safe_next(request)}
    if request.method == "POST":
        try:
            _prove_again(request, user, has_factor)
            prove(request)
            return redirect(context["next"] or resolve_url("settings"))
        except NotPermitted as error:
            context["problem"] = in_one_line(error)
    return render(request, "web/entry/prove.html", context | _passkey_facts(request, user))


def _prove_again(request, user, has_factor: bool) -> None:
    if has_factor:
        check_factor(request, user)
    else:
        check_password(request, user, request.POST.get("password", ""))


def check_password(request, user, password: str) -> None:
    tried = Try(PASSWORD, user.get_username(), address_of(request))
    tried.count()
    if not user.check_password(password):
        tried.was_wrong()
        raise NotPermitted("this password is not right", hint="Try again.")
    tried.was_right()


@login_not_required
@require_POST
def sign_out(request):
    """End this session, and no other."""
    if request.user.is_authenticated:
        note_left(request.user, quickly=False)
    logout(request)
    return redirect("login")


@login_not_required
@csrf_exempt  # whoever forges it signs somebody out; a refused token would keep them on the page
@require_POST
def leave(request):
    """Sign out in every browser and show nothing. What this browser holds of this site goes."""
    if request.user.is_authenticated:
        note_left(request.user, quickly=True)
    logout(request)
    response = redirect("blank")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@login_not_required
def blank(request):
    return HttpResponse(_BLANK)


@require_POST
def here(request):
    """A page says that somebody is at it. The answer is whose it is, and a token for its forms."""
    return JsonResponse({"name": request.user.get_username(), "token": get_token(request)})


@login_not_required
@require_POST
def language(request):
    """Remember a language: with the account where somebody is signed in, else in this browser."""
    if request.user.is_authenticated:
        _keep_language(request, request.user, request.POST.get("language", ""))
    return set_language(request)


def _keep_language(request, user, code: str) -> None:
    if code in dict(settings.LANGUAGES):
        keep_pages(request.session, actions.keep_settings(reader_of(user), user, language=code))
