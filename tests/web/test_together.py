"""Many rows by one page: chosen, looked at, changed, taken back."""

import re

from django.urls import reverse
from tests.cast import account, reader
from tests.web.conftest import make_hana
from tests.web.test_pages import body

from bearwitness.casebook.review import State
from bearwitness.records import actions
from bearwitness.records.models import Batch, Interview, Membership, Person, Team

URL = ("change-many", "interviews", "place")
SENT = {"value": "Lark Street", "why": "it was misspelt", "scope": "marked"}


def hidden(page):
    """What the form of a page would send."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    sent = {name: value for name, value in found if name != "csrfmiddlewaretoken"}
    return sent | {"rows": [value for name, value in found if name == "rows"]}


def test_rows_are_marked_looked_at_changed_and_taken_back(alice, hana):
    other = make_hana()
    told = hana.interviews.get()
    url = reverse(URL[0], args=URL[1:])
    assert "Mark at least one row." in body(alice.post(url, SENT))
    preview = body(alice.post(url, SENT | {"rows": [told.pk]}))
    assert "What would change" in preview
    assert hana.code_name in preview
    assert other.code_name not in preview
    assert Interview.objects.get(pk=told.pk).place == ""
    page = body(alice.post(url, hidden(preview), follow=True))
    assert "1 row changed." in page
    assert Interview.objects.get(pk=told.pk).place == "Lark Street"
    back = reverse("batch", args=[Batch.objects.get().pk])
    assert "Taken back." in body(alice.post(back, {"why": "it was right"}, follow=True))
    assert Interview.objects.get(pk=told.pk).place == ""
    assert "taken back" in body(alice.get(reverse("batches")))


def test_all_of_a_filter_and_what_is_refused_with_its_reason(alice, hana):
    handed_in = make_hana().interviews.get()
    actions.move_interview(reader("alice"), handed_in, to=State.READY)
    url = reverse(URL[0], args=URL[1:])
    everything = body(alice.post(url, SENT | {"scope": "all"}))
    assert "nothing changes in what is" in everything
    assert "Change 1 row" in everything
    only = body(alice.post(f"{url}?state=ready", SENT | {"scope": "all"}))
    assert 'name="seen"' in only
    assert "Change 1 row" not in only
    assert hana.code_name not in only


def test_a_row_that_changed_since_is_named_and_nothing_is_taken_back(alice, hana):
    told = hana.interviews.get()
    url = reverse(URL[0], args=URL[1:])
    sent = hidden(body(alice.post(url, SENT | {"rows": [told.pk]})))
    actions.edit_interview(reader("alice"), told, said={"place": "Pier"})
    assert "something changed since" in body(alice.post(url, sent, follow=True))
    sent = hidden(body(alice.post(url, SENT | {"rows": [told.pk]})))
    alice.post(url, sent)
    actions.edit_interview(reader("alice"), told, said={"place": "Pier"})
    page = body(alice.get(reverse("batch", args=[Batch.objects.get().pk])))
    assert "It cannot be taken back as one" in page
    assert reverse("history", args=["interview", told.pk]) in page


def test_every_field_has_its_page_and_others_have_none(alice, hana):
    from bearwitness.records.batches import FIELDS

    for listed, fields in FIELDS.items():
        for field in fields:
            shown = alice.get(reverse("change-many", args=[listed, field]))
            assert shown.status_code == 200, (listed, field)
    assert alice.get("/changes/people/code_name/").status_code == 404
    assert alice.get("/changes/audit/by/").status_code == 404


def test_a_person_of_another_team_is_not_even_shown(client, hana):
    client.force_login(account("charlie"))
    url = reverse("change-many", args=["people", "origin"])
    assert hana.code_name not in body(client.get(url))
    sent = SENT | {"rows": [hana.pk]}
    assert hana.code_name not in body(client.post(url, sent))
    assert Person.objects.get(pk=hana.pk).origin == ""


def test_whoever_is_in_two_teams_chooses_on_the_first_page_which_one_they_add_to(alice, hana):
    start = reverse("start")
    assert 'name="team"' not in body(alice.get(start))
    heron = Team.objects.get_or_create(name="Heron")[0]
    Membership.objects.create(user=account("alice"), team=heron)
    assert f'<option value="{hana.team_id}" selected>' in body(alice.get(start))
    alice.post(reverse("choose-team"), {"team": heron.pk})
    assert f'<option value="{heron.pk}" selected>' in body(alice.get(start))
    alice.post(reverse("add-person"), {"kind": "alias", "birth": ""})
    assert Person.objects.latest("pk").team == heron


def test_who_reviews_what_is_said_for_many_at_once(alice, hana):
    told = hana.interviews.get()
    actions.move_interview(reader("alice"), told, to=State.READY)
    account("dina")
    url = reverse("change-many", args=["interviews", "assigned_to"]) + "?state=ready"
    assert url in body(alice.get(reverse("reviews")))
    sent = {"value": "dina", "why": "she has the time", "scope": "all"}
    alice.post(url, hidden(body(alice.post(url, sent))))
    assert Interview.objects.get(pk=told.pk).assigned_to == "dina"
