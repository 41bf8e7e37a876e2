"""The move of sampler.py, compiled when first used and kept on the disk (numba, the extra `fast`).

Only where all patterns are gone through (`Doubled`). It draws nothing: given the same states and
the same noise it goes where numpy's does, but for rounding. States do not know of each other, so
that it makes no difference in how many blocks, or threads, they are moved.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.latent.compiled_slope import (
    Block,
    Given,
    compiled,
    fill,
    new_block,
    slope,
)
from bearwitness.estimation.latent.likelihood import Target
from bearwitness.estimation.latent.states import Noise, States

WIDEST = 32  # states of a block: more no longer fit the memory nearest to the processor
TINIEST = np.finfo(float).tiny


class Place(NamedTuple):
    """States of a block in double precision; last axes are classes by states, in one."""

    sticks: Any
    odds: Any
    ratio: Any
    filled: Any
    share: Any
    log_share: Any
    missed: Any
    log_missed: Any
    by_class: Any
    broken: Any  # these by states
    seen: Any
    log_likelihood: Any
    without_highest: Any
    energy: Any


class Momenta(NamedTuple):
    """And the marks that their masses are made of; laid out as in Place."""

    marks: Any
    on_sticks: Any
    on_odds: Any
    of_sticks: Any  # masses
    of_odds: Any  # by classes and states
    step: Any
    far: Any  # step over mass
    far_on_sticks: Any


class Kept(NamedTuple):
    """As States, in its order; what a move writes over. Then its gain in log density."""

    sticks: Any
    odds: Any
    log_likelihood: Any
    seen: Any
    log_share: Any
    seen_share: Any
    log_missed: Any
    without_highest: Any
    gain: Any
    moves: Any  # whether each state does


@compiled
def new_place(lists: int, classes: int, width: int) -> Place:
    wide, few = classes * width, (classes - 1) * width
    return Place(
        np.empty(few), np.empty((lists, wide)), np.empty((lists, wide)),
        np.empty((1 << lists, wide)), np.empty(wide), np.empty(wide), np.empty(wide),
        np.empty(wide), np.empty(wide), np.empty(width), np.empty(width), np.empty(width),
        np.empty(width), np.empty(width),
    )  # fmt: skip


@compiled
def new_momenta(lists: int, classes: int, width: int) -> Momenta:
    wide, few = classes * width, (classes - 1) * width
    return Momenta(
        np.empty(wide), np.empty(few), np.empty((lists, wide)), np.empty(few), np.empty(wide),
        np.empty(wide), np.empty(wide), np.empty(few),
    )  # fmt: skip


@compiled
def look(at: Place, given: Given) -> None:
    """As Target.parts, log_likelihood and without_highest."""
    wide, width, last = len(at.share), len(at.seen), len(at.sticks)
    for i in range(wide):
        at.log_missed[i] = 0.0
    for j in range(len(at.odds)):
        for i in range(wide):
            at.ratio[j, i] = np.exp(at.odds[j, i])
            at.log_missed[i] -= np.log1p(at.ratio[j, i])
    for s in range(width):
        at.broken[s] = at.seen[s] = 0.0
    for k in range(last // width):
        for s in range(width):
            stick = np.exp(at.sticks[k * width + s])
            at.log_share[k * width + s] = np.log(-np.expm1(-stick)) - at.broken[s]
            at.broken[s] += stick
    for s in range(width):
        at.log_share[last + s] = -at.broken[s]
    for i in range(wide):
        at.share[i] = np.exp(at.log_share[i])
        at.missed[i] = np.exp(at.log_missed[i])
    fill(at.filled, at.share, at.ratio, at.missed, at.by_class)
    for i in range(wide):
        at.seen[i % width] += at.by_class[i]
    _over_patterns(at, given)


@compiled
def _over_patterns(at: Place, given: Given) -> None:
    wide, width = len(at.share), len(at.seen)
    for s in range(width):
        at.log_likelihood[s] = -given.observed * np.log(at.seen[s])
        at.without_highest[s] = 0.0
    for c in range(1, len(at.filled)):
        for s in range(width):
            cell = 0.0
            for k in range(wide // width):
                cell += at.filled[c, k * width + s]
            cell = np.log(max(cell, TINIEST))
            at.log_likelihood[s] += given.people[c] * cell
            at.without_highest[s] += given.signs[c] * cell
    for s in range(width):
        at.without_highest[s] = given.observed * np.exp(at.without_highest[s]) / at.seen[s]


@compiled
def _weigh(at: Place, given: Given, moving: Momenta, start: int) -> None:
    """Energy, kinetic and all: see Target.log_prior and log_mark."""
    wide, width = len(at.share), len(at.seen)
    for s in range(width):
        density = given.power[start + s] * at.log_likelihood[s]
        density -= given.shape * np.log(given.rate + at.broken[s])
        kinetic = 0.0
        for i in range(s, len(at.sticks), width):
            density += at.sticks[i]
            kinetic += moving.on_sticks[i] ** 2 / moving.of_sticks[i]
        for i in range(s, wide, width):
            off = np.log1p(given.observed * at.by_class[i] / at.seen[s]) - moving.marks[i]
            density += given.total * at.log_missed[i] - 0.5 * off * off
            for j in range(len(at.odds)):
                kinetic += moving.on_odds[j, i] ** 2 / moving.of_odds[i]
        at.energy[s] = 0.5 * kinetic - density - _of_captures(at, given, s)


@compiled
def _of_captures(at: Place, given: Given, s: int) -> Any:
    """Of one state, but for what is missed."""
    lists, wide, width = len(at.odds), len(at.share), len(at.seen)
    plain = squares = by_class = by_list = overall = 0.0
    for i in range(s, wide, width):
        of_class = 0.0
        for j in range(lists):
            off = at.odds[j, i] - given.centre
            plain += at.odds[j, i]
            squares += off * off
            of_class += off
        by_class += of_class * of_class
        overall += of_class
    for j in range(lists):
        of_list = 0.0
        for i in range(s, wide, width):
            of_list += at.odds[j, i] - given.centre
        by_list += of_list * of_list
    square = given.of_both * squares + given.of_list * by_list + given.of_class * by_class
    return given.first * plain - 0.5 * (square + given.of_all * overall * overall)


@compiled
def _relabel(at: Place, given: Given, kept: Kept, noise: Noise, order: Any) -> None:
    """The classes of each state in an order drawn anew: see `relabelled` in moves.py.

    `order` is room for it: of classes, and one more for where the block starts.
    """
    width, last, start = len(at.seen), len(kept.log_share) - 1, order[-1]
    for s in range(width):
        place = start + s
        for k in range(last + 1):
            drawn, to = kept.log_share[k, place] + noise.labels[k, place], k
            while to and drawn > at.share[to - 1]:
                at.share[to], order[to] = at.share[to - 1], order[to - 1]
                to -= 1
            at.share[to], order[to] = drawn, k
        gain = np.log(given.rate - kept.log_share[last, place])
        gain -= np.log(given.rate - kept.log_share[order[last], place])
        taken = noise.log_uniform_of_labels[place] < given.shape * gain
        left = kept.log_share[order[last], place]
        for k in range(last, -1, -1):
            i, old = k * width + s, order[k] if taken else k
            for j in range(len(at.odds)):
                at.odds[j, i] = kept.odds[j, old, place]
            if k == last:
                continue
            if not taken:
                at.sticks[i] = kept.sticks[k, place]
                continue
            own = kept.log_share[old, place]
            at.sticks[i] = _stick(own - left)
            left = max(own, left) + np.log1p(np.exp(-abs(own - left)))


@compiled
def _stick(odds: float) -> Any:
    """As sticks_of: log u, from the log odds of stopping at a class among it and those after it."""
    if odds < -30:
        return odds
    return np.log(max(odds, 0.0) + np.log1p(np.exp(-abs(odds))))


@compiled
def _push_off(at: Place, given: Given, moving: Momenta, noise: Noise, start: int) -> None:
    """Marks, masses and momenta, as PlainMove has them; and how far a step goes."""
    wide, width, last = len(at.share), len(at.seen), len(at.sticks)
    most = np.log(given.observed) + 1
    for s in range(width):
        place, later = start + s, 0.0
        for k in range(wide // width - 1, -1, -1):
            i = k * width + s
            mark = np.log1p(given.observed * at.by_class[i] / at.seen[s]) + noise.marks[k, place]
            people = np.exp(min(mark, most)) * given.power[place]
            moving.marks[i] = mark
            mass = moving.of_odds[i] = given.least_mass + 0.1 * people
            for j in range(len(at.odds)):
                moving.on_odds[j, i] = noise.on_odds[j, k, place] * np.sqrt(mass)
            moving.step[i] = noise.step[place]
            moving.far[i] = noise.step[place] / mass
            if i < last:
                mass = moving.of_sticks[i] = 0.2 + people * later / (people + later)
                moving.on_sticks[i] = noise.on_sticks[k, place] * np.sqrt(mass)
                moving.far_on_sticks[i] = noise.step[place] / mass
            later += people


@compiled
def _leap(at: Place, given: Given, moving: Momenta, rough: Block, count: int) -> None:
    """Leapfrog steps; positions and momenta are in double precision, and slopes are not."""
    for i in range(len(at.share)):
        rough.marks[i] = moving.marks[i]
    for turned in range(count + 1):
        part = 1.0 if 0 < turned < count else 0.5
        on = 1.0 if turned else 0.0
        for i in range(len(at.sticks)):
            at.sticks[i] += on * moving.far_on_sticks[i] * moving.on_sticks[i]
            rough.sticks[i] = at.sticks[i]
        for j in range(len(at.odds)):
            for i in range(len(at.share)):
                at.odds[j, i] += on * moving.far[i] * moving.on_odds[j, i]
                rough.odds[j, i] = at.odds[j, i]
        slope(rough, given)
        for i in range(len(at.sticks)):
            moving.on_sticks[i] += part * moving.step[i] * rough.by_sticks[i]
        for j in range(len(at.odds)):
            for i in range(len(at.share)):
                moving.on_odds[j, i] += part * moving.step[i] * rough.by_odds[j, i]


@compiled
def _take(at: Place, kept: Kept, start: int) -> None:
    """The states of a block that are moved into."""
    width = len(at.seen)
    for s in range(width):
        place = start + s
        if not kept.moves[place]:
            continue
        kept.log_likelihood[place], kept.seen[place] = at.log_likelihood[s], at.seen[s]
        kept.without_highest[place] = at.without_highest[s]
        for k in range(len(kept.log_share)):
            i = k * width + s
            kept.log_share[k, place], kept.log_missed[k, place] = at.log_share[i], at.log_missed[i]
            kept.seen_share[k, place] = at.by_class[i] / at.seen[s]
            if i < len(at.sticks):
                kept.sticks[k, place] = at.sticks[i]
            for j in range(len(at.odds)):
                kept.odds[j, k, place] = at.odds[j, i]


@compiled
def move_blocks(kept: Kept, noise: Noise, exact: Given, single: Given, farthest: float) -> None:
    """All states, some at a time; `kept` is written over."""
    lists, classes, states = kept.odds.shape
    blocks = (states + WIDEST - 1) // WIDEST
    order = np.empty(classes + 1, np.int64)
    for block in range(blocks):
        start = block * states // blocks
        width = (block + 1) * states // blocks - start
        at, moving = new_place(lists, classes, width), new_momenta(lists, classes, width)
        rough = new_block(lists, classes, width)
        order[classes] = start
        _relabel(at, exact, kept, noise, order)
        look(at, exact)
        _push_off(at, exact, moving, noise, start)
        _weigh(at, exact, moving, start)
        for s in range(width):
            kept.gain[start + s], kept.moves[start + s] = at.energy[s], True
            rough.power[s] = exact.power[start + s]
        _take(at, kept, start)
        _leap(at, single, moving, rough, noise.leaps)
        look(at, exact)
        _weigh(at, exact, moving, start)
        for s in range(width):
            place = start + s
            gain = kept.gain[place] - at.energy[s]
            kept.gain[place] = gain if np.isfinite(gain) and _near(at, s, farthest) else -np.inf
            kept.moves[place] = noise.log_uniform[place] < kept.gain[place]
        _take(at, kept, start)


@compiled
def _near(at: Place, s: int, farthest: float) -> bool:
    """Nothing beyond which exp would overflow."""
    width, near = len(at.seen), True
    for i in range(s, len(at.sticks), width):
        near &= abs(at.sticks[i]) < farthest
    for j in range(len(at.odds)):
        for i in range(s, len(at.share), width):
            near &= abs(at.odds[j, i]) < farthest
    return near


class CompiledMove:
    """As PlainMove; the same answer, sooner."""

    def __init__(self, target: Target, farthest: float) -> None:
        self._farthest = farthest
        self._exact, self._single = _given(target, np.float64), _given(target, np.float32)

    def set_power(self, power: Reals) -> None:
        self._exact = self._exact._replace(power=power)
        self._single = self._single._replace(power=power)

    def __call__(self, states: States, noise: Noise) -> tuple[States, Reals]:
        count = states.odds.shape[-1]
        own = [part.copy() for part in states]
        kept = Kept._make([*own, np.empty(count), np.empty(count, bool)])
        move_blocks(kept, noise, self._exact, self._single, self._farthest)
        return States._make(own), kept.gain


def _given(target: Target, kind: Any) -> Given:
    patterns, captures, prior = target.patterns, target.captures, target.prior
    rate = prior.concentration[1]
    numbers = (target.observed, captures.least_mass, prior.power, rate, *captures.weights)
    signs = np.asarray(patterns.signs, kind)
    people = patterns.people[:, 0].astype(kind)
    return Given._make([people, signs, target.power, *(kind(number) for number in numbers)])
