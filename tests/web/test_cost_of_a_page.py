"""The number of queries that a page needs does not grow with what is recorded."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import reader
from tests.web.conftest import make_hana

from bearwitness.casebook.review import State
from bearwitness.casebook.rights import LOCAL
from bearwitness.records import actions
from bearwitness.records.filling import fill_with_fiction
from bearwitness.records.queries.sources import MOST_OFFERED

PAGES = [
    "start",
    "people",
    "interviews",
    "acts",
    "events",
    "places",
    "sources",
    "accounts",
    "erasures",
]


def grow(number):
    alice = reader("alice")
    for _ in range(number):
        hana = make_hana()
        actions.move_interview(alice, hana.interviews.get(), to=State.READY)
        actions.ask_erasure(alice, hana, reason="asked to be forgotten")


def cost(client, page):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(reverse(page)).status_code == 200
    return len(asked)


@pytest.mark.django_db
def test_a_page_of_fifty_costs_what_a_page_of_five_costs(alice):
    grow(5)
    few = {page: cost(alice, page) for page in PAGES}
    grow(45)
    many = {page: cost(alice, page) for page in PAGES}
    assert many == few
    assert max(many.values()) <= 14, many


@pytest.mark.django_db
def test_a_person_and_an_interview_cost_the_same_however_much_hangs_on_them(alice):
    hana = make_hana()
    told, event = hana.interviews.get(), hana.acts.get().event
    pages = [reverse("person", args=[hana.code_name]), reverse("interview", args=[told.pk])]
    pages += [reverse("event", args=[event.pk])]

    def costs():
        found = []
        for url in pages:
            with CaptureQueriesContext(connection) as asked:
                assert alice.get(url).status_code == 200
            found.append(len(asked))
        return found

    few = costs()
    for _ in range(20):
        facts = {"term": "trafficking/deception", "source": told.source, "event": event}
        actions.add_act(reader("alice"), hana, **facts)
    assert costs() == few


def test_a_form_offers_the_newest_rows_and_takes_any_by_its_number(alice):
    """A list of every event and document would grow with the casebook, and so would the page."""
    hana, writer = make_hana(), reader("alice")
    facts = {"kind": "document", "received_at": date(2026, 1, 1)}
    old = actions.add_source(writer, title="Fictional file, the oldest", **facts)
    first = actions.add_event(writer, title="Fictional event, the oldest")
    address = reverse("add-act", args=[hana.code_name])
    few = cost_of(alice, address)
    for number in range(MOST_OFFERED):
        actions.add_source(writer, title=f"Fictional file {number}", **facts)
        actions.add_event(writer, title=f"Fictional event {number}")
    assert cost_of(alice, address) == few
    form = alice.get(address).context["form"]
    assert "the oldest" not in str(form)
    assert hana.acts.get().event.title in str(form)  # their own is always offered
    said = {"term": "trafficking/deception", "source": hana.interviews.get().source_id}
    refused = alice.post(address, said | {"event_number": first.pk + 10_000})
    assert refused.status_code == 200
    sent = said | {"event_number": first.pk, "source_number": old.pk}
    assert alice.post(address, sent).status_code == 302
    added = hana.acts.latest("pk")
    assert (added.event, added.source) == (first, old)


def cost_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


LISTS = ["people", "interviews", "acts", "events", "sources", "audit"]


@pytest.mark.django_db
def test_a_list_costs_the_database_the_same_with_three_times_the_casebook(alice):
    """In instructions of SQLite's machine, which no other work on this computer changes."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells how many instructions an answer took")
    few, many = (instructions(alice, people) for people in (400, 1200))
    for view in LISTS:
        assert many[view] <= 1.25 * few[view] + 5, (few, many)


def instructions(client, people):
    """Hundreds of instructions for each list, in a casebook that is gone afterwards."""
    count, found = [0], {}

    def step():
        count[0] += 1

    with transaction.atomic():
        fill_with_fiction(LOCAL, people)
        connection.connection.set_progress_handler(step, 100)
        for view in LISTS:
            count[0] = 0
            assert client.get(reverse(view)).status_code == 200
            found[view] = count[0]
        connection.connection.set_progress_handler(None, 100)
        transaction.set_rollback(True)
    return found
