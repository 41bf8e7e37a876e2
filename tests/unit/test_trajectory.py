"""A life as a line: what is known of the order is said, and what is not known too."""

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bearwitness.casebook.trajectory import Axis, Step, in_order


def line(*steps):
    told = [Step(key=str(n), what=what, when=when, told=n) for n, (what, when) in enumerate(steps)]
    return in_order(told)


def test_steps_stand_in_the_order_of_their_days_and_an_overlap_is_not_sure():
    placed = line(
        ("sold", "2004-23"), ("crossed", "2004-06"), ("moved", "2004"), ("arrested", "2006-03-02")
    )
    assert [p.step.what for p in placed] == ["crossed", "moved", "sold", "arrested"]
    assert [p.sure for p in placed] == [True, False, False, True]


def test_a_step_without_a_date_stands_at_the_end_and_is_never_sure():
    placed = line(("escaped", ""), ("crossed", "1998"))
    assert [p.step.what for p in placed] == ["crossed", "escaped"]
    assert not placed[1].sure


def test_nothing_is_sure_after_a_step_that_may_have_been_at_any_later_time():
    placed = line(("left home", "[1998..]"), ("crossed", "2004"))
    assert [p.sure for p in placed] == [True, False]


def test_about_a_year_reaches_into_its_neighbours():
    (placed,) = line(("left home", "1998~"))
    assert (placed.first, placed.last) == (date(1997, 1, 1), date(1999, 12, 31))


def test_the_axis_spans_what_is_known():
    placed = line(("left home", "1998"), ("crossed", "2004-03"), ("arrived", ""))
    axis = Axis.over(placed)
    assert (axis.start, axis.end) == (1998, 2005)
    assert axis.share(date(1998, 1, 1), open_end=0) == 0
    assert axis.share(None, open_end=1) == 1
    assert axis.years(most=4) == [1998, 2000, 2002, 2004]
    assert Axis.over(line(("arrived", ""))) is None


years = st.integers(1950, 2025).map(str)


@settings(deadline=None)  # the first read of a date is slow
@given(st.lists(st.one_of(years, years.map("{}~".format), st.just("")), max_size=6))
def test_every_step_is_placed_once_and_sure_steps_never_overlap_those_before(whens):
    placed = line(*[("step", when) for when in whens])
    assert sorted(p.step.told for p in placed) == list(range(len(whens)))
    for before, after in pairwise(placed):
        if after.sure:
            assert before.last < after.first
