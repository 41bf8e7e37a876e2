"""Rules as data: which cells are sensitive, why, and how wide a range must be left to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bearwitness.errors import DisclosureUnsafe
from bearwitness.release.disclosure.cross import Crossed
from bearwitness.release.disclosure.hierarchy import find_category


@dataclass(frozen=True, kw_only=True)
class CellRule:
    """One rule. `kind` is a key of KINDS; `limit` is what it compares with.

    `dimension` and `categories` say where a rule on sensitive categories holds; empty is all.
    """

    kind: str
    limit: float
    reason: str
    dimension: str = ""
    categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DisclosureUnsafe(
                f"no rule is called {self.kind!r}", hint=f"Known: {', '.join(KINDS)}."
            )
        if not self.reason.strip():
            raise DisclosureUnsafe(
                f"the rule {self.kind!r} gives no reason", hint="A reader has a right to one."
            )

    @property
    def sentence(self) -> str:
        """The rule with its reason, as it stands in the report."""
        because = self.reason.rstrip(".")
        if self.kind == "sources":
            return f"Withheld are groups known from fewer than {self.limit:g} sources: {because}."
        if self.kind == "organisations":
            return f"Withheld are groups known to fewer than {self.limit:g} lists: {because}."
        if self.kind == "dominance":
            return f"Withheld are groups with more than {self.limit:.0%} on one list: {because}."
        if self.kind == "sensitive":
            where = " or ".join(self.categories)
            return f"Withheld are groups of fewer than {self.limit:g} of {where}: {because}."
        return f"Withheld are groups of fewer than {self.limit:g} people: {because}."


def _few_people(table: Crossed, rule: CellRule) -> np.ndarray:
    return table.people < rule.limit


def _few_sources(table: Crossed, rule: CellRule) -> np.ndarray:
    return table.sources < rule.limit


def _few_lists(table: Crossed, rule: CellRule) -> np.ndarray:
    if not table.lists:
        return np.zeros(table.people.size, bool)
    return np.asarray((table.by_list > 0).sum(axis=1) < rule.limit)


def _dominated(table: Crossed, rule: CellRule) -> np.ndarray:
    """One list holds more than `limit` of the people, so that its makers know nearly all."""
    if not table.lists:
        return np.zeros(table.people.size, bool)
    return np.asarray(table.by_list.max(axis=1) > rule.limit * table.people)


def _sensitive_category(table: Crossed, rule: CellRule) -> np.ndarray:
    return _in_categories(table, rule) & (table.people < rule.limit)


def _in_categories(table: Crossed, rule: CellRule) -> np.ndarray:
    names = [dimension.name for dimension in table.dimensions]
    if rule.dimension not in names:
        return np.zeros(table.people.size, bool)
    axis = names.index(rule.dimension)
    tree = table.dimensions[axis]
    chosen = {find_category(tree, name, where=f"table {table.name!r}") for name in rule.categories}
    for node, parent in enumerate(tree.parent):
        if parent in chosen:
            chosen.add(node)
    return np.isin(table.places[:, axis], list(chosen))


def least_printed(table: Crossed, rules: Sequence[CellRule]) -> np.ndarray:
    """The fewest people that a reader of the rules knows to be in a printed cell, if any are."""
    found = np.ones(table.people.size)
    for rule in rules:
        if rule.kind == "people":
            found = np.maximum(found, rule.limit)
        elif rule.kind == "sensitive":
            found = np.where(_in_categories(table, rule), np.maximum(found, rule.limit), found)
    return found


KINDS: dict[str, Callable[[Crossed, CellRule], np.ndarray]] = {
    "people": _few_people,
    "sources": _few_sources,
    "organisations": _few_lists,
    "dominance": _dominated,
    "sensitive": _sensitive_category,
}


DEFAULT_RULES = (
    CellRule(
        kind="people", limit=10, reason="a smaller group can be recognised by those who knew it"
    ),
    CellRule(
        kind="sources", limit=10, reason="whoever told can be recognised by what is told of them"
    ),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Levels:
    """Which cells are sensitive and the range that must be left to each (Fischetti and Salazar
    2001, section 2): at most `value - lower`, at least `value + upper`, `width` wide.

    All arrays have an entry a sensitive cell; `cells` are their numbers, `rule` their first rule.
    """

    cells: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    width: np.ndarray
    rule: np.ndarray
    rules: tuple[CellRule, ...] = field(default=())

    def are_kept(self, values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """For each sensitive cell whether the range from `low` to `high` is wide enough."""
        return np.asarray(
            (low <= values - self.lower)
            & (high >= values + self.upper)
            & (high - low >= self.width)
        )


def find_sensitive(
    table: Crossed, rules: Sequence[CellRule] = DEFAULT_RULES, *, protection: float = 0.1
) -> Levels:
    """Primary suppression: the cells that a rule hits, with the first rule that does.

    A small group is protected when it may as well reach the limit, in a range as wide as the limit
    less one. A large cell that another rule hits may be larger by `protection` of its count, in a
    range of twice that. An empty cell is about nobody and is printed.
    """
    hits = np.stack([KINDS[rule.kind](table, rule) for rule in rules])
    return levels_of(table.people, hits, tuple(rules), protection=protection)


def levels_of(
    people: np.ndarray, hits: np.ndarray, rules: tuple[CellRule, ...], *, protection: float
) -> Levels:
    """The levels for cells with `people` in them, of which `hits` (rules by cells) says which."""
    hits = hits & (people > 0)
    cells = np.flatnonzero(hits.any(axis=0))
    counts = people[cells].astype(float)
    lower, upper, width = (np.zeros(len(cells)) for _ in range(3))
    for number, rule in enumerate(rules):
        hit = hits[number, cells]
        if rule.kind in ("people", "sensitive"):
            upper = np.where(hit, np.maximum(upper, rule.limit - counts), upper)
            width = np.where(hit, np.maximum(width, rule.limit - 1), width)
        else:
            margin = np.maximum(np.ceil(protection * counts), 1.0)
            upper = np.where(hit, np.maximum(upper, margin), upper)
            width = np.where(hit, np.maximum(width, 2 * margin), width)
    first = hits[:, cells].argmax(axis=0) if len(cells) else np.zeros(0, int)
    return Levels(cells=cells, lower=lower, upper=upper, width=width, rule=first, rules=rules)


def describe_rules(rules: Sequence[CellRule]) -> tuple[str, ...]:
    """Each rule with its reason, as a sentence."""
    return tuple(rule.sentence for rule in rules)
