"""The worked studies: copied out, run, and listed. `bearwitness demo` is this."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bearwitness.demo import draw_acts, generate, write_acts, write_lists
from bearwitness.intake import seal
from bearwitness.pipeline.analyse import Progress
from bearwitness.pipeline.run import run_study

PUBLISHED = ("palembang-1945", "uk-trafficking-2013", "kosovo-1999")
CITED = "red-zone-claims"  # a register of claims: nobody is counted in it
FICTIONAL = "border-fictional"


def run_worked_studies(into: Path, *, size: int, progress: Progress) -> list[Path]:
    """Run the five worked studies into folders below `into`. Gives the folders."""
    made = [copy_published(into, name) for name in (*PUBLISHED, CITED)]
    made.append(make_fictional(into, size=size))
    for folder in made:
        progress(f"— {folder.name}")
        run_study(folder, progress=progress)
    return made


def copy_published(into: Path, name: str) -> Path:
    """Copy a shipped study, its sealed inputs included."""
    folder = into / name
    shutil.copytree(_shipped() / name, folder, dirs_exist_ok=True)
    return folder


def _shipped() -> Path:
    """The studies folder of the source tree, or the one that the wheel has installed."""
    tree = Path(__file__).parents[3] / "studies"
    return tree if tree.is_dir() else Path(sys.prefix) / "share" / "bearwitness" / "studies"


def make_fictional(into: Path, *, size: int) -> Path:
    """Generate the fictional casebook and its study. The truth goes into the report, not in."""
    folder = copy_published(into, FICTIONAL)
    casebook = generate(size)
    drawn = folder / ".drawn"
    shutil.rmtree(drawn, ignore_errors=True)
    drawn.mkdir(parents=True)
    written = [path for path in write_lists(casebook, drawn) if path.stem != "truth"]
    written.append(write_acts(draw_acts(casebook), drawn))
    shutil.rmtree(folder / "frozen", ignore_errors=True)
    seal(written, folder / "frozen")
    shutil.rmtree(drawn)
    template = (folder / "study.toml").read_text(encoding="utf-8")
    text = template.replace("value = 1500", f"value = {casebook.size}")
    (lantern,) = (path.name for path in written if path.stem == "lantern")  # CSV when it is large
    text = text.replace("lantern.xlsx", lantern)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder
