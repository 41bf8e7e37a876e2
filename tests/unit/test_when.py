"""From EDTF to the days that it can have been: what a line of events and an order rest on."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bearwitness.casebook import When, values
from bearwitness.errors import InputError

# ISO 8601-2, 4.8: 21 to 24 are spring to winter. The days are those of the north, by whole months.
DAYS = """
1998           1998-01-01  1998-12-31
1998~          1997-01-01  1999-12-31
199X           1990-01-01  1999-12-31
1999-12        1999-12-01  1999-12-31
1999-21        1999-03-01  1999-05-31
1999-23        1999-09-01  1999-11-30
1999-24        1999-12-01  2000-02-29
2001-24        2001-12-01  2002-02-28
2001-24?       2001-12-01  2002-02-28
1999-22~       1999-03-02  1999-11-30
1998/1999-24   1998-01-01  2000-02-29
1999-24/2001   1999-12-01  2001-12-31
../1999        None        1999-12-31
"""


@pytest.mark.parametrize("line", DAYS.strip().splitlines())
def test_days(line):
    text, first, last = line.split()
    when = When.read(text)
    assert (str(when.first_day), str(when.last_day)) == (first, last)


def test_a_winter_can_be_of_the_next_year():
    winter, year = When.read("1999-24"), When.read("2000")
    assert (winter.earliest, winter.latest) == (1999, 2000)
    assert winter.may_be_same_year(year)
    assert winter.last_day > date(2000, 1, 1)


_PARTS = st.one_of(
    st.just(""),
    st.just("~"),
    st.integers(0, 26).map(lambda n: f"-{n:02d}"),
    st.tuples(st.integers(0, 13), st.integers(0, 32)).map(lambda p: f"-{p[0]:02d}-{p[1]:02d}"),
)


@given(st.integers(1000, 2999), _PARTS)
@settings(max_examples=60, deadline=None)
@example(2004, "-02-30")
@example(2004, "-00")
@example(2004, "-05-00")
@example(2004, "-12")
@example(2004, "-24")
def test_the_short_way_and_the_library_read_alike(year, part):
    text = f"{year}{part}"
    short = values._plain(text)
    try:
        long = values._by_library(text)
    except InputError:
        assert short is None
        with pytest.raises(InputError):
            When.read(text)
        return
    if short is not None:
        assert (short, short.first_day, short.last_day) == (long, long.first_day, long.last_day)
