"""The search page: code names only, words behind a notice, nothing that was typed in an address."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import account, reader
from tests.web.conftest import ALIAS, NAME, WORDS, make_hana
from tests.web.test_pages import body

from bearwitness.records import actions
from bearwitness.records.models import AuditEntry, SavedSearch

pytestmark = pytest.mark.django_db


def ask(client, **wanted):
    return client.post(reverse("search"), wanted, follow=True)


@pytest.mark.parametrize("text", [NAME, ALIAS, NAME[2:], "Ka Sanghana", "xugouyi"])
def test_a_name_finds_a_code_name_and_shows_no_name(text, alice, hana):
    shown = ask(alice, text=text)
    page = body(shown).split('aria-labelledby="people"')[1]
    assert hana.code_name in page
    for name in (NAME, ALIAS):
        assert name not in page
    assert shown.request["QUERY_STRING"] == ""
    assert text not in shown.request["PATH_INFO"]


def test_words_are_shown_when_asked_for_and_that_is_audited(alice, hana):
    shown = ask(alice, text="lark")
    assert hana.code_name in body(shown)
    assert "fictional Lark" not in body(shown)
    assert "Before you read" in body(shown)
    read = body(alice.post(shown.request["PATH_INFO"]))
    assert "<mark>Lark</mark> Street" in read
    entry = AuditEntry.objects.last()
    assert (entry.action, entry.object_id) == ("read_passages", str(hana.interviews.get().pk))
    assert "<mark>" not in body(alice.get(shown.request["PATH_INFO"]))  # as on the way back


def test_conditions_are_kept_in_the_form_and_a_date_is_read_as_it_is_said(alice, hana):
    shown = body(ask(alice, period="spring 2014", act="trafficking/means"))
    assert hana.code_name in shown
    assert "spring 2014" in shown
    assert "details open" in shown
    assert hana.code_name not in body(ask(alice, period="1998"))
    for bad in ({"period": "soon"}, {"text": "?!"}, {}, {"act": "no/such"}):
        answer = alice.post(reverse("search"), bad)
        assert answer.status_code == 200
        assert "errorlist" in body(answer)


def test_a_search_is_not_another_session_s(alice, hana, client):
    there = ask(alice, text="lark").request["PATH_INFO"]
    client.logout()
    client.force_login(account("bob"))
    answer = body(client.get(there))
    assert "This search is over" in answer
    assert hana.code_name not in answer


def test_analysts_search_acts_and_events_and_are_told_so(client, hana):
    client.force_login(account("ana"))
    shown = body(ask(client, text="broker"))
    assert "Your roles do not search the words of interviews" in shown
    assert hana.code_name in shown
    shown = body(ask(client, text="lark"))
    assert hana.code_name not in shown


def test_another_team_finds_nothing_by_any_of_it(client, hana):
    client.force_login(account("charlie"))
    for wanted in ({"text": NAME}, {"text": "lark"}, {"text": "broker"}, {"period": "2014"}):
        shown = body(ask(client, **wanted))
        assert hana.code_name not in shown
        assert "Show more" not in shown


def test_older_ones_are_a_page_of_their_own(alice, hana):
    for _ in range(7):
        make_hana()
    shown = ask(alice, text="lark")
    assert "Show more of these" in body(shown)
    page = alice.get(shown.request["PATH_INFO"], {"of": "interviews"})
    assert body(page).count('class="state') == 8
    number = max(i.pk for i in page.context["sections"][0]["rows"])
    page = alice.get(shown.request["PATH_INFO"], {"of": "interviews", "before": number})
    assert body(page).count('class="state') == 7
    for odd in ({"of": "x"}, {"of": "acts", "before": "9" * 30}, {"before": "-1"}):
        assert alice.get(shown.request["PATH_INFO"], odd).status_code == 200


def test_a_search_is_kept_asked_again_and_dropped(alice, hana):
    there = ask(alice, text="lark").request["PATH_INFO"]
    sent = {"title": "Larks", "team": str(reader("alice").home)}
    assert "Kept." in body(alice.post(there + "keep/", sent, follow=True))
    saved = SavedSearch.objects.get()
    again = alice.post(reverse("saved-search", args=[saved.pk]), follow=True)
    assert hana.code_name in body(again)
    assert "title" in body(alice.post(there + "keep/", {"title": " "}, follow=True))
    alice.post(reverse("saved-search", args=[saved.pk]), {"drop": "yes"})
    assert not SavedSearch.objects.exists()


def test_nothing_that_is_searched_for_reaches_a_log(alice, hana, caplog):
    with caplog.at_level(logging.DEBUG):
        ask(alice, text=NAME)
        ask(alice, text="Lark", period="no date at all")
    told = " ".join(
        record.getMessage() for record in caplog.records if "django.db" not in record.name
    )
    assert NAME not in told
    assert "Lark" not in told


def test_markup_in_words_and_in_what_is_typed_stays_text(alice, hana):
    told = hana.interviews.get()
    text = f"<b>Lark</b> <script>x</script> {WORDS}"
    actions.edit_interview(reader("alice"), told, said={"text": text})
    shown = ask(alice, text='lark "<script>')
    read = body(alice.post(shown.request["PATH_INFO"]))
    assert "<script>x" not in read
    assert "&lt;b&gt;" in read


def test_a_search_costs_as_many_queries_with_thirty_interviews_as_with_ten(alice):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert "Show more" in body(alice.get(there))
        return len(asked)

    for _ in range(10):
        make_hana()
    there = ask(alice, text="lark", period="2014").request["PATH_INFO"]
    few = cost()
    for _ in range(20):
        make_hana()
    assert cost() == few <= 50
