"""What is typed is kept, is nobody else's, is offered again, ends, and is saved once only."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from tests.cast import account, reader
from tests.web.conftest import WORDS
from tests.web.test_pages import NAMES, address, all_patterns, body

from bearwitness.records import actions, queries
from bearwitness.records.models import AuditEntry, Draft, Event, Person, Version
from bearwitness.records.models.drafting import KEPT_FOR
from bearwitness.web.drafts import DraftedPage

SECRET = "what only the writer knows"
TOKEN = "a-token-of-one-form"


def drafted_pages():
    """Every page whose form is kept, from the URL conf."""
    for pattern in all_patterns():
        view = getattr(pattern.callback, "view_class", None)
        if view is not None and issubclass(view, DraftedPage):
            yield pattern.name


DRAFTED = sorted(drafted_pages())


def test_the_forms_of_the_casebook_keep_drafts():
    wanted = {"begin-interview", "add-interview", "edit-interview", "add-person", "edit-person"}
    wanted |= {"add-event", "add-act", "code-act", "add-perpetrator", "give-consent", "add-source"}
    assert wanted <= set(DRAFTED)
    assert set(DRAFTED) <= set(NAMES)


def keep(client, url, token=TOKEN, **fields):
    return client.post(url, {"draft": "keep", "draft_token": token, **fields})


@pytest.mark.parametrize("name", DRAFTED)
def test_a_draft_is_kept_offered_opened_and_thrown_away(name, alice, hana):
    url, before = address(name, hana), AuditEntry.objects.count()
    assert keep(alice, url, place=SECRET, also_to=SECRET).json()["kept"] is True
    offered = body(alice.get(url, follow=True))
    assert f'value="{TOKEN}"' in offered
    assert SECRET not in offered
    opened = alice.post(url, {"draft": "open", "draft_token": TOKEN})
    assert opened.status_code in (200, 409)
    assert "Nothing was written yet" not in body(opened)  # it is not judged before it is sent
    alice.post(url, {"draft": "drop", "draft_token": TOKEN})
    assert TOKEN not in body(alice.get(url, follow=True))
    assert not Draft.objects.exists()
    written = set(AuditEntry.objects.filter(number__gt=before).values_list("action", flat=True))
    assert written <= {"read_interview"}


def test_what_was_typed_stands_in_the_form_again(alice, hana):
    url = reverse("begin-interview")
    sent = {"told-text": SECRET, "told-held_on": "last spr", "consent-uses": ["record", "analyse"]}
    keep(alice, url, **sent)
    shown = body(alice.post(url, {"draft": "open", "draft_token": TOKEN}))
    assert SECRET in shown
    assert 'value="last spr"' in shown
    assert len(re.findall(r"checked", shown)) == 2


def test_a_draft_is_sealed_and_the_key_is_not_in_the_database(alice, hana, settings):
    keep(alice, reverse("add-event"), title=SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_draft")
        (row,) = cursor.fetchall()
    assert SECRET not in str(row)
    settings.SECRET_KEY = "another key"
    alice.force_login(account("alice"))
    shown = alice.post(reverse("add-event"), {"draft": "open", "draft_token": TOKEN})
    assert shown.status_code == 400
    assert "this draft cannot be opened" in body(shown)


def test_a_draft_moved_to_another_account_is_not_readable(alice, hana, client):
    keep(alice, reverse("add-event"), title=SECRET)
    Draft.objects.update(by="bob")
    client.force_login(account("bob"))
    assert (
        client.post(reverse("add-event"), {"draft": "open", "draft_token": TOKEN}).status_code
        == 400
    )


@pytest.mark.parametrize("name", DRAFTED)
@pytest.mark.parametrize("who", ["bob", "charlie", "dina", "adam", "ana"])
def test_nobody_else_sees_opens_or_drops_it(who, name, alice, hana, client):
    url = address(name, hana)
    keep(alice, url, place=SECRET)
    client.force_login(account(who))
    opened = client.post(url, {"draft": "open", "draft_token": TOKEN})
    assert opened.status_code in (403, 404)
    client.post(url, {"draft": "drop", "draft_token": TOKEN})
    assert Draft.objects.filter(by="alice").exists()
    assert TOKEN not in body(client.get(url, follow=True))
    assert "not save" not in body(client.get(reverse("start"), follow=True))


def test_it_is_in_no_history_no_snapshot_and_no_other_query(alice, hana):
    keep(alice, reverse("edit-person", args=[hana.code_name]), name=SECRET, origin=SECRET)
    assert not Version.objects.filter(model="Draft").exists()
    assert actions.find_by_name(reader("alice"), SECRET) == []
    assert SECRET not in json.dumps(list(Version.objects.values_list("after", flat=True)))
    assert list(queries.drafts(reader("bob"))) == []


def test_a_form_sent_twice_is_written_once(alice, hana):
    url, sent = reverse("add-event"), {"title": "A crossing by night", "draft_token": TOKEN}
    keep(alice, url, title="A crossing by")
    first = alice.post(url, sent)
    again = alice.post(url, sent, follow=True)
    assert Event.objects.filter(title="A crossing by night").count() == 1
    assert again.redirect_chain[-1][0] == first.url
    assert "It was not written twice" in body(again)
    assert list(queries.drafts(reader("alice"))) == []
    assert keep(alice, url, title="late").json()["kept"]  # a late one changes nothing
    assert Draft.objects.get().words == ""


def test_coding_an_act_leads_to_a_page_that_can_be_loaded_again(alice, hana):
    told, before = hana.interviews.get(), hana.acts.count()
    sent = {"quote": "Lark Street", "term": "trafficking/deception"}
    coded = alice.post(reverse("code-act", args=[told.pk]), sent)
    assert (coded.status_code, coded.url) == (302, reverse("interview", args=[told.pk]))
    first, second = body(alice.get(coded.url)), body(alice.get(coded.url))
    assert "<mark>" in first
    assert "Before you read" in second
    assert hana.acts.count() == before + 1


def test_a_draft_that_cannot_be_saved_stays(alice, hana):
    url = reverse("add-event")
    keep(alice, url, title=SECRET)
    alice.post(url, {"title": "", "draft_token": TOKEN})
    assert [d.token for d in queries.drafts(reader("alice"))] == [TOKEN]


def test_drafts_end_by_themselves(alice, hana):
    keep(alice, reverse("add-event"), title=SECRET)
    Draft.objects.update(kept_at=datetime.now(UTC) - KEPT_FOR - timedelta(minutes=1))
    assert TOKEN not in body(alice.get(reverse("add-event")))
    keep(alice, reverse("add-event"), token="another-token-here", title="x")
    assert [d.token for d in Draft.objects.all()] == ["another-token-here"]


def test_an_erasure_takes_every_draft_about_the_person(alice, hana, client):
    keep(alice, reverse("edit-person", args=[hana.code_name]), origin=SECRET)
    keep(alice, reverse("begin-interview"), token="t" * 20, code_name=hana.code_name)
    asked = actions.ask_erasure(reader("bob"), hana, reason="she asked to be forgotten")
    actions.confirm_erasure(reader("alice"), asked)
    assert not Draft.objects.exists()


def test_an_account_that_ends_leaves_no_draft(alice, hana):
    keep(alice, reverse("add-event"), title=SECRET)
    account("adam")
    actions.end_account(reader("adam"), account("alice"))
    assert not Draft.objects.exists()


def test_somebody_who_lost_the_right_keeps_nothing_more(alice, hana):
    account("alice").roles_held.all().delete()
    assert keep(alice, reverse("add-event"), title=SECRET).status_code == 403


def test_the_home_page_says_what_was_begun(alice, hana):
    keep(alice, reverse("edit-interview", args=[hana.interviews.get().pk]), text=WORDS)
    shown = body(alice.get(reverse("start")))
    assert "Begun and not saved" in shown
    assert "Edit the interview" in shown
    assert "Lark" not in shown


def opened_to_edit(client, person):
    url = reverse("edit-interview", args=[person.interviews.get().pk])
    shown = body(client.post(url, {"open": "yes"}))
    return url, re.search(r'name="seen" value="(\d+)"', shown)[1]


def test_of_two_who_edit_an_interview_the_second_is_shown_both(alice, hana):
    url, seen = opened_to_edit(alice, hana)
    told = hana.interviews.get()
    actions.edit_interview(reader("bob"), told, said={"text": WORDS + " Bob was here."})
    mine = {"held_on": "2026-11", "interviewer": "Alice", "language": "ko", "seen": seen}
    mine |= {"text": "Mine alone. " + WORDS, "draft_token": TOKEN}
    assert keep(alice, url, **mine).json()["overtaken"] is True
    answer = alice.post(url, mine)
    shown = body(answer)
    assert answer.status_code == 409
    assert "<del> Bob was here.</del>" in shown
    assert "<ins>Mine alone. </ins>" in shown
    assert "bob saved at" in shown
    told.refresh_from_db()
    assert told.text.endswith("Bob was here.")
    knowing = re.search(r'name="seen" value="(\d+)"', shown)[1]
    assert alice.post(url, mine | {"seen": knowing}).status_code == 302
    told.refresh_from_db()
    assert told.text.startswith("Mine alone.")
    kept = [v.after.get("text", "") for v in Version.objects.filter(model="Interview")]
    assert any("Bob was here." in text for text in kept)


def test_a_draft_that_was_overtaken_is_opened_beside_what_is_stored(alice, hana):
    url, seen = opened_to_edit(alice, hana)
    keep(alice, url, text="Mine alone. " + WORDS, seen=seen, held_on="2026-11")
    actions.edit_interview(reader("bob"), hana.interviews.get(), said={"place": "Bobtown"})
    shown = body(alice.post(url, {"draft": "open", "draft_token": TOKEN}))
    assert "<del>Bobtown</del>" in shown
    assert "Mine alone." in shown


def test_of_two_who_edit_a_person_the_second_is_shown_both(alice, hana):
    url = reverse("edit-person", args=[hana.code_name])
    seen = re.search(r'name="seen" value="(\d+)"', body(alice.get(url)))[1]
    actions.edit_person(reader("bob"), hana, said={"origin": "Bobtown"})
    mine = {"kind": "alias", "sex": "female", "birth": "1994", "origin": "Alicetown", "seen": seen}
    shown = body(alice.post(url, mine))
    assert "<del>Bobtown</del><ins>Alicetown</ins>" in shown
    assert Person.objects.get(pk=hana.pk).origin == "Bobtown"


def test_a_draft_too_long_or_one_too_many_is_refused_in_words(alice, hana, monkeypatch):
    monkeypatch.setattr("bearwitness.records.actions.drafting.MOST_CHARACTERS", 50)
    answer = keep(alice, reverse("add-event"), title="x" * 60)
    assert (answer.status_code, answer.json()["kept"]) == (400, False)
    assert "too long for a draft" in answer.json()["said"]
    monkeypatch.setattr("bearwitness.records.actions.drafting.MOST_DRAFTS", 1)
    assert keep(alice, reverse("add-event"), title="x").json()["kept"]
    assert "drafts already" in keep(alice, reverse("add-event"), token="u" * 20).json()["said"]
