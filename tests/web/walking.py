"""Every page and every form, from the URL conf: a new one is walked without being named here."""

from __future__ import annotations

import re
from contextlib import contextmanager
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import resolve, reverse
from tests.cast import account
from tests.web.test_pages import NAMES, address, body

from bearwitness.casebook.rights import Role
from bearwitness.pipeline import init_study

# They sign whoever walks out, or change the language of what is read.
ENDS = {"leave", "logout", "language", "login"}
TABLE = "a,b,c,people\n1,0,0,61\n0,1,0,47\n0,0,1,52\n1,1,0,24\n1,0,1,27\n0,1,1,22\n1,1,1,13\n"
WHAT_A_BROWSER_WRITES = {"text", "search", "url", "email", "password", "hidden", "date", "number"}


def pages(person):
    """Name and address of every page there is."""
    return {name: address(name, person) for name in NAMES}


def make_study(settings, folder):
    (folder / "table.csv").write_text(TABLE)
    init_study(settings.BEARWITNESS_STUDIES / "small", [folder / "table.csv"], title="Invented")


class Form:
    """A form as a browser would send it: where to, and the fields with what stands in them."""

    def __init__(self, page, attributes):
        self.action = attributes.get("action") or urlsplit(page).path
        self.method = attributes.get("method", "get").lower()
        self.fields, self.typed, self.files, self.hidden = {}, [], [], []

    @property
    def name(self):
        return resolve(urlsplit(self.action).path).url_name

    def filled(self, value):
        return self.fields | dict.fromkeys(self.typed, value)

    def __repr__(self):
        return f"{self.method} {self.action} {sorted(self.fields)}"


class Page(HTMLParser):
    """What a browser would make of a page: its forms, its links, and what would run or be asked."""

    def __init__(self, url, text):
        super().__init__()
        self.url, self.forms, self.links, self.faults, self.text = url, [], [], [], ""
        self.invalid = set()
        self._form = self._select = self._inside = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self._judge(tag, given)
        self._inside = tag
        if tag == "form":
            self._form = Form(self.url, given)
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif self._form is not None:
            self._field(tag, given)

    handle_startendtag = handle_starttag

    def _field(self, tag, given):
        form, name = self._form, given.get("name")
        if tag == "option" and self._select and given.get("value"):
            form.fields[self._select] = form.fields.get(self._select) or given["value"]
        if not name:
            return
        kind = given.get("type", "text") if tag == "input" else tag
        if given.get("aria-invalid") == "true":
            self.invalid.add(name)
        if "data-said-date" in given:
            form.fields[name] = given.get("value") or "spring 2014"
            return
        self._select = name if tag == "select" else self._select
        if kind == "file":
            form.files.append(name)
        elif kind in ("checkbox", "radio") or tag in ("select", "button"):
            form.fields.setdefault(name, given.get("value", "on" if tag == "input" else ""))
        elif kind in ("date", "number") or name in ("csrfmiddlewaretoken", "draft_token", "seen"):
            form.fields[name] = given.get("value") or ("2026-01-31" if kind == "date" else "1")
        elif kind in WHAT_A_BROWSER_WRITES or tag == "textarea":
            form.fields[name] = given.get("value", "")
            (form.hidden if kind == "hidden" else form.typed).append(name)

    def handle_endtag(self, tag):
        self._form = None if tag == "form" else self._form
        self._select = None if tag == "select" else self._select
        self._inside = None if tag == self._inside else self._inside

    def handle_data(self, data):
        if self._inside in ("script", "style") and data.strip():
            self.faults.append(f"an inline {self._inside}")
        self.text += data

    def _judge(self, tag, given):
        if tag in ("iframe", "object", "embed", "base", "applet", "frame", "marquee", "math"):
            self.faults.append(f"a <{tag}>")
        if tag == "meta" and "http-equiv" in given:
            self.faults.append("a meta that does what a header does")
        for name, value in given.items():
            if name.startswith("on") or name in ("style", "srcdoc", "ping"):
                self.faults.append(f"<{tag} {name}>")
            if name in ("href", "src", "action", "formaction", "poster", "data", "xlink:href"):
                self._judge_address(tag, value)

    def _judge_address(self, tag, value):
        here = re.match(r"[/?#](?![/\\])|$|data:,$", value)
        if tag == "img" and re.match(r"data:image/(png|svg\+xml);base64,", value):
            return  # a picture of ours in the page: a browser runs nothing in an <img>
        bare = re.fullmatch(r"[\w.][\w./?=&%-]*", value)
        if not here and not bare:
            self.faults.append(f"<{tag}> leads to {value[:60]}")


def faults_of(name, response):
    """What is wrong with a response, whatever it is: in its headers, and in its page."""
    policy = response.headers.get("Content-Security-Policy", "")
    found = []
    if not policy.startswith("default-src 'none'") or "frame-ancestors 'none'" not in policy:
        found.append("no policy, or a weak one")
    if "unsafe" in policy and name != "report":
        found.append("a policy with an exception")
    if "unsafe" in policy.split("script-src")[-1] and "script-src" in policy:
        found.append("scripts can stand in the page")
    if re.search(r"https?:|\*", policy):
        found.append("a policy that names another host")
    told = response.headers
    wanted = {"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"}
    wanted |= {"Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    wanted |= {"Cross-Origin-Opener-Policy": "same-origin"}
    found += [f"{key}: {told.get(key)}" for key, value in wanted.items() if told.get(key) != value]
    if "Access-Control-Allow-Origin" in told:
        found.append("another site may read it")
    target = told.get("Location", "/")
    if re.match(r"[/\\]{2}|[a-z][a-z0-9+.-]*:", target, re.I):
        found.append(f"it leads to {target[:60]}")
    is_page = told.get("Content-Type", "").startswith("text/html") and name != "report"
    if is_page and not response.streaming:
        found += Page("/", body(response)).faults
    return [f"{name}: {fault}" for fault in found]


def everything_behind(client, person, *, walked=()):
    """Every page, and what stands behind the buttons that show words or names, as responses."""
    for name, url in pages(person).items():
        if name in {*ENDS, *walked}:
            continue
        yield name, url, client.get(url)
        if name in ("person", "act", "interview", "edit-interview", "source", "history"):
            yield name, url, client.post(url, {"open": "yes"})
    yield "show-names", "", client.post(reverse("show-names", args=[person.code_name]))


def forms_on(client, person):
    """Every form on every page, and on the pages behind buttons; each address and shape once."""
    known = set()
    for _, url, response in everything_behind(client, person):
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            continue
        for form in Page(url, body(response)).forms:
            key = (form.action, form.method, frozenset(form.fields), tuple(form.files))
            if key not in known and form.name not in ENDS:
                known.add(key)
                yield form


@contextmanager
def put_back(client, person):
    """What is sent in here stays, unless it ends the walk: an account, a role, the person."""
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        person.refresh_from_db()
        if person.erased_at or not still_signed_in(client) or not person.interviews.exists():
            transaction.savepoint_rollback(point)
            person.refresh_from_db()
            client.force_login(account("alice", *Role))
        else:
            transaction.savepoint_commit(point)


def still_signed_in(client):
    return client.get(reverse("people")).status_code == 200
