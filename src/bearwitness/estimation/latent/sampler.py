"""Draws from the posterior of latent classes: Hamiltonian moves, at several temperatures at once.

Why this sampler, and what was weighed against it, is in docs/decisions/0010-latent-sampler.md.
States of all chains and all temperatures lie in one array. One iteration is:

1. *Relabel*. The prior on shares is that of drawing classes by size without
   putting back, times a function of the last share. So a new order of the classes, drawn by size,
   is accepted or not by that function alone.
2. *Mark.* Each class gets a mark: the log of its expected number of people seen, plus standard
   normal noise. The marks set the masses of the next move. Given the marks the masses are constant,
   so the move is a plain Hamiltonian one; the density of the marks goes into its energy.
3. *Move* (Neal 2011, in Handbook of Markov Chain Monte Carlo, ch. 5), leapfrog steps of random
   number and size.
4. *Swap* neighbouring temperatures (Geyer 1991), even and odd pairs in turn (Syed, Bouchard-Cote,
   Deligiannidis & Doucet 2022, JRSS B 84).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.latent.likelihood import Parts, Prior, Target
from bearwitness.estimation.latent.slope import Slope

# Rules of this house: what mixed best on the public tables, in effective draws a second.
STEPS = 30  # most leapfrog steps in a move; the number is even between half of it and all of it
_ACCEPTED = 0.7  # share of moves accepted that step sizes are set for, while warming up
_FIRST_STEP = 0.5
_FEW_LISTS = 8
_FARTHEST = 80.0  # log u or log odds beyond this is never accepted: exp would overflow


@dataclass(frozen=True, kw_only=True, eq=False)
class States:
    """Where every chain is, at every temperature. The last axis is temperatures by chains."""

    sticks: Reals
    odds: Reals
    log_likelihood: Reals
    seen: Reals
    log_share: Reals
    seen_share: Reals
    log_missed: Reals
    without_highest: Reals


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """What the cold chains went through (draws by chains, classes between where there are any)."""

    seen: Reals  # chance to be on some list
    share: Reals  # of each class among all people
    missed: Reals  # chance to be on no list, by class
    seen_share: Reals  # of each class among the people seen
    without_highest: Reals  # people on no list if the odds ratio of all lists were one
    accepted: float
    swapped: tuple[float, ...]

    def after(self, draws: int) -> Trace:
        """Without the first `draws` of each chain."""
        kept: dict[str, Any] = {name: getattr(self, name)[draws:] for name in _KEPT}
        return replace(self, **kept)

    def followed_by(self, more: Trace) -> Trace:
        """The same chains and what came after."""
        both: dict[str, Any] = {
            n: np.concatenate([getattr(self, n), getattr(more, n)]) for n in _KEPT
        }
        return replace(more, **both)


_KEPT = ("seen", "share", "missed", "seen_share", "without_highest")


class Sampler:
    """`ladder` are powers of the likelihood, from 1 down; each has `chains` states."""

    def __init__(
        self, seen: Histories, prior: Prior, *, chains: int, random: np.random.Generator
    ) -> None:
        self.ladder, self.chains, self.random = ladder_for(seen.observed), chains, random
        power = np.repeat(self.ladder, chains)
        self.target = Target(seen, prior, power)
        self.slope = Slope(seen, prior, power)
        target = self.target
        self.step = np.full(len(power), _FIRST_STEP)
        self.rounds = 0
        sticks, odds = scattered(seen, prior, len(power), random)
        self.states = self._states(sticks, odds, target.parts(sticks, odds))
        self.rising = len(seen.lists) <= _FEW_LISTS

    def warm(self, iterations: int) -> None:
        """From scattered starts: step sizes are learned, and with few lists powers rise meanwhile.

        In the last third swaps are watched, and the powers between are then moved so that all
        neighbours swap about as often: where the posterior changes its shape they stand close.
        """
        own, watched = self.target.power, np.zeros(len(self.ladder) - 1)
        rising = iterations * 2 // 3
        for turn in range(iterations):
            risen = self.ladder[-1] ** max(0.0, 1 - turn / rising)
            self._set_power(np.minimum(own, risen) if self.rising else own)
            moved, swapped = self._iterate()
            accepted = moved.reshape(-1, self.chains).mean(axis=1)
            change = 0.4 * np.sqrt(30 / (30 + turn)) * (accepted - _ACCEPTED)
            self.step *= np.repeat(np.exp(change), self.chains)
            watched += swapped if turn >= rising else 0.0
        self.ladder = spaced_evenly(self.ladder, 2 * watched / (iterations - rising))
        self._set_power(np.repeat(self.ladder, self.chains))

    def _set_power(self, power: Reals) -> None:
        self.target.power = power
        self.slope.set_power(power)

    def run(self, iterations: int) -> Trace:
        kept: dict[str, list[Reals]] = {name: [] for name in _KEPT}
        accepted, swapped = 0.0, np.zeros(len(self.ladder) - 1)
        for _ in range(iterations):
            moved, changed = self._iterate()
            accepted += float(moved[: self.chains].mean())
            swapped += changed
            cold, now = np.s_[..., : self.chains], self.states
            kept["seen"].append(now.seen[cold])
            kept["share"].append(np.exp(now.log_share[cold]))
            kept["missed"].append(np.exp(now.log_missed[cold]))
            kept["seen_share"].append(now.seen_share[cold])
            kept["without_highest"].append(now.without_highest[cold])
        stacked = {name: np.array(values) for name, values in kept.items()}
        shares = tuple((2 * swapped / iterations).tolist())
        return Trace(**stacked, accepted=accepted / iterations, swapped=shares)

    def _iterate(self) -> tuple[Reals, Reals]:
        with np.errstate(all="ignore"):  # a step into nowhere is not accepted
            moved = self._move(*self._relabel())
            swapped = self._swap()
        self.rounds += 1
        return moved, swapped

    def _states(self, sticks: Reals, odds: Reals, parts: Parts) -> States:
        return States(
            sticks=sticks,
            odds=odds,
            log_likelihood=self.target.log_likelihood(parts),
            seen=parts.seen,
            log_share=parts.log_share,
            seen_share=parts.seen_share,
            log_missed=parts.log_missed,
            without_highest=self.target.without_highest(parts),
        )

    def _relabel(self) -> tuple[Reals, Reals]:
        """Sticks and log odds of the same classes in an order drawn anew."""
        prior, now = self.target.prior, self.states.log_share
        order = np.argsort(-(now + self.random.gumbel(size=now.shape)), axis=0)
        new = np.take_along_axis(now, order, axis=0)
        rate = prior.concentration[1]
        gain = prior.power * (np.log(rate - now[-1]) - np.log(rate - new[-1]))
        taken = np.log(self.random.random(now.shape[1])) < gain
        order[:, ~taken] = np.arange(len(now))[:, None]
        odds = np.take_along_axis(self.states.odds, order[None], axis=1)
        return np.where(taken, sticks_of(new), self.states.sticks), odds

    def _move(self, sticks: Reals, odds: Reals) -> Reals:
        """One Hamiltonian move of every state; the chance each had of being accepted."""
        target, random = self.target, self.random
        parts = target.parts(sticks, odds)
        now = self._states(sticks, odds, parts)
        marks = np.log1p(target.observed * parts.seen_share)
        marks = marks + random.standard_normal(marks.shape)
        masses = self._masses(marks)
        momenta = (
            random.standard_normal(sticks.shape) * np.sqrt(masses[0]),
            random.standard_normal(odds.shape) * np.sqrt(masses[1]),
        )
        before = self._energy(now, parts, marks) + _kinetic(momenta, masses)
        new, parts, momenta = self._leap(now, (marks, *masses), momenta)
        after = self._energy(new, parts, marks) + _kinetic(momenta, masses)
        far = np.maximum(np.abs(new.sticks).max(axis=0), np.abs(new.odds).max(axis=(0, 1)))
        gain = np.where(np.isfinite(after) & (far < _FARTHEST), before - after, -np.inf)
        taken = np.log(random.random(len(gain))) < gain
        self.states = _combined(lambda one, other: np.where(taken, one, other), new, now)
        return np.asarray(np.exp(np.minimum(gain, 0.0)))

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
    ) -> tuple[States, Parts, tuple[Reals, Reals]]:
        """Leapfrog steps; `given` are the marks and the masses of sticks and of odds."""
        (marks, *masses), (push, turn) = given, momenta
        kind, slope = self.slope.kind, self.slope
        marks = marks.astype(kind)
        step = self.step * self.random.uniform(0.7, 1.2, size=len(self.step))
        far, wide = step / masses[0], step / masses[1]
        sticks, odds = start.sticks.copy(), start.odds.copy()
        count = int(self.random.integers(STEPS // 2, STEPS + 1))
        for turned in range(count + 1):
            if turned:
                sticks += far * push
                odds += wide * turn
            by_sticks, by_odds = slope(sticks.astype(kind), odds.astype(kind), marks)
            share = step if 0 < turned < count else 0.5 * step
            push = push + share * by_sticks
            turn = turn + share * by_odds
        parts = self.target.parts(sticks, odds)
        return self._states(sticks, odds, parts), parts, (push, turn)

    def _swap(self) -> Reals:
        chains, value = self.chains, self.states.log_likelihood
        order, changed = np.arange(len(value)), np.zeros(len(self.ladder) - 1)
        power = self.target.power
        for rung in range(self.rounds % 2, len(self.ladder) - 1, 2):
            upper = np.arange(chains) + rung * chains
            lower = upper + chains
            gain = (power[upper] - power[lower]) * (value[lower] - value[upper])
            taken = np.log(self.random.random(chains)) < gain
            changed[rung] = np.exp(np.minimum(gain, 0.0)).mean()
            order[upper[taken]], order[lower[taken]] = lower[taken], upper[taken]
        self.states = _combined(lambda now, _: now[..., order], self.states, self.states)
        return changed


def ladder_for(observed: float) -> Reals:
    """Powers of the likelihood from 1 down to where the table weighs as 200 people would.

    Neighbours differ by a factor of about 0.65, so that nearly half of the swaps are accepted.
    """
    lowest = min(0.5, 200 / max(observed, 1.0))
    rungs = 1 + int(np.ceil(np.log(1 / lowest) / 0.45))
    return np.geomspace(1.0, lowest, rungs)


def scattered(
    seen: Histories, prior: Prior, states: int, random: np.random.Generator
) -> tuple[Reals, Reals]:
    """Starts spread far more widely than any posterior: sticks and log odds.

    With few lists they are of the prior. With many a class drawn from the prior is like nobody,
    and a chain that begins with one class would wait long for a second: there each class begins
    near the history of a person drawn at random, and chains lose the classes that they can spare.
    """
    lists, classes = len(seen.lists), prior.classes
    noise = random.logistic(size=(lists, classes, states))
    if lists <= _FEW_LISTS:
        return -random.gumbel(size=(classes - 1, states)), noise - 1.0
    drawn = random.choice(seen.patterns, (classes, states), p=seen.people / seen.observed)
    on = drawn >> np.arange(lists)[:, None, None] & 1
    # Each class takes about a third of what is left: larger classes stand first, as they should.
    sticks = np.log(0.4) + 0.3 * random.standard_normal((classes - 1, states))
    return sticks, np.where(on == 1, 0.5, -2.0) + 0.5 * noise


def spaced_evenly(ladder: Reals, swapped: Reals) -> Reals:
    """As many powers between the same ends, each as far from the next in rejected swaps
    (Syed et al. 2022, section 5.2); `swapped` is the share accepted between neighbours.
    """
    far = np.concatenate([[0.0], np.cumsum(0.05 + np.clip(1 - swapped, 0.0, 1.0))])
    even = np.linspace(0.0, far[-1], len(ladder))
    return np.asarray(np.exp(np.interp(even, far, np.log(ladder))))


def sticks_of(log_share: Reals) -> Reals:
    """log u of every stick but the last, from the log of shares that sum to one."""
    left = np.logaddexp.accumulate(log_share[::-1], axis=0)[::-1]
    odds = log_share[:-1] - left[1:]  # of stopping at this class among it and those after it
    return np.where(odds < -30, odds, np.log(np.logaddexp(0.0, odds)))


def _kinetic(momenta: tuple[Reals, Reals], masses: tuple[Reals, Reals]) -> Reals:
    on_sticks = (momenta[0] ** 2 / masses[0]).sum(axis=0)
    return np.asarray(0.5 * (on_sticks + ((momenta[1] ** 2).sum(axis=0) / masses[1]).sum(axis=0)))


def _combined(choose: Callable[[Reals, Reals], Reals], one: States, other: States) -> States:
    return States(
        **{
            part.name: choose(getattr(one, part.name), getattr(other, part.name))
            for part in fields(States)
        }
    )
