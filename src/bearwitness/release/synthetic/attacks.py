"""Three attacks on synthetic rows, each against people who are in them and people who are not.

Giomi, Boenisch, Wehmeyer and Tasnadi, "A unified framework for quantifying privacy risk in
synthetic data" (PoPETs 2023, 2): what an attacker learns of somebody whose row was used, beyond
what the same attack learns of somebody whose row was held out, is what the rows give away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from bearwitness.errors import InputError

LEVEL = 0.95
ALARM = 0.05  # five people in a hundred, more than from the held out
FALSE_ALARMS = 0.001  # of runs, all attacks together: an alarm throws a budget away
MOST_TARGETS = 1_000
FEWEST_TARGETS = 30
_NEIGHBOURS = 5
_BLOCK = 200  # targets at a time: rows x columns of distances in memory


@dataclass(frozen=True, kw_only=True)
class Attack:
    """How often an attack succeeded, out of `tries` each: on people whose rows were used, and on
    people held out. `risk` is their difference as a share of what was left to learn (Giomi et al.
    2023, equation 1), with its interval; `surely` is what it is at least, but for FALSE_ALARMS
    shared among all attacks of a run (Bonferroni)."""

    name: str
    about: str
    tries: int
    used: int
    held_out: int
    risk: float
    lower: float
    upper: float
    surely: float

    @property
    def alarm(self) -> bool:
        return self.surely > ALARM


@dataclass(frozen=True, kw_only=True)
class Tried:
    """`hits` of people used and of people held out, of `tries` each."""

    name: str
    about: str
    hits: tuple[int, int]
    tries: int


def run_attacks(
    used: Any, held_out: Any, synthetic: Any, *, names: Sequence[str], rng: np.random.Generator
) -> list[Attack]:
    """Singling out, linkability, and inference of each column. Tables of codes, rows by columns.

    Raises InputError where fewer than FEWEST_TARGETS people were held out, or none was used.
    """
    number = min(len(used), len(held_out), MOST_TARGETS)
    if number < FEWEST_TARGETS:
        raise InputError(
            f"{number} people are held out; the attacks need {FEWEST_TARGETS}",
            hint="Give more rows, or hold out a larger share.",
        )
    targets = [t[rng.choice(len(t), number, replace=False)] for t in (used, held_out)]
    tried = [_single_out(targets, synthetic, rng), _copied(targets, synthetic)]
    if len(names) > 1:
        tried.append(_link(targets, synthetic, rng))
        tried += [_infer(targets, synthetic, names, j, rng) for j in range(len(names))]
    return [weigh(one, among=len(tried)) for one in tried]


def wilson(successes: int, tries: int, z: float) -> tuple[float, float]:
    """Middle and half width of a share's interval of `z` standard errors (Wilson 1927)."""
    share, square = successes / tries, z * z / tries
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * sqrt(share * (1 - share) / tries + square / (4 * tries))
    return middle, half


def weigh(tried: Tried, *, among: int = 1) -> Attack:
    """The risk, and its interval by propagation of both errors (Giomi et al. 2023, section 3.3).

    `among` is how many attacks there are in all."""
    risk, error = _risk(tried, NormalDist().inv_cdf((1 + LEVEL) / 2))
    strict, strict_error = _risk(tried, NormalDist().inv_cdf(1 - FALSE_ALARMS / among))
    return Attack(
        name=tried.name, about=tried.about, tries=tried.tries,
        used=tried.hits[0], held_out=tried.hits[1],
        risk=max(risk, 0.0), lower=risk - error, upper=min(risk + error, 1.0),
        surely=strict - strict_error,
    )  # fmt: skip


def _risk(tried: Tried, z: float) -> tuple[float, float]:
    (a, da), (b, db) = (wilson(hits, tried.tries, z) for hits in tried.hits)
    left = max(1 - b, 1e-9)
    return (a - b) / left, sqrt((da / left) ** 2 + (db * (1 - a) / left**2) ** 2)


def _single_out(targets: Sequence[Any], synthetic: Any, rng: np.random.Generator) -> Tried:
    """A combination that one synthetic row alone has: does one person alone have it too?

    Both groups have the same number of people, for the chance to be alone hangs on that.
    """
    width, tries = synthetic.shape[1], len(targets[0])
    hits = [0, 0]
    guessed: set[bytes] = set()
    for _ in range(10 * tries):
        if len(guessed) == tries:
            break
        some = np.sort(rng.choice(width, rng.integers(1, min(width, 6) + 1), replace=False))
        wanted = synthetic[rng.integers(len(synthetic))][some]
        guess = some.tobytes() + wanted.tobytes()
        if guess in guessed or (synthetic[:, some] == wanted).all(1).sum() != 1:
            continue
        guessed.add(guess)
        for n, people in enumerate(targets):
            hits[n] += int((people[:, some] == wanted).all(1).sum() == 1)
    return Tried(name="singling out", about="a combination of values that one person alone has",
                 hits=(hits[0], hits[1]), tries=max(len(guessed), 1))  # fmt: skip


def _copied(targets: Sequence[Any], synthetic: Any) -> Tried:
    """Is there a synthetic row that is equal in every column?"""
    there = {row.tobytes() for row in np.ascontiguousarray(synthetic)}
    hits = [sum(row.tobytes() in there for row in np.ascontiguousarray(t)) for t in targets]
    return Tried(name="copy", about="a synthetic row equal to a person's in every column",
                 hits=(hits[0], hits[1]), tries=len(targets[0]))  # fmt: skip


def _link(targets: Sequence[Any], synthetic: Any, rng: np.random.Generator) -> Tried:
    """Two halves of a person's columns, known to two organisations: do they lead to one row?"""
    order = rng.permutation(synthetic.shape[1])
    halves = np.array_split(order, 2)

    def count(people: Any) -> int:
        near = [_nearest(people[:, h], synthetic[:, h], _NEIGHBOURS, rng) for h in halves]
        return sum(bool(set(a) & set(b)) for a, b in zip(*near, strict=True))

    about = "two halves of a person's values lead to the same synthetic row"
    return Tried(name="linkability", about=about,
                 hits=(count(targets[0]), count(targets[1])), tries=len(targets[0]))  # fmt: skip


def _infer(
    targets: Sequence[Any], synthetic: Any, names: Sequence[str], secret: int,
    rng: np.random.Generator,
) -> Tried:  # fmt: skip
    """All other columns are known: is the nearest row's value of this one the person's?"""
    known = [j for j in range(len(names)) if j != secret]

    def count(people: Any) -> int:
        near = _nearest(people[:, known], synthetic[:, known], 1, rng)[:, 0]
        return int((synthetic[near, secret] == people[:, secret]).sum())

    return Tried(name=f"inference of {names[secret]}", about="guessed from all other columns",
                 hits=(count(targets[0]), count(targets[1])), tries=len(targets[0]))  # fmt: skip


def _nearest(people: Any, rows: Any, number: int, rng: np.random.Generator) -> Any:
    """The numbers of the `number` rows that differ from each person in the fewest columns."""
    found = []
    number = min(number, len(rows))
    for start in range(0, len(people), _BLOCK):
        block = people[start : start + _BLOCK]
        apart = np.zeros((len(block), len(rows)), np.float32)
        for j in range(rows.shape[1]):
            apart += block[:, j, None] != rows[None, :, j]
        apart += rng.random(apart.shape, np.float32) * 0.5  # a tie is decided by lot
        found.append(np.argpartition(apart, number - 1, axis=1)[:, :number])
    return np.concatenate(found)
