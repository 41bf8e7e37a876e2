"""Read a vocabulary file; find a term by its id."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bearwitness.errors import InputError

LANGUAGES = ("en", "ko", "zh-Hans")
_FOLDER = files("bearwitness.coding") / "vocabularies"


@dataclass(frozen=True, kw_only=True)
class Term:
    """An entry of a vocabulary. `id` is vocabulary/word; `broader` is the id of the term above."""

    id: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    broader: str = ""
    source: str = ""

    def label(self, language: str = "en") -> str:
        return self.labels.get(language, self.labels["en"])


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """A versioned list of terms, the broader ones before the narrower."""

    name: str
    version: str
    source: str
    titles: Mapping[str, str]
    terms: tuple[Term, ...]

    def term(self, id: str) -> Term:
        """The term with this id. Raises InputError."""
        for term in self.terms:
            if term.id == id:
                return term
        raise InputError(
            f"the vocabulary {self.name!r} has no such term",
            hint=f"It has {len(self.terms)} terms; choose one of them.",
        )

    def title(self, language: str = "en") -> str:
        return self.titles.get(language, self.titles["en"])

    def leaves(self) -> tuple[Term, ...]:
        """The terms to code with: those that have none below them."""
        above = {term.broader for term in self.terms}
        return tuple(term for term in self.terms if term.id not in above)


def vocabulary_names() -> tuple[str, ...]:
    """The vocabularies that are shipped."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def vocabulary_of(term: str) -> Vocabulary:
    """The vocabulary of a term's id, vocabulary/word. Raises InputError."""
    return load_vocabulary(term.split("/", maxsplit=1)[0])


@cache
def load_vocabulary(name: str) -> Vocabulary:
    """Read a shipped vocabulary. Raises InputError where there is none of that name."""
    if name not in vocabulary_names():
        raise InputError(
            "there is no such vocabulary", hint=f"Shipped: {', '.join(vocabulary_names())}."
        )
    content = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    terms = tuple(_term(name, word, entry) for word, entry in content["terms"].items())
    return Vocabulary(
        name=name,
        version=content["version"],
        source=content["source"],
        titles=content["title"],
        terms=terms,
    )


def _term(vocabulary: str, word: str, entry: Mapping[str, Any]) -> Term:
    broader = entry.get("broader", "")
    return Term(
        id=f"{vocabulary}/{word}",
        labels={language: entry[language][0] for language in LANGUAGES},
        definitions={language: entry[language][1] for language in LANGUAGES},
        broader=f"{vocabulary}/{broader}" if broader else "",
        source=entry.get("source", ""),
    )
