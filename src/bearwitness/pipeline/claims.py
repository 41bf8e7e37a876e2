"""A register of claims from a file: what `bearwitness claims` calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bearwitness.intake import read_columns
from bearwitness.release.claims import (
    Contradiction,
    Register,
    draw_lineage,
    find_contradictions,
    read_claims,
    read_parts,
)


@dataclass(frozen=True, kw_only=True)
class ClaimsRead:
    """The register, and what does not hold together in it."""

    register: Register
    contradictions: tuple[Contradiction, ...]

    def summary(self) -> str:
        """A line a contradiction, by rule. Every value is somebody else's, cited."""
        claims = self.register.claims
        chained = sum(bool(claim.cites) for claim in claims.values())
        lines = [
            f"{len(claims)} claims by {len({c.publisher for c in claims.values()})} publishers, "
            f"{chained} of them repeating another; none is our own finding."
        ]
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


def read_claims_file(path: Path, *, parts: Path | None = None) -> ClaimsRead:
    """Read a register, and which population is a part of which, from CSV, XLSX or JSON."""
    known = read_parts(read_columns(parts), where=parts.name) if parts else {}
    register = read_claims(read_columns(path), parts=known, where=path.name)
    return ClaimsRead(register=register, contradictions=tuple(find_contradictions(register)))
