"""What each page of the casebook costs the server, with a hundredth and with all of a big casebook.

    python benchmarks/pages.py [--people 150000] [--databases sqlite postgresql] [--page]

Makes the casebooks with `bearwitness fill` where they are not there yet, in --scratch and in
PostgreSQL databases of their own. Milliseconds are of one worker in this process, from the request
to the last byte of the answer: by the clock, and of the processor (without what PostgreSQL needs
in processes of its own). Each page is asked for with rows drawn at random, by three readers: of a
big team, of a team whose few rows are all old, and of every team; the slowest of the three counts.
With --page the table in docs/explanation/speed-of-the-casebook.md is written anew.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook_page import today, write_table

SERVER = os.environ.get("BEARWITNESS_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432")
# Milliseconds at the ninety-fifth percentile; of search pages, and of all others.
SEARCH_TARGET, TARGET = 100, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=150_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--scratch", type=Path, default=Path("/tmp/bearwitness-pages"))  # noqa: S108
    parser.add_argument("--rounds", type=int, default=40, help="of each page and reader")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.rounds)))
        return
    found = {
        (database, people): _in_process(asked, database, people)
        for database in asked.databases
        for people in (asked.people // 100, asked.people)
    }
    table = "\n".join(_table(asked, found))
    print(table)
    if asked.page:
        write_table("pages", table)
        write_table("pages-when", today(asked.people))


def _in_process(asked: argparse.Namespace, database: str, people: int) -> dict[str, Any]:
    """Django has one default database, chosen at its start: each is measured in its own process."""
    home = asked.scratch / f"{database}-{people}"
    environment = os.environ | {"BEARWITNESS_HOME": str(home)}
    if database == "postgresql":
        name = f"bearwitness_pages_{people}"
        environment["BEARWITNESS_DATABASE_URL"] = f"{SERVER}/{name}"
        _make_database(name)
    if not (home / "filled").exists():
        command = [sys.executable, "-m", "bearwitness", "fill", "--people", str(people)]
        began = time.perf_counter()
        subprocess.run(command, env=environment, check=True)
        (home / "filled").write_text(f"{time.perf_counter() - began:.0f}", encoding="utf-8")
    command = [sys.executable, __file__, "--measure", "--rounds", str(asked.rounds)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    result = json.loads(done.stdout)
    _show(f"{database}, {people:,} people", result)
    return result


def _make_database(name: str) -> None:
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]


def _show(title: str, result: dict[str, Any]) -> None:
    print(f"{title}\n{'page':28}{'queries':>8}{'p50':>8}{'p95':>8}{'cpu p50':>8}{'cpu p95':>8}",
          file=sys.stderr)  # fmt: skip
    for page, row in result.items():
        print(f"{page:28}{row['queries']:8}{row['p50']:8.1f}{row['p95']:8.1f}"
              f"{row['cpu50']:8.1f}{row['cpu95']:8.1f}  {row['slowest']}",
              file=sys.stderr, flush=True)  # fmt: skip


def _table(asked: argparse.Namespace, found: dict[tuple[str, int], dict[str, Any]]) -> list[str]:
    small, big = asked.people // 100, asked.people
    heads = [f"{name}: p50, p95 ms | queries, 1 % and 100 %" for name in asked.databases]
    lines = ["| page | target p95 | " + " | ".join(heads) + " |"]
    lines += ["| --- " * (2 + 2 * len(heads)) + "|"]
    for page in found[asked.databases[0], big]:
        cells = [page, str(target(page))]
        for database in asked.databases:
            row, few = found[database, big][page], found[database, small][page]
            cells += [
                f"{row['cpu50']:.0f}, {row['cpu95']:.0f}",
                f"{few['queries']}, {row['queries']}",
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def target(page: str) -> int:
    return SEARCH_TARGET if page.startswith(("search", "find")) else TARGET


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, drawn at random each time."""

    page: str
    url: Callable[[], str]
    sent: Callable[[], dict[str, str]] | None = None  # of a POST


def measure(rounds: int) -> dict[str, Any]:
    """Milliseconds and queries of each page: of the reader for whom it is slowest."""
    from bearwitness.web.server import setup

    setup()
    worst: dict[str, Any] = {}
    for who, client, pages in _readers():
        for asked in pages:
            row = _time(client, asked, rounds) | {"slowest": who}
            known = worst.setdefault(asked.page, row)
            queries = max(known["queries"], row["queries"])
            worst[asked.page] = max(known, row, key=lambda r: r["cpu95"]) | {"queries": queries}
    return worst


def _time(client: Any, asked: Asked, rounds: int) -> dict[str, float]:
    wall, cpu = [], []
    for _ in range(rounds):
        url, sent = asked.url(), asked.sent() if asked.sent else None
        began, began_cpu = time.perf_counter(), _processor_time()
        _ask(client, url, sent)
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (_processor_time() - began_cpu))
    # The first request fills what the process remembers, which a served app has done long since.
    return {"queries": _queries(client, asked), **_percentiles(wall[1:], "p"),
            **_percentiles(cpu[1:], "cpu")}  # fmt: skip


def _processor_time() -> float:
    """Seconds of this process, and of the process of PostgreSQL that answers it."""
    from django.db import connection

    mine = time.process_time()
    if connection.vendor != "postgresql" or connection.connection is None:
        return mine
    backend = connection.connection.info.backend_pid
    spent = Path(f"/proc/{backend}/schedstat").read_text("ascii").split()[0]
    return mine + int(spent) / 1e9


def _percentiles(values: list[float], name: str) -> dict[str, float]:
    cut = statistics.quantiles(values, n=20, method="inclusive")
    return {f"{name}50": statistics.median(values), f"{name}95": cut[18]}


def _queries(client: Any, asked: Asked) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    most = 0
    for _ in range(5):
        url, sent = asked.url(), asked.sent() if asked.sent else None
        with CaptureQueriesContext(connection) as captured:
            _ask(client, url, sent)
        most = max(most, len(captured))
    return most


def _ask(client: Any, url: str, sent: dict[str, str] | None) -> None:
    response = client.get(url) if sent is None else client.post(url, sent)
    assert response.status_code == 200, (url, response.status_code)


def _readers() -> Iterator[tuple[str, Any, list[Asked]]]:
    from bearwitness.casebook.rights import Role
    from bearwitness.demo.recorded import TEAMS, staff_of
    from bearwitness.records.models import Team

    every = {team.name: team.pk for team in Team.objects.filter(name__in=TEAMS)}
    work = (Role.DOCUMENTER, Role.CODER)
    yield "big team", *_reader(staff_of(0)[0], [every["Plum"]], work)
    yield "small old team", *_reader(staff_of(9)[0], [every["Reed"]], work)
    yield "every team", *_reader("everywhere", list(every.values()), (*work, Role.AUDITOR))


def _reader(name: str, teams: list[int], roles: tuple[Any, ...]) -> tuple[Any, list[Asked]]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from bearwitness.casebook.rights import LOCAL, Role
    from bearwitness.records import actions
    from bearwitness.records.access import reader_of
    from bearwitness.records.invented import NEVER
    from bearwitness.records.models import AccountSettings

    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        user, _ = actions.add_account(LOCAL, name=name, teams=teams, roles=roles)
    # As somebody who chose their password and set their second factor up.
    settled = {"password_given": False, "second_factor_by": NEVER}
    AccountSettings.objects.filter(user=user).update(**settled)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client, _pages(reader_of(user), audits=Role.AUDITOR in roles)


def _pages(reader: Any, *, audits: bool) -> list[Asked]:
    from django.urls import reverse

    from bearwitness.records.models import (
        Act,
        Event,
        Interview,
        Person,
        PersonName,
        Source,
    )

    dice = random.Random(reader.name)

    def some(model: Any, field: str, to: str = "", **facts: Any) -> list[Any]:
        """Of rows that the reader may change, some drawn at random."""
        rows = model.objects.filter(**{f"{to}team__in": reader.teams}, **facts)
        return dice.sample(
            list(rows.values_list(field, flat=True)[:200_000]), k=min(400, rows.count())
        )

    def page(name: str, view: str, numbers: list[Any], *before: Any, **post: Any) -> Asked:
        sent = (lambda: post) if post else None
        url = lambda: reverse(view, args=[*before, dice.choice(numbers)])  # noqa: E731
        return Asked(page=name, url=url, sent=sent)

    def plain(name: str, view: str, *, query: str = "") -> Asked:
        return Asked(page=name, url=lambda: reverse(view) + query)

    mine = {"to": "person__"}
    codes, people = some(Person, "code_name"), some(Person, "pk")
    interviews = some(Interview, "pk", **mine)
    drafts = some(Interview, "pk", **mine, state="draft")
    names = some(PersonName, "text", **mine)
    found = [
        plain("home and queue", "start"),
        plain("people, newest", "people"),
        plain("interviews, newest", "interviews"),
        plain("interviews sent back", "interviews", query="?state=sent-back"),
        plain("acts, newest", "acts"),
        plain("events, newest", "events"),
        plain("sources, newest", "sources"),
        plain("places", "places"),
        page("a place", "place", ["yanji", "hoeryong", "tumen", "yanbian", "KP"]),
        plain("who reviews what", "reviews"),
        page("person", "person", codes),
        page("trajectory", "trajectory", codes),
        page("interview, without words", "interview", interviews),
        page("interview, read", "interview", interviews, open="yes"),
        page("interview, coding", "interview", drafts or interviews, open="yes"),
        page("act", "act", some(Act, "pk", **mine)),
        page("act, to be added", "add-act", codes),
        page("event", "event", some(Event, "pk")),
        page("source", "source", some(Source, "pk")),
        page("the team's own list", "source", some(Source, "pk", kind="own-list")),
        page("history of a person", "history", people, "person"),
        page("history of an interview", "history", interviews, "interview", on=""),
        Asked(page="find by name", url=lambda: reverse("find-by-name"),
              sent=lambda: {"name": dice.choice(names)}),
        Asked(page="find by code name",
              url=lambda: f"{reverse('people')}?code={dice.choice(codes)[2:5]}"),
    ]  # fmt: skip
    if audits:
        found += [plain("audit, newest", "audit")]
    return found


if __name__ == "__main__":
    main()
