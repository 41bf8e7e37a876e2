"""What a notebook sees: a table that can be asked, answers as text, HTML and draws, errors."""

import csv
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bearwitness as bw
from bearwitness import errors
from bearwitness.estimation import Histories, read_histories
from bearwitness.estimation.notebook import CaptureHistories
from bearwitness.tables import HISTORIES, check, digest

ROOT = Path(__file__).parents[2]
UK = ROOT / "studies" / "uk-trafficking-2013" / "frozen" / "uk.csv"
THREE = {
    "a": [1, 0, 0, 1, 1, 0, 1],
    "b": [0, 1, 0, 1, 0, 1, 1],
    "c": [0, 0, 1, 0, 1, 1, 1],
    "count": [80, 61, 47, 23, 19, 12, 7],
}


def wide():
    with UK.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [int(row[name]) for row in rows] for name in rows[0]}


@pytest.fixture(scope="module")
def uk():
    return bw.read_histories(UK)


@pytest.fixture(scope="module")
def three():
    return bw.read_histories(THREE)


# Reading: every door leads to the same table.


@pytest.mark.parametrize(
    "door",
    [str, Path, lambda _: wide(), lambda _: pd.DataFrame(wide()), lambda _: pl.DataFrame(wide()),
     lambda _: pa.table(wide()), lambda _: pa.table(wide()).to_pylist(),
     lambda _: bw.read_histories(UK).to_table(), lambda _: bw.read_histories(UK),
     lambda _: read_histories(bw.read_histories(UK)),
     lambda _: pd.DataFrame(wide()).iloc[::-1]],
    ids=["text", "path", "dict", "pandas", "polars", "arrow", "rows", "histories", "itself",
         "counts", "pandas-with-an-index"],
)  # fmt: skip
def test_every_door_gives_the_same_table(door, uk):
    read = bw.read_histories(door(UK))
    assert isinstance(read, CaptureHistories)
    assert digest(read.to_table(), HISTORIES) == digest(uk.to_table(), HISTORIES)


def test_a_person_a_row_is_counted_as_the_table_of_counts_is(three):
    rows = zip(THREE["a"], THREE["b"], THREE["c"], THREE["count"], strict=True)
    people = [flags for *flags, count in rows for _ in range(count)]
    read = bw.read_histories(dict(zip("abc", zip(*people, strict=True), strict=True)))
    assert read.counts == three.counts


def test_a_file_of_patterns_is_read_too(tmp_path, three):
    path = tmp_path / "patterns.csv"
    rows = three.to_table().to_pylist()
    lines = ["pattern,count", *(f"{row['pattern']},{row['count']}" for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert bw.read_histories(path).counts == three.counts


def test_it_speaks_arrow_to_every_function_that_takes_a_table(uk):
    assert pa.table(uk).equals(uk.to_table())
    assert pl.DataFrame(uk).height == len(uk)
    assert check(uk, HISTORIES).equals(uk.to_table())
    answer = bw.make_estimator("decomposable").fit(uk)
    assert answer == uk.fit("decomposable") == uk.fit(bw.Decomposable())


def test_what_it_tells_is_what_the_table_holds(uk):
    columns = wide()
    lists = [name for name in columns if name != "people"]
    flags = np.array([columns[name] for name in lists])
    people = np.array(columns["people"])
    assert uk.observed == people.sum() == 2744
    assert uk.on_several == people[flags.sum(axis=0) > 1].sum() == 221
    assert uk.lists == tuple(sorted(lists))
    assert (uk.strata, uk.linkages) == (("",), 1)
    for name, row in zip(lists, flags, strict=True):
        alone = people[(row == 1) & (flags.sum(axis=0) == 1)].sum()
        total = (people * row).sum()
        assert f"{name}: {total:,} people, {alone:,} on no other." in uk.summary()
    assert repr(uk).count("\n") == 0 and "2,744 people on 5 lists" in repr(uk)


counts_of_three = st.lists(st.integers(0, 90), min_size=7, max_size=7).filter(
    lambda c: all(c[i] or c[j] for i, j in ((0, 1), (1, 2), (0, 2))) and min(c[3:]) > 0
)


@settings(max_examples=25, deadline=None)
@given(counts_of_three, st.permutations(range(7)))
def test_the_order_and_splitting_of_rows_change_nothing(counts, order):
    table = THREE | {"count": counts}
    moved = {name: [values[i] for i in order] * 2 for name, values in table.items()}
    moved["count"] = [counts[i] // 2 for i in order] + [counts[i] - counts[i] // 2 for i in order]
    read, other = bw.read_histories(table), bw.read_histories(moved)
    assert read.counts == other.counts
    assert read.fit("independence") == other.fit("independence")


# Strata and linkages.


def test_strata_come_from_a_column_and_are_taken_one_by_one():
    twice = {name: values * 2 for name, values in THREE.items()}
    read = bw.read_histories(twice | {"sex": ["f"] * 7 + ["m"] * 7}, stratum="sex")
    assert read.strata == ("f", "m") and read.observed == 2 * sum(THREE["count"])
    assert read.only("f").counts == bw.read_histories(THREE).counts
    joint = read.fit_strata("independence")
    assert [part.stratum for part in joint.parts] == ["f", "m"]
    assert joint.total.observed == read.observed
    with pytest.raises(errors.TableMismatch) as caught:
        read.fit()
    assert "fit_strata" in caught.value.hint and "only('f')" in caught.value.hint
    with pytest.raises(errors.StudyInvalid, match="no stratum 'w'"):
        read.only("w")
    with pytest.raises(errors.TableMismatch, match="2 strata"):
        read.influence()


def test_draws_of_the_linkage_are_averaged_over():
    rows = bw.read_histories(THREE).to_table().to_pylist()
    many = [row | {"draw": d, "count": row["count"] + d} for row in rows for d in range(3)]
    read = bw.read_histories(check(many, HISTORIES))
    assert read.linkages == 3 and read.observed == sum(THREE["count"])
    estimate = read.fit("independence")
    assert estimate.settings["linkages"] == 2
    assert estimate == bw.average_linkages(bw.Independence(), read)
    assert "3 draws of the linkage" in read.summary()


def test_the_questions_are_those_of_the_library(three):
    estimate = three.fit("bic", replicates=50)
    assert three.sensitivity(estimate) == bw.sensitivity_curve(three, estimate)
    assert three.influence("independence").whole == three.fit("independence")
    assert three.compare(methods=["independence", "decomposable"]).observed == three.observed
    assert three.calibrate(methods=["independence"], replicates=20).replicates == 20


# Answers.


class Outline(HTMLParser):
    """Tags that were opened and not closed, every address, and the text in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.addresses, self.words, self.tags = [], [], [], set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        self.addresses += [
            value for name, value in attrs
            if name in ("src", "href", "xlink:href") and not value.startswith("#")
        ]  # fmt: skip

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def test_html_says_all_that_the_text_says_and_needs_nothing_from_outside(uk):
    estimate = uk.fit("bic", replicates=100)
    page = Outline(estimate.to_html(pictures=("posterior", "sensitivity"), histories=uk))
    assert not page.open and not page.addresses and "script" not in page.tags
    for said in (estimate.assumption, *estimate.caveats, *estimate.lists, *estimate.model):
        assert said in page.text
    assert estimate.caveats
    text = page.text
    order = [text.index(word) for word in ("Verdict", "Assumes", "Caveats", "Model", "Table")]
    assert order == sorted(order)
    assert estimate._repr_html_() == estimate.to_html()


def test_a_refusal_in_html_gives_its_reasons_and_no_number():
    apart = bw.read_histories({"a": [1, 0], "b": [0, 1], "count": [40, 30]}).fit("independence")
    page = Outline(apart._repr_html_())
    assert "no estimate" in page.text and apart.reasons[0] in page.text
    assert "about 70" not in page.text and "people in all" not in page.text


NASTY = "<b onmouseover='x()'>&\"amp"


def test_names_of_lists_cannot_become_markup():
    read = bw.read_histories({NASTY: [1, 0, 1], "b": [0, 1, 1], "count": [80, 61, 23]})
    estimate = read.fit("chapman")
    drawn = read.plot().to_html()
    for html in (read._repr_html_(), estimate._repr_html_(), drawn):
        assert "<b onmouseover" not in html
    assert NASTY in Outline(read._repr_html_()).text


def test_the_table_in_html_has_header_cells_and_all_people(three):
    html = three._repr_html_()
    assert html.count('scope="row"') == len(three) and "<caption" in html
    cells = re.findall(r">([\d,]+)</td>", html)
    assert sum(int(cell.replace(",", "")) for cell in cells) == three.observed


def test_summary_has_a_line_for_the_model_only_where_there_is_one(uk):
    assert "Model: no interaction between lists." in uk.fit("independence").summary()
    assert "Model" not in uk.fit("decomposable").summary()


# Draws.


def test_draws_go_to_arviz_with_what_they_are_draws_of(uk):
    estimate = uk.fit("decomposable")
    plain = estimate.to_posterior()
    tree = estimate.to_arviz()
    assert tree["posterior"]["N"].dims == ("chain", "draw")
    assert np.array_equal(tree["posterior"]["N"].values, plain["posterior"]["N"])
    assert plain["posterior"]["N"].ndim == 2
    assert np.median(plain["posterior"]["N"]) == pytest.approx(estimate.estimate, rel=0.02)
    told = tree["posterior"].attrs
    assert (told["method"], told["observed"]) == ("decomposable", 2744)
    assert told["input_digest"] == estimate.input_digest


def test_without_arviz_the_error_says_what_to_do(uk, monkeypatch):
    monkeypatch.setitem(sys.modules, "arviz_base", None)
    with pytest.raises(errors.ExtraMissing, match="arviz-base is not installed") as caught:
        uk.fit("decomposable").to_arviz()
    assert "pip install" in caught.value.hint and "to_posterior" in caught.value.hint


# Errors teach: what, where, what to do.


def plotted(kind, method="independence", **more):
    return lambda three: three.plot(kind, estimate=three.fit(method, **more))


ERRORS = {
    "no such file": (lambda _: bw.read_histories("nowhere.csv"),
                     errors.FileMissing, "nowhere.csv: there is no such file", "Check the path"),
    "not a table": (lambda _: bw.read_histories(np.ones((3, 2))),
                    errors.TableMismatch, "cannot be read as a table of overlaps", "dict of col"),
    "a number": (lambda _: bw.read_histories(7),
                 errors.TableMismatch, "(int)", "Give a path"),
    "no such column of counts": (lambda _: bw.read_histories(THREE, count="cuont"),
                                 errors.StudyInvalid, "no column 'cuont'", "mean 'count'?"),
    "no such column of strata": (lambda _: bw.read_histories(THREE, stratum="sex"),
                                 errors.StudyInvalid, "no column 'sex'", "columns are: a, b, c"),
    "a column that is no list": (lambda _: bw.read_histories(THREE | {"name": list("stuvwxy")}),
                                 errors.TableMismatch, "column 'name', row 1: this is neither",
                                 "If the column is no list, leave it out"),
    "counts not whole": (lambda _: bw.read_histories(THREE | {"count": [1.5, *[2] * 6]}),
                         errors.CountInvalid, "column 'count', row 1: the count is fractional",
                         "whole people"),
    "counts negative": (lambda _: bw.read_histories(THREE | {"count": [3, -1, *[2] * 5]}),
                        errors.CountInvalid, "row 2: the count is negative", "whole people"),
    "counts missing": (lambda _: bw.read_histories(THREE | {"count": [None, *[2] * 6]}),
                       errors.CountInvalid, "row 1: the count is missing", "whole people"),
    "people on no list": (lambda _: bw.read_histories(
                              {n: [*v, 9 if n == "count" else 0] for n, v in THREE.items()}),
                          errors.CountInvalid, "row 8: people on no list cannot", "Take the row"),
    "one list": (lambda _: bw.read_histories({"a": [1, 0], "count": [3, 4]}),
                 errors.TableMismatch, "there are 1 lists", "one column per list"),
    "a list that holds everybody": (lambda _: bw.read_histories(THREE | {"b": [1] * 7}),
                                    errors.ListConstant, "'b' holds one value only", "Leave the"),
    "a plus sign": (lambda _: bw.read_histories(THREE | {"x+y": THREE["a"]}),
                    errors.TableMismatch, "plus sign", "Rename"),
    "columns of unequal length": (lambda _: bw.read_histories(THREE | {"b": [1, 0]}),
                                  errors.TableMismatch, "unequal length", ""),
    "no such method": (lambda t: t.fit("stepwize"),
                       errors.StudyInvalid, "no method 'stepwize'", "Did you mean 'stepwise'?"),
    "no such setting": (lambda t: t.fit("stepwise", intervall="bca"),
                        errors.StudyInvalid, "no setting 'intervall'", "Did you mean 'interval'?"),
    "no such interval": (lambda t: t.fit("stepwise", interval="wald"),
                         errors.StudyInvalid, "no interval 'wald'", "bca or percentile"),
    "level out of range": (lambda t: t.fit(level=95),
                           errors.StudyInvalid, "level should lie", "Usual is 0.95"),
    "settings twice": (lambda t: t.fit(bw.Stepwise(), level=0.9),
                       errors.StudyInvalid, "has its settings already", "fit('stepwise'"),
    "no method at all": (lambda t: t.fit(3),
                         errors.StudyInvalid, "this is no method (int)", "bw.METHODS"),
    "an interaction of a list that is not there": (
        lambda t: t.fit("loglinear", interactions=(("a", "z"),)),
        errors.TableMismatch, "a, z cannot be modelled", "lists a, b, c"),
    "kind of picture misspelt": (lambda t: t.plot("upsett"),
                                 errors.StudyInvalid, "no picture 'upsett'", "mean 'upset'?"),
    "kind of an estimate misspelt": (lambda t: t.fit("independence").plot("posteriror"),
                                     errors.StudyInvalid, "'posteriror'", "mean 'posterior'?"),
    "a picture of an estimate that is not given": (
        lambda t: t.plot("posterior"),
        errors.StudyInvalid, "is of an estimate", "histories.plot('posterior', estimate="),
    "no draws to plot": (plotted("posterior"),
                         errors.StudyInvalid, "independence has no draws", "decomposable"),
    "no draws for ArviZ": (lambda t: t.fit("independence").to_arviz(),
                           errors.StudyInvalid, "no draws", "draws_of"),
    "no chains": (plotted("trace", "decomposable"),
                  errors.StudyInvalid, "ran no chains", "Draw 'posterior' instead"),
    "chains that do not agree": (
        lambda t: replace(t.fit("independence"), details={"rhat": 1.7, "modes": []}).plot("trace"),
        errors.EstimateRefused, "the chains did not agree", "details['modes']"),
    "no graphs": (plotted("graphs"),
                  errors.StudyInvalid, "averages over no graphs", "decomposable"),
    "no likelihood": (plotted("profile", "decomposable"),
                      errors.StudyInvalid, "has no profile likelihood", "stepwise"),
    "a profile without its table": (lambda t: t.fit("independence").plot("profile"),
                                    errors.StudyInvalid, "does not hold its table", "histories="),
    "a profile on another table": (
        lambda t: t.plot("profile", estimate=bw.read_histories(UK).fit("independence")),
        errors.StudyInvalid, "not made from this table", "fit this one"),
    "sensitivity on another table": (
        lambda t: t.sensitivity(bw.read_histories(UK).fit("independence")),
        errors.StudyInvalid, "not made from this table", ""),
    "a picture of nobody": (
        lambda _: bw.read_histories({"a": [1, 0], "b": [0, 1], "count": [0, 0]}).plot(),
        errors.EstimateRefused, "nobody is on any list", "column of counts"),
    "a picture of a refusal": (
        lambda _: bw.read_histories(
            {"a": [1, 0], "b": [0, 1], "count": [4, 3]}).fit("independence").plot("sensitivity"),
        errors.EstimateRefused, "no estimate to vary", "nobody is on two lists"),
    "an ending that is no picture": (lambda t: t.plot().save("a.gif"),
                                     errors.StudyInvalid, "a.gif: a picture cannot", ".svg"),
    "a folder that is not there": (lambda t: t.plot().save("nowhere/a.svg"),
                                   errors.FileMissing, "nowhere: there is no", "Make it"),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_says_what_where_and_what_to_do(case, three):
    act, kind, said, hint = ERRORS[case]
    with pytest.raises(errors.BearwitnessError) as caught:
        act(three)
    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert hint in caught.value.hint


def test_an_error_in_a_file_names_the_row_of_the_file(tmp_path):
    path = tmp_path / "lists.csv"
    path.write_text("a,b,count\n1,0,5\n0,1,x\n1,1,3\n", encoding="utf-8")
    with pytest.raises(errors.CountInvalid, match=r"lists\.csv, column 'count', row 3"):
        bw.read_histories(path)


# Tables that are hard to answer: each method answers, or refuses in words, and is drawn.

SPARSE_40 = np.random.default_rng(0).random((40, 300)) < 0.06
HARD = {
    "identical lists": {"a": [1, 1, 0], "b": [1, 1, 0], "c": [1, 0, 1], "count": [30, 20, 15]},
    "an empty list": {"a": [1, 0, 1, 0], "b": [0, 1, 1, 0], "c": [0, 0, 0, 1],
                      "count": [30, 20, 15, 0]},
    "a list inside another": {"a": [1, 1, 0], "b": [0, 1, 0], "c": [1, 0, 1],
                              "count": [30, 20, 15]},
    "nobody": {"a": [1, 0], "b": [0, 1], "count": [0, 0]},
    "one person": {"pattern": ["a+b"], "count": [1]},
    "no rows": {"pattern": [], "count": []},
    "a thousand million": {"a": [1, 0, 1], "b": [0, 1, 1], "count": [10**9, 10**9, 10**6]},
    "40 lists": {f"l{bit:02}": row.tolist()
                 for bit, row in enumerate(SPARSE_40[:, SPARSE_40.any(axis=0)].astype(int))},
}  # fmt: skip


QUICK = {"latent-class": {"draws": 500, "classes": 2}}


@pytest.mark.filterwarnings("error::RuntimeWarning", "error::UserWarning")
@pytest.mark.parametrize("name", HARD)
def test_a_hard_table_is_answered_or_refused_in_words_by_every_method(name):
    read = bw.read_histories(HARD[name])
    assert f"{read.observed:,} people on {len(read.lists)} lists" in read.summary()
    assert not Outline(read._repr_html_()).open
    for method in bw.METHODS:
        try:
            answer = read.fit(method, replicates=20, **QUICK.get(method, {}))
        except errors.BearwitnessError as error:
            assert error.hint
            continue
        assert answer.estimate is not None or answer.reasons
        assert answer.observed == read.observed
        assert answer.plot("interval").alt and not Outline(answer._repr_html_()).open
    if read.observed:
        assert read.plot().svg


# Starting.


def test_importing_loads_nothing_heavy_and_drawing_is_loaded_when_drawn():
    program = (
        "import sys, bearwitness as bw;"
        "heavy = ('numpy', 'pyarrow', 'scipy', 'matplotlib', 'pandas', 'arviz_base', 'duckdb');"
        "assert not [m for m in heavy if m in sys.modules];"
        f"h = bw.read_histories({str(UK)!r}); e = h.fit('decomposable'); e._repr_html_();"
        "later = ('matplotlib', 'arviz_base', 'duckdb', 'django', 'splink');"
        "assert not [m for m in later if m in sys.modules];"
        "e.plot().svg; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", bw.__all__)
def test_every_name_of_the_package_can_be_had(name):
    assert getattr(bw, name) is not None
    assert name in dir(bw)


def test_cold_start_to_first_fit_is_under_two_seconds_of_processor_time():
    program = (
        "import time, bearwitness as bw;"
        f"bw.read_histories({str(UK)!r}).fit(); print(time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert float(done.stdout) < 2.0


def test_counts_of_one_stratum_are_taken_as_they_are():
    seen = Histories.from_counts(("a", "b"), [5, 4, 3])
    assert bw.read_histories(seen).counts == {("a",): 5, ("b",): 4, ("a", "b"): 3}
