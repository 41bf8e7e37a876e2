"""The number of queries that a page needs does not grow with what is recorded."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import reader
from tests.web.conftest import make_hana

from bearwitness.casebook.review import State
from bearwitness.records import actions

PAGES = ["start", "people", "interviews", "acts", "events", "sources", "accounts", "erasures"]


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
