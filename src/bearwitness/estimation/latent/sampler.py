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
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.latent.likelihood import Prior, Target
from bearwitness.estimation.latent.moves import compiled_move, move_for, states_at
from bearwitness.estimation.latent.patterns import are_doubled
from bearwitness.estimation.latent.states import KEPT, Noise, Trace, beside

# Rules of this house: what mixed best on the public tables, in effective draws a second.
STEPS = 30  # most leapfrog steps in a move; the number is even between half of it and all of it
_ACCEPTED = 0.7  # share of moves accepted that step sizes are set for, while warming up
_FIRST_STEP = 0.5
_FEW_LISTS = 8
_GROUPS = 2  # each with no fewer chains than these, as step sizes are learned from all of them
_FEWEST = 4


class Groups:
    """Samplers side by side, each with some of the chains, and a thread of its own.

    Where moves are compiled there are two, whatever the machine, so that a seed means the same on
    all; by numpy, which pays for each call rather than for what is in it, there is one.
    """

    def __init__(
        self, seen: Histories, prior: Prior, *, chains: int, random: np.random.Generator
    ) -> None:
        by_two = are_doubled(seen) and compiled_move() is not None
        groups = max(1, min(_GROUPS, chains // _FEWEST)) if by_two else 1
        sizes = [len(part) for part in np.array_split(np.arange(chains), groups)]
        self.samplers = [
            Sampler(seen, prior, chains=size, random=own)
            for size, own in zip(sizes, random.spawn(groups), strict=True)
        ]
        self._threads = ThreadPoolExecutor(groups)

    def warm(self, iterations: int) -> None:
        self._each(lambda sampler: sampler.warm(iterations))

    def run(self, iterations: int) -> Trace:
        return beside(self._each(lambda sampler: sampler.run(iterations)))

    def _each(self, work: Callable[[Sampler], Any]) -> list[Any]:
        if len(self.samplers) == 1:
            return [work(self.samplers[0])]
        return list(self._threads.map(work, self.samplers))


class Sampler:
    """`ladder` are powers of the likelihood, from 1 down; each has `chains` states."""

    def __init__(
        self, seen: Histories, prior: Prior, *, chains: int, random: np.random.Generator
    ) -> None:
        self.ladder, self.chains, self.random = ladder_for(seen.observed), chains, random
        power = np.repeat(self.ladder, chains)
        self.target = Target(seen, prior, power)
        self.move = move_for(seen, self.target)
        target = self.target
        self.step = np.full(len(power), _FIRST_STEP)
        self.rounds = 0
        sticks, odds = scattered(seen, prior, len(power), random)
        self.states = states_at(target, sticks, odds, target.parts(sticks, odds))
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
        self.move.set_power(power)

    def run(self, iterations: int) -> Trace:
        kept: dict[str, list[Reals]] = {name: [] for name in KEPT}
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
            self.states, gain = self.move(self.states, self._noise())
            moved = np.exp(np.minimum(gain, 0.0))
            swapped = self._swap()
        self.rounds += 1
        return moved, swapped

    def _noise(self) -> Noise:
        random, (lists, classes, states) = self.random, self.states.odds.shape
        return Noise(
            labels=random.gumbel(size=(classes, states)),
            log_uniform_of_labels=np.log(random.random(states)),
            marks=random.standard_normal((classes, states)),
            on_sticks=random.standard_normal((classes - 1, states)),
            on_odds=random.standard_normal((lists, classes, states)),
            step=self.step * random.uniform(0.7, 1.2, size=states),
            leaps=int(random.integers(STEPS // 2, STEPS + 1)),
            log_uniform=np.log(random.random(states)),
        )

    def _swap(self) -> Reals:
        """Of the upper of each pair the chance that it was swapped with the one below, by rungs."""
        first, rungs = self.rounds % 2, len(self.ladder)
        pairs = (rungs - first) // 2
        paired = np.s_[first : first + 2 * pairs]
        by_pair = (pairs, 2, self.chains)
        value, power, order = (
            part.reshape(rungs, self.chains)[paired].reshape(by_pair)
            for part in (
                self.states.log_likelihood,
                self.target.power,
                np.arange(len(self.target.power)),
            )
        )
        gain = (power[:, 0] - power[:, 1]) * (value[:, 1] - value[:, 0])
        taken = np.log(self.random.random(gain.shape)) < gain
        everywhere = np.arange(len(self.target.power))
        swapped = np.where(taken[:, None], order[:, ::-1], order)
        everywhere.reshape(rungs, self.chains)[paired] = swapped.reshape(-1, self.chains)
        self.states = self.states.reordered(everywhere)
        changed = np.zeros(rungs - 1)
        changed[first : first + 2 * pairs : 2] = np.exp(np.minimum(gain, 0.0)).mean(axis=1)
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
