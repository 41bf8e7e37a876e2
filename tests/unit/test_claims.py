"""Claims that travel: what is lost on the way is found, and a register that is wrong is refused.

The real register is in ../shared; the small one here is invented.
"""

import csv
import re
from pathlib import Path

import pytest

from bearwitness.errors import TableMismatch
from bearwitness.release.claims import (
    Plausible,
    draw_lineage,
    draw_lineages,
    find_contradictions,
    read_claims,
    read_parts,
    read_plausible,
)
from bearwitness.release.words import Words

REAL = Path(__file__).parents[3] / "shared" / "data" / "claims" / "red-zone-claims.csv"
HEAD = "id,published,publisher,attributed_to,measure,population,low,high,unit,cites,note"
FIRST = "a,2019-05,Alpha,Office,share,women of the valley,60,60,percent,,"
MONEY = "m,2019,Alpha,Office,annual profit,women of the valley,105,,USD per year,,"


def register(*lines, parts=None):
    rows = list(csv.DictReader([HEAD, *lines]))
    return read_claims({name: [r[name] for r in rows] for name in HEAD.split(",")}, parts=parts)


def found(*lines, parts=None):
    return [(c.kind, c.claims) for c in find_contradictions(register(*lines, parts=parts))]


def test_a_figure_told_again_of_other_people_is_found_and_the_lost_word_named():
    again = "b,2019-06,Beta,Office,share,of the valley,60,60,percent,a,"
    (lost,) = find_contradictions(register(FIRST, again))
    assert (lost.kind, lost.claims) == ("population changed", ("a", "b"))
    assert "lost on the way: “women”" in lost.sentence


def test_a_figure_need_not_be_cited_to_be_known_again():
    again = "b,2019-06,Beta,Office,share,all of the valley,60,60,percent,,"
    assert found(FIRST, again) == [("population changed", ("a", "b"))]
    other = again.replace("Office", "Bureau")
    assert found(FIRST, other) == []


def test_a_number_that_stays_while_its_currency_changes_is_found():
    again = "n,2023,Beta,Office,annual profit,women of the valley,105,105,GBP per year,m,"
    assert found(MONEY, again) == [("unit changed", ("m", "n"))]


def test_profit_that_becomes_revenue_is_found():
    again = "n,2023,Beta,Office,annual revenue,women of the valley,105,105,USD per year,m,"
    assert found(MONEY, again) == [("measure changed", ("m", "n"))]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("p,2023,Beta,Bureau,number,women of the valley,500,500,persons,,", "both cannot be true"),
        ("p,2023,Beta,Bureau,number,women of the valley,,500,persons,,", "reach beyond the whole"),
    ],
)
def test_a_part_above_its_whole_is_found_through_any_number_of_steps(part, why):
    whole = "w,2022,Alpha,Office,number,people of the region,150,200,persons,,"
    parts = {"women of the valley": "people of the valley"}
    parts |= {"people of the valley": "people of the region"}
    (clash,) = find_contradictions(register(whole, part, parts=parts))
    assert (clash.kind, clash.claims) == ("part above whole", ("w", "p"))
    assert why in clash.sentence
    below = part.replace("500", "180")
    assert found(whole, below, parts=parts) == []


def test_a_chain_that_ends_with_nobody_is_found():
    assert found(FIRST.replace("Office", "reportedly")) == [("no first source", ("a",))]


ILO = Plausible(unit="USD per person per year", low=3687, high=27252, source="Office of Labour")
MANY = "p,2019,Alpha,Office,number,women of the valley,150000,200000,persons,,"


def told_together(*lines, plausible=(ILO,)):
    rows = list(csv.DictReader([HEAD, *lines]))
    claims = read_claims({n: [r[n] for r in rows] for n in HEAD.split(",")}, plausible=plausible)
    return [c for c in find_contradictions(claims) if c.kind == "implausible implication"]


def test_an_amount_that_is_implausible_for_the_people_told_with_it_is_found():
    money = MONEY.replace("105,,", "105000000,,")
    (one,) = told_together(money, MANY)
    assert one.claims == ("m", "p")
    assert "in USD per person per year that is 520–700" in one.sentence
    assert "known elsewhere: 3,687–27,252 (Office of Labour)" in one.sentence
    share = "s,2019,Alpha,Office,share,women of the valley,40,56,percent,,"
    (one,) = told_together(money, MANY, share)
    assert one.claims == ("m", "p", "s")
    assert "of whom 40 to 56 percent; in USD per person per year that is 940–1,800" in one.sentence
    plausible = share.replace("40,56", "10,20")
    assert told_together(money, MANY, plausible) == [], "up to 7,000 a person"


@pytest.mark.parametrize(
    "change",
    [
        ("2019,Alpha,Office,number", "2023,Beta,Bureau,number"),  # told by others, another year
        ("150000,200000", "5000,9000"),  # 12,000 to 21,000 a person is plausible
        ("persons", "cases"),
    ],
)
def test_what_was_not_told_together_or_is_plausible_is_let_be(change):
    assert told_together(MONEY.replace("105,,", "105000000,,"), MANY.replace(*change)) == []


def test_what_is_known_elsewhere_needs_a_source():
    columns = {"unit": ["USD"], "low": ["1"], "high": ["2"], "source": [""]}
    with pytest.raises(TableMismatch, match="needed") as refused:
        read_plausible(columns, where="plausible.csv")
    assert refused.value.where == "plausible.csv, column 'source', row 2"
    with pytest.raises(TableMismatch, match="no column 'source'"):
        read_plausible({"unit": [], "low": [], "high": []})


def test_a_long_lineage_is_drawn_on_pages_and_no_chain_is_cut():
    lines = [
        line
        for n in range(60)
        for line in (
            f"a{n},2019,Alpha,Office {n},share,women of the valley,{n + 1},{n + 1},percent,,",
            f"b{n},2020,Beta,Office {n},share,women of the valley,{n + 1},{n + 1},percent,a{n},",
        )
    ]
    claims = register(*lines)
    pages = draw_lineages(claims, [])
    assert len(pages) > 1
    for page in pages:
        width, height = (float(x) for x in re.search(rb"0 0 (\d+) ([\d.]+)", page.svg).groups())
        assert height <= 1.4 * width, "it fits on a page"
    drawn = [row for page in pages for row in page.data.rows]
    assert len(drawn) == 120
    for page in pages:
        ids = {row[0] for row in page.data.rows}
        assert all(row[1] in ids for row in page.data.rows if row[1] != "—")


def test_a_contradiction_is_said_in_the_languages_that_we_have():
    again = "b,2019-06,Beta,Office,share,of the valley,60,60,percent,a,"
    (lost,) = find_contradictions(register(FIRST, again))
    own = {"60 percent": "60%", "women of the valley": "골짜기의 여성", "of the valley": "골짜기"}
    said = lost.in_words(Words(language="ko", own=own))
    assert "“골짜기의 여성” 60%" in said and "도중에 사라진 말" in said


@pytest.mark.parametrize(
    ("line", "where", "what"),
    [
        (FIRST.replace("women of the valley", ""), "column 'population', row 3", "needs this"),
        (FIRST.replace("60,60", "sixty,60"), "column 'low', row 3", "not a number"),
        (FIRST.replace("60,60", "70,60"), "column 'low', row 3", "above high"),
        (FIRST.replace("2019-05", "last May"), "column 'published', row 3", "not a date"),
        (FIRST.replace("percent,,", "percent,zz,"), "column 'cites', row 3", "has this id"),
        (MONEY, "column 'id', row 3", "earlier claim"),
    ],
)
def test_a_wrong_register_is_refused_with_row_and_column(line, where, what):
    with pytest.raises(TableMismatch, match=what) as refused:
        register(MONEY, line)
    assert refused.value.where == where
    assert refused.value.hint


def test_claims_that_cite_each_other_are_refused():
    ring = (FIRST.replace("percent,,", "percent,m,"), MONEY.replace("year,,", "year,a,"))
    with pytest.raises(TableMismatch, match="cite each other"):
        register(*ring)


def test_a_missing_column_is_named():
    with pytest.raises(TableMismatch, match="no column 'unit'"):
        read_claims({"id": [], "published": [], "publisher": [], "measure": [], "population": []})
    with pytest.raises(TableMismatch, match="part_of"):
        read_parts({"population": []})


def test_the_drawing_is_the_same_each_time_and_says_in_words_what_it_shows():
    again = "b,2019-06,Beta & Sons,Office,share,<all> of the valley,60,60,percent,a,"
    claims = register(FIRST, again)
    chart = draw_lineage(claims, find_contradictions(claims))
    assert chart.svg == draw_lineage(claims, find_contradictions(claims)).svg
    assert b"Beta &amp; Sons" in chart.svg and b"<all>" not in chart.svg
    assert "repeats, changed, a" in chart.alt


@pytest.mark.skipif(not REAL.is_file(), reason="the shared register of claims is not here")
def test_the_real_register_shows_what_its_readme_says_it_should():
    with REAL.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parts = {
        "female North Koreans hiding in border regions of China": "North Korean defectors in China"
    }
    claims = read_claims({name: [r[name] for r in rows] for name in rows[0]}, parts=parts)
    known = {(c.kind, c.claims): c.sentence for c in find_contradictions(claims)}
    lost = known["population changed", ("kfi-2019-share", "time-2019-share")]
    assert "lost on the way: “female”" in lost
    assert ("unit changed", ("kfi-2019-revenue", "abt-2023-revenue")) in known
    assert ("measure changed", ("kfi-2019-revenue", "yahoo-2023-revenue")) in known
    assert ("part above whole", ("yahoo-2023-defectors", "shortpedia-2023-women")) in known
    assert ("population changed", ("nkdb-2021-cases", "yahoo-2023-cases")) in known
    assert ("no first source", ("un-earlier-100000",)) in known
