"""The page of everything in `bearwitness.estimation.__all__`, from signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

import bearwitness
from bearwitness import estimation
from bearwitness.pipeline.quick import read_histories

WIDTH = 96
LONGEST_DEFAULT = 40  # a default that is longer is a table of its own, and is told by its type


def estimation_page() -> str:
    """Methods first, then what they take and give, then functions, in text order."""
    named = {name: getattr(estimation, name) for name in sorted(estimation.__all__)}
    methods = {c.__name__: (key, c) for key, c in estimation.METHODS.items()}
    classes = {n: o for n, o in named.items() if inspect.isclass(o) and n not in methods}
    functions = {n: o for n, o in named.items() if isinstance(o, FunctionType)}
    functions["read_histories"] = read_histories  # what bw.read_histories is
    rest = named.keys() - methods.keys() - classes.keys() - functions.keys()
    lines = [
        "# The estimation library\n",
        "Names marked *bw* are in `import bearwitness as bw` too; all are in "
        "`bearwitness.estimation`, where `read_histories` gives `Histories`, the counts of one "
        "stratum. Errors: [errors and exit codes](errors.md).\n",
        "## Methods\n",
        "`histories.fit(name, **settings)`, or the class with `.fit(histories)`.\n",
    ]
    for name, (key, kind) in sorted(methods.items(), key=lambda item: item[1][0]):
        lines += _entry(name, kind, title=f"{key}: {name}")
    lines.append("## What goes in, what comes out\n")
    for name, kind in classes.items():
        lines += [*_entry(name, kind), *_members(kind)]
    lines.append("## Functions\n")
    for name, function in sorted(functions.items()):
        lines += _entry(name, function)
    lines.append("## Constants\n")
    lines += [f"- `{name}`: {_told(named[name])}" for name in sorted(rest)]
    return "\n".join(lines) + "\n"


def _entry(name: str, thing: Any, title: str = "") -> list[str]:
    mark = " *bw*" if name in bearwitness.__all__ else ""
    shown = [f"```python\n{_signature(name, thing)}\n```\n"] if _has_signature(thing) else []
    return [f"### {title or name}{mark}\n", *shown, _words(thing), ""]


def _members(kind: type) -> Iterator[str]:
    """Public methods and properties, those of a base in our own package included."""
    for name, member in inspect.getmembers(kind):
        raw = inspect.getattr_static(kind, name)
        if name.startswith("_") or not _is_ours(raw):
            continue
        if isinstance(raw, property | cached_property):
            yield f"- `.{name}` {_first(raw)}".rstrip()
        elif callable(member):
            yield f"- `.{_signature(name, member)}` {_first(member)}".rstrip()
    yield ""


def _is_ours(raw: Any) -> bool:
    inner = getattr(raw, "fget", None) or getattr(raw, "func", None) or raw
    inner = getattr(inner, "__func__", inner)
    return str(getattr(inner, "__module__", "")).startswith("bearwitness")


def _has_signature(thing: Any) -> bool:
    return isinstance(thing, FunctionType) or is_dataclass(thing)


def _signature(name: str, function: Callable[..., Any]) -> str:
    given = inspect.signature(function)
    parts, starred = [], False
    for parameter in given.parameters.values():
        if parameter.name == "self" or parameter.name.startswith("_"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            starred = True
            parts.append("*")
        parts.append(_parameter(parameter))
    answer = given.return_annotation
    ends = f" -> {answer}" if isinstance(answer, str) and not inspect.isclass(function) else ""
    line = f"{name}({', '.join(parts)}){ends}"
    if len(line) <= WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){ends}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    shown = stars + parameter.name
    if parameter.annotation is not parameter.empty:
        shown += f": {parameter.annotation}"
    if parameter.default is parameter.empty:
        return shown
    text = repr(parameter.default)
    short = len(text) <= LONGEST_DEFAULT and " at 0x" not in text and text != "<factory>"
    return f"{shown} = {text if short else '...'}"


def _words(thing: Any) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def _first(thing: Any) -> str:
    """The first paragraph, in one line."""
    return re.sub(r"\s+", " ", _words(thing).partition("\n\n")[0])


def _told(value: Any) -> str:
    return ", ".join(str(getattr(item, "name", item)) for item in value)
