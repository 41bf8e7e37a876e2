"""The maximum spanning tree mechanism: which columns go together, measured with noise, and rows
drawn from what was measured (McKenna, Miklau & Sheldon 2021, "Winning the NIST contest").

All that touches a real row is in `noise`; what is done with noisy counts afterwards reveals no
more than they do. On a tree the rows follow from the pairs in closed form, so that nothing needs
to be fitted by a learning library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import pi, sqrt
from typing import Any

import numpy as np

from bearwitness.release.synthetic.noise import (
    Purse,
    add_noise,
    choose_largest,
    noise_scale,
)

Pair = tuple[int, int]
_SHARES = {"singles": 1 / 3, "choice": 1 / 3, "pairs": 1 / 3}  # the paper's
_ROUNDS = 100  # of fitting a noisy pair to its noisy margins


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Noisy shares: of each column's values, and of the values of each pair of the tree.

    `people` is the noisy number of rows. `scales` tells how large the noise was, in people: for
    single columns and for pairs.
    """

    people: float
    singles: tuple[Any, ...]
    pairs: dict[Pair, Any]
    scales: tuple[float, float]


def measure_tree(codes: Any, sizes: Sequence[int], *, purse: Purse, rho: float) -> Tree:
    """Measure a table of codes (rows by columns; column j holds 0 to sizes[j] - 1) for `rho`.

    One row is one person. Raises BudgetSpent where the purse does not hold `rho`.
    """
    rhos = {name: rho * share for name, share in _SHARES.items()}
    if len(sizes) == 1:
        rhos["singles"] = rho
    people, singles = _measure_singles(codes, sizes, purse=purse, rho=rhos["singles"])
    chosen = _choose_pairs(codes, people, singles, purse=purse, rhos=rhos)
    pairs = _measure_pairs(codes, singles, chosen, purse=purse, rho=rhos["pairs"])
    scale = noise_scale(rhos["pairs"], len(chosen)) if chosen else 0.0
    scales = (noise_scale(rhos["singles"], len(sizes)), scale)
    return Tree(people=people, singles=singles, pairs=pairs, scales=scales)


def draw_rows(tree: Tree, number: int, rng: np.random.Generator) -> Any:
    """`number` rows of codes that follow the tree; as evenly as whole rows allow."""
    width = len(tree.singles)
    rows = np.zeros((number, width), int)
    if not number:
        return rows
    rows[:, 0] = _spread(tree.singles[0], number, rng)
    done = {0}
    while len(done) < width:
        parent, child = next(_outward(tree.pairs, done))
        table = tree.pairs[min(parent, child), max(parent, child)]
        table = table if parent < child else table.T
        for code in range(len(table)):
            here = np.flatnonzero(rows[:, parent] == code)
            shares = table[code] if table[code].sum() > 0 else tree.singles[child]
            rows[here, child] = _spread(shares, len(here), rng)
        done.add(child)
    rng.shuffle(rows)
    return rows


def _measure_singles(
    codes: Any, sizes: Sequence[int], *, purse: Purse, rho: float
) -> tuple[float, tuple[Any, ...]]:
    counts = [np.bincount(codes[:, j], minlength=size) for j, size in enumerate(sizes)]
    noisy = add_noise(
        np.concatenate(counts).tolist(),
        purse=purse, rho=rho, columns=len(sizes), what="every column by itself",
    )  # fmt: skip
    parts = np.split(noisy, np.cumsum(sizes)[:-1])
    # Each column's sum is the number of people; those of few values know it better.
    weights = np.array([1 / size for size in sizes])
    people = float(weights @ [part.sum() for part in parts] / weights.sum())
    people = max(people, 1.0)
    return people, tuple(_as_shares(part / people) for part in parts)


def _choose_pairs(
    codes: Any, people: float, singles: Sequence[Any], *, purse: Purse, rhos: dict[str, float]
) -> list[Pair]:
    """A tree of the pairs that differ most from independence, beyond what noise would hide.

    How far a pair's counts lie from a guess that is known already moves by 1 with one person.
    """
    width = len(singles)
    if width < 2:
        return []
    hidden = sqrt(2 / pi) * noise_scale(rhos["pairs"], width - 1)
    scores = {}
    for a, b in combinations(range(width), 2):
        guess = people * np.outer(singles[a], singles[b])
        away = np.abs(_cross(codes, a, b, guess.shape) - guess).sum()
        scores[a, b] = float(away - hidden * guess.size)
    chosen: list[Pair] = []
    group = list(range(width))
    for _ in range(width - 1):
        open_pairs = [pair for pair in scores if group[pair[0]] != group[pair[1]]]
        number = choose_largest(
            [scores[pair] for pair in open_pairs],
            purse=purse, rho=rhos["choice"] / (width - 1), what="which columns go together",
        )  # fmt: skip
        a, b = open_pairs[number]
        chosen.append((a, b))
        group = [group[a] if g == group[b] else g for g in group]
    return chosen


def _measure_pairs(
    codes: Any, singles: Sequence[Any], chosen: Sequence[Pair], *, purse: Purse, rho: float
) -> dict[Pair, Any]:
    found = {}
    for a, b in chosen:
        shape = (len(singles[a]), len(singles[b]))
        noisy = add_noise(
            _cross(codes, a, b, shape).ravel().tolist(),
            purse=purse, rho=rho / len(chosen), what="two columns together",
        ).reshape(shape)  # fmt: skip
        total = max(noisy.sum(), 1.0)
        found[a, b] = _fit(_as_shares(noisy / total), singles[a], singles[b])
    return found


def _cross(codes: Any, a: int, b: int, shape: tuple[int, ...]) -> Any:
    flat = codes[:, a] * shape[1] + codes[:, b]
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)


def _as_shares(noisy: Any) -> Any:
    """The nearest shares (Wang et al. 2020, Norm-Sub): lift or lower all, none below nought."""
    flat = np.sort(noisy.ravel())[::-1]
    over = (np.cumsum(flat) - 1) / np.arange(1, flat.size + 1)
    last = np.flatnonzero(flat > over)[-1]
    return np.maximum(noisy - over[last], 0.0)


def _fit(table: Any, rows: Any, columns: Any) -> Any:
    """The table raked to both margins (Deming & Stephan 1940), so that the tree agrees."""
    # A touch of independence keeps a margin reachable whose cells were all lost in noise.
    table = table + 1e-6 * np.outer(rows, columns)
    for _ in range(_ROUNDS):
        table = table * _ratio(rows, table.sum(1))[:, None]
        table = table * _ratio(columns, table.sum(0))[None, :]
    return table


def _ratio(wanted: Any, there: Any) -> Any:
    return np.divide(wanted, there, out=np.zeros_like(wanted), where=there > 0)


def _outward(pairs: dict[Pair, Any], done: set[int]) -> Any:
    for a, b in pairs:
        if a in done and b not in done:
            yield a, b
        elif b in done and a not in done:
            yield b, a


def _spread(shares: Any, number: int, rng: np.random.Generator) -> Any:
    """`number` codes in shuffled order, each as often as its share says, remainders by lot."""
    wanted = shares / shares.sum() * number
    whole = np.floor(wanted).astype(int)
    left = number - int(whole.sum())
    rest = wanted - whole
    if left > 0:
        lots = rng.choice(len(shares), left, replace=False, p=rest / rest.sum())
        whole[lots] += 1
    codes = np.repeat(np.arange(len(shares)), whole)
    rng.shuffle(codes)
    return codes
