"""Tables to protect, invented at random, and attacks written without any of the code's own."""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from bearwitness.release.disclosure import flat_hierarchy, make_hierarchy
from bearwitness.release.disclosure.cross import crossed_from_counts
from bearwitness.release.disclosure.linked import link_levels, link_tables
from bearwitness.release.disclosure.problem import make_problem
from bearwitness.release.disclosure.rules import DEFAULT_RULES


def tree(name, leaves, each):
    """`leaves` categories under groups of `each`."""
    return make_hierarchy(
        name, [(f"{name}{i}", f"{name.upper()}{i // each}") for i in range(leaves)]
    )


def generated(seed, *, places=6, ages=4, kinds=2, people=600, name="t"):
    """A table of three dimensions, two of them hierarchies, with uneven counts."""
    rng = np.random.default_rng(seed)
    trees = [tree("place", places, 3), tree("age", ages, 2)]
    trees.append(flat_hierarchy("kind", [f"k{i}" for i in range(kinds)]))
    shares = rng.dirichlet(np.full(places * ages * kinds, 0.7))
    counts = rng.multinomial(people, shares).reshape(places, ages, kinds)
    return crossed_from_counts(name, trees, counts)


def problem_of(*tables, rules=DEFAULT_RULES, **settings):
    cells = link_tables(tables)
    return make_problem(cells, link_levels(cells, tables, [rules] * len(tables)), **settings)


def plain_bounds(system, cell):
    """The range of one cell: one linear programme an end, over everything, nothing left out."""
    goal = np.zeros(len(system.low))
    goal[cell] = 1.0
    limits = [(a, None if np.isinf(b) else b) for a, b in zip(system.low, system.high, strict=True)]
    right = np.zeros(system.matrix.shape[0])
    found = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * goal, A_eq=system.matrix, b_eq=right, bounds=limits)
        found.append(sign * solved.fun if solved.status == 0 else -sign * np.inf)
    return np.ceil(found[0] - 1e-6), np.floor(found[1] + 1e-6)


def all_fitting(leaves, equations, low, high, most):
    """Every table of whole people that fits: the first `leaves` columns decide the rest."""
    for counts in product(range(most + 1), repeat=leaves):
        cells = np.array(counts) @ equations
        if (cells >= low).all() and (cells <= high).all():
            yield cells
