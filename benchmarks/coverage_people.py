"""Person-level populations for the methods that need covariates: lists, x and sex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class PeoplePopulation:
    """Two lists, independent given x and sex, that prefer the same people.

    `slopes` are intercept and slope in x of list a, then of list b: log odds. `shape` says of what
    the slope is one: x, a wave in x, or x turned round for one sex. `referred` is the chance
    of a third list that passes most of its people on to both. `recorded` are the covariates that
    the analyst has; `holds` says whether they are enough.
    """

    name: str
    why: str
    people: int
    slopes: tuple[float, float, float, float]
    shape: str = "line"
    referred: float = 0.0
    recorded: tuple[str, ...] = ("x", "sex")
    holds: bool = True

    def draw(self, seed: int) -> dict[str, Any]:
        """One study: flags, covariates; a column each, people on no list left out."""
        random = np.random.default_rng(seed)
        x, woman = random.standard_normal(self.people), random.integers(0, 2, self.people)
        one, along, other, across = self.slopes
        pull = {"line": x, "wave": np.sin(2 * x), "by-sex": 1.5 * x * (woman - 0.5)}[self.shape]
        to_a = 1 / (1 + np.exp(-(one + along * pull + 0.5 * woman)))
        to_b = 1 / (1 + np.exp(-(other + across * pull - 0.5 * woman)))
        on_a, on_b = random.random(self.people) < to_a, random.random(self.people) < to_b
        on_c = random.random(self.people) < self.referred
        on_a |= on_c & (random.random(self.people) < 0.7)
        on_b |= on_c & (random.random(self.people) < 0.6)
        seen = on_a | on_b | on_c
        flags = {"a": on_a[seen].astype(int), "b": on_b[seen].astype(int)}
        if self.referred:
            flags["c"] = on_c[seen].astype(int)
        return flags | {"x": x[seen], "sex": np.where(woman[seen] == 1, "f", "m")}

    @property
    def method(self) -> str:
        return "many-lists-robust" if self.referred else "doubly-robust"


GENTLE, STEEP = (-0.3, 0.8, -0.1, 0.7), (-0.8, 1.2, -0.6, 1.0)
PEOPLE = {
    population.name: population
    for population in (
        PeoplePopulation(
            name="covariates",
            why="Two lists, independent given x and sex, which are recorded.",
            people=3000,
            slopes=GENTLE,
        ),
        PeoplePopulation(
            name="covariates-300",
            why="The same with 300 people in all.",
            people=300,
            slopes=GENTLE,
        ),
        PeoplePopulation(
            name="covariates-steep",
            why="The same, where some have next to no chance of being on both lists.",
            people=3000,
            slopes=STEEP,
        ),
        PeoplePopulation(
            name="covariates-sparse",
            why="2,000 people, some forty on both lists.",
            people=2000,
            slopes=(-2.0, 0.6, -1.8, 0.5),
        ),
        PeoplePopulation(
            name="covariates-wave",
            why="2,000 people, found by a wave in x that no learner here can draw.",
            people=2000,
            slopes=GENTLE,
            shape="wave",
        ),
        PeoplePopulation(
            name="covariates-by-sex",
            why="What makes women easy to find makes men hard to find.",
            people=3000,
            slopes=GENTLE,
            shape="by-sex",
        ),
        PeoplePopulation(
            name="covariates-referral",
            why="A third list passes most of its people on to both; independent among the others.",
            people=3000,
            slopes=GENTLE,
            referred=0.15,
        ),
        PeoplePopulation(
            name="covariate-missing",
            why="The first population, x not recorded.",
            people=3000,
            slopes=GENTLE,
            recorded=("sex",),
            holds=False,
        ),
    )
}
