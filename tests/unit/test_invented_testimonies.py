"""The invented interviews: alike for a seed, each act on words that stand there once."""

from bearwitness.casebook import When
from bearwitness.coding import load_vocabulary
from bearwitness.demo.testimonies import LANGUAGES, invent_testimonies


def test_equal_seeds_give_equal_testimonies_and_others_others():
    assert invent_testimonies(5, seed=3) == invent_testimonies(5, seed=3)
    assert invent_testimonies(5, seed=3) != invent_testimonies(5, seed=4)


def test_every_act_can_be_coded_from_the_words():
    told = invent_testimonies(300)
    assert {one.language for one in told} == set(LANGUAGES)
    for one in told:
        for step in one.steps:
            assert one.text.count(step.sentence) == 1
            assert load_vocabulary(step.term.split("/")[0]).term(step.term).id == step.term
            assert When.read(step.date).text == step.date


def test_everybody_is_grown_up_when_they_leave_and_the_interview_comes_after_it_all():
    for one in invent_testimonies(300):
        years = [int(step.date[:4]) for step in one.steps]
        assert years == sorted(years)
        assert years[0] - int(one.birth[:4]) >= 18
        assert int(one.held_on[:4]) > years[-1]


def test_every_text_says_first_that_it_was_invented():
    opened = {"en": "[An invented interview.]", "ko": "[지어낸 면담.]", "zh": "[虚构的访谈。]"}
    assert all(one.text.startswith(opened[one.language]) for one in invent_testimonies(60))
