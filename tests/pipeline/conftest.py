"""Small studies to run: few replicates, so that a run takes a second or two."""

import pytest

from bearwitness.pipeline import init_study

TABLE = "north,south,count\n1,0,60\n0,1,45\n1,1,30\n"
THREE = "a,b,c,people\n1,0,0,61\n0,1,0,47\n0,0,1,52\n1,1,0,24\n1,0,1,27\n0,1,1,22\n1,1,1,13\n"


@pytest.fixture
def small_study(tmp_path):
    """A table of three invented lists, made into a study as a user would."""
    table = tmp_path / "lists.csv"
    table.write_text(THREE, encoding="utf-8")
    folder = tmp_path / "small"
    init_study(folder, [table], title="An invented study")
    settings = '\n[estimation]\nmethods = ["stepwise"]\nreplicates = 50\n'
    with (folder / "study.toml").open("a", encoding="utf-8") as stream:
        stream.write(settings)
    return folder


@pytest.fixture
def signing_key(tmp_path, monkeypatch):
    """A signing key of the test's own, for this process and those it starts."""
    monkeypatch.setenv("BEARWITNESS_SIGNING_KEY", str(tmp_path / "key"))
    return tmp_path / "key"
