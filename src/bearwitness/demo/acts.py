"""What was done to some of the invented people: returns over the border, and prison after them.

The truth is in the constants: a figure that is counted in the file can be held against it.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from bearwitness.demo.casebook import Casebook, Row

RETURN, PRISON = "detention/refoulement", "detention/arbitrary-detention"
CLOSED = date(2017, 1, 1)  # from then on half as many are returned a day
RETURNED, IMPRISONED, WITHIN_A_MONTH = 0.5, 0.6, 0.6  # the last two: 36 in 100 within a month

_FIRST, _LAST, _NOW = date(2012, 1, 1), date(2018, 12, 31), date(2019, 6, 30)
_DELAY = 150.0  # mean days until somebody tells


def draw_acts(casebook: Casebook, *, seed: int = 20260102) -> list[Row]:
    """Acts that people on Harbour's list told by the middle of 2019, as well as they remember days.

    An act that is told later is not there yet: the last months are incomplete.
    """
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for entry in casebook.lists["harbour"]:
        if rng.random() > RETURNED:
            continue
        day = _day_of_return(rng)
        told = day + timedelta(days=float(rng.exponential(_DELAY)))
        acts = [(RETURN, day)]
        if rng.random() < IMPRISONED:
            soon = rng.random() < WITHIN_A_MONTH
            acts.append((PRISON, day + timedelta(days=int(rng.integers(*_waits(soon))))))
        told = max(told, acts[-1][1])
        if told <= _NOW:
            rows += [_row(entry["id"], act, told, rng) for act in acts]
    return [{"act": str(number), **row} for number, row in enumerate(rows, start=1)]


def _waits(soon: bool) -> tuple[int, int]:
    return (0, 29) if soon else (45, 400)


def _day_of_return(rng: np.random.Generator) -> date:
    before, after = (CLOSED - _FIRST).days, (_LAST - CLOSED).days
    if rng.random() < 2 * before / (2 * before + after):
        return _FIRST + timedelta(days=int(rng.integers(before)))
    return CLOSED + timedelta(days=int(rng.integers(after + 1)))


def _row(person: str, act: tuple[str, date], told: date, rng: np.random.Generator) -> Row:
    kind, day = act
    return {
        "person": person, "type": kind, "date": _remembered(day, rng.random()), "place": "",
        "source": "1", "recorded": told.isoformat(),
    }  # fmt: skip


def _remembered(day: date, die: float) -> str:
    """EDTF: to the day, the month, the season, the year."""
    if die < 0.5:
        return day.isoformat()
    if die < 0.75:
        return f"{day:%Y-%m}"
    if die < 0.85 and 3 <= day.month <= 11:
        return f"{day.year}-{20 + day.month // 3}"
    return f"{day.year}" if die < 0.95 else f"{day.year}~"
