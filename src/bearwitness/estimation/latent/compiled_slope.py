"""As slope.py, compiled: some states at a time, for which the fastest memory has room.

Last axes are classes by states of the block, in one; long loops over it are what a compiler turns
into instructions on eight or sixteen numbers. So are exponentials and logarithms, which are
polynomials in single precision (Cody & Waite 1980, Software Manual for the Elementary Functions).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """When first called; kept on the disk beside this file, or among what the user's programs keep.

    Raises RuntimeError where neither can be written to.
    """
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


F = np.float32
TINY = F(np.finfo(F).tiny)
ZERO, HALF, ONE, TWO = F(0), F(0.5), F(1), F(2)
LOWEST, HIGHEST, LOG2_E = F(-87), F(88), F(1.4426950408889634)
LN_2, LN_2_COARSE, LN_2_REST = F(0.6931471805599453), F(0.693359375), F(-2.12194440e-4)
ROOT_2 = F(1.4142135)
OF_2, OF_3, OF_4, OF_5, OF_6, OF_7 = (
    F(1 / 2),
    F(1 / 6),
    F(1 / 24),
    F(1 / 120),
    F(1 / 720),
    F(1 / 5040),
)
ODD_3, ODD_5, ODD_7, ODD_9 = F(2 / 3), F(2 / 5), F(2 / 7), F(2 / 9)
MANTISSA, EXPONENT_OF_1 = np.int32(0x7FFFFF), np.int32(0x3F800000)
BITS, BIAS, STEP = np.int32(23), np.int32(127), np.int32(1)


class Given(NamedTuple):
    """What is the same for all states. Numbers are of one kind: single for slopes, or double."""

    people: Any  # by patterns
    signs: Any  # see Patterns.signs
    power: Any  # by states
    observed: Any
    least_mass: Any
    shape: Any  # the power of the prior on sticks
    rate: Any
    # The prior on captures: first parameter and sum of a Beta; then a centre and the weights of
    # squares of log odds, of their sums by list, by class and over all. One or the other is zero.
    first: Any
    total: Any
    centre: Any
    of_both: Any
    of_list: Any
    of_class: Any
    of_all: Any


class Block(NamedTuple):
    """Where a slope is taken, what it is, and room for what lies between; in single precision."""

    sticks: Any
    odds: Any  # lists by ...
    marks: Any
    power: Any  # by states
    by_sticks: Any
    by_odds: Any
    filled: Any  # patterns by ...
    ratio: Any
    capture: Any
    stick: Any
    stopped: Any
    share: Any
    missed: Any
    by_class: Any
    drawn: Any
    by_share: Any
    by_list: Any
    left: Any  # these by states
    scale: Any
    seen: Any
    cell: Any
    pulled: Any


@compiled
def new_block(lists: int, classes: int, width: int) -> Block:
    """Room for `width` states."""
    wide = classes * width
    sticks, power = np.empty(wide - width, F), np.empty(width, F)
    odds, marks = np.empty((lists, wide), F), np.empty(wide, F)
    return Block(
        sticks, odds, marks, power, np.empty_like(sticks), np.empty_like(odds),
        np.empty((1 << lists, wide), F), np.empty_like(odds), np.empty_like(odds),
        np.empty_like(sticks), np.empty_like(sticks), np.empty_like(marks), np.empty_like(marks),
        np.empty_like(marks), np.empty_like(marks), np.empty_like(marks), np.empty_like(marks),
        np.empty_like(power), np.empty_like(power), np.empty_like(power), np.empty_like(power),
        np.empty_like(power),
    )  # fmt: skip


@compiled
def exp(x: Any) -> Any:
    x = min(max(x, LOWEST), HIGHEST)
    whole = np.floor(x * LOG2_E + HALF)
    r = x - whole * LN_2_COARSE - whole * LN_2_REST
    p = ONE + r * (ONE + r * (OF_2 + r * (OF_3 + r * (OF_4 + r * (OF_5 + r * OF_6)))))
    return p * np.int32((np.int32(whole) + BIAS) << BITS).view(np.float32)


@compiled
def log(x: Any) -> Any:
    """Of a positive number that is not too small to be normal."""
    bits = np.float32(x).view(np.int32)
    power = np.int32((bits >> BITS) - BIAS)
    m = np.int32((bits & MANTISSA) | EXPONENT_OF_1).view(np.float32)
    large = m > ROOT_2
    m = m * HALF if large else m
    power = power + STEP if large else power
    s = (m - ONE) / (m + ONE)
    z = s * s
    p = s * (TWO + z * (ODD_3 + z * (ODD_5 + z * (ODD_7 + z * ODD_9))))
    return np.float32(power) * LN_2 + p


@compiled
def one_less_exp(u: Any) -> Any:
    """1 - exp(-u) of a positive u, however small."""
    few = u * (ONE - u * (OF_2 - u * (OF_3 - u * (OF_4 - u * (OF_5 - u * (OF_6 - u * OF_7))))))
    return few if u < HALF else ONE - exp(-u)


@compiled
def slope(at: Block, given: Given) -> None:
    """Into `by_sticks` and `by_odds`, from the first four of a block."""
    _capture(at)
    _share(at, given)
    fill(at.filled, at.share, at.ratio, at.missed, at.by_class)
    _gather(at, given)
    _draw(at, given)
    _by_odds(at, given)
    _by_sticks(at)


@compiled
def _capture(at: Block) -> None:
    """Chances from log odds; `missed` then are those of no list, within a class."""
    lists, wide = at.odds.shape
    for i in range(wide):
        at.missed[i] = ONE
    for j in range(lists):
        for i in range(wide):
            ratio = exp(at.odds[j, i])
            down = ONE / (ratio + ONE)
            at.ratio[j, i] = ratio
            at.capture[j, i] = ratio * down
            at.missed[i] *= down


@compiled
def _share(at: Block, given: Given) -> None:
    width, last = len(at.power), len(at.sticks)
    for i in range(last):
        at.stick[i] = exp(at.sticks[i])
        at.stopped[i] = one_less_exp(at.stick[i])
    for s in range(width):
        at.left[s] = ZERO
    for k in range(last // width):
        for s in range(width):
            at.share[k * width + s] = exp(-at.left[s]) * at.stopped[k * width + s]
            at.left[s] += at.stick[k * width + s]
    for s in range(width):
        at.share[last + s] = exp(-at.left[s])
        at.scale[s] = given.shape / (given.rate + at.left[s])


@compiled
def fill(filled: Any, share: Any, ratio: Any, missed: Any, by_class: Any) -> None:
    """As Doubled.fill. `missed` come as chances within a class, and leave times its share."""
    wide = len(share)
    for i in range(wide):
        missed[i] *= share[i]
        filled[0, i] = missed[i]
        by_class[i] = 0
    for j in range(len(ratio)):
        half = 1 << j
        for h in range(half):
            for i in range(wide):
                value = filled[h, i] * ratio[j, i]
                filled[half + h, i] = value
                by_class[i] += value


@compiled
def _gather(at: Block, given: Given) -> None:
    """People of each class (into row 0 of `filled`), and of them on each list (into `by_odds`).

    The table is folded, list by list: of two patterns that differ by it the one is added to the
    other.
    """
    filled, wide, width = at.filled, len(at.share), len(at.power)
    for i in range(wide):
        filled[0, i] = ZERO
    for c in range(1, len(filled)):
        for s in range(width):
            at.cell[s] = ZERO
        for k in range(wide // width):
            for s in range(width):
                at.cell[s] += filled[c, k * width + s]
        for s in range(width):
            at.cell[s] = given.people[c] * at.power[s] / max(at.cell[s], TINY)
        for k in range(wide // width):
            for s in range(width):
                filled[c, k * width + s] *= at.cell[s]
    for j in range(len(at.odds) - 1, -1, -1):
        half = 1 << j
        for i in range(wide):
            at.by_odds[j, i] = ZERO
        for h in range(half):
            for i in range(wide):
                at.by_odds[j, i] += filled[half + h, i]
                filled[h, i] += filled[half + h, i]


@compiled
def _draw(at: Block, given: Given) -> None:
    """What pulls at shares, and at captures by way of those missed; see slope.py for the terms."""
    wide, width = len(at.share), len(at.power)
    for s in range(width):
        at.pulled[s] = given.observed * at.power[s]
        at.seen[s] = ZERO
    for k in range(wide // width):
        for s in range(width):
            at.seen[s] += at.by_class[k * width + s]
    for k in range(wide // width):
        for s in range(width):
            share = at.by_class[k * width + s] / at.seen[s]
            marked = given.observed * share
            above = marked + ONE
            pull = (log(above) - at.marks[k * width + s]) * marked / above
            at.pulled[s] -= pull
            at.by_share[k * width + s] = pull
            at.drawn[k * width + s] = share
    for k in range(wide // width):
        for s in range(width):
            i = k * width + s
            drawn = at.drawn[i] * at.pulled[s] + at.by_share[i]
            at.by_share[i] = at.filled[0, i] - drawn
            at.drawn[i] = drawn * at.missed[i] / max(at.by_class[i], TINY) + at.filled[0, i]


@compiled
def _by_odds(at: Block, given: Given) -> None:
    wide, width = len(at.share), len(at.power)
    for i in range(wide):
        at.by_list[i] = ZERO
    for s in range(width):
        at.left[s] = ZERO
    for j in range(len(at.odds)):
        for s in range(width):
            at.cell[s] = ZERO
        for k in range(wide // width):
            for s in range(width):
                off = at.odds[j, k * width + s] - given.centre
                at.cell[s] += off
                at.by_list[k * width + s] += off
        for s in range(width):
            at.left[s] += at.cell[s]
            at.cell[s] = given.first - given.of_list * at.cell[s]
        for k in range(wide // width):
            for s in range(width):
                i = k * width + s
                drawn = at.capture[j, i] * (at.drawn[i] + given.total)
                off = given.of_both * (at.odds[j, i] - given.centre)
                at.by_odds[j, i] += at.cell[s] - drawn - off
    for j in range(len(at.odds)):
        for k in range(wide // width):
            for s in range(width):
                common = given.of_class * at.by_list[k * width + s] + given.of_all * at.left[s]
                at.by_odds[j, k * width + s] -= common


@compiled
def _by_sticks(at: Block) -> None:
    width, last = len(at.power), len(at.sticks)
    for s in range(width):
        at.left[s] = at.by_share[last + s]  # of all classes after this one
    for k in range(last // width - 1, -1, -1):
        for s in range(width):
            i = k * width + s
            own = at.by_share[i] * (ONE - at.stopped[i]) / at.stopped[i]
            at.by_sticks[i] = ONE + at.stick[i] * (own - at.left[s] - at.scale[s])
            at.left[s] += at.by_share[i]
