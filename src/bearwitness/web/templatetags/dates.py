"""Dates, and values that are kept as words of ours, in the language of the page."""

from datetime import date, datetime

from django import template
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import in_words as words
from bearwitness.casebook.grades import grade
from bearwitness.coding import time_in_words
from bearwitness.web.casebook.forms import CREDIBILITY_WORDS, RELIABILITY_WORDS
from bearwitness.web.pages import language_tag

register = template.Library()
# How records/actions name the sources that come to be by themselves.
INTERVIEW, OWN_LIST = "Interview with ", "Our own casebook"


@register.filter
def in_words(edtf):
    """`{{ person.birth|in_words }}`: "spring 2014" for 2014-21."""
    return words(edtf, language_tag()) if edtf else ""


@register.filter
def day(value: date | None):
    """`{{ consent.given_at|day }}`: "31 January 2026", "2026년 1월 31일"."""
    if not value:
        return ""
    shown = localtime(value).date() if isinstance(value, datetime) else value
    return words(shown.isoformat(), language_tag())


@register.filter
def moment(value: datetime | None):
    """The day with hours and minutes, which are written alike in all three languages."""
    return f"{day(value)} {localtime(value):%H:%M}" if value else ""


# What a row keeps, and how it is said. Anything else is shown as it stands.
_KEPT = {
    "female": _("female"),
    "male": _("male"),
    "other": _("other"),
    "spoken": _("spoken"),
    "written": _("written"),
    "recorded": _("recorded"),
    "interview": _("interview"),
    "document": _("document"),
    "web-page": _("web page"),
    "person": _("person"),
    "record": _("record"),
    "act": _("act"),
    "event": _("event"),
    "source": _("source"),
    "list": _("list"),
    "own-list": _("own list"),
    "ko": _("Korean"),
    "zh": _("Chinese"),
    "en": _("English"),
    "und": _("Other"),
}


@register.filter
def in_language(kept):
    """`{{ person.sex|in_language }}`: "female", "여성"."""
    return _KEPT.get(kept, kept)


@register.filter
def titled(source):
    """A source's title; those that we made ourselves in the language of the page."""
    title = str(source or "")
    if title == OWN_LIST:
        return _("Our own casebook")
    if title.startswith(INTERVIEW):
        return gettext("Interview with %(code)s") % {"code": title.removeprefix(INTERVIEW)}
    return title


@register.filter
def graded(source):
    """`{{ source|graded }}`: B2, by the Admiralty code; empty where nobody has judged."""
    return grade(source.reliability, source.credibility) if source else ""


@register.filter
def graded_as(act):
    """Of an act: its source's reliability, and its own credibility where that differs."""
    source = act.source
    return grade(source.reliability, act.credibility or source.credibility)


@register.filter
def grade_words(grade):
    """What a grade's two characters mean."""
    words = {**RELIABILITY_WORDS, **CREDIBILITY_WORDS}
    return "; ".join(str(words[part]) for part in grade if part in words)


@register.filter
def player_time(seconds):
    """`{{ evidence.begins_at|player_time }}`: 12:34."""
    return time_in_words(seconds)
