"""The chain as functions: tables in, tables out; a study's folder in, its output folder out."""

from importlib import import_module
from typing import Any

# Loaded when used: estimating in a notebook must not wait for linkage and typesetting.
_HOME_OF = {
    "read_histories": "bearwitness.pipeline.quick",
    "estimate_file": "bearwitness.pipeline.quick",
    "read_study": "bearwitness.pipeline.study",
    "run_study": "bearwitness.pipeline.run",
    "init_study": "bearwitness.pipeline.start",
}

__all__ = ["estimate_file", "init_study", "read_histories", "read_study", "run_study"]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
