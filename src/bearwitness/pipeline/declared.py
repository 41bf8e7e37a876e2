"""[[tables]] of study.toml: dimensions, hierarchies, rules, method; each error says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from bearwitness.casebook.places import find_places, gazetteer, name_in_full, within
from bearwitness.errors import BearwitnessError, StudyInvalid
from bearwitness.pipeline.analyse import Linked
from bearwitness.pipeline.study import Study
from bearwitness.release.disclosure import CellRule, Hierarchy, make_hierarchy
from bearwitness.release.disclosure.hierarchy import (
    NOT_STATED,
    OTHER,
    band_names,
    band_of,
)
from bearwitness.release.disclosure.problem import WEIGHTS

METHODS = ("suppress", "round", "perturb")
COLUMNS = ("sex", "age", "birth", "origin", "place", "stratum")
GAZETTEER = "gazetteer"
_RULE_KEYS = {"kind", "limit", "reason", "dimension", "categories"}


@dataclass(frozen=True, kw_only=True)
class TableDeclaration:
    """One table as declared."""

    name: str
    title: str
    dimensions: tuple[str, ...]
    rules: tuple[CellRule, ...]
    method: str
    base: int
    weight: str
    seconds: float
    settings: Mapping[str, Any]


def declare_tables(study: Study) -> tuple[TableDeclaration, ...]:
    """The tables of a study. Raises StudyInvalid for what cannot be meant."""
    found = tuple(_declare(study, entry) for entry in study.tables)
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise StudyInvalid("two [[tables]] have one name", where=_where(study, names[0]))
    return found


def dimension_of(
    declared: TableDeclaration, name: str, study: Study, linked: Linked
) -> tuple[Hierarchy, list[str | None]]:
    """A dimension's tree and each record's value, as its categories name it."""
    where = _where(study, declared.name)
    if name in ("age", "birth"):
        return _bands(declared, name, linked, where)
    values = linked.members.column(name).to_pylist()
    told = declared.settings.get("hierarchies", {}).get(name)
    if told == GAZETTEER:
        return _by_gazetteer(name, values)
    pairs = _pairs(study, told, where)
    named = {child for child, _ in pairs} | {parent for _, parent in pairs}
    if pairs:
        seen = [v if v in named else (OTHER if v else None) for v in values]
    else:
        seen = [v or None for v in values]
    return _tree(name, pairs, seen, where)


def place_words(language: str) -> dict[str, str]:
    """The places of the gazetteer as tables name them, English to a language."""
    return {place.name("en"): place.name(language) for place in gazetteer().values()}


def _declare(study: Study, entry: Mapping[str, Any]) -> TableDeclaration:
    where = _where(study, entry["name"])
    known = [c for c in COLUMNS if c == "age" or any(c in e["columns"] for e in study.lists)]
    for name in entry["dimensions"]:
        if name not in known:
            near = get_close_matches(str(name), known, 1)
            raise StudyInvalid(
                f"there is no column {name!r} to make a dimension of",
                where=where,
                hint=f"{f'Did you mean {near[0]!r}? ' if near else ''}The lists tell: "
                f"{', '.join(known)}.",
            )
    if len(set(entry["dimensions"])) != len(entry["dimensions"]) or not entry["dimensions"]:
        raise StudyInvalid("dimensions should be different columns, one at least", where=where)
    _choice(entry, "method", METHODS, where)
    _choice(entry, "weight", WEIGHTS, where)
    return TableDeclaration(
        name=entry["name"],
        title=entry.get("title", f"People by {' and '.join(entry['dimensions'])}"),
        dimensions=tuple(entry["dimensions"]),
        rules=_rules(study, entry, where),
        method=entry.get("method", "suppress"),
        base=entry.get("base", 5),
        weight=entry.get("weight", "people"),
        seconds=float(entry.get("seconds", 20)),
        settings=entry,
    )


def _choice(entry: Mapping[str, Any], key: str, known: Sequence[str], where: str) -> None:
    if entry.get(key, known[0]) not in known:
        raise StudyInvalid(
            f"{key} {entry[key]!r} is not known", where=where, hint=f"Known: {', '.join(known)}."
        )


def _rules(study: Study, entry: Mapping[str, Any], where: str) -> tuple[CellRule, ...]:
    """The study's threshold for people and sources, and what the table adds."""
    general = study.rules
    found = [
        CellRule(kind="people", limit=general.threshold, reason=general.threshold_reason),
        CellRule(
            kind="sources", limit=general.threshold,
            reason="whoever told can be recognised by what is told of them",
        ),
    ]  # fmt: skip
    for told in entry.get("rules", ()):
        if unknown := sorted(set(told) - _RULE_KEYS):
            raise StudyInvalid(
                f"a rule has an unknown key {unknown[0]!r}",
                where=where,
                hint=f"Known here: {', '.join(sorted(_RULE_KEYS))}.",
            )
        if missing := [key for key in ("kind", "limit", "reason") if key not in told]:
            raise StudyInvalid(f"a rule lacks its {missing[0]}", where=where)
        if told.get("dimension", "") not in ("", *entry["dimensions"]):
            raise StudyInvalid(
                f"a rule is on {told['dimension']!r}, which is no dimension of this table",
                where=where,
                hint=f"Its dimensions: {', '.join(entry['dimensions'])}.",
            )
        lists: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in told.items()}
        try:
            found.append(CellRule(**lists))
        except BearwitnessError as error:
            raise StudyInvalid(error.message, where=where, hint=error.hint) from error
    return tuple(found)


def _pairs(study: Study, told: Any, where: str) -> list[tuple[str, str]]:
    """Child and parent of a hierarchy: written in study.toml, or a file in hand/."""
    if told is None:
        return []
    if isinstance(told, Mapping):
        return [(str(child), str(parent)) for child, parent in told.items()]
    from bearwitness.intake import read_columns

    columns = read_columns(study.hand / str(told))
    if missing := [name for name in ("child", "parent") if name not in columns]:
        raise StudyInvalid(
            f"hand/{told} has no column {missing[0]!r}",
            where=where,
            hint="A hierarchy has the columns child, parent: one row for each category.",
        )
    return list(zip(columns["child"], columns["parent"], strict=True))


def _tree(
    name: str, pairs: Sequence[tuple[str, str]], values: Sequence[str | None], where: str
) -> tuple[Hierarchy, list[str | None]]:
    seen = sorted({v for v in values if v and v != OTHER})
    extra = [OTHER] if OTHER in values else []
    extra += [NOT_STATED] if None in values else []
    tree = make_hierarchy(name, pairs, values=[*seen, *extra], where=where)
    return tree, list(values)


def _bands(
    declared: TableDeclaration, name: str, linked: Linked, where: str
) -> tuple[Hierarchy, list[str | None]]:
    edges = declared.settings.get("bands", {}).get(name)
    if not edges:
        raise StudyInvalid(
            f"the dimension {name!r} needs bands",
            where=where,
            hint=f"For example: bands = {{ {name} = [18, 30, 45] }}.",
        )
    early, late = (linked.members.column(c).to_pylist() for c in ("birth_earliest", "birth_latest"))
    if name == "age":
        year = declared.settings.get("age_in")
        if year is None:
            raise StudyInvalid("ages need a year", where=where, hint="For example: age_in = 2019.")
        early, late = [[None if b is None else year - b for b in ends] for ends in (late, early)]
    values = [band_of(low, high, edges) for low, high in zip(early, late, strict=True)]
    extra = [NOT_STATED] if None in values else []
    return make_hierarchy(name, (), values=[*band_names(edges), *extra], where=where), values


def _by_gazetteer(name: str, values: Sequence[str | None]) -> tuple[Hierarchy, list[str | None]]:
    """Places by the gazetteer's tree, whatever script or spelling they were written in."""
    # Sorted: a set's order differs from process to process, and tables would differ with it.
    places = {v: find_places(v) for v in sorted({v for v in values if v})}
    # Of a name that several places have, the one that holds all others is meant, if there is one.
    found = {
        v: some[0]
        for v, some in places.items()
        if some and all(some[0] in within(place) for place in some)
    }
    pairs: dict[str, str] = {}
    for place in found.values():
        chain = within(place)
        pairs |= {name_in_tables(low): name_in_tables(high) for low, high in pairwise(chain)}
    called = {v: name_in_tables(place) for v, place in found.items()}
    told = [called.get(v, OTHER) if v else None for v in values]
    return _tree(name, list(pairs.items()), told, "")


def name_in_tables(place: Any) -> str:
    """What tables call a place: its name, in full where another has the same."""
    alike = [other for other in gazetteer().values() if other.name("en") == place.name("en")]
    return str(place.name("en") if len(alike) == 1 else name_in_full(place))


def _where(study: Study, name: str) -> str:
    return f"{study.folder.name}/study.toml [[tables]] {name}"
