"""What somebody hostile sends or stores: refused or neutralised, on every page and in every form.

Pages and forms come from the URL conf (tests/web/walking.py), so that new ones are tested too.
"""

import io
import re
import unicodedata
import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from tests.cast import ROLES, account, reader
from tests.web.conftest import make_hana
from tests.web.test_pages import address, all_patterns, body
from tests.web.walking import (
    ENDS,
    Page,
    everything_behind,
    faults_of,
    forms_on,
    make_study,
    pages,
    put_back,
)

from bearwitness.records import actions
from bearwitness.records.models import Person, Version
from bearwitness.web.invisible import visible

ANSWERS = {200, 302, 400, 403, 404, 405, 409, 413}  # anything but a failure of ours
# Whoever forges it signs somebody out; see web/account.py.
WITHOUT_TOKEN = {"leave"}
ELSEWHERE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}")
MARK = "hx7"
MARKUP = f"\"'><script id={MARK}>x</script><img src=x onerror={MARK}()></textarea><svg/onload=x()>"
STATEMENT = "'; DROP TABLE records_person; -- %s \\ {{7*7}}{% x %}"
TURNED = "\u202egnp.exe\u2066\u200b\ufeff\u0007\U000e0041end"
HOSTILE = MARKUP + STATEMENT + TURNED


@pytest.fixture
def world(alice, hana, settings, tmp_path):
    """Alice with every role, and Hana of whom everything is known that a page can show."""
    make_study(settings, tmp_path)
    actions.ask_erasure(reader("bob"), hana, reason="she asked to be forgotten")
    return alice, hana


def all_text():
    """Everything that is stored, as text."""
    return "\n".join(
        str(list(models.QuerySet(model).values()))
        for model in apps.get_app_config("records").get_models()
    )


def send(client, form, sent):
    call = client.post if form.method == "post" else client.get
    return call(form.action, sent)


def invalid_in(response):
    is_page = not response.streaming and "html" in response.get("Content-Type", "")
    return Page("/", body(response)).invalid if is_page else set()


@pytest.fixture(scope="module")
def cast_and_hana(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        people, hana = {name: account(name) for name in ROLES}, make_hana()
        yield people, hana
        transaction.set_rollback(True)


@pytest.mark.parametrize("who", ["nobody", *ROLES])
def test_every_page_for_everybody_runs_nothing_and_asks_nobody_else(
    who, cast_and_hana, db, settings, tmp_path
):
    make_study(settings, tmp_path)
    people, hana = cast_and_hana
    client, found = Client(), []
    if who != "nobody":
        client.force_login(people[who])
    sends = who in ("nobody", "alice", "charlie")
    for name, url in pages(hana).items():
        for call in (client.get, client.post) if sends and name not in ENDS else (client.get,):
            with transaction.atomic():  # what a role may do is done, and put back
                response = call(url)
                transaction.set_rollback(True)
            assert response.status_code in ANSWERS, name
            found += faults_of(name, response)
    assert found == []


def test_the_pages_behind_buttons_run_nothing_either(world):
    client, hana = world
    found = [f for name, _, r in everything_behind(client, hana) for f in faults_of(name, r)]
    assert found == []


@pytest.mark.parametrize(
    "page",
    [
        "<script>x</script>",
        "<p onclick=x>",
        "<p style='color:red'>",
        "<style>p{}</style>",
        "<a href='javascript:x'>",
        "<img src='//elsewhere.example/x'>",
        "<link href='https://elsewhere.example'>",
        "<form action='http://elsewhere.example'>",
        "<a href='/\\elsewhere.example'>",
        "<iframe src='/x'></iframe>",
        "<svg/onload=x()>",
    ],
)
def test_the_walk_would_see_it(page):
    assert Page("/", page).faults


def test_no_file_of_ours_names_another_host():
    seen = 0
    for path in (Path(finders.find("web/site.css")).parent).rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}", text), (
                path
            )
            seen += 1
    assert seen >= 4


def test_what_is_stored_or_sent_back_by_any_form_stays_words(world):
    client, hana = world
    people, forms, found = Person.objects.count(), list(forms_on(client, hana)), []
    assert len(forms) > 30
    for form in forms:
        with put_back(client, hana):
            sent = form.filled(HOSTILE)
            response = send(client, form, sent)
            if wrong := invalid_in(response):  # once more, with those fields as they were
                found += faults_of(str(form), response)
                response = send(client, form, sent | {n: form.fields.get(n, "") for n in wrong})
            assert response.status_code in ANSWERS, form
            found += faults_of(str(form), response)
            if not response.streaming and "html" in response.get("Content-Type", ""):
                assert visible(body(response)) == body(response), form
    kept = all_text()
    assert kept.count(MARK) > 20, "the walk must have stored something, or it shows nothing"
    assert "\u202e" not in kept
    assert Person.objects.count() >= people
    for name, _, response in everything_behind(client, hana):
        found += faults_of(name, response)
    assert found == []


def test_what_is_in_an_address_stays_words(world):
    client, hana = world
    asked = {"page", "code", "state", "before", "after", "q", "next", "sort", "kind", "team"}
    for _, url, response in everything_behind(client, hana):
        if response.streaming or "html" not in response.get("Content-Type", ""):
            continue
        shown = Page(url, body(response))
        asked |= {n for form in shown.forms if form.method == "get" for n in form.fields}
        asked |= {n for link in shown.links for n in re.findall(r"[?&;](\w+)=", link)}
    found = []
    for name, url in pages(hana).items():
        if name in ENDS - {"login"}:
            continue
        for value in (HOSTILE, "9" * 40, "//elsewhere.example"):
            response = client.get(url, dict.fromkeys(sorted(asked), value))
            assert response.status_code in ANSWERS, (name, value)
            found += faults_of(name, response)
    assert found == []


def test_a_megabyte_in_any_field_is_refused_or_cut_and_never_a_failure(world):
    client, hana = world
    forms = {form.name: form for form in forms_on(client, hana) if form.method == "post"}
    for form in forms.values():
        for first in range(0, len(form.typed), 4):
            some = dict.fromkeys(form.typed[first : first + 4], "y" * 1_048_577)
            with put_back(client, hana):
                assert send(client, form, form.fields | some).status_code in ANSWERS, form
    longest = max(len(word) for word in re.findall("y+", all_text()))
    assert longest <= 5000  # a comment is cut there; all else is refused


def test_more_than_a_request_may_hold_is_refused(world):
    client, _ = world
    answer = client.post(reverse("add-event"), {"title": "x" * (6 * 1024 * 1024)})
    assert answer.status_code in (400, 413)


def test_every_post_without_a_token_is_refused_whoever_sends_it(world, settings):
    _, hana = world
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("alice"))
    before = all_text()
    asked = {n: url for n, url in pages(hana).items() if n not in WITHOUT_TOKEN}
    accepted = [n for n, url in asked.items() if client.post(url).status_code != 403]
    assert accepted == []
    assert all_text() == before
    for pattern in all_patterns():
        assert getattr(pattern.callback, "csrf_exempt", False) == (pattern.name in WITHOUT_TOKEN)


def test_asking_for_a_page_changes_nothing_but_what_is_audited(world):
    client, hana = world
    before = Version.objects.count(), Person.objects.count()
    for name, url in pages(hana).items():
        if name not in ENDS:
            client.get(url)
    assert (Version.objects.count(), Person.objects.count()) == before


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "https:elsewhere.example",
        "\t//elsewhere.example",
        "http:///elsewhere.example",
        "/%09/elsewhere.example",
    ],
)
def test_no_form_leads_to_another_site(target, world):
    client, hana = world
    user = account("alice")
    user.set_password("slow-river-bends-42")
    user.save()
    signing_in = {"username": "alice", "password": "slow-river-bends-42", "next": target}
    answers = [Client().post(reverse("login") + f"?next={target}", signing_in)]
    answers += [client.get(reverse("login"), {"next": target})]
    answers += [client.post(reverse("language"), {"language": "ko", "next": target})]
    for name in ("next", "back", "url", "to", "return"):
        for page in ("add-event", "edit-person", "move-interview", "add-comment"):
            answers.append(client.post(address(page, hana), {name: target}))
    for answer in answers:
        assert re.match(r"/(?![/\\])", answer.get("Location", "/")), answer["Location"]


def test_no_number_or_code_name_of_another_team_is_answered(cast_and_hana, db):
    """Every page with an id in its address, in both ways: as if there were nothing."""
    people, hana = cast_and_hana
    client, walked = Client(), 0
    client.force_login(people["charlie"])
    for pattern in all_patterns():
        room = str(pattern.pattern).split("/")[0]
        if {"number", "code_name"} & set(pattern.pattern.converters) and room != "accounts":
            url = address(pattern.name, hana)
            for call in (client.get, client.post):
                assert call(url).status_code in (403, 404, 405), url
                walked += 1
    assert walked > 30


@pytest.mark.parametrize("number", [0, 10**30, 9223372036854775808])
def test_a_number_that_no_row_can_have_is_no_failure(number, world):
    client, _ = world
    for pattern in all_patterns():
        wanted = set(pattern.pattern.converters)
        if "number" in wanted:
            known = {"number": number, "kind": "interview", "code_name": "P-ZZZZ", "name": "x"}
            url = reverse(pattern.name, kwargs={key: known[key] for key in wanted})
            for call in (client.get, client.post):
                assert call(url).status_code in (302, 403, 404, 405), url


def zipped(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(part, **more):
    """The least that a reader of .xlsx opens, with a sheet of our own making."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    space = "http://schemas.openxmlformats.org"
    types = (
        f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/s.xml" ContentType="{kinds}.worksheet+xml"/></Types>'
    )
    office = f"{space}/officeDocument/2006/relationships"
    rels = f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
    book = f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{office}"><sheets>'
    return zipped(
        **{
            "[Content_Types].xml": types,
            "_rels/.rels": f'{rels}Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "xl/_rels/workbook.xml.rels": f'{rels}Type="{office}/worksheet" Target="s.xml"/>'
            "</Relationships>",
            "xl/workbook.xml": f'{book}<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/s.xml": part.replace("SPACE", f"{space}/spreadsheetml/2006/main"),
            **more,
        }
    )


CELL = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'


def sheet(word):
    rows = CELL.format(1, "id") + CELL.format(2, word)
    return f'<worksheet xmlns="SPACE"><sheetData>{rows}</sheetData></worksheet>'


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
)
FILES = {
    "bomb.xlsx": lambda: workbook(sheet("1"), **{"xl/media/big": bytes(210_000_000)}),
    "laughs.xlsx": lambda: workbook(LAUGHS + "]>" + sheet("&a9;")),
    "outside.xlsx": lambda: workbook(
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + sheet("&a;")
    ),
    "climbing.xlsx": lambda: workbook(sheet("1"), **{"../../climbed.txt": b"out"}),
    "entities.docx": lambda: zipped(**{"word/document.xml": LAUGHS + "]><x>&a9;</x>"}),
    "drawing.svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>",
    "photo.png": lambda: b"<!doctype html><script>alert(1)</script>",
    "page.csv": lambda: b"<html><script>alert(1)</script>",
    "deep.json": lambda: b"[" * 200_000,
    "zero.csv": lambda: b"id,name\n1,\x00\n",
    "../../../climbed.csv": lambda: b"id,name\n1,x\n",
    "..\\..\\climbed.csv": lambda: b"id,name\n1,x\n",
    "/etc/cron.d/climbed": lambda: b"* * * * * x",
    "\u202evsc.exe": lambda: b"MZ\x90\x00",
    "a" * 5000 + ".csv": lambda: b"id,name\n1,x\n",
    "empty.csv": lambda: b"",
}


@pytest.fixture(scope="module")
def hostile_files():
    return {name: make() for name, make in FILES.items()}


def test_every_form_with_a_file_refuses_or_only_keeps_what_is_hostile(
    world, hostile_files, home, tmp_path
):
    client, hana = world
    forms = [form for form in forms_on(client, hana) if form.files]
    assert {"import-list", "add-source", "seal-original"} <= {form.name for form in forms}
    for form in forms:
        for number, (name, content) in enumerate(hostile_files.items()):
            uploaded = SimpleUploadedFile(name, content, content_type="image/png")
            with put_back(client, hana):
                sent = form.filled(f"hostile {number}") | dict.fromkeys(form.files, uploaded)
                response = send(client, form, sent)
                assert response.status_code in ANSWERS, (form, name)
                assert faults_of(name, response) == []
                assert "root:" not in body(response)
    assert "root:x" not in all_text()
    assert "hahahaha" not in all_text()
    for path in tmp_path.rglob("*"):
        assert "climbed" not in path.name, "a file came to lie where its name wanted"
    for folder in home.glob("originals/*"):
        kept = {path.name for path in folder.iterdir()}
        assert all(re.fullmatch(r"(original|list)\.[a-z0-9]{1,8}|seals\.json", n) for n in kept)


def test_every_download_does_nothing_in_a_browser(world, settings):
    """Whatever is no page of ours is handed over to be saved, or has a policy of its own."""
    client, hana = world
    content = b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"
    sent = {"kind": "document", "title": "A drawing", "received_at": "2026-01-31"}
    sent["file"] = SimpleUploadedFile("drawing.svg", content, content_type="image/svg+xml")
    page = client.post(reverse("add-source"), sent).url
    answer = client.post(f"{page}original/")
    assert b"".join(answer) == content
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Disposition"].endswith('.svg.txt"')
    assert "sandbox" in answer["Content-Security-Policy"]
    for name, url in pages(hana).items():
        response = client.get(url)
        kind = response.get("Content-Type", "text/html").split(";")[0]
        if kind not in ("text/html", "text/plain", "application/json"):
            assert response["Content-Disposition"].startswith("attachment"), name


def test_what_nobody_sees_is_taken_out_of_what_comes_in_and_goes_out(alice, db):
    actions.add_event(reader("alice"), title="kept\u202edetpo as it came in")  # as by an import
    shown = body(alice.get(reverse("events")))
    assert "keptdetpo as it came in" in shown
    alice.post(reverse("add-event"), {"title": "one\u202etwo\u200b three"})
    assert "onetwo three" in all_text()
    assert "\u200b" not in all_text()


def test_every_character_that_nobody_sees_is_known():
    """Categories Cc and Cf of the Unicode character database, but for line ends and joiners."""
    stays = set("\t\n\r\u200c\u200d")
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf") and character not in stays:
            assert visible(character) == "", hex(code)
    assert visible("리가상 ‘Ri’ 李 🙂‍↔️\n") == "리가상 ‘Ri’ 李 🙂‍↔️\n"
