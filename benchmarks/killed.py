"""The server is killed (SIGKILL) in the middle of many saves, again and again.

    python benchmarks/killed.py [--times 20] [--saves 50] [--database postgres://...] [--page]

Each save is a whole new interview: a person, a name, a consent, an interview, their history and
audit. After each kill the server is started again; every save that was answered must be there
whole, none may be there in part, and the audit must verify. Those that got no answer are sent
again as a browser would, with the same token: in the end each save is there exactly once.
"""

from __future__ import annotations

import argparse
import http.client
import random
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from casebook_page import today, write_table
from visitor import (
    Served,
    Visitor,
    colleagues_who_signed_in,
    environment_of,
    form_with,
    in_records,
)

_WORDS = "Fictional words about a fictional street, number {}."
_THERE = """
from bearwitness.records.models import Interview, Consent, Person
rows = Interview.objects.filter(text__startswith="Fictional words about a fictional street")
texts = list(rows.values_list("text", flat=True))
people = Person.objects.filter(records__source__kind="own-list", names__text__startswith="가상")
parts = {"people": people.count(), "consents": Consent.objects.filter(asked_by="Visitor").count()}
from bearwitness.records.audit import verify_audit
from bearwitness.records.history import verify_history
verify_history()
print(json.dumps({"texts": texts, "entries": verify_audit(), **parts}))
"""


@dataclass(kw_only=True)
class Killed:
    """What came of it, over all kills."""

    times: int = 0
    saves: int = 0
    answered: int = 0  # before the kill
    written_unanswered: int = 0  # written, but the answer was lost with the server
    entries: int = 0

    @property
    def line(self) -> str:
        return (
            f"{self.times} kills, {self.saves} saves: {self.answered} answered before the kill and "
            f"all there, {self.written_unanswered} written though the answer was lost, the rest "
            f"sent again; each there once, {self.entries:,} audit entries verify"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--saves", type=int, default=50, help="at once")
    parser.add_argument("--database", default="", help="a URL of an empty one; SQLite if absent")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environment = environment_of(Path(home), asked.database)
        found = kill_in_the_middle(environment, asked.times, asked.saves)
    print(found.line)
    if asked.page:
        name = "killed-postgresql" if asked.database else "killed-sqlite"
        write_table(name, f"{today()}: {found.line}.")


def kill_in_the_middle(environment: dict[str, str], times: int, saves: int) -> Killed:
    """Raises AssertionError for a save that is lost, there in part, or there twice."""
    server = Served(environment)
    try:
        visitors = colleagues_who_signed_in(environment, server, saves)
        return _Rounds(environment, server, visitors).run(times)
    finally:
        server.kill()


class _Rounds:
    def __init__(self, environment, server: Served, visitors: list[Visitor]) -> None:
        self.environment, self.server, self.visitors = environment, server, visitors
        self.moments = random.Random(20261125)
        self.found, self.known, self.whole = Killed(), set(), 1.0

    def run(self, times: int) -> Killed:
        began = time.monotonic()
        self._save_all([self._form(v, n) for n, v in enumerate(self.visitors)])
        self.whole = time.monotonic() - began  # how long one round takes without a kill
        self.known = self._check(self._texts(range(len(self.visitors))))
        for _ in range(times):
            self._round()
        self.found.times = times
        return self.found

    def _round(self) -> None:
        first = len(self.known)
        numbers = range(first, first + len(self.visitors))
        sent = [self._form(v, n) for n, v in zip(numbers, self.visitors, strict=True)]
        timer = threading.Timer(self.moments.uniform(0.1, 0.9) * self.whole, self.server.kill)
        timer.start()
        answered = self._save_all(sent)
        timer.join()
        self.server.start()
        for visitor in self.visitors:
            visitor.visit(self.server.port)
        wanted = {_WORDS.format(n) for n, yes in zip(numbers, answered, strict=True) if yes}
        there = self._check(self.known | wanted) - self.known
        again = [s for s, yes in zip(sent, answered, strict=True) if not yes]
        assert all(self._save_all(again)), "a save that was sent again was refused"
        self.known = self._check(self.known | self._texts(numbers))
        self.found.saves += len(sent)
        self.found.answered += len(wanted)
        self.found.written_unanswered += len(there - wanted)

    def _texts(self, numbers) -> set[str]:
        return {_WORDS.format(n) for n in numbers}

    def _check(self, wanted: set[str]) -> set[str]:
        """All that is wanted is there, nothing in part or twice, and the audit verifies."""
        stored = in_records(self.environment, _THERE)
        texts = stored["texts"]
        lost = wanted - set(texts)
        assert not lost, f"{len(lost)} saves that were answered are lost"
        assert len(texts) == len(set(texts)), "a save is there twice"
        assert stored["people"] == stored["consents"] == len(texts), "a save is there in part"
        self.found.entries = stored["entries"]
        return set(texts)

    def _form(self, visitor: Visitor, number: int) -> tuple[Visitor, dict]:
        """The first screen of an interview, filled in and not sent yet."""
        fields = form_with(visitor.get("/interviews/add/").text, "told-text").fields
        told = {"told-text": _WORDS.format(number), "told-held_on": "2026", "told-language": "ko"}
        told |= {"told-interviewer": "Visitor", "person-name": "가상하나"}
        told |= {"consent-uses": ["record"], "consent-asked_by": "Visitor"}
        return visitor, fields | told

    def _save_all(self, sent: list[tuple[Visitor, dict]]) -> list[bool]:
        """Send all at once; give which of them were answered as saved."""
        if not sent:
            return []
        with ThreadPoolExecutor(len(sent)) as pool:
            return list(pool.map(lambda one: _save(*one), sent))


def _save(visitor: Visitor, fields: dict) -> bool:
    try:
        page = visitor.post("/interviews/add/", fields)
    except (OSError, http.client.HTTPException):
        return False
    assert page.status == 302, f"a save was answered with {page.status}"
    return True


if __name__ == "__main__":
    main()
