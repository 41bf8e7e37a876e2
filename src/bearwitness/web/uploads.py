"""A file that was sent, as a file on this machine for as long as it is looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def as_file(uploaded, name: str) -> Iterator[Path]:
    """Under a name of ours: what somebody calls their file can name a person."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as stream:
            for chunk in uploaded.chunks():
                stream.write(chunk)
        yield path
