"""Fifty people at work at the same time, for five minutes, on `bearwitness serve`.

    python benchmarks/crowd.py [--people 50] [--seconds 300] [--casebook 1500]
                               [--database postgres://...] [--page]

Each reads lists, people, their way, interviews and their words; writes new interviews down; codes
acts; comments; and corrects interviews that all of them correct at the same time. A correction adds
a line to what was there: if one is lost, a line is missing. Who was overtaken (409) opens it again
and saves again. At the end every save that was answered is looked for, and the audit is verified.

Nobody waits longer than they would at a desk: seconds between two requests are drawn between
`--pause` and three times that.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from casebook_page import today, write_table
from visitor import (
    Served,
    Visitor,
    colleagues_who_signed_in,
    environment_of,
    form_with,
    in_records,
    verify,
)

SHARED = 6  # interviews of each team that everybody in it corrects

_BEGIN = """
from bearwitness.casebook.rights import LOCAL
from bearwitness.records.filling import fill_with_fiction
from bearwitness.records.models import Interview, Person
fill_with_fiction(LOCAL, int(sys.argv[1]))
found = {}
for n, team in enumerate(["Heron", "Plum"]):
    told = Interview.objects.filter(person__team__name=team).order_by("pk")
    drafts = list(told.filter(state__in=["draft", "sent-back"]).values_list("pk", flat=True))
    people = Person.objects.filter(team__name=team).order_by("pk")
    found[n] = {"shared": drafts[:int(sys.argv[2])]}
    found[n]["told"] = list(told.values_list("pk", flat=True))
    found[n]["people"] = list(people.values_list("code_name", flat=True))
print(json.dumps(found))
"""

_CHECK = """
from bearwitness.records.models import Comment, Evidence, Interview
saved = json.load(open(sys.argv[1], encoding="utf-8"))
texts = dict(Interview.objects.values_list("pk", "text"))
corrected = [m for n, m in saved["corrected"] if texts[n].splitlines().count(m) != 1]
new = list(texts.values())
written = [m for m in saved["written"] if new.count(m) != 1]
said = list(Comment.objects.values_list("text", flat=True))
comments = [m for m in saved["comments"] if said.count(m) != 1]
acts = len(saved["acts"]) - Evidence.objects.filter(act__outcome__startswith="by visitor-").count()
print(json.dumps({"corrected": corrected, "written": written, "comments": comments, "acts": acts}))
"""


@dataclass(kw_only=True)
class Crowd:
    """What came of it. Seconds by kind of request; saves that were answered, by kind."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    saved: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    overtaken: int = 0
    errors: list[str] = field(default_factory=list)
    lost: int = 0
    entries: int = 0
    lasted: float = 0.0
    processor: float = 0.0  # seconds that the server used

    @property
    def table(self) -> str:
        rows = ["| request | how many | p50, ms | p95, ms |", "| --- | --- | --- | --- |"]
        everything = [s for all_of_one in self.seconds.values() for s in all_of_one]
        for what, taken in [*sorted(self.seconds.items()), ("all", everything)]:
            p50, p95 = statistics.median(taken), _p95(taken)
            rows.append(f"| {what} | {len(taken):,} | {1000 * p50:,.0f} | {1000 * p95:,.0f} |")
        return "\n".join(rows)

    @property
    def line(self) -> str:
        asked = sum(map(len, self.seconds.values()))
        saves = sum(map(len, self.saved.values()))
        return (
            f"{asked:,} requests in {self.lasted:.0f} s, {len(self.errors)} errors; {saves:,} "
            f"saves answered, {self.lost} lost; {self.overtaken} were overtaken, told so, and "
            f"saved again; {self.entries:,} audit entries verify; the server "
            f"used {1000 * self.processor / asked:.0f} ms of processor time for each request"
        )


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--pause", type=float, default=5.0)
    parser.add_argument("--casebook", type=int, default=1500)
    parser.add_argument("--database", default="", help="a URL of an empty one; SQLite if absent")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environment = environment_of(Path(home), asked.database)
        found = at_work(environment, asked.people, asked.seconds, asked.pause, asked.casebook)
    print(found.table, found.line, sep="\n")
    for error, times in Counter(found.errors).most_common(5):
        print(times, error)
    if asked.page:
        name = "crowd-postgresql" if asked.database else "crowd-sqlite"
        when = f"{asked.people} people, {today(asked.casebook)}: {found.line}."
        write_table(name, f"{found.table}\n\n{when}")


def at_work(
    environment: dict[str, str], people: int, seconds: float, pause: float, casebook: int
) -> Crowd:
    places = in_records(environment, _BEGIN, str(casebook), str(SHARED))
    server = Served(environment)
    try:
        visitors = colleagues_who_signed_in(environment, server, people)
        for visitor in visitors:
            visitor.times.clear()
        crowd, lock = Crowd(), threading.Lock()
        used, began = server.processor_time(), time.monotonic()
        workers = [
            _Worker(visitor, places[str(number % 2)], crowd, lock, pause)
            for number, visitor in enumerate(visitors)
        ]
        with ThreadPoolExecutor(people) as pool:
            list(pool.map(lambda worker: worker.work(began + seconds), workers))
        crowd.lasted = time.monotonic() - began
        crowd.processor = server.processor_time() - used
    finally:
        server.kill()
    for visitor in visitors:
        for what, taken in visitor.times:
            crowd.seconds[what].append(taken)
    _look_for(environment, crowd)
    return crowd


def _look_for(environment: dict[str, str], crowd: Crowd) -> None:
    path = Path(environment["BEARWITNESS_HOME"]) / "saved.json"
    saved = {kind: crowd.saved[kind] for kind in ("corrected", "written", "comments", "acts")}
    path.write_text(json.dumps(saved), encoding="utf-8")
    missing = in_records(environment, _CHECK, str(path))
    crowd.lost = sum(len(m) for m in missing.values() if isinstance(m, list))
    crowd.lost += abs(missing["acts"])
    crowd.entries = verify(environment)[0]


class _Worker:
    """One of them: does one thing after another until the time is over."""

    def __init__(
        self, visitor: Visitor, places: dict[str, list], crowd: Crowd, lock: Any, pause: float
    ) -> None:
        self.visitor, self.places, self.crowd, self.lock = visitor, places, crowd, lock
        self.pause, self.dice, self.number = pause, random.Random(visitor.name), 0
        self.ways: list[tuple[Callable[[], None], int]] = [
            (self.read_lists, 30), (self.read_person, 30), (self.read_interview, 12),
            (self.correct, 12), (self.write_down, 6), (self.code, 5), (self.comment, 5),
        ]  # fmt: skip

    def work(self, until: float) -> None:
        ways, weights = zip(*self.ways, strict=True)
        while time.monotonic() < until:
            self.number += 1
            try:
                self.dice.choices(ways, weights)[0]()
            except Exception as error:  # noqa: BLE001 - counted and told: one is one too many
                with self.lock:
                    self.crowd.errors.append(f"{type(error).__name__}: {error}"[:200])

    def wait(self) -> None:
        time.sleep(self.dice.uniform(self.pause, 3 * self.pause))

    def see(self, path: str, what: str) -> str:
        self.wait()
        page = self.visitor.get(path, what)
        assert page.status == 200, f"{what}: {page.status}"
        return page.text

    def send(self, path: str, fields: dict, what: str, *, expect: tuple[int, ...] = (302,)) -> Any:
        self.wait()
        page = self.visitor.post(path, self.visitor.token | fields, what)
        assert page.status in expect, f"{what}: {page.status}"
        return page

    def keep(self, kind: str, fact: Any) -> None:
        with self.lock:
            self.crowd.saved[kind].append(fact)

    @property
    def marker(self) -> str:
        return f"Fictional line {self.number} of {self.visitor.name}."

    def read_lists(self) -> None:
        for path in self.dice.sample(["", "people/", "interviews/", "acts/", "events/"], 2):
            self.see(f"/{path}", "read a list" if path else "read the first page")

    def read_person(self) -> None:
        code = self.dice.choice(self.places["people"])
        self.see(f"/people/{code}/", "read a person")
        self.see(f"/people/{code}/way/", "read a person's way")

    def read_interview(self) -> None:
        number = self.dice.choice(self.places["told"])
        self.see(f"/interviews/{number}/", "read an interview")
        self.send(f"/interviews/{number}/", {}, "read its words", expect=(200,))

    def correct(self) -> None:
        """Add a line to an interview that the whole team works on; again, if overtaken."""
        number, line = self.dice.choice(self.places["shared"]), self.marker
        path = f"/interviews/{number}/edit/"
        for _ in range(20):
            page = self.send(path, {"open": "yes"}, "open a correction", expect=(200,))
            form = form_with(page.text, "seen")
            text = unescape(form.fields["text"][0])
            form.fields["text"] = [f"{text}\n{line}"]
            fields = {**form.fields, "why": ["a fictional correction"]}
            page = self.send(path, fields, "save a correction", expect=(302, 409))
            if page.status == 302:
                self.keep("corrected", (number, line))
                return
            with self.lock:
                self.crowd.overtaken += 1
        raise AssertionError("overtaken twenty times")

    def write_down(self) -> None:
        form = form_with(self.see("/interviews/add/", "begin an interview"), "told-text")
        told = {"told-text": self.marker, "told-held_on": "2026", "told-language": "ko"}
        told |= {"told-interviewer": self.visitor.name, "person-name": "가상하나"}
        told |= {"consent-uses": ["record"], "consent-asked_by": self.visitor.name}
        # The first answer may be that somebody of this name is known: a second click says not.
        fields = {**form.fields, **told, "another": ["yes"]}
        self.send("/interviews/add/", fields, "save an interview")
        self.keep("written", self.marker)

    def code(self) -> None:
        """An act from the opening words of an interview: they stand in it once."""
        number = self.dice.choice(self.places["shared"])
        path = f"/interviews/{number}/"
        words = self.send(path, {}, "read its words", expect=(200,))
        form = form_with(words.text, "quote")
        said = {"quote": [_first_sentence(words.text)], "term": ["trajectory/moved"]}
        said |= {"outcome": [f"by {self.visitor.name}, {self.number}"]}
        self.send(f"{path}code/", form.fields | said, "code an act")
        self.keep("acts", self.marker)

    def comment(self) -> None:
        number = self.dice.choice(self.places["told"])
        self.send(f"/interviews/{number}/comment/", {"text": self.marker}, "comment")
        self.keep("comments", self.marker)


def _first_sentence(html: str) -> str:
    """The first numbered sentence of an interview's words, as the page shows them."""
    shown = html.split('id="words"', 1)[1].split("</div>", 1)[0].split(">", 1)[1]
    text = unescape(re.sub(r"</?mark[^>]*>", "", shown))
    return next(line for line in text.splitlines() if line.startswith("1. "))


if __name__ == "__main__":
    main()
