"""Somebody at a browser, without the browser: signs in, reads pages, fills their forms and sends
them. And the server that they visit, as `bearwitness serve` starts it.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
_IDLE = 30  # seconds, after which a kept connection is not used again
_PATIENCE = 120  # seconds: a shared machine can be slow, and a lost answer is an error


@dataclass
class Page:
    """An answer: its status, where it leads, and its text."""

    status: int
    leads_to: str
    text: str


@dataclass
class Form:
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class Visitor:
    """One person with their cookies. Keeps a connection open, as browsers do."""

    def __init__(self, port: int, name: str) -> None:
        self.name, self.cookies = name, SimpleCookie()
        self.times: list[tuple[str, float]] = []  # what was asked for, and seconds
        self.visit(port)

    def visit(self, port: int) -> None:
        self.last = time.perf_counter()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def get(self, path: str, what: str = "") -> Page:
        return self._ask("GET", path, None, what)

    def post(self, path: str, fields: Mapping[str, Any], what: str = "") -> Page:
        return self._ask("POST", path, urlencode(fields, doseq=True), what)

    def sign_in(self, password: str) -> None:
        form = form_with(self.get("/login/").text, "password")
        sent = form.fields | {"username": [self.name], "password": [password]}
        page = self.post("/login/", sent)
        assert page.status == 302, f"signing in gave {page.status}"

    @property
    def token(self) -> dict[str, str]:
        """What a form sends to show that it comes from our own page."""
        return {"csrfmiddlewaretoken": self.cookies["csrftoken"].value}

    def _ask(self, method: str, path: str, body: str | None, what: str) -> Page:
        cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in self.cookies.items())
        headers = {"Cookie": cookies}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        if began - self.last > _IDLE:
            self.connection.close()  # the server closes it soon; the next request opens another
        self.last = began
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        self.times.append((what or path, time.perf_counter() - began))
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        return Page(answer.status, answer.headers.get("Location", ""), text)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: tuple[str, list[str]] | None = None  # of the textarea that is open
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name, value = facts.get("name") or "", facts.get("value") or ""
        if tag == "form":
            self.forms.append(Form(action=facts.get("action") or ""))
        if not self.forms:
            return
        fields = self.forms[-1].fields
        if tag == "input" and name:
            chosen = facts.get("type") not in ("checkbox", "radio") or "checked" in facts
            fields.setdefault(name, []).extend([value] if chosen else [])
        if tag == "textarea":
            self.text = (name, [])
        if tag == "select":
            self.select = name
        if tag == "option" and self.select and ("selected" in facts or self.select not in fields):
            fields[self.select] = [value]

    def handle_data(self, data: str) -> None:
        if self.text:
            self.text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.text:
            name, parts = self.text
            # HTML drops the line end right after the tag.
            self.forms[-1].fields[name] = ["".join(parts).removeprefix("\n")]
            self.text = None
        if tag == "select":
            self.select = ""


def form_with(html: str, name: str) -> Form:
    """The form of a page that has a field of this name, as the page fills it."""
    parser = _Forms()
    parser.feed(html)
    return next(form for form in parser.forms if name in form.fields)


class Served:
    """`bearwitness serve` in a process of its own, on a port that is free."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.port = 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "bearwitness", "serve", "--port", str(self.port)]
        log = Path(self.environment["BEARWITNESS_HOME"]) / "server.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(found[1])
                return
        raise RuntimeError(f"the server did not start: see {log}")

    def kill(self) -> None:
        """As when the power goes: SIGKILL."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def processor_time(self) -> float:
        """Seconds that the server's process has used so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def environment_of(home: Path, database: str = "") -> dict[str, str]:
    """A home and a database of their own; `database` is a URL, empty for SQLite in the home."""
    facts = {"BEARWITNESS_HOME": str(home), "BEARWITNESS_DATABASE_URL": database or "sqlite:"}
    facts |= {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "benchmarks")])}
    return os.environ | facts | {"BEARWITNESS_USER": "admin", "BEARWITNESS_PASSWORD": "x" * 16}


def in_records(environment: Mapping[str, str], program: str, *arguments: str) -> Any:
    """Run a few lines against the records, in a process of their own; give the JSON they print."""
    begin = "import json, sys\nfrom bearwitness.web.server import setup\nsetup()\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + program, *arguments],
        env=dict(environment), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


_COLLEAGUES = """
from bearwitness.casebook.rights import LOCAL, Role
from bearwitness.records import actions
from bearwitness.records.models import Team
from bearwitness.records.signing_in import settings_of
number, made = int(sys.argv[1]), []
known = {team.name: team for team in Team.objects.all()}
teams = [(known.get(name) or actions.add_team(LOCAL, name)).pk for name in ("Heron", "Plum")]
for n in range(number):
    facts = {"teams": [teams[n % 2]], "roles": [Role.DOCUMENTER]}
    user, password = actions.add_account(LOCAL, name=f"visitor-{n}", **facts)
    kept = settings_of(user)
    kept.password_given = False  # as if they had chosen their own when they first came in
    kept.save()
    made.append([user.username, password])
print(json.dumps(made))
"""


def add_colleagues(environment: Mapping[str, str], number: int) -> list[tuple[str, str]]:
    """New accounts in two teams, all documenters: their names and passwords."""
    return [(name, word) for name, word in in_records(environment, _COLLEAGUES, str(number))]


def colleagues_who_signed_in(
    environment: Mapping[str, str], server: Served, number: int
) -> list[Visitor]:
    known = add_colleagues(environment, number)
    visitors = [Visitor(server.port, name) for name, _ in known]
    for visitor, (_, password) in zip(visitors, known, strict=True):
        visitor.sign_in(password)
    return visitors


_VERIFY = """
from bearwitness.records.audit import verify_audit
from bearwitness.records.history import verify_history
print(json.dumps([verify_audit(), verify_history()]))
"""


def verify(environment: Mapping[str, str]) -> list[int]:
    """Entries and versions, where all are as they were written; fails where they are not."""
    return in_records(environment, _VERIFY)
