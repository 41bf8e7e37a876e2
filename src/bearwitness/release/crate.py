"""What is in a package, told to machines: RO-Crate 1.2 and a Frictionless data package.

Both are files of the payload, under the same manifest and signature as all others.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from bearwitness.tables import ESTIMATES, FIGURES, Schema

CRATE, DATA_PACKAGE = "ro-crate-metadata.json", "datapackage.json"
_RO_CRATE = "https://w3id.org/ro/crate/1.2"
_DATA_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
_RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
_FORMATS = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_UNLICENSED = "Ask the publisher before you copy more than the law allows."
_NOTES = {
    "figures.csv": "Every figure of the report, with what it rests on.",
    "histories.csv": "People by the set of lists that hold them, as they may be printed.",
    "estimates.csv": "People in all, by method and stratum, with verdicts.",
    "release.json": "All that the report says, in each language, as data.",
    "provenance.json": "Digests of all inputs and tables, settings, seed and version.",
}
_SCHEMAS: Mapping[str, Schema] = {"figures.csv": FIGURES, "estimates.csv": ESTIMATES}
_KEYS = {"figures.csv": ["id"], "histories.csv": ["lists"], "estimates.csv": ["stratum", "method"]}


@dataclass(frozen=True, kw_only=True)
class Described:
    """What is to be said of a package. `reports` are languages by file; `inputs` digests by name.

    `licence` is a URL or an SPDX identifier.
    """

    title: str
    description: str
    date: str
    software: str
    publisher: str = ""
    licence: str = ""
    reports: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)


def describe(payload: Mapping[str, bytes], about: Described) -> dict[str, bytes]:
    """The two files that describe `payload`, by name."""
    data_package = _json(_data_package(payload, about))
    crate = _crate({**payload, DATA_PACKAGE: data_package}, about)
    return {DATA_PACKAGE: data_package, CRATE: _json(crate)}


def _crate(payload: Mapping[str, bytes], about: Described) -> dict[str, Any]:
    made = [{"@id": name} for name in sorted(payload)]
    languages = sorted(set(about.reports.values())) or ["en"]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description,
        "datePublished": about.date,
        "license": _licence(about)[0],
        "inLanguage": languages if len(languages) > 1 else languages[0],
        "hasPart": made,
        "mentions": {"@id": "#run"},
    }
    if about.publisher:
        root["publisher"] = {"@id": "#publisher"}
    descriptor = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _RO_CRATE},
    }
    files = [_file(name, content, about) for name, content in sorted(payload.items())]
    graph = [descriptor, root, *files, *_run(about, made), *_licence(about)[1]]
    if about.publisher:
        graph.append({"@id": "#publisher", "@type": "Organization", "name": about.publisher})
    return {"@context": f"{_RO_CRATE}/context", "@graph": graph}


def _file(name: str, content: bytes, about: Described) -> dict[str, Any]:
    path = PurePosixPath(name)
    told = {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "description": _NOTES.get(name) or _told(path),
        "encodingFormat": _FORMATS.get(path.suffix, "application/octet-stream"),
        "contentSize": str(len(content)),
    }
    if name in about.reports:
        told["inLanguage"] = about.reports[name]
    return told


def _told(path: PurePosixPath) -> str:
    if path.parts[0] == "charts":
        return "The numbers of a chart." if path.suffix == ".csv" else "A chart of the report."
    if path.name == DATA_PACKAGE:
        return "The columns of every table in this package."
    if path.parts[0] == "cells":
        return "A crossed table, one count a row; empty where it is withheld."
    return "The report." if path.name.startswith("report") else "A table."


def _run(about: Described, made: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The run that made the files, and its inputs: named by digest, for they stay inside."""
    inputs = [
        {
            "@id": f"#input-{number}",
            "@type": "CreativeWork",
            "name": name,
            "description": "An input of the run. It is not in the package; its digest is.",
            "identifier": f"sha256:{value}",
        }
        for number, (name, value) in enumerate(sorted(about.inputs.items()), start=1)
    ]
    name, _, version = about.software.partition(" ")
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run of {about.software}",
        "instrument": {"@id": "#software"},
        "object": [{"@id": entity["@id"]} for entity in inputs],
        "result": list(made),
    }
    software = {
        "@id": "#software",
        "@type": "SoftwareApplication",
        "name": name,
        "version": version,
        "softwareVersion": version,
        "url": "urn:bearwitness",
    }
    return [run, software, *inputs]


def _licence(about: Described) -> tuple[Any, list[dict[str, Any]]]:
    if not about.licence:
        told = {"@id": "#licence", "@type": "CreativeWork", "name": "No licence is stated"}
        return {"@id": "#licence"}, [told | {"description": _UNLICENSED}]
    is_url = about.licence.startswith("https://")
    place = about.licence if is_url else f"https://spdx.org/licenses/{about.licence}"
    told = {"@id": place, "@type": "CreativeWork", "name": about.licence}
    return {"@id": place}, [told | {"description": "The licence of this package."}]


def _data_package(payload: Mapping[str, bytes], about: Described) -> dict[str, Any]:
    tables = [name for name in sorted(payload) if name.endswith(".csv")]
    told = {
        "$schema": _DATA_PACKAGE,
        "name": "release",
        "title": about.title,
        "description": about.description,
        "created": f"{about.date}T00:00:00Z",
        "resources": [_resource(name, payload[name]) for name in tables],
    }
    return told | ({"licenses": [{"name": about.licence}]} if about.licence else {})


def _resource(name: str, content: bytes) -> dict[str, Any]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
    known = _SCHEMAS.get(name)
    meanings = {c.name: c for c in known.columns} if known else {}
    fields = []
    for place, column in enumerate(rows[0]):
        cells = [row[place] for row in rows[1:]]
        told = {"name": column, "type": _type(cells, meanings.get(column))}
        if column in meanings:
            told["description"] = meanings[column].meaning
        fields.append(told)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if name in _KEYS:
        schema["primaryKey"] = _KEYS[name]
    return {
        "$schema": _RESOURCE,
        "name": re.sub(r"[^a-z0-9]+", "-", name.removesuffix(".csv").lower()).strip("-"),
        "path": name,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "schema": schema,
    }


def _type(cells: Sequence[str], column: Any) -> str:
    if column is not None and not pa.types.is_integer(column.type):
        return "number" if pa.types.is_floating(column.type) else "string"
    numbers = [cell for cell in cells if cell]
    if numbers and all(re.fullmatch(r"-?\d+", cell) for cell in numbers):
        return "integer"
    is_number = numbers and all(re.fullmatch(r"-?\d+(\.\d+)?", cell) for cell in numbers)
    return "number" if is_number else "string"


def _json(told: Any) -> bytes:
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()
