"""How long somebody waits who guesses: a few tries are free, then each costs twice the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# Our own choice: whoever mistypes gets through; a program gets about 30 tries in the first day.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
# Whoever has not tried for so long begins anew.
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Guessed:
    """What is guessed at, and how many wrong tries are free. All of a network share an address."""

    kind: str
    free: int


PASSWORD = Guessed("password", 5)
SECOND_FACTOR = Guessed("second factor", 5)
ADDRESS = Guessed("address", 20)


def wait_after(wrong: int, *, free: int) -> timedelta:
    """From the last wrong try to the next that is looked at: 0, 1, 2, 4, ... 60 minutes."""
    if wrong < free:
        return timedelta(0)
    doublings = min(wrong - free, 10)  # beyond the longest in any case
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
