"""study.toml: what is asked. Read strictly: an unknown key is an error, never ignored."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bearwitness.errors import StudyInvalid
from bearwitness.release import Rules
from bearwitness.release.figures import KEYS as FIGURE_KEYS
from bearwitness.release.figures import Declaration, declare

FILE_NAME = "study.toml"

# key -> (type, required). A nested mapping's keys are listed under its own name.
KEYS: Mapping[str, Mapping[str, tuple[type | tuple[type, ...], bool]]] = {
    "": {
        "title": (str, True),
        "question": (str, False),
        "population": (str, True),
        "period": (str, True),
        "place": (str, True),
        "date": (str, True),
        "seed": (int, False),
        "fictional": (bool, False),
        "sources": (list, False),
        "histories": (dict, False),
        "lists": (list, False),
        "acts": (dict, False),
        "claims": (dict, False),
        "linkage": (dict, False),
        "estimation": (dict, False),
        "release": (dict, False),
        "package": (dict, False),
        "figures": (list, False),
        "tables": (list, False),
        "ledger": (dict, False),
        "maps": (list, False),
    },
    "package": {
        "publisher": (str, False),
        "licence": (str, False),
        "timestamp": (str, False),
    },
    "histories": {
        "file": (str, True),
        "count": (str, False),
        "stratum": (str, False),
        "titles": (dict, False),
        "sheet": (str, False),
        "encoding": (str, False),
    },
    "lists": {
        "name": (str, True),
        "title": (str, False),
        "file": (str, True),
        "sheet": (str, False),
        "encoding": (str, False),
        "columns": (dict, True),
        "sex_values": (dict, False),
    },
    "linkage": {"threshold": ((int, float), False), "draws": (int, False)},
    "estimation": {
        "methods": (list, False),
        "headline": (str, False),
        "level": (float, False),
        "replicates": (int, False),
        "strata": ((bool, str), False),
        "referrals": (list, False),
        "order": (list, False),
        "print_against_verdict": (str, False),
    },
    "release": {
        "threshold": (int, False),
        "threshold_reason": (str, False),
        "rounding": (int, False),
    },
    "tables": {
        "name": (str, True),
        "title": (str, False),
        "dimensions": (list, True),
        "hierarchies": (dict, False),
        "bands": (dict, False),
        "age_in": (int, False),
        "rules": (list, False),
        "method": (str, False),
        "base": (int, False),
        "weight": (str, False),
        "seconds": ((int, float), False),
    },
    "ledger": {"folder": (str, False), "added": (int, False), "withdrawn": (int, False)},
    "acts": {"file": (str, True), "encoding": (str, False)},
    "claims": {
        "file": (str, True),
        "parts": (str, False),
        "plausible": (str, False),
        "encoding": (str, False),
    },
    "maps": {"id": (str, True), "column": (str, True), "title": (str, False)},
    "figures": {key: (kind, key in ("id", "kind")) for key, (kind, _) in FIGURE_KEYS.items()},
}


# What may tell strata apart: columns of MEMBERS.
STRATA_FROM = ("stratum", "sex", "place", "origin")

# What `init` writes where it cannot know.
UNSTATED = {"period": "XXXX", "place": "unstated"}


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study's question and settings, as its study.toml says them."""

    folder: Path
    title: str
    population: str
    period: str
    place: str
    date: str
    question: str = ""
    seed: int = 1
    fictional: bool = False
    sources: tuple[str, ...] = ()
    histories: Mapping[str, Any] | None = None
    lists: tuple[Mapping[str, Any], ...] = ()
    acts: Mapping[str, Any] | None = None
    claims: Mapping[str, Any] | None = None
    linkage: Mapping[str, Any] = field(default_factory=dict)
    estimation: Mapping[str, Any] = field(default_factory=dict)
    release: Mapping[str, Any] = field(default_factory=dict)
    package: Mapping[str, str] = field(default_factory=dict)
    figures: tuple[Mapping[str, Any], ...] = ()
    maps: tuple[Mapping[str, Any], ...] = ()
    tables: tuple[Mapping[str, Any], ...] = ()
    ledger: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ledger_folder(self) -> Path:
        """Where all releases of these people are kept: beside hand/, or where the study says."""
        return self.folder / str(self.ledger.get("folder", "ledger"))

    @property
    def rules(self) -> Rules:
        """Raises DisclosureUnsafe for rules that contradict each other."""
        return Rules(**self.release)

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @property
    def frozen(self) -> Path:
        return self.folder / "frozen"

    @property
    def hand(self) -> Path:
        return self.folder / "hand"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def notice(self) -> str:
        """What stands above the report, where something must."""
        if self.fictional:
            return "Fictional: every person and organisation in this report is invented."
        unstated = [name for name, text in UNSTATED.items() if getattr(self, name) == text]
        if unstated:
            what = " or the ".join(unstated)
            return f"Draft, not to be cited: study.toml does not state the {what}."
        return ""

    @property
    def has_people(self) -> bool:
        """Whether there are lists, or a table of their overlaps, to estimate from."""
        return bool(self.lists) or self.histories is not None

    def declared(self) -> list[Declaration]:
        """The figures, each after those that it is composed of."""
        return declare(self.figures)

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(self.estimation.get("methods", ("stepwise", "bic", "independence")))

    @property
    def strata(self) -> tuple[str, ...]:
        """Columns of MEMBERS whose values, crossed, are the strata; empty for no strata."""
        told = self.estimation.get("strata", False)
        if isinstance(told, bool):
            return ("stratum",) if told else ()
        return tuple(name.strip() for name in told.split("/"))

    @property
    def print_against_verdict(self) -> str:
        """The reason to print an estimate that the verdict withholds; empty where there is none."""
        return str(self.estimation.get("print_against_verdict", "")).strip()

    @property
    def headline(self) -> str:
        return str(self.estimation.get("headline", self.methods[0]))


def read_study(folder: Path) -> Study:
    """Read FOLDER/study.toml. Raises StudyInvalid naming the key, with the nearest known one."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise StudyInvalid(
            f"there is no {FILE_NAME} in {folder}",
            hint="Make a study with `bearwitness init STUDY FILE...`.",
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyInvalid(f"this is not TOML: {error}", where=str(path)) from error
    where = f"{folder.name}/{FILE_NAME}"
    _check_keys(content, "", where)
    for section in (
        "histories",
        "acts",
        "claims",
        "linkage",
        "estimation",
        "release",
        "package",
        "ledger",
    ):
        if section in content:
            _check_keys(content[section], section, where)
    for section in ("lists", "figures", "tables", "maps"):
        for number, entry in enumerate(content.get(section, []), start=1):
            _check_keys(entry, section, f"{where} [[{section}]] number {number}")
    study = Study(folder=folder, **_frozen_values(content))
    _check_whole(study, where)
    return study


def _check_keys(content: Any, section: str, where: str) -> None:
    known = KEYS[section]
    place = f"[{section}] " if section else ""
    if not isinstance(content, dict):
        raise StudyInvalid(f"{place or 'the file '}should be a table of keys", where=where)
    for key, value in content.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            meant = f"Did you mean {near[0]!r}? " if near else ""
            raise StudyInvalid(
                f"{place}unknown key {key!r}",
                where=where,
                hint=f"{meant}Known here: {', '.join(known)}.",
            )
        kind = known[key][0]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise StudyInvalid(f"{place}{key} should be {told_kind(kind)}", where=where)
    for key, (_, required) in known.items():
        if required and key not in content:
            raise StudyInvalid(f"{place}{key} is missing", where=where)


def told_kind(kind: type | tuple[type, ...]) -> str:
    """The type of a key in words."""
    if isinstance(kind, type):
        return kind.__name__
    if kind == (int, float):
        return "number"
    return " or ".join(part.__name__ for part in kind)


def _frozen_values(content: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}


def _check_whole(study: Study, where: str) -> None:
    _check_inputs(study, where)
    declare(study.figures, where=where)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", study.date):
        raise StudyInvalid(
            "date should be the day of the release, as YYYY-MM-DD",
            where=where,
            hint="The clock is never read: the same study must give the same report tomorrow.",
        )
    level = study.estimation.get("level", 0.95)
    if not 0.5 <= level < 1:
        raise StudyInvalid("[estimation] level should lie between 0.5 and 1", where=where)
    if study.headline not in study.methods:
        raise StudyInvalid(
            f"[estimation] headline {study.headline!r} is not among its methods", where=where
        )
    _check_strata(study, where)
    names = [entry["name"] for entry in study.lists]
    if len(set(names)) != len(names):
        raise StudyInvalid("two [[lists]] have one name", where=where)


def _check_inputs(study: Study, where: str) -> None:
    if study.lists and study.histories:
        raise StudyInvalid(
            "a study has either [[lists]] of records or one [histories] table",
            where=where,
            hint="Keep the one that describes what lies in frozen/.",
        )
    if not (study.has_people or study.acts or study.claims):
        raise StudyInvalid(
            "a study has either [[lists]] of records or one [histories] table, or at least [acts] "
            "or [claims]",
            where=where,
            hint="Keep the one that describes what lies in frozen/.",
        )


def _check_strata(study: Study, where: str) -> None:
    if not study.strata:
        return
    if study.histories is not None:
        if study.strata != ("stratum",) or "stratum" not in study.histories:
            raise StudyInvalid(
                "[estimation] strata needs to know which column of the table tells them apart",
                where=where,
                hint='Write strata = true, and stratum = "COLUMN" in [histories].',
            )
        return
    for name in study.strata:
        mapped = [entry for entry in study.lists if name in entry["columns"]]
        if name not in STRATA_FROM or not mapped:
            raise StudyInvalid(
                f"[estimation] strata: no list tells {name or 'nothing'!r}",
                where=where,
                hint=f"Known: {', '.join(STRATA_FROM)}, and sex/place for both crossed, each as a "
                "key of [lists.columns].",
            )
