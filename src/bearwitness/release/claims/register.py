"""The register of claims: one published claim a row, and the claim that it repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

from bearwitness.errors import TableMismatch

COLUMNS = (
    "id", "published", "publisher", "title", "attributed_to", "measure", "population", "low",
    "high", "unit", "period", "cites", "note", "words",
)  # fmt: skip
NEEDED = ("id", "published", "publisher", "measure", "population", "unit")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a publisher printed. `low` or `high` is None for an open end ("over", "up to").

    `cites` is the id of the claim that it repeats, where that is known; `words` are its exact
    words, where they may be quoted. It is never our finding.
    """

    id: str
    published: str
    publisher: str
    measure: str
    population: str
    unit: str
    low: float | None = None
    high: float | None = None
    title: str = ""
    attributed_to: str = ""
    period: str = ""
    cites: str = ""
    note: str = ""
    words: str = ""

    @property
    def value(self) -> str:
        """As it would be printed: "150,000 to 200,000 persons", "over 82,000 cases"."""
        low, high = (None if end is None else f"{end:,.10g}" for end in (self.low, self.high))
        if low is None and high is None:
            return f"no number ({self.unit})"
        if low is None:
            return f"up to {high} {self.unit}"
        if high is None:
            return f"over {low} {self.unit}"
        return f"{low} {self.unit}" if low == high else f"{low} to {high} {self.unit}"

    @property
    def year(self) -> int:
        return int(self.published[:4])


@dataclass(frozen=True, kw_only=True)
class Plausible:
    """What an amount a person a year is known to be elsewhere, with who says so."""

    unit: str
    low: float
    high: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Register:
    """Claims in order of publication. `parts` says which population is a part of which; `plausible`
    what amounts a person are known elsewhere. Both are decided by hand.
    """

    claims: Mapping[str, Claim]
    parts: Mapping[str, str]
    plausible: tuple[Plausible, ...] = ()

    def chain(self, claim: Claim) -> list[Claim]:
        """The claim, the one it repeats, and so on to the first that is known."""
        found = [claim]
        while found[-1].cites:
            found.append(self.claims[found[-1].cites])
        return found

    def wholes(self, population: str) -> Iterator[str]:
        """Every population that this one is a part of, nearest first."""
        while population in self.parts:
            population = self.parts[population]
            yield population


def read_claims(
    columns: Mapping[str, Sequence[object]],
    *,
    parts: Mapping[str, str] | None = None,
    plausible: Sequence[Plausible] = (),
    where: str = "",
) -> Register:
    """Read a register from columns of text, as `COLUMNS` names them; order does not matter.

    Raises TableMismatch, with row and column, for a column that is missing, a claim without
    population, unit, publisher or date, a number that is none, an id given twice, a claim that
    cites one that is not there, and claims that cite each other in a ring.
    """
    missing = [name for name in (*NEEDED, "low", "high") if name not in columns]
    if missing:
        raise TableMismatch(
            f"there is no column {missing[0]!r}",
            where=where,
            hint=f"A register of claims has the columns {', '.join(COLUMNS)}.",
        )
    rows = len(columns["id"])
    read = [_claim(columns, row, _Place(where=where, row=row + 2)) for row in range(rows)]
    _check_ids(read, where)
    ordered = sorted(read, key=lambda claim: (claim.published.strip("~?"), claim.id))
    register = Register(
        claims={claim.id: claim for claim in ordered},
        parts=dict(parts or {}),
        plausible=tuple(plausible),
    )
    _check_rings(register.parts, where, "populations are parts of each other in a ring")
    return register


def read_parts(columns: Mapping[str, Sequence[object]], *, where: str = "") -> dict[str, str]:
    """Which population is a part of which, as somebody decided: columns population, part_of."""
    for name in ("population", "part_of"):
        if name not in columns:
            raise TableMismatch(
                f"there is no column {name!r}", where=where, hint="Columns: population, part_of."
            )
    pairs = zip(columns["population"], columns["part_of"], strict=True)
    return {str(part).strip(): str(whole).strip() for part, whole in pairs if str(whole).strip()}


def read_plausible(
    columns: Mapping[str, Sequence[object]], *, where: str = ""
) -> tuple[Plausible, ...]:
    """What amounts a person are known elsewhere: columns unit, low, high, source.

    Raises TableMismatch for a missing column, a number that is none, and a row without source.
    """
    for name in ("unit", "low", "high", "source"):
        if name not in columns:
            raise TableMismatch(
                f"there is no column {name!r}",
                where=where,
                hint="Columns: unit, low, high, source.",
            )
    found = []
    for row in range(len(columns["unit"])):
        place = _Place(where=where, row=row + 2)
        texts = {name: str(columns[name][row] or "").strip() for name in ("unit", "source")}
        ends = {n: _number(str(columns[n][row] or ""), place.of(n)) for n in ("low", "high")}
        empty = next((n for n, v in (texts | ends).items() if v in ("", None)), "")
        if empty:
            raise TableMismatch("this is needed", where=place.of(empty), hint="Say who says so.")
        found.append(Plausible(**texts, **ends))  # type: ignore[arg-type]
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class _Place:
    where: str
    row: int

    def of(self, column: str) -> str:
        cell = f"column {column!r}, row {self.row}"
        return f"{self.where}, {cell}" if self.where else cell


def _claim(columns: Mapping[str, Sequence[object]], row: int, place: _Place) -> Claim:
    texts = {
        name: "" if columns[name][row] is None else str(columns[name][row]).strip()
        for name in COLUMNS
        if name in columns
    }
    for name in NEEDED:
        if not texts[name]:
            raise TableMismatch(
                "a claim needs this", where=place.of(name), hint="Write what the publisher stated."
            )
    _check_date(texts["published"], place)
    ends = {end: _number(texts.pop(end), place.of(end)) for end in ("low", "high")}
    low, high = ends["low"], ends["high"]
    if low is not None and high is not None and low > high:
        raise TableMismatch("low is above high", where=place.of("low"), hint="Swap them.")
    return Claim(low=low, high=high, **texts)


def _number(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", ""))
    except ValueError as error:
        raise TableMismatch(
            "this is not a number", where=where, hint="Digits only; leave an open end empty."
        ) from error


def _check_date(text: str, place: _Place) -> None:
    try:
        parse_edtf(text)
        if not re.match(r"\d{4}", text):
            raise ValueError
    except (EDTFParseException, ValueError) as error:
        raise TableMismatch(
            "this is not a date that we can read",
            where=place.of("published"),
            hint="EDTF, as precise as it is known: 2023, 2023-03, 2023-03-24, 2023~.",
        ) from error


def _check_ids(claims: Sequence[Claim], where: str) -> None:
    known: set[str] = set()
    for row, claim in enumerate(claims, start=2):
        if claim.id in known:
            raise TableMismatch(
                "this id was given to an earlier claim",
                where=_Place(where=where, row=row).of("id"),
                hint="Give each claim an id of its own.",
            )
        known.add(claim.id)
    for row, claim in enumerate(claims, start=2):
        if claim.cites and claim.cites not in known:
            raise TableMismatch(
                "no claim of the register has this id",
                where=_Place(where=where, row=row).of("cites"),
                hint="Register the claim that is cited first, or leave the cell empty.",
            )
    _check_rings({c.id: c.cites for c in claims if c.cites}, where, "claims cite each other")


def _check_rings(above: Mapping[str, str], where: str, what: str) -> None:
    for start in above:
        seen, at = {start}, start
        while at in above:
            at = above[at]
            if at in seen:
                raise TableMismatch(what, where=where, hint="A chain must end somewhere.")
            seen.add(at)
