"""From a table of people to rows that are nobody, and how good and how safe these are."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from math import sqrt
from typing import Any

import numpy as np

from bearwitness.errors import InputError
from bearwitness.release.synthetic.attacks import Attack, run_attacks
from bearwitness.release.synthetic.budget import check_budget
from bearwitness.release.synthetic.columns import NOT_STATED, OTHER, Part
from bearwitness.release.synthetic.noise import (
    Purse,
    add_noise,
    check_extra,
    least_seen,
    rho_within,
)
from bearwitness.release.synthetic.tree import Tree, draw_rows, measure_tree
from bearwitness.release.synthetic.utility import Utility, compare_counts

FEWEST_ROWS = 200
MOST_PARTS = 60
_FINDING = 0.1  # of the budget, where values have to be found
NEIGHBOURS = "two tables that differ by the presence of one person, who has one row"
Tell = Callable[[str], None]
Pay = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`held_out` is the share of people who are not used, so that the attacks have whom to be
    compared with."""

    epsilon: float
    delta: float = 1e-6
    held_out: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Synthetic:
    """`rows` is what may be shared: a value for each part, in words. `guarantee` says how they
    were made and what it promises; it may be shared. `utility` and `attacks` may not."""

    parts: tuple[Part, ...]
    rows: list[tuple[str, ...]]
    guarantee: dict[str, Any]
    utility: Utility
    attacks: tuple[Attack, ...]


def make_synthetic(parts: Sequence[Part], asked: Asked, *, tell: Tell, pay: Pay) -> Synthetic:
    """Make rows within (epsilon, delta). `pay` is called before any noise is drawn.

    Raises InputError for too few rows or a budget that promises nothing, ExtraMissing without
    OpenDP. Lots are drawn from the system's secure source: the same people give other rows each
    time.
    """
    _check(parts, asked)
    check_extra()
    rng = np.random.default_rng(secrets.randbits(256))
    # A lot for each person by themselves: one person more changes nobody else's.
    is_out = rng.random(len(parts[0].cells)) < asked.held_out
    out, used = np.flatnonzero(is_out), np.flatnonzero(~is_out)
    purse, rho, delta = _open_purse(parts, asked)
    pay()
    tell("measuring with noise")
    parts, rho = _find_values(parts, used, purse=purse, rho=rho, delta=delta)
    codes = _codes(parts)
    tree = measure_tree(codes[used], [len(p.values) for p in parts], purse=purse, rho=rho)
    tell("drawing rows")
    made = draw_rows(tree, round(tree.people / (1 - asked.held_out)), rng)
    tell("comparing counts")
    names = [part.name for part in parts]
    utility = compare_counts(codes, made, names=names, values=[p.values for p in parts])
    tell("attacking")
    attacks = run_attacks(codes[used], codes[out], made, names=names, rng=rng)
    return Synthetic(
        parts=tuple(parts),
        rows=[tuple(p.values[c] for p, c in zip(parts, row, strict=True)) for row in made],
        guarantee=_guarantee(parts, asked, tree, purse),
        utility=utility,
        attacks=tuple(attacks),
    )


def _check(parts: Sequence[Part], asked: Asked) -> None:
    check_budget(asked.epsilon, asked.delta)
    number = len(parts[0].cells)
    if number < FEWEST_ROWS:
        raise InputError(
            f"{number} people are too few: the noise that hides one of them would hide all",
            hint=f"From {FEWEST_ROWS} on it can be tried. For fewer, share a table of counts.",
        )
    if len(parts) > MOST_PARTS:
        raise InputError(
            f"{len(parts)} columns are too many: each gets a share of the budget",
            hint="Leave out what the partner does not need, or name fewer values of columns "
            "that hold several.",
        )
    if not 0.05 <= asked.held_out <= 0.5:
        raise InputError("the share held out should lie between 0.05 and 0.5")


def _open_purse(parts: Sequence[Part], asked: Asked) -> tuple[Purse, float, float]:
    """Half of delta is for values that nobody declared, where there are such."""
    finds = any(not part.values for part in parts)
    delta = asked.delta / 2 if finds else asked.delta
    rho = rho_within(asked.epsilon, delta)
    return Purse(rho=rho), rho, asked.delta - delta


def _find_values(
    parts: Sequence[Part], used: Any, *, purse: Purse, rho: float, delta: float
) -> tuple[list[Part], float]:
    """Values that enough people have, by noisy counts; the others become OTHER."""
    to_find = [part for part in parts if not part.values]
    if not to_find:
        return list(parts), rho
    counts = [Counter(part.cells[i] for i in used) for part in to_find]
    share = rho * _FINDING
    noisy = add_noise(
        [n for count in counts for n in count.values()],
        purse=purse, rho=share, columns=len(to_find), what="which values there are",
    )  # fmt: skip
    least = least_seen(share, delta, len(to_find))
    seen = iter(noisy)
    found = {
        part.name: [value for value in count if next(seen) >= least]
        for part, count in zip(to_find, counts, strict=True)
    }
    return [_with_values(part, found) for part in parts], rho - share


def _with_values(part: Part, found: dict[str, list[str]]) -> Part:
    if part.values:
        return part
    values = tuple(dict.fromkeys([*sorted(set(found[part.name])), OTHER, NOT_STATED]))
    known = set(values)
    return replace(part, values=values, cells=tuple(c if c in known else OTHER for c in part.cells))


def _codes(parts: Sequence[Part]) -> Any:
    columns = []
    for part in parts:
        places = {value: number for number, value in enumerate(part.values)}
        columns.append([places[cell] for cell in part.cells])
    return np.array(columns, int).T


def _guarantee(parts: Sequence[Part], asked: Asked, tree: Tree, purse: Purse) -> dict[str, Any]:
    scale = 1.96 / (1 - asked.held_out)
    names = [part.name for part in parts]
    return {
        "statement": "No row is a person.",
        "guarantee": "differential privacy",
        "epsilon": asked.epsilon,
        "delta": asked.delta,
        "neighbouring_tables": NEIGHBOURS,
        "rho_of_zero_concentrated_differential_privacy": purse.spent,
        "paid_for": _summed(purse),
        "mechanism": "maximum spanning tree (McKenna, Miklau & Sheldon 2021)",
        "noise": f"discrete Gaussian, OpenDP {version('opendp')}, secure random source, no seed",
        "share_held_out": asked.held_out,
        "off_by_holding_out": "a count of n by "
        f"{1.96 * sqrt(asked.held_out / (1 - asked.held_out)):.2f} times the square root of n",
        "half_width_95": {
            "count_of_a_value": round(scale * tree.scales[0], 1),
            "count_of_two_values_measured_together": round(scale * tree.scales[1], 1),
        },
        "measured_together": [[names[a], names[b]] for a, b in tree.pairs],
        "columns": {part.name: list(part.values) for part in parts},
        "not_promised": [
            "nothing is promised about groups: what is true of many is meant to show",
            "rare values and combinations come and go by chance",
            "columns not measured together go together only by way of those that were",
        ],
    }


def _summed(purse: Purse) -> dict[str, float]:
    found: dict[str, float] = {}
    for what, price in purse.paid:
        found[what] = found.get(what, 0.0) + price
    return found
