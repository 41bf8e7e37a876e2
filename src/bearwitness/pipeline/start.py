"""A study begins: files are sealed, columns guessed, study.toml written for people to read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from bearwitness.errors import StudyInvalid
from bearwitness.intake import guess_mapping, is_history_table, read_rows, seal
from bearwitness.pipeline.study import FILE_NAME, UNSTATED
from bearwitness.release.claims import NEEDED as CLAIM_COLUMNS
from bearwitness.tables import ACTS

_TEXT = """{{chart:lists}}

{{figure:recorded}}. {{figure:total}}.

{{chart:estimates}}

{{chart:leave-one-out}}
"""

_CLAIMS_TEXT = """None of the numbers in this report is our own finding.

{{chart:lineage}}

{{table:contradictions}}

{{table:claims}}
"""

_ALONE = ("histories", "acts", "claims")  # a study has one of each at most

_FIGURES = (
    {"id": "recorded", "kind": "observed", "statement": "{value} people are on at least one list"},
    {
        "id": "total",
        "kind": "estimate",
        "statement": "an estimated {value} people in all (interval {lower} to {upper})",
    },
)


def init_study(
    folder: Path, files: Sequence[Path], *, title: str = "", period: str = "", place: str = ""
) -> list[str]:
    """Make a study of `files`, or add them to it. Gives lines that say what was understood.

    All files are read before any is sealed, and sealed before study.toml changes: a bad file
    leaves the study as it was. Files whose columns all hold 0 and 1 become [histories].
    """
    described = [_describe(path) for path in files]
    tables = [entry for kind, entry in described if kind == "histories"]
    if tables and len(described) > 1:
        raise StudyInvalid(
            "a table of overlaps makes a study by itself",
            where=tables[0]["file"],
            hint="Give it its own study; a study of lists holds one row per record in each file.",
        )
    seal(files, folder / "frozen")
    return _write(folder, described, title=title, period=period, place=place)


def init_snapshot(folder: Path) -> list[str]:
    """Describe the lists that a snapshot has frozen into the study, where study.toml lacks them."""
    known = _known_files(folder)
    frozen = sorted((folder / "frozen").glob("*.csv"))
    fresh = [path for path in frozen if path.name not in known]
    return _write(folder, [_describe(path) for path in fresh])


def _describe(path: Path) -> tuple[str, dict[str, Any]]:
    rows = read_rows(path)
    if set(ACTS.names) <= set(rows.columns):
        return "acts", {"file": path.name}
    if set(CLAIM_COLUMNS) <= set(rows.columns):
        return "claims", {"file": path.name}
    if is_history_table(rows):
        return "histories", {"file": path.name}
    mapping = guess_mapping(rows, name=path.stem, file=path.name)
    columns = {k: v for k, v in mapping.columns.items() if v}
    return "lists", {"name": path.stem, "file": path.name, "columns": columns}


def _known_files(folder: Path) -> set[str]:
    path = folder / FILE_NAME
    if not path.is_file():
        return set()
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    alone = [content.get(kind, {}) for kind in _ALONE]
    entries = [*content.get("lists", []), *alone]
    return {entry.get("file", "") for entry in entries}


def _write(folder: Path, described: list[tuple[str, dict[str, Any]]], **stated: str) -> list[str]:
    path = folder / FILE_NAME
    known = _known_files(folder)
    fresh = [(kind, entry) for kind, entry in described if entry["file"] not in known]
    document = (
        tomlkit.parse(path.read_text(encoding="utf-8"))
        if path.is_file()
        else _new(folder, **stated)
    )
    for kind, entry in fresh:
        if kind in _ALONE:
            document[kind] = entry
        else:
            tables = document.setdefault("lists", tomlkit.aot())
            tables.append(tomlkit.item(entry))
    has_people = "lists" in document or "histories" in document
    if "figures" not in document and has_people:
        document["figures"] = [dict(figure) for figure in _FIGURES]
    _write_once(folder / "hand" / "report.md", _TEXT if has_people else _CLAIMS_TEXT)
    _replace(path, tomlkit.dumps(document))
    return [_tell(kind, entry) for kind, entry in fresh]


def _new(
    folder: Path, *, title: str = "", period: str = "", place: str = ""
) -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    document.add(tomlkit.comment("What this study asks. `bearwitness run` reads it strictly."))
    document["title"] = title or folder.resolve().name
    document["population"] = "people"
    document["period"] = period or UNSTATED["period"]
    document["place"] = place or UNSTATED["place"]
    document["date"] = date.today().isoformat()
    return document


def _tell(kind: str, entry: dict[str, Any]) -> str:
    if kind == "claims":
        return f"{entry['file']}: a register of claims; nobody is counted in it"
    if kind == "acts":
        return f"{entry['file']}: acts, for figures of what was done to whom"
    if kind == "histories":
        return f"{entry['file']}: a table of overlaps, one column per list"
    columns = ", ".join(f"{k} = {_joined(v)}" for k, v in entry["columns"].items())
    return f"{entry['file']}: a list of records; {columns}"


def _joined(value: str | Iterable[str]) -> str:
    return value if isinstance(value, str) else " + ".join(value)


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.partial")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
