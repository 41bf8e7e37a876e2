"""The words of reports: none missing, none unknown, and what stands in a sentence stays in it."""

import re

import pytest
from docs import words as kept
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.release.words import LANGUAGES, Words, _patterns

OTHERS = [code for code in LANGUAGES if code != "en"]
PLACES = re.compile(r"\{[\w:]*\}")


@pytest.mark.parametrize("language", kept.LANGUAGES)
def test_the_catalogue_has_what_reports_say_and_nothing_else(language):
    in_code = {m.id for m in kept.report_messages() if m.id}
    translated = {m.id for m in kept.catalogue(language, kept.REPORTS) if m.id}
    assert in_code == translated, "run `make words`"
    assert kept.missing(language, kept.REPORTS) == []


@pytest.mark.parametrize("language", kept.LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_sentence(language):
    for message in kept.catalogue(language, kept.REPORTS):
        assert sorted(PLACES.findall(message.string)) == sorted(PLACES.findall(message.id))


@pytest.mark.parametrize("language", kept.LANGUAGES)
def test_the_compiled_catalogue_is_what_the_text_gives(language):
    compiled = kept.REPORTS.path(language, "mo").read_bytes()
    assert compiled == kept.compiled(language, kept.REPORTS), "run `make words`"


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_with_something_in_it_is_known_again(language):
    words = Words(language=language)
    for _, sentence, _ in _patterns():
        names = dict.fromkeys(re.findall(r"\{(\w*)", sentence))
        values = [f"{7 + i}" for i in range(len(names))]
        put = dict(zip(names, values, strict=True))
        said = re.sub(r"\{(\w*)[^{}]*\}", lambda hole, put=put: put[hole[1]], sentence)
        told = words.said(said)
        assert told != said, sentence
        for value in values:
            assert value in told, sentence


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("nobody was observed", "관찰된 사람이 없습니다"),
        ("Nobody was here.", "Nobody was here."),
        ("stepwise: the fit did not settle.", "stepwise: 적합이 수렴하지 않았습니다."),
        (
            "list a shares nobody with any other list; the bound is not finite",
            "명단 a에는 다른 명단과 겹치는 사람이 없습니다; 하한이 유한하지 않습니다",
        ),
        ("1,234", "1,234"),
    ],
)
def test_reasons_are_said_piece_by_piece(said, told):
    assert Words(language="ko").said(said) == told


def test_what_the_study_says_itself_comes_first():
    words = Words(language="ko", own={"harbour": "항구"})
    assert words.said("list harbour shares nobody with any other list").startswith("명단 항구에는")


@pytest.mark.parametrize(
    ("date", "said"),
    [
        (
            "1999-03-20/1999-06-22",
            ("20 March 1999 to 22 June 1999", "1999年3月20日至1999年6月22日"),
        ),
        ("2013", ("2013", "2013年")),
        ("2014-05", ("May 2014", "2014年5月")),
        ("2014-21", ("2014-21", "2014-21")),
        ("2014-21~", ("2014-21~", "2014-21~")),
        ("[1998..2000]", ("[1998..2000]", "[1998..2000]")),
    ],
)
def test_dates_are_said_and_what_is_no_plain_date_stays(date, said):
    assert (Words().day(date), Words(language="zh-Hans").day(date)) == said


@given(st.text(max_size=80), st.sampled_from(OTHERS))
def test_no_text_is_too_odd_to_be_said(text, language):
    assert isinstance(Words(language=language).said(text), str)
    assert isinstance(Words(language=language).day(text), str)
