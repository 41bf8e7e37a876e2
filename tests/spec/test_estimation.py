"""How bearwitness estimates: a manual in six chapters. Each table below is an input.

An x says that the list holds these people, a dot that it does not. All tables are invented.
"""

import pytest

from bearwitness.errors import ListConstant
from bearwitness.estimation import (
    Bic,
    Chapman,
    Independence,
    LincolnPetersen,
    LogLinear,
    Stepwise,
    histories_from_wide,
    leave_one_list_out,
)


def histories(drawing):
    header, *rows = [line.split() for line in drawing.strip().splitlines()]
    cells = [[{"x": 1, ".": 0}.get(cell, cell) for cell in row] for row in rows]
    return histories_from_wide(dict(zip(header, zip(*cells, strict=True), strict=True)))


# Chapter 1. Two lists.
# Of the 100 people on the police list, 25 are on the shelter's too: a quarter. So the shelter's
# 80 people are taken to be a quarter of everybody: 320.

TWO_LISTS = """
    police shelter count
    x      .          75
    .      x          55
    x      x          25
"""


def test_two_lists_give_the_product_of_their_sizes_over_their_overlap():
    answer = LincolnPetersen().fit(histories(TWO_LISTS))
    assert answer.observed == 155
    assert answer.estimate == pytest.approx(100 * 80 / 25)
    assert answer.unseen == pytest.approx(165)


def test_chapman_is_a_little_lower_because_small_overlaps_mislead_upwards():
    assert Chapman().fit(histories(TWO_LISTS)).estimate == pytest.approx(101 * 81 / 26 - 1)


def test_the_interval_never_goes_below_the_people_observed():
    answer = LincolnPetersen(level=0.999).fit(histories(TWO_LISTS))
    assert 155 < answer.lower < 320 < answer.upper


def test_a_higher_level_gives_a_wider_interval():
    narrow, wide = (LincolnPetersen(level=p).fit(histories(TWO_LISTS)) for p in (0.8, 0.99))
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


# Chapter 2. Three lists, each by itself.
# The counts are what three independent lists find of 1,000 people when they reach a half, two
# fifths and a fifth of them. The estimate gives the 1,000 back.

INDEPENDENT = """
    police shelter clinic count
    x      .       .        240
    .      x       .        160
    .      .       x         60
    x      x       .        160
    x      .       x         60
    .      x       x         40
    x      x       x         40
"""


@pytest.mark.parametrize(
    "method", [Independence(), LogLinear(), Stepwise(replicates=50), Bic(replicates=50)]
)
def test_lists_that_are_independent_give_back_the_truth(method):
    answer = method.fit(histories(INDEPENDENT))
    assert (answer.observed, answer.model) == (760, ())
    assert answer.estimate == pytest.approx(1000)


def test_two_list_methods_do_not_choose_two_lists_for_you():
    answer = Chapman().fit(histories(INDEPENDENT))
    assert answer.verdict == "no estimate"
    assert answer.reasons[0].startswith("this method compares two lists and the table has 3")


# Chapter 3. Lists that depend on each other.
# The clinic sends people on to the shelter: far more are on both than chance would put there.

REFERRAL = """
    police shelter clinic count
    x      .       .        280
    .      x       .         70
    .      .       x         30
    x      x       .         70
    x      .       x         30
    .      x       x        150
    x      x       x        150
"""


def test_methods_that_look_for_dependence_find_it():
    for method in (Stepwise(replicates=50), Bic(replicates=50)):
        assert method.fit(histories(REFERRAL)).model == ("clinic:shelter",)


def test_ignoring_referrals_makes_the_total_too_low():
    # Shelter and clinic taken as one list hold 500 people, the police 530, and both 250. (The
    # model with their interaction assumes no more than that the police are independent of both.)
    given = LogLinear(interactions=(("clinic", "shelter"),)).fit(histories(REFERRAL))
    assert given.estimate == pytest.approx(530 * 500 / 250)
    assert Independence().fit(histories(REFERRAL)).estimate < 0.9 * given.estimate


def test_the_interval_of_a_chosen_model_repeats_the_choice():
    chosen = Stepwise(replicates=200).fit(histories(REFERRAL))
    assert chosen.settings["replicates"] == 200
    assert chosen.lower < chosen.estimate < chosen.upper


def test_the_interval_of_a_given_model_says_that_the_model_was_given():
    given = LogLinear(interactions=(("clinic", "shelter"),)).fit(histories(REFERRAL))
    assert any("takes the model as given" in caveat for caveat in given.caveats)


# Chapter 4. When there is no answer.

APART = """
    police shelter count
    x      .          75
    .      x          55
"""

FOUR_ON_BOTH = """
    police shelter count
    x      .          75
    .      x          55
    x      x           4
"""

WITHIN = """
    police shelter clinic count
    x      .       .         75
    x      x       .         55
    x      .       x         30
"""


def test_lists_that_share_nobody_say_nothing_about_the_rest():
    answer = Independence().fit(histories(APART))
    assert (answer.verdict, answer.estimate, answer.lower) == ("no estimate", None, None)
    assert answer.reasons == ("nobody is on two lists, so nothing tells how many are on none",)


def test_four_people_on_both_lists_give_a_lower_bound_only():
    answer = Chapman().fit(histories(FOUR_ON_BOTH))
    assert (answer.verdict, answer.lower) == ("lower bound only", 134)
    assert (answer.estimate, answer.upper) == (None, None)


def test_a_list_that_holds_everybody_leaves_nothing_to_learn():
    with pytest.raises(ListConstant, match="'police' holds one value only"):
        histories(WITHIN)


def test_a_model_whose_likelihood_rises_without_end_is_refused():
    # Chan, Silverman & Vincent (2021), table 2. The clinic shares nobody; once police and shelter
    # may depend on each other, nothing holds the total.
    sparse = """
        police shelter clinic count
        x      .       .         40
        .      x       .         30
        .      .       x         20
        x      x       .          6
    """
    answer = LogLinear(interactions=(("police", "shelter"),)).fit(histories(sparse))
    assert answer.verdict == "no estimate"
    assert "no finite maximum-likelihood estimate" in answer.reasons[0]
    assert Independence().fit(histories(sparse)).estimate == pytest.approx(539.09, abs=0.005)


# Chapter 5. What the answer hangs on.


def test_each_list_is_left_out_in_turn():
    answers = dict(leave_one_list_out(Independence(), histories(REFERRAL)))
    assert list(answers) == ["clinic", "police", "shelter"]
    # Without the police list only the two that refer to each other are left: far too low.
    assert answers["police"].estimate < 0.6 * answers["clinic"].estimate


# Chapter 6. What an answer carries.


def test_the_summary_is_sentences_that_can_be_printed():
    # The interval by hand: the log of 165 unseen has the variance 1/75 + 1/55 + 1/25, so that the
    # unseen lie between 165/1.689 and 165 x 1.689.
    answer = Independence().fit(histories(TWO_LISTS))
    assert answer.summary().splitlines() == [
        "independence: about 320 people in all (95% interval 253 to 434); 155 were observed.",
        "Model: no interaction between lists.",
        "Assumes: Being on one list says nothing about being on any other, and all people are "
        "equally likely to be on a given list. Nobody joined or left the population in the period, "
        "and records were linked rightly.",
        "Caveat: the interval takes the model as given; it does not know that another might be "
        "right.",
        "Caveat: the model has as many parameters as there are patterns: it fits whatever was "
        "observed, and nothing observed could show it wrong.",
        f"Lists: police, shelter. Table: sha256 {answer.input_digest[:16]}.",
    ]


def test_a_refusal_is_printed_with_its_reason():
    assert Independence().fit(histories(APART)).summary().splitlines()[:2] == [
        "independence: no estimate; 130 were observed.",
        "Because: nobody is on two lists, so nothing tells how many are on none.",
    ]


def test_the_row_of_the_table_names_the_method_with_its_settings():
    row = Stepwise(replicates=50, seed=3).fit(histories(REFERRAL)).to_table().to_pylist()[0]
    assert row["method"] == "stepwise (interval bca, p 0.02, replicates 50, seed 3)"
    assert (row["level"], row["verdict"]) == (0.95, "estimate")
