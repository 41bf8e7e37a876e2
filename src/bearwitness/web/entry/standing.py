"""How somebody stands who is signed in: since when, with what proof, what they must do first."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from bearwitness.records.access import reader_of
from bearwitness.records.second_factors import has_second_factor
from bearwitness.records.sessions import BEGUN, BROWSER, SEEN
from bearwitness.records.signing_in import needs_second_factor, second_factor_by, settings_of

PASSWORD_GIVEN, FACTOR, FACTOR_BY, PAGES = "password_given", "factor", "factor_by", "pages"
PROVED = "proved"  # when it was last proved, with password or factor, that it is them
_PROOF_LASTS = 10 * 60
_SEEN_AGAIN = 60  # seconds after which it is written down that somebody is still there
# What is open to somebody who has to do something else first.
_ALWAYS = {"login", "logout", "leave", "blank", "language", "here", "confirm"}
_FACTOR_PAGES = {"second-factor", "add-code-app", "add-passkey", "recovery-codes", "password"}
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chromium"), ("Safari", "Safari"))
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Macintosh", "Linux")


def begin_session(sender, request, user, **_more):
    """Whenever somebody is signed in, however that came about."""
    kept, session, now = settings_of(user), request.session, time.time()
    session[BEGUN] = session[SEEN] = session[PROVED] = now
    session[BROWSER] = browser_of(request.META.get("HTTP_USER_AGENT", ""))
    session[PASSWORD_GIVEN] = kept.password_given
    session[FACTOR] = has_second_factor(user)
    if not session[FACTOR] and needs_second_factor(reader_of(user)):
        session[FACTOR_BY] = _seconds(second_factor_by(user))
    keep_pages(session, kept)


def keep_pages(session, kept) -> None:
    wanted = {"language": kept.language, "colours": kept.colours, "text_size": kept.text_size}
    session[PAGES] = {name: value for name, value in wanted.items() if value}


def browser_of(said: str) -> str:
    """As much as tells one's own browsers apart: "Firefox, Linux"."""
    named = [name for sign, name in _BROWSERS if sign in said]
    systems = [system for system in _SYSTEMS if system in said]
    return ", ".join(named[:1] + systems[:1])


def sessions_end(get_response):
    """A session ends when nobody was there for a while, and at the end of the working day."""

    def middleware(request):
        if request.user.is_authenticated:
            if _has_ended(request.session):
                logout(request)
                messages.info(request, _("You were signed out because you were away for a while."))
            else:
                _see(request.session)
        language = request.session.get(PAGES, {}).get("language")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


def _has_ended(session) -> bool:
    now = time.time()
    idle, whole = settings.BEARWITNESS_IDLE_MINUTES * 60, settings.BEARWITNESS_SESSION_HOURS * 3600
    return now - session.get(SEEN, 0) > idle or now - session.get(BEGUN, 0) > whole


def _see(session) -> None:
    if time.time() - session[SEEN] > _SEEN_AGAIN:
        session[SEEN] = time.time()


def first_things_first(get_response):
    """A password of one's own, and a second factor where the role asks for one."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        name = request.resolver_match.url_name
        if not request.user.is_authenticated or name in _ALWAYS:
            return None
        if request.session.get(PASSWORD_GIVEN):
            return None if name == "password" else redirect("password")
        if _is_late(request) and name not in _FACTOR_PAGES:
            return redirect("second-factor")
        return None

    middleware.process_view = process_view
    return middleware


def _is_late(request) -> bool:
    by = factor_by(request)
    return by is not None and by <= datetime.now(UTC)


def factor_by(request) -> datetime | None:
    """Until when this account has to set up a second factor; None where it need not any more."""
    session = request.session
    if session.get(FACTOR) or not needs_second_factor(request.reader):
        return None
    if FACTOR_BY not in session:
        session[FACTOR_BY] = _seconds(second_factor_by(request.user))
    by = session[FACTOR_BY]
    return None if by is None else datetime.fromtimestamp(by, UTC)


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def note_factors(request) -> None:
    """After a second factor came or went."""
    request.session[FACTOR] = has_second_factor(request.user)
    request.session.pop(FACTOR_BY, None)


def is_proved(request) -> bool:
    """Whether they proved a moment ago that it is them, who could have left the screen since."""
    return time.time() - request.session.get(PROVED, 0) < _PROOF_LASTS


def prove(request) -> None:
    request.session[PROVED] = time.time()


def own_pages(request):
    """For templates: `pages.colours`, `pages.text_size`, and what is to be said on every page."""
    session = getattr(request, "session", {})
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    facts = {"pages": session.get(PAGES, {}), "factor_by": None}
    facts["idle_minutes"] = settings.BEARWITNESS_IDLE_MINUTES
    if signed_in and hasattr(request, "reader") and not session.get(PASSWORD_GIVEN):
        facts["factor_by"] = factor_by(request)
    return facts
