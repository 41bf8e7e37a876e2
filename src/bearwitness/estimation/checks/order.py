"""Do lists that stand near each other in some order share more people? Then people come and go.

A population is closed when nobody joins or leaves between the lists. Where lists are of different
years and people do come and go, neighbouring years share more people than distant ones. Other
things make lists share people too: some people are found by everybody, some lists are large. The
quasi-symmetry model (Darroch, Fienberg, Glonek & Junker 1993) takes out both: its parameters are
the lists and the number of lists that a person is on, so it fits whenever people differ in how
findable they are and in nothing else. What pairs of lists share beyond that model is then held
against their distance in an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations
from typing import Any

import numpy as np

from bearwitness.errors import StudyInvalid
from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories, read_histories

# Rules of this house, not of any paper. Tuned on duck.csv and on made populations: docs.
FEWEST_LISTS = 5  # without a stated order: of fewer lists, too many tables look ordered
MOST_LISTS = 7  # orders are gone through one by one
WEAKEST = 4.0  # standard errors from no decay, the best order having been looked for
WEAKEST_STATED = 3.0  # the same where the order was stated beforehand
LEAST_SHARE = 0.5  # of what pairs share beyond quasi-symmetry, the part that the order explains
LIKELIEST_CHANCE = 0.05  # that pairs put anywhere give so good an order
_SHUFFLES = 2000


@dataclass(frozen=True, kw_only=True)
class OrderTest:
    """Does overlap decay with distance in `order`, the stated one or the best there is?

    `score` is in standard errors (positive: neighbours share more); `share` the part of the
    misfit of quasi-symmetry by pairs that the decay explains; `chance` the probability of so good
    an order if the pairs were shuffled, None where the order was stated. `is_open` says that all
    three speak for people who came and went; None that these lists cannot tell.
    """

    order: tuple[str, ...]
    score: float | None
    share: float | None
    chance: float | None
    is_open: bool | None

    def summary(self) -> str:
        if self.is_open is None:
            return (
                f"Whether people came and went between the lists cannot be tested: {FEWEST_LISTS} "
                f"to {MOST_LISTS} lists are needed, or the order of the lists in time."
            )
        named = ", ".join(self.order)
        if self.is_open:
            return (
                f"Lists that are neighbours in the order {named} share more people than distant "
                "ones, beyond what the lists and the people explain: this is what people who come "
                "and go leave behind."
            )
        return "The overlaps do not decay along any order as they would if people came and went."


def order_in_time(histories: Any, *, order: Sequence[str] = ()) -> OrderTest:
    """Test for people who come and go; `order` names the lists from the earliest to the latest.

    Raises StudyInvalid where `order` does not hold every list once.
    """
    seen = read_histories(histories)
    if order and sorted(order) != sorted(seen.lists):
        raise StudyInvalid(
            "the order of the lists should name each of them once",
            hint=f"The lists: {', '.join(sorted(seen.lists))}.",
        )
    size = len(seen.lists)
    if size < 3 or not (order or FEWEST_LISTS <= size <= MOST_LISTS):
        return _cannot_tell()
    seen = seen.reordered()
    slope, information = _beyond_symmetry(seen)
    if information is None:
        return _cannot_tell()
    if order:
        places = np.array([[list(order).index(name) for name in seen.lists]])
    else:
        places = _places(size)
    return _judge(seen, places, slope, information, bool(order))


def _cannot_tell() -> OrderTest:
    return OrderTest(order=(), score=None, share=None, chance=None, is_open=None)


def _judge(
    seen: Histories, places: Reals, slope: Reals, information: Reals, stated: bool
) -> OrderTest:
    far = _distances(places, len(seen.lists))
    scores = -(far @ slope) / np.sqrt(np.einsum("op,pq,oq->o", far, information, far))
    # Names break ties, so that the answer is the same whichever way round the lists come.
    best = int(np.argmax(np.round(scores, 9)))
    misfit = float(slope @ np.linalg.pinv(information) @ slope)
    score = float(scores[best])
    share = score**2 / misfit if misfit > 0 else 0.0
    chance = None if stated else _chance(far, slope / np.diag(information))
    is_open = (
        score >= (WEAKEST_STATED if stated else WEAKEST)
        and share >= LEAST_SHARE
        and (chance is None or chance <= LIKELIEST_CHANCE)
    )
    order = tuple(seen.lists[bit] for bit in np.argsort(places[best]))
    return OrderTest(
        order=order if stated else min(order, order[::-1]),
        score=score,
        share=share,
        chance=chance,
        is_open=is_open,
    )


def _beyond_symmetry(seen: Histories) -> tuple[Reals, Reals | None]:
    """Score and efficient information of one parameter for each pair, at quasi-symmetry."""
    size = len(seen.lists)
    on = (seen.cells[:, None] >> np.arange(size) & 1).astype(float)
    sums = on.sum(axis=1)
    scores = (sums[:, None] == np.arange(1, size + 1)).astype(float)
    kept = (scores * (seen.counts @ scores > 0)).any(axis=1)
    design = np.hstack([scores, on[:, 1:] - on[:, :1]])[kept]
    design = design[:, np.abs(design).sum(axis=0) > 0]
    fitted = _fit(design, seen.counts[kept])
    pairs = np.stack([on[kept, a] * on[kept, b] for a, b in combinations(range(size), 2)], axis=1)
    slope = pairs.T @ (seen.counts[kept] - fitted)
    within = design.T @ (fitted[:, None] * design) + 1e-9 * np.eye(design.shape[1])
    across = design.T @ (fitted[:, None] * pairs)
    own = pairs.T @ (fitted[:, None] * pairs)
    information = own - across.T @ np.linalg.solve(within, across)
    fine = np.isfinite(information).all() and np.diag(information).min() > 1e-6
    return slope, information if fine else None


def _fit(design: Reals, counts: Reals) -> Reals:
    """Fitted counts of the Poisson model with a log link, by Newton's method."""
    found = np.linalg.lstsq(design, np.log(counts + 0.5), rcond=None)[0]
    for _ in range(50):
        fitted = np.exp(np.clip(design @ found, -30, 30))
        information = design.T @ (fitted[:, None] * design) + 1e-9 * np.eye(design.shape[1])
        step = np.linalg.solve(information, design.T @ (counts - fitted))
        found += step
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(np.exp(np.clip(design @ found, -30, 30)))


@lru_cache(maxsize=8)
def _places(lists: int) -> Reals:
    """Every order of the lists, one of each two that mirror each other (orders by lists)."""
    orders = [order for order in permutations(range(lists)) if order[0] < order[-1]]
    return np.argsort(np.array(orders), axis=1).astype(float)


def _distances(places: Reals, lists: int) -> Reals:
    """Of the two lists of each pair in each order, less the order's mean (orders by pairs)."""
    first, second = np.array(list(combinations(range(lists), 2))).T
    far = np.abs(places[:, first] - places[:, second])
    return np.asarray(far - far.mean(axis=1, keepdims=True))


def _chance(far: Reals, pulls: Reals) -> float:
    """How often pairs put anywhere have an order that fits them as well as the best does here."""
    away = pulls - pulls.mean()
    random = np.random.default_rng(1)
    shuffled = random.permuted(np.repeat(away[:, None], _SHUFFLES, axis=1), axis=0)
    shape = far / np.sqrt((far**2).sum(axis=1))[:, None]
    reached = (-(shape @ shuffled)).max(axis=0)
    return float((1 + (reached >= (-(shape @ away)).max() - 1e-9).sum()) / (1 + _SHUFFLES))
