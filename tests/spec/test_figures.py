"""Figures: declared once, with all that must be known to read them. Read this as the manual.

Everybody here is invented.
"""

import json
from datetime import date, timedelta

import pytest

from bearwitness.errors import BearwitnessError, FigureUnknown, StudyInvalid
from bearwitness.pipeline.analyse import read_linked
from bearwitness.pipeline.figures import Given, make_figures
from bearwitness.pipeline.study import read_study
from bearwitness.release import Rules
from bearwitness.release.figures import recompute

HEAD = """
title = "An invented study"
population = "people of the valley"
period = "2015/2019"
place = "the valley"
date = "2026-11-25"
seed = 1
"""
PEOPLE = """
[[figures]]
id = "people"
kind = "cited"
lower = 150000
upper = 200000
unit = "persons"
population = "people of the valley"
source = "Bureau 2023"
"""
SHARE = """
[[figures]]
id = "share"
kind = "cited"
lower = 70
upper = 80
unit = "percent"
population = "people of the valley"
source = "Bureau 2023"
"""
MONEY = """
[[figures]]
id = "money"
kind = "cited"
lower = 105000000
unit = "USD per year"
price_year = 2019
population = "people of the valley"
source = "Office 2019"
"""
HARMED = """
[[figures]]
id = "harmed"
kind = "composed"
formula = "people * share"
unit = "persons"
"""
CLAIMS = """id,published,publisher,attributed_to,measure,population,low,high,unit,cites,words
first,2019-05,Alpha,Office 2019,share,women of the valley,60,60,percent,,six in ten
again,2019-06,Beta,Office 2019,share,people of the valley,60,60,percent,first,
nobody,2020,Gamma,reportedly,number,people of the valley,,500,persons,,
"""


def made(folder, text, *, acts=None, threshold=1):
    """Every figure of a study with this text, and with these acts where there are any."""
    (folder / "frozen").mkdir(exist_ok=True)
    (folder / "hand").mkdir(exist_ok=True)
    (folder / "frozen" / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    sections = '[claims]\nfile = "claims.csv"\n'
    if acts is not None:
        lines = ["act,person,type,date,place,source,recorded"]
        lines += [f"{n},{','.join(map(str, row))}" for n, row in enumerate(acts)]
        (folder / "frozen" / "acts.csv").write_text("\n".join(lines), encoding="utf-8")
        sections += '[acts]\nfile = "acts.csv"\n'
    (folder / "study.toml").write_text(HEAD + sections + text, encoding="utf-8")
    study = read_study(folder)
    linked = read_linked(study, lambda message: None)
    rules = Rules(threshold=threshold, rounding=1 if threshold <= 1 else 5)
    digests = {"ACTS": "0" * 64}
    given = Given(
        study=study, digests=digests, rules=rules, acts=linked.acts, register=linked.claims.register
    )
    return {name: one.figure for name, one in make_figures(given).items()}


def refused(folder, text, **given):
    with pytest.raises(BearwitnessError) as caught:
        made(folder, text, **given)
    assert caught.value.hint, "an error says what to do"
    return caught.value


# Cited: somebody else's


def test_a_cited_figure_says_whose_it_is_and_that_it_is_not_ours(tmp_path):
    figure = made(tmp_path, PEOPLE)["people"]
    assert figure.say() == (
        "150,000 to 200,000 people according to Bureau 2023: people of the valley"
        " [cited, not our finding]"
    )
    assert figure.say("ko").endswith("[인용한 것이며 우리의 조사 결과가 아님]")
    assert figure.say("zh-Hans").endswith("［引用，并非我们的结论］")


def test_a_claim_of_the_register_brings_its_words_its_first_source_and_who_repeated_it(tmp_path):
    claim = '[[figures]]\nid = "share"\nkind = "cited"\nclaim = "first"\n'
    figure = made(tmp_path, claim)["share"]
    assert (figure.value, figure.unit, figure.population) == (60, "percent", "women of the valley")
    for part in ("Said first by Office 2019", "Repeated by Beta (2019-06)", "“six in ten”"):
        assert part in figure.note()


def test_an_open_end_is_told_and_a_claim_without_a_source_says_so(tmp_path):
    claim = '[[figures]]\nid = "all"\nkind = "cited"\nclaim = "nobody"\n'
    figure = made(tmp_path, claim)["all"]
    assert figure.say() == "at most 500 people [cited, not our finding]"
    assert "Who said it first is not known" in figure.note()
    assert "Gamma says up to" in figure.note()


# Composed: out of others


def test_a_composed_figure_has_an_interval_and_is_rounded_in_keeping_with_it(tmp_path):
    figure = made(tmp_path, PEOPLE + SHARE + HARMED)["harmed"]
    assert (figure.value, figure.lower, figure.upper) == (131_000, 110_000, 154_000)
    assert figure.big() == "131,000 people (110,000 to 154,000)"
    assert figure.big("ko") == "13만 1,000명(11만~15만 4,000)"
    assert figure.big("zh-Hans") == "13.1万人（11万至15.4万）"


def test_it_says_how_its_parts_hang_together_and_what_it_would_be_otherwise(tmp_path):
    note = made(tmp_path, PEOPLE + SHARE + HARMED)["harmed"].note()
    assert "drawn as independent because nothing is known" in note
    assert "However its parts depend on each other, its 95 % interval lies within 106,000" in note
    assert "105,000 people and 160,000 people" in note
    assert "every value in it is as likely as any other is our choice" in note
    assert "Every part of it was published by somebody else; none is our own finding" in note


def test_a_stated_dependence_is_told_with_its_reason(tmp_path):
    tied = HARMED + 'dependence = "comonotone"\ndependence_reason = "one source, one method"\n'
    figure = made(tmp_path, PEOPLE + SHARE + tied)["harmed"]
    assert "taken to rise and fall together (one source, one method)" in figure.note()
    assert "However its parts" not in figure.note()
    assert figure.upper - figure.lower > 154_000 - 110_000


def test_an_amount_with_an_open_end_gives_an_amount_a_person_with_an_open_end(tmp_path):
    each = """
[[figures]]
id = "each"
kind = "composed"
formula = "money / harmed"
unit = "USD per person per year"
"""
    figure = made(tmp_path, PEOPLE + SHARE + HARMED + MONEY + each)["each"]
    assert figure.say() == (
        "at least 680 US dollars (2019) a person a year (a lower bound only)"
        " [cited, not our finding]"
    )
    assert "money says at least; the true value can be any amount above" in figure.note()


def test_whoever_has_the_package_can_work_it_out_again(tmp_path):
    figures = made(tmp_path, PEOPLE + SHARE + HARMED)
    row = figures["harmed"].to_row()
    assert recompute(row, {}) == ""
    assert "upper is printed as 200000" in recompute(row | {"upper": 200_000}, {})


def test_what_is_drawn_is_chosen_by_the_study(tmp_path):
    pert = SHARE + 'spread = "pert"\nmode = 78\n'
    figure = made(tmp_path, PEOPLE + pert + HARMED)["harmed"]
    assert figure.value > 131_000
    assert "Of share a range was published; that it is drawn as pert is our choice" in figure.note()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PEOPLE.replace('population = "people of the valley"\n', ""), "a claim without population"),
        (PEOPLE.replace('"cited"', '"guessed"'), "there is no kind of figure 'guessed'"),
        (PEOPLE.replace("lower = 150000\n", "").replace("upper = 200000\n", ""), "needs a value"),
        (PEOPLE.replace("150000", "250000"), "lower is above upper"),
        (PEOPLE + PEOPLE, "two figures have this id"),
        (PEOPLE.replace('"people"', '"all people"'), "cannot stand in a placeholder"),
        (MONEY.replace("price_year = 2019\n", ""), "without the year whose money it is"),
        (PEOPLE + SHARE + HARMED.replace("people *", "persons *"), "names 'persons'"),
        (PEOPLE + SHARE + HARMED.replace('"persons"', '"cases"'), "the formula gives person"),
        (PEOPLE + SHARE + HARMED.replace("*", "+"), "cannot be added or subtracted"),
        (PEOPLE + SHARE.replace("people of", "women of") + HARMED, "of different populations"),
        (PEOPLE + SHARE + HARMED + 'dependence = "close"\n', "there is no dependence 'close'"),
        (PEOPLE + SHARE + HARMED + 'correlations = [["a", "share", 0.5]]\n', "not two parts"),
        (PEOPLE + SHARE + HARMED + "level = 95.0\n", "level should lie between 0.5 and 1"),
        (PEOPLE + SHARE + 'spread = "pert"\n' + HARMED, "needs its likeliest value"),
        (PEOPLE + 'statement = "{worth} people"\n', "placeholder that is not known: {worth}"),
        (PEOPLE + 'formula = "share"\n', "a cited takes no key 'formula'"),
        (PEOPLE + '[figures.ko]\nsatement = "x"\n', "takes no key 'satement'"),
        ('[[figures]]\nid = "c"\nkind = "cited"\nclaim = "third"\n', "has the id 'third'"),
        ('[[figures]]\nid = "n"\nkind = "count"\n', "rests on lists of people"),
        ('[[figures]]\nid = "n"\nkind = "count"\ntable = "acts"\n', "rests on a table of acts"),
        ('[[figures]]\nid = "n"\nkind = "count"\ntable = "deeds"\n', "no table 'deeds'"),
        ('[[figures]]\nid = "n"\nkind = "estimate"\n', "rests on lists of people"),
    ],
)
def test_what_is_wrong_is_said_with_the_figure(tmp_path, text, says):
    error = refused(tmp_path, text)
    assert says in error.message
    assert "[[figures]]" in error.where


def test_figures_that_rest_on_each_other_are_refused_with_their_way(tmp_path):
    ring = HARMED.replace("people * share", "other") + HARMED.replace(
        '"harmed"', '"other"'
    ).replace("people * share", "harmed")
    error = refused(tmp_path, ring)
    assert isinstance(error, StudyInvalid)
    assert "in a ring: harmed → other → harmed" in error.message


def test_a_formula_with_an_unknown_figure_guesses_which_was_meant(tmp_path):
    error = refused(tmp_path, PEOPLE + SHARE + HARMED.replace("share", "shaer"))
    assert isinstance(error, FigureUnknown)
    assert "Did you mean 'share'?" in error.hint


def test_dividing_by_what_can_be_nothing_is_refused(tmp_path):
    none = SHARE.replace("lower = 70", "lower = 0")
    error = refused(tmp_path, PEOPLE + none + HARMED.replace("*", "/"))
    assert "divides by something that can be 0" in error.message


def test_a_cited_estimate_is_no_range_until_it_is_said_how_to_draw_from_it(tmp_path):
    estimate = PEOPLE + "value = 160000\n"
    error = refused(tmp_path, estimate + SHARE + HARMED)
    assert "state its spread" in error.message
    assert made(tmp_path, estimate + 'spread = "triangular"\n' + SHARE + HARMED)["harmed"].value


# Counted: acts and people of a frozen table. Days are known as well as people remember.

SOON = """
[[figures]]
id = "soon"
kind = "sequence_share"
first = "detention/return"
then = "detention/deprivation-of-liberty"
within = "1 month"
population = "people who were returned"
"""
RETURN, HELD = "detention/refoulement", "detention/arbitrary-detention"


def went(person, returned, held, recorded="2020-01-01"):
    """A person who was returned on a day and held on another, as well as that is known."""
    rows = [(person, RETURN, returned, "", 1, recorded)]
    return rows if held is None else [*rows, (person, HELD, held, "", 1, recorded)]


def test_a_sequence_share_lies_between_what_surely_and_what_possibly_followed(tmp_path):
    acts = [
        *went("A", "2015-03-01", "2015-03-20"),  # surely
        *went("B", "2015-03", "2015-05"),  # from 31 March to 1 May is 31 days: possibly
        *went("C", "2015", "2015"),  # any day of one year: possibly
        *went("D", "2015-03-01", "2016-01"),  # not within a month
        *went("E", "2015-03-01", None),  # not recorded
        *went("F", "2015-03-01", ""),  # held on a day that is not known: possibly
        *went("G", "2015-03-20", "2015-03-01"),  # held before
        *went("H", "2015-03-01", "2015-03-01"),  # on the same day
        ("I", HELD, "2015", "", 1, ""),  # never returned: not in the base
    ]
    figure = made(tmp_path, SOON, acts=acts)["soon"]
    assert (figure.lower, figure.upper, figure.value) == (25, 62, None)  # 2 and 5 of 8
    assert figure.say() == "25 to 62 % of people who were returned"
    assert figure.say("ko") == "people who were returned 가운데 25~62%"
    assert "8 people in the base" in figure.note()
    assert "what is not recorded may have happened" in figure.note()


def test_small_groups_are_not_told_and_the_bounds_stay_true(tmp_path):
    acts = [row for n in range(40) for row in went(f"P{n}", "2015-03-01", "2015-03-09")]
    acts += [row for n in range(3) for row in went(f"Q{n}", "2015", "2015")]
    acts += [row for n in range(4) for row in went(f"R{n}", "2015-03-01", None)]
    figure = made(tmp_path, SOON, acts=acts, threshold=10)["soon"]
    assert figure.lower <= 100 * 40 / 47 and figure.upper == 100
    assert figure.lower < 100 * (47 - 10) / 47, "at least ten people are in what is left open"
    few = made(tmp_path, SOON, acts=acts[:12], threshold=10)["soon"]
    assert few.say().startswith("no value can be stated (withheld: fewer than 10 people")


def test_a_share_has_wilsons_interval_and_is_withheld_where_either_side_is_small(tmp_path):
    share = f"""
[[figures]]
id = "held"
kind = "share"
table = "acts"
of = {{ type = "{RETURN}" }}
where = {{ type = "{HELD}" }}
population = "people who were returned"
"""
    acts = [row for n in range(15) for row in went(f"P{n}", "2015", "2016")]
    acts += [row for n in range(133) for row in went(f"Q{n}", "2015", None)]
    figure = made(tmp_path, share, acts=acts)["held"]
    assert figure.say() == "10.1 % (95 % interval 6.2 to 16.0) of people who were returned"
    assert recompute(figure.to_row(), {}) == ""
    assert made(tmp_path, share, acts=acts, threshold=20)["held"].value is None


def test_a_rate_counts_what_surely_and_what_possibly_fell_into_its_period(tmp_path):
    rate = f"""
[[figures]]
id = "a-year"
kind = "rate"
table = "acts"
of = {{ type = "{RETURN}" }}
"""
    acts = [("A", RETURN, "2016-02", "", 1, "")] * 10 + [("B", RETURN, "[2014..2016]", "", 1, "")]
    figure = made(tmp_path, rate, acts=acts)["a-year"]
    assert figure.lower == pytest.approx(4.795389 / 5, abs=0.05)  # Garwood for 10, five years
    assert figure.value is None
    assert "people of the valley" in figure.say()


def test_a_period_that_cannot_be_read_is_refused_with_the_figure(tmp_path):
    rate = '[[figures]]\nid = "r"\nkind = "rate"\ntable = "acts"\nperiod = "last year"\n'
    error = refused(tmp_path, rate, acts=went("A", "2015", None))
    assert "the period cannot be read" in error.message and "[[figures]] r" in error.where
    error = refused(tmp_path, rate.replace("last year", "2015/.."), acts=went("A", "2015", None))
    assert "needs both ends" in error.message


def test_a_median_of_days_says_how_well_it_is_known(tmp_path):
    median = """
[[figures]]
id = "days"
kind = "quantile"
of_column = "days"
first = "detention/return"
then = "detention/deprivation-of-liberty"
statement = "{value:unit} at the median ({lower} to {upper})"
"""
    acts = [row for n in range(1, 22) for row in went(f"P{n}", "2015-03-01", f"2015-03-{n + 1:02}")]
    figure = made(tmp_path, median, acts=acts)["days"]
    assert figure.say() == "11 days at the median (6 to 16)"


def test_an_act_that_no_vocabulary_knows_is_refused(tmp_path):
    error = refused(
        tmp_path, SOON.replace("detention/return", "detention/retrun"), acts=went("A", "2015", None)
    )
    assert "no act and no vocabulary has the type 'detention/retrun'" in error.message
    assert "[[figures]] soon" in error.where


def test_two_figures_that_differ_by_a_few_people_are_refused_together(tmp_path):
    """Each alone is large enough; the one less the other is three people."""
    figures = """
[[figures]]
id = "held"
kind = "count"
table = "acts"
of = { type = "detention/deprivation-of-liberty" }

[[figures]]
id = "held-arbitrarily"
kind = "count"
table = "acts"
of = { type = "detention/arbitrary-detention" }
"""
    acts = [(f"P{n}", HELD, "2015", "", 1, "") for n in range(40)]
    acts += [(f"Q{n}", "detention/enforced-disappearance", "2015", "", 1, "") for n in range(3)]
    error = refused(tmp_path, figures, acts=acts, threshold=10)
    assert "'held-arbitrarily' and 'held' differ by fewer than 10" in error.message
    many = acts + [(f"R{n}", "detention/enforced-disappearance", "", "", 1, "") for n in range(9)]
    assert set(made(tmp_path, figures, acts=many, threshold=10)) == {"held", "held-arbitrarily"}


# Before and after: a border closes on a day

CLOSED = f"""
[[figures]]
id = "closing"
kind = "before_after"
table = "acts"
count = "acts"
of = {{ type = "{RETURN}" }}
at = "2018-01-01"
before = "2016-01-01/2017-12-31"
after = "2018-01-01/2019-12-31"
"""


def each(days, *, start, count, delay=None):
    """`count` acts, evenly over `days` from `start`; recorded `delay` days later, where known."""
    for n in range(count):
        day = date.fromisoformat(start) + timedelta(days=n * days // count)
        recorded = "" if delay is None else day + timedelta(days=delay(n))
        yield (f"P{n}", RETURN, day, "", 1, recorded)


def test_before_and_after_is_a_ratio_with_its_interval_and_a_plain_warning(tmp_path):
    acts = [*each(730, start="2016-01-01", count=300), *each(730, start="2018-01-01", count=150)]
    figure = made(tmp_path, CLOSED, acts=acts)["closing"]
    assert figure.value == pytest.approx(0.5, abs=0.01)
    assert figure.lower < 0.5 < figure.upper < 0.7
    assert "WARNING: when acts came to be recorded is not known" in figure.note()
    assert "주의" in figure.note("ko") and "警告" in figure.note("zh-Hans")


def test_where_days_of_recording_are_known_it_says_how_much_is_still_to_come(tmp_path):
    late = {"delay": lambda n: (n * 37) % 400}
    acts = [
        *each(730, start="2016-01-01", count=300, **late),
        *each(730, start="2018-01-01", count=300, **late),
    ]
    known = [row for row in acts if row[5] <= date(2019, 12, 31)]
    figure = made(tmp_path, CLOSED, acts=known)["closing"]
    assert figure.value < 0.95, "what is recorded so far looks like a fall"
    warning = next(c["en"] for c in figure.caveats if "WARNING" in c["en"])
    assert "acts are recorded late" in warning and "Lawless 1994" in warning


# In three languages


def test_every_kind_has_a_sentence_in_every_language():
    from bearwitness.release.figures import KINDS, LANGUAGES
    from bearwitness.release.figures.wording import words

    for kind in KINDS:
        assert set(words()["statements"][kind]) == set(LANGUAGES)
    for told in words()["told"].values():
        assert set(told) == set(LANGUAGES)


def test_a_study_can_say_it_in_its_own_words(tmp_path):
    own = PEOPLE + '[figures.ko]\nstatement = "약 {lower}~{upper:unit}"\nunit = "명"\n'
    assert made(tmp_path, own)["people"].say("ko").startswith("약 15만~20만 명")


def test_a_recipe_holds_nothing_of_a_person(tmp_path):
    acts = [row for n in range(15) for row in went(f"PERSON{n}", "2015", "2015-03-04")]
    row = made(tmp_path, SOON, acts=acts)["soon"].to_row()
    assert "PERSON" not in json.dumps(row) and "2015-03-04" not in json.dumps(row)
