"""A register of claims from a file: for `bearwitness claims`, and for a study's report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bearwitness.intake import read_columns
from bearwitness.release import ENGLISH, Table, Words, write_csv
from bearwitness.release.charts import Chart
from bearwitness.release.claims import (
    COLUMNS,
    Claim,
    Contradiction,
    Register,
    draw_lineage,
    draw_lineages,
    find_contradictions,
    read_claims,
    read_parts,
    read_plausible,
)

if TYPE_CHECKING:
    from bearwitness.pipeline.study import Study


@dataclass(frozen=True, kw_only=True)
class ClaimsRead:
    """The register, and what does not hold together in it."""

    register: Register
    contradictions: tuple[Contradiction, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said of all claims together."""
        claims = self.register.claims.values()
        chained = sum(bool(claim.cites) for claim in claims)
        publishers = len({claim.publisher for claim in claims})
        return (
            f"{len(claims)} claims by {publishers} publishers, {chained} of them repeating "
            "another; none is our own finding.",
            "Contradictions are found by rule. A claim that none names is not thereby true.",
        )

    def summary(self) -> str:
        """A line a contradiction, by rule. Every value is somebody else's, cited."""
        lines = [self.notes[0]]
        kind = ""
        for found in self.contradictions:
            if found.kind != kind:
                kind = found.kind
                lines.append(f"\n{kind}:")
            lines.append(f"  - {found.sentence}. [{', '.join(found.claims)}]")
        if not self.contradictions:
            lines.append("No contradiction was found by rule. That does not make them true.")
        return "\n".join(lines)

    def lineage(self) -> bytes:
        """An SVG of who repeats whom."""
        return draw_lineage(self.register, list(self.contradictions)).svg


def read_claims_file(
    path: Path,
    *,
    parts: Path | None = None,
    plausible: Path | None = None,
    encoding: str | None = None,
) -> ClaimsRead:
    """Read a register from CSV, XLSX or JSON; with which population is a part of which, and what
    amounts a person are known elsewhere.
    """
    register = read_claims(
        read_columns(path, encoding=encoding),
        parts=read_parts(read_columns(parts), where=parts.name) if parts else {},
        plausible=read_plausible(read_columns(plausible), where=plausible.name)
        if plausible
        else (),
        where=path.name,
    )
    return ClaimsRead(register=register, contradictions=tuple(find_contradictions(register)))


def read_study_claims(study: Study) -> ClaimsRead | None:
    """The study's [claims]: its file in frozen/; what was decided of it by hand lies in hand/."""
    told = study.claims
    if told is None:
        return None
    by_hand = {n: study.hand / told[n] for n in ("parts", "plausible") if n in told}
    path = study.frozen / told["file"]
    return read_claims_file(path, encoding=told.get("encoding"), **by_hand)


def claims_tables(read: ClaimsRead, words: Words = ENGLISH) -> dict[str, Table]:
    """The register and its contradictions, for the report, in a language."""
    say, said = words.say, words.said
    claims = [
        (c.id, _by(c, words), said(c.value), f"{said(c.measure)}: {said(c.population)}")
        for c in read.register.claims.values()
    ]
    found = [
        (say(c.kind), f"{c.in_words(words)}. ({', '.join(c.claims)})") for c in read.contradictions
    ]
    return {
        "contradictions": Table(
            caption=say("Claims that cannot all hold, found by rule"),
            header=(say("rule"), say("what does not hold together")),
            rows=found,
            numeric=False,
        ),
        "claims": Table(
            caption=say("The register: what was published, by whom. None of it is our own finding"),
            header=(say("claim"), say("published"), say("value"), say("of what and whom")),
            rows=claims,
            numeric=False,
        ),
    }


def _by(claim: Claim, words: Words) -> str:
    told = f"{claim.published}, {words.said(claim.publisher)}"
    if not claim.attributed_to:
        return told
    return f"{told}, {words.say('after {source}', source=words.said(claim.attributed_to))}"


def claims_files(read: ClaimsRead) -> dict[str, bytes]:
    """The register and its contradictions as they go into the package, without our notes."""
    names = [name for name in COLUMNS if name != "note"]
    claims = pa.table({n: [getattr(c, n) for c in read.register.claims.values()] for n in names})
    rows = [
        {"rule": c.kind, "claims": " ".join(c.claims), "sentence": c.sentence}
        for c in read.contradictions
    ]
    schema = pa.schema([(name, pa.string()) for name in ("rule", "claims", "sentence")])
    found = pa.Table.from_pylist(rows, schema=schema)
    return {"claims.csv": write_csv(claims), "contradictions.csv": write_csv(found)}


def claims_charts(read: ClaimsRead, words: Words = ENGLISH) -> dict[str, Chart]:
    """The lineage, for the report: "lineage", and "lineage-2" and on where it takes more pages."""
    drawn = draw_lineages(read.register, list(read.contradictions), words)
    names = ["lineage", *(f"lineage-{number}" for number in range(2, len(drawn) + 1))]
    return dict(zip(names, drawn, strict=True))
