"""Print the part of requirements.lock that the base install needs, hashes and all.

The lock is made for all extras at once, so that their versions agree. Here we walk from the base
dependencies through what is installed, and keep those blocks of the lock.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

ROOT = Path(__file__).parent.parent


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def needed(names: list[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name in found:
            continue
        found.add(name)
        try:
            further = requires(name) or []
        except PackageNotFoundError:  # needed on another platform only
            continue
        names += [name_of(line) for line in further if "extra ==" not in line]
    return found


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = needed([name_of(line) for line in project["dependencies"]])
    lock = (ROOT / "requirements.lock").read_text()
    for block in re.split(r"\n(?=[a-z0-9])", lock):
        if name_of(block) in wanted:
            print(block)


if __name__ == "__main__":
    main()
