"""One run, a report in each language that hand/ has a text for: all of it said, all tagged."""

import csv
import itertools
import re
from html.parser import HTMLParser

import pikepdf
import pytest

from bearwitness.errors import FigureStale, FigureUnknown, LetterUnknown, WordsMissing
from bearwitness.pipeline import init_study, run_study

THREE = "a,b,c,people\n1,0,0,61\n0,1,0,47\n0,0,1,52\n1,1,0,24\n1,0,1,27\n0,1,1,22\n1,1,1,13\n"
TEXT = {
    "report.md": "**Said first.** {{figure:recorded}}, and {{figure:total}}.\n\n{{chart:lists}}\n",
    "report.ko.md": "{{figure:total}}. 그리고 {{figure:recorded}}.\n\n- 하나\n- 둘\n",
    "report.zh-Hans.md": "{{figure:recorded}}。{{figure:total}}。\n\n| 甲 | 乙 |\n|-|-|\n| 1 | 2 |",
}
WORDS = {
    "ko": {"An invented study": "지어낸 연구", "made people": "지어낸 사람들", "nowhere": "없는 곳",
           "{value} people are on at least one list": "{value}명이 명단에 있습니다",
           "an estimated {value} people in all (interval {lower} to {upper})":
           "전체 약 {value}명 (구간 {lower}~{upper})"},
    "zh-Hans": {"An invented study": "虚构的研究", "made people": "虚构的人", "nowhere": "乌有之地",
                "{value} people are on at least one list": "名单上有 {value} 人",
                "an estimated {value} people in all (interval {lower} to {upper})":
                "估计共 {value} 人（{lower} 至 {upper}）"},
}  # fmt: skip
FILES = {"en": "report", "ko": "report.ko", "zh-Hans": "report.zh-Hans"}


def make_study(folder):
    folder.mkdir(parents=True)
    table = folder / "table.csv"
    table.write_text(THREE, encoding="utf-8")
    study = folder / "small"
    init_study(study, [table], title="An invented study", period="2015/2019", place="nowhere")
    path = study / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'population = ".*"', 'population = "made people"', text)
    settings = '\n[estimation]\nmethods = ["independence"]\nreplicates = 50\n'
    path.write_text(text + settings, encoding="utf-8")
    return study


def write_texts(study):
    for name, text in TEXT.items():
        (study / "hand" / name).write_text(text, encoding="utf-8")
    for language, lines in WORDS.items():
        toml = "".join(f'"{english}" = "{told}"\n' for english, told in lines.items())
        (study / "hand" / f"words.{language}.toml").write_text(toml, encoding="utf-8")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    study = make_study(folder / "in")
    (study / "hand").mkdir(exist_ok=True)
    write_texts(study)
    run_study(study, key_path=folder / "key")
    return study / "output"


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setenv("BEARWITNESS_SIGNING_KEY", str(tmp_path / "key"))
    made = make_study(tmp_path / "in")
    (made / "hand").mkdir(exist_ok=True)
    write_texts(made)
    return made


class _Prose(HTMLParser):
    """What a reader reads and hears, but for what is typed into a shell."""

    def __init__(self):
        super().__init__()
        self.texts, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        self.texts += [value or "" for name, value in attrs if name == "aria-label"]

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"style", "code", "script"} & set(self.inside):
            self.texts.append(data)


def prose(path):
    reader = _Prose()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.texts


# What is said.


def test_there_is_a_report_for_each_text_and_each_leads_to_the_others(run):
    for language, stem in FILES.items():
        page = (run / f"{stem}.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in page
        for other, file in FILES.items():
            assert (f'<a href="{file}.html" lang="{other}"' in page) == (other != language)
        assert (run / f"{stem}.pdf").read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.parametrize("language", ["ko", "zh-Hans"])
def test_no_sentence_is_left_in_english(run, language):
    for text in prose(run / f"{FILES[language]}.html"):
        bare = re.sub(r"\([A-Z][^)]*\d{4}\)", "", text)  # (Fienberg & Rinaldo 2012)
        if not re.match(r"(当时的设置|당시 설정)", bare):
            assert not re.search(r"([A-Za-z]{2,}[ ,;:]+){2}[A-Za-z]{2,}", bare), text


def test_dates_and_numbers_are_in_the_form_of_the_language(run):
    said = {code: " ".join(prose(run / f"{stem}.html")) for code, stem in FILES.items()}
    assert "2015 to 2019" in said["en"]
    assert "2015년부터 2019년까지" in said["ko"]
    assert "2015年至2019年" in said["zh-Hans"]


def test_a_chart_has_its_words_and_its_numbers_beside_it(run):
    page = (run / "report.html").read_text(encoding="utf-8")
    assert page.count("<details>") == 3 == page.count('role="img" aria-label=')
    rows = list(csv.reader((run / "package/data/charts/lists.csv").open(encoding="utf-8")))
    assert rows[0] == ["lists", "people"]
    assert ["a", "60"] in rows


def test_each_figure_has_a_footnote_and_a_way_back(run):
    page = (run / "report.html").read_text(encoding="utf-8")
    for number, name in enumerate(("recorded", "total"), start=1):
        assert f'id="figure-{name}"' in page
        assert f'href="#note-{number}"' in page
        assert f'<li id="note-{number}">' in page
        assert f'href="#figure-{name}"' in page


# The tags of the PDF (ISO 14289-1).


@pytest.fixture(scope="module", params=FILES)
def pdf(request, run):
    with pikepdf.open(run / f"{FILES[request.param]}.pdf") as opened:
        opened.language = request.param
        yield opened


def elements(node):
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from elements(node.get("/K", pikepdf.Array()))


def kinds(node):
    return [str(element.S) for element in elements(node)]


def test_it_says_that_it_is_tagged_in_which_language_and_under_which_title(pdf):
    root = pdf.Root
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert str(root.Lang) == {"zh-Hans": "zh-CN"}.get(pdf.language, pdf.language)
    with pdf.open_metadata() as said:
        assert said["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert said["dc:title"] == WORDS.get(pdf.language, {}).get(
            "An invented study", "An invented study"
        )
    assert root.Outlines.Count != 0


def test_headings_go_down_one_by_one(pdf):
    levels = [int(k[2]) for k in kinds(pdf.Root.StructTreeRoot.K) if re.fullmatch(r"/H\d", k)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_pictures_have_words_and_tables_have_headers(pdf):
    for element in elements(pdf.Root.StructTreeRoot.K):
        if element.S == "/Figure":
            assert len(str(element.Alt)) > 20
        if element.S == "/Table":
            inside = kinds(element.K)
            assert inside.count("/TH") >= 2
            assert "/THead" in inside and "/TBody" in inside


def test_footnotes_are_notes_with_ids_of_their_own(pdf):
    notes = [e for e in elements(pdf.Root.StructTreeRoot.K) if e.S == "/Note"]
    assert len({str(e.ID) for e in notes}) == len(notes) == 2


def test_everything_painted_is_tagged_or_an_artifact(pdf):
    painting = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "S", "s", "Do", "sh"}
    for number, page in enumerate(pdf.pages, start=1):
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in {"BDC", "BMC"}:
                depth += 1
            elif str(operator) == "EMC":
                depth -= 1
            elif str(operator) in painting:
                assert depth > 0, (number, operands, operator)
        assert page.Tabs == "/S"


def test_every_font_is_embedded_and_can_be_read_out(pdf):
    seen = set()
    for page in pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            assert "/ToUnicode" in font
            (descendant,) = font.DescendantFonts
            described = descendant.FontDescriptor
            assert {"/FontFile2", "/FontFile3"} & set(described.keys())
            seen.add(str(font.BaseFont).split("+")[-1])
    wanted = {"ko": "BearwitnessSansKR", "zh-Hans": "BearwitnessSansSC"}.get(pdf.language)
    assert wanted is None or any(name.startswith(wanted) for name in seen)


# What stops the build.


def test_a_placeholder_without_a_figure(study):
    (study / "hand" / "report.md").write_text("{{figure:other}}", encoding="utf-8")
    for name in ("report.ko.md", "report.zh-Hans.md"):
        (study / "hand" / name).unlink()
    with pytest.raises(FigureUnknown, match="no figure 'other'"):
        run_study(study)
    assert not (study / "output").exists()


def test_a_language_that_states_other_figures(study):
    (study / "hand" / "report.ko.md").write_text("{{figure:total}}", encoding="utf-8")
    with pytest.raises(FigureUnknown, match=r"report\.ko\.md: not the same figures .*recorded"):
        run_study(study)


def test_a_text_written_for_another_value(study):
    path = study / "hand" / "report.md"
    path.write_text("{{figure:recorded = 245}} {{figure:total}}", encoding="utf-8")
    run_study(study)
    path.write_text("{{figure:recorded = 250}} {{figure:total}}", encoding="utf-8")
    with pytest.raises(FigureStale, match="written for 250; it is now 245"):
        run_study(study)


def test_a_language_without_the_words_of_the_study(study):
    (study / "hand" / "words.ko.toml").write_text('"nowhere" = "없는 곳"', encoding="utf-8")
    with pytest.raises(WordsMissing, match="lacks 2 words") as found:
        run_study(study)
    assert '"made people" = "..."' in found.value.hint


def test_a_letter_that_no_font_has_is_named_and_never_printed_as_a_box(study):
    path = study / "hand" / "report.zh-Hans.md"
    path.write_text(TEXT["report.zh-Hans.md"] + "\n\n\U0002a6a5\n", encoding="utf-8")
    with pytest.raises(LetterUnknown, match=r"U\+2A6A5") as found:
        run_study(study)
    assert found.value.where == "hand/report.zh-Hans.md"


def test_a_study_with_one_language_gets_that_one(study):
    (study / "hand" / "report.md").unlink()
    (study / "hand" / "report.zh-Hans.md").unlink()
    run_study(study)
    page = (study / "output" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ko">' in page and 'class="languages"' not in page
    assert not (study / "output" / "report.ko.html").exists()
