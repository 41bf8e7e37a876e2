"""Originals arrive, are copied unchanged, and are sealed by their digest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from bearwitness.errors import FileMissing, SealBroken
from bearwitness.provenance import file_digest

SEALS = "seals.json"
_PARTIAL = ".partial-"


def seal(files: Iterable[Path], frozen: Path) -> dict[str, str]:
    """Copy `files` into `frozen`, all or none, and write their SHA-256 to seals.json.

    A file that is there already with the same content is left. One of the same name with other
    content raises SealBroken: what was sealed is never replaced.
    """
    files = [Path(path) for path in files]
    frozen.mkdir(parents=True, exist_ok=True)
    for leftover in frozen.glob(f"{_PARTIAL}*"):
        leftover.unlink()  # from a copy that was killed
    seals = _read(frozen)
    fresh = [path for path in files if _is_new(path, frozen, seals)]
    copied = [(_copy(path, frozen / f"{_PARTIAL}{path.name}"), path.name) for path in fresh]
    for partial, name in copied:
        seals[name] = file_digest(partial)
        partial.replace(frozen / name)
    # Last, in one step. A kill before it leaves files without a seal, which the next call adopts
    # if they are what it would copy, and which a run refuses.
    _replace(frozen / SEALS, json.dumps(dict(sorted(seals.items())), indent=2) + "\n")
    return seals


def check_seals(frozen: Path) -> dict[str, str]:
    """Name and SHA-256 of every sealed file. Raises SealBroken if one changed, went or came."""
    seals = _read(frozen)
    if not seals:
        raise SealBroken(
            f"nothing is sealed in {frozen.parent.name}/{frozen.name}",
            hint="Bring files in with `bearwitness init STUDY FILE...`.",
        )
    present = {p.name for p in frozen.iterdir() if p.is_file() and not p.name.startswith(".")}
    for name in sorted(present - {SEALS} - seals.keys()):
        raise SealBroken(
            "this file was never sealed",
            where=f"frozen/{name}",
            hint="Bring it in with `bearwitness init STUDY FILE`, or move it away.",
        )
    for name, expected in sorted(seals.items()):
        if name not in present:
            raise SealBroken("a sealed file is missing", where=f"frozen/{name}", hint="Restore it.")
        if file_digest(frozen / name) != expected:
            raise SealBroken(
                "this file is not what was sealed",
                where=f"frozen/{name}",
                hint="Restore the original. A corrected list is a new file with a new name.",
            )
    return seals


def _read(frozen: Path) -> dict[str, str]:
    path = frozen / SEALS
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _is_new(path: Path, frozen: Path, seals: dict[str, str]) -> bool:
    if not path.is_file():
        raise FileMissing("there is no such file", where=path.name, hint="Check the path.")
    there = frozen / path.name
    if not there.exists():
        return True
    if file_digest(there) != file_digest(path):
        raise SealBroken(
            "another file of this name is sealed already",
            where=f"frozen/{path.name}",
            hint="Give the new file another name; what was sealed is never replaced.",
        )
    return path.name not in seals


def _copy(source: Path, target: Path) -> Path:
    shutil.copyfile(source, target)
    with target.open("rb") as stream:
        os.fsync(stream.fileno())
    return target


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(f"{_PARTIAL}{path.name}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
