"""Populations that we made, so that the truth is known: where methods hold, and where they fail.

Numbers are of our own choice unless a source is named. Sizes are those of real studies: 1,000 to
12,000 people, two to six lists, a tenth to two thirds of the people on some list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from bearwitness.estimation.checks.chances import (
    classes,
    darroch,
    independent,
    log_linear,
    logit_normal,
    referred,
    shared_by_all,
    within,
    years,
)
from bearwitness.estimation.design import Reals
from bearwitness.estimation.histories import Histories
from bearwitness.tables import HISTORIES, check

ALWAYS = ("independence", "stepwise", "aic", "bic", "decomposable", "sparse-bayes", "latent-class",
          "heterogeneity")  # fmt: skip
PAIRS = ("stepwise", "aic", "bic", "decomposable", "sparse-bayes")


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """People who are found alike: their number, and the chance of each pattern (empty first)."""

    people: int
    chances: Reals
    name: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Population:
    """People of a known number, and how lists come to know them.

    `holds_for` names the methods whose assumption is true here ("strata" for any method fitted to
    each part by itself). `is_failure` says that a careful tool should print no estimate, and that
    the table shows why. `is_hidden` says that the answer is wrong, and that no table of overlaps
    can show it: we show such designs and ask nothing of them. `why` is a sentence for people.
    `unlinked` is the share of people on several lists of whom one record was not linked;
    `repeated` the share of records that a list holds twice without knowing, the second unlinked.
    """

    name: str
    why: str
    lists: tuple[str, ...]
    parts: tuple[Part, ...]
    holds_for: tuple[str, ...] = ()
    is_failure: bool = False
    is_hidden: bool = False
    unlinked: float = 0.0
    repeated: float = 0.0

    @property
    def people(self) -> int:
        """How many there are: the truth."""
        return sum(part.people for part in self.parts)

    @property
    def truth(self) -> int:
        return self.people

    @property
    def expected(self) -> Reals:
        """Expected people of each pattern (empty first), all records rightly linked."""
        return np.asarray(sum(part.people * part.chances for part in self.parts))

    def draw(self, seed: int) -> Histories:
        """The table of one study: the same for the same seed."""
        return self.draw_many(1, seed=seed)[0]

    def draw_many(self, count: int, *, seed: int = 1) -> list[Histories]:
        """The tables of `count` studies of the same people."""
        random = np.random.default_rng(seed)
        drawn = sum(self._counts(part, count, random) for part in self.parts)
        return [Histories.from_counts(self.lists, row).sealed() for row in np.asarray(drawn)]

    def draw_strata(self, seed: int) -> pa.Table:
        """HISTORIES of one study with the parts as strata; together they are `draw(seed)`."""
        random = np.random.default_rng(seed)
        rows = [
            {**row, "stratum": part.name}
            for part in self.parts
            for row in Histories.from_counts(self.lists, self._counts(part, 1, random)[0])
            .to_table()
            .to_pylist()
        ]
        return check(rows, HISTORIES)

    def _counts(self, part: Part, count: int, random: np.random.Generator) -> Reals:
        """People by pattern (studies by patterns, without the empty one), as they were linked."""
        drawn = random.multinomial(part.people, part.chances, size=count)[:, 1:]
        if self.unlinked:
            drawn = _split(drawn, self.unlinked, random)
        if self.repeated:
            drawn = _repeat(drawn, len(self.lists), self.repeated, random)
        return drawn.astype(float)


def _split(drawn: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    """Some people on several lists are counted twice: one of their records stands alone."""
    made = drawn.copy()
    for cell in range(1, drawn.shape[1] + 1):
        bits = [1 << bit for bit in range(cell.bit_length()) if cell >> bit & 1]
        if len(bits) < 2:
            continue
        broken = random.binomial(drawn[:, cell - 1], share)
        alone = random.multinomial(broken, [1 / len(bits)] * len(bits))
        made[:, cell - 1] -= broken
        for place, bit in enumerate(bits):
            made[:, bit - 1] += alone[:, place]
            made[:, (cell ^ bit) - 1] += alone[:, place]
    return made


def _repeat(drawn: np.ndarray, lists: int, share: float, random: np.random.Generator) -> np.ndarray:
    """Some records stand twice on a list, the second as a person of its own."""
    made = drawn.copy()
    cells = np.arange(1, 2**lists)
    for bit in range(lists):
        on_list = drawn[:, (cells >> bit & 1) == 1].sum(axis=1)
        made[:, (1 << bit) - 1] += random.binomial(on_list, share)
    return made


def _alone(people: int, chances: Reals) -> tuple[Part, ...]:
    return (Part(people=people, chances=chances),)


FIVE = ("ngo", "police", "hospital", "border", "press")
FOUR = FIVE[:4]
THREE = FIVE[:3]

# Manrique-Vallier (2016), section 5: nine in ten are hard to find, one in ten on most lists.
TWO_CLASSES = classes(
    (0.9, 0.1),
    ((0.033, 0.033, 0.099, 0.132, 0.033), (0.66, 0.825, 0.759, 0.99, 0.693)),
)

_HOLDING = (
    Population(
        name="two-lists",
        why="Two lists that know nothing of each other.",
        lists=FIVE[:2],
        parts=_alone(3000, independent((0.25, 0.15))),
        holds_for=("chapman", "lincoln-petersen", "independence"),
    ),
    Population(
        name="independent",
        why="Five lists that know nothing of each other, and everybody is found alike.",
        lists=FIVE,
        parts=_alone(4000, independent((0.20, 0.15, 0.10, 0.08, 0.12))),
        holds_for=ALWAYS,
    ),
    Population(
        name="pairs",
        why="Two pairs of lists draw on the same people; a pair term for each mends it.",
        lists=FIVE,
        parts=_alone(4000, log_linear((0.12, 0.10, 0.08, 0.10, 0.12), {(0, 1): 1.5, (2, 3): 1.2})),
        holds_for=PAIRS,
    ),
    Population(
        name="two-classes",
        why="Nine in ten are hard to find (Manrique-Vallier 2016): two latent classes.",
        lists=FIVE,
        parts=_alone(2000, TWO_CLASSES),
        holds_for=("latent-class",),
    ),
    Population(
        name="quasi-symmetry",
        why="People differ in how findable they are, in the way that Darroch's model says.",
        lists=FOUR,
        parts=_alone(4000, darroch((0.12, 0.10, 0.08, 0.10), 0.5)),
        holds_for=("heterogeneity",),
    ),
    Population(
        name="referral",
        why="The NGO passes four in ten of its cases on to the police; a pair term mends it.",
        lists=FIVE,
        parts=_alone(
            3000, referred(independent((0.15, 0.12, 0.10, 0.12, 0.08)), giver=0, taker=1, share=0.4)
        ),
        holds_for=PAIRS,
    ),
    Population(
        name="sparse",
        why="Five lists hold 2 to 4 % of the people each; overlaps are of about ten people.",
        lists=FIVE,
        parts=_alone(12000, independent((0.03, 0.02, 0.04, 0.025, 0.035))),
        holds_for=ALWAYS,
    ),
    Population(
        name="strata",
        why="Findable people in the city, others in the country: the whole is biased, strata not.",
        lists=FOUR,
        parts=(
            Part(name="city", people=2000, chances=independent((0.40, 0.30, 0.35, 0.25))),
            Part(name="country", people=4000, chances=independent((0.04, 0.06, 0.05, 0.03))),
        ),
        holds_for=("strata", "latent-class"),
    ),
    Population(
        name="copied",
        why="One list was mostly copied from another; a pair term mends it.",
        lists=FOUR,
        parts=_alone(
            3000, referred(independent((0.20, 0.04, 0.15, 0.12)), giver=0, taker=1, share=0.8)
        ),
        holds_for=PAIRS,
    ),
    Population(
        name="avoidance",
        why="Who is known to the NGO keeps away from the police, and from the border office.",
        lists=FOUR,
        parts=_alone(4000, log_linear((0.25, 0.20, 0.15, 0.15), {(0, 1): -1.5, (0, 3): -1.0})),
        holds_for=PAIRS,
    ),
)

_DOUBTFUL = (
    Population(
        name="rasch",
        why="People differ in how findable they are: log odds with standard deviation 1.",
        lists=FIVE,
        parts=_alone(4000, logit_normal((0.12, 0.10, 0.08, 0.10, 0.12), 1.0)),
    ),
    Population(
        name="unreachable",
        why="Four in ten are in places where no list ever looks; the table shows the other six.",
        lists=FIVE,
        parts=(
            Part(people=2400, chances=independent((0.20, 0.15, 0.10, 0.08, 0.12))),
            Part(people=1600, chances=independent((0.0, 0.0, 0.0, 0.0, 0.0))),
        ),
        is_hidden=True,
    ),
    Population(
        name="three-way",
        why="The odds ratio of all three lists is four: what every model must assume away.",
        lists=THREE,
        parts=_alone(
            3000,
            log_linear((0.20, 0.18, 0.15), {(0, 1): 0.3, (0, 2): 0.3, (0, 1, 2): float(np.log(4))}),
        ),
        is_hidden=True,
    ),
    Population(
        name="missed-links",
        why="One in ten people on several lists had a record that was not linked to the others.",
        lists=FOUR,
        parts=_alone(4000, independent((0.25, 0.20, 0.15, 0.15))),
        unlinked=0.1,
        is_hidden=True,
    ),
    Population(
        name="repeated-records",
        why="One record in twelve stands twice on its list, the second not linked to the others.",
        lists=FOUR,
        parts=_alone(4000, independent((0.25, 0.20, 0.15, 0.15))),
        repeated=1 / 12,
        is_hidden=True,
    ),
)

_FAILING = (
    Population(
        name="strong-heterogeneity",
        why="Log odds with standard deviation 2.5: most people are all but impossible to find.",
        lists=FIVE,
        parts=_alone(8000, logit_normal((0.02, 0.015, 0.01, 0.02, 0.012), 2.5)),
        is_failure=True,
    ),
    Population(
        name="shared-cases",
        why="Six in ten of the people that anybody knows are passed on to everybody.",
        lists=FOUR,
        parts=_alone(3000, shared_by_all(independent((0.08, 0.06, 0.05, 0.07)), 0.6)),
        is_failure=True,
    ),
    Population(
        name="very-sparse",
        why="Four lists hold 1 % of the people each; two of them share nearly all who are shared.",
        lists=FOUR,
        parts=_alone(9000, log_linear((0.008, 0.008, 0.01, 0.01), {(0, 1): 2.5})),
        is_failure=True,
    ),
    Population(
        name="open",
        why="Lists are years; four in ten leave every year and others come.",
        lists=("2015", "2016", "2017", "2018", "2019"),
        parts=_alone(5200, years((0.25, 0.20, 0.25, 0.20, 0.25), 0.4)),
        is_failure=True,
    ),
    Population(
        name="nested",
        why="The second list was taken from the first, and the third from the second.",
        lists=THREE,
        parts=_alone(3000, within(within(independent((0.25,)), 0, 0.6), 1, 0.5)),
        is_failure=True,
    ),
    Population(
        name="two-worlds",
        why="Two lists work in the north and two in the south; nobody is on lists of both.",
        lists=FOUR,
        parts=(
            Part(name="north", people=2500, chances=independent((0.20, 0.15, 0.0, 0.0))),
            Part(name="south", people=2500, chances=independent((0.0, 0.0, 0.15, 0.10))),
        ),
        holds_for=("strata",),
        is_failure=True,
    ),
)

POPULATIONS: Mapping[str, Population] = MappingProxyType(
    {population.name: population for population in (*_HOLDING, *_DOUBTFUL, *_FAILING)}
)
