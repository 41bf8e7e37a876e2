"""Packages of releases, kept as they were prepared: each under its digest, never written over."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bearwitness.errors import BearwitnessError, RecordsError
from bearwitness.provenance import file_digest, read_run
from bearwitness.records.audit import value_digest
from bearwitness.release import verify_package
from bearwitness.release.package import TAG_MANIFEST

PACKAGE, RUN, BASE = "package", "run.json", "base.txt"
_DIGITS = 24  # of a keyed digest in the base: enough to tell records of one study apart


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A package of a run, both by their digests."""

    run_digest: str
    package_digest: str


@dataclass(frozen=True, kw_only=True)
class BaseChange:
    """How many records of the base came and went since another release."""

    joined: int
    left: int


def keep_package(output: Path, records: Iterable[str]) -> Kept:
    """Keep the package of a study's output, with its run record and who is in its base.

    The signature, every digest, and that the run made exactly this package are checked first.
    `records` are the record ids of the base: of each a keyed digest is kept, never the id.
    """
    run = read_run(output / RUN)
    verify_package(output / PACKAGE)
    digest = package_digest(output / PACKAGE)
    if run.outputs.get(f"{PACKAGE}/{TAG_MANIFEST}") != digest:
        raise RecordsError(
            "this package is not the one that the run made", hint="Run the study again."
        )
    target = kept_folder(digest)
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=_home()) as temporary:
            part = Path(temporary) / "part"
            shutil.copytree(output / PACKAGE, part / PACKAGE)
            shutil.copyfile(output / RUN, part / RUN)
            (part / BASE).write_text(_base(records), encoding="ascii")
            _make_read_only(part)
            part.rename(target)
    return Kept(run_digest=run.digest, package_digest=digest)


def package_digest(package: Path) -> str:
    """One digest for a package: of the list that its signature stands under."""
    return file_digest(package / TAG_MANIFEST)


def kept_folder(digest: str) -> Path:
    return _home() / digest


def check_kept(digest: str) -> Path:
    """The kept package, after all of it was checked again. Raises RecordsError where it is gone,
    or not what was kept."""
    package = kept_folder(digest) / PACKAGE
    try:
        verify_package(package)
        if package_digest(package) == digest:
            return package
    except BearwitnessError:
        pass
    raise RecordsError(
        "the kept package is missing or was changed",
        hint="Keep what is there as evidence, and restore the folder from a backup.",
    )


def current_run(study: str) -> str:
    """The digest of the study's last run; empty where it is gone, or its record was changed."""
    path = Path(settings.BEARWITNESS_STUDIES) / study / "output" / RUN
    try:
        return read_run(path).digest
    except (OSError, ValueError, BearwitnessError):
        return ""


def compare_bases(before: str, after: str) -> BaseChange:
    """Of two kept packages by their digests."""
    old, new = _read_base(before), _read_base(after)
    return BaseChange(joined=len(new - old), left=len(old - new))


def _base(records: Iterable[str]) -> str:
    return "".join(f"{one}\n" for one in sorted(value_digest(r)[:_DIGITS] for r in records))


def _read_base(digest: str) -> set[str]:
    path = kept_folder(digest) / BASE
    return set(path.read_text(encoding="ascii").split()) if path.is_file() else set()


def _make_read_only(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o400)


def _home() -> Path:
    home = Path(settings.BEARWITNESS_HOME) / "releases"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home
