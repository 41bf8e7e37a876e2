"""A list leaves by its page: with consent, on record, under a name that says nothing."""

import json
import re

import pytest
from django.urls import reverse
from tests.cast import account, reader
from tests.web.conftest import ALIAS, NAME, WORDS, make_hana
from tests.web.test_pages import body

from bearwitness.casebook import Use
from bearwitness.records import actions
from bearwitness.records.models import Export

ASKED = {"use": "share-with-un", "recipient": "An invented UN body", "kind": "json"}


@pytest.fixture
def agreed(hana):
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": "2026-01-31"}
    actions.give_consent(
        reader("alice"), hana, uses=[Use.SHARE_WITH_UN], **yes | {"given_at": _day()}
    )
    return hana


def _day():
    from datetime import date

    return date.today()


def test_a_list_becomes_a_file_and_leaves_no_copy_behind(alice, agreed, home):
    response = alice.post(reverse("export", args=["people"]), ASKED)
    text = body(response)
    assert [row["code_name"] for row in json.loads(text)["records"]] == [agreed.code_name]
    assert NAME not in text
    name = response.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="bearwitness-people-[\d-]+\.json"', name)
    response.close()
    assert [p for p in home.rglob("*") if p.is_file()] == []
    shown = body(alice.get(reverse("exports")))
    assert "An invented UN body" in shown
    assert Export.objects.get().digest[:16] in shown
    assert "An invented UN body" in body(alice.get(reverse("person", args=[agreed.code_name])))


def test_names_and_words_come_only_when_they_are_asked_for(alice, agreed):
    url = reverse("export", args=["interviews"])
    assert WORDS not in body(alice.post(url, ASKED))
    assert WORDS in body(alice.post(url, ASKED | {"words": "on"}))
    people = body(alice.post(reverse("export", args=["people"]), ASKED | {"names": "on"}))
    assert NAME in people
    assert ALIAS in people
    refused = ASKED | {"names": "on", "use": "analyse"}
    answer = body(alice.post(reverse("export", args=["people"]), refused))
    assert "neither names nor words leave for the use" in answer
    assert Export.objects.count() == 3


def test_whom_a_role_shows_no_names_is_offered_none(client, agreed):
    client.force_login(account("ana"))
    url = reverse("export", args=["people"])
    assert 'name="names"' not in body(client.get(url))
    assert NAME not in body(client.post(url, ASKED | {"names": "on"}))


def test_the_filter_of_the_page_goes_with_the_file(alice, agreed):
    other = make_hana()
    yes = {"asked_by": "Alice", "how": "spoken", "given_at": _day()}
    actions.give_consent(reader("alice"), other, uses=[Use.SHARE_WITH_UN], **yes)
    page = body(alice.get(reverse("people"), {"code": agreed.code_name, "page": 1}))
    url = reverse("export", args=["people"]) + f"?code={agreed.code_name}"
    assert f'href="{url}"' in page
    assert other.code_name not in body(alice.post(url, ASKED))
    marked = alice.post(reverse("export", args=["people"]), {"open": "yes", "rows": [other.pk]})
    assert "1 marked row." in body(marked)
    sent = ASKED | {"rows": str(other.pk)}
    assert agreed.code_name not in body(alice.post(reverse("export", args=["people"]), sent))


def test_nobody_who_agreed_is_told_in_words_and_nothing_is_on_record(alice, hana):
    shown = body(alice.post(reverse("export", args=["people"]), ASKED))
    assert "no row of this list may leave for this use" in shown
    assert not Export.objects.exists()


def test_the_auditor_takes_the_audit_and_no_case(client, hana):
    client.force_login(account("audrey"))
    sent = {"recipient": "An invented court", "kind": "csv"}
    text = body(client.post(reverse("export", args=["audit"]), sent))
    assert "add_interview" in text
    assert hana.code_name not in text
    assert client.post(reverse("export", args=["people"]), sent).status_code == 403
    assert client.get("/exports/no-such-list/").status_code == 404
