"""A source with its grades, its text and its sealed original, from the screen to the erasure."""

import hashlib
import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.cast import account, reader
from tests.web.test_pages import body

from bearwitness.coding import Moment
from bearwitness.errors import RecordsError
from bearwitness.records import actions
from bearwitness.records.history import verify_history
from bearwitness.records.models import AuditEntry, Source, Version
from bearwitness.records.originals import original_path

LETTER = b"%PDF-1.7 a fictional letter"
TEXT = "A fictional letter about Lark Street."


def add(client, **fields):
    sent = {"kind": "document", "title": "A letter", "received_at": "2026-01-31", **fields}
    return client.post(reverse("add-source"), sent)


def upload(name="letter.pdf", content=LETTER):
    return SimpleUploadedFile(name, content, content_type="text/html")


@pytest.fixture
def letter(alice):
    response = add(alice, file=upload(), text=TEXT, reliability="B", credibility="2")
    assert response.status_code == 302, body(response)
    return Source.objects.get(title="A letter")


def test_a_document_is_sealed_graded_and_its_text_stands_behind_a_click(alice, letter):
    assert letter.original == hashlib.sha256(LETTER).hexdigest()
    assert original_path(letter).read_bytes() == LETTER
    page = reverse("source", args=[letter.pk])
    shown = body(alice.get(page))
    assert "B2" in shown
    assert "usually reliable; probably true" in shown
    assert "Lark" not in shown
    assert "Lark Street" in body(alice.post(page))
    assert AuditEntry.objects.last().action == "read_source"


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", "대체로 신뢰할 수 있음; 아마도 사실임"), ("zh-hans", "通常可靠; 大概属实")],
)
def test_grades_speak_the_language_of_the_page(language, words, alice, letter):
    page = reverse("source", args=[letter.pk])
    assert words in body(alice.get(page, headers={"accept-language": language}))


def test_the_grade_stands_wherever_the_source_stands(alice, hana):
    told = hana.interviews.get()
    actions.edit_source(reader("alice"), told.source, said={"reliability": "C", "credibility": "3"})
    act = hana.acts.get()
    pages = [reverse("sources"), reverse("source", args=[told.source.pk]), reverse("acts")]
    pages += [reverse("interview", args=[told.pk]), reverse("act", args=[act.pk])]
    pages += [reverse("person", args=[hana.code_name]), reverse("event", args=[act.event.pk])]
    for page in pages:
        assert "C3" in body(alice.get(page)), page
    actions.grade_act(reader("alice"), act, credibility="5")
    assert "C5" in body(alice.get(reverse("act", args=[act.pk])))
    assert "C3" in body(alice.get(reverse("interview", args=[told.pk])))


def test_a_grade_is_changed_with_history(alice, letter):
    url = reverse("edit-source", args=[letter.pk])
    seen = Version.objects.filter(model="Source", object_id=letter.pk).last().pk
    sent = {"title": "A letter", "text": TEXT, "reliability": "E", "credibility": "5"}
    assert alice.post(url, sent | {"why": "its stamp is false", "seen": seen}).status_code == 302
    shown = body(alice.post(reverse("history", args=["source", letter.pk])))
    assert "its stamp is false" in shown
    assert "<del>B</del><ins>E</ins>" in shown
    assert verify_history()
    stale = alice.post(url, sent | {"reliability": "A", "seen": seen})
    assert stale.status_code == 409


def test_an_original_is_never_replaced_and_a_changed_one_is_not_handed_out(alice, letter):
    with pytest.raises(RecordsError, match="sealed for this source already"):
        path = Path(original_path(letter)).with_name("other")
        path.write_bytes(b"%PDF- other")
        actions.seal_original(reader("alice"), letter, path, name="x.pdf")
    original_path(letter).write_bytes(b"%PDF-1.7 a letter that was changed")
    answer = alice.post(reverse("original", args=[letter.pk]))
    assert answer.status_code == 400
    assert "missing or was changed" in body(answer)


def test_an_original_leaves_as_a_download_that_a_browser_does_nothing_with(alice, letter):
    answer = alice.post(reverse("original", args=[letter.pk]))
    assert b"".join(answer) == LETTER
    assert answer["Content-Disposition"] == f'attachment; filename="source-{letter.pk}.pdf"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert AuditEntry.objects.last().action == "take_original"
    assert alice.get(reverse("original", args=[letter.pk])).status_code == 405


def test_the_name_of_a_file_is_kept_nowhere(alice, home):
    add(alice, file=upload(name="../../가상하나 statement.pdf"))
    source = Source.objects.get()
    kept = [str(p.relative_to(home)) for p in home.rglob("*")]
    assert f"originals/{source.original}/original.pdf" in kept
    assert not any("가상" in name or "statement" in name for name in kept)
    assert "가상" not in str(list(Source.objects.values()))


def test_what_cannot_be_kept_leaves_nothing_behind(alice, home):
    for name, content in [("photo.png", b"<script>"), ("run.exe", b"x"), ("x.pdf", b"MZ\x90")]:
        shown = body(add(alice, file=upload(name, content)))
        assert "Nothing was written yet" in shown
    assert not Source.objects.exists()
    assert not list(home.rglob("original.*"))


def test_an_interview_has_interpreter_recording_and_moments_as_evidence(alice, hana):
    url = reverse("add-interview", args=[hana.code_name])
    facts = {"held_on": "2026", "interviewer": "Alice, Bob", "interpreter": "Ms Invented"}
    facts |= {"language": "ko", "text": "A fictional voice.", "recording": "drive 3"}
    assert alice.post(url, facts).status_code == 302
    told = hana.interviews.last()
    assert (told.interpreter, told.source.kept_where) == ("Ms Invented", "drive 3")
    page = reverse("interview", args=[told.pk])
    assert "drive 3" in body(alice.get(page))
    code = reverse("code-act", args=[told.pk])
    sent = {"term": "trafficking/deception", "begins": "12:34", "ends": "1:02:03"}
    assert alice.post(code, sent).status_code == 302
    act = hana.acts.last()
    (evidence,) = act.evidence.all()
    assert (evidence.begins_at, evidence.ends_at, evidence.exact) == (754, 3723, "")
    assert "12:34 to 1:02:03" in body(alice.post(reverse("act", args=[act.pk])))
    swapped = body(alice.post(code, sent | {"begins": "2:00:00"}))
    assert "ends before it begins" in swapped
    nothing = body(alice.post(code, {"term": "trafficking/deception"}))
    assert "Give the words that say so, or a time in the recording" in nothing


def test_a_recording_can_be_sealed_for_an_interview(alice, hana):
    source = hana.interviews.get().source
    sound = b"OggS" + bytes(64)
    url = reverse("seal-original", args=[source.pk])
    assert alice.post(url, {"file": upload("voice.ogg", sound)}).status_code == 302
    source.refresh_from_db()
    assert source.original == hashlib.sha256(sound).hexdigest()
    actions.add_evidence(reader("alice"), hana.acts.get(), Moment(start=1, end=2))


def test_acts_rest_on_the_text_beside_a_document(alice, hana, letter):
    act = actions.add_act(reader("alice"), hana, term="trafficking/deception", source=letter)
    url = reverse("add-evidence", args=[act.pk])
    assert alice.post(url, {"quote": "Lark Street"}).status_code == 302
    assert act.evidence.get().start == TEXT.index("Lark Street")
    actions.edit_source(reader("alice"), letter, said={"text": "Once. " + TEXT})
    assert act.evidence.get().start == TEXT.index("Lark Street") + 6


def test_an_erasure_takes_the_recording_too(
    alice, hana, home, monkeypatch, django_capture_on_commit_callbacks
):
    # Inside a test's own transaction the journal cannot be folded in.
    monkeypatch.setattr("bearwitness.records.actions.erasing._leave_no_copy", lambda: None)
    source = hana.interviews.get().source
    sound = home / "sound"
    sound.parent.mkdir(exist_ok=True)
    sound.write_bytes(b"OggS" + bytes(64))
    actions.seal_original(reader("alice"), source, sound, name="voice.ogg")
    kept = original_path(source)
    actions.edit_source(reader("alice"), source, said={"kept_where": "Lark's cupboard"})
    asked = actions.ask_erasure(reader("bob"), hana, reason="she asked to be forgotten")
    with django_capture_on_commit_callbacks(execute=True):
        actions.confirm_erasure(reader("alice"), asked)
    assert not kept.exists()
    source.refresh_from_db()
    assert (source.original, source.kept_where) == (None, "")
    assert "cupboard" not in str(list(Version.objects.values_list("before", "after")))
    assert verify_history()


def test_whoever_may_not_read_words_is_given_neither_text_nor_original(alice, letter, client):
    client.force_login(account("ana"))
    page = reverse("source", args=[letter.pk])
    assert "Your roles do not show its words" in body(client.get(page))
    assert client.post(page).status_code == 403
    assert client.post(reverse("original", args=[letter.pk])).status_code == 403


def test_a_list_that_came_in_is_taken_out_again_as_it_came(alice):
    content = b"id,name,sex,birth\n1,Fictional One,f,1990\n"
    sent = {"file": io.BytesIO(content), "name": "harbour"}
    sent["file"].name = "list.csv"
    alice.post(reverse("import-list"), sent)
    source = Source.objects.get(list_name="harbour")
    assert b"".join(alice.post(reverse("original", args=[source.pk]))) == content


def test_a_quote_in_a_source_without_text_says_what_to_do(alice, hana):
    source = actions.add_source(
        reader("alice"), kind="document", title="Bare", received_at=date(2026, 1, 1)
    )
    act = actions.add_act(reader("alice"), hana, term="trafficking/deception", source=source)
    shown = body(alice.post(reverse("add-evidence", args=[act.pk]), {"quote": "x"}))
    assert "no text to quote from" in shown
