"""Populations that would give tables like yours: the same list sizes and overlap, a known truth.

Some are as a method says that yours is; the others have people who differ in how findable they
are, to the degree that your overlap allows for when more people are unseen than the lists, taken
as independent, say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bearwitness.estimation.checks.chances import independent
from bearwitness.estimation.checks.populations import ALWAYS, Part, Population
from bearwitness.estimation.design import (
    Reals,
    Terms,
    active_cells,
    columns_of,
    in_order,
    names_of,
    overlaps,
    split_empty,
)
from bearwitness.estimation.estimate import Estimate, Verdict
from bearwitness.estimation.histories import Histories
from bearwitness.estimation.loglinear.existence import assess_terms
from bearwitness.estimation.loglinear.fit import fit_poisson

GIVEN_MODEL = ("independence", "loglinear", "stepwise", "bic", "aic")

# Rules of this house.
TIMES_UNSEEN = 1.5  # as many people unseen as independent lists say, where people differ
FINDABLE = 0.2  # share of the findable where there are two classes
_WIDEST_SPREAD = 12.0  # in log odds
_HALVINGS = 60


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixing:
    """How findable people are: log odds `values`, times a spread, with `weights` that sum to 1."""

    values: Reals
    weights: Reals


def two_kinds() -> Mixing:
    return Mixing(values=np.array([0.0, 1.0]), weights=np.array([1 - FINDABLE, FINDABLE]))


def normal() -> Mixing:
    """Rasch: the normal distribution by 41 nodes of Gauss and Hermite."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    return Mixing(values=nodes, weights=weights / weights.sum())


def worlds_like(seen: Histories, answers: Iterable[Estimate]) -> list[Population]:
    """One world for each different model among the answers, and three of how findable people are.

    `holds_for` names the methods that said so. Fewer where no such world has these list sizes and
    this overlap: people who differ can only make the lists overlap more.
    """
    told = [answer for answer in answers if answer.verdict is Verdict.ESTIMATE]
    worlds: dict[str, Population] = {}
    for name, world in _fitted(seen, told):
        known = worlds.get(name)
        holds = (*known.holds_for, *world.holds_for) if known else world.holds_for
        worlds[name] = _with_holders(world, holds)
    return [*worlds.values(), *_differing(seen, told)]


def _with_holders(world: Population, holds: tuple[str, ...]) -> Population:
    return replace(world, holds_for=tuple(dict.fromkeys(holds)))


def _fitted(seen: Histories, told: Sequence[Estimate]) -> Iterator[tuple[str, Population]]:
    alike = fitted_world(seen, (), ())
    if alike:
        yield alike.name, alike
    for answer in told:
        terms = model_of(answer, seen.lists)
        world = None if terms is None else fitted_world(seen, terms, (answer.method,))
        world = world or as_it_stands(seen, answer)
        yield world.name, world


def model_of(answer: Estimate, lists: tuple[str, ...]) -> Terms | None:
    """The interactions of the answer's model, or of its likeliest graph; None where it has none."""
    every = {names_of([t], lists)[0]: t for t in range(1, 2 ** len(lists)) if t.bit_count() > 1}
    if answer.method in GIVEN_MODEL:
        return in_order(every[name] for name in answer.model)
    for graph in answer.details.get("graphs", ()):
        cliques = [_bits(clique, lists) for clique in graph["cliques"]]
        if 2 ** len(lists) - 1 not in cliques:
            return in_order(t for t in every.values() if any(t & c == t for c in cliques))
    return None


def _bits(clique: str, lists: tuple[str, ...]) -> int:
    return sum(1 << lists.index(name) for name in clique.split("+"))


def fitted_world(seen: Histories, terms: Terms, holders: tuple[str, ...]) -> Population | None:
    """The log-linear model with `terms`, fitted to the table, as the truth.

    None where the table does not determine it. Without terms, it holds for every method.
    """
    if not assess_terms(seen, terms).usable:
        return None
    lists = len(seen.lists)
    shared = overlaps(seen.counts, terms, lists)
    empty = [term for term, people in zip(terms, shared, strict=True) if not people]
    finite, gone = split_empty(terms, empty)
    kept = active_cells(lists, gone)
    fits = fit_poisson(columns_of(lists, finite), seen.counts[None, :], kept[None, :])
    expected = np.concatenate([fits.unseen, fits.fitted[0]])
    named = ", ".join(names_of(terms, seen.lists))
    return _population(
        seen,
        f"model {named}" if named else "independent lists",
        f"lists depend on each other by {named} and in no other way"
        if named
        else "lists know nothing of each other, and everybody is found alike",
        expected,
        holders if terms else (*ALWAYS, *holders),
    )


def as_it_stands(seen: Histories, answer: Estimate) -> Population:
    """The table itself as what is expected, and the answer's total as the truth."""
    unseen = max(answer.unseen or 0.0, 0.0)
    return _population(
        seen,
        f"total of {answer.method}",
        f"patterns are as likely as they were in the table, and the total is that of "
        f"{answer.method}",
        np.concatenate([[unseen], seen.counts]),
        (answer.method,),
    )


def _differing(seen: Histories, told: Sequence[Estimate]) -> Iterator[Population]:
    alike = fitted_world(seen, (), ())
    if alike is None:
        return
    unseen = TIMES_UNSEEN * (alike.people - seen.observed)
    said = [answer.unseen for answer in told if answer.unseen is not None]
    total = seen.observed + max([unseen, float(np.median(said)) if said else 0.0])
    for name, why, mixing in (
        ("two kinds of people", "one in five people is far easier to find", two_kinds()),
        ("findable by degrees", "people differ in how findable they are, by degrees", normal()),
    ):
        expected = differing_people(seen, total, mixing)
        if expected is not None:
            yield _population(seen, name, why, expected, ())


def differing_people(seen: Histories, total: float, mixing: Mixing) -> Reals | None:
    """Expected people of each pattern (empty first) among `total` who differ as `mixing` says.

    The size of every list and the number observed are those of the table: a rate for each list,
    and the spread, are solved for by halving. None where no spread does.
    """
    sizes = np.array([float(seen.people[seen.holds(name)].sum()) for name in seen.lists])
    low, high = 0.0, _WIDEST_SPREAD
    if (
        _observed(sizes / total, mixing, low) * total < seen.observed
        or _observed(sizes / total, mixing, high) * total > seen.observed
    ):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _observed(sizes / total, mixing, middle) * total > seen.observed:
            low = middle
        else:
            high = middle
    rates = _rates(sizes / total, mixing, low)
    mixed = sum(
        weight * independent(of_kind.tolist())
        for weight, of_kind in zip(mixing.weights, rates.T, strict=True)
    )
    return np.asarray(total * mixed)


def _observed(shares: Reals, mixing: Mixing, spread: float) -> float:
    """Share of people on some list, where lists hold `shares` of them."""
    missed = np.prod(1 - _rates(shares, mixing, spread), axis=0)
    return float(1 - missed @ mixing.weights)


def _rates(shares: Reals, mixing: Mixing, spread: float) -> Reals:
    """Rates (lists by kinds) that are `shares` on average over the kinds."""
    low, high = np.full(len(shares), -60.0), np.full(len(shares), 60.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        over = _chance(middle, mixing, spread) @ mixing.weights > shares
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return _chance(low, mixing, spread)


def _chance(logits: Reals, mixing: Mixing, spread: float) -> Reals:
    return np.asarray(1 / (1 + np.exp(-(logits[:, None] + spread * mixing.values))))


def _population(
    seen: Histories, name: str, why: str, expected: Reals, holders: tuple[str, ...]
) -> Population:
    people = round(float(expected.sum()))
    return Population(
        name=name,
        why=why,
        lists=seen.lists,
        parts=(Part(people=people, chances=expected / expected.sum()),),
        holds_for=holders,
    )
