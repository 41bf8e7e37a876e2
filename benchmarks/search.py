"""What a search costs the server, in the casebook that the environment names.

    BEARWITNESS_HOME=/tmp/bearwitness-pages/sqlite-150000 python benchmarks/search.py

The casebooks are those that `benchmarks/pages.py` makes, or any that `bearwitness fill` made. Words
are drawn at random from interviews, names from people, both as they stand; and surnames alone,
words of one and two syllables, words that are nowhere, pairs of words, conditions without words
and with them. Milliseconds are of the page of what was found (all kinds, six of each), from the
request to the last byte: by the clock, and of the processor, which other programs do not lengthen.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from typing import Any

from pages import SEARCH_TARGET, _percentiles, _processor_time

_EACH = 8
SURNAMES = ("리", "Lee", "Kim", "김", "王", "Pak", "하나", "nowhereatall", "없는말이다")
CONDITIONS = (
    {"period": "1998"}, {"period": "2004-05"}, {"period": "200X", "place": "Yanbian"},
    {"place": "Hoeryong"}, {"place": "Jilin"}, {"act": "trafficking/means"},
    {"act": "trafficking/deception", "place": "Yanji", "period": "2003"},
    {"consent": "publish-with-name"}, {"consent": "share-with-courts"}, {"state": "ready"},
    {"state": "sent-back", "language": "ko"}, {"held": "2020"}, {"language": "zh"},
)  # fmt: skip


def main() -> None:
    from bearwitness.web.server import setup

    setup()
    for who, client in _clients():
        dice = random.Random(who)
        kinds = dict(_asked(dice))
        _time(client, {"text": "warm"})  # fills what a served app remembers since long
        rows = [(kind, asked, *_time(client, asked)) for kind in kinds for asked in kinds[kind]]
        for kind in (*kinds, ""):
            _show(who, kind or "all", [row for row in rows if kind in ("", row[0])])


def _clients() -> Iterator[tuple[str, Any]]:
    """Signed in: somebody of a big team, of a team whose few rows are all old, of every team."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from bearwitness.casebook.rights import LOCAL, Role
    from bearwitness.demo.recorded import TEAMS
    from bearwitness.records import actions
    from bearwitness.records.invented import NEVER
    from bearwitness.records.models import AccountSettings, Team

    every = {team.name: team.pk for team in Team.objects.filter(name__in=TEAMS)}
    of = {
        "big team": [every["Plum"]],
        "small old team": [every["Reed"]],
        "every team": [*every.values()],
    }
    for who, teams in of.items():
        name = f"searches-{who.replace(' ', '-')}"
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            work = (Role.DOCUMENTER, Role.CODER)
            user, _ = actions.add_account(LOCAL, name=name, teams=teams, roles=work)
        free = {"password_given": False, "second_factor_by": NEVER}
        AccountSettings.objects.filter(user=user).update(**free)
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        yield who, client


def _asked(dice: random.Random) -> Iterator[tuple[str, list[dict[str, str]]]]:
    from bearwitness.records.models import Interview, PersonName

    last = Interview.objects.order_by("-pk").values_list("pk", flat=True)[0]
    numbers = dice.sample(range(1, last + 1), 4 * _EACH)
    texts = Interview.objects.filter(pk__in=numbers).values_list("text", flat=True)
    words = [dice.choice([w for w in re.findall(r"\w+", text) if len(w) > 1]) for text in texts]
    last = PersonName.objects.order_by("-pk").values_list("pk", flat=True)[0]
    numbers = dice.sample(range(1, last + 1), _EACH)
    names = PersonName.objects.filter(pk__in=numbers).values_list("text", flat=True)
    yield "a word", [{"text": word} for word in words[: 2 * _EACH]]
    yield "two syllables", [{"text": w[:2]} for w in words if re.match("[가-힣]{2}", w)][:_EACH]
    yield "two words", [{"text": f"{a} {b}"} for a, b in zip(words[::2], words[1::2], strict=False)]
    yield "a name", [{"text": name} for name in names]
    yield "a surname, one letter, nothing", [{"text": name} for name in SURNAMES]
    yield "conditions", list(CONDITIONS)
    yield "a word and conditions", [{"text": w} | dice.choice(CONDITIONS) for w in words[:_EACH]]


def _time(client: Any, asked: dict[str, str]) -> tuple[float, float]:
    found = client.post("/search/", asked)
    assert found.status_code == 302 and found.url.startswith("/search/"), (asked, found.url)
    began, began_cpu = time.perf_counter(), _processor_time()
    assert client.get(found.url).status_code == 200
    return 1000 * (time.perf_counter() - began), 1000 * (_processor_time() - began_cpu)


def _show(who: str, kind: str, rows: list[tuple[Any, ...]]) -> None:
    clock, cpu = (_percentiles([row[at] for row in rows], "p") for at in (2, 3))
    slowest = max(rows, key=lambda row: row[3])
    print(f"{who:16}{kind:32}{len(rows):4}  p50 {clock['p50']:6.0f}  p95 {clock['p95']:6.0f}  "
          f"cpu p50 {cpu['p50']:6.0f}  cpu p95 {cpu['p95']:6.0f}  "
          f"{'' if cpu['p95'] <= SEARCH_TARGET else 'over'}  slowest {slowest[3]:.0f} {slowest[1]}",
          flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
