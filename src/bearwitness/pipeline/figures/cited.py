"""Cited figures: what others published, from the declaration or from the register of claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bearwitness.pipeline.figures.given import Given, Made, factor_of, needs, start
from bearwitness.release.claims import NO_SOURCE, Claim, Register
from bearwitness.release.figures import Declaration, Leaf, tell
from bearwitness.release.figures.spreads import Known, Scaled, Spread, spread_of_range
from bearwitness.release.figures.wording import exact_step


@dataclass(frozen=True, kw_only=True)
class Cited:
    """What was published. `who` says it in a caveat."""

    value: float | None
    lower: float | None
    upper: float | None
    unit: str
    source: str
    who: str
    told: Mapping[str, Any]
    first: str = ""
    repeated_by: tuple[str, ...] = ()
    quote: str = ""

    @property
    def ends(self) -> tuple[float | None, float | None]:
        if self.lower is None and self.upper is None:
            return self.value, self.value
        return self.lower, self.upper


def make_cited(given: Given, one: Declaration) -> Made:
    """A cited figure, marked as such; its leaf draws from its range as the declaration states."""
    cited = _from_claim(given, one) if "claim" in one.told else _from_declaration(one)
    values = [v for v in (cited.value, cited.lower, cited.upper) if v is not None]
    rest = {key: cited.told[key] for key in ("population", "period", "price_year")}
    figure = start(
        given, one,
        value=cited.value, lower=cited.lower, upper=cited.upper, unit=cited.unit,
        step=exact_step(*values), source=cited.source, marked=not given.study.fictional,
        method=tell("method_cited", source=cited.source), base=tell("base_as_published"),
        provenance="cited", caveats=_caveats(one, cited),
        **{key: value for key, value in rest.items() if value is not None},
    )  # fmt: skip
    leaf, why = _leaf(one, cited)
    return Made(figure=figure, leaf=leaf, no_part=why)


def _from_declaration(one: Declaration) -> Cited:
    told = {key: one.get(key) for key in ("population", "period", "price_year")}
    source = one.get("source") or "?"
    return Cited(
        value=_float(one.get("value")), lower=_float(one.get("lower")),
        upper=_float(one.get("upper")), unit=one.get("unit", ""), source=source, who=source,
        told=told, first=one.get("said_by", ""), repeated_by=tuple(one.get("repeated_by", ())),
        quote=one.get("quote", ""),
    )  # fmt: skip


def _from_claim(given: Given, one: Declaration) -> Cited:
    register: Register = needs(one, given.register, "a register of claims: [claims]")
    name = one.told["claim"]
    if name not in register.claims:
        raise one.wrong(
            f"no claim of the register has the id {name!r}",
            "Register it first, with its source.",
        )
    claim = register.claims[name]
    for key in ("value", "lower", "upper", "unit", "population", "source"):
        if key in one.told:
            raise one.wrong(
                f"{key} is stated here and in the register",
                "Leave it out: a cited figure says what the claim says.",
            )
    low, high = claim.low, claim.high
    is_exact = low is not None and low == high
    money = one.get("price_year", claim.year)
    told = {"population": claim.population, "period": claim.period or None, "price_year": money}
    repeating = [c for c in register.claims.values() if c.cites == claim.id]
    return Cited(
        value=low if is_exact else None, lower=None if is_exact else low,
        upper=None if is_exact else high, unit=claim.unit, source=_source(claim),
        who=claim.publisher, told=told, first=_first(register, claim), quote=claim.words,
        repeated_by=tuple(_source(c) for c in repeating),
    )  # fmt: skip


def _source(claim: Claim) -> str:
    title = f", {claim.title}" if claim.title else ""
    return f"{claim.publisher} ({claim.published}{title})"


def _first(register: Register, claim: Claim) -> str:
    """Who is said to have said it first; empty where nobody can be asked."""
    last = register.chain(claim)[-1]
    return "" if last.attributed_to.casefold() in NO_SOURCE else last.attributed_to


def _caveats(one: Declaration, cited: Cited) -> tuple[Mapping[str, str], ...]:
    found = []
    if cited.first:
        found.append(tell("said_by", who=cited.first))
    elif "claim" in one.told:
        found.append(tell("no_first_source"))
    if cited.repeated_by:
        found.append(tell("repeated_by", who="; ".join(cited.repeated_by)))
    if cited.quote:
        found.append(tell("quote", words=cited.quote))
    low, high = cited.ends
    if low is None:
        found.append(tell("up_to", who=cited.who))
    if high is None:
        found.append(tell("at_least", who=cited.who))
    return tuple(found)


def _leaf(one: Declaration, cited: Cited) -> tuple[Leaf | None, str]:
    """An open end is the other one, and known to be open."""
    low, high = cited.ends
    key = f"claim:{one.told['claim']}" if "claim" in one.told else one.id
    factor = factor_of(one, cited.unit, cited.told["price_year"])
    if low is None or high is None:
        only = high if low is None else low
        assert only is not None  # noqa: S101 - a claim without a number is refused by its reader
        known = Scaled(Known(only), factor)
        return Leaf(key=key, spread=known, open_above=high is None, open_below=low is None), ""
    told = dict(one.told)
    if cited.value is not None and low != high:
        if "spread" not in told:
            return None, "it has a value and an interval: state its spread, to be drawn from"
        told.setdefault("mode", cited.value)
    spread: Spread = spread_of_range(low, high, told, where=one.where)
    return Leaf(key=key, spread=Scaled(spread, factor)), ""


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
