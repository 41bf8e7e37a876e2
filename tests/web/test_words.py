"""Every screen in English, Korean and simplified Chinese: nothing missing, nothing unmarked."""

import ast
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override
from docs import words
from tests.cast import account

from bearwitness.web.said import said as said_in_language
from bearwitness.web.templatetags.dates import day, in_language, titled

WEB = words.CODE / "web"
TEMPLATES = sorted(WEB.rglob("*.html"))
PLACES = re.compile(r"%\(\w+\)[sd]|\{\d\}|<[^>]+>")
# Names, which are the same everywhere.
SAME = {"bearwitness", "PDF", "UTC"}


def key(message):
    return (message.id, message.context)


def said(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_catalogue_has_what_the_code_says_and_nothing_else(language):
    in_code = {key(m) for m in words.messages() if m.id}
    translated = {key(m) for m in words.catalogue(language) if m.id}
    assert in_code - translated == set(), "run `make words`, then translate"
    assert translated - in_code == set(), "run `make words`"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_message_is_translated_and_none_is_a_guess(language):
    catalogue = words.catalogue(language)
    assert words.missing(language) == []
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_message(language):
    for message in words.catalogue(language):
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[1]
            for one in said(message):
                assert sorted(PLACES.findall(one)) == sorted(PLACES.findall(source)), source


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_compiled_catalogue_is_what_the_text_gives(language):
    path = words.LOCALE / language / "LC_MESSAGES" / "django.mo"
    assert path.read_bytes() == words.compiled(language), "run `make words`"


class _Seen(HTMLParser):
    """The text that a reader of a page would see or hear."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def handle_data(self, data):
        self.texts.append(data)

    def handle_starttag(self, tag, attrs):
        spoken = {"title", "alt", "placeholder", "aria-label"}
        self.texts += [value or "" for name, value in attrs if name in spoken]


def unmarked(template):
    text = re.sub(r"{%-? *blocktrans.*?endblocktrans\w* *%}|{#.*?#}", " ", template, flags=re.S)
    literal = re.findall(r'(?:default(?:_if_none)?:|\w=)"([^"{%]*)"(?=[^{}<]*[%}]})', text)
    seen = _Seen()
    seen.feed(re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.S))
    shown = re.findall(r"[^\W\d_][\w'’ ]*", " ; ".join(seen.texts))
    return [words.strip() for words in shown if words.strip() not in SAME], literal


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(WEB).as_posix())
def test_a_template_shows_no_word_that_is_not_marked(path):
    shown, _ = unmarked(path.read_text(encoding="utf-8"))
    assert shown == []


@pytest.mark.parametrize(
    "template",
    ["<p>Hello</p>", '<a title="Hello">–</a>', "{% if a %}<b>Hello</b>{% endif %}"],
)
def test_an_unmarked_word_would_be_seen(template):
    assert unmarked(template)[0] == ["Hello"]


SHOWN = {"label", "help_text", "empty_label", "title", "submit", "intro", "done"}


def plain_strings(tree):
    """Strings with letters that a form or a page shows as they are."""
    for value in map(_shown, ast.walk(tree)):
        if isinstance(value, ast.Constant) and re.search(r"[^\W\d_]", str(value.value or "")):
            yield value.value


def _shown(node):
    if isinstance(node, ast.keyword):
        return node.value if node.arg in SHOWN else None
    if isinstance(node, ast.Assign):
        return node.value if getattr(node.targets[0], "id", "") in SHOWN else None
    if isinstance(node, ast.Call) and _of(node.func) in ("messages", "ValidationError"):
        return node.args[-1] if node.args else None
    return None


def _of(function):
    if isinstance(function, ast.Attribute):
        return getattr(function.value, "id", "")
    return getattr(function, "id", "")


CODE = sorted(set(WEB.rglob("*.py")) - {WEB / "apps.py"})


@pytest.mark.parametrize("path", CODE, ids=lambda p: p.relative_to(WEB).as_posix())
def test_a_form_or_view_shows_no_word_that_is_not_marked(path: Path):
    assert list(plain_strings(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_the_page_of_the_words_is_made_from_the_table():
    assert words.PAGE.read_text(encoding="utf-8") == words.page(), "run `make words`"


def test_the_terms_of_the_table_stand_in_the_glossary():
    glossary = (words.ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    known = set(re.findall(r"\*\*([^*]+)\*\*", glossary))
    assert set(words.terms()) <= known


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("term", words.terms())
def test_a_term_is_said_the_same_everywhere(term, language):
    facts = words.terms()[term]
    spelled = re.compile(rf"\b(?:{facts.get('spelled', term + 's?')})\b", re.I)
    for message in words.catalogue(language):
        source = message.id if isinstance(message.id, str) else message.id[0]
        if source and spelled.search(source) and source not in facts.get("except", ()):
            assert all(facts[language] in one for one in said(message)), source


def test_the_sentences_into_which_something_is_put_are_known():
    stored = (words.LOCALE / "sentences.json").read_text(encoding="utf-8")
    assert stored == words.open_sentences(), "run `make words`"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "there is no consent to 'record'"),
        ("ko", "기록에 대한 동의가 없습니다"),
        ("zh-hans", "没有对记录的同意"),
    ],
)
def test_an_error_is_told_in_the_language_of_the_page(language, told):
    with override(language):
        assert said_in_language("there is no consent to 'record'") == told
        assert said_in_language("no catalogue has this") == "no catalogue has this"


def test_an_error_page_and_a_form_speak_korean(client, db):
    client.force_login(account("ana"))
    refused = client.get(reverse("add-person"), headers={"accept-language": "ko"})
    assert refused.status_code == 403
    assert "이 계정에는 기록 권한이 없습니다" in refused.content.decode()
    client.force_login(account("alice"))
    form = client.post(reverse("add-person"), {}, headers={"accept-language": "ko"})
    assert "필수 항목입니다" in form.content.decode()  # Django's own words


def test_the_language_is_chosen_without_a_script_and_remembered(client, db):
    sign_in = client.get(reverse("login")).content.decode()
    assert '<html lang="en">' in sign_in
    assert 'value="ko" lang="ko"' in sign_in
    chosen = client.post(reverse("language"), {"language": "zh-hans", "next": reverse("login")})
    assert chosen.url == reverse("login")
    assert '<html lang="zh-hans">' in client.get(reverse("login")).content.decode()
    client.force_login(account("alice"))
    assert "没有待办的事。" in client.get(reverse("start")).content.decode()


def test_the_switch_leads_to_no_other_site(client, db):
    sent = {"language": "ko", "next": "https://elsewhere.example/"}
    assert client.post(reverse("language"), sent).url == "/"


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "31 January 2026"), ("ko", "2026년 1월 31일"), ("zh-hans", "2026年1月31日")],
)
def test_a_day_has_the_form_of_the_language(language, told):
    with override(language):
        assert day(date(2026, 1, 31)) == told


def test_what_is_kept_as_a_word_of_ours_is_said_in_the_language_of_the_page():
    with override("ko"):
        assert str(in_language("female")) == "여성"
        assert in_language("how she said it") == "how she said it"
        assert titled("Interview with P-A1B2") == "P-A1B2 면담"
        assert titled("A report of 2014") == "A report of 2014"
