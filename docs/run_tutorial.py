"""Run the tutorial: its Python blocks in order; what they print is written below each.

    python docs/run_tutorial.py            # writes outputs and pictures into the tutorial
    python docs/run_tutorial.py --check    # says where the tutorial no longer tells the truth

Numbers are held to a fortieth (docs/alike.py): chains and ties round otherwise on other processors.
Pictures are compared by their words, which hold the numbers: their bytes depend on the version of
matplotlib.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from docs.alike import alike  # noqa: E402 - this program is run from anywhere

TUTORIAL = ROOT / "docs" / "tutorial" / "estimate-how-many-were-missed.md"
PICTURES = TUTORIAL.parent / "pictures"
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n(?P<said>.*?)```\n)?", re.S)


def run(text: str) -> str:
    """The tutorial with each block followed by what it prints; pictures go to ./pictures."""
    names: dict[str, object] = {}

    def told(match: re.Match[str]) -> str:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(match["code"], TUTORIAL.name, "exec"), names)  # noqa: S102 - our own page
        shown = f"```python\n{match['code']}```\n"
        return shown + (f"\n```text\n{said.getvalue()}```\n" if said.getvalue() else "")

    return BLOCK.sub(told, text)


def run_apart(folder: Path) -> str:
    """The same in `folder`, where the study and an empty folder for pictures are laid out."""
    (folder / "studies").symlink_to(ROOT / "studies")
    (folder / "pictures").mkdir()
    with contextlib.chdir(folder):
        return run(TUTORIAL.read_text(encoding="utf-8"))


def words_of(picture: Path) -> str:
    found = re.search(r'aria-label="([^"]*)"', picture.read_text(encoding="utf-8"))
    return found[1] if found else ""


def stale(folder: Path) -> list[str]:
    """What differs between the tutorial as it stands and as it runs."""
    text = run_apart(folder)
    wrong = [] if alike(text, TUTORIAL.read_text(encoding="utf-8")) else [TUTORIAL.name]
    made = {path.name: words_of(path) for path in (folder / "pictures").iterdir()}
    kept = {path.name: words_of(path) for path in PICTURES.glob("*.svg")}
    return wrong + [
        name
        for name in made.keys() | kept.keys()
        if name not in made or name not in kept or not alike(made[name], kept[name])
    ]


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "--check" in sys.argv:
            wrong = stale(folder)
            print("\n".join(f"{part} is stale: run docs/run_tutorial.py" for part in wrong))
            return bool(wrong)
        TUTORIAL.write_text(run_apart(folder), encoding="utf-8")
        PICTURES.mkdir(exist_ok=True)
        for path in PICTURES.glob("*.svg"):
            path.unlink()
        for path in (folder / "pictures").iterdir():
            shutil.copy(path, PICTURES / path.name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
