"""Acts are recorded late: how many of a period are known by now, and how many are to come.

Reverse-time hazards: of the acts recorded with a delay of at most x, the share recorded with a
delay of exactly x (Kalbfleisch & Lawless 1989; Lawless 1994, section 3). The chance that an act is
recorded within x is the product of what is left over by all longer delays. The same numbers are
the chain ladder's of insurers (Mack 1993), whose published tables the tests use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bearwitness.errors import EstimateRefused
from bearwitness.release.figures.spreads import Reals

DRAWS = 4000
FEWEST = 30  # dated and recorded acts below which no delay is estimated: a rule of this house


@dataclass(frozen=True, eq=False)
class Completed:
    """What a table of periods by delays says.

    `recorded`, `expected`: acts a period, so far, and in the end; `share`: of each period, recorded
    so far. `drawn`: draws (draws, periods) of what it will be in the end, rounded to no number.
    Nothing is known of delays longer than the longest in the table.
    """

    recorded: Reals
    expected: Reals
    share: Reals
    drawn: Reals


def complete(triangle: Reals, *, seed: int = 1, draws: int = DRAWS) -> Completed:
    """Estimate what is still to be recorded; an interval comes from the draws.

    `triangle[t, x]` are the acts of period t that were recorded x periods later; those that now
    cannot yet be known, with t + x past the last period, are NaN. Draws: hazards are independent of
    one another (Lawless 1994, section 3.2), each from the beta that a Dirichlet prior over delays
    gives, with one act's worth in all; the acts to come from a negative binomial given those
    recorded; both with the counts divided by the dispersion where the table varies by more than
    chance. Raises EstimateRefused for a table with
    fewer than 30 acts.
    """
    known = ~np.isnan(triangle)
    recorded = np.nansum(triangle, axis=1)
    if recorded.sum() < FEWEST:
        raise EstimateRefused(
            f"fewer than {FEWEST} acts have both a day and a day of recording",
            hint="No delay is estimated from so few: say that the last periods are incomplete.",
        )
    at, within = _hazards(triangle, known)
    hazards = np.divide(at, within, out=np.zeros_like(at), where=within > 0)
    share = _share_recorded(hazards[None, :], known)[0]
    random = np.random.default_rng(seed)
    spread = _dispersion(triangle, known, recorded / share, hazards)
    # One act's worth of prior over all delays together (Perks 1947): were it half an act for each,
    # the many long delays that nobody has seen would add up to a great deal still to come.
    each, sooner = 1 / len(at), np.arange(len(at)) / len(at)
    drawn_hazards = random.beta(
        at / spread + each,
        np.maximum((within - at) / spread + sooner, 1e-9),
        size=(draws, len(at)),
    )
    drawn_hazards[:, 0] = 1.0
    drawn_hazards[:, within == 0] = 0.0
    shares = np.clip(_share_recorded(drawn_hazards, known), 1e-9, 1.0)
    means = random.gamma(recorded / spread + 0.5, size=shares.shape) * (1 - shares) / shares
    to_come = spread * random.poisson(means)
    return Completed(
        recorded=recorded, expected=recorded / share, share=share, drawn=recorded + to_come
    )


def triangle_of(days: Reals, recorded: Reals, *, now: int, period: int, periods: int) -> Reals:
    """The table of the last `periods` periods of `period` days up to day `now`, by delay."""
    start = now + 1 - period * periods
    event = np.floor_divide(days - start, period).astype(int)
    seen = np.floor_divide(recorded - start, period).astype(int)
    inside = (event >= 0) & (event < periods) & (seen >= event) & (seen < periods)
    found = np.zeros((periods, periods))
    np.add.at(found, (event[inside], (seen - event)[inside]), 1.0)
    row, column = np.indices(found.shape)
    found[row + column >= periods] = np.nan
    return found


def _hazards(triangle: Reals, known: np.ndarray) -> tuple[Reals, Reals]:
    """For each delay: acts recorded with it, and with it or sooner, in periods that could tell."""
    upto = np.nancumsum(triangle, axis=1)
    at = np.nansum(np.where(known, triangle, 0.0), axis=0)
    within = np.where(known, upto, 0.0).sum(axis=0)
    return at, within


def _share_recorded(hazards: Reals, known: np.ndarray) -> Reals:
    """For each draw and period, the chance that an act is recorded by now."""
    left = np.cumprod((1 - hazards[:, ::-1]), axis=1)[:, ::-1]
    beyond = np.concatenate([left[:, 1:], np.ones((len(hazards), 1))], axis=1)
    return np.asarray(beyond[:, known.sum(axis=1) - 1])


def _dispersion(triangle: Reals, known: np.ndarray, totals: Reals, hazards: Reals) -> float:
    from bearwitness.release.figures.intervals import dispersion

    left = np.cumprod((1 - hazards)[::-1])[::-1]
    chances = hazards * np.append(left[1:], 1.0)
    expected = totals[:, None] * chances[None, :]
    return dispersion(triangle[known], expected[known], parameters=int(2 * len(totals) - 1))
