"""Figures out of figures: products, sums, ratios, with what is not known of their parts.

The answer is the median of what comes out when the parts are drawn from what is not known of them,
and the interval its quantiles. Beside it stand the widest interval under any dependence, and the
least and greatest that can come out at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.release.figures.arithmetic import (
    LEVELS,
    Bounded,
    Interval,
    OfBounds,
    OfIntervals,
    OfNumbers,
)
from bearwitness.release.figures.dependence import correlations, draw_chances
from bearwitness.release.figures.expression import Combined, Formula
from bearwitness.release.figures.spreads import Known, Reals, Spread, ends_of
from bearwitness.release.figures.wording import step_of

SCRAMBLES, FEWEST, MOST = 16, 2**10, 2**15  # points are drawn SCRAMBLES times over
WITHIN = 0.25  # the simulation's error stays within this share of what is printed, two errors of it
_LITTLE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A part that is not composed. Leaves with one `key` are drawn as one thing.

    `open_above`: the source says "at least" and no more; `open_below`: "up to".
    """

    key: str
    spread: Spread
    open_above: bool = False
    open_below: bool = False


@dataclass(frozen=True, kw_only=True)
class Composed:
    """What a formula gives. `lower` and `upper` are None at an end that is open.

    `extremes` is the interval of the same level under the worst dependence at either end; None
    where there is nothing to depend on each other, or where parts are not all above 0. `reach` is
    the least and greatest possible; None where a part stands in the formula twice, since it is
    then nearer than the ends of intervals say. `error` is the simulation's standard error of what
    is printed.
    """

    value: float
    lower: float | None
    upper: float | None
    step: float
    level: float
    extremes: tuple[float, float] | None
    reach: tuple[float, float] | None
    error: float
    draws: int


def compose(
    formula: Formula,
    leaves: Mapping[str, Leaf],
    *,
    dependence: Mapping[frozenset[str], float] | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> Composed:
    """Work a formula out over what is not known of its parts, in their plain units.

    `dependence` is the correlation of the copula for each two leaves; 0 for those not named.
    Raises StudyInvalid for a divisor that can be 0, and where an end that is open would be at both
    ends of the result.
    """
    used = {name: leaves[name] for name in dict.fromkeys(formula.names())}
    where = "the formula"
    ends = {name: ends_of(leaf.spread) for name, leaf in used.items()}
    reach = formula.work_out({n: Interval(*e) for n, e in ends.items()}, OfIntervals())
    if all(isinstance(leaf.spread, Known) for leaf in used.values()):
        return _known(formula, used, reach, level)
    keys = list(dict.fromkeys(leaf.key for leaf in used.values()))
    tied = {
        frozenset((a, b)): (dependence or {}).get(frozenset((a, b)), 0.0)
        for a in keys
        for b in keys
    }
    matrix = correlations(keys, tied, where=where)
    found = _simulate(formula, used, (keys, matrix), level, seed)
    extremes = _extremes(formula, used, ends, level) if len(keys) > 1 else None
    return _with_open_ends(formula, used, reach, extremes, found)


@dataclass(frozen=True)
class _Found:
    quantiles: Reals
    step: float
    error: float
    draws: int
    level: float


def _known(formula: Formula, leaves: Mapping[str, Leaf], reach: Interval, level: float) -> Composed:
    parts = {name: np.array([leaf.spread.most_likely]) for name, leaf in leaves.items()}
    value = float(formula.work_out(parts, OfNumbers())[0])
    found = _Found(np.array([value] * 3), _digits(value), 0.0, 1, level)
    return _with_open_ends(formula, leaves, reach, None, found)


def _simulate(
    formula: Formula,
    leaves: Mapping[str, Leaf],
    tied: tuple[list[str], Reals],
    level: float,
    seed: int,
) -> _Found:
    """Draw until the error is below what is printed; coarser digits where MOST will not do."""
    keys, matrix = tied
    tails = ((1 - level) / 2, 0.5, (1 + level) / 2)
    count = FEWEST
    while True:
        rows = []
        for scramble in range(SCRAMBLES):
            chances = draw_chances(matrix, count=count, seed=seed * 1000 + scramble)
            parts = {
                n: leaf.spread.at(chances[:, keys.index(leaf.key)]) for n, leaf in leaves.items()
            }
            rows.append(np.quantile(formula.work_out(parts, OfNumbers()), tails))
        quantiles = np.array(rows)
        error = float((quantiles.std(axis=0, ddof=1) / np.sqrt(SCRAMBLES)).max())
        middle = quantiles.mean(axis=0)
        step = step_of(middle[0], middle[2])
        if 2 * error <= WITHIN * step or count >= MOST:
            break
        count *= 2
    while 2 * error > WITHIN * step:
        step *= 10
    return _Found(middle, step, error, count * SCRAMBLES, level)


def _extremes(
    formula: Formula,
    leaves: Mapping[str, Leaf],
    ends: Mapping[str, tuple[float, float]],
    level: float,
) -> tuple[float, float] | None:
    if _needs_above_zero(formula) and any(low <= 0 for low, _ in ends.values()):
        return None
    parts = {name: Bounded.of(leaf.spread, ends[name]) for name, leaf in leaves.items()}
    found = formula.work_out(parts, OfBounds())
    low = int(np.floor((1 - level) / 2 * LEVELS + 1e-9))
    return float(found.low[low]), float(found.high[LEVELS - 1 - low])


def _needs_above_zero(formula: Formula) -> bool:
    if not isinstance(formula, Combined):
        return False
    below = _needs_above_zero(formula.left) or _needs_above_zero(formula.right)
    return formula.sign in "*/" or below


def _with_open_ends(
    formula: Formula,
    leaves: Mapping[str, Leaf],
    reach: Interval,
    extremes: tuple[float, float] | None,
    found: _Found,
) -> Composed:
    """An end that a part leaves open is open in the result, on the side that it moves."""
    above, below = _open_ends(formula, leaves)
    if above and below:
        raise StudyInvalid(
            "the result is open at both ends: one part says 'at least' and another 'up to'",
            where="the formula",
            hint="Cite figures with ends, or compose the parts that have them.",
        )
    lower, value, upper = (float(x) for x in found.quantiles)
    twice = len({leaves[name].key for name in formula.names()}) < len(list(formula.names()))
    return Composed(
        value=value,
        lower=None if below else lower,
        upper=None if above else upper,
        step=found.step,
        level=found.level,
        extremes=extremes,
        reach=None if twice else (-np.inf if below else reach.low, np.inf if above else reach.high),
        error=found.error,
        draws=found.draws,
    )


def _open_ends(formula: Formula, leaves: Mapping[str, Leaf]) -> tuple[bool, bool]:
    """Whether the result can be above, or below, all that came out."""
    middle = {name: np.array([leaf.spread.most_likely]) for name, leaf in leaves.items()}
    at_first = float(formula.work_out(middle, OfNumbers())[0])
    above = below = False
    for name, leaf in leaves.items():
        more = middle | {name: middle[name] * (1 + _LITTLE) + _LITTLE * (middle[name] == 0)}
        rises = float(formula.work_out(more, OfNumbers())[0]) > at_first
        above |= (leaf.open_above and rises) or (leaf.open_below and not rises)
        below |= (leaf.open_above and not rises) or (leaf.open_below and rises)
    return above, below


def _digits(value: float) -> float:
    """To what a value without an interval is rounded: whole numbers, or four digits below 1,000."""
    size = abs(value)
    if size >= 1000 or size == 0 or value == round(value):
        return 1.0
    return float(10.0 ** (np.floor(np.log10(size)) - 3))
