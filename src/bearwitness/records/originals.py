"""Sealed originals: each lies under its digest, unchanged, with a name that says nothing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from bearwitness.errors import RecordsError, SealBroken
from bearwitness.intake import seal
from bearwitness.provenance import file_digest
from bearwitness.records.models import Source

LIST, ANY = "list", "original"  # what the files are called


def keep_original(path: Path, digest: str, *, ending: str, name: str = ANY) -> None:
    """Keep a copy under its digest. Raises SealBroken where the file changed meanwhile."""
    folder = _home() / digest
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=_home()) as temporary:
        copy = Path(temporary) / f"{name}.{ending}"
        shutil.copyfile(path, copy)
        if file_digest(copy) != digest:
            raise SealBroken(
                "this file changed while it was read", where=path.name, hint="Import it again."
            )
        seal([copy], folder)


def original_path(source: Source) -> Path | None:
    """Where a source's sealed original lies."""
    if not source.original:
        return None
    folder = _home() / source.original
    found = [p for name in (ANY, LIST) for p in sorted(folder.glob(f"{name}.*"))]
    return found[0] if found else None


def checked_original(source: Source) -> Path:
    """The same, after its digest was taken again. Raises RecordsError where it is not what came."""
    path = original_path(source)
    if path is None or file_digest(path) != source.original:
        raise RecordsError(
            "the sealed original is missing or was changed",
            hint="Keep what is there as evidence, and restore the file from a backup.",
        )
    return path


def forget_original(digest: str) -> None:
    """Take an original away that no source has any more: after an erasure only."""
    if not Source.objects.filter(original=digest).exists():
        shutil.rmtree(_home() / digest, ignore_errors=True)


def _home() -> Path:
    home = Path(settings.BEARWITNESS_HOME) / "originals"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home
