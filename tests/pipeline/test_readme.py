"""The README's first screen is true: its session prints that, its lines run, its figure is ours."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from docs.alike import alike

from bearwitness.pipeline import run_study

ROOT = Path(__file__).parents[2]

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_shell_session_prints_what_it_shows():
    command, printed = re.search(
        r"```console\n\$ (bearwitness .*?)\n(.*?)```", README, re.S
    ).groups()
    arguments = [sys.executable, "-m", *command.split()]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=True)
    assert alike(done.stdout, printed)


def test_texts_are_alike_where_numbers_round_and_not_where_they_differ():
    said = "about 11,313 people (95% interval 9,425 to 14,949); sha256 41012098bdcc851e"
    assert alike(said, said.replace("9,425", "9,500"))
    assert not alike(said, said.replace("9,425", "9,800"))
    assert not alike(said, said.replace("people", "persons"))
    assert not alike(said, said.replace("41012098bdcc851e", "41012098bdcc851f"))


def test_the_python_lines_run(monkeypatch, capsys, tmp_path):
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    monkeypatch.chdir(tmp_path)
    exec(re.search(r"```python\n(.*?)```", README, re.S)[1], {})  # noqa: S102 - our own README
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith("lower bound only")
    bound, low, high = re.search(
        r"at least ([\d,]+) people\*: methods that fit the table equally well give from ([\d,]+) "
        r"to ([\d,]+)",
        README,
    ).groups()
    told = re.search(r"at least [\d,]+ people", printed)[0]
    span = re.search(r"give from ([\d,]+) \([\w-]+\) to ([\d,]+) \([\w-]+\)", printed).groups()
    assert alike(told, f"at least {bound} people")
    assert alike(" ".join(span), f"{low} {high}")
    assert (tmp_path / "methods.svg").stat().st_size > 1000


@pytest.mark.usefixtures("signing_key")
def test_the_published_figure_is_the_one_the_study_makes(tmp_path):
    from bearwitness.pipeline.worked import copy_published

    folder = copy_published(tmp_path, "kosovo-1999")
    run_study(folder)
    figures = (folder / "output" / "package" / "data" / "figures.csv").read_text(encoding="utf-8")
    total = next(line for line in figures.splitlines() if line.startswith("total,"))
    value, low, high = re.search(r",(\d+)\.0,(\d+)\.0,(\d+)\.0,", total).groups()
    for number in (value, low, high):
        assert f"{int(number):,}" in README


def test_every_command_is_in_the_readme_or_the_documents():
    from bearwitness.cli import main

    texts = README + "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md"))
    for name in main.commands:
        assert f"bearwitness {name}" in texts
