"""A Hamiltonian move of every state, by numpy: see sampler.py. With numba there is compiled.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Protocol

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.latent.likelihood import Parts, Prior, Target
from bearwitness.estimation.latent.patterns import are_doubled
from bearwitness.estimation.latent.slope import Slope
from bearwitness.estimation.latent.states import Noise, States

FARTHEST = 80.0  # log u or log odds beyond this is never accepted: exp would overflow


class Move(Protocol):
    def set_power(self, power: Reals) -> None: ...

    def __call__(self, states: States, noise: Noise) -> tuple[States, Reals]:
        """Where all states are after it, and what a new place would have gained in log density."""
        ...


def move_for(seen: Histories, target: Target) -> Move:
    """Compiled where that can be."""
    move = compiled_move() if are_doubled(seen) else None
    return move(target, FARTHEST) if move else PlainMove(seen, target)


@cache
def compiled_move() -> Callable[[Target, float], Move] | None:
    """None without numba, or where what it compiles could not be kept: it would take longer."""
    try:
        from bearwitness.estimation.latent.compiled import CompiledMove
    except (ImportError, RuntimeError):
        return None
    return CompiledMove


class PlainMove:
    def __init__(self, seen: Histories, target: Target) -> None:
        self.target = target
        self.slope = Slope(seen, target.prior, target.power)

    def set_power(self, power: Reals) -> None:
        self.target.power = power
        self.slope.set_power(power)

    def __call__(self, states: States, noise: Noise) -> tuple[States, Reals]:
        target = self.target
        sticks, odds = relabelled(states, target.prior, noise)
        parts = target.parts(sticks, odds)
        now = states_at(target, sticks, odds, parts)
        marks = np.log1p(target.observed * parts.seen_share) + noise.marks
        masses = self._masses(marks)
        momenta = noise.on_sticks * np.sqrt(masses[0]), noise.on_odds * np.sqrt(masses[1])
        before = self._energy(now, parts, marks) + _kinetic(momenta, masses)
        new, parts, momenta = self._leap(now, (marks, *masses), momenta, noise)
        after = self._energy(new, parts, marks) + _kinetic(momenta, masses)
        far = np.maximum(np.abs(new.sticks).max(axis=0), np.abs(new.odds).max(axis=(0, 1)))
        gain = np.where(np.isfinite(after) & (far < FARTHEST), before - after, -np.inf)
        return new.where(noise.log_uniform < gain, now), gain

    def _masses(self, marks: Reals) -> tuple[Reals, Reals]:
        """About the information on each coordinate, were the classes of all people seen known."""
        people = np.exp(np.minimum(marks, np.log(self.target.observed) + 1)) * self.target.power
        later = np.cumsum(people[::-1], axis=0)[::-1][1:]
        least = self.target.captures.least_mass
        return 0.2 + people[:-1] * later / (people[:-1] + later), least + 0.1 * people

    def _energy(self, states: States, parts: Parts, marks: Reals) -> Reals:
        target = self.target
        return -(
            target.power * states.log_likelihood
            + target.log_prior(parts, states.sticks, states.odds)
            + target.log_mark(parts, marks)
        )

    def _leap(
        self,
        start: States,
        given: tuple[Reals, Reals, Reals],
        momenta: tuple[Reals, Reals],
        noise: Noise,
    ) -> tuple[States, Parts, tuple[Reals, Reals]]:
        """Leapfrog steps; `given` are the marks and the masses of sticks and of odds."""
        (marks, *masses), (push, turn) = given, momenta
        kind, slope = self.slope.kind, self.slope
        marks = marks.astype(kind)
        step, count = noise.step, noise.leaps
        far, wide = step / masses[0], step / masses[1]
        sticks, odds = start.sticks.copy(), start.odds.copy()
        for turned in range(count + 1):
            if turned:
                sticks += far * push
                odds += wide * turn
            by_sticks, by_odds = slope(sticks.astype(kind), odds.astype(kind), marks)
            share = step if 0 < turned < count else 0.5 * step
            push = push + share * by_sticks
            turn = turn + share * by_odds
        parts = self.target.parts(sticks, odds)
        return states_at(self.target, sticks, odds, parts), parts, (push, turn)


def relabelled(states: States, prior: Prior, noise: Noise) -> tuple[Reals, Reals]:
    """Sticks and log odds of the same classes in an order drawn anew."""
    now = states.log_share
    order = np.argsort(-(now + noise.labels), axis=0)
    new = np.take_along_axis(now, order, axis=0)
    rate = prior.concentration[1]
    gain = prior.power * (np.log(rate - now[-1]) - np.log(rate - new[-1]))
    taken = noise.log_uniform_of_labels < gain
    order[:, ~taken] = np.arange(len(now))[:, None]
    odds = np.take_along_axis(states.odds, order[None], axis=1)
    return np.where(taken, sticks_of(new), states.sticks), odds


def sticks_of(log_share: Reals) -> Reals:
    """log u of every stick but the last, from the log of shares that sum to one."""
    left = np.logaddexp.accumulate(log_share[::-1], axis=0)[::-1]
    odds = log_share[:-1] - left[1:]  # of stopping at this class among it and those after it
    return np.where(odds < -30, odds, np.log(np.logaddexp(0.0, odds)))


def states_at(target: Target, sticks: Reals, odds: Reals, parts: Parts) -> States:
    return States(
        sticks=sticks,
        odds=odds,
        log_likelihood=target.log_likelihood(parts),
        seen=parts.seen,
        log_share=parts.log_share,
        seen_share=parts.seen_share,
        log_missed=parts.log_missed,
        without_highest=target.without_highest(parts),
    )


def _kinetic(momenta: tuple[Reals, Reals], masses: tuple[Reals, Reals]) -> Reals:
    on_sticks = (momenta[0] ** 2 / masses[0]).sum(axis=0)
    return np.asarray(0.5 * (on_sticks + ((momenta[1] ** 2).sum(axis=0) / masses[1]).sum(axis=0)))
