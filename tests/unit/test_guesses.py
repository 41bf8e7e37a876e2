"""Guessing costs more with each try, and never locks somebody out for good."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.casebook.guesses import ADDRESS, LONGEST_WAIT, PASSWORD, wait_after


@pytest.mark.parametrize(("wrong", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (8, 8), (11, 60)])
def test_the_wait_doubles(wrong, minutes):
    assert wait_after(wrong, free=PASSWORD.free) == timedelta(minutes=minutes)


@given(st.integers(0, 10**9), st.integers(0, 50))
def test_it_never_falls_and_never_passes_the_longest(wrong, free):
    assert wait_after(wrong, free=free) <= wait_after(wrong + 1, free=free) <= LONGEST_WAIT


def test_a_program_gets_about_thirty_tries_in_a_day():
    tries, at = 0, timedelta(0)
    while at < timedelta(days=1):
        tries += 1
        at += wait_after(tries, free=PASSWORD.free)
    assert tries <= 35


def test_an_address_that_many_share_has_more_free_tries():
    assert ADDRESS.free > PASSWORD.free
