"""From EDTF to the days that it can have been: what a line of events and an order rest on."""

from datetime import date

import pytest

from bearwitness.casebook import When

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
