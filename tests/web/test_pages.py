"""Every page answers to whom it should, shows code names, and shows names only when asked."""

import logging

import pytest
from django.urls import get_resolver, reverse
from tests.cast import account, reader
from tests.web.conftest import ALIAS, NAME, WORDS

from bearwitness.records.batches import Change, apply_batch, preview_batch
from bearwitness.records.models import AuditEntry, Batch, Interview, Person, SavedSearch

OPEN = {"login", "second-step", "passkey-sign-in", "leave", "blank", "logout", "language"}
POST_ONLY = {
    "keep-search",
    "saved-search",
    "add-comment",
    "code-act",
    "decide-erasure",
    "move-interview",
    "choose-team",
    "end-account",
    "end-sessions",
    "here",
    "lift-wait",
    "remove-second-factor",
    "find-by-name",
    "new-password",
    "open-person",
    "original",
    "read-date",
    "show-names",
    "withdraw-consent",
    "run-study",
    "verify-study",
    "prepare-release",
    "move-release",
}
OF_STUDY = {"study", "progress", "report", "report-pdf", "package", "run-study", "verify-study"}
# They need a study that was run, or a release of it: test_walk and test_releases make one.
OF_STUDY |= {"walk-figures", "walk-figure", "walk-table", "walk-run", "walk-rows", "walk-person"}
OF_STUDY |= {"walk-told", "walk-words", "prepare-release", "release", "move-release"}
OF_STUDY |= {"release-package", "report-in", "report-pdf-in"}


def all_patterns(resolver=None):
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from all_patterns(entry)
        else:
            yield entry


NAMES = sorted(pattern.name for pattern in all_patterns())


def rows_by_room(person):
    """A row of the world for each first part of an address, such as `acts` in /acts/7/."""
    interview, act = person.interviews.first(), person.acts.first()
    return {
        "interviews": interview,
        "history": interview,
        "acts": act,
        "events": act.event,
        "sources": interview.source,
        "accounts": account("alice"),
        "erasures": person.erasures.first(),
        "changes": Batch.objects.first(),
        "saved-searches": SavedSearch.objects.first(),
    }


def address(name, person):
    (pattern,) = [p for p in all_patterns() if p.name == name]
    wanted = set(pattern.pattern.converters)
    row = rows_by_room(person).get(str(pattern.pattern).split("/")[0])
    known = {"code_name": person.code_name, "kind": "interview", "listed": "people"}
    known |= {"token": "0123456789ab", "field": "origin", "place": "yanji"}
    known |= {"figure": "total", "table": "histories", "language": "ko"}
    known["number"] = getattr(row, "pk", 1)
    if name in OF_STUDY:
        known["name"] = "small"
    return reverse(name, kwargs={key: known[key] for key in wanted})


def change_one(person):
    """A change of many rows, of one row."""
    numbers, why = [person.interviews.get().pk], "it was another place"
    change = Change(listed="interviews", field="place", value="Pier", numbers=numbers, why=why)
    alice = reader("alice")
    return apply_batch(alice, change, seen=preview_batch(alice, change).digest)


def body(response):
    content = b"".join(response) if response.streaming else response.content
    return content.decode("utf-8", errors="replace")


@pytest.mark.parametrize("name", sorted(set(NAMES) - OPEN))
def test_signed_out_every_page_leads_to_the_sign_in(name, client, hana):
    for method in (client.get, client.post):
        response = method(address(name, hana))
        assert response.status_code == 302, name
        assert response.url.startswith("/login/")


@pytest.mark.parametrize("name", sorted(set(NAMES) - OPEN - POST_ONLY - OF_STUDY))
def test_signed_in_every_page_is_shown_without_a_name(name, alice, hana):
    if name == "batch":
        change_one(hana)
    url = address(name, hana)
    response = alice.get(url)
    shown = body(response)
    assert response.status_code == 200
    assert "<h1" in shown
    for secret in (NAME, ALIAS, WORDS, "Lark"):
        assert secret not in shown
        assert secret not in url


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"logout"}))
def test_every_response_forbids_what_is_not_from_here(name, alice, hana):
    response = alice.get(address(name, hana))
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["people", "person", "add-person", "studies", "interview"])
def test_no_page_asks_for_anything_from_elsewhere(name, alice, hana):
    shown = body(alice.get(address(name, hana)))
    assert "http://" not in shown
    assert "https://" not in shown
    assert "style=" not in shown


def test_names_are_shown_after_a_deliberate_click_which_is_audited(alice, hana):
    url = reverse("show-names", args=[hana.code_name])
    assert alice.get(url).status_code == 405
    before = AuditEntry.objects.count()
    shown = body(alice.post(url))
    assert NAME in shown
    assert ALIAS in shown
    entry = AuditEntry.objects.get(number=before + 1)
    assert (entry.by, entry.action, entry.object_id) == ("alice", "show_names", str(hana.pk))
    assert NAME not in body(alice.get(reverse("person", args=[hana.code_name])))


def test_an_interview_stands_behind_a_notice_and_reading_it_is_audited(alice, hana):
    url = address("interview", hana)
    assert "Before you read" in body(alice.get(url))
    assert "fictional Lark Street" in body(alice.post(url))
    assert AuditEntry.objects.last().action == "read_interview"


def test_a_search_by_name_gives_code_names_only_and_is_audited(alice, hana):
    shown = body(alice.post(reverse("find-by-name"), {"name": NAME[:2]}))
    assert hana.code_name in shown
    assert NAME[:2] not in shown
    entry = AuditEntry.objects.last()
    assert (entry.action, list(entry.changed)) == ("find_by_name", ["name"])
    assert NAME[:2] not in str(entry.changed)


@pytest.mark.parametrize(
    "name",
    [
        "person",
        "edit-person",
        "give-consent",
        "add-interview",
        "add-act",
        "interview",
        "edit-interview",
    ],
)
def test_consent_stands_on_every_page_of_a_person(name, alice, hana):
    assert "Consent" in body(alice.get(address(name, hana)))
    assert "analyse" in body(alice.get(address(name, hana))).lower()


def test_withdrawing_shows_at_once(alice, hana):
    url = reverse("withdraw-consent", args=[hana.code_name])
    shown = body(alice.post(url, {"use": "analyse"}, follow=True))
    assert "was given, and has ended" in shown
    assert alice.post(url, {"use": "no-such-use"}).status_code == 404


def test_an_interview_without_consent_is_refused_in_words(alice, db):
    alice.post(reverse("add-person"), {"kind": "alias", "birth": ""})
    person = Person.objects.get()
    facts = {"held_on": "2026", "interviewer": "Alice", "language": "ko", "text": "words"}
    response = alice.post(reverse("add-interview", args=[person.code_name]), facts)
    assert response.status_code == 200
    assert "there is no consent to &#x27;record&#x27;" in body(response)
    assert not Interview.objects.exists()


def test_a_date_that_cannot_be_read_is_answered_with_how_to_write_it(alice, db):
    shown = body(alice.post(reverse("add-person"), {"kind": "alias", "birth": "last spring"}))
    assert "[1998..2000]" in shown
    assert "This is not a date that we can read" in shown
    assert not Person.objects.exists()


def test_a_date_as_it_was_said_is_kept_as_edtf_and_shown_in_the_language_of_the_page(alice, db):
    alice.post(reverse("add-person"), {"kind": "alias", "birth": "around spring 1998"})
    person = Person.objects.get()
    assert person.birth == "1998-21~"
    page = reverse("person", args=[person.code_name])
    assert "about spring 1998" in body(alice.get(page))
    assert "1998년 봄경" in body(alice.get(page, headers={"accept-language": "ko"}))
    edit = alice.get(reverse("edit-person", args=[person.code_name]))
    assert 'value="about spring 1998"' in body(edit)


@pytest.mark.parametrize(
    ("said", "shown"),
    [("1998년경", "about 1998 = 1998~"), ("long ago", "this is not a date that we can read.")],
)
def test_a_date_is_read_back_while_it_is_typed(alice, said, shown):
    assert body(alice.post(reverse("read-date"), {"said": said})) == shown


def test_leaving_quickly_signs_out_and_shows_nothing(alice):
    response = alice.post("/leave/")
    assert response.url == "/blank/"
    assert "cache" in response["Clear-Site-Data"]
    assert "bearwitness" not in body(alice.get("/blank/"))
    assert alice.get("/people/").status_code == 302


def test_a_failure_is_logged_without_what_the_form_held(alice, db, monkeypatch, capfd):
    def fail(reader, **facts):
        raise RuntimeError(f"cannot store {facts['names']}")

    monkeypatch.setattr("bearwitness.records.actions.add_person", fail)
    alice.raise_request_exception = False
    console = next(h for h in logging.getLogger("django").handlers)
    lines = []
    monkeypatch.setattr(console, "emit", lambda record: lines.append(console.format(record)))
    response = alice.post(reverse("add-person"), {"name": NAME, "kind": "alias"})
    assert response.status_code == 500
    assert any("RuntimeError" in line for line in lines), "the failure itself must be logged"
    assert NAME not in "".join(lines) + body(response) + "".join(capfd.readouterr())


def test_an_act_is_coded_from_copied_words_which_then_stand_behind_a_click(alice, hana):
    told = hana.interviews.get()
    url = reverse("code-act", args=[told.pk])
    sent = {"quote": "Lark Street", "term": "trafficking/deception", "date": "spring 2014"}
    sent |= {"by_kind": "group", "by": "three men", "by_role": "buyers"}
    shown = body(alice.post(url, sent, follow=True))
    assert "Coded." in shown
    assert "<mark>" in shown
    act = hana.acts.last()
    assert (act.date, act.evidence.get().exact) == ("2014-21", "Lark Street")
    page = reverse("act", args=[act.pk])
    assert "Lark" not in body(alice.get(page))
    assert "three men" in body(alice.get(page))
    assert "<mark>Lark Street</mark>" in body(alice.post(page))


@pytest.mark.parametrize(
    ("quote", "answer"), [("ictional", "2 times"), ("no such words", "do not stand in the text")]
)
def test_words_that_are_not_there_or_there_twice_are_asked_for_again(quote, answer, alice, hana):
    told, before = hana.interviews.get(), hana.acts.count()
    sent = {"quote": quote, "term": "trafficking/deception", "place": "Harbour"}
    shown = body(alice.post(reverse("code-act", args=[told.pk]), sent))
    assert answer in shown
    assert 'value="Harbour"' in shown  # what was typed stays
    assert hana.acts.count() == before


def test_an_interview_begins_on_one_page_with_consent_first(alice, db):
    url = reverse("begin-interview")
    sent = {"consent-asked_by": "Alice", "consent-how": "spoken", "consent-language": "ko"}
    sent |= {"consent-given_at": "2026-01-31", "person-name": NAME, "person-kind": "alias"}
    sent |= {"told-held_on": "spring 2026", "told-interviewer": "Alice", "told-language": "ko"}
    sent |= {"told-text": WORDS}
    refused = body(alice.post(url, sent))
    assert "there is no consent to &#x27;record&#x27;" in refused
    assert not Person.objects.exists()
    response = alice.post(url, sent | {"consent-uses": ["record"]})
    told = Interview.objects.get()
    assert response.url == reverse("interview", args=[told.pk])
    assert (told.held_on, told.author, told.state) == ("2026-21", "alice", "draft")
    assert told.person.names.get().text == NAME


def test_a_code_name_that_the_reader_cannot_see_begins_nothing(alice, db):
    sent = {"consent-asked_by": "Alice", "consent-how": "spoken", "consent-language": "ko"}
    sent |= {"consent-given_at": "2026-01-31", "consent-uses": ["record"], "code_name": "P-ZZZZ"}
    sent |= {"person-kind": "alias", "told-held_on": "2026", "told-interviewer": "Alice"}
    sent |= {"told-language": "ko", "told-text": WORDS}
    assert alice.post(reverse("begin-interview"), sent).status_code == 404
    assert not Interview.objects.exists()
