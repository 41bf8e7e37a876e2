"""A public site out of a package: pages that need no server, no script and no other place."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bearwitness.release.package import TAG_MANIFEST, how_to_check, pack
from bearwitness.release.report import table_html, template
from bearwitness.release.table import Table
from bearwitness.release.told import TOLD
from bearwitness.release.verification import Verified
from bearwitness.release.words import LANGUAGES, Words

_CLAIMS = ("contradictions", "claims", "lineage")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What checking the package gave: how each figure came out again, and every line of it."""

    verified: Verified
    figures: Mapping[str, str]
    lines: Sequence[tuple[str, str]]


def build_site(package: Path, target: Path, *, known: Known) -> list[str]:
    """Write the site of a package's folder into a new folder `target`. Gives its pages' names.

    Equal packages give equal bytes. Links are relative: it can lie anywhere, on a disk too.
    """
    target.mkdir(parents=True)
    data = package / "data"
    shutil.copytree(data, target / "data")
    digest = _place_package(package, target)
    look = (template("look.css").render(), template("site.css").render())
    (target / "style.css").write_text("\n".join(look), encoding="utf-8")
    told = json.loads((data / TOLD).read_text(encoding="utf-8"))
    seals = hashlib.sha256((package / TAG_MANIFEST).read_bytes()).hexdigest()
    written = []
    for language in told["languages"]:
        site = _Site(told, language, known)
        site.digests = {"zip": digest, "package": seals}
        for name, page in site.pages():
            (target / name).write_text(page, encoding="utf-8")
            written.append(name)
    return written


def _place_package(package: Path, target: Path) -> str:
    place = pack(package, target / "package.zip")
    return hashlib.sha256(place.read_bytes()).hexdigest()


class _Site:
    """The pages in one language. What they say comes from the package alone."""

    def __init__(self, told: Mapping[str, Any], language: str, known: Known) -> None:
        self.whole, self.language, self.known = told, language, known
        self.told = told["in"][language]
        self.words = Words(language=language)
        self.digests: dict[str, str] = {}

    def pages(self) -> Iterator[tuple[str, str]]:
        say = self.words.say
        yield self._page("index", self.told["title"], headline=self._headline())
        for name, figure in self.told["figures"].items():
            yield self._page(
                "figure", say("Figure {name}", name=name), file=f"figure-{name}",
                figure=figure, facts=self._facts(name, figure), cite=self._cite(name),
            )  # fmt: skip
        if self._tables(claims=False):
            yield self._page("tables", say("Tables"), tables=self._tables(claims=False))
        if self._charts(claims=False):
            yield self._page("charts", say("Charts"), charts=self._charts(claims=False))
        if self._tables(claims=True):
            yield from self._claims()
        yield self._page("check", say("Check it yourself"), **self._checking())

    def _claims(self) -> Iterator[tuple[str, str]]:
        heading = self.words.say("Claims by others")
        yield self._page("tables", heading, file="claims", tables=self._tables(claims=True))
        if self._charts(claims=True):
            heading = self.words.say("Who repeats whom")
            yield self._page("charts", heading, file="lineage", charts=self._charts(claims=True))

    def _page(self, page: str, heading: str, *, file: str = "", **values: Any) -> tuple[str, str]:
        name = file or page
        text = template("site.html").render(
            page=page, heading=heading, here=self.at(name), at=self.at, told=self.told,
            language=self.language, say=self.words.say, menu=self._menu(),
            software=self.whole["software"],
            others=[(code, LANGUAGES[code], self.at(name, code)) for code in self._languages()],
            **values,
        )  # fmt: skip
        return self.at(name), text

    def at(self, name: str, language: str = "") -> str:
        """A page's file name: the first language has none in it."""
        language = language or self.language
        return f"{name}.html" if language == self._languages()[0] else f"{name}.{language}.html"

    def _languages(self) -> list[str]:
        return list(self.whole["languages"])

    def _menu(self) -> list[tuple[str, str]]:
        say = self.words.say
        pages = [
            (say("Overview"), "index", True),
            (say("Tables"), "tables", bool(self._tables(claims=False))),
            (say("Charts"), "charts", bool(self._charts(claims=False))),
            (say("Claims by others"), "claims", bool(self._tables(claims=True))),
            (say("Who repeats whom"), "lineage", bool(self._charts(claims=True))),
            (say("Check it yourself"), "check", True),
        ]
        return [(name, self.at(file)) for name, file, is_there in pages if is_there]

    def _headline(self) -> Mapping[str, str] | None:
        figures: Mapping[str, Mapping[str, str]] = self.told["figures"]
        return figures.get(self.told["headline"] or "")

    def _facts(self, name: str, figure: Mapping[str, Any]) -> list[tuple[str, str]]:
        say = self.words.say
        how = self.known.figures.get(name, "")
        rows = [
            (say("What must be known"), figure["note"]),
            (say("Worked out again"), self.words.said(how)),
            (say("Rests on"), figure["provenance"]),
        ]
        return [(title, text) for title, text in rows if text]

    def _cite(self, name: str) -> str:
        return self.words.say(
            "{title}, figure {name}, {date}. Package sha256:{digest}.",
            title=self.told["title"],
            name=name,
            date=self.words.day(self.whole["date"]),
            digest=self.digests["package"],
        )

    def _tables(self, *, claims: bool) -> list[tuple[str, Markup, str]]:
        return [
            (name, _shown(table), f"data/{table['csv']}")
            for name, table in self.told["tables"].items()
            if (name in _CLAIMS) == claims
        ]

    def _charts(self, *, claims: bool) -> list[tuple[str, Mapping[str, str], Markup | str]]:
        return [
            (name, _placed(chart), _shown(chart["table"]) if chart["table"] else "")
            for name, chart in self.told["charts"].items()
            if name.startswith(_CLAIMS) == claims
        ]

    def _checking(self) -> dict[str, Any]:
        verified = self.known.verified
        stamped = verified.stamped
        return {
            "steps": how_to_check(self.words),
            "zip_digest": self.digests["zip"],
            "fingerprint": verified.fingerprint,
            "stamped": f"{stamped.at:%Y-%m-%d %H:%M:%S} UTC, {stamped.authority}"
            if stamped
            else "",
            "checked": [
                ": ".join(filter(None, map(self.words.said, line))) for line in self.known.lines
            ],
        }


def _shown(table: Mapping[str, Any]) -> Markup:
    parts = {key: table[key] for key in ("caption", "header", "rows", "numeric")}
    return Markup(table_html(Table(**parts)))  # noqa: S704 - every cell is escaped there


def _placed(chart: Mapping[str, Any]) -> dict[str, str]:
    told = {key: chart[key] for key in ("caption", "alt")}
    return told | {key: f"data/{chart[key]}" for key in ("svg", "csv") if chart[key]}
