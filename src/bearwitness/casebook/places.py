"""Places as a tree, with names in three languages and the spellings that people use."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "ko", "zh-Hans")

# Words for the kind of place, which people write or leave out: 회령시, 会宁市, Hoeryong-si.
_KINDS = re.compile(
    r"(?:특별시|직할시|자치주|자치현|시|군|현|읍|진|성|市|县|縣|郡|镇|鎮|省|道"
    r"|[ -](?:si|gun|eup|up|city|county|province|do|town))$"
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place of the gazetteer. `parent` is the id of the place that holds it, empty for none.

    `point` is (latitude, longitude) of its seat in degrees, and `precision` how many kilometres
    that may be off; both None for an area that has no point of its own.
    """

    id: str
    parent: str
    kind: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    precision: float | None = None

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


@cache
def gazetteer() -> Mapping[str, Place]:
    """The places that are shipped, by id, each after its parent. Source: gazetteer.md."""
    text = (files("bearwitness.casebook") / "gazetteer.csv").read_text(encoding="utf-8")
    places = [_place(row) for row in csv.DictReader(text.splitlines())]
    return {place.id: place for place in places}


def find_places(text: str, *, among: Iterable[Place] | None = None) -> list[Place]:
    """Places that this text can mean, in any script and spelling; the larger areas first.

    "Hoeryŏng", "hoeryong-si", "회령시" and "会宁" all find one place; a name that several places
    have finds them all. Empty where none is known: the text is then kept as it was said.
    """
    wanted = fold_place(text)
    if not wanted:
        return []
    places = gazetteer().values() if among is None else among
    return [place for place in places if wanted in _spellings(place)]


def within(place: Place) -> list[Place]:
    """The place and all that hold it, the smallest first."""
    chain = [place]
    while chain[-1].parent:
        chain.append(gazetteer()[chain[-1].parent])
    return chain


def name_in_full(place: Place, language: str = "en") -> str:
    """The place with what holds it, as the language writes it: small first, or large first."""
    names = [held.name(language) for held in within(place)]
    return ", ".join(names) if language == "en" else " ".join(reversed(names))


def fold_place(text: str) -> str:
    """What spellings of one place have in common: no marks, case, spaces or word for its kind."""
    text = unicodedata.normalize("NFKD", text.strip())
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    text = unicodedata.normalize("NFKC", text)
    shorter = _KINDS.sub("", text)
    kept = re.sub(r"[\W_]", "", shorter if len(shorter) > 1 else text)
    return kept


@cache
def _folded(place_id: str) -> frozenset[str]:
    place = gazetteer()[place_id]
    return frozenset(fold_place(name) for name in (*place.names.values(), *place.aliases))


def _spellings(place: Place) -> frozenset[str]:
    if gazetteer().get(place.id) is place:
        return _folded(place.id)
    return frozenset(fold_place(name) for name in (*place.names.values(), *place.aliases))


def _place(row: Mapping[str, str]) -> Place:
    point = (float(row["latitude"]), float(row["longitude"])) if row["latitude"] else None
    return Place(
        id=row["place"],
        parent=row["parent"],
        kind=row["kind"],
        names={language: row[language] for language in LANGUAGES},
        aliases=tuple(alias for alias in row["aliases"].split(";") if alias),
        point=point,
        precision=float(row["precision_km"]) if point else None,
    )
