"""Person-level populations for the methods that need covariates: two lists, x and sex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class PeoplePopulation:
    """Two lists, independent given x and sex, that prefer the same people.

    `slopes` are intercept and slope in x of list a, then of list b: log odds. `recorded` are the
    covariates that the analyst has; `holds` says whether they are enough.
    """

    name: str
    why: str
    people: int
    slopes: tuple[float, float, float, float]
    recorded: tuple[str, ...] = ("x", "sex")
    holds: bool = True

    def draw(self, seed: int) -> dict[str, Any]:
        """One study: flags, covariates; a column each, people on no list left out."""
        random = np.random.default_rng(seed)
        x, woman = random.standard_normal(self.people), random.integers(0, 2, self.people)
        one, along, other, across = self.slopes
        on_a = random.random(self.people) < 1 / (1 + np.exp(-(one + along * x + 0.5 * woman)))
        on_b = random.random(self.people) < 1 / (1 + np.exp(-(other + across * x - 0.5 * woman)))
        seen = on_a | on_b
        flags = {"a": on_a[seen].astype(int), "b": on_b[seen].astype(int)}
        return flags | {"x": x[seen], "sex": np.where(woman[seen] == 1, "f", "m")}


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
            holds=False,
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
