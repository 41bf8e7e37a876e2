"""What a stranger can check of a package beyond its seals: its rules, and its figures again."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bearwitness.errors import DisclosureUnsafe, FigureDiffers, PackageInvalid, RulesBroken
from bearwitness.estimation import make_estimator
from bearwitness.pipeline.obey import rounded
from bearwitness.release import (
    Rules,
    SafeHistories,
    Verified,
    attack,
    open_package,
    recompute,
    verify_package,
)

_ANY, _ON = "on any list", "all on "
Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Again:
    """One published number: whether it was worked out again, and from what, or why not."""

    name: str
    is_recomputed: bool
    how: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A package whose seals, rules and figures hold, as far as `again` says."""

    verified: Verified
    rules: tuple[str, ...]
    again: tuple[Again, ...]

    @property
    def recomputed(self) -> int:
        return sum(one.is_recomputed for one in self.again)


def check_package(
    path: Path | str, *, signer: str | None = None, authority: Path | None = None
) -> Checked:
    """Verify a package (a folder or a .zip), then its rules, then every figure that its tables
    allow. Raises VerificationError of the kind that was found.
    """
    with open_package(path) as folder:
        verified = verify_package(folder, signer=signer, authority=authority)
        data = folder / "data"
        return Checked(
            verified=verified,
            rules=tuple(_check_rules(data)),
            again=(*_check_estimates(data), *_check_figures(data)),
        )


def _check_rules(data: Path) -> Iterator[str]:
    """The printed table of overlaps keeps the rules that the package states."""
    safe = read_printed_histories(data)
    if safe is None:
        return
    rules = safe.rules
    if rules.is_waived:
        yield f"no count is withheld: {rules.threshold_reason}"
        return
    printed = {**safe.patterns, **safe.list_totals, _ANY: safe.observed}
    for name, count in printed.items():
        _check_count(name, count, rules)
    yield f"no printed count is below {rules.threshold}; all are multiples of {rules.rounding}"
    for pattern in (p for p, count in safe.patterns.items() if count is None):
        low, high = _narrowed(safe, pattern)
        if high < rules.threshold or high - low < rules.threshold - 1:
            raise RulesBroken(
                f"a withheld count on {pattern.count('+') + 1} lists can be computed from the rest",
                where="data/histories.csv",
                hint="Tell the publisher, and nobody else: it is about few people.",
            )
    if safe.withheld:
        yield f"none of {safe.withheld} withheld counts can be computed from what is printed"


def _narrowed(safe: SafeHistories, pattern: str) -> tuple[float, float]:
    try:
        return attack(safe, pattern)
    except DisclosureUnsafe as error:
        raise RulesBroken(
            "the printed counts contradict one another",
            where="data/histories.csv",
            hint="Ask the publisher: no table of people gives all of them.",
        ) from error


def _check_count(name: str, count: int | None, rules: Rules) -> None:
    if count is None or count == 0:
        return
    if count < rules.threshold - rules.rounding // 2:
        raise RulesBroken(
            f"a count below {rules.threshold} is printed: {name}",
            where="data/histories.csv",
            hint="Tell the publisher, and nobody else: it is about few people.",
        )
    if rules.rounding > 1 and count % rules.rounding:
        raise RulesBroken(
            f"a count is no multiple of {rules.rounding}: {name}", where="data/histories.csv"
        )


def read_printed_histories(data: Path) -> SafeHistories | None:
    """The printed table of overlaps, as it was before it was written; None where there is none."""
    rows = _read(data / "histories.csv")
    if rows is None:
        return None
    facts = json.loads((data / "provenance.json").read_text(encoding="utf-8"))
    counts = {row["lists"]: int(row["people"]) if row["people"] else None for row in rows}
    totals = {name[len(_ON) :]: n for name, n in counts.items() if name.startswith(_ON)}
    patterns = {n: c for n, c in counts.items() if n != _ANY and not n.startswith(_ON)}
    return SafeHistories(
        patterns=patterns,
        list_totals=totals,
        observed=counts.get(_ANY),
        rules=Rules(**facts["release"]),
    )


def _check_figures(data: Path) -> Iterator[Again]:
    rows = _read(data / "figures.csv") or []
    printed = _read(data / "histories.csv") or []
    known = {row["lists"]: float(row["people"]) if row["people"] else None for row in printed}
    estimates = {
        row["method"]: row for row in _read(data / "estimates.csv") or [] if not row["stratum"]
    }
    for row in rows:
        wrong = recompute(_numbers(row), {"histories.csv": known})
        if wrong:
            raise FigureDiffers(wrong, where="data/figures.csv", hint="Ask the publisher why.")
        yield _figure_again(row, estimates, known.get(_ANY))


def _figure_again(row: Row, estimates: Mapping[str, Row], observed: float | None) -> Again:
    told = json.loads(row["recipe"]) if row["recipe"] else {}
    name = f"figure {row['id']}"
    if "table" in told:
        return Again(name=name, is_recomputed=True, how=f"as printed in {told['table']}")
    if "count" in told:
        return Again(name=name, is_recomputed=False, how="a count of rows that stay inside")
    if "bounds" in told:
        return Again(name=name, is_recomputed=True, how="from its printed bounds alone")
    if told:
        return Again(name=name, is_recomputed=True, how="from its recipe in figures.csv")
    if row["kind"] == "cited":
        return Again(name=name, is_recomputed=False, how="cited: compare it with its source")
    return _estimate_stated(row, estimates, 0.0 if row["kind"] == "estimate" else observed)


def _estimate_stated(row: Row, estimates: Mapping[str, Row], less: float | None) -> Again:
    """An estimate as a figure says what estimates.csv says, less those observed for the unseen."""
    name = f"figure {row['id']}"
    method = re.match(r"[\w-]+", row["method"])
    found = estimates.get(method[0]) if method else None
    if row["kind"] in ("estimate", "unseen") and not row["value"]:
        return Again(name=name, is_recomputed=False, how="the verdict lets nothing else be said")
    if found is None or less is None or row["kind"] not in ("estimate", "unseen"):
        return Again(name=name, is_recomputed=False, how="it rests on what is not published")
    for ours, theirs in (("value", "estimate"), ("lower", "lower"), ("upper", "upper")):
        if not row[ours] or not found[theirs]:
            continue
        if abs(float(row[ours]) - max(0.0, float(found[theirs]) - less)) > float(row["step"]):
            raise FigureDiffers(
                f"{row['id']}: {ours} is printed as {row[ours]} and stands as {found[theirs]} in "
                "estimates.csv",
                where="data/figures.csv",
            )
    how = f"as the estimate by {found['method']}"
    how += ", less the people observed" * bool(less)
    return Again(name=name, is_recomputed=True, how=how)


def _check_estimates(data: Path) -> Iterator[Again]:
    """Every estimate that the printed table of overlaps allows, by the same method and seed."""
    safe = read_printed_histories(data)
    facts = json.loads((data / "provenance.json").read_text(encoding="utf-8"))
    why = _why_not(safe, facts)
    for row in _read(data / "estimates.csv") or []:
        name = f"estimate by {row['method']}" + (f" ({row['stratum']})" * bool(row["stratum"]))
        reason = "the table printed has no strata" if row["stratum"] else why
        if reason or safe is None:
            yield Again(name=name, is_recomputed=False, how=reason)
            continue
        _estimate_again(row, safe, facts)
        yield Again(name=name, is_recomputed=True, how="from histories.csv, to the last digit")


def _why_not(safe: SafeHistories | None, facts: Mapping[str, Any]) -> str:
    if safe is None:
        return "no table of overlaps is published"
    if safe.withheld:
        return f"{safe.withheld} counts of the table of overlaps are withheld"
    if safe.rules.rounding > 1:
        return f"the table of overlaps is rounded to {safe.rules.rounding}"
    if "LINKS" in facts["digests"] and facts["linkage"].get("draws") != 1:
        return "it is averaged over draws of the linkage, which are not published"
    return ""


def _estimate_again(row: Row, safe: SafeHistories, facts: Mapping[str, Any]) -> None:
    settings = {k: v for k, v in facts["estimation"].items() if k in ("level", "replicates")}
    estimator = make_estimator(row["method"], seed=facts["seed"], **settings)
    cells = {p: n for p, n in safe.patterns.items() if n}
    fitted = estimator.fit({"pattern": list(cells), "count": list(cells.values())})
    for end, found in zip(("estimate", "lower", "upper"), rounded(fitted), strict=True):
        printed = float(row[end]) if row[end] else None
        if end == "lower" and fitted.estimate is None:
            continue  # a bound is rounded and withheld by rules of its own
        if printed != found:
            raise FigureDiffers(
                f"{row['method']}: {end} is printed as {printed}, and comes out as {found}",
                where="data/estimates.csv",
                hint="Ask the publisher why, and which version of bearwitness made it.",
            )


def _numbers(row: Row) -> dict[str, Any]:
    """A row of figures.csv as it was before it became text; a quote mark against formulas off."""
    return {**row, "recipe": row["recipe"].removeprefix("'")}


def _read(path: Path) -> list[dict[str, str]] | None:
    if not path.is_file():
        return None
    try:
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise PackageInvalid("this is no table", where=f"data/{path.name}") from error


def told_checks(checked: Checked) -> Iterator[str]:
    """What was checked, a line each."""
    stamped = checked.verified.stamped
    if stamped:
        trust = (
            "" if stamped.by_trusted else ", says the timestamp; see who made it with --authority"
        )
        yield f"timestamp     signed before {stamped.at:%Y-%m-%d %H:%M:%S} UTC{trust}"
    yield from (f"rule          {rule}" for rule in checked.rules)
    for one in checked.again:
        word = "recomputed" if one.is_recomputed else "not possible"
        yield f"{word:<13} {one.name}: {one.how}"
