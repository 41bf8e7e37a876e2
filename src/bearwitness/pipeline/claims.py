"""A register of claims from a file: for `bearwitness claims`, and for a study's report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bearwitness.intake import read_columns
from bearwitness.release import Table
from bearwitness.release.charts import Chart
from bearwitness.release.claims import (
    Contradiction,
    Register,
    draw_lineage,
    find_contradictions,
    read_claims,
    read_parts,
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
    path: Path, *, parts: Path | None = None, encoding: str | None = None
) -> ClaimsRead:
    """Read a register, and which population is a part of which, from CSV, XLSX or JSON."""
    known = read_parts(read_columns(parts), where=parts.name) if parts else {}
    columns = read_columns(path, encoding=encoding)
    register = read_claims(columns, parts=known, where=path.name)
    return ClaimsRead(register=register, contradictions=tuple(find_contradictions(register)))


def read_study_claims(study: Study) -> ClaimsRead | None:
    """The study's [claims]: its file in frozen/, and in hand/ which population is part of which."""
    if study.claims is None:
        return None
    parts = study.hand / study.claims["parts"] if "parts" in study.claims else None
    path = study.frozen / study.claims["file"]
    return read_claims_file(path, parts=parts, encoding=study.claims.get("encoding"))


def claims_tables(read: ClaimsRead) -> dict[str, Table]:
    """The register and its contradictions, for the report."""
    claims = [
        (c.id, c.published, c.publisher, c.attributed_to or "—", c.value, c.measure, c.population)
        for c in read.register.claims.values()
    ]
    found = [(c.kind, c.sentence + ".", ", ".join(c.claims)) for c in read.contradictions]
    return {
        "contradictions": Table(
            caption="Claims that cannot all hold, found by rule",
            header=("rule", "what does not hold together", "claims"),
            rows=found,
            numeric=False,
        ),
        "claims": Table(
            caption="The register: what was published, by whom. None of it is our own finding",
            header=("claim", "published", "by", "after", "value", "of what", "of whom"),
            rows=claims,
            numeric=False,
        ),
    }


def claims_charts(read: ClaimsRead) -> dict[str, Chart]:
    """The lineage, for the report."""
    return {"lineage": draw_lineage(read.register, list(read.contradictions))}
