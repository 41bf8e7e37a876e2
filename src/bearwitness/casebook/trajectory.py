"""A person's life as a line of events, in an order that says where it is not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bearwitness.casebook.places import Place
from bearwitness.casebook.values import When

_FIRST, _LAST = date(1900, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened. `when` is EDTF or empty; `place` None where it is not known.

    `key` tells which act or event it is; `where` is the place as it was said; `told` is the order
    in which steps were told.
    """

    key: str
    what: str
    when: str = ""
    place: Place | None = None
    where: str = ""
    told: int = 0

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day on which it can have been; None for an open end."""
        if not self.when:
            return None, None
        read = When.read(self.when)
        return read.first_day, read.last_day

    @property
    def is_dated(self) -> bool:
        return any(self.days)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A step in its place on the line. `sure` says that it came after all before it on the line.

    A step without a date stands at the end and is never sure.
    """

    step: Step
    first: date | None
    last: date | None
    sure: bool


def in_order(steps: Iterable[Step]) -> list[Placed]:
    """Steps by the middle of the days they can have been on; then as they were told.

    Where the possible days of two steps overlap, their order is a guess: the later one is not
    sure.
    """
    ordered = sorted(steps, key=lambda step: (not step.is_dated, _middle(step), step.told))
    line: list[Placed] = []
    latest: date | None = _FIRST
    for step in ordered:
        first, last = step.days
        sure = step.is_dated and latest is not None and first is not None and first > latest
        line.append(Placed(step=step, first=first, last=last, sure=sure))
        latest = None if latest is None or last is None else max(latest, last)
    return line


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Time from left to right: shares of the width for days, and years to mark."""

    start: int
    end: int

    @classmethod
    def over(cls, line: Iterable[Placed]) -> Axis | None:
        """From the year of the first known day to that of the last; None where none is known."""
        days = [day for placed in line for day in (placed.first, placed.last) if day]
        return cls(start=min(days).year, end=max(days).year + 1) if days else None

    def share(self, day: date | None, *, open_end: float) -> float:
        """Where the day lies between 0 and 1; `open_end` for an end that is not known."""
        if day is None:
            return open_end
        year = day.year + (day.timetuple().tm_yday - 1) / 366
        return (year - self.start) / (self.end - self.start)

    def years(self, most: int = 8) -> list[int]:
        """Round years to mark, `most` at most."""
        step = next(s for s in (1, 2, 5, 10, 20, 50) if (self.end - self.start) / s <= most)
        return [y for y in range(self.start, self.end + 1) if y % step == 0]


def _middle(step: Step) -> int:
    first, last = step.days
    if first is None and last is None:
        return _LAST.toordinal()
    if first is None or last is None:
        return (first or last or _LAST).toordinal()
    return (first.toordinal() + last.toordinal()) // 2
