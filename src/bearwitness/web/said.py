"""Our errors in the language of the page. The catalogues hold their sentences and hints."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext, gettext_noop

from bearwitness.errors import BearwitnessError

# What is put into them: who moves an interview and how, and the names of the rights.
WORDS = (
    gettext_noop("an author"),
    gettext_noop("somebody who is no author"),
    gettext_noop("hand in"),
    gettext_noop("take back"),
    gettext_noop("approve"),
    gettext_noop("send back"),
    gettext_noop("reopen"),
    gettext_noop("see"),
    gettext_noop("names"),
    gettext_noop("words"),
    gettext_noop("code"),
    gettext_noop("review"),
    gettext_noop("studies"),
    gettext_noop("analyse"),
    gettext_noop("check"),
    gettext_noop("publish"),
    gettext_noop("withdraw"),
    gettext_noop("whoever prepared it"),
    gettext_noop("somebody who did not prepare it"),
    gettext_noop("somebody who neither prepared nor checked it"),
    gettext_noop("anybody with the right"),
    gettext_noop("prepared"),
    gettext_noop("checked"),
    gettext_noop("published"),
    gettext_noop("sent-back"),
    gettext_noop("withdrawn"),
    gettext_noop("export"),
    gettext_noop("audit"),
    gettext_noop("erase"),
    gettext_noop("manage"),
)


def said(text: str) -> str:
    """The sentence in the reader's language; in English where no catalogue has it."""
    told = gettext(text) if text else ""
    if told != text:
        return told
    for pattern, sentence in _patterns():
        if match := pattern.fullmatch(text):
            told = gettext(sentence)
            return text if told == sentence else told.format(*map(_part, match.groups()))
    return text


def in_one_line(error: BearwitnessError) -> str:
    """Where, what and what to do, as above a form."""
    where = f"{error.where}: " if error.where else ""
    return f"{where}{said(error.message)}. {said(error.hint)}".strip()


def _part(words: str) -> str:
    """What was put into a sentence is often a word of ours: a use, a state, a role."""
    bare = words.strip("'")
    return ", ".join(gettext(one) for one in bare.split(" or ")) if bare else words


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences into which something is put, the ones with most words of their own first."""
    place = files("bearwitness.web") / "locale" / "sentences.json"
    sentences = json.loads(place.read_text(encoding="utf-8"))
    ordered = sorted(sentences, key=len, reverse=True)
    return tuple((re.compile(re.sub(r"\\\{\d\\\}", "(.+)", re.escape(s))), s) for s in ordered)
