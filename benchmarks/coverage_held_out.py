"""Populations on which no rule of ours was tuned: other numbers, other lists, the same kinds.

The verdict's rules were set while looking at `POPULATIONS`. These were written down before the
rules were run on them, and are for counting only.
"""

from __future__ import annotations

from bearwitness.estimation.checks.chances import (
    classes,
    independent,
    log_linear,
    logit_normal,
    referred,
    shared_by_all,
    within,
    years,
)
from bearwitness.estimation.checks.populations import Part, Population

SIX = ("army", "church", "clinic", "court", "radio", "union")


def _alone(people: int, chances: object) -> tuple[Part, ...]:
    return (Part(people=people, chances=chances),)  # type: ignore[arg-type]


HELD_OUT = {
    population.name: population
    for population in (
        Population(
            name="held-out independent",
            why="Four independent lists and 1,500 people.",
            lists=SIX[:4],
            parts=_alone(1500, independent((0.3, 0.25, 0.2, 0.1))),
            holds_for=("independence",),
        ),
        Population(
            name="held-out six lists",
            why="Six independent lists that hold 5 to 12 % each.",
            lists=SIX,
            parts=_alone(5000, independent((0.05, 0.12, 0.08, 0.06, 0.1, 0.07))),
            holds_for=("independence",),
        ),
        Population(
            name="held-out referral",
            why="The court passes half of its cases on to the clinic.",
            lists=SIX[:4],
            parts=_alone(2500, referred(independent((0.12, 0.2, 0.1, 0.15)), 3, 2, 0.5)),
            holds_for=("stepwise",),
        ),
        Population(
            name="held-out pair",
            why="One pair of five lists with an odds ratio of three.",
            lists=SIX[:5],
            parts=_alone(3000, log_linear((0.15, 0.1, 0.12, 0.1, 0.14), {(1, 4): 1.1})),
            holds_for=("stepwise",),
        ),
        Population(
            name="held-out classes",
            why="Seven in ten are hard to find, three in ten easier: two latent classes.",
            lists=SIX[:5],
            parts=_alone(
                3000,
                classes((0.7, 0.3), ((0.06, 0.08, 0.05, 0.1, 0.07), (0.45, 0.4, 0.5, 0.35, 0.4))),
            ),
            holds_for=("latent-class",),
        ),
        Population(
            name="held-out hard to find",
            why="Four lists, log odds with standard deviation 3.",
            lists=SIX[:4],
            parts=_alone(6000, logit_normal((0.01, 0.02, 0.015, 0.01), 3.0)),
            is_failure=True,
        ),
        Population(
            name="held-out shared cases",
            why="Four in ten of those known to anybody are passed on to all five lists.",
            lists=SIX[:5],
            parts=_alone(4000, shared_by_all(independent((0.06, 0.05, 0.07, 0.04, 0.05)), 0.4)),
            is_failure=True,
        ),
        Population(
            name="held-out few overlaps",
            why="Three lists that hold 1.5 % each: about four people are on two.",
            lists=SIX[:3],
            parts=_alone(6000, independent((0.015, 0.015, 0.015))),
            is_failure=True,
        ),
        Population(
            name="held-out open",
            why="Four years; six in ten leave every year and others come.",
            lists=("2001", "2002", "2003", "2004"),
            parts=_alone(5600, years((0.3, 0.25, 0.3, 0.25), 0.6)),
            is_failure=True,
        ),
        Population(
            name="held-out nested",
            why="Two lists were taken from the first and one from the second.",
            lists=SIX[:4],
            parts=_alone(2500, within(within(within(independent((0.3,)), 0, 0.5), 0, 0.4), 1, 0.6)),
            is_failure=True,
        ),
        Population(
            name="held-out two worlds",
            why="Three lists work in one country and two in another.",
            lists=SIX[:5],
            parts=(
                Part(people=2000, chances=independent((0.2, 0.15, 0.2, 0.0, 0.0)), name="one"),
                Part(people=3000, chances=independent((0.0, 0.0, 0.0, 0.2, 0.1)), name="other"),
            ),
            is_failure=True,
        ),
    )
}
