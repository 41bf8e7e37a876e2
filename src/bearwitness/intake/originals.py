"""Originals arrive, are copied unchanged, and are sealed by their digest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from bearwitness.errors import FileMissing, NotATable, SealBroken
from bearwitness.provenance import file_digest

SEALS = "seals.json"
_PARTIAL = ".partial-"


def seal(files: Iterable[Path], frozen: Path) -> dict[str, str]:
    """Copy `files` into `frozen`, all or none, and write their SHA-256 to seals.json.

    Gives name and SHA-256 of everything sealed there. A file that is sealed already with the same
    content is left, or put back where it is missing. One of the same name with other content
    raises SealBroken: what was sealed is never replaced.
    """
    paths = [Path(path) for path in files]
    frozen.mkdir(parents=True, exist_ok=True)
    _remove_partials(frozen)  # from a copy that was killed
    seals = _read_seals(frozen)
    _check_names(paths)
    try:
        fresh = {path.name: _copy(path, frozen) for path in paths if _is_new(path, frozen, seals)}
        seals |= {name: file_digest(partial) for name, partial in fresh.items()}
        _move_in(fresh, frozen, seals)
    except BaseException:
        _remove_partials(frozen)
        raise
    return seals


def check_seals(frozen: Path) -> dict[str, str]:
    """Name and SHA-256 of every sealed file. Raises SealBroken if one changed, went or came."""
    seals = _read_seals(frozen)
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
            raise SealBroken(
                "a sealed file is missing",
                where=f"frozen/{name}",
                hint="Restore it: `bearwitness init STUDY FILE` takes the same file only.",
            )
        if file_digest(frozen / name) != expected:
            raise SealBroken(
                "this file is not what was sealed",
                where=f"frozen/{name}",
                hint="Restore the original. A corrected list is a new file with a new name.",
            )
    return seals


def _read_seals(frozen: Path) -> dict[str, str]:
    path = frozen / SEALS
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise SealBroken(
            "the seals cannot be read", where=f"frozen/{SEALS}", hint="Restore this file."
        )
    return content


def _check_names(paths: list[Path]) -> None:
    seen: set[str] = set()
    for path in paths:
        if not path.is_file():
            raise FileMissing("there is no such file", where=path.name, hint="Check the path.")
        if path.name == SEALS or path.name.startswith("."):
            raise NotATable(
                "no original can have this name", where=path.name, hint="Give it another name."
            )
        if path.name in seen:
            raise SealBroken(
                "two of the files have one name",
                where=path.name,
                hint="Give one of them another name; frozen/ holds both side by side.",
            )
        seen.add(path.name)


def _is_new(path: Path, frozen: Path, seals: dict[str, str]) -> bool:
    """True where the file is to be copied. One that differs from what is sealed is refused."""
    there = frozen / path.name
    if path.name not in seals and not there.exists():
        return True
    expected = seals.get(path.name) or file_digest(there)
    if file_digest(path) != expected:
        raise SealBroken(
            "another file of this name is sealed already",
            where=f"frozen/{path.name}",
            hint="Give the new file another name; what was sealed is never replaced.",
        )
    return path.name not in seals or not there.exists()


def _copy(source: Path, frozen: Path) -> Path:
    target = frozen / f"{_PARTIAL}{source.name}"
    shutil.copyfile(source, target)
    _flush(target)
    return target


def _move_in(fresh: dict[str, Path], frozen: Path, seals: dict[str, str]) -> None:
    # The seals come last, in one step. A kill before it leaves files without a seal, which the
    # next call adopts if they are what it would copy, and which a run refuses. A failure takes
    # back what was moved in.
    text = json.dumps(dict(sorted(seals.items())), indent=2, ensure_ascii=False) + "\n"
    partial = frozen / f"{_PARTIAL}{SEALS}"
    partial.write_text(text, encoding="utf-8")
    _flush(partial)
    moved: list[Path] = []
    try:
        for name, copy in fresh.items():
            if not (frozen / name).exists():
                moved.append(frozen / name)
            copy.replace(frozen / name)
        partial.replace(frozen / SEALS)
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise
    _flush(frozen)


def _flush(path: Path) -> None:
    """To the disk itself: a seal that outlives a power cut must not outlive its file."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot flush a folder, and does not need to
    stream = os.open(path, os.O_RDONLY)
    try:
        os.fsync(stream)
    finally:
        os.close(stream)


def _remove_partials(frozen: Path) -> None:
    for leftover in frozen.glob(f"{_PARTIAL}*"):
        leftover.unlink()
