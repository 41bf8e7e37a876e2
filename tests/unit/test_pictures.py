"""Pictures: their words hold the numbers of the data, their bytes are the same each time."""

import re
from html import unescape
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from defusedxml import ElementTree as Xml
from hypothesis import given, settings
from hypothesis import strategies as st

import bearwitness as bw
from bearwitness import errors, ink
from bearwitness.estimation.estimate import PAINTERS, Estimate, Verdict
from bearwitness.estimation.pictures.density import draw_density
from bearwitness.estimation.pictures.forest import Line, draw_forest
from bearwitness.estimation.pictures.graphs import Graph, draw_graphs
from bearwitness.estimation.pictures.picture import Picture
from bearwitness.estimation.pictures.traces import draw_traces
from bearwitness.estimation.pictures.upset import MOST_BARS, draw_upset

ROOT = Path(__file__).parents[2]
UK = ROOT / "studies" / "uk-trafficking-2013" / "frozen" / "uk.csv"
SVG = "{http://www.w3.org/2000/svg}"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def uk():
    return bw.read_histories(UK)


def chains(uk):
    random = np.random.default_rng(1)
    plain = uk.fit("independence")
    told = {f.name: getattr(plain, f.name) for f in plain.__dataclass_fields__.values()}
    return Estimate(**told | {"draws": random.normal(13_000, 900, (4, 500))})


MAKERS = {
    "upset": lambda uk: uk.plot(),
    "posterior": lambda uk: uk.fit("decomposable").plot(),
    "interval": lambda uk: uk.fit("independence").plot("interval"),
    "sensitivity": lambda uk: uk.fit("decomposable").plot("sensitivity"),
    "profile": lambda uk: uk.plot("profile", estimate=uk.fit("independence")),
    "graphs": lambda uk: uk.fit("decomposable").plot("graphs"),
    "trace": lambda uk: chains(uk).plot("trace"),
    "influence": lambda uk: uk.influence("independence").plot(),
    "comparison": lambda uk: uk.compare(methods=["independence", "decomposable"]).plot(),
}


@pytest.fixture(scope="module")
def pictures(uk):
    return {name: make(uk) for name, make in MAKERS.items()}


def test_every_kind_that_an_estimate_knows_is_tried_here():
    assert set(PAINTERS) <= set(MAKERS)


@pytest.mark.parametrize("name", MAKERS)
def test_it_is_a_picture_with_words_and_numbers(name, pictures):
    picture = pictures[name]
    assert isinstance(picture, Picture) and picture.kind == name
    assert picture.png(dpi=60).startswith(PNG)
    root = Xml.fromstring(picture.svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img" and root.get("aria-label") == picture.alt
    assert picture.to_table().num_rows > 0
    assert re.search(r"\d", picture.alt) and picture.alt.rstrip().endswith(".")
    assert picture._repr_svg_().startswith("<svg ")
    assert unescape(picture.to_html()).count(picture.alt) >= 2


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_picture_is_the_same_bytes_and_names_no_time_or_place(name, pictures, uk):
    first, again = pictures[name], MAKERS[name](uk)
    assert first.svg == again.svg and first.png(dpi=60) == again.png(dpi=60)
    text = first.svg.decode()
    assert not re.search(r"\d{4}-\d\d-\d\dT|dc:date|matplotlib v", text, re.I)
    addresses = re.findall(r"""(?:href|src)=["']([^"']*)""", text)
    assert all(address.startswith("#") for address in addresses)


def test_saving_goes_by_the_ending(pictures, tmp_path):
    picture = pictures["upset"]
    assert picture.save(tmp_path / "a.SVG").read_bytes() == picture.svg
    assert picture.save(str(tmp_path / "a.png")).read_bytes().startswith(PNG)


# The words hold the numbers.


def thousands(value):
    return f"{value:,.0f}"


def test_the_words_of_an_upset_are_sums_of_its_table(uk, pictures):
    picture = pictures["upset"]
    rows = picture.to_table().to_pylist()
    assert sum(row["people"] for row in rows) == uk.observed
    several = sum(row["people"] for row in rows if row["how_many_lists"] > 1)
    assert f"{uk.observed:,} people on 5 lists, {several:,} of them" in picture.alt
    for name in uk.lists:
        total = sum(row["people"] for row in rows if name in row["lists"].split(" and "))
        assert f"{name} {total:,}" in picture.alt


def test_the_words_of_an_estimate_are_its_numbers(uk, pictures):
    estimate = uk.fit("decomposable")
    numbers = (estimate.estimate, estimate.lower, estimate.upper, estimate.observed)
    for number in numbers:
        assert thousands(number) in pictures["posterior"].alt
    drawn = pictures["posterior"].to_table()
    shown = sum(drawn["draws"].to_pylist())
    assert 0.97 * estimate.draws.size <= shown <= estimate.draws.size
    centre = np.average(
        (np.array(drawn["from"]) + np.array(drawn["to"])) / 2, weights=np.array(drawn["draws"])
    )
    assert centre == pytest.approx(estimate.draws.mean(), rel=0.05)


def test_the_words_of_a_sensitivity_curve_are_its_points(uk, pictures):
    estimate = uk.fit("decomposable")
    for ratio, said in ((0.25, "1/4"), (1, "1"), (4, "4")):
        total = estimate.observed + ratio * estimate.unseen
        assert f"at {said}: {thousands(total)}" in pictures["sensitivity"].alt


def test_a_profile_crosses_its_limit_at_the_profile_interval(uk, pictures):
    given_interval = uk.fit("loglinear", interval="profile")
    alt = pictures["profile"].alt
    assert f"{thousands(given_interval.lower)} to {thousands(given_interval.upper)}" in alt
    curve = pictures["profile"].to_table()
    total, height = np.array(curve["total"]), np.array(curve["log_likelihood"])
    assert height.max() <= 1e-9 and height.max() > -0.05
    limit = -1.9207  # half the 95 % quantile of chi-squared with one degree of freedom
    within = total[height >= limit]
    step = total[1] - total[0]
    assert within.min() == pytest.approx(given_interval.lower, abs=step)
    assert within.max() == pytest.approx(given_interval.upper, abs=step)


def test_graphs_are_those_of_the_answer_likeliest_first(uk, pictures):
    told = uk.fit("decomposable").details["graphs"]
    rows = pictures["graphs"].to_table().to_pylist()
    assert [row["probability"] for row in rows] == [g["probability"] for g in told[:6]]
    assert rows[0]["depend_on_each_other"].count(" with ") == len(
        {frozenset((a, b)) for c in told[0]["cliques"] for a in c.split("+") for b in c.split("+")
         if a != b}
    )  # fmt: skip


def test_a_graph_of_no_edges_says_so():
    picture = draw_graphs([Graph(cliques=(("a",), ("b",)), probability=1.0)], lists=["a", "b"])
    assert "100.0%: no two lists." in picture.alt


def test_a_forest_says_estimates_bounds_and_refusals():
    lines = [
        Line(label="one", verdict="estimate", estimate=500.0, lower=400.0, upper=900.0),
        Line(label="two", verdict="lower bound only", lower=300.0),
        Line(label="three", verdict="no estimate"),
    ]
    picture = draw_forest(lines, observed=250, about="Three.")
    assert picture.alt == (
        "Three. 250 were observed. one: 500, interval 400 to 900. two: at least 300. "
        "three: no estimate."
    )
    rows = picture.to_table().to_pylist()
    assert [row["lower"] for row in rows] == [400.0, 300.0, None]


def test_influence_and_comparison_draw_every_answer(uk, pictures):
    influence = uk.influence("independence")
    labels = pictures["influence"].to_table()["label"].to_pylist()
    assert len(labels) == 1 + len(influence.without) + len(influence.merged)
    told = pictures["comparison"].to_table()["label"].to_pylist()
    assert told[-1] == "lower bound (chao)" and len(told) == 3


def test_a_trace_gives_each_chain_its_median(uk, pictures):
    estimate = chains(uk)
    medians = np.median(estimate.draws, axis=1)
    assert np.allclose(pictures["trace"].to_table()["median"], medians)
    for median in medians:
        assert thousands(median) in pictures["trace"].alt


def test_a_refusal_is_drawn_as_words(uk):
    apart = bw.read_histories({"a": [1, 0], "b": [0, 1], "count": [40, 30]}).fit("independence")
    assert apart.verdict is Verdict.NO_ESTIMATE
    assert apart.plot().kind == "interval" and "no estimate" in apart.plot().alt
    with pytest.raises(errors.StudyInvalid):
        apart.plot("posterior")


# Whatever the numbers, it draws.


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40), st.integers(2, 9))
def test_any_counts_are_drawn_and_none_are_lost(counts, lists):
    names = [f"list {number}" for number in range(lists)]
    patterns = {}
    for place, people in enumerate(counts):
        chosen = tuple(n for bit, n in enumerate(names) if (place % (2**lists - 1) + 1) >> bit & 1)
        patterns[chosen] = patterns.get(chosen, 0) + people
    picture = draw_upset(patterns, names)
    assert sum(picture.to_table()["people"].to_pylist()) == sum(counts)
    Xml.fromstring(picture.svg)


def test_more_patterns_than_fit_are_told_and_kept_in_the_table():
    names = ["a", "b", "c", "d", "e", "f"]
    counts = {
        tuple(n for bit, n in enumerate(names) if cell >> bit & 1): cell for cell in range(1, 64)
    }
    picture = draw_upset(counts, names)
    assert picture.to_table().num_rows == 63 > MOST_BARS
    Xml.fromstring(picture.svg)


@pytest.mark.parametrize(
    "draws",
    [np.full((1, 50), 700.0), np.array([[600.0, np.nan, 700.0, 800.0]]), np.array([[500.0, 9e9]])],
    ids=["all the same", "one without an answer", "a tail without end"],
)
def test_odd_draws_are_drawn(draws):
    picture = draw_density(
        draws, observed=500, numbers=(600.0, 700.0, 800.0), level=0.9, about="odd"
    )
    Xml.fromstring(picture.svg)
    assert ("1 draws had no answer" in picture.alt) == bool(np.isnan(draws).any())


def test_a_forest_that_reaches_far_has_a_scale_of_multiples():
    near = Line(label="near", verdict="estimate", estimate=500.0, lower=400.0, upper=900.0)
    far = Line(label="far", verdict="estimate", estimate=9e4, lower=1e3, upper=1e7)
    for lines in ([near], [near, far], [Line(label="none", verdict="no estimate")]):
        Xml.fromstring(draw_forest(lines, observed=250, about="x").svg)


def test_long_runs_are_thinned_in_the_drawing_only():
    draws = np.random.default_rng(2).normal(5000, 100, (3, 20_000))
    picture = draw_traces(draws, mixing="R-hat 1.001")
    assert len(picture.svg) < 400_000 and "20,000 draws" in picture.alt
    assert "R-hat 1.001." in picture.alt


# Letters.


def test_hangul_and_chinese_are_outlines_where_a_font_is_and_text_where_none_is():
    names = ["성당 기록", "教会名单"]
    counts = {(names[0],): 30, (names[1],): 20, tuple(names): 9}
    assert b"<text" not in draw_upset(counts, names).svg
    rare = "성당 \U0002a6a5"  # a Chinese character that no font of ours has
    counts = {(rare,): 30, (names[1],): 20, (rare, names[1]): 9}
    text = draw_upset(counts, [rare, names[1]]).svg.decode()
    shown = [element.text for element in Xml.fromstring(text).iter(f"{SVG}text")]
    assert {rare, "教会名单"} <= set(shown)


def test_our_fonts_have_every_hangul_syllable_and_the_letters_of_both_standards():
    assert not ink.unknown_letters("".join(map(chr, range(0xAC00, 0xD7A4))))
    assert not ink.unknown_letters("韓國人蔘 李 金 女性 拐卖 东北 辽宁 黑龙江 “零二” 《》、。")
    assert ink.unknown_letters("한\U0002a6a5글\U0002a6a5") == "\U0002a6a5"


def test_no_font_is_looked_for_where_words_need_none(monkeypatch):
    def fail():
        raise AssertionError("looked for a font")

    monkeypatch.setattr(ink, "_add_fonts", fail)
    draw_upset({("Église", "Škola"): 4, ("Église",): 3}, ["Église", "Škola"]).svg


def test_names_too_long_are_cut_in_the_drawing_and_whole_in_the_table():
    name = "The register of the municipal morgue from January to June"
    assert ink.shortened(name).endswith("…") and len(ink.shortened(name)) <= 26
    picture = draw_upset({(name,): 4, (name, "b"): 3, ("b",): 2}, [name, "b"])
    assert name in picture.alt
    assert any(name in lists for lists in picture.to_table()["lists"].to_pylist())


def test_a_table_with_every_kind_of_value_is_written_in_html():
    columns = {"people": [1234], "share": [0.5], "none": pa.array([None], pa.float64())}
    html = Picture(
        kind="test", alt="a", table=pa.table(columns), paint=lambda figure: None, size=(1, 1)
    ).to_html()
    assert "1,234" in html and "0.5" in html
