"""What followed what, where days are known only as well as somebody remembers.

Days are ordinals (`date.toordinal`), as a first and a last day on which a thing can have been; an
open end is far away. All arrays have one row an act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bearwitness.release.figures.spreads import Reals

Days = NDArray[np.int64]
LONG_AGO, FAR_OFF = -(10**7), 10**7


@dataclass(frozen=True, eq=False)
class Dated:
    """Acts of some kind: whose they are, and the first and last day each can have been on."""

    people: NDArray[np.str_]
    first: Days
    last: Days

    def by_person(self) -> Mapping[str, tuple[Days, Days]]:
        if not len(self.people):
            return {}
        order = np.argsort(self.people, kind="stable")
        names, starts = np.unique(self.people[order], return_index=True)
        parts = zip(
            np.split(self.first[order], starts[1:]), np.split(self.last[order], starts[1:]),
            strict=True,
        )  # fmt: skip
        return dict(zip(names.tolist(), parts, strict=True))


@dataclass(frozen=True)
class Followed:
    """People of the base, those for whom it surely followed in time, and those for whom it may."""

    base: int
    surely: int
    possibly: int


def followed_within(first: Dated, then: Dated, days: int) -> Followed:
    """For how many who went through `first` did `then` follow, on the same day or up to `days`
    later.

    *Surely*: for one act of each, whatever the days they were on within what is known. *Possibly*:
    for some days within what is known. Who went through `first` twice counts once, if it followed
    either time.
    """
    after = then.by_person()
    base = first.by_person()
    surely = possibly = 0
    for person, (starts, ends) in base.items():
        if person not in after:
            continue
        begin, finish = after[person]
        may = (finish >= starts[:, None]) & (begin <= ends[:, None] + days)
        must = (begin >= ends[:, None]) & (finish <= starts[:, None] + days)
        possibly += bool(may.any())
        surely += bool(must.any())
    return Followed(base=len(base), surely=surely, possibly=possibly)


def days_between(first: Dated, then: Dated) -> tuple[Reals, Reals]:
    """Fewest and most days from each person's first `first` to the next `then`; a row a person.

    Only people for whom both are dated with both ends, and `then` may have followed.
    """
    after = then.by_person()
    fewest, most = [], []
    for person, (starts, ends) in first.by_person().items():
        if person not in after:
            continue
        at = int(np.argmin(starts))
        begin, finish = after[person]
        later = (finish >= starts[at]) & (begin > LONG_AGO) & (finish < FAR_OFF)
        if not later.any() or starts[at] <= LONG_AGO or ends[at] >= FAR_OFF:
            continue
        fewest.append(max(0, int(begin[later].min() - ends[at])))
        most.append(int(finish[later].min() - starts[at]))
    return np.array(fewest, dtype=float), np.array(most, dtype=float)


def counted_within(acts: Dated, start: int, end: int) -> tuple[int, int]:
    """How many acts were surely, and how many possibly, from day `start` to day `end`."""
    surely = (acts.first >= start) & (acts.last <= end)
    possibly = (acts.last >= start) & (acts.first <= end)
    return int(surely.sum()), int(possibly.sum())


def widened(
    followed: Followed, *, threshold: int, rounding: int
) -> tuple[float, float, int] | None:
    """Bounds of the share, 0 to 1, and the base, such that no small group can be computed.

    Bounds are moved outwards only, so they stay true: a group of sure, unsure or impossible people
    below `threshold` is put together with its neighbour, and counts are rounded outwards. None
    where the base itself is too small.
    """
    base, surely, possibly = followed.base, followed.surely, followed.possibly
    if base < max(threshold, 1):
        return None
    surely = 0 if surely < threshold else surely
    possibly = base if base - possibly < threshold and possibly < base else possibly
    if 0 < possibly - surely < threshold:
        surely = max(0, possibly - threshold)
        surely = 0 if surely < threshold else surely
    low = surely // rounding * rounding
    high = -(-possibly // rounding) * rounding
    most = -(-base // rounding) * rounding
    least = max(base // rounding * rounding, 1)
    shown = int((base + rounding / 2) // rounding * rounding)
    # Nobody or everybody stays so; else the base's own rounding widens the bounds.
    upper = 1.0 if possibly == base else min(1.0, high / least)
    return low / most, upper, shown


def months_of(days: Sequence[int]) -> list[tuple[int, int]]:
    """Year and month of each day."""
    from datetime import date

    return [(d.year, d.month) for d in map(date.fromordinal, days)]
