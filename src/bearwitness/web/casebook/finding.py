"""One search box. What is looked for stays with the session, never in an address: it can be a
name. An address holds a random word by which the session knows it again, so that reload and the
button `back` work."""

from __future__ import annotations

import secrets

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bearwitness.casebook.rights import Right, check_may, may
from bearwitness.casebook.wanted import Wanted
from bearwitness.coding import load_vocabulary, vocabulary_names
from bearwitness.errors import BearwitnessError
from bearwitness.records import actions, queries
from bearwitness.web.casebook.forms import LANGUAGES, USE_WORDS
from bearwitness.web.casebook.forms.fields import LongSelect
from bearwitness.web.casebook.interviews import STATE_WORDS, with_state_words
from bearwitness.web.casebook.shown import act_of
from bearwitness.web.pages import SaidDateField, found, language_tag
from bearwitness.web.said import in_one_line

_IN_SHORT, _IN_FULL = 6, 25  # rows of a kind on the page of all kinds, and on a page of its own
_KEPT = 10  # searches of one session that can be gone back to
_ANY = gettext_lazy("any")
KINDS = {
    "people": gettext_lazy("People"),
    "interviews": gettext_lazy("Interviews"),
    "acts": gettext_lazy("Acts"),
    "events": gettext_lazy("Events"),
}


class SearchForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Words or a name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )
    act = forms.ChoiceField(label=gettext_lazy("What was done"), required=False, widget=LongSelect)
    place = forms.CharField(
        label=gettext_lazy("Where it was done"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("In any spelling. A county or province stands for all within it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    period = SaidDateField(label=gettext_lazy("When it was done"), required=False)
    consent = forms.ChoiceField(label=gettext_lazy("They said yes to"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State of the interview"),
        required=False,
        choices=[("", _ANY), *((state.value, words) for state, words in STATE_WORDS.items())],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the interview"),
        required=False,
        choices=[("", _ANY), *LANGUAGES],
    )
    held = SaidDateField(label=gettext_lazy("Interview held"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)

    def __init__(self, *args, reader, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [("", _ANY), *act_choices()]
        self.fields["consent"].choices = [("", _ANY), *((u.value, w) for u, w in USE_WORDS.items())]
        teams = [(str(team.pk), team.name) for team in queries.my_teams(reader)]
        self.fields["team"].choices = [("", _ANY), *teams]
        self.conditions = [self[name] for name in self.fields if name != "text"]

    def clean(self):
        try:
            self.wanted = Wanted.read(self.cleaned_data)
        except BearwitnessError as error:
            raise ValidationError(in_one_line(error)) from error
        if not self.errors and not self.wanted.said():
            raise ValidationError(_("Write a word or a name, or choose a condition."))
        return self.cleaned_data


def act_choices():
    """Every term of every vocabulary, the broader ones too: they stand for all below them."""
    tag = language_tag()
    groups = []
    for vocabulary in map(load_vocabulary, vocabulary_names()):
        depth: dict[str, int] = {"": -1}
        terms = []
        for term in vocabulary.terms:
            depth[term.id] = depth[term.broader] + 1
            terms.append((term.id, "\u2003" * depth[term.id] + term.label(tag)))
        groups.append((vocabulary.title(tag), terms))
    return groups


@require_http_methods(["GET", "HEAD", "POST"])
def search(request):
    check_may(request.reader, Right.SEE)
    if request.method != "POST":
        return _shown(request, SearchForm(reader=request.reader))
    form = SearchForm(request.POST, reader=request.reader)
    if not form.is_valid():
        return _shown(request, form)
    return redirect("searched", token=_remember(request, form.wanted))


@require_http_methods(["GET", "HEAD", "POST"])
def searched(request, token):
    """GET shows what was found under code names; POST the words as well, which is audited."""
    check_may(request.reader, Right.SEE)
    wanted = _recalled(request, token)
    if wanted is None:
        messages.info(request, _("This search is over. Ask again."))
        return _shown(request, SearchForm(reader=request.reader))
    of = request.GET.get("of", "")
    of = of if of in KINDS else ""
    before = request.GET.get("before", "")
    rows = actions.search(
        request.reader,
        wanted,
        of=[of] if of else list(KINDS),
        before=int(before) if of and before.isdecimal() and len(before) < 19 else None,
        most=_IN_FULL if of else _IN_SHORT,
    )
    sections = [_section(kind, rows, _IN_FULL if of else _IN_SHORT) for kind in KINDS]
    sections = [section for section in sections if section]
    if request.method == "POST":
        _add_passages(request, wanted, sections)
    form = SearchForm(initial=wanted.said(), reader=request.reader)
    facts = {"wanted": wanted, "sections": sections, "token": token, "of": of}
    facts["also"] = _other_spellings(wanted)
    facts["words_shown"] = request.method == "POST"
    return _shown(request, form, **facts)


@require_POST
def keep_search(request, token):
    check_may(request.reader, Right.SEE)
    wanted = _recalled(request, token)
    if wanted is None:
        messages.info(request, _("This search is over. Ask again."))
        return redirect("search")
    team = request.POST.get("team", "")
    try:
        actions.keep_search(
            request.reader,
            wanted,
            title=request.POST.get("title", ""),
            team=int(team) if team.isdecimal() else None,
        )
    except BearwitnessError as error:
        messages.warning(request, in_one_line(error))
        return redirect("searched", token=token)
    messages.success(request, _("Kept. It stands on the search page."))
    return redirect("searched", token=token)


@require_POST
def saved_search(request, number):
    """Ask a saved search again, or let go of it."""
    saved = found(queries.saved_search, request.reader, number)
    if request.POST.get("drop") == "yes":
        actions.drop_search(request.reader, saved)
        messages.success(request, _("The search is no longer kept."))
        return redirect("search")
    return redirect("searched", token=_remember(request, Wanted.read(saved.wanted)))


def _shown(request, form, **facts):
    saved = list(queries.saved_searches(request.reader))
    for one in saved:
        one.is_mine = one.user.get_username() == request.reader.name
    context = {"form": form, "saved": saved, "teams": queries.my_teams(request.reader)}
    return render(request, "web/casebook/search.html", context | facts)


def _section(kind, rows, most):
    """Rows of one kind, without the one that only says that there are more."""
    if kind not in rows:
        return None
    shown = rows[kind][:most]
    older = shown[-1].pk if len(rows[kind]) > most else None
    if kind == "people":
        known = {person.pk for person in shown}
        shown += [person for person in rows.get("named", ()) if person.pk not in known]
    if kind == "interviews":
        with_state_words(shown)
    if kind == "acts":
        shown = [act_of(act) for act in shown]
    return {"kind": kind, "title": KINDS[kind], "rows": shown, "older": older}


def _add_passages(request, wanted, sections):
    for section in sections:
        if section["kind"] == "interviews" and may(request.reader, Right.WORDS):
            numbers = [interview.pk for interview in section["rows"]]
            read = actions.read_passages(request.reader, wanted, numbers)
            for interview in section["rows"]:
                interview.passages = read.get(interview.pk, [])


def _other_spellings(wanted):
    return [name for term in wanted.terms for name in term.spellings[1:]]


def _remember(request, wanted):
    token = secrets.token_hex(6)
    kept = dict(list(request.session.get("searches", {}).items())[1 - _KEPT :])
    request.session["searches"] = kept | {token: wanted.said()}
    return token


def _recalled(request, token):
    said = request.session.get("searches", {}).get(token)
    return Wanted.read(said) if said else None
