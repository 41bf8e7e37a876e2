"""A package becomes a public site, after it was checked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bearwitness.errors import PackageInvalid
from bearwitness.pipeline.recheck import Checked, check_package
from bearwitness.release import Known, build_site, open_package
from bearwitness.release.words import mark

_MARK = "style.css"


def make_site(
    package: Path | str, target: Path, *, signer: str | None = None, authority: Path | None = None
) -> list[str]:
    """Check a package (a folder or a .zip) and write its site into `target`; give its pages.

    A site that lies there already is replaced in one step; anything else in `target` is an error.
    Raises what `check_package` raises, and PackageInvalid for a package that cannot speak.
    """
    _check_target(target)
    with open_package(package) as folder:
        checked = check_package(folder, signer=signer, authority=authority)
        if not (folder / "data" / "release.json").is_file():
            raise PackageInvalid(
                "this package has no release.json",
                where=folder.name,
                hint="It was made by an older bearwitness: run its study again.",
            )
        part = target.with_name(f".{target.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        pages = build_site(folder, part, known=_known(checked, folder))
    if target.exists():
        shutil.rmtree(target)
    part.rename(target)
    return pages


def _check_target(target: Path) -> None:
    if target.exists() and any(target.iterdir()) and not (target / _MARK).is_file():
        raise PackageInvalid(
            "there is something else in this folder",
            where=str(target),
            hint="Name a new folder, or one that holds an earlier site.",
        )


def _known(checked: Checked, folder: Path) -> Known:
    told = json.loads((folder / "data" / "release.json").read_text(encoding="utf-8"))
    names = next(iter(told["in"].values()))["figures"]
    how = {one.name: one.how for one in checked.again}
    done = {one.name: one.is_recomputed for one in checked.again}
    word = {True: mark("Recomputed: {0}"), False: mark("Not possible: {0}")}
    lines = [*((rule, "") for rule in checked.rules), *how.items()]
    figures = {
        name: word[done[f"figure {name}"]].format(how[f"figure {name}"])
        for name in names
        if f"figure {name}" in how
    }
    return Known(verified=checked.verified, figures=figures, lines=tuple(lines))
