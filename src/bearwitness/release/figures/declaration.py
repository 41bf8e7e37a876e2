"""What a figure is, as study.toml declares it: once, under [[figures]]. Read strictly.

KEYS and KINDS are data; docs/reference/study.md is generated from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from bearwitness.errors import FigureUnknown, StudyInvalid
from bearwitness.release.figures.expression import Formula, Part, read_formula
from bearwitness.release.figures.figure import Wording
from bearwitness.release.figures.units import is_money, read_unit
from bearwitness.release.figures.wording import LANGUAGES, unknown_placeholder

_NUMBER = (int, float)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

# key -> (type, meaning)
KEYS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "id": (str, "its name in the report text and in formulas"),
    "kind": (str, "one of the kinds below"),
    "statement": (str, "the sentence, with {value}, {lower}, {upper}, {value:unit}, {level}, "
                       "{population}, {period}, {unit}, {source}; each kind has one of its own"),
    "unit": (str, 'what is counted: "people", "percent", "USD per person per year"'),
    "price_year": (int, "of an amount of money: the year whose money it is"),
    "population": (str, "of whom; the study's where it is left out, except for a cited figure"),
    "period": (str, "when, as EDTF; the study's where it is left out"),
    "place": (str, "where; the study's where it is left out"),
    "base": (str, "out of how many, or of what; most kinds know it themselves"),
    "ko": (dict, "statement, population, base, method, unit, population_reason in Korean"),
    "zh-Hans": (dict, "statement, population, base, method, unit in Chinese"),
    "method": (str, "the estimator whose estimate it is; the headline's where it is left out"),
    "stratum": (str, "the stratum whose estimate it is; of all people where it is left out"),
    "list": (str, "the list whose total it is"),
    "table": (str, "where it is counted: acts or members"),
    "of": (dict, "which rows or people are the base: column = value, or a list of values"),
    "where": (dict, "which of them are counted, in the same form"),
    "count": (str, "what is counted: people or acts"),
    "first": ((str, list), "the act, or acts, that the people of the base went through"),
    "then": ((str, list), "the act that followed"),
    "within": (str, 'how soon it followed: "30 days", "1 month" (31 days), "2 years" (366 each)'),
    "interval": (str, "of a share: wilson, jeffreys or none"),
    "quantile": (_NUMBER, "which: 0.5 is the median"),
    "of_column": (str, "a quantile's column: birth_year, or days from `first` to `then`"),
    "at": (str, "the date at which before becomes after, as EDTF"),
    "before": (str, "the period before, as EDTF; as long as the one after where left out"),
    "after": (str, "the period after, as EDTF"),
    "value": (_NUMBER, "a cited value"),
    "lower": (_NUMBER, "the lower end of a cited range or interval"),
    "upper": (_NUMBER, "the upper end of a cited range or interval"),
    "source": (str, "where a cited value was published"),
    "said_by": (str, "who said it first"),
    "repeated_by": (list, "who repeated it"),
    "quote": (str, "the exact words"),
    "claim": (str, "the id of a claim in the register, in place of value, unit, source"),
    "spread": (str, "how a cited range is drawn from: uniform (if left out), triangular, pert, "
                    "normal, lognormal"),
    "mode": (_NUMBER, "the likeliest value, for triangular and pert"),
    "level": (float, "the level of an interval: 0.95 where it is left out"),
    "formula": (str, "other figures' ids, numbers, + - * / and brackets"),
    "dependence": ((str, int, float), "between the parts of a formula: unknown (if left out), "
                                      "independent, comonotone, or a correlation"),
    "correlations": (list, "of two parts each: [[\"a\", \"b\", 0.5]]"),
    "dependence_reason": (str, "why the parts depend on each other so"),
    "population_reason": (str, "why figures of different populations may be put together"),
    "unit_reason": (str, "why the unit is not what the formula gives"),
}  # fmt: skip

_COMMON = ("id", "kind", "statement", "unit", "population", "period", "place", "base",
           "ko", "zh-Hans")  # fmt: skip
_COUNTED = ("table", "of", "where", "count")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a kind of figure is, which keys it takes beside the common ones, and which it needs."""

    meaning: str
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "count": Kind(
        meaning="people on any list; or, with `table`, people or acts counted in that table",
        takes=_COUNTED,
    ),
    "share": Kind(
        meaning="of the people or acts of a base, the percentage that is also in `where`",
        takes=(*_COUNTED, "interval", "level"),
        needs=("table", "where"),
    ),
    "sequence_share": Kind(
        meaning="of the people who went through `first`, the percentage for whom `then` followed "
        "within a time: between those for whom it surely did and those for whom it may have",
        takes=("first", "then", "within", "of", "interval", "level"),
        needs=("first", "then", "within"),
    ),
    "rate": Kind(
        meaning="acts a year over the period, with an interval for a Poisson count",
        takes=(*_COUNTED, "level"),
        needs=("table",),
    ),
    "quantile": Kind(
        meaning="a quantile of a year of birth, or of the days from `first` to `then`",
        takes=("table", "of", "quantile", "of_column", "first", "then", "level"),
        needs=("of_column",),
    ),
    "estimate": Kind(meaning="people in all, by one method", takes=("method", "stratum")),
    "unseen": Kind(meaning="people on no list, by one method", takes=("method",)),
    "list_total": Kind(meaning="people on one list", takes=("list",), needs=("list",)),
    "before_after": Kind(
        meaning="how many times as many acts a day after a date as before it",
        takes=(*_COUNTED, "at", "before", "after", "level"),
        needs=("at", "table"),
    ),
    "cited": Kind(
        meaning="what somebody else published; never our own finding",
        takes=("value", "lower", "upper", "source", "said_by", "repeated_by", "quote", "claim",
               "spread", "mode", "level", "price_year"),
    ),
    "composed": Kind(
        meaning="worked out of other figures, with what is not known of them",
        takes=("formula", "dependence", "correlations", "dependence_reason", "population_reason",
               "unit_reason", "level", "price_year"),
        needs=("formula", "unit"),
    ),
}  # fmt: skip
_SAME_KIND = {"observed": "count"}  # an earlier name, still read


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One figure as declared. `told` holds its keys; `where` is what errors say."""

    id: str
    kind: str
    told: Mapping[str, Any]
    words: Mapping[str, Wording]
    where: str

    def get(self, key: str, default: Any = None) -> Any:
        return self.told.get(key, default)

    @property
    def formula(self) -> Formula:
        return read_formula(self.told["formula"], where=self.where)

    def wrong(self, what: str, hint: str) -> StudyInvalid:
        """An error about this figure."""
        return StudyInvalid(what, where=self.where, hint=hint)


def declare(
    entries: Sequence[Mapping[str, Any]], *, where: str = "study.toml"
) -> list[Declaration]:
    """Check declarations and put them into an order in which each comes after its parts.

    Raises StudyInvalid for an unknown kind or key, a key that the kind does not take or that it
    lacks, a statement with an unknown placeholder, an id given twice, a cited figure without
    population, money without its year, and figures that rest on each other in a ring; FigureUnknown
    for a formula that names a figure that there is not.
    """
    found = [_declaration(entry, where, number) for number, entry in enumerate(entries, start=1)]
    known: dict[str, Declaration] = {}
    for one in found:
        if one.id in known:
            raise one.wrong("two figures have this id", "Give each an id of its own.")
        known[one.id] = one
    return [known[name] for name in _in_order(known)]


def _declaration(entry: Mapping[str, Any], where: str, number: int) -> Declaration:
    for key in ("id", "kind"):
        if key not in entry:
            raise StudyInvalid(
                f"{key} is missing",
                where=f"{where} [[figures]] number {number}",
                hint="Each figure needs an id and a kind.",
            )
    place = f"{where} [[figures]] {entry['id']}"
    kind = _SAME_KIND.get(entry["kind"], entry["kind"])
    if not _ID.fullmatch(entry["id"]):
        raise StudyInvalid(
            "this id cannot stand in a placeholder or a formula",
            where=place,
            hint="Letters, digits, - and _ only, with a letter first.",
        )
    if kind not in KINDS:
        raise StudyInvalid(
            f"there is no kind of figure {kind!r}",
            where=place,
            hint=f"{_near(kind, KINDS)}Kinds: {', '.join(KINDS)}.",
        )
    one = Declaration(
        id=entry["id"], kind=kind, told=dict(entry), words=_words(entry, place), where=place
    )
    _check_keys(one)
    _check_statements(one)
    _check_money(one)
    if kind == "cited":
        _check_cited(one)
    return one


def _check_keys(one: Declaration) -> None:
    kind = KINDS[one.kind]
    takes = (*_COMMON, *kind.takes)
    for key, value in one.told.items():
        if key not in takes:
            raise one.wrong(
                f"a {one.kind} takes no key {key!r}",
                f"{_near(key, takes)}It takes: {', '.join(takes)}.",
            )
        types = KEYS[key][0]
        if not isinstance(value, types) or isinstance(value, bool):
            raise one.wrong(f"{key} is of the wrong type", KEYS[key][1])
    for key in kind.needs:
        if key not in one.told:
            raise one.wrong(f"a {one.kind} needs {key}", f"{key}: {KEYS[key][1]}.")
    level = one.get("level", 0.95)
    if not 0.5 <= level < 1:
        raise one.wrong("level should lie between 0.5 and 1", "Write 0.95, not 95.")


def _check_statements(one: Declaration) -> None:
    statements = [one.get("statement", ""), *(w.statement for w in one.words.values())]
    for statement in statements:
        if strange := unknown_placeholder(statement):
            raise one.wrong(
                f"the statement holds a placeholder that is not known: {strange}",
                f"Known: {KEYS['statement'][1]}.",
            )


def _check_money(one: Declaration) -> None:
    if is_money(one.get("unit", "")) and one.kind == "cited":
        read_unit(one.told["unit"], price_year=one.get("price_year"), where=one.where)


def _check_cited(one: Declaration) -> None:
    if "claim" in one.told:
        return
    if not one.get("population"):
        raise one.wrong(
            "a claim without population",
            "Write population = of whom the publisher says it, in the publisher's terms.",
        )
    if all(one.get(key) is None for key in ("value", "lower", "upper")):
        raise one.wrong(
            "a cited figure needs a value", "Write value, or lower and upper, or claim."
        )
    low, high = one.get("lower"), one.get("upper")
    if low is not None and high is not None and low > high:
        raise one.wrong("lower is above upper", "Swap them.")


def _words(entry: Mapping[str, Any], where: str) -> dict[str, Wording]:
    known = [f.name for f in fields(Wording)]
    found = {}
    for language in LANGUAGES[1:]:
        told = entry.get(language, {})
        for key in told if isinstance(told, Mapping) else ():
            if key not in known:
                raise StudyInvalid(
                    f"[figures.{language}] takes no key {key!r}",
                    where=where,
                    hint=f"{_near(key, known)}It takes: {', '.join(known)}.",
                )
        if told and isinstance(told, Mapping):
            found[language] = Wording(**told)
    return found


def _in_order(known: Mapping[str, Declaration]) -> list[str]:
    """Depth first; figures that rest on none keep their order. Rings are refused with their way."""
    done: list[str] = []

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in done:
            return
        if name in way:
            ring = " → ".join([*way[way.index(name) :], name])
            raise known[name].wrong(
                f"figures rest on each other in a ring: {ring}",
                "A composed figure rests on others, and at the end on some that are not composed.",
            )
        for part in parts_of(known[name], known):
            visit(part, (*way, name))
        done.append(name)

    for name in known:
        visit(name, ())
    return done


def parts_of(one: Declaration, known: Mapping[str, Declaration]) -> list[str]:
    """The figures that a composed one names, each once. Raises FigureUnknown."""
    if one.kind != "composed":
        return []
    names = list(dict.fromkeys(one.formula.names()))
    if not names:
        raise one.wrong("the formula names no figure", "Compose at least one figure.")
    for name in names:
        if name not in known:
            raise FigureUnknown(
                f"the formula names {name!r}, and there is no such figure",
                where=one.where,
                hint=f"{_near(name, known)}Declared: {', '.join(known)}.",
            )
    return names


def formula_down_to_parts(name: str, known: Mapping[str, Declaration]) -> Formula:
    """The formula of a figure with those of composed parts put in, so that a part that stands in
    it twice is known to be one thing.
    """
    one = known[name]
    if one.kind != "composed":
        return Part(name)
    return one.formula.put({n: formula_down_to_parts(n, known) for n in one.formula.names()})


def _near(word: str, known: Any) -> str:
    near = get_close_matches(str(word), list(known), 1)
    return f"Did you mean {near[0]!r}? " if near else ""
