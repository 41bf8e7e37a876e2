"""What a run was made from and what it made: enough for a stranger to make it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bearwitness.errors import PackageChanged, PackageInvalid


def software_version() -> str:
    """The installed version of bearwitness."""
    try:
        return version("bearwitness")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """Inputs and outputs by SHA-256, settings, version, seed; the time stands apart.

    `digest` covers everything but the times: the same inputs give the same digest on every
    machine and at every hour.
    """

    study: str
    inputs: Mapping[str, str]
    settings: Mapping[str, Any]
    seed: int
    outputs: Mapping[str, str]
    tables: Mapping[str, str]
    version: str = field(default_factory=software_version)
    started_at: str = ""
    finished_at: str = ""

    @property
    def digest(self) -> str:
        facts = {k: v for k, v in asdict(self).items() if k not in ("started_at", "finished_at")}
        return hashlib.sha256(canonical_json(facts).encode()).hexdigest()

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"digest": self.digest}, indent=2, ensure_ascii=False)


def read_run(path: Path) -> RunRecord:
    """The run record in a run.json. Raises PackageInvalid for another file, PackageChanged
    where its digest is not that of what it says."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    stated = facts.pop("digest", "")
    try:
        run = RunRecord(**facts)
    except TypeError as error:
        raise PackageInvalid("this is no record of a run", where=path.name) from error
    if run.digest != stated:
        raise PackageChanged(
            "the record of the run was changed", where=path.name, hint="Run the study again."
        )
    return run


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as `sha256sum` prints it."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
